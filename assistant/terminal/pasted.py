"""Training logs that were pasted: read as Keras prints them, progress bars and control codes included."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from assistant.terminal import texts
from assistant.terminal.presenting.cases import series_of
from assistant.terminal.views import CurveView
from assistant.terminal.widgets.plain import readable

FLAT = 0.02
"""A loss that stays within this share of its first value is flat."""

GREW = 1.5
"""A loss that ends above its first value times this grows."""

ROSE = 1.1
"""A validation loss that ends above its lowest value times this rises."""

_EPOCH = re.compile(r"^\s*Epoch\s+(\d+)(?:/\d+)?", re.I)
_FIGURE = re.compile(r"\b([A-Za-z]\w*):\s*([-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|nan|inf))", re.I)


@dataclass(frozen=True)
class PastedLog:
    """The quantities of a log by name, one value an epoch."""

    figures: dict[str, tuple[float, ...]]

    @property
    def losses(self) -> tuple[float, ...]:
        """The training loss."""
        return self.figures.get("loss", ())

    @property
    def epochs(self) -> int:
        """How many epochs were read."""
        return len(self.losses)

    @property
    def last(self) -> float:
        """The last training loss."""
        return self.losses[-1]

    def curve(self) -> CurveView:
        """Losses as a plot."""
        series = [series_of(name, values) for name, values in self.figures.items() if name in ("loss", "val_loss")]
        return CurveView("pasted", texts.CURVES["pasted"], texts.CURVES["epoch"], texts.CURVES["loss"], tuple(series))

    def symptom(self) -> str | None:
        """The symptom that the losses show by themselves, or None where they show none clearly."""
        losses, validation = self.losses, self.figures.get("val_loss", ())
        if not all(math.isfinite(one) for one in losses):
            return "loss_nan"
        if len(losses) < 2:
            return None
        if losses[-1] > GREW * losses[0] > 0:
            return "loss_diverges"
        if max(abs(one - losses[0]) for one in losses) <= FLAT * abs(losses[0]):
            return "loss_flat"
        if len(validation) > 2 and losses[-1] < losses[0] and validation[-1] > ROSE * min(validation) > 0:
            return "overfit"
        return None


def read_log(text: str) -> PastedLog | None:
    """The log in a text, or None where it is none: no line holds a loss."""
    epochs: list[dict[str, float]] = []
    numbered = any(_EPOCH.match(line) for line in text.splitlines())
    for line in readable(text).splitlines():
        if numbered and _EPOCH.match(line):
            epochs.append({})
        found = {name: float(value) for name, value in _FIGURE.findall(line)}
        if "loss" not in found:
            continue
        if numbered and epochs:
            epochs[-1].update(found)
        elif not numbered:
            epochs.append(found)
    epochs = [one for one in epochs if "loss" in one]
    if not epochs:
        return None
    names = [name for name in epochs[0] if all(name in one for one in epochs)]
    return PastedLog({name: tuple(one[name] for one in epochs) for name in names})
