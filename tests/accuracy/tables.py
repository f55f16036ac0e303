"""The figures of a score run, as text."""

from __future__ import annotations

import itertools
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from .judging import Judgement

BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)


def _share(hits: float, total: int) -> str:
    return f"{hits:g}/{total} = {hits / total:.2f}" if total else "-"


def summary(judged: Sequence[Judgement]) -> list[str]:
    """One figure a row."""
    faulty = [one for one in judged if one.faulty]
    healthy = [one for one in judged if not one.faulty]
    confirmed = sum(len(one.confirmed) for one in faulty)
    seconds = [one.seconds for one in judged] or [0.0]
    return [
        f"detected      {_share(sum(bool(one.confirmed) for one in faulty), len(faulty))}",
        f"named         {_share(sum(one.named for one in faulty), len(faulty))}",
        f"top-1         {_share(sum(one.top1 for one in faulty), len(faulty))}",
        f"recall@3      {statistics.mean([one.recall3 for one in faulty]) if faulty else 0:.2f}",
        f"precision     {_share(sum(one.right for one in faulty), confirmed)}",
        f"proven        {_share(sum(one.proven for one in faulty), len(faulty))}",
        f"false proofs  {sum(len(one.false_proofs) for one in judged)}",
        f"false alarms  {sum(one.alarm for one in healthy)} of {len(healthy)} healthy",
        f"exit status   {sum(one.exit_wrong for one in judged)} wrong for their report's status",
        f"errors        {sum(one.error is not None for one in judged)}",
        f"seconds       median {statistics.median(seconds):.1f}, max {max(seconds):.1f}",
    ]


def _by(judged: Iterable[Judgement], key: Callable[[Judgement], str]) -> dict[str, list[Judgement]]:
    groups: dict[str, list[Judgement]] = defaultdict(list)
    for one in judged:
        groups[key(one)].append(one)
    return dict(sorted(groups.items()))


def per_cause(judged: Sequence[Judgement]) -> list[str]:
    """How often each primary cause is found."""
    rows = [f"{'cause':<28} {'n':>3} {'found':>5} {'top-1':>5} {'recall@3':>8}"]
    for cause, group in _by((one for one in judged if one.faulty), lambda one: one.causes[0]).items():
        found, top = sum(bool(one.confirmed) for one in group), sum(one.top1 for one in group)
        recall = statistics.mean(one.recall3 for one in group)
        rows.append(f"{cause:<28} {len(group):>3} {found:>5} {top:>5} {recall:>8.2f}")
    return rows


def per_base(judged: Sequence[Judgement]) -> list[str]:
    """The same by base program, with its false alarms."""
    rows = [f"{'base':<28} {'n':>3} {'found':>5} {'top-1':>5} {'alarms':>6}"]
    for base, group in _by(judged, lambda one: one.base).items():
        faulty = [one for one in group if one.faulty]
        found, top = sum(bool(one.confirmed) for one in faulty), sum(one.top1 for one in faulty)
        rows.append(f"{base:<28} {len(faulty):>3} {found:>5} {top:>5} {sum(one.alarm for one in group):>6}")
    return rows


def confusion(judged: Sequence[Judgement]) -> list[str]:
    """What was ranked first in place of what, commonest first."""
    wrong = Counter(
        (one.causes[0] if one.faulty else "(healthy)", one.first)
        for one in judged
        if one.alarm or (one.faulty and not one.top1)
    )
    return [f"{'truth':<28} {'ranked first':<28} n"] + [
        f"{truth:<28} {first:<28} {count}" for (truth, first), count in wrong.most_common()
    ]


def reliability(judged: Sequence[Judgement]) -> list[str]:
    """Confidence against truth: of the causes reported with such a confidence, the share that is true or acceptable."""
    pairs = [(cause.confidence, cause.id in {*one.causes, *one.acceptable}) for one in judged for cause in one.ranked]
    rows = [f"{'confidence':<14} {'n':>5} {'mean':>6} {'true':>6}"]
    for low, high in itertools.pairwise(BINS):
        inside = [(value, right) for value, right in pairs if low <= value < high or (high == 1.0 and value == 1.0)]
        if inside:
            mean, right = statistics.mean(v for v, _ in inside), statistics.mean(float(r) for _, r in inside)
            rows.append(f"{low:.2f} to {high:.2f}   {len(inside):>5} {mean:>6.2f} {right:>6.2f}")
    return rows


def everything(judged: Sequence[Judgement]) -> str:
    """All tables."""
    parts = [per_cause(judged), per_base(judged), confusion(judged), reliability(judged), summary(judged)]
    return "\n\n".join("\n".join(part) for part in parts)
