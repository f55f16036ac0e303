"""Train every mutant and write down which are faulty: `python -m tests.accuracy.validate`.

A mutant is faulty if the median over three seeds loses at least a tenth of its base's score, healthy if it loses less
than three in a hundred, and left out between. What is already in `labels.yaml` is kept unless the source changed (a
digest is kept with each label).
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from .forked_runs import Run, run, warm_up
from .mutants import Mutant, healthy_programs, pair_mutants, single_mutants
from .programs import with_seed
from .symptoms import symptom

LABELS = Path(__file__).parent / "labels.yaml"
SEEDS = (None, 1009, 2027)
FAULTY, HEALTHY = 0.9, 0.97
STUCK_METRIC = 0.8
Label = dict[str, Any]


def read_labels() -> dict[str, Label]:
    """Mutant id to its label."""
    return dict(yaml.safe_load(LABELS.read_text()) or {}) if LABELS.exists() else {}


def write_labels(labels: Mapping[str, Label]) -> None:
    """One line a mutant, sorted."""
    lines = [
        f"{name}: {yaml.safe_dump(labels[name], default_flow_style=True, width=10_000).strip()}"
        for name in sorted(labels)
    ]
    LABELS.write_text(
        "# Written by `python -m tests.accuracy.validate`; scores are medians over seeds.\n" + "\n".join(lines) + "\n"
    )


def digest(source: str) -> str:
    """Tells a changed program from the one that was measured."""
    return hashlib.sha256(source.encode()).hexdigest()[:8]


def _train(mutant: Mutant, seed: int | None) -> Run:
    return run(mutant.source if seed is None else with_seed(mutant.base, mutant.source, seed))


def _worst(one: Run) -> float:
    return one.score if one.score is not None else -2.0


def _verdict(score: float, base: float) -> str:
    if score <= FAULTY * base:
        return "faulty"
    return "healthy" if score >= HEALTHY * base else "unclear"


def _settled(known: Label, base: float | None) -> bool:
    """Whether further seeds cannot change the verdict of the median of three."""
    scores: list[float] = known["scores"]
    if known["symptom"] == "crashes" or len(scores) == len(SEEDS):
        return True
    return base is not None and len(scores) == 2 and len({_verdict(score, base) for score in scores}) == 1


def first_label(mutant: Mutant, base: float | None) -> Label:
    """Train once, with the program's own seed, and name the symptom."""
    one = _train(mutant, None)
    found: Label = {
        "source": digest(mutant.source),
        "seconds": round(one.seconds, 1),
        "scores": [round(_worst(one), 4)],
    }
    if one.score is None:
        return found | {"verdict": "faulty", "symptom": "crashes", "score": 0.0, "error": str(one.error)[:120]}
    reference = one.score if base is None else base
    verdict = _verdict(one.score, reference)
    seen = symptom(one, reference)
    if any(fault.judged_by == "metric" for fault in mutant.faults):
        shown = one.curves.get("accuracy", [1.0])[-1]
        verdict, seen = ("faulty" if shown < STUCK_METRIC * reference else verdict), "metric_stuck"
    return found | {"verdict": verdict, "symptom": seen, "score": round(one.score, 4)}


def complete(mutant: Mutant, known: Label, base: float | None) -> Label:
    """Train with further seeds until the verdict of the median of three is settled."""
    if any(fault.judged_by == "metric" for fault in mutant.faults):
        return known
    while not _settled(known, base):
        one = _train(mutant, SEEDS[len(known["scores"])])
        scores = [*known["scores"], round(_worst(one), 4)]
        middle = statistics.median(scores)
        verdict = _verdict(middle, middle if base is None else base)
        known = known | {"scores": scores, "score": round(middle, 4), "verdict": verdict}
    return known


def label_all(mutants: Iterable[Mutant], labels: dict[str, Label]) -> None:
    """Label what has no settled label yet: one seed of each first, then further seeds, the doubtful ones first."""
    programs = list(mutants)
    for mutant in programs:
        known = labels.get(mutant.id)
        if known is None or known["source"] != digest(mutant.source):
            _keep(labels, mutant, first_label(mutant, _base_score(labels, mutant)))
    for mutant in sorted(programs, key=lambda one: _doubt(labels, one)):
        known, base = labels[mutant.id], _base_score(labels, mutant)
        if not _settled(known, base):
            _keep(labels, mutant, complete(mutant, known, base))


def _base_score(labels: Mapping[str, Label], mutant: Mutant) -> float | None:
    """Score of the healthy program; None for a healthy program itself."""
    return float(labels[f"{mutant.base.name}--healthy"]["score"]) if mutant.faults else None


def _doubt(labels: Mapping[str, Label], mutant: Mutant) -> float:
    """Distance of the first seed's score from the limit between faulty and healthy."""
    base = _base_score(labels, mutant)
    return abs(float(labels[mutant.id]["scores"][0]) / base - FAULTY) if base else 0.0


def _keep(labels: dict[str, Label], mutant: Mutant, found: Label) -> None:
    labels[mutant.id] = found
    write_labels(labels)
    print(mutant.id, found, flush=True)


def main() -> None:
    """Validate everything that has no label yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--pairs", action="store_true", help="also the pairs, which need the labels of the single faults"
    )
    arguments = parser.parse_args()
    warm_up()
    labels = read_labels()
    label_all(healthy_programs(), labels)
    label_all(single_mutants(), labels)
    if arguments.pairs:
        label_all(pair_mutants(labels), labels)
    known = {m.id for m in (*healthy_programs(), *single_mutants(), *pair_mutants(labels))}
    write_labels({name: value for name, value in labels.items() if name in known})


if __name__ == "__main__":
    main()
