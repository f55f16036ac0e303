"""Every object and setting remembers the user's own line, and the columns in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from probes.process.description import CaseDescription, Place
from tests.support import OpenCase

pytestmark = pytest.mark.keras

Open = Callable[..., OpenCase]

DATA = """\
import keras
import numpy as np
from keras import layers
x, y = np.random.rand(100, 4).astype("float32"), np.random.rand(100, 1)
"""
MODEL = DATA + 'model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="hidden"), layers.Dense(1)])\n'


def stretch(place: Place, source: str) -> str:
    """The text that the columns of a one-line place point to."""
    return source.splitlines()[place.line - 1][place.column : place.end_column]


def held(open_case: Open, source: str, **settings: object) -> CaseDescription:
    """The description of a program that must be held."""
    case = open_case(source, **settings).case
    assert case.failure is None
    assert case.gaps == ()
    return case


@pytest.mark.parametrize(
    ("lines", "kind", "code"),
    [
        ('model.compile(optimizer="adam", loss="mse")', "optimizer", 'optimizer="adam"'),
        ('model.compile("adam", "mse")', "optimizer", '"adam"'),
        ('model.compile("adam", "mse")', "loss", '"mse"'),
        ('name = "adam"\nmodel.compile(name, "mse")', "optimizer", 'name = "adam"'),
        ('name = "sgd"\nname = "adam"\nmodel.compile(optimizer=name, loss="mse")', "optimizer", 'name = "adam"'),
        ('how = {"loss": "mae", "optimizer": "sgd"}\nmodel.compile(**how)', "loss", '"mae"'),
        ('how = dict(loss="mae")\nmodel.compile("sgd", **how)', "loss", 'loss="mae"'),
        ('model.compile(keras.optimizers.SGD(0.5), "mse")', "optimizer", "keras.optimizers.SGD(0.5)"),
        ('model.compile(keras.optimizers.SGD(0.5), "mse")', "optimizer.learning_rate", "0.5"),
        ('sgd = keras.optimizers.SGD(0.5)\nmodel.compile(sgd, "mse")', "optimizer", "keras.optimizers.SGD(0.5)"),
        ('RATE = 3.0\nmodel.compile(keras.optimizers.SGD(RATE), "mse")', "optimizer.learning_rate", "RATE = 3.0"),
        ('model.compile("sgd", loss=keras.losses.MeanSquaredError())', "loss", "keras.losses.MeanSquaredError()"),
        ('model.compile("sgd", "mse", metrics=["mae"])', "metrics", 'metrics=["mae"]'),
        ('class Conf:\n    loss = "mae"\nmodel.compile("sgd", Conf.loss)', "loss", 'loss = "mae"'),
        ('def go(loss="mae"):\n    model.compile("sgd", loss)\ngo()', "loss", '"mae"'),
        ('def go(loss):\n    model.compile("sgd", loss)\ngo("mse")', "loss", '"mse"'),
        ('def go(loss):\n    model.compile("sgd", loss)\nmine = "mse"\ngo(loss=mine)', "loss", 'mine = "mse"'),
        ('model.compile("sgd", "mse")  # é', "compile", 'model.compile("sgd", "mse")'),
        ('"é"; model.compile("sgd", "mse")', "loss", '"mse"'),
        ('model.compile("sgd", "mse")', "layer:hidden", 'layers.Dense(3, name="hidden")'),
        ('model.compile("sgd", "mse")', "output_layer", "layers.Dense(1)"),
        ('model.compile("sgd", "mse")', "fit.batch_size", "batch_size=10"),
        (
            "sgd = keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9))\n"
            'model.compile(sgd, "mse")',
            "schedule",
            "keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)",
        ),
    ],
)
def test_settings_are_found_where_they_were_written(open_case: Open, lines: str, kind: str, code: str) -> None:
    source = MODEL + lines + "\nmodel.fit(x, y, batch_size=10)\n"
    place = held(open_case, source).places[kind]
    assert place.code == code
    assert stretch(place, source) == code


def test_a_constant_of_a_neighbour_module(open_case: Open) -> None:
    source = (
        MODEL
        + 'from conf import LOSS\nimport conf\nmodel.compile("sgd", LOSS)\nmodel.fit(x, y, batch_size=conf.ROWS)\n'
    )
    case = held(open_case, source, files={"conf.py": '\nLOSS = "mae"\nROWS = 20\n'})
    assert (case.places["loss"].file, case.places["loss"].line) == ("conf.py", 2)
    assert (case.places["fit.batch_size"].file, case.places["fit.batch_size"].line) == ("conf.py", 3)


def test_a_call_over_several_lines(open_case: Open) -> None:
    source = MODEL + 'model.compile(\n    "sgd",\n    loss="mse",\n)\n(model\n .fit(x, y,\n      epochs=3))\n'
    places = held(open_case, source).places
    assert (places["compile"].line, places["compile"].end_line) == (6, 9)
    assert (places["loss"].line, places["loss"].column) == (8, 4)
    assert (places["fit"].line, places["fit"].end_line) == (10, 12)
    assert places["fit.epochs"].line == 12


def test_the_chain_of_calls_behind_a_layer(open_case: Open) -> None:
    source = (
        DATA
        + "def block(units):\n    return layers.Dense(units, name='inner')\n\ndef build():\n"
        + "    return keras.Sequential([block(3), layers.Dense(1)])\n\nmodel = build()\n"
        + "model.compile('sgd', 'mse')\nmodel.fit(x, y)\n"
    )
    place = held(open_case, source).places["layer:inner"]
    assert place.line == 6
    assert [(frame.line, frame.function) for frame in place.frames] == [(11, "<module>"), (9, "build"), (6, "block")]
    assert place.frames[0].code == "model = build()"


def test_the_objects_own_methods_are_not_blamed(open_case: Open) -> None:
    source = (
        DATA
        + """
class Own(keras.Model):
    def __new__(cls, *args, **settings):
        return super().__new__(cls, *args, **settings)

    def __init__(self, units):
        super().__init__()
        self.hidden = layers.Dense(units, name="hidden")
        self.out = layers.Dense(1)

    def call(self, inputs):
        return self.out(self.hidden(inputs))

    def compile(self, optimizer, loss="mse", **settings):
        super().compile(optimizer=optimizer, loss=loss, **settings)

    def fit(self, *args, **settings):
        return super().fit(*args, **settings)


model = Own(3)
model.compile("adam")
model.fit(x, y)
"""
    )
    places = held(open_case, source).places
    assert places["model"].code == "Own(3)"
    assert places["compile"].code == 'model.compile("adam")'
    assert places["fit"].code == "model.fit(x, y)"
    assert places["optimizer"].code == '"adam"'
    assert places["loss"].code in ('loss="mse"', '"mse"')
    assert places["layer:hidden"].code == 'layers.Dense(units, name="hidden")'


def test_a_model_that_compiles_itself(open_case: Open) -> None:
    source = (
        DATA
        + """
class Own(keras.Sequential):
    def ready(self):
        self.compile("adam", "mse")
        return self


Own([layers.Dense(1)]).ready().fit(x, y)
"""
    )
    place = held(open_case, source).places["compile"]
    assert place.code == 'self.compile("adam", "mse")'


def test_data_point_to_the_argument_and_to_the_last_assignments(open_case: Open) -> None:
    source = (
        MODEL
        + "x = x / 2\ny[:3] = 0\nnp.random.shuffle(y)\nmodel.compile('sgd', 'mse')\n"
        + "xv, yv = x[:9], y[:9]\nmodel.fit(x[:], y, validation_data=(xv, yv))\ny = None\n"
    )
    places = held(open_case, source).places
    assert places["fit.x"].code == "x[:]"
    assert [one.line for one in places["fit.x"].assigned] == [6, 4]
    assert [one.code for one in places["fit.y"].assigned][:2] == ["np.random.shuffle(y)", "y[:3] = 0"]
    assert {one.line for one in places["fit.validation"].assigned} == {10}


def test_data_that_came_through_a_function(open_case: Open) -> None:
    source = (
        MODEL
        + "model.compile('sgd', 'mse')\ndef train(inputs, targets):\n    model.fit(inputs, targets)\n\n"
        + "x = x * 2\ntrain(x, y)\n"
    )
    place = held(open_case, source).places["fit.x"]
    assert (place.line, place.code) == (8, "inputs")
    assert place.assigned[0].code == "x = x * 2"
    assert [frame.line for frame in place.frames] == [11, 8]


def test_callbacks(open_case: Open) -> None:
    source = (
        MODEL
        + "model.compile('sgd', 'mse')\nstop = keras.callbacks.EarlyStopping(patience=3)\n"
        + "model.fit(x, y, callbacks=[stop])\n"
    )
    case = held(open_case, source)
    assert case.fit.callbacks == ("EarlyStopping",)
    assert case.places["callback:EarlyStopping"].code == "keras.callbacks.EarlyStopping(patience=3)"


def test_a_program_that_lies_beside_its_library(open_case: Open) -> None:
    source = "import sys\nsys.path.insert(0, '../beside')\nimport lib\nlib.build().fit(lib.x, lib.y)\n"
    body = (
        DATA
        + 'def build():\n    model = keras.Sequential([layers.Dense(1, name="only")])\n'
        + '    model.compile("sgd", "mse")\n'
    )
    case = held(open_case, source, files={"../beside/lib.py": body + "    return model\n"})
    assert case.places["fit"].file == "train.py"
    assert case.places["layer:only"].frames[0].file == "train.py"
