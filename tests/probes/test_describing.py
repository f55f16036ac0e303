"""The description of a held call: model, settings and data in numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support import OpenCase

pytestmark = pytest.mark.keras

Open = Callable[..., OpenCase]

HEAD = """\
import keras
import numpy as np
import tensorflow as tf
from keras import layers
x, y = np.random.rand(60, 4).astype("float32"), np.random.rand(60, 1)
model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.ReLU(), layers.Dense(1)])
model.compile("adam", "mse")
"""


@pytest.mark.parametrize(
    ("call", "kind", "shapes", "facts"),
    [
        ("model.fit(x, y)", "array", ((60, 4),), {"n_train": 60, "batch_size": 32, "steps_per_epoch": 2}),
        ("model.fit(tf.constant(x), tf.constant(y))", "tensor", ((60, 4),), {"n_train": 60}),
        ("import pandas as pd\nmodel.fit(pd.DataFrame(x), pd.Series(y[:, 0]))", "frame", ((60, 4),), {"n_train": 60}),
        (
            "model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(20))",
            "dataset",
            ((None, 4), (None, 1)),
            {"n_train": 60, "batch_size": 20, "steps_per_epoch": 3},
        ),
        ("model.fit(((x[:10], y[:10]) for _ in range(6)), steps_per_epoch=6)", "generator", (), {"batch_size": 10}),
        (
            "class Rows(keras.utils.PyDataset):\n    def __len__(self):\n        return 3\n"
            "    def __getitem__(self, i):\n        return x[:20], y[:20]\nmodel.fit(Rows())",
            "pydataset",
            (),
            {"batch_size": 20, "steps_per_epoch": 3},
        ),
    ],
    ids=["arrays", "tensors", "pandas", "dataset", "generator", "pydataset"],
)
def test_data_of_every_kind(
    open_case: Open, call: str, kind: str, shapes: tuple[object, ...], facts: dict[str, object]
) -> None:
    case = open_case(HEAD + call + "\n").case
    assert case.failure is None
    assert case.data["x"].kind == kind
    assert case.data["x"].shapes == shapes
    assert {name: case.facts[name] for name in facts} == facts


def test_several_inputs_and_outputs(open_case: Open) -> None:
    lines = """
a, b = keras.Input((4,), name="a"), keras.Input((2,), name="b")
joined = layers.Concatenate()([a, b])
model = keras.Model({"a": a, "b": b}, {"p": layers.Dense(1, name="p")(joined), "q": layers.Dense(3, name="q")(joined)})
model.compile("sgd", loss={"p": "mse", "q": "mae"}, metrics={"p": ["mae"]})
model.fit({"a": x, "b": x[:, :2]}, {"p": y, "q": np.zeros((60, 3))}, validation_split=0.5)
"""
    case = open_case(HEAD + lines).case
    assert case.failure is None
    assert case.data["x"].shapes == ((60, 4), (60, 2))
    assert case.loss is not None
    assert case.loss.name == "mse, mae"
    assert case.facts["output_layer"] == "p"
    assert case.facts["output_layers"] == "p\nq"
    assert case.compile.metrics == ("mae",)
    assert case.fit.settings["validation_split"] == 0.5


def test_activations_written_as_layers(open_case: Open) -> None:
    case = open_case(HEAD + "model.fit(x, y)\n").case
    assert [layer.activation for layer in case.layers] == ["linear", "relu", "linear"]


def test_layers_inside_models_and_own_layers_are_listed(open_case: Open) -> None:
    lines = """
class Block(layers.Layer):
    def __init__(self):
        super().__init__(name="block")
        self.deep = layers.Dense(2, name="deep")

    def call(self, inputs):
        return self.deep(inputs)

inner = keras.Sequential([keras.Input((4,)), layers.Dense(5, name="base")], name="inner")
model = keras.Sequential([keras.Input((4,)), inner, Block(), layers.Dense(1, name="head")])
model.compile("sgd", "mse")
model.fit(x, y)
"""
    case = open_case(HEAD + lines).case
    assert [(layer.name, layer.inside) for layer in case.layers] == [
        ("inner", None),
        ("base", "inner"),
        ("block", None),
        ("deep", "block"),
        ("head", None),
    ]
    assert case.facts["first_layer"] == "base"
    assert case.places["layer:deep"].code == 'layers.Dense(2, name="deep")'


def test_a_schedule_and_the_rate_of_the_first_step(open_case: Open) -> None:
    lines = (
        "model.compile(keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.3, 10)), 'mse')\nmodel.fit(x, y)\n"
    )
    optimizer = open_case(HEAD + lines).case.optimizer
    assert optimizer is not None
    assert optimizer.schedule == "CosineDecay"
    assert optimizer.learning_rate == pytest.approx(0.3)


def test_the_users_own_step_loss_and_call_have_places(open_case: Open) -> None:
    lines = """
def mine(target, output):
    return keras.ops.mean((target - output) ** 2)

class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = layers.Dense(1)

    def call(self, inputs):
        return self.out(inputs)

    @tf.function
    def train_step(self, data):
        return super().train_step(data)

model = Own()
model.compile("sgd", mine)
model.fit(x, y)
"""
    case = open_case(HEAD + lines).case
    assert case.failure is None
    lines_of = {kind: case.places[kind].line for kind in ("loss_function", "call", "train_step")}
    first = HEAD.count("\n")
    assert lines_of == {"loss_function": first + 2, "call": first + 10, "train_step": first + 14}


def test_a_model_that_cannot_be_built_on_symbols_but_trains_is_no_failure(open_case: Open) -> None:
    lines = """
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = layers.Dense(1)

    def call(self, inputs):
        return self.out(tf.reshape(inputs, [tf.shape(inputs)[0], 4]))

model = Own()
model.compile("sgd", "mse")
model.fit(x, y)
"""
    opened = open_case(HEAD + lines)
    assert opened.case.failure is None
    assert opened.outcome("input_statistics").unknown is None


def test_an_error_in_the_users_own_call_is_placed_there(open_case: Open) -> None:
    lines = """
class Own(keras.Model):
    def call(self, inputs):
        return tf.matmul(inputs, tf.zeros([5, 1]))

model = Own()
model.compile("sgd", "mse")
model.fit(x, y)
"""
    failure = open_case(HEAD + lines).case.failure
    assert failure is not None
    assert failure.stage == "in_fit"
    assert failure.place is not None
    assert failure.place.code == "tf.matmul(inputs, tf.zeros([5, 1]))"
    assert [frame.function for frame in failure.frames] == ["<module>", "call"]


def test_weights_are_those_before_the_first_recorded_batch(open_case: Open) -> None:
    lines = """
from _keras_triage_probes.process.starting_point import StartingPoint
before = [np.array(one) for one in model.weights]
start = StartingPoint(model, (x, y, None))
for _ in iter(range(3)):
    model.train_on_batch(x, y)
print(int(model.optimizer.iterations))
start.restore()
print(all(np.array_equal(a, b) for a, b in zip(before, model.weights)), int(model.optimizer.iterations))
model.fit(x, y)
"""
    opened = open_case(HEAD + lines)
    assert opened.case.failure is None
    opened.close()
    assert opened.printed == "3\nTrue 0\n"
