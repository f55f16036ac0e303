"""The search: Optuna proposes settings in our own process, the worker trains them."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.errors import UsageError
from assistant.tuning.space import OWN, Method, Space
from assistant.worker import HANGING, Worker
from probes.measurement import from_wire

if TYPE_CHECKING:
    import optuna

FIRST_LOOK = 0.3
"""Share of the training after which hopeless settings are dropped."""

SHARE_OF_SLOWEST = 3.0
"""Settings may take so many times what one training of the untouched case may."""

BEFORE_PRUNING = 4
"""Trials that run to their end before any is dropped."""


class Listener(Protocol):
    """Hears how a search goes on."""

    def tried(self, number: int, settings: Mapping[str, Any], score: float | None, best: bool) -> None:
        """A trial ended; ``score`` is None where it was dropped early or failed."""


@dataclass(frozen=True)
class Untouched:
    """The program as it is, trained once.

    Attributes:
        score, measure: how well it does, and by what measure.
        epochs, planned: how far all settings are trained, and whether that is the planned end.
        seconds: what it took.
    """

    score: float
    measure: str
    epochs: float
    planned: bool
    seconds: float


@dataclass(frozen=True)
class Best:
    """The best settings so far, and how they did on the first start."""

    settings: Mapping[str, Any]
    score: float


class Refused(Exception):
    """The case cannot be tuned; the message says why, in words."""


def load_optuna() -> Any:
    """Optuna, told to be quiet.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import optuna
    except ImportError:
        raise UsageError("Tuning needs Optuna; install it with pip install 'keras-triage[tune]'.") from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


class Search:
    """One search, kept in an SQLite file: what was tried stays there and is not tried again.

    Args:
        file: of the storage.
        name: of the search in it; the same program has the same.
        method: how settings are proposed.
        trials: how many there shall be altogether.
        worker: holds the program.
        seconds: that one training may take.
    """

    def __init__(self, file: Path, name: str, method: Method, trials: int, worker: Worker, seconds: float) -> None:
        self._file, self._name, self._method = file, name, method
        self._trials, self._worker, self._seconds = trials, worker, seconds
        self._study: optuna.Study
        self.space: Space

    async def begin(self) -> Untouched:
        """Open the storage, and train the program as it is.

        Raises:
            Refused: the case cannot be tuned.
            UsageError: Optuna is not installed, or the storage cannot be used.
        """
        self.space = Space.of(await self._ask({}))
        self._study = self._opened()
        known = self._study.user_attrs.get("horizon") or {}
        answer = await self._ask({"pair": 0, "seconds": self._seconds, **known})
        epochs, planned = float(answer["epochs"]), bool(answer["planned"])
        self._study.set_user_attr("horizon", {"epochs": epochs, "planned": planned})
        return Untouched(float(answer["score"]), str(answer["measure"]), epochs, planned, float(answer["seconds"]))

    @property
    def done(self) -> int:
        """Trials that ended, those of earlier calls included."""
        return sum(one.state.is_finished() and one.state.name != "FAIL" for one in self._study.get_trials(False))

    @property
    def best(self) -> Best | None:
        """The best settings of all trials that ran to their end."""
        ended = [one for one in self._study.get_trials(False) if one.state.name == "COMPLETE"]
        best = max(ended, key=lambda one: one.value if one.value is not None else -1e9, default=None)
        if best is None or best.value is None:
            return None
        return Best(dict(best.user_attrs["settings"]), float(best.value))

    async def run(self, until: float, listener: Listener) -> None:
        """Try settings until there are enough of them, or until the time is up.

        Args:
            until: on the monotonic clock.
            listener: told of every trial.

        Raises:
            asyncio.CancelledError: it was interrupted; the trial under way counts as never begun.
        """
        while self.done < self._trials and time.monotonic() < until:
            if self._method == "grid" and not self._next_point():
                return
            before, trial = self.best, self._study.ask()
            try:
                settings = self.space.suggest(trial)
                trial.set_user_attr("settings", settings)
                score = await self._tried(trial, settings, until)
            except BaseException:
                self._study.tell(trial, state=_state("FAIL"))
                raise
            if score is None:
                self._study.tell(trial, state=_state("PRUNED"))
            else:
                self._study.tell(trial, score)
            listener.tried(self.done, settings, score, score is not None and (before is None or score > before.score))

    async def score(self, settings: Mapping[str, Any], pair: int) -> float:
        """The score of settings, or of the untouched program where there are none, from the start of a pair."""
        seconds = SHARE_OF_SLOWEST * self._seconds
        return float((await self._ask({"settings": dict(settings), "pair": pair, "seconds": seconds}))["score"])

    async def _tried(self, trial: Any, settings: Mapping[str, Any], until: float) -> float | None:
        """The score; None where the settings are hopeless, or the program does not feel them."""
        answer: Mapping[str, Any] = {}
        for step, share in enumerate((FIRST_LOOK, 1.0)):
            seconds = min(SHARE_OF_SLOWEST * self._seconds, max(1.0, until - time.monotonic()))
            wanted = {"settings": dict(settings), "pair": 0, "share": share, "seconds": seconds}
            try:
                answer = await self._ask(wanted)
            except Refused:
                return None
            if not answer["finite"] or answer["error"] or not answer["reached"]:
                return None
            trial.report(float(answer["score"]), step)
            if trial.should_prune():
                return None
        return float(answer["score"])

    async def _ask(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        limit = 4 * float(arguments.get("seconds") or 10.0) + HANGING
        answer = from_wire(await self._worker.request("tuning", arguments, limit))
        if not answer["applicable"]:
            raise Refused(str(answer["reason"]))
        return dict(answer)

    def _opened(self) -> optuna.Study:
        optuna = load_optuna()
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            kept = optuna.storages.RDBStorage(f"sqlite:///{self._file.absolute()}")
            study = optuna.create_study(
                storage=kept,
                study_name=self._name,
                pruner=optuna.pruners.MedianPruner(n_startup_trials=BEFORE_PRUNING),
                direction="maximize",
                load_if_exists=True,
            )
        except Exception as error:
            raise UsageError(f"{self._file} cannot keep the search: {str(error).splitlines()[0]}") from error
        # A search that goes on must not propose the same settings again.
        study.sampler = self._sampler(optuna, len(study.get_trials(False)))
        self._drop_unfinished(study)
        if self._method != "grid" and not study.get_trials(False):
            study.enqueue_trial({"optimizer": OWN, "rate_factor": 1.0, "batch_size": self.space.batch_size})
        return study

    def _drop_unfinished(self, study: optuna.Study) -> None:
        """A trial that was under way when its process ended never counts."""
        for one in study.get_trials(False):
            if one.state.name == "RUNNING":
                study.tell(one.number, state=_state("FAIL"))

    def _next_point(self) -> bool:
        """Put a point of the grid that was not tried yet in front, in an order of no meaning; whether there is one."""
        tried = [one.params for one in self._study.get_trials(False) if one.state.name != "FAIL"]
        left = [point for point in self.space.grid() if point not in tried]
        if left:
            self._study.enqueue_trial(random.Random(len(tried)).choice(left))
        return bool(left)

    def _sampler(self, optuna: Any, seed: int) -> Any:
        if self._method == "bayes":
            return optuna.samplers.TPESampler(n_startup_trials=8, seed=seed)
        return optuna.samplers.RandomSampler(seed=seed)


def _state(name: str) -> Any:
    return load_optuna().trial.TrialState[name]
