"""Fit bands, priors and symptom fits to kept results of the training half: `python -m tests.accuracy.fit FOLDER`.

The model is the ranking's own: the log-odds of a cause are its prior, its fit to the symptom and the bands of its
evidence, trials left aside. Ten numbers are fitted by penalised likelihood: each stays near what `weights.yaml` says
(`--spread` log-odds, one standard deviation) and in order (decides, strong, weak, 0, against, rules_out). The held-back
half is only ever measured, with the weights as they are and as proposed.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from assistant.ranking import NO_SYMPTOM, Finding
from knowledge_base.loading import KnowledgeBase, load
from knowledge_base.schema import Weights

from .generate import labelled_programs
from .kept import all_kept
from .replay import Replayed, replay
from .tables import reliability, summary

GROUPS = {
    "bands": ("decides", "strong", "weak", "against", "rules_out"),
    "prior": ("common", "uncommon", "rare"),
    "symptom_fit": ("typical", "possible", "foreign"),
}
NAMES = [(group, name) for group, names in GROUPS.items() for name in names]
FIXED = [("symptom_fit", "possible")]
"""Only differences matter between priors and fits: one of them stays where it is."""
LEAST_STEP = 0.2
"""Neighbouring bands stay this far apart."""
STEPS, RATE = 4000, 0.02
Vector = NDArray[np.float64]


def vector(weights: Weights) -> Vector:
    """The numbers of a file of weights, in the order of `NAMES`."""
    return np.array([float(getattr(getattr(weights, group), name)) for group, name in NAMES])


def weights_of(numbers: Vector) -> Weights:
    """The file of these numbers, rounded as people write them."""
    found: dict[str, dict[str, float]] = {group: {} for group in GROUPS}
    for (group, name), value in zip(NAMES, numbers, strict=True):
        found[group][name] = round(float(value), 1)
    return Weights.model_validate(found)


def examples(replayed: Iterable[Replayed], kb: KnowledgeBase) -> tuple[NDArray[np.float64], Vector]:
    """A row for each cause of each program with a symptom: how often each number counts, and whether it is there.

    Causes that merely count as acceptable are neither, and left out.
    """
    rows, there = [], []
    for one in replayed:
        if not one.symptoms:
            continue
        true, acceptable = set(one.truth["causes"]), set(one.truth["acceptable"])
        for finding in one.evidence(kb):
            if finding.cause in acceptable - true:
                continue
            rows.append(_counts(finding, one.symptoms, kb))
            there.append(float(finding.cause in true))
    return np.array(rows), np.array(there)


def _counts(finding: Finding, symptoms: Sequence[str], kb: KnowledgeBase) -> list[float]:
    cause = kb.causes[finding.cause]
    counts = dict.fromkeys(NAMES, 0.0)
    counts["prior", cause.prior] = 1.0
    fits = [cause.symptoms.get(one, "foreign") for one in symptoms if one not in NO_SYMPTOM]
    if fits:
        counts["symptom_fit", min(fits, key=GROUPS["symptom_fit"].index)] = 1.0
    for evidence in finding.evidence:
        if evidence.by == "probe" and evidence.weight:
            counts["bands", evidence.band] += 1.0
    return list(counts.values())


def fit(rows: NDArray[np.float64], there: Vector, start: Vector, spread: float) -> Vector:
    """The numbers that make what is there likeliest, near the start and in order."""
    free = np.array([name not in FIXED for name in NAMES], dtype=float)
    numbers, momentum, scale = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for step in range(1, STEPS + 1):
        likely = 1.0 / (1.0 + np.exp(-np.clip(rows @ numbers, -30, 30)))
        slope = (rows.T @ (likely - there) + (numbers - start) / spread**2) * free
        momentum, scale = 0.9 * momentum + 0.1 * slope, 0.999 * scale + 0.001 * slope**2
        numbers -= RATE * (momentum / (1 - 0.9**step)) / (np.sqrt(scale / (1 - 0.999**step)) + 1e-9)
        numbers = in_order(numbers)
    return numbers


def in_order(numbers: Vector) -> Vector:
    """The numbers with every group falling from its first to its last, and evidence on its side of zero."""
    found = dict(zip(NAMES, numbers.tolist(), strict=True))
    for steps, name in enumerate(("weak", "strong", "decides"), start=1):
        found["bands", name] = max(found["bands", name], steps * LEAST_STEP)
    found["bands", "against"] = min(found["bands", "against"], -LEAST_STEP)
    found["symptom_fit", "typical"] = max(
        found["symptom_fit", "typical"], found["symptom_fit", "possible"] + LEAST_STEP
    )
    for group, names in GROUPS.items():
        for above, below in itertools.pairwise(names):
            found[group, below] = min(found[group, below], found[group, above] - LEAST_STEP)
    return np.array(list(found.values()))


def measured(replayed: Sequence[Replayed], kb: KnowledgeBase) -> str:
    """How right the ranking is with the weights of a knowledge base."""
    judged = [one.judgement(kb) for one in replayed]
    return "\n".join([*summary(judged), "", *reliability(judged)])


def main() -> None:
    """Print a proposal with what it does to both halves; write it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="kept results (`score --folder`)")
    parser.add_argument("--spread", type=float, default=0.7, help="log-odds by which a number may leave the file's")
    parser.add_argument("--write", type=Path, help="write the proposal into this file")
    arguments = parser.parse_args()
    kb = load()
    halves = {}
    for half in ("train", "check"):
        kept = {one.program.mutant.id: one for f in arguments.folders for one in all_kept(labelled_programs(half), f)}
        halves[half] = [replay(one, kb) for one in kept.values() if one.outcome.events]
    rows, there = examples(halves["train"], kb)
    if not len(rows):
        raise SystemExit("There are no kept results of the training half: run `python -m tests.accuracy.score` first.")
    start = vector(kb.weights)
    proposal = weights_of(fit(rows, there, start, arguments.spread))
    print(f"fitted to {len(halves['train'])} programs, {len(rows)} causes of which {there.sum():.0f} are there\n")
    for (group, name), before, after in zip(NAMES, start, vector(proposal), strict=True):
        print(f"{group:<12} {name:<10} {before:>6.1f} -> {after:>5.1f}")
    for half, replayed in halves.items():
        for title, weights in (("as they are", kb.weights), ("as proposed", proposal)):
            print(f"\n{half} half, {len(replayed)} programs, weights {title}\n")
            print(measured(replayed, replace(kb, weights=weights)))
    if arguments.write:
        arguments.write.write_text(yaml.safe_dump(proposal.model_dump(), sort_keys=False))


if __name__ == "__main__":
    main()
