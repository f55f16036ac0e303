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


def _worst(one: Run) -> float:
    return one.score if one.score is not None else -2.0


def _runs(mutant: Mutant) -> list[Run]:
    """As many seeds as the median of three needs."""
    runs: list[Run] = []
    for seed in SEEDS:
        source = mutant.source if seed is None else with_seed(mutant.base, mutant.source, seed)
        runs.append(run(source))
        if runs[-1].error is not None and runs[-1].score is None:
            break
    return runs


def _verdict(score: float, base: float) -> str:
    if score <= FAULTY * base:
        return "faulty"
    return "healthy" if score >= HEALTHY * base else "unclear"


def _settled_by_two(mutant: Mutant, base: float) -> list[Run]:
    """Two seeds that agree settle the median's verdict; the third is run only if they differ."""
    runs: list[Run] = []
    for seed in SEEDS:
        source = mutant.source if seed is None else with_seed(mutant.base, mutant.source, seed)
        runs.append(run(source))
        if runs[-1].score is None:
            break
        if len(runs) == 2 and len({_verdict(_worst(one), base) for one in runs}) == 1:
            break
    return runs


def label(mutant: Mutant, base: float | None) -> Label:
    """Train and judge one program. Without a base score the program is a base."""
    runs = _runs(mutant) if base is None else _settled_by_two(mutant, base)
    score = statistics.median(_worst(one) for one in runs)
    reference = score if base is None else base
    found: Label = {"source": digest(mutant.source), "seconds": round(runs[0].seconds, 1)}
    if runs[0].score is None:
        return found | {"verdict": "faulty", "symptom": "crashes", "score": 0.0, "error": str(runs[0].error)[:120]}
    verdict = _verdict(score, reference)
    if any(fault.judged_by == "metric" for fault in mutant.faults):
        shown = runs[0].curves.get("accuracy", [1.0])[-1]
        return found | {
            "verdict": "faulty" if shown < 0.2 else "unclear",
            "symptom": "metric_stuck",
            "score": round(score, 4),
        }
    seen = symptom(runs[0], reference) if verdict == "faulty" else "none"
    return found | {"verdict": verdict, "symptom": seen, "score": round(score, 4)}


def label_all(mutants: Iterable[Mutant], labels: dict[str, Label]) -> None:
    """Label what has no label yet, writing after each."""
    for mutant in mutants:
        known = labels.get(mutant.id)
        if known is not None and known["source"] == digest(mutant.source):
            continue
        base = labels.get(f"{mutant.base.name}--healthy")
        labels[mutant.id] = label(mutant, base["score"] if base and mutant.faults else None)
        write_labels(labels)
        print(mutant.id, labels[mutant.id], flush=True)


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
