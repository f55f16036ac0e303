from __future__ import annotations

import pytest

from tests.assistant.patching.written import Data, edited, text, treated

HEAD = "import keras\nfrom keras import layers\n"
MODEL = 'model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(3)])\n'
TAIL = "\nmodel.fit(x, y)\n"


def program(compiled: str, model: str = MODEL) -> str:
    return f"{HEAD}{model}{compiled}{TAIL}"


@pytest.mark.parametrize(
    ("compiled", "expected"),
    [
        ('model.compile("adam", loss="mse")', 'loss="sparse_categorical_crossentropy"'),
        ("model.compile('adam', 'mse')", "'adam', 'sparse_categorical_crossentropy')"),
        (
            'model.compile("adam", loss=keras.losses.MeanSquaredError())',
            "loss=keras.losses.SparseCategoricalCrossentropy()",
        ),
        ('model.compile("adam", loss=my_loss)', 'loss="sparse_categorical_crossentropy"'),
        ('mine = "mse"\nmodel.compile("adam", loss=mine)', 'mine = "sparse_categorical_crossentropy"'),
        ('model.compile("adam", loss={"dense_1": "mse"})', 'loss={"dense_1": "sparse_categorical_crossentropy"}'),
        ('model.compile("adam")', 'loss="sparse_categorical_crossentropy"'),
        ('model.compile("adam", loss="mse", metrics=["binary_accuracy"])', 'metrics=["accuracy"]'),
    ],
)
def test_another_loss(compiled: str, expected: str) -> None:
    assert expected in edited(program(compiled), "set_loss", {"loss": "SparseCategoricalCrossentropy"})


def test_a_loss_of_raw_scores() -> None:
    found = edited(
        program('model.compile("adam", loss="mse")'), "set_loss", {"loss": "CategoricalCrossentropy of logits"}
    )
    assert "loss=keras.losses.CategoricalCrossentropy(from_logits=True)" in found


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('"sparse_categorical_crossentropy"', "loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)"),
        ("keras.losses.binary_crossentropy", "loss=keras.losses.BinaryCrossentropy(from_logits=True)"),
        (
            "keras.losses.BinaryCrossentropy(label_smoothing=0.1)",
            "BinaryCrossentropy(label_smoothing=0.1, from_logits=True)",
        ),
        ("keras.losses.BinaryCrossentropy(from_logits=False)", "BinaryCrossentropy(from_logits=True)"),
        (
            "lambda a, b: keras.losses.sparse_categorical_crossentropy(a, b)",
            "lambda a, b: keras.losses.sparse_categorical_crossentropy(a, b, from_logits=True)",
        ),
    ],
)
def test_from_logits_is_told(given: str, expected: str) -> None:
    found = edited(program(f'model.compile("adam", loss={given})'), "set_from_logits", {"from_logits": True})
    assert expected in found


def test_from_logits_is_taken_out() -> None:
    source = program(
        'model.compile("adam", loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])'
    )
    assert "loss=keras.losses.BinaryCrossentropy(), metrics" in edited(
        source, "set_from_logits", {"from_logits": False}
    )


def test_a_loss_of_ones_own_is_told_inside() -> None:
    source = text(
        """
        import keras

        def mine(y, p):
            return keras.losses.binary_crossentropy(y, p)

        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile(optimizer="adam", loss=mine)
        model.fit(x, y)
        """
    )
    assert "binary_crossentropy(y, p, from_logits=True)" in edited(source, "set_from_logits", {"from_logits": True})


def test_a_squared_error_takes_no_logits() -> None:
    assert treated(program('model.compile("adam", loss="mse")'), "set_from_logits", {"from_logits": True}).diff is None


@pytest.mark.parametrize(
    ("last", "wanted", "expected"),
    [
        ("layers.Dense(3)", "softmax", 'layers.Dense(3, activation="softmax")'),
        ('layers.Dense(3, activation="relu")', "sigmoid", 'layers.Dense(3, activation="sigmoid")'),
        ('layers.Dense(3, "relu")', "sigmoid", 'layers.Dense(3, "sigmoid")'),
        ('layers.Dense(3, activation="relu", use_bias=False)', "linear", "layers.Dense(3, use_bias=False)"),
        ("layers.Dense(3), layers.Activation('softmax')", "sigmoid", "layers.Dense(3), layers.Activation('sigmoid')"),
        ("layers.Dense(3), layers.Activation('softmax')", "linear", 'activation="relu"), layers.Dense(3)])'),
        ("layers.Dense(3), layers.Softmax()", "sigmoid", 'layers.Dense(3), layers.Activation("sigmoid")'),
        ("layers.Dense(3), layers.Flatten()", "softmax", 'layers.Flatten(), layers.Activation("softmax")'),
    ],
)
def test_the_output_activation(last: str, wanted: str, expected: str) -> None:
    model = f'model = keras.Sequential([layers.Dense(8, activation="relu"), {last}])\n'
    source = program('model.compile("adam", loss="mse")', model)
    assert expected in edited(source, "set_output_activation", {"output_activation": wanted})


def test_a_shared_name_stays_with_the_hidden_layers() -> None:
    model = (
        'act = "relu"\nmodel = keras.Sequential([layers.Dense(8, activation=act), layers.Dense(3, activation=act)])\n'
    )
    found = edited(
        program('model.compile("adam", loss="mse")', model), "set_output_activation", {"output_activation": "softmax"}
    )
    assert 'act = "relu"' in found
    assert 'layers.Dense(8, activation=act), layers.Dense(3, activation="softmax")' in found


def test_units_bring_activation_and_loss() -> None:
    model = 'model = keras.Sequential([layers.Dense(8), layers.Dense(1, activation="sigmoid")])\n'
    source = program('model.compile("adam", loss="binary_crossentropy")', model)
    found = edited(source, "set_output_units", {"output_units": 4})
    assert 'layers.Dense(4, activation="softmax")' in found
    assert 'loss="sparse_categorical_crossentropy"' in found


def test_units_with_what_was_tried_beside_them_where_the_targets_are_hidden_in_a_pipeline() -> None:
    model = 'model = keras.Sequential([layers.Dense(8), layers.Dense(1, activation="sigmoid")])\n'
    source = program('model.compile("adam", loss="binary_crossentropy")', model)
    tried = {"output_units": 4, "output_activation": "softmax", "loss": "SparseCategoricalCrossentropy"}
    found = edited(source, "set_output_units", tried, y=Data())
    assert 'layers.Dense(4, activation="softmax")' in found
    assert 'loss="sparse_categorical_crossentropy"' in found


def test_units_of_quantities_stay_linear() -> None:
    source = program('model.compile("adam", loss="mse")')
    found = edited(source, "set_output_units", {"output_units": 2}, y=Data(shapes=((100, 2),)))
    assert "layers.Dense(2)])" in found
    assert 'loss="mse"' in found


def test_what_goes_with_the_loss_is_the_default() -> None:
    source = program('model.compile("adam", loss="sparse_categorical_crossentropy")')
    assert 'layers.Dense(3, activation="softmax")' in edited(source, "set_output_activation")
    assert "from_logits=True" in edited(source, "set_from_logits")
    told = program('model.compile("adam", loss=keras.losses.BinaryCrossentropy(from_logits=True))')
    assert "BinaryCrossentropy()" in edited(told, "set_from_logits", facts={"output_activation": "sigmoid"})
    assert treated(program('model.compile("adam", loss=my_loss)'), "set_output_activation").diff is None
