"""Arms that are trained in another process: those of an edited program, which is a case of its own there.

What cannot be carried out on the live model is written into the source and the program run again. There the case is
trained as it is, from the starts that the pairs have here, and its numbers come back to be judged beside the controls.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from ..case import Budget, Case, Error
from ..keeping import Kept
from .arm import Arm
from .starting import Starts
from .training import ArmRun, Horizon, OutputScore, Trainer


def train_arms(case: Case, pairs: Sequence[int], horizon: Horizon, seconds: float, kept: Kept) -> list[ArmRun]:
    """Train a case as it is, once for every pair. The caller keeps the case unchanged.

    Args:
        case: of the edited program.
        pairs: their numbers.
        horizon: of the trial; the planned end is that of this program.
        seconds: for all of them; what does not get a turn is left out.
        kept: the state of the process before.
    """
    if case.error is not None:
        return [ArmRun((), (), 0, 0.0, 0.0, False, True, case.error) for _ in pairs]
    epochs = float(max(1, case.fit.planned_epochs)) if horizon.planned else horizon.epochs
    budget, trainer, arm = Budget(seconds), Trainer(kept, Starts(case.model)), Arm.of(case)
    found: list[ArmRun] = []
    for pair in pairs:
        if found and budget.left < found[-1].seconds:
            break
        found.append(trainer.train(arm, pair, Horizon(epochs, horizon.planned), max(1.0, budget.left)))
    return found


def to_plain(run: ArmRun) -> dict[str, Any]:
    """An arm's numbers as they travel."""
    return dataclasses.asdict(run)


def from_plain(plain: Mapping[str, Any], like: ArmRun) -> ArmRun:
    """The numbers that came back; outputs are called as those of ``like`` are, for layers may be named anew.

    Args:
        plain: from :func:`to_plain`, with the words for numbers that are not finite.
        like: an arm of this case.
    """
    given = list(plain["outputs"])
    names = [one.name for one in like.outputs] if len(like.outputs) == len(given) else [one["name"] for one in given]
    error = plain.get("error")
    return ArmRun(
        outputs=tuple(_score(one, name) for one, name in zip(given, names, strict=True)),
        curve=tuple(float(one) for one in plain["curve"]),
        steps=int(plain["steps"]),
        epochs=float(plain["epochs"]),
        seconds=float(plain["seconds"]),
        finite=bool(plain["finite"]),
        reached=bool(plain["reached"]),
        error=None if error is None else Error(str(error["type"]), str(error["message"]), str(error["stage"])),
    )


def _score(plain: Mapping[str, Any], name: str) -> OutputScore:
    numbers = {field: float(plain[field]) for field in ("value", "skill", "training_skill", "chance", "majority")}
    return OutputScore(name=name, measure=str(plain["measure"]), rows=int(plain["rows"]), **numbers)
