"""Write the labelled programs into a folder, one a case: `python -m tests.accuracy.generate FOLDER`.

A case is `train.py`, `fixed.py` (the base) and `truth.yaml`. Generation is deterministic; the labels were measured by
`validate`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from .mutants import Mutant, healthy_programs, pair_mutants, single_mutants
from .validate import Label, digest, read_labels

SLICES = Path(__file__).parent / "slices.yaml"


class StaleLabel(Exception):
    """A program is not the one that was measured."""


@dataclass(frozen=True)
class LabelledProgram:
    """A program with its truth."""

    mutant: Mutant
    label: Label
    base_score: float | None

    @property
    def faulty(self) -> bool:
        """Whether the planted fault bites."""
        return bool(self.label["verdict"] == "faulty") and bool(self.mutant.faults)

    @property
    def truth(self) -> dict[str, object]:
        """The content of `truth.yaml`."""
        causes = list(self.mutant.causes) if self.faulty else []
        planted = ", ".join(fault.id for fault in self.mutant.faults) or "nothing"
        return {
            "id": self.mutant.id,
            "origin": f"injected into {self.mutant.base.name}: {planted}",
            "half": self.mutant.base.half,
            "base": self.mutant.base.name,
            "symptom": self.label["symptom"] if self.faulty else "none",
            "primary": causes[0] if causes else None,
            "causes": causes,
            "acceptable": list(self.mutant.acceptable) if self.faulty else [],
            "faulty_score": self.label["score"],
            "fixed_score": self.base_score,
        }


def labelled_programs(half: str | None = None, only: Sequence[str] = ()) -> tuple[LabelledProgram, ...]:
    """Every program with a clear label, of one half or of both.

    Raises:
        StaleLabel: a program has changed since it was measured, or was never measured.
    """
    labels = read_labels()
    found = []
    for mutant in (*healthy_programs(), *single_mutants(), *pair_mutants(labels)):
        if (half and mutant.base.half != half) or (only and mutant.id not in only):
            continue
        label = labels.get(mutant.id)
        if label is None or label["source"] != digest(mutant.source):
            # A pair that was not measured in its present form is left out; a single fault has to be.
            if len(mutant.faults) > 1:
                continue
            raise StaleLabel(
                f"{mutant.id} has no label of its present source: run python -m tests.accuracy.validate --pairs"
            )
        if label["verdict"] != "unclear":
            found.append(LabelledProgram(mutant, label, labels[f"{mutant.base.name}--healthy"]["score"]))
    return tuple(found)


def slice_ids(name: str) -> list[str]:
    """The program ids of a named slice."""
    slices: dict[str, list[str]] = yaml.safe_load(SLICES.read_text())
    return slices[name]


def write(program: LabelledProgram, folder: Path) -> Path:
    """Write one case and return its folder."""
    place = folder / program.mutant.id
    place.mkdir(parents=True, exist_ok=True)
    (place / "train.py").write_text(program.mutant.source)
    if program.faulty and program.mutant.source != program.mutant.base.source:
        (place / "fixed.py").write_text(program.mutant.base.source)
    (place / "truth.yaml").write_text(yaml.safe_dump(program.truth, sort_keys=False, width=10_000))
    return place


def main() -> None:
    """Write all programs, or those of one half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("train", "check"))
    arguments = parser.parse_args()
    programs = labelled_programs(arguments.half)
    for program in programs:
        write(program, arguments.folder)
    print(f"{len(programs)} programs, {sum(p.faulty for p in programs)} of them faulty, in {arguments.folder}")


if __name__ == "__main__":
    main()
