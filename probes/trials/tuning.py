"""Training a case with other settings than its own: learning rate, batch size, optimizer and that one's settings.

A search asks for one setting after the other; which comes next is decided where the search runs. All are scored as in a
trial, by the task and never by the loss, from the starts, orders and dropout that the same pair of the untouched case
has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..case import Budget, Case
from ..catalogue import Unanswerable
from ..keeping import Kept
from ..tasks import outputs
from .arm import Arm
from .bench import CONTROL_SHARE, Bench
from .starting import Starts
from .symptoms import Yardstick
from .training import ArmRun, Horizon, wind_back
from .treating import NotApplicable, treatments_of
from .treatments.rate import USUAL

OPTIMIZERS = ("Adam", "AdamW", "Nadam", "RMSprop", "SGD")
"""Those that a search chooses from, beside the program's own."""

DEFAULT_RATE = 1e-3
"""Keras' default for Adam and its kin."""

LARGEST_SHARE = 0.25
"""No batch holds a larger share of the training rows."""


@dataclass
class Tuning:
    """What a search of settings works with; kept with the case.

    Attributes:
        bench: scores arms; its controls are the untouched case.
        last: the settings that were trained last, and their arm: trained on, they need not be compiled again.
    """

    bench: Bench
    last: tuple[str, Arm] | None = None

    @classmethod
    def of(cls, case: Case) -> Tuning:
        """The tuning of a case.

        Raises:
            Unanswerable: no output has a task, so there is nothing to score by.
        """
        if not any(one.kind != "none" for one in outputs(case)):
            raise Unanswerable("no output has a task by which a training could be scored")
        return case.once("tuning", lambda: cls(Bench(case, "unsure", Starts(case.model), Yardstick({}), ())))

    def untouched(self, pair: int, kept: Kept, seconds: float) -> ArmRun:
        """The case as it is; the first one decides how far all are trained."""
        return self.bench.control(None, "", pair, kept, Budget(seconds / CONTROL_SHARE))

    def tuned(self, settings: Mapping[str, Any], pair: int, share: float, kept: Kept, seconds: float) -> ArmRun:
        """The case with other settings, trained to a share of the horizon.

        Raises:
            NotApplicable: the program would not feel one of them.
        """
        key = repr(sorted(settings.items()))
        if self.last is None or self.last[0] != key:
            wind_back(kept)
            self.last = (key, _arm(self.bench, settings))
        return self.bench.treated(self.last[1], pair, kept, seconds, share)


def _arm(bench: Bench, settings: Mapping[str, Any]) -> Arm:
    arm = bench.arm()
    wanted = treatments_of(treatments_for(settings))
    with arm:
        for one in wanted:
            one.apply(arm, settings)
    return arm


def treatments_for(settings: Mapping[str, Any]) -> list[str]:
    """The treatments that carry settings out, which are their parameters too."""
    found = ["set_optimizer"] if "optimizer" in settings else []
    found += ["set_learning_rate"] if "learning_rate" in settings else []
    return found + (["set_batch_size"] if "batch_size" in settings else [])


def present_settings(case: Case) -> dict[str, Any]:
    """What the program has now, and between what a search may go.

    Returns:
        ``optimizer``, ``learning_rate``, ``batch_size``, ``batch_sizes`` (the present size, and powers of two from a
        quarter of it to four times it; empty where the batches cannot be cut anew), ``usual_rates`` by optimizer.
    """
    from ..running import learning_rate
    from .reshaping import as_arrays

    size, rows = case.fit.batch_size, case.train.rows
    powers = {2**power for power in range(2, 13) if size / 4 <= 2**power <= min(4 * size, rows * LARGEST_SHARE)}
    sizes = sorted(powers | {size})
    try:
        as_arrays(case.train)
    except NotApplicable:
        sizes = []
    if case.fit.method != "fit":
        sizes = []
    name = type(case.optimizer).__name__
    return {
        "optimizer": name,
        "learning_rate": learning_rate(case.optimizer),
        "batch_size": size,
        "batch_sizes": sizes,
        "usual_rates": {one: USUAL.get(one, DEFAULT_RATE) for one in dict.fromkeys([*OPTIMIZERS, name])},
    }


def run_setting(case: Case, request: Mapping[str, Any], kept: Kept) -> dict[str, Any]:
    """Train a case once, untouched or with other settings. The caller keeps the case unchanged.

    Args:
        case: left as it was by the caller.
        request: ``settings`` (none: untouched), ``pair``, ``share`` of the horizon, ``seconds``; ``epochs`` and
            ``planned``, the horizon of a search that is taken up again.
        kept: the state of the process before.

    Returns:
        ``score``, ``measure``, ``finite``, ``reached``, ``error``, ``epochs`` and ``planned`` (the horizon), ``curve``,
        ``steps``, ``seconds``, ``rows`` scored, ``validation`` (whether those are validation rows).

    Raises:
        Unanswerable: there is nothing to score by.
        NotApplicable: the program would not feel one of the settings.
    """
    tuning, settings = Tuning.of(case), dict(request.get("settings") or {})
    bench, pair, seconds = tuning.bench, int(request.get("pair") or 0), float(request["seconds"])
    if bench.horizon is None and request.get("epochs") is not None:
        bench.horizon = Horizon(float(request["epochs"]), bool(request.get("planned")))
    untouched = tuning.untouched(0 if settings else pair, kept, seconds)
    run = tuning.tuned(settings, pair, float(request.get("share") or 1.0), kept, seconds) if settings else untouched
    assert bench.horizon is not None
    return {
        "score": bench.value(run),
        "measure": bench.measure,
        "finite": run.finite,
        "reached": run.reached,
        "error": "" if run.error is None else f"{run.error.type}: {run.error.message[:300]}",
        "epochs": bench.horizon.epochs,
        "planned": bench.horizon.planned,
        "curve": list(run.curve),
        "steps": run.steps,
        "seconds": run.seconds,
        "rows": max((one.rows for one in run.outputs), default=0),
        "validation": case.validation is not None and case.validation.y is not None,
    }
