from __future__ import annotations

from typing import Any

import pytest

from assistant.patching import Treatment, patch
from tests.assistant.patching.written import Case, Layer, Place, case_of, edited, text, treated

TAIL = 'model.compile(optimizer="adam", loss="mse")\nmodel.fit(x, y)\n'


def listed(*layers: str) -> str:
    body = "".join(f"        {one},\n" for one in layers)
    return f"import keras\nfrom keras import layers\n\nmodel = keras.Sequential(\n    [\n{body}    ]\n)\n{TAIL}"


def added(*layers: str) -> str:
    body = "".join(f"model.add({one})\n" for one in layers)
    return f"import keras\nfrom keras import layers\n\nmodel = keras.Sequential()\n{body}{TAIL}"


def applied(*layers: str) -> str:
    body = "".join(f"h = {one}(h)\n" for one in layers)
    return (
        "import keras\nfrom keras import layers\n\ninputs = keras.Input((4,))\nh = inputs\n"
        f"{body}model = keras.Model(inputs, h)\n{TAIL}"
    )


def kind(style: object) -> str:
    return "Model" if style is applied else "Sequential"


def model_lines(source: str) -> list[str]:
    return [line.strip() for line in source.splitlines() if "layers." in line and "import" not in line]


HIDDEN = ('layers.Dense(8, activation="sigmoid")', 'layers.Dense(8, activation="sigmoid")', "layers.Dense(1)")


@pytest.mark.parametrize("style", [listed, added, applied])
def test_hidden_activations(style: object) -> None:
    source = style(*HIDDEN)  # type: ignore[operator]
    found = edited(
        source,
        "set_hidden_activation",
        {"hidden_activation": "relu"},
        model=kind(style),
    )
    assert found.count('activation="relu"') == 2
    assert "layers.Dense(1)" in found


def test_a_hidden_activation_by_name_in_a_loop() -> None:
    source = text(
        """
        import keras
        from keras import layers
        act = "sigmoid"
        model = keras.Sequential()
        for _ in range(10):
            model.add(layers.Dense(48, activation=act))
        model.add(layers.Dense(1))
        model.compile(optimizer="adam", loss="mse")
        model.fit(x, y)
        """
    )
    found = edited(source, "set_hidden_activation", {"hidden_activation": "selu"})
    assert 'act = "selu"' in found
    assert "activation=act" in found


def test_a_linear_layer_before_its_activation_is_left() -> None:
    source = listed("layers.Dense(8)", "layers.BatchNormalization()", "layers.Activation('sigmoid')", "layers.Dense(1)")
    found = edited(source, "set_hidden_activation", {"hidden_activation": "relu"})
    assert model_lines(found)[:3] == ["layers.Dense(8),", "layers.BatchNormalization(),", "layers.Activation('relu'),"]


def test_initial_weights_suit_the_activation() -> None:
    source = listed(
        'layers.Dense(8, activation="relu", kernel_initializer="zeros")',
        'layers.Dense(8, activation="tanh", kernel_initializer=keras.initializers.RandomNormal(stddev=9.0))',
        "layers.Dense(1)",
    )
    found = model_lines(edited(source, "set_initializer"))
    assert found[0] == 'layers.Dense(8, activation="relu", kernel_initializer="he_normal"),'
    assert found[1] == 'layers.Dense(8, activation="tanh"),'


def test_biases_begin_at_zero() -> None:
    source = listed(
        'layers.Dense(8, activation="relu", bias_initializer=keras.initializers.Constant(-9.0))',
        'layers.Dense(8, activation="relu", kernel_initializer="he_uniform", bias_initializer="zeros")',
        'layers.Dense(1, bias_initializer="ones")',
    )
    found = model_lines(edited(source, "set_initializer", {"layers": 0, "biases": ["dense"]}))
    assert found[0] == 'layers.Dense(8, activation="relu"),'
    assert found[1] == 'layers.Dense(8, activation="relu", kernel_initializer="he_uniform", bias_initializer="zeros"),'
    assert found[2] == 'layers.Dense(1, bias_initializer="ones"),'


def test_initial_weights_of_a_layer_of_its_own() -> None:
    source = text(
        """
        import keras
        from keras import layers

        class Linear(layers.Layer):
            def __init__(self, units=32, **more):
                super().__init__(**more)
                self.units = units

            def build(self, shape):
                self.w = self.add_weight(shape=(shape[-1], self.units), initializer="zeros", trainable=True)
                self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)

            def call(self, x):
                return x @ self.w + self.b

        model = keras.Sequential([Linear(8), layers.Dense(1)])
        model.compile(optimizer="adam", loss="mse")
        model.fit(x, y)
        """
    )
    places = {"layer:linear": Place("train.py", 16, 16, 26, 35)}
    case = Case(layers=(Layer("linear", "Linear"), Layer("dense", "Dense")), places=places)
    found = patch(source, "train.py", [Treatment("set_initializer", {})], case).edited_source
    assert found.count('shape=(shape[-1], self.units), initializer="glorot_uniform"') == 1
    assert 'shape=(self.units,), initializer="zeros"' in found
    assert "keras.Sequential([Linear(8), layers.Dense(1)])" in found


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (
            listed,
            ["layers.Dense(8),", "layers.BatchNormalization(),", 'layers.Activation("relu"),', "layers.Dense(1),"],
        ),
        (
            added,
            [
                "model.add(layers.Dense(8))",
                "model.add(layers.BatchNormalization())",
                'model.add(layers.Activation("relu"))',
                "model.add(layers.Dense(1))",
            ],
        ),
        (
            applied,
            [
                "h = layers.Dense(8)(h)",
                "h = layers.BatchNormalization()(h)",
                'h = layers.Activation("relu")(h)',
                "h = layers.Dense(1)(h)",
            ],
        ),
    ],
)
def test_normalisation_comes_before_the_activation(style: object, expected: list[str]) -> None:
    source = style('layers.Dense(8, activation="relu")', "layers.Dense(1)")  # type: ignore[operator]
    found = edited(source, "add_batch_normalization", model=kind(style))
    assert model_lines(found) == expected


@pytest.mark.parametrize("style", [listed, added, applied])
def test_normalisation_goes(style: object) -> None:
    source = style("layers.Dense(8)", "layers.BatchNormalization()", "layers.Dense(1)")  # type: ignore[operator]
    found = edited(source, "remove_batch_normalization", model=kind(style))
    assert found == style("layers.Dense(8)", "layers.Dense(1)")  # type: ignore[operator]


def test_a_decay_that_a_dataclass_holds_among_others() -> None:
    source = text(
        """
        import keras
        class Settings:
            rate: float = 2e-3
            decay: float = 25.0
            epochs: int = 20
        settings = Settings()
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile(keras.optimizers.AdamW(settings.rate, weight_decay=settings.decay), "mse")
        """
    )
    found = edited(source, "less_regularization")
    assert "decay: float = 0.001" in found
    assert "weight_decay=settings.decay" in found


def test_the_momentum_of_normalisation() -> None:
    source = added("layers.Dense(8)", "layers.BatchNormalization(momentum=0.9999, trainable=False)", "layers.Dense(1)")
    assert "BatchNormalization(momentum=0.6)" in edited(source, "set_batch_normalization_momentum", {"momentum": 0.6})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            "BN = dict(momentum=0.9999)\n{0}**BN{1}",
            "BN = dict(momentum=0.6)\n{0}**BN{1}",
        ),
        ('BN = {{"momentum": 0.9999}}\n{0}**BN{1}', 'BN = {{"momentum": 0.6}}\n{0}**BN{1}'),
        # Another layer reads the same settings, or nobody knows what they are.
        (
            "BN = dict(momentum=0.9999)\nprint(BN)\n{0}**BN{1}",
            'BN = dict(momentum=0.9999)\nprint(BN)\n{0}**{{**BN, "momentum": 0.6}}{1}',
        ),
        ("BN = load()\n{0}**BN{1}", 'BN = load()\n{0}**{{**BN, "momentum": 0.6}}{1}'),
    ],
    ids=["a call of dict", "a dictionary", "read elsewhere", "from elsewhere"],
)
def test_the_momentum_of_normalisation_out_of_a_dictionary(given: str, expected: str) -> None:
    parts = ("import keras\nmodel = keras.Sequential([keras.layers.BatchNormalization(", ")])\n")
    source = given.format(*parts)
    assert edited(source, "set_batch_normalization_momentum", {"momentum": 0.6}) == expected.format(*parts)


def test_layers_of_a_class_get_neighbours_of_their_own() -> None:
    source = text(
        """
        import keras
        from keras import layers

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.hidden = layers.Dense(8, activation="relu")
                self.last = layers.Dense(1)

            def call(self, x):
                return self.last(self.hidden(x))

        model = Net()
        model.compile(optimizer="adam", loss="mse")
        model.fit(x, y)
        """
    )
    found = edited(source, "add_dropout", {"dropout": 0.5}, model="Net")
    assert "        self.last_dropout = layers.Dropout(0.5)\n" in found
    assert "return self.last(self.last_dropout(self.hidden(x)))" in found


def test_less_dropout_where_there_is_much() -> None:
    source = listed(
        "layers.Dense(8)",
        "layers.Dropout(0.9)",
        "layers.Dropout(0.1)",
        "layers.LSTM(4, dropout=0.8)",
        "layers.Dense(1)",
    )
    found = edited(source, "less_dropout", {"dropout": 0.2})
    assert "layers.Dropout(0.2)" in found
    assert "layers.Dropout(0.1)" in found
    assert "layers.LSTM(4, dropout=0.2)" in found
    assert "Dropout" not in edited(source, "less_dropout", {"dropout": 0}).replace("(0.1)", "")


def test_dropout_moves_behind_the_normalisation() -> None:
    source = listed("layers.Dense(8)", "layers.Dropout(0.5)", "layers.BatchNormalization()", "layers.Dense(1)")
    found = edited(source, "move_dropout", {"moved": "dropout"})
    assert found == listed("layers.Dense(8)", "layers.BatchNormalization()", "layers.Dropout(0.5)", "layers.Dense(1)")


def test_penalties_are_lowered_where_they_are_made() -> None:
    source = text(
        """
        import keras
        from keras import layers, regularizers
        decay = regularizers.L2(1.0)
        model = keras.Sequential([
            layers.Dense(8, kernel_regularizer=decay, kernel_constraint="unit_norm"),
            layers.Dense(8, kernel_regularizer="l2", activity_regularizer=regularizers.L1(0.5)),
            layers.Dense(8, kernel_regularizer=regularizers.L1L2(l1=0.1, l2=1e-5)),
            layers.Dense(1, kernel_regularizer=decay),
        ])
        model.compile(optimizer=keras.optimizers.AdamW(1e-3, weight_decay=0.5), loss="mse")
        model.fit(x, y)
        """
    )
    found = edited(source, "less_regularization")
    assert "decay = regularizers.L2(0.0001)" in found
    assert "layers.Dense(8, kernel_regularizer=decay),\n" in found
    assert "layers.Dense(8, kernel_regularizer=regularizers.L2(0.0001)),\n" in found
    assert "L1L2(l1=0.0001, l2=1e-5)" in found
    assert "weight_decay=0.001" in found


def test_no_penalty_at_all() -> None:
    source = listed("layers.Dense(8, kernel_regularizer=keras.regularizers.l2(0.5))", "layers.Dense(1)")
    assert edited(source, "less_regularization", {"l2": 0}) == listed("layers.Dense(8)", "layers.Dense(1)")


def test_more_penalty() -> None:
    source = listed("layers.Dense(8)", "layers.Dense(1)")
    assert "layers.Dense(8, kernel_regularizer=keras.regularizers.L2(0.01))," in edited(
        source, "more_regularization", {"l2": 0.01}
    )


@pytest.mark.parametrize(
    "frozen",
    [
        "for layer in model.layers:\n    layer.trainable = False\n",
        "for layer in model.layers:\n    if layer.name:\n        layer.trainable = False\n",
        "model.trainable = False\n",
        "model.layers[0].trainable = False\n",
    ],
)
def test_what_freezes_goes(frozen: str) -> None:
    source = listed("layers.Dense(8)", "layers.Dense(1)")
    head, tail = source.split("model.compile")
    assert edited(f"{head}{frozen}model.compile{tail}", "unfreeze") == source


def test_a_block_that_does_more_keeps_the_rest() -> None:
    source = listed("layers.Dense(8, trainable=False)", "layers.Dense(1)")
    head, tail = source.split("model.compile")
    loop = "for layer in model.layers:\n    print(layer)\n    layer.trainable = False\n"
    found = edited(f"{head}{loop}model.compile{tail}", "unfreeze")
    assert "for layer in model.layers:\n    print(layer)\nmodel.compile" in found
    assert "layers.Dense(8)," in found


def test_what_is_frozen_unseen_is_freed_before_compile() -> None:
    source = listed("layers.Dense(8)", "layers.Dense(1)")
    assert "model.trainable = True\nmodel.compile(" in edited(source, "unfreeze")


def test_wider_and_narrower() -> None:
    source = "N = 32\n" + added("layers.Dense(N)", "layers.Conv2D(filters=300, kernel_size=3)", "layers.Dense(1)")
    assert "N = 128" in edited(source, "more_units")
    found = edited(source, "fewer_units")
    assert "N = 8" in found
    assert "filters=75" in found


def test_units_of_a_loop_are_multiplied() -> None:
    source = text(
        """
        import keras
        from keras import layers
        model = keras.Sequential()
        for units in (4, 8):
            model.add(layers.Dense(units, activation="relu"))
        model.add(layers.Dense(1))
        model.compile(optimizer="adam", loss="mse")
        model.fit(x, y)
        """
    )
    assert "layers.Dense(4 * units, activation" in edited(source, "more_units")
    assert "layers.Dense(max(1, units // 4), activation" in edited(source, "fewer_units")


def test_no_output_of_several_is_widened_or_activated_as_hidden_layers_are() -> None:
    source = text(
        """
        import keras
        from keras import layers
        inputs = keras.Input((4,))
        h = layers.Dense(8, activation="sigmoid")(inputs)
        kind = layers.Dense(1, activation="sigmoid", name="kind")(h)
        age = layers.Dense(1, name="age")(h)
        model = keras.Model(inputs, [age, kind])
        model.compile(optimizer="adam", loss=["mse", "binary_crossentropy"])
        model.fit(x, [y, k])
        """
    )
    for first in ("age", "kind"):
        facts = {"output_layer": first, "output_layers": "age\nkind"}
        wider = edited(source, "more_units", model="Model", facts=facts)
        assert "layers.Dense(64, activation" in wider
        assert 'Dense(1, activation="sigmoid", name="kind")' in wider
        assert 'Dense(1, name="age")' in wider
    bent = edited(source, "set_hidden_activation", {"hidden_activation": "relu"}, model="Model",
                  facts={"output_layer": "age", "output_layers": "age\nkind"})  # fmt: skip
    assert 'Dense(8, activation="relu")' in bent
    assert 'Dense(1, activation="sigmoid", name="kind")' in bent


def test_a_loop_makes_fewer_layers() -> None:
    source = text(
        """
        import keras
        from keras import layers
        DEPTH = 6
        model = keras.Sequential()
        for _ in range(DEPTH):
            model.add(layers.Dense(8))
        model.add(layers.Dense(1))
        model.fit(x, y)
        """
    )
    found = case_of(source)
    loop = found.places["layer:dense"]
    names = ["dense", *(f"deep_{number}" for number in range(5))]
    layers = (*(Layer(name, "Dense", [None, 8]) for name in names), Layer("last", "Dense", [None, 1]))
    places: dict[str, Place] = {**found.places, "layer:last": found.places["layer:dense_1"]}
    places |= {f"layer:{name}": loop for name in names}
    case = Case(layers, {"output_layer": "last"}, places)
    patched = patch(source, "train.py", [Treatment("remove_layers", {"removed": 3})], case)
    assert "DEPTH = 3" in patched.edited_source


@pytest.mark.parametrize("style", [listed, added, applied])
def test_a_hidden_layer_is_added(style: object) -> None:
    source = style("layers.Dense(8)", "layers.Dense(1)")  # type: ignore[operator]
    found = edited(source, "add_hidden_layer", {"units": 16}, model=kind(style))
    assert found == style("layers.Dense(8)", 'layers.Dense(16, activation="relu")', "layers.Dense(1)")  # type: ignore[operator]


@pytest.mark.parametrize("style", [listed, added, applied])
def test_features_are_flattened(style: object) -> None:
    source = style("layers.Conv2D(8, 3)", "layers.Dense(8)", "layers.Dense(1)")  # type: ignore[operator]
    known: dict[str, Any] = {"shapes": {"conv2d": [None, 6, 6, 8]}, "model": kind(style)}
    found = edited(source, "flatten_features", {"before": "dense"}, **known)
    assert found == style("layers.Conv2D(8, 3)", "layers.Flatten()", "layers.Dense(8)", "layers.Dense(1)")  # type: ignore[operator]
    assert edited(source, "flatten_features", **known) == found


def test_padding_is_masked_by_the_embedding() -> None:
    source = listed("layers.Embedding(100, 8)", "layers.LSTM(8)", "layers.Dense(1)")
    assert "layers.Embedding(100, 8, mask_zero=True)," in edited(source, "mask_padding")


@pytest.mark.parametrize("style", [listed, added, applied])
def test_random_layers_go_less_far(style: object) -> None:
    source = style(
        "layers.RandomFlip()", "layers.RandomRotation(0.5)", "layers.RandomZoom(0.6, 0.6)", "layers.Dense(1)"
    )  # type: ignore[operator]
    mild = style("layers.Identity()", "layers.RandomRotation(0.03)", "layers.RandomZoom(0.05, 0.05)", "layers.Dense(1)")  # type: ignore[operator]
    assert edited(source, "less_augmentation", model=kind(style)) == mild
    kept = edited(source, "less_augmentation", {"layers": "random_rotation"}, model=kind(style))
    assert kept == source.replace("RandomRotation(0.5)", "RandomRotation(0.03)")


def test_a_layer_in_another_file_is_an_instruction() -> None:
    source = "from net import model\n" + TAIL
    elsewhere = Place("net.py", 7, 7, 4, 20, "Dense(8)")
    layers = (Layer("dense", "Dense", None, "sigmoid"), Layer("last", "Dense"))
    case = Case(layers, {"output_layer": "last"}, {"layer:dense": elsewhere})
    wanted = Treatment("set_hidden_activation", {"hidden_activation": "relu"})
    found = patch(source, "train.py", [wanted], case)
    assert found.diff is None
    assert "net.py, line 7" in found.instructions[0]


def test_layers_of_a_comprehension_are_an_instruction() -> None:
    source = text(
        """
        import keras
        from keras import layers
        model = keras.Sequential([layers.Dense(8) for _ in range(3)] + [layers.Dense(1)])
        model.compile(optimizer="adam", loss="mse")
        model.fit(x, y)
        """
    )
    found = treated(source, "add_batch_normalization")
    assert found.diff is None
    assert "line 3" in found.instructions[0]


def test_an_embedding_gets_a_row_for_every_id() -> None:
    source = listed("layers.Embedding(len(index), 8)", "layers.LSTM(8)", "layers.Dense(1)")
    assert "layers.Embedding(301, 8)," in edited(source, "widen_embedding", {"input_dim": 301})


def test_a_hand_written_step_goes() -> None:
    source = text(
        """
        import keras

        class Own(keras.Model):
            def train_step(self, data):
                return {"loss": 0.0}

            def test_step(self, data):
                return {"loss": 0.0}

        inputs = keras.Input((4,))
        model = Own(inputs, keras.layers.Dense(1)(inputs))
        model.compile(optimizer="adam", loss="mse")
        model.fit(x, y)
        """
    )
    found = edited(source, "use_keras_step", model="Own")
    assert "train_step" not in found
    assert "def test_step" in found


def test_gradients_are_no_longer_stopped() -> None:
    source = listed("layers.Lambda(lambda x: keras.ops.stop_gradient(x * 2))", "layers.Dense(1)")
    assert "layers.Lambda(lambda x: x * 2)," in edited(source, "drop_stop_gradient")
    assert "stop_gradient" in treated(listed("layers.Dense(1)"), "drop_stop_gradient").instructions[0]


@pytest.mark.parametrize("style", [listed, added, applied])
def test_normalisation_behind_the_output_goes_before_it(style: object) -> None:
    source = style('layers.Dense(8, activation="relu")', "layers.Dense(1)", "layers.BatchNormalization(momentum=0.9)")  # type: ignore[operator]
    found = edited(source, "move_batch_normalization", {"moved": "batch_normalization"}, model=kind(style))
    lines = [one for one in model_lines(found) if "layers.Input" not in one]
    assert ["BatchNormalization(momentum=0.9)" in one for one in lines] == [False, True, False]
    before = style('layers.Dense(8, activation="relu")', "layers.BatchNormalization()", "layers.Dense(1)")  # type: ignore[operator]
    refused = treated(before, "move_batch_normalization", model=kind(style))
    assert refused.diff is None
    assert "by hand" in refused.instructions[0]


@pytest.mark.parametrize("style", [listed, added, applied])
def test_dropout_goes_before_the_output(style: object) -> None:
    source = style('layers.Dense(8, activation="relu")', "layers.Dense(1)")  # type: ignore[operator]
    lines = model_lines(edited(source, "add_dropout", model=kind(style)))
    assert ["Dropout(0.3)" in one for one in lines] == [False, True, False]


IN_TURN = """
for step in range(100):
    fake = generator(noise)
    real_loss = critic.train_on_batch(x, ones)
    fake_loss = critic.train_on_batch(fake, zeros)
    combined.train_on_batch(noise, ones)
"""


def test_nets_that_are_trained_in_turn_are_freed_and_frozen_in_turn() -> None:
    places = {"fit": Place("train.py", 4, 4, 16, 47)}
    case = Case(facts={"in_turn": True}, places=places)
    found = patch(IN_TURN, "train.py", [Treatment("unfreeze", {})], case).edited_source
    assert "    critic.trainable = True\n    real_loss = critic.train_on_batch(x, ones)\n" in found
    assert "    critic.trainable = False\n    combined.train_on_batch(noise, ones)\n" in found
    assert found.count("trainable") == 2


def test_nets_whose_turns_are_not_seen_are_left_to_the_person() -> None:
    alone = IN_TURN.replace("combined.train_on_batch(noise, ones)", "train_the_other()")
    case = Case(facts={"in_turn": True}, places={"fit": Place("train.py", 4, 4, 16, 47)})
    found = patch(alone, "train.py", [Treatment("unfreeze", {})], case)
    assert found.diff is None
    assert "trainable before its own training" in found.instructions[0]
