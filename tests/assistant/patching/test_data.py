from __future__ import annotations

from typing import Any

import pytest

from tests.assistant.patching.written import Data, edited, text, treated

PIXELS = Data(shapes=((100, 8, 8, 1),), dtypes=("uint8",))
HEAD = "import keras\nfrom keras import layers\n\nx_train, y_train, x_val, y_val = load()\n"
TAIL = (
    'model.compile(optimizer="{optimizer}", loss="mse")\n'
    "model.fit(x_train, y_train, epochs=2, validation_data=(x_val, y_val))\n"
)
SEQUENCE = (
    "model = keras.Sequential(\n    [\n        layers.Input((4,)),\n"
    "        layers.Dense(8),\n        layers.Dense(1),\n    ]\n)\n"
)
ADDED = "model = keras.Sequential()\nmodel.add(layers.Dense(8, input_shape=(4,)))\nmodel.add(layers.Dense(1))\n"
LOOP = (
    "model = keras.Sequential([layers.Input((4,))])\n"
    "for _ in range(2):\n    model.add(layers.Dense(8))\nmodel.add(layers.Dense(1))\n"
)
APPLIED = (
    "inputs = keras.Input((4,))\nh = layers.Dense(8)(inputs)\nh = layers.Concatenate()([h, inputs])\n"
    "outputs = layers.Dense(1)(h)\nmodel = keras.Model(inputs, outputs)\n"
)
OWN = text(
    """
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = layers.Dense(1)

        def call(self, x, training=False):
            '''One layer.'''
            return self.last(x)

    model = Net()
    """
)


def program(model: str, optimizer: str = "sgd", head: str = HEAD) -> str:
    return head + model + TAIL.replace("{optimizer}", optimizer)


def test_a_list_gets_an_adapted_layer_behind_its_input() -> None:
    found = edited(program(SEQUENCE), "scale_inputs", {"method": "standardise"})
    assert "normalize = layers.Normalization()\nnormalize.adapt(x_train)\nmodel = keras.Sequential(\n" in found
    assert "        layers.Input((4,)),\n        normalize,\n        layers.Dense(8),\n" in found


@pytest.mark.parametrize(
    ("model", "kind"),
    [(SEQUENCE, "Sequential"), (APPLIED, "Model"), (OWN, "Net")],
    ids=["list", "applied", "own class"],
)
def test_inputs_are_scaled_before_half_the_bits_are_lost(model: str, kind: str) -> None:
    half = 'import keras\nfrom keras import layers\n\nkeras.mixed_precision.set_global_policy("mixed_float16")\n'
    source = program(model, head=HEAD.replace("import keras\nfrom keras import layers\n", half))
    found = edited(source, "scale_inputs", model=kind)
    assert 'layers.Normalization(dtype="float32")' in found


def test_a_layer_that_scales_again_is_taken_out() -> None:
    source = program(
        SEQUENCE.replace(
            "        layers.Dense(8)", '        layers.Rescaling(1 / 255, name="again"),\n        layers.Dense(8)'
        )
    )
    assert "Rescaling" not in edited(source, "scale_inputs", {"method": "unscale", "layers": ["again"]})
    assert "Rescaling" not in (found := edited(source, "scale_inputs"))
    assert "Normalization" not in found


def test_an_input_shape_becomes_an_input() -> None:
    found = edited(program(ADDED), "scale_inputs")
    assert "model.add(keras.Input(shape=(4,)))\nmodel.add(normalize)\nmodel.add(layers.Dense(8))\n" in found


def test_a_loop_of_layers_gets_one_before_it() -> None:
    assert "model.add(normalize)\nfor _ in range(2):\n" in edited(program(LOOP), "scale_inputs")


def test_every_use_of_an_input_is_scaled_but_the_models() -> None:
    found = edited(program(APPLIED), "scale_inputs", model="Model")
    assert "inputs = keras.Input((4,))\nscaled = normalize(inputs)\nh = layers.Dense(8)(scaled)\n" in found
    assert "([h, scaled])" in found
    assert "keras.Model(inputs, outputs)" in found


def test_a_class_gets_the_layer_too() -> None:
    found = edited(program(OWN), "scale_inputs", model="Net")
    assert "        super().__init__()\n        self.normalize = layers.Normalization()\n" in found
    assert "        '''One layer.'''\n        x = self.normalize(x)\n        return self.last(x)\n" in found
    assert "model.normalize.adapt(x_train)\nmodel.fit(" in found


def test_data_made_after_the_model_are_adapted_to_before_fit() -> None:
    source = text(
        """
        import keras

        def build():
            model = keras.Sequential([keras.layers.Dense(8), keras.layers.Dense(1)])
            model.compile(optimizer="adam", loss="mse")
            return model

        def main():
            x, y = load()
            model = build()
            for epoch in range(3):
                model.fit(x, y)

        main()
        """
    )
    found = edited(source, "scale_inputs")
    assert 'keras.Sequential([keras.layers.Normalization(name="input_scaling"), keras.layers.Dense(8)' in found
    assert '    model.get_layer("input_scaling").adapt(x)\n    for epoch in range(3):\n' in found


def test_whole_numbers_and_flat_columns_are_adapted_to_as_they_are_needed() -> None:
    flat = Data(shapes=((100,),), dtypes=("int64",))
    assert 'normalize.adapt(x_train.astype("float32").reshape(-1, 1))' in edited(
        program(SEQUENCE), "scale_inputs", x=flat
    )
    frame = Data(kind="frame", shapes=((100, 4),), dtypes=("float64",))
    assert "normalize.adapt(x_train.to_numpy())" in edited(program(SEQUENCE), "scale_inputs", x=frame)
    stream = Data(kind="dataset", shapes=((None, 4), (None,)), dtypes=("float32", "float32"))
    source = program(SEQUENCE).replace("x_train, y_train, epochs=2, validation_data=(x_val, y_val)", "data, epochs=2")
    source = source.replace("x_train, y_train, x_val, y_val = load()", "data = load().batch(32).repeat()")
    found = edited(source, "scale_inputs", x=stream, facts={"steps_per_epoch": 7})
    assert "normalize.adapt(data.take(7).map(lambda features, *rest: features))" in found


def test_pixels_are_divided() -> None:
    found = edited(program(SEQUENCE), "scale_inputs", {"method": "rescale", "factor": 1 / 255}, x=PIXELS)
    assert "        layers.Rescaling(1 / 255),\n" in found


def test_ids_are_left_alone() -> None:
    source = program("model = keras.Sequential([layers.Embedding(9, 4), layers.LSTM(4), layers.Dense(1)])\n")
    assert treated(source, "scale_inputs").diff is None


def test_arrays_are_scaled_where_no_layer_can_be_put() -> None:
    source = HEAD + "from net import model\nmodel.fit(x_train, y_train, validation_data=(x_val, y_val))\n"
    found = treated(source, "scale_inputs")
    assert "x_mean, x_std = x_train.mean(axis=0), x_train.std(axis=0) + 1e-7\n" in found.edited_source
    assert "x_train = (x_train - x_mean) / x_std\nx_val = (x_val - x_mean) / x_std\nmodel.fit(" in found.edited_source
    assert "predict" in found.instructions[0]


def test_several_inputs_are_scaled_by_their_names() -> None:
    source = text(
        """
        import keras
        from keras import layers

        a_in = keras.Input((4,), name="a")
        b_in = keras.Input((4,), name="b")
        h = layers.Dense(1)(layers.Concatenate()([a_in, b_in]))
        model = keras.Model({"a": a_in, "b": b_in}, h)
        model.compile(optimizer="adam", loss="mse")
        model.fit({"a": left, "b": right}, y)
        """
    )
    both = Data(shapes=((100, 4), (100, 4)), dtypes=("float32", "int64"))
    found = edited(source, "scale_inputs", model="Model", x=both)
    assert 'scaled = layers.Normalization(name="a_scaling")(a_in)\n' in found
    assert "([scaled, b_in])" in found
    assert 'model.get_layer("a_scaling").adapt(left)\nmodel.fit(' in found


QUANTITIES = Data(shapes=((100,),), dtypes=("float64",))


def test_predictions_get_their_units_from_a_last_layer_under_adam() -> None:
    found = edited(program(SEQUENCE, "adam"), "scale_targets", y=QUANTITIES)
    assert (
        "        layers.Dense(1),\n        layers.Rescaling(float(y_train.std()), offset=float(y_train.mean())),\n"
        in found
    )


def test_one_of_several_outputs_is_not_given_its_units_behind_its_loss() -> None:
    source = text(
        """
        import keras
        from keras import layers
        inputs = keras.Input((4,))
        h = layers.Dense(8, activation="relu")(inputs)
        age, kind = layers.Dense(1, name="age")(h), layers.Dense(1, activation="sigmoid", name="kind")(h)
        model = keras.Model(inputs, [age, kind])
        model.compile(optimizer="adam", loss=["mse", "binary_crossentropy"])
        model.fit(x, {"age": a, "kind": k})
        """
    )
    known: Any = {"model": "Model", "y": Data("dict", ((100,), (100,)), ("float32", "int64"))}
    known["facts"] = {"output_layer": "age", "output_layers": "age\nkind"}
    found = treated(source, "scale_targets", {"target_mean": 40.0, "target_spread": 20.0}, **known)
    assert "Rescaling" not in found.edited_source
    assert "by hand" in found.instructions[0]
    known_output = {"target_mean": 40.0, "target_spread": 20.0, "target_output": "age", "target_place": 0}
    better = edited(source, "scale_targets", known_output, **known)
    assert "y_mean, y_std = 40.0, 20.0\n" in better
    assert 'model.fit(x, {"age": (a - y_mean) / y_std, "kind": k})' in better
    held = source.replace('{"age": a, "kind": k}', "[a, k], validation_data=(x_val, [a_val[:9], k_val])")
    assert "[(a - y_mean) / y_std, k], validation_data=(x_val, [(a_val[:9] - y_mean) / y_std, k_val])" in edited(
        held, "scale_targets", known_output, **known
    )


def test_targets_are_standardised_under_other_optimizers() -> None:
    found = treated(program(SEQUENCE, "sgd"), "scale_targets", y=QUANTITIES)
    assert "y_mean, y_std = y_train.mean(), y_train.std()\n" in found.edited_source
    assert "y_train = (y_train - y_mean) / y_std\ny_val = (y_val - y_mean) / y_std\n" in found.edited_source
    assert "y_std" in found.instructions[0]


def test_targets_that_come_later_are_written_as_numbers() -> None:
    source = program(SEQUENCE, "adam").replace("model.fit(", "y_train = prepare(y_train)\nmodel.fit(")
    found = edited(source, "scale_targets", {"target_mean": 12.5, "target_spread": 250.0}, y=QUANTITIES)
    assert "layers.Rescaling(250.0, offset=12.5)" in found


def test_names_of_the_module_are_not_assigned_in_a_function() -> None:
    source = text(
        """
        import keras
        x_train, y_train = load()

        def main():
            model = keras.Sequential([keras.layers.Dense(1)])
            model.compile(optimizer="sgd", loss="mse")
            model.fit(x_train, y_train)

        main()
        """
    )
    found = edited(source, "scale_targets", y=QUANTITIES)
    assert (
        "    y_mean, y_std = y_train.mean(), y_train.std()\n    model.fit(x_train, (y_train - y_mean) / y_std)\n"
        in found
    )


@pytest.mark.parametrize(
    ("encoding", "lines"),
    [
        ("-1 and +1", ["y_val = 2 * y_val - 1", "y_train = 2 * y_train - 1"]),
        ("1 and 0", ["y_val = 1 - y_val", "y_train = 1 - y_train"]),
        ("ids from one-hot", ["y_val = y_val.argmax(axis=-1)", "y_train = y_train.argmax(axis=-1)"]),
        (
            "0 and 1",
            ["middle = (y_train.min() + y_train.max()) / 2", 'y_train = (y_train > middle).astype("float32")'],
        ),
        ("ids from 0", ["classes = np.unique(y_train)", "y_val = np.searchsorted(classes, y_val)"]),
        ("one-hot", ["y_train = keras.utils.to_categorical(y_train, 3)"]),
    ],
)
def test_labels_are_encoded_before_fit(encoding: str, lines: list[str]) -> None:
    found = edited(program(SEQUENCE), "encode_labels", {"encoding": encoding, "classes": 3})
    for line in lines:
        assert f"{line}\n" in found


def test_a_division_of_ids_goes() -> None:
    head = HEAD + "y_train = y_train / 255\ny_val /= 255\n"
    assert edited(program(SEQUENCE, head=head), "encode_labels", {"encoding": "ids from 0"}) == program(SEQUENCE)


def test_one_hot_against_ids_is_a_matter_of_the_loss() -> None:
    source = program(SEQUENCE).replace('"mse"', '"categorical_crossentropy"')
    found = edited(source, "encode_labels", {"encoding": "one-hot"})
    assert found == source.replace('"categorical', '"sparse_categorical')
    assert edited(found, "encode_labels", {"encoding": "ids from one-hot"}) == source


def test_rows_that_are_not_finite_go() -> None:
    found = edited(program(SEQUENCE), "drop_bad_rows", {"method": "drop rows"}, y=QUANTITIES)
    assert "complete = np.isfinite(x_train).all(axis=1) & np.isfinite(y_train)\n" in found
    assert "x_train = x_train[complete]\ny_train = y_train[complete]\n" in found
    assert "x_val = x_val[complete_val]\n" in found
    assert "import numpy as np\n" in found


def test_values_that_are_missing_are_filled() -> None:
    found = edited(program(SEQUENCE), "drop_bad_rows", {"method": "fill with the median"})
    assert edited(program(SEQUENCE), "impute_inputs") == found
    assert "x_train = np.where(np.isfinite(x_train), x_train, x_median)\n" in found
    assert "x_val = np.where(np.isfinite(x_val), x_val, x_median)\n" in found


def test_rows_are_shuffled_before_they_are_split() -> None:
    source = program(SEQUENCE).replace("validation_data=(x_val, y_val)", "validation_split=0.2, shuffle=False")
    found = edited(source, "shuffle_data")
    assert "order = np.random.default_rng(0).permutation(len(x_train))\n" in found
    assert "x_train, y_train = x_train[order], y_train[order]\nmodel.compile" not in found
    assert (
        "x_train, y_train = x_train[order], y_train[order]\nmodel.fit(x_train, y_train, epochs=2, validation_split=0.2)"
        in found
    )


def test_rows_are_shuffled_before_they_are_sliced() -> None:
    head = "import keras\nimport numpy as np\nfrom keras import layers\n\nx, y = load()\n"
    head += "x_train, x_val = x[:80], x[80:]\ny_train, y_val = y[:80], y[80:]\n"
    found = edited(program(SEQUENCE, head=head), "shuffle_data")
    assert "x, y = x[order], y[order]\nx_train, x_val = x[:80]" in found


def test_what_keeps_the_order_goes() -> None:
    source = program(SEQUENCE).replace("epochs=2,", "epochs=2, shuffle=False,")
    assert edited(source, "shuffle_data") == program(SEQUENCE)
    head = "import keras\nfrom keras import layers\n"
    head += "x_train, x_val, y_train, y_val = train_test_split(x, y, shuffle=False)\n"
    split = program(SEQUENCE, head=head)
    assert "train_test_split(x, y)\n" in edited(split, "shuffle_data")


def test_a_pipeline_shuffles_before_it_batches() -> None:
    stream = Data(kind="dataset", shapes=((None, 4), (None,)), dtypes=("float32", "float32"))
    source = text(
        """
        import keras
        data = Dataset.from_tensor_slices((x, y)){shuffle}.batch(32)
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile(optimizer="adam", loss="mse")
        model.fit(data)
        """
    )
    found = edited(source.replace("{shuffle}", ""), "shuffle_data", x=stream, facts={"n_train": 500})
    assert "((x, y)).shuffle(500).batch(32)" in found
    found = edited(source.replace("{shuffle}", ".shuffle(2)"), "shuffle_data", x=stream, facts={"n_train": 500})
    assert "((x, y)).shuffle(500).batch(32)" in found
    found = edited(source.replace("{shuffle}", ""), "set_batch_size", {"batch_size": 8}, x=stream)
    assert "((x, y)).batch(8)" in found


def test_pictures_are_varied_behind_their_input() -> None:
    found = edited(program(SEQUENCE), "augment", {"shift": 0.1, "flip": True}, x=PIXELS)
    assert (
        '        layers.Input((4,)),\n        layers.RandomFlip("horizontal"),\n'
        '        layers.RandomTranslation(0.1, 0.1, fill_mode="nearest"),\n        layers.Dense(8),\n'
    ) in found


def test_half_precision_goes() -> None:
    head = (
        HEAD
        + 'policy = keras.mixed_precision.Policy("mixed_float16")\nkeras.mixed_precision.set_global_policy(policy)\n'
    )
    model = SEQUENCE.replace("layers.Dense(8)", 'layers.Dense(8, dtype="float16")')
    assert edited(program(model, head=head), "use_float32") == program(SEQUENCE)


@pytest.mark.parametrize(
    ("prepared", "parameters", "expected"),
    [
        ("x_train = x_train / 255\n", {"method": "rescale", "factor": 1 / 255}, "x_val = x_val / 255\n"),
        ("scaler = Scaler()\nx_train = scaler.fit_transform(x_train)\n", {}, "x_val = scaler.transform(x_val)\n"),
        (
            "x_train = (x_train - x_train.mean(0)) / x_train.std(0)\n",
            {},
            "val_mean, val_std = x_val.mean(axis=0), x_val.std(axis=0) + 1e-7\n"
            "x_val = (x_val - val_mean) / val_std * x_train.std(axis=0) + x_train.mean(axis=0)\n",
        ),
    ],
)
def test_validation_inputs_are_prepared_like_training_inputs(
    prepared: str, parameters: dict[str, object], expected: str
) -> None:
    found = edited(program(SEQUENCE, head=HEAD + prepared), "align_validation", parameters)
    assert f"{expected}model.fit(x_train, y_train" in found


def test_a_split_made_by_fit_has_no_validation_inputs_to_prepare() -> None:
    source = HEAD + SEQUENCE + 'model.compile("sgd", "mse")\nmodel.fit(x_train, y_train, validation_split=0.2)\n'
    assert "same code" in treated(source, "align_validation").instructions[0]


def test_targets_get_the_axis_that_predictions_have() -> None:
    found = edited(program(SEQUENCE), "match_target_shape", {"axis": "added"})
    assert "y_train = y_train[..., None]\ny_val = y_val[..., None]\nmodel.fit(" in found
    stream = HEAD + SEQUENCE + 'model.compile("sgd", "mse")\nmodel.fit(data, validation_data=held)\n'
    found = edited(stream, "match_target_shape", {"axis": "added"}, x=Data(kind="dataset"))
    assert "data = data.map(lambda x, y, *rest: (x, y[..., None], *rest))\n" in found
    assert "validation_data=held.map(lambda x, y, *rest: (x, y[..., None], *rest))" in found
