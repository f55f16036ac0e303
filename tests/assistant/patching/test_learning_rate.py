from __future__ import annotations

import pytest

from tests.assistant.patching.written import edited, text, treated

K = "import keras\n"
MODEL = "model = keras.Sequential([keras.layers.Dense(8, activation='relu'), keras.layers.Dense(1)])\n"


def compiled(line: str, head: str = "import keras\n") -> str:
    return f"{head}{MODEL}{line}\nmodel.fit(x, y, epochs=3)\n"


@pytest.mark.parametrize(
    ("line", "head", "expected"),
    [
        (
            'model.compile(optimizer="adam", loss="mse")',
            "import keras\n",
            "optimizer=keras.optimizers.Adam(learning_rate=0.01), loss",
        ),
        (
            "model.compile('sgd', 'mse')",
            "import keras\n",
            "model.compile(keras.optimizers.SGD(learning_rate=0.01), 'mse')",
        ),
        (
            'model.compile(loss="mse")',
            "import keras\n",
            'loss="mse", optimizer=keras.optimizers.RMSprop(learning_rate=0.01)',
        ),
        (
            'model.compile(optimizer="adam", loss="mse")',
            "import tensorflow as tf\nfrom tensorflow.keras import layers\n",
            "optimizer=tf.keras.optimizers.Adam(learning_rate=0.01)",
        ),
        (
            'model.compile(optimizer="adam", loss="mse")',
            "from keras import layers, optimizers\n",
            "optimizer=optimizers.Adam(learning_rate=0.01)",
        ),
        (
            'model.compile(optimizer="adam", loss="mse")',
            "from tensorflow.keras.optimizers import Adam as A\n",
            "optimizer=A(learning_rate=0.01)",
        ),
        ("model.compile(keras.optimizers.Adam(0.5), 'mse')", K, "keras.optimizers.Adam(0.01)"),
        (
            "model.compile(keras.optimizers.Adam(lr=5e-1), 'mse')",
            "import keras\n",
            "keras.optimizers.Adam(learning_rate=0.01)",
        ),
        (
            "model.compile(keras.optimizers.SGD(momentum=0.9), 'mse')",
            "import keras\n",
            "keras.optimizers.SGD(learning_rate=0.01, momentum=0.9)",
        ),
        ("lr = 0.5\nmodel.compile(keras.optimizers.Adam(lr), 'mse')", K, "lr = 0.01\n"),
        (
            "rate, size = 0.5, 32\nmodel.compile(keras.optimizers.Adam(rate), 'mse')",
            "import keras\n",
            "rate, size = 0.01, 32\n",
        ),
        (
            "conf = {'lr': 0.5, 'n': 2}\nmodel.compile(keras.optimizers.Adam(conf['lr']), 'mse')",
            "import keras\n",
            "conf = {'lr': 0.01, 'n': 2}",
        ),
        (
            "base = 0.1\nmodel.compile(keras.optimizers.Adam(base * 5), 'mse')",
            "import keras\n",
            "keras.optimizers.Adam(0.01)",
        ),
        (
            "class C:\n    rate = 0.5\nmodel.compile(keras.optimizers.Adam(C.rate), 'mse')",
            "import keras\n",
            "    rate = 0.01\n",
        ),
    ],
)
def test_the_rate_is_written_where_it_comes_from(line: str, head: str, expected: str) -> None:
    assert expected in edited(
        compiled(line, head), "set_learning_rate", {"learning_rate": 0.01}, facts={"learning_rate": 0.5}
    )


def test_a_missing_import_is_added_in_the_programs_own_spelling() -> None:
    source = text(
        """
        from tensorflow.keras.models import Sequential
        from tensorflow.keras.layers import Dense

        model = Sequential([Dense(1)])
        model.compile(optimizer="adam", loss="mse")
        model.fit(x, y)
        """
    )
    found = edited(source, "set_learning_rate", {"learning_rate": 0.01})
    assert "from tensorflow.keras.layers import Dense\nfrom tensorflow.keras.optimizers import Adam\n" in found
    assert "optimizer=Adam(learning_rate=0.01)" in found


def test_an_option_keeps_its_place_on_the_command_line() -> None:
    source = text(
        """
        import argparse
        import keras
        parser = argparse.ArgumentParser()
        parser.add_argument("--learning-rate", type=float, default=0.5)
        args = parser.parse_args()
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile(optimizer=keras.optimizers.SGD(learning_rate=args.learning_rate), loss="mse")
        model.fit(x, y)
        """
    )
    rate = {"learning_rate": 0.01}
    assert "default=0.01)" in edited(source, "set_learning_rate", rate, facts={"learning_rate": 0.5})
    # An option that was given another value on the command line cannot be changed by its default.
    other = edited(source, "set_learning_rate", rate, facts={"learning_rate": 2.0})
    assert "SGD(learning_rate=0.01)" in other
    assert "default=0.5" in other


def test_a_parameter_is_changed_at_its_only_call_or_its_default() -> None:
    source = text(
        """
        import keras

        def build(units, rate=0.5):
            model = keras.Sequential([keras.layers.Dense(units)])
            model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
            return model

        if __name__ == "__main__":
            model = build(8{given})
            model.fit(x, y)
        """
    )
    rate = {"learning_rate": 0.01}
    assert "def build(units, rate=0.01):" in edited(source.replace("{given}", ""), "set_learning_rate", rate)
    found = edited(source.replace("{given}", ", 0.5"), "set_learning_rate", rate)
    assert "build(8, 0.01)" in found
    assert "rate=0.5" in found
    assert "build(8, rate=0.01)" in edited(source.replace("{given}", ", rate=0.5"), "set_learning_rate", rate)


SCHEDULED = compiled(
    "steps = 5\n"
    "decay = keras.optimizers.schedules.ExponentialDecay(\n    1e-3, decay_steps=steps, decay_rate=0.7\n)\n"
    "opt = keras.optimizers.Adam(learning_rate=decay)\nmodel.compile(optimizer=opt, loss='mse')"
)


def test_a_schedule_and_what_only_it_used_go() -> None:
    found = edited(SCHEDULED, "drop_schedule")
    assert "Adam(learning_rate=0.001)" in found
    assert "decay" not in found
    assert "steps" not in found


def test_a_schedule_may_stay_with_another_first_rate() -> None:
    found = edited(SCHEDULED, "set_learning_rate", {"learning_rate": 0.01, "keep_schedule": True})
    assert "    0.01, decay_steps=steps" in found


def test_callbacks_that_change_the_rate_go() -> None:
    source = text(
        """
        import keras
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile(optimizer="sgd", loss="mse")
        slower = keras.callbacks.ReduceLROnPlateau(patience=1)
        model.fit(x, y, callbacks=[slower, keras.callbacks.TerminateOnNaN()], epochs=3)
        """
    )
    found = edited(source, "drop_schedule")
    assert "slower" not in found
    assert "callbacks=[keras.callbacks.TerminateOnNaN()], epochs=3" in found
    alone = source.replace(", keras.callbacks.TerminateOnNaN()", "")
    assert "model.fit(x, y, epochs=3)" in edited(alone, "drop_schedule")


def test_a_rate_that_is_set_later_is_set_to_the_same() -> None:
    source = compiled(
        "opt = keras.optimizers.SGD(0.1)\nmodel.compile(opt, 'mse')\n"
        "opt.learning_rate = 5.0\nmodel.optimizer.learning_rate.assign(7)"
    )
    found = edited(source, "set_learning_rate", {"learning_rate": 0.01})
    assert "opt.learning_rate = 0.01" in found
    assert "learning_rate.assign(0.01)" in found


def test_an_optimizer_in_another_file_is_an_instruction() -> None:
    source = compiled("model.compile(optimizer=make(), loss='mse')")
    found = treated(source, "set_learning_rate", {"learning_rate": 0.01})
    assert found.diff is None
    assert "line 3" in found.instructions[0]
    assert found.edited_source == source


def test_a_missing_rate_is_an_instruction() -> None:
    found = treated(compiled("model.compile('sgd', 'mse')"), "set_learning_rate")
    assert found.diff is None
    assert found.instructions


def test_a_rate_rises_at_first_and_then_holds() -> None:
    wanted = {"learning_rate": 0.5, "warmup_steps": 20, "decay_steps": 200}
    found = edited(compiled("model.compile(keras.optimizers.SGD(0.5), 'mse')"), "warm_up", wanted)
    schedule = "keras.optimizers.schedules.CosineDecay(0.0, 200, alpha=1.0, warmup_target=0.5, warmup_steps=20)"
    assert f"keras.optimizers.SGD({schedule})" in found
    assert f"learning_rate={schedule}" in edited(compiled("model.compile('sgd', 'mse')"), "warm_up", wanted)
