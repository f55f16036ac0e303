"""A small knowledge base, a catalogue without probes, and a worker without a process."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.dialogue import Dialogue
from assistant.events import CaseOpened, PersonAnswered, ProbeFinished
from assistant.steps import AskPerson, Conclude, RunProbe
from assistant.worker import Listener
from knowledge_base.loading import KnowledgeBase, load
from probes.process.description import (
    CaseDescription,
    Failure,
    FitDescription,
    ModelDescription,
    OptimizerDescription,
    Outcome,
    Place,
)
from probes.process.errors import ProcessError, WorkerDied
from probes.process.events import Output, Stage


@dataclass(frozen=True)
class Info:
    id: str
    title: str
    cost: str
    needs: tuple[str, ...] = ("model",)
    measurement: type = object


CATALOGUE: Mapping[str, Info] = {
    one.id: one
    for one in (
        Info("input_statistics", "The inputs", "instant"),
        Info("program_failure", "The failure", "instant", ("failure",)),
        Info("gradient_flow", "Gradients", "seconds"),
        Info("weight_updates", "Updates", "seconds"),
        Info("recorded_run", "The planned training", "training"),
        Info("label_noise_probe", "Neighbours", "training"),
    )
}

FAULTY: dict[str, dict[str, Any]] = {
    "input_statistics": {"scale": 5000.0, "broken": 0},
    "recorded_run": {"last": 2.3, "left_out": ["TensorBoard"]},
    "gradient_flow": {"ratio": 1e6},
    "weight_updates": {"ratio": 0.5},
    "label_noise_probe": {"share": 0.1},
}
HEALTHY: dict[str, dict[str, Any]] = {
    "input_statistics": {"scale": 1.0, "broken": 0},
    "recorded_run": {"last": 0.1},
}
NAN: dict[str, dict[str, Any]] = {**FAULTY, "recorded_run": {"last": math.nan}}

CASE = CaseDescription(
    source="train.py",
    folder="/home/somebody/project",
    fit_line=9,
    fits_seen=1,
    model=ModelDescription(class_name="Sequential", name="s", layers=2, parameters=30, trainable_parameters=30),
    optimizer=OptimizerDescription(class_name="SGD", learning_rate=3.0),
    fit=FitDescription(epochs=2, batch_size=4),
    facts={"learning_rate": 3.0},
    places={
        "optimizer": Place(file="train.py", line=8, column=14, code="optimizer=SGD(3.0),"),
        "fit": Place(file="train.py", line=9, code="model.fit(x, y)"),
    },
    seconds={"import": 3.0, "program": 0.5},
)
FAILED = CaseDescription(
    source="train.py",
    failure=Failure(
        stage="before_fit",
        type="ValueError",
        message="no such column",
        place=Place(file="train.py", line=4, column=0, code="table['x']"),
    ),
)


def small_kb() -> KnowledgeBase:
    return load(content=Path(__file__).with_name("small"))


def new_dialogue(events: tuple[Any, ...] = (), **settings: Any) -> Dialogue:
    return Dialogue(small_kb(), CATALOGUE, events, **settings)


def walk(
    dialogue: Dialogue,
    measurements: Mapping[str, dict[str, Any]],
    persons: Mapping[str, str] | None = None,
    case: CaseDescription = CASE,
) -> Dialogue:
    """Drive a dialogue to its end, as an investigation would."""
    if dialogue.case is None:
        dialogue.record(CaseOpened(case=case))
    for _ in range(200):
        step = dialogue.next_step()
        if isinstance(step, RunProbe):
            measured = measurements.get(step.probe)
            unknown = None if measured is not None else "it could not be measured"
            dialogue.record(ProbeFinished(probe=step.probe, measurement=measured, unknown=unknown, seconds=1.0))
        elif isinstance(step, AskPerson):
            dialogue.record(
                PersonAnswered(question=step.question, answer=(persons or {}).get(step.question, "unknown"))
            )
        elif isinstance(step, Conclude):
            from assistant.events import CauseConcluded

            dialogue.record(CauseConcluded(cause=step.finding.cause, status=step.finding.status))
        else:
            return dialogue
    raise AssertionError("the walk does not end")


@dataclass
class FakeWorker:
    measurements: Mapping[str, dict[str, Any]]
    description: CaseDescription = CASE
    dies_at: str | None = None
    lost: ProcessError | None = None
    asked: list[str] = field(default_factory=list)
    closed: bool = False
    trial: Mapping[str, Any] = field(default_factory=dict)
    tried: list[Any] = field(default_factory=list)

    async def case(self) -> CaseDescription:
        return self.description

    async def probe(self, probe: str, seconds: float = 20.0) -> Outcome:
        self.asked.append(probe)
        if self.lost is not None:
            return Outcome(probe=probe, seconds=0.0, unknown=str(self.lost))
        if probe == self.dies_at:
            self.lost = WorkerDied("The program was killed from outside.", signal=9)
            return Outcome(probe=probe, seconds=0.1, unknown=str(self.lost))
        measured = self.measurements.get(probe)
        return Outcome(
            probe=probe, seconds=0.5, measurement=measured, unknown=None if measured else "it could not be measured"
        )

    async def request(self, name: str, arguments: Any = None, limit: float | None = None) -> Mapping[str, Any]:
        self.tried.append(arguments)
        return self.trial

    async def close(self) -> None:
        self.closed = True


@dataclass
class FakeOpener:
    workers: list[FakeWorker]
    opened: int = 0
    closed: bool = False
    error: ProcessError | None = None

    async def open(self, listener: Listener) -> FakeWorker:
        if self.error is not None:
            raise self.error
        listener(Stage("running the program"))
        listener(Output("stdout", "hello\n"))
        self.opened += 1
        return self.workers[min(self.opened, len(self.workers)) - 1]

    async def close(self) -> None:
        self.closed = True


class Kept:
    """A log in memory."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def append(self, event: Any) -> None:
        self.events.append(event)

    def settle(self, dialogue: Dialogue) -> None:
        pass

    def release(self) -> None:
        pass
