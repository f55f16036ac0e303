"""Scripts written for what cannot be planted into a healthy program: a leak, too large a model, an unlucky start.

They belong to neither half: nothing is fitted to them, and no figure of a half counts them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .faults import Fault
from .generate import LabelledProgram
from .mutants import Mutant
from .programs import Base, Draft

FOLDER = Path(__file__).parent / "written"


def _unchanged(draft: Draft) -> Draft:
    return draft


def written_programs() -> tuple[LabelledProgram, ...]:
    """Every written script with its truth."""
    truths: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "truth.yaml").read_text())
    return tuple(_program(FOLDER / f"{name}.py", truth) for name, truth in truths.items())


def _program(file: Path, truth: dict[str, Any]) -> LabelledProgram:
    base = Base(file.stem, file.read_text(), {"half": "written"})
    fault = Fault(file.stem, tuple(truth["causes"]), tuple(truth.get("acceptable", ())), _unchanged)
    mutant = Mutant(f"written--{file.stem}", base, (fault,), base.source)
    return LabelledProgram(mutant, {"verdict": "faulty", "symptom": truth["symptom"], "score": None}, None)
