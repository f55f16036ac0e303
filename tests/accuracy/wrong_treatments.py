"""Force treatments that are wrong on faulty and on healthy programs: none may be called proven.

Run as `python -m tests.accuracy.wrong_treatments`; exit status 1 where one was. Of a faulty program every treatment
is wrong that remedies none of its causes, nor of those that count as right beside them; of a healthy one all are.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from assistant.trying import DIRECTIONS
from knowledge_base.loading import load
from probes.process.errors import ProcessError
from probes.trials.treating import treatments

from .generate import labelled_programs, write
from .shared_host import SharedHost, with_shared_host

FORCED_SYMPTOM = "metric_stuck"
"""What a healthy program is said to show."""

SECONDS = 8.0
"""For one trial; what needs more cannot prove anything in it, which is right as well."""

QUICK = 8.0
"""Programs whose own training takes longer are left out of the injected ones."""


@dataclass(frozen=True)
class Forced:
    """A program on which treatments are forced.

    Attributes:
        name: of the program.
        path: of the script.
        symptom: that the trials are told.
        causes: that are true of it, or count as true; none of a healthy program.
    """

    name: str
    path: Path
    symptom: str
    causes: tuple[str, ...]

    @property
    def wrong(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The treatments that are wrong here with their parameters, in an order that has nothing to do with names."""
        right = remedies(self.causes)
        found: list[tuple[str, Mapping[str, Any]]] = [(one, {}) for one in treatments() if one != "set_learning_rate"]
        found += [("set_learning_rate", {"direction": one}) for one in ("up", "down")]
        wrong = [one for one in found if one[0] not in right and (one[0], *one[1].values()) not in right]
        return sorted(wrong, key=lambda one: hashlib.sha256(f"{self.name}:{one}".encode()).hexdigest())


def remedies(causes: Iterable[str]) -> set[Any]:
    """The treatments that remedy one of these causes; a rate that goes one way only is given with its direction."""
    found: set[Any] = set()
    for cause in causes:
        for remedy in load().causes[cause].remedies:
            if remedy.treatment is not None:
                direction = DIRECTIONS.get((cause, remedy.treatment), {}).get("direction")
                found.add((remedy.treatment, direction) if direction else remedy.treatment)
    return found


@dataclass
class Tally:
    """What became of the treatments forced on one program.

    Attributes:
        name: of the program.
        tried: how many were carried out.
        proven: a line for each that was called proven.
        trouble: why the program could not be used; empty where it could.
    """

    name: str
    tried: int = 0
    proven: list[str] = field(default_factory=list)
    trouble: str = ""


def injected(folder: Path, faulty: int, healthy: int) -> Iterator[Forced]:
    """So many programs of the accuracy bench that train quickly, the same at every run."""
    programs = [
        one for one in labelled_programs() if float(one.label["seconds"]) < QUICK and len(one.mutant.faults) < 2
    ]
    programs.sort(key=lambda one: hashlib.sha256(one.mutant.id.encode()).hexdigest())
    for wanted, count in ((True, faulty), (False, healthy)):
        for one in [each for each in programs if each.faulty is wanted][:count]:
            truth = one.truth
            causes = (*one.mutant.causes, *one.mutant.acceptable) if wanted else ()
            symptom = str(truth["symptom"]) if wanted else FORCED_SYMPTOM
            yield Forced(one.mutant.id, write(one, folder) / "train.py", symptom, causes)


def of_folder(cases: Path, scratch: Path) -> Iterator[Forced]:
    """The scripts of a folder of cases, each with its `truth.yaml`; copied, so that nothing is written beside them."""
    for case in sorted(one for one in cases.iterdir() if (one / "truth.yaml").is_file()):
        truth = yaml.safe_load((case / "truth.yaml").read_text())
        causes = (*(truth.get("causes") or ()), *(truth.get("acceptable") or ()))
        symptom = truth["symptom"] if causes else FORCED_SYMPTOM
        copy = scratch / case.name
        shutil.copytree(case, copy, ignore=shutil.ignore_patterns("truth.yaml", "fixed.py"))
        yield Forced(case.name, copy / "train.py", symptom, causes)


async def force(host: SharedHost, program: Forced, most: int, seconds: float = SECONDS) -> Tally:
    """Open a program and force wrong treatments on it, until so many were carried out."""
    tally = Tally(program.name)
    worker = await host.open(program.path, lambda _: None)
    try:
        case = await worker.case()
        if case.failure is not None and case.failure.stage != "in_fit":
            tally.trouble = f"{case.failure.type}: {case.failure.message}"
            return tally
        for treatment, parameters in program.wrong:
            if tally.tried >= most:
                break
            request = {
                "treatments": [treatment],
                "parameters": parameters,
                "symptom": program.symptom,
                "seconds": seconds,
            }
            answer = await worker.request("trial", request, 300.0)
            if not answer["applicable"]:
                continue
            tally.tried += 1
            if answer["proven"]:
                tally.proven.append(_line(treatment, answer))
    except ProcessError as error:
        tally.trouble = str(error)
    finally:
        await worker.close()
    return tally


def _line(treatment: str, answer: Mapping[str, Any]) -> str:
    control, treated = (" ".join(f"{one:.2f}" for one in answer[name]) for name in ("control", "treated"))
    return f"{treatment} {dict(answer['parameters'])}: without {control}; with {treated}"


def table(tallies: Sequence[Tally]) -> str:
    """What became of all, a program a line."""
    lines = [f"{'program':<52} {'forced':>6} {'proven':>6}"]
    for one in tallies:
        lines.append(f"{one.name:<52} {one.tried:>6} {len(one.proven):>6}  {one.trouble}".rstrip())
        lines += [f"    FALSE PROOF {line}" for line in one.proven]
    tried, proven = sum(one.tried for one in tallies), sum(len(one.proven) for one in tallies)
    lines.append(f"{'all':<52} {tried:>6} {proven:>6}")
    return "\n".join(lines)


def main() -> int:
    """Print the table; exit status 1 where a wrong treatment was called proven."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faulty", type=int, default=14, help="so many injected faulty programs")
    parser.add_argument("--healthy", type=int, default=3, help="so many injected healthy programs")
    parser.add_argument("--each", type=int, default=10, help="so many treatments a program")
    parser.add_argument("--cases", type=Path, help="a folder of cases, used too")
    parser.add_argument("--only", nargs="*", default=[], help="names of programs, or parts of names")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as scratch:
        programs = list(injected(Path(scratch) / "injected", arguments.faulty, arguments.healthy))
        if arguments.cases:
            programs += of_folder(arguments.cases, Path(scratch) / "cases")
        if arguments.only:
            programs = [one for one in programs if any(word in one.name for word in arguments.only)]

        async def work(host: SharedHost) -> list[Tally]:
            tallies = []
            for one in programs:
                tallies.append(await force(host, one, arguments.each))
                print(table(tallies[-1:]).splitlines()[1], flush=True)
            return tallies

        tallies = with_shared_host(work)
    print("\n" + table(tallies))
    return int(any(one.proven for one in tallies))


if __name__ == "__main__":
    sys.exit(main())
