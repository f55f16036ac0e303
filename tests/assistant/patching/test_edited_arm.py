"""A trial whose treated arm is the edited program, opened again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.patching.edited_arm import EditedTrial, Original, edited_program, try_as_source
from assistant.trying import Attempt, finished
from assistant.worker import Worker
from probes.process.program import Program
from tests.support import Bench, OpenCase

NARROW = """
import keras
import numpy as np

keras.utils.set_random_seed(1)
random = np.random.default_rng(1)
x = random.normal(0, 1, (400, 2)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype("int32")


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(1, activation="relu")
        self.head = keras.layers.Dense(1, activation="sigmoid")

    def call(self, inputs):
        return self.head(self.hidden(inputs))


model = Net()
model.compile(keras.optimizers.Adam(0.03), "binary_crossentropy")
model.fit(x, y, epochs=15, batch_size=16, validation_split=0.25, verbose=0)
"""
MORE_UNITS = Attempt("model_too_small", "more_units", "more_units")
SYMPTOM = "loss_plateau"


def tried(host: Bench, case: OpenCase, seconds: float) -> tuple[Mapping[str, Any], EditedTrial, list[str], list[Path]]:
    """The refusal of the live case, what the edited program came to, what was said, and the copies that were run."""
    name, arguments = MORE_UNITS.request(SYMPTOM, seconds)
    refusal = case.request(name, arguments)
    said: list[str] = []
    copies: list[Path] = []

    async def say(text: str) -> None:
        said.append(text)

    async def open_copy(path: Path, environment: Mapping[str, str]) -> Worker:
        copies.append(path)
        return await host.host.open(Program(path, environment=environment))

    original = Original(case.case, case.worker, SYMPTOM)
    edited = host.wait(try_as_source(original, MORE_UNITS, refusal, open_copy, seconds, say))
    return refusal, edited, said, copies


@pytest.mark.keras
def test_what_only_the_source_can_do_is_tried_by_running_the_edited_program(host: Bench) -> None:
    case = host.open(NARROW)
    try:
        refusal, edited, said, copies = tried(host, case, 40.0)
        assert refusal["only_as_source"]
        assert not refusal["applicable"]
        assert refusal["arm_seconds"] > 0
        assert edited.runs == 1
        assert len(copies) == len(said) == 1
        assert "scratch copy" in said[0]
        assert not copies[0].exists()
        answer = edited.answer
        assert answer["applicable"], answer["reason"]
        assert len(answer["treated"]) == len(answer["control"]) == 4
        assert min(answer["treated"]) > max(answer["control"])
        assert answer["proven"], answer["why_not"]
        event = finished(MORE_UNITS, answer, edited.runs)
        assert event.program_runs == 1
        assert event.outcome is not None
        assert event.outcome.seconds > refusal["seconds"]
        assert "run again" in event.text
        # The same again with no time left for the set-up: nothing is run, and it is said why.
        name, arguments = MORE_UNITS.request(SYMPTOM, 5.0)
        refusal = case.request(name, arguments)
        late = host.wait(
            try_as_source(Original(case.case, case.worker, SYMPTOM), MORE_UNITS, refusal, never, 0.5, silent)
        )
        assert late.runs == 0
        assert "set-up" in late.answer["reason"]
        assert finished(MORE_UNITS, late.answer).outcome is None
    finally:
        case.close()


async def never(path: Path, environment: Mapping[str, str]) -> Worker:
    raise AssertionError(f"{path} must not be run")


async def silent(text: str) -> None:
    await asyncio.sleep(0)


@pytest.mark.keras
def test_what_cannot_be_written_is_not_run(host: Bench) -> None:
    case = host.open("mlp.py")
    try:
        unknown = Attempt("model_too_small", "more_units", "hope")
        assert edited_program(case.case, unknown) is None
        assert b"Dense(" in (edited_program(case.case, MORE_UNITS) or b"")
    finally:
        case.close()
