"""How gradients reach each layer in the first steps, and what clipping leaves of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..first_steps import FirstSteps, first_steps
from ..layers import LayerNote, layer_notes, own_weights
from ..penalty_gradients import moved_by_penalty_alone
from ..watching import variable_path


@dataclass(frozen=True)
class LayerGradient:
    """The gradient of one layer's kernel."""

    layer: str
    """Name of the layer."""
    norm: float
    """Median Euclidean norm over the first steps."""
    relative: float
    """Norm over the norm of the kernel itself."""
    missing: bool
    """Whether no gradient arrived at any of its trainable weights."""


@dataclass(frozen=True)
class GradientFlow:
    """How gradients reach each layer."""

    gradient_source: str
    """`apply`, or `none` where the step never called an optimizer."""
    clipped_by_user: bool
    """Whether the program changes gradients before it applies them."""
    layers: tuple[LayerGradient, ...]
    """Layers with trainable kernels, in order, at most 100."""
    total_norm: float
    """Median norm of all gradients together."""
    first_to_last: float
    """Norm at the first layer with a kernel over that at the last, per root of the number of weights."""
    smallest_to_largest: float
    """Smallest over largest norm of a layer, per root of the number of weights."""
    weakest_layer: str | None
    """Layer with the smallest."""
    strongest_layer: str | None
    """Layer with the largest."""
    zero_layers: int
    """Layers whose gradient is exactly zero at every step."""
    first_zero: str | None
    """First of them."""
    missing: tuple[str, ...]
    """Trainable weights that no gradient of the data reaches, at most 50; a weight penalty may move them."""
    missing_layers: int
    """Layers all of whose trainable weights no gradient reaches."""
    first_missing: str | None
    """First of them."""
    nonfinite: bool
    """Whether a gradient was NaN or infinite in the first steps."""
    growth: float
    """Total norm at the last watched step over that at the first."""
    clip_share: float
    """Share of the gradient that clipping leaves on a typical step, in [0, 1]; 1 without clipping."""
    largest_norm: float
    """Largest total norm in the first steps."""
    stopped: bool | None = None
    """Whether the training step calls `stop_gradient`, of TensorFlow or of Keras."""
    stuck_layer: str | None = None
    """First layer of several matrices that all start at zero and get a gradient of exactly zero at every step, as two
    factors of a product do that are both zero; null where there is none."""


@probe("gradient_flow", title="How gradients reach each layer", cost="seconds", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> GradientFlow:
    """Watch the first steps of the planned training."""
    if not case.model.trainable_variables:
        raise Unanswerable("no weight of the model is trained")
    seen = first_steps(case)
    unreached = (*seen.step.missing, *moved_by_penalty_alone(case))
    rows, scaled = [], []
    for note in layer_notes(case):
        paths = [variable_path(one) for one in own_weights(note.layer)]
        kernel = next(
            (variable_path(one) for one in own_weights(note.layer) if one.name.endswith(("kernel", "embeddings"))),
            None,
        )
        if not paths or kernel is None:
            continue
        norm = seen.gradient(kernel)
        wanted = seen.step.watch.wanted
        if wanted is not None and kernel not in wanted and kernel not in unreached:
            continue
        missing = all(path in unreached for path in paths)
        weights = [float(one.weights[kernel][0]) for one in seen.seen if kernel in one.weights]
        rows.append(LayerGradient(note.path, norm, norm / max(weights[0], 1e-12) if weights else math.nan, missing))
        scaled.append((norm / math.sqrt(max(1, _size(note, kernel))), note.path))
    if seen.step.source == "none" and not rows:
        raise Unanswerable("no gradient can be seen: the step applies none through a Keras optimizer")
    if seen.step.source == "apply" and not seen.step.missing and not any(one.gradients for one in seen.seen):
        raise Unanswerable("the step applies its gradients under a condition, where they cannot be seen")
    totals = [_total(seen, step) for step in range(len(seen.seen)) if seen.seen[step].gradients]
    known = [one for one in scaled if math.isfinite(one[0]) and one[0] > 0]
    zero = [row.layer for row in rows if row.norm == 0 and not row.missing]
    gone = [row.layer for row in rows if row.missing]
    finite = [one for one in totals if math.isfinite(one)]
    return GradientFlow(
        gradient_source=seen.step.source,
        clipped_by_user=seen.step.clipped_by_user,
        layers=tuple(rows[:100]),
        total_norm=float(np.median(totals)) if totals else math.nan,
        first_to_last=known[0][0] / known[-1][0] if len(known) > 1 else 1.0,
        smallest_to_largest=min(known)[0] / max(known)[0] if known else 0.0,
        weakest_layer=min(known)[1] if known else None,
        strongest_layer=max(known)[1] if known else None,
        zero_layers=len(zero),
        first_zero=zero[0] if zero else None,
        missing=tuple(dict.fromkeys(unreached))[:50],
        missing_layers=len(gone),
        first_missing=gone[0] if gone else None,
        nonfinite=len(finite) < len(totals),
        growth=finite[-1] / finite[0] if finite and finite[0] > 0 else 1.0,
        clip_share=_clip_share(case, seen),
        largest_norm=max(finite, default=math.nan),
        stopped=seen.step.stopped,
        stuck_layer=next((note.path for note in layer_notes(case) if _is_stuck(note, seen)), None),
    )


def _is_stuck(note: LayerNote, seen: FirstSteps) -> bool:
    paths = [variable_path(one) for one in own_weights(note.layer) if one.trainable and len(one.shape) > 1]
    watched = [step for step in seen.seen if step.gradients]
    return (
        len(paths) > 1
        and bool(watched)
        and all(
            float(step.weights.get(path, (1.0,))[0]) == 0.0 and float(step.gradients.get(path, (1.0,))[0]) == 0.0
            for path in paths
            for step in watched
        )
    )


def _size(note: object, kernel: str) -> int:
    for one in own_weights(note.layer):  # type: ignore[attr-defined]
        if variable_path(one) == kernel:
            return int(np.prod(one.shape))
    return 1


def _total(seen: FirstSteps, step: int) -> float:
    norms = [float(one[0]) for one in seen.seen[step].gradients.values()]
    return math.sqrt(sum(one**2 for one in norms)) if norms else math.nan


def _clip_share(case: Case, seen: FirstSteps) -> float:
    optimizer = case.optimizer
    kept = []
    for one in seen.seen:
        norms = np.array([float(row[0]) for row in one.gradients.values()])
        largest = np.array([float(row[1]) for row in one.gradients.values()])
        # Clipping has nothing to take from weights that get no gradient to speak of.
        felt = norms > 1e-3 * norms.max(initial=0.0)
        norms, largest = norms[felt], largest[felt]
        if not len(norms) or not np.isfinite(norms).all():
            continue
        share = 1.0
        if getattr(optimizer, "clipnorm", None):
            share = min(share, float(np.median(np.minimum(1.0, optimizer.clipnorm / norms))))
        if getattr(optimizer, "global_clipnorm", None):
            share = min(share, min(1.0, optimizer.global_clipnorm / float(np.sqrt((norms**2).sum()))))
        if getattr(optimizer, "clipvalue", None):
            share = min(share, float(np.median(np.minimum(1.0, optimizer.clipvalue / largest))))
        kept.append(share)
    return float(np.median(kept)) if kept else 1.0
