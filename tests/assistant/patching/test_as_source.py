"""Programs whose data are past mending once `fit` has them: their own lines are mended, and they learn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.patching import Treatment, patch
from assistant.patching.proving import prove
from assistant.worker import Worker
from knowledge_base.loading import load
from tests.support import Bench

pytestmark = pytest.mark.keras

HEAD = """
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
"""
TABLE = """
inputs = layers.Input((4,))
outputs = layers.Dense(1, activation="sigmoid")(layers.Dense(16, activation="relu")(inputs))
model = keras.Model(inputs, outputs)
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
model.fit(x[:480], y[:480], epochs=25, batch_size=16, validation_data=(x[480:], y[480:]), verbose=0)
"""
APART = """
x = rng.normal(size=(600, 4)).astype("float32")
y = (x[:, 0] + x[:, 2] > 0).astype("int32")
x = x[rng.permutation(len(x))]
"""
TORN = """
columns = rng.normal(size=(4, 600)).astype("float32")
y = (columns[0] + columns[2] > 0).astype("int32")
x = columns.reshape(600, 4)
"""
CUT = """
grey = rng.integers(0, 255, size=(600, 4)).astype("uint8")
y = (grey[:, 0].astype("int32") + grey[:, 2] > 255).astype("int32")
x = grey // 255
"""


@pytest.mark.parametrize(
    ("data", "treatment"),
    [(APART, "move_together"), (TORN, "move_axes"), (CUT, "divide_as_fractions")],
    ids=["moved apart", "torn", "cut to whole numbers"],
)
def test_a_program_learns_once_its_own_lines_are_mended(host: Bench, data: str, treatment: str) -> None:
    opened = host.open(HEAD + data + TABLE)
    try:
        case = opened.case
        before = opened.probe("recorded_run", 30.0)
    finally:
        opened.close()
    edited = patch(opened.program.path.read_text(), case.source, [Treatment(treatment)], case)
    assert edited.diff is not None, edited.instructions

    async def open_copy(path: Path, environment: Mapping[str, str]) -> Worker:
        return await host.host.open(host.program(path, environment=dict(environment)))

    proof = host.wait(
        prove(opened.program.path, edited.edited_source.encode(), open_copy, load(), "metric_stuck", before, 30.0)
    )
    assert proof.proven, proof.text
