"""What a search chooses from: optimizer and its settings, learning rate, batch size."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Method = Literal["bayes", "random", "grid"]

OWN = "own"
"""The program's own optimizer with the settings that it has."""

WIDEST = 100.0
"""A rate is looked for up to this factor below and above the usual one of its optimizer."""

GRID_FACTORS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)

SETTINGS: Mapping[str, tuple[str, float, float, tuple[float, ...]]] = {
    "Adam": ("beta_1", 0.8, 0.98, (0.9,)),
    "AdamW": ("weight_decay", 1e-4, 1e-1, (4e-3,)),
    "Nadam": ("beta_1", 0.8, 0.98, (0.9,)),
    "RMSprop": ("rho", 0.8, 0.99, (0.9,)),
    "SGD": ("momentum", 0.0, 0.97, (0.0, 0.9)),
}
"""By optimizer the setting that is searched: its name, its range, and its values on a grid."""


class Suggesting(Protocol):
    """A trial of Optuna."""

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        """One of the choices."""

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = ...) -> float:
        """A number in the range."""


@dataclass(frozen=True)
class Space:
    """The settings of a search.

    Attributes:
        optimizer: the program's own.
        rate: its learning rate.
        batch_size: the program's.
        batch_sizes: that are tried; empty where the size cannot be changed.
        usual_rates: by optimizer.
    """

    optimizer: str
    rate: float
    batch_size: int
    batch_sizes: tuple[int, ...]
    usual_rates: Mapping[str, float]

    @classmethod
    def of(cls, present: Mapping[str, Any]) -> Space:
        """The space around what the worker says that the program has."""
        return cls(
            optimizer=str(present["optimizer"]),
            rate=float(present["learning_rate"]),
            batch_size=int(present["batch_size"]),
            batch_sizes=tuple(int(one) for one in present["batch_sizes"]),
            usual_rates={str(name): float(one) for name, one in present["usual_rates"].items()},
        )

    @property
    def optimizers(self) -> list[str]:
        """What is chosen from, the program's own first."""
        return [OWN, *SETTINGS]

    def grid(self) -> list[dict[str, Any]]:
        """The points of a grid, as parameters of trials; each setting of an optimizer has its customary values."""
        found: list[dict[str, Any]] = []
        for name, factor in itertools.product(self.optimizers, GRID_FACTORS):
            point = {"optimizer": name, "rate_factor": factor}
            setting = SETTINGS.get(name)
            settled = [{**point, f"{name}_{setting[0]}": one} for one in setting[3]] if setting else [point]
            sizes = [{"batch_size": one} for one in self.batch_sizes] if len(self.batch_sizes) > 1 else [{}]
            found += [{**one, **size} for one, size in itertools.product(settled, sizes)]
        return found

    def suggest(self, trial: Suggesting) -> dict[str, Any]:
        """The settings of the next trial, as the worker takes them."""
        name = str(trial.suggest_categorical("optimizer", self.optimizers))
        factor = trial.suggest_float("rate_factor", 1 / WIDEST, WIDEST, log=True)
        chosen: dict[str, Any] = {"learning_rate": float(f"{self.usual(name) * factor:.3g}")}
        if name != OWN:
            setting, low, high, _ = SETTINGS[name]
            value = trial.suggest_float(f"{name}_{setting}", low, high, log=setting == "weight_decay")
            chosen |= {"optimizer": name, "settings": {setting: float(f"{value:.3g}")}}
        if len(self.batch_sizes) > 1:
            size = int(trial.suggest_categorical("batch_size", list(self.batch_sizes)))
            chosen |= {"batch_size": size} if size != self.batch_size else {}
        return chosen

    def usual(self, name: str) -> float:
        """The rate around which is looked: of the program's own optimizer its customary one too."""
        return self.usual_rates[self.optimizer if name == OWN else name]


def in_words(settings: Mapping[str, Any], space: Space) -> str:
    """Settings in words: ``Adam(beta_1=0.9) at 0.003, batches of 32``."""
    own = ", ".join(f"{name}={value:g}" for name, value in (settings.get("settings") or {}).items())
    name = settings.get("optimizer")
    optimizer = f"{name}({own})" if name else f"{space.optimizer} as it is"
    rate = float(settings.get("learning_rate", space.rate))
    return f"{optimizer} at {rate:g}, batches of {settings.get('batch_size', space.batch_size)}"


def treatments_of(settings: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The treatments that write settings into a program."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    rate = {"learning_rate": settings["learning_rate"]}
    if "optimizer" in settings:
        found.append(("set_optimizer", {**rate, "optimizer": settings["optimizer"], "settings": settings["settings"]}))
    else:
        found.append(("set_learning_rate", rate))
    return [*found, ("set_batch_size", {"batch_size": settings["batch_size"]})] if "batch_size" in settings else found
