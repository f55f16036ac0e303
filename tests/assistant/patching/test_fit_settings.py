from __future__ import annotations

import pytest

from tests.assistant.patching.written import Data, edited, text, treated

HEAD = 'import keras\nmodel = keras.Sequential([keras.layers.Dense(1)])\nmodel.compile(optimizer="adam", loss="mse")\n'


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("model.fit(x, y)", "model.fit(x, y, batch_size=16)"),
        ("model.fit(x, y, 1)", "model.fit(x, y, 16)"),
        ("model.fit(x, y, batch_size=1, epochs=3)", "model.fit(x, y, batch_size=16, epochs=3)"),
        ("B = 1\nmodel.fit(x, y, batch_size=B)", "B = 16\nmodel.fit(x, y, batch_size=B)"),
        ("model.fit(\n    x,\n    y,  # labels\n)", "model.fit(\n    x,\n    y,  # labels\n    batch_size=16,\n)"),
        ("model.fit(\n    x,\n    y  # labels\n)", "model.fit(\n    x,\n    y,  # labels\n    batch_size=16\n)"),
        ("history = model.fit(x=x, y=y, batch_size=n // 2)", "history = model.fit(x=x, y=y, batch_size=16)"),
    ],
)
def test_the_batch_size(call: str, expected: str) -> None:
    assert edited(f"{HEAD}{call}\n", "set_batch_size", {"batch_size": 16}) == f"{HEAD}{expected}\n"


def test_a_setting_is_laid_over_what_a_dictionary_may_hold() -> None:
    found = edited(f"{HEAD}model.fit(x, y, **settings)\n", "set_batch_size", {"batch_size": 16})
    assert found == f'{HEAD}model.fit(x, y, **{{**settings, "batch_size": 16}})\n'


def test_a_generator_gets_its_batch_size_where_it_is_made() -> None:
    stream = Data(kind="pydataset", shapes=(), dtypes=())
    source = f"{HEAD}flow = images.flow(x, y, batch_size=1)\nmodel.fit(flow)\n"
    assert "images.flow(x, y, batch_size=16)" in edited(source, "set_batch_size", {"batch_size": 16}, x=stream)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("model.fit(x, y, epochs=2)", "model.fit(x, y, epochs=90)"),
        ("model.fit(x, y)", "model.fit(x, y, epochs=90)"),
        ("EPOCHS = 2\nmodel.fit(x, y, epochs=EPOCHS)", "EPOCHS = 90\nmodel.fit(x, y, epochs=EPOCHS)"),
        ("for _ in range(2):\n    model.fit(x, y, epochs=1)", "for _ in range(90):\n    model.fit(x, y, epochs=1)"),
    ],
)
def test_the_epochs(call: str, expected: str) -> None:
    assert edited(f"{HEAD}{call}\n", "more_epochs", {"epochs": 90}) == f"{HEAD}{expected}\n"


def test_weights_of_classes_come_and_go() -> None:
    source = f"{HEAD}model.fit(x, y, epochs=2)\n"
    found = edited(source, "set_class_weight", {"class_weight": "0: 0.505, 1: 49.98765"})
    assert "epochs=2, class_weight={0: 0.505, 1: 49.99})" in found
    assert edited(found, "drop_class_weight") == source


def test_weights_of_losses_are_no_weights_of_classes() -> None:
    source = f"{HEAD}model.fit(x, y)\n".replace('loss="mse"', 'loss="mse", loss_weights=weights').replace(
        "import keras\n", "import keras\nweights = [1, 2]\n"
    )
    assert edited(source, "drop_class_weight") == f"{HEAD}model.fit(x, y)\n"


def test_weights_of_several_losses_go_where_the_trial_took_them_out() -> None:
    even = f"{HEAD}model.fit(x, y)\n".replace('loss="mse"', 'loss={"a": "mse", "b": "mae"}')
    source = even.replace('"b": "mae"}', '"b": "mae"}, loss_weights={"a": 9.0, "b": share**3}')
    assert edited(source, "drop_class_weight", {"removed": "loss_weights"}) == even
    with_weights = source.replace("fit(x, y)", "fit(x, y, sample_weight=rare)")
    assert edited(with_weights, "drop_class_weight", {"removed": "class_weight"}) == source


def test_a_loop_of_ones_own_is_an_instruction() -> None:
    source = text(
        """
        import keras
        model = keras.Sequential([keras.layers.Dense(1)])
        for batch in batches:
            model.train_on_batch(*batch)
        """
    )
    found = treated(source, "more_epochs", {"epochs": 9})
    assert found.diff is None
    assert found.instructions


def test_early_stopping_waits_longer_for_the_right_thing() -> None:
    source = (
        "import keras\nmodel = keras.Sequential([keras.layers.Dense(1)])\nmodel.compile('sgd', 'mse')\n"
        "stop = keras.callbacks.EarlyStopping(monitor='val_loss', mode='max', patience=1)\n"
        "model.fit(x, y, epochs=40, callbacks=[stop])\n"
    )
    found = edited(source, "more_patience", {"patience": 10})
    assert "EarlyStopping(monitor='val_loss', patience=10)" in found
    source = source.replace("monitor='val_loss', mode='max'", "'val_accuracy'")
    found = edited(source, "more_patience", {"patience": 10, "monitor": "val_loss"})
    assert "EarlyStopping('val_loss', patience=10)" in found
