from __future__ import annotations

from tests.assistant.patching.written import edited, treated

HEAD = "import keras\nmodel = keras.Sequential([keras.layers.Dense(1)])\n"
TAIL = "\nmodel.fit(x, y)\n"


def test_another_optimizer_with_its_rate() -> None:
    source = f"{HEAD}model.compile(optimizer=keras.optimizers.SGD(3.0, momentum=0.99), loss='mse'){TAIL}"
    found = edited(source, "set_optimizer", {"optimizer": "Adam", "learning_rate": 1e-3})
    assert "optimizer=keras.optimizers.Adam(learning_rate=0.001), loss='mse')" in found


def test_a_name_stays_a_name_where_nothing_else_is_set() -> None:
    assert 'compile(optimizer="adam"' in edited(
        f'{HEAD}model.compile(optimizer="sgd", loss="mse"){TAIL}', "set_optimizer", {"optimizer": "Adam"}
    )


def test_settings_go_and_rate_and_clipping_stay() -> None:
    given = "    0.1,\n    momentum=0.999,  # heavy\n    nesterov=True,\n    clipnorm=2.0,\n"
    source = f"{HEAD}opt = keras.optimizers.SGD(\n{given})\nmodel.compile(opt, 'mse'){TAIL}"
    found = edited(source, "reset_optimizer_settings")
    assert "opt = keras.optimizers.SGD(\n    0.1,\n    clipnorm=2.0,\n)" in found


def test_clipping_comes_and_goes() -> None:
    source = f"{HEAD}model.compile(keras.optimizers.Adam(1e-3, clipvalue=1e-6), 'mse'){TAIL}"
    assert "Adam(1e-3)" in edited(source, "unclip_gradients")
    assert "Adam(1e-3, clipnorm=1.0)" in edited(source, "clip_gradients", {"clipnorm": 1.0})
    assert "Adam(global_clipnorm=1.0)" in edited(f"{HEAD}model.compile('adam', 'mse'){TAIL}", "clip_gradients")


def test_nothing_to_take_out_is_an_instruction() -> None:
    found = treated(f"{HEAD}model.compile('adam', 'mse'){TAIL}", "unclip_gradients")
    assert found.diff is None
    assert "line 3" in found.instructions[0]


def test_a_rate_that_rises_again() -> None:
    source = f"{HEAD}model.compile(keras.optimizers.Adam(1e-3), 'mse'){TAIL}"
    found = edited(source, "warm_restart", {"learning_rate": 0.01, "first_decay_steps": 50})
    assert "Adam(keras.optimizers.schedules.CosineDecayRestarts(0.01, 50, t_mul=1.0))" in found
