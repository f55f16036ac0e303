"""Bundles without a program: measurements of the right types for real probes, and a case to go with them."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.bundle.collecting import Collected
from assistant.bundle.preparing import Leave, prepared
from assistant.bundle.writing import write
from assistant.events import CaseEvidence, ProbeFinished, TrialFinished, TrialOutcome
from assistant.session.model import OpenedWith
from probes.catalogue import catalogue, hints
from probes.measurement import to_wire
from tests.assistant.small_world import CASE

SOURCE = """\
import keras
model = keras.Sequential([keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(3.0), loss="mse")
model.fit([[1.0]], [[2.0]])
"""


def measurement_of(probe: str, **changed: Any) -> dict[str, Any]:
    """A measurement with every number 1, every text ``x`` and every list empty, but for what is given."""
    made: dict[str, Any] = to_wire(_made(catalogue()[probe].measurement))
    return {**made, **changed}


def _made(kind: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return kind(**{name: _made(hint) for name, hint in hints(kind).items()})
    if origin in (typing.Union, types.UnionType):
        return None if type(None) in arguments else _made(arguments[0])
    if origin is typing.Literal:
        return arguments[0]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {}
    if origin is tuple:
        return ()
    return {bool: False, int: 1, float: 1.0, str: "x"}[kind]


def finished(probe: str, seconds: float = 0.5, **changed: Any) -> ProbeFinished:
    return ProbeFinished(probe=probe, measurement=measurement_of(probe, **changed), seconds=seconds)


TRIAL = TrialFinished(
    cause="lr_too_high",
    remedy="lower_learning_rate",
    treatment="set_learning_rate",
    outcome=TrialOutcome(
        score="r2",
        control=(0.1, 0.1, 0.1, 0.1),
        treated=(0.9, 0.9, 0.9, 0.9),
        symptom_gone=True,
        horizon="planned_end",
        steps=10,
        seconds=2.0,
    ),
    proven=True,
    asked={"direction": "down"},
    text="set learning rate: R2 0.10 without, 0.90 with it, over 4 pairs; proven.",
)


def evidence(**changed: Any) -> CaseEvidence:
    """Three measurements and a trial of the small world's case."""
    made = CaseEvidence(
        case=CASE,
        budget=120.0,
        measured=(
            finished("input_statistics"),
            finished("label_statistics"),
            ProbeFinished(probe="train_validation", unknown="the program gives `fit` no validation data"),
        ),
        not_run={"label_agreement": "the budget of 120 s is spent"},
        symptom="loss_flat",
        trials=(TRIAL,),
    )
    return made.model_copy(update=changed)


def members(
    folder: Path,
    found: CaseEvidence | None = None,
    leave: Leave | None = None,
    *,
    source: str = SOURCE,
    output: tuple[str, ...] = (),
    arguments: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """The members of a bundle of a program in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.py").write_text(source)
    opened = OpenedWith(program=str(folder / "train.py"), arguments=arguments)
    collected = Collected(found or evidence(), output, "")
    return prepared(collected, opened, leave or Leave(), "kb-version", environment or {"HOME": "/home/jane.roe"})


def bundle_at(path: Path, found: CaseEvidence | None = None, leave: Leave | None = None, **more: Any) -> Path:
    """A bundle on disk."""
    write(members(path.parent / "program", found, leave, **more), path)
    return path
