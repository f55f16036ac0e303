"""From what was collected to what leaves: redacted, without source where it must stay, names replaced on request."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.bundle.collecting import Collected
from assistant.bundle.diffs import without_private_context
from assistant.bundle.known import known_here
from assistant.bundle.model import Environment, ProgramOutput
from assistant.bundle.parts import parts_of
from assistant.bundle.program_text import read_text
from assistant.bundle.pseudonyms import KINDS, pseudonyms_for
from assistant.bundle.redaction import Redactor
from assistant.bundle.writing import sealed
from assistant.events import CaseEvidence
from assistant.session.model import OpenedWith

_STEERS = re.compile(r"(?:KERAS|TF|TENSORFLOW|CUDA|XLA|OMP|MKL|NVIDIA|ONEDNN|DNNL|HIP|ROCR)_|PYTHONHASHSEED$")


@dataclass(frozen=True)
class Leave:
    """What the user lets leave.

    Attributes:
        source: excerpts of the source at the located lines, and patches.
        output: the last lines that the program printed.
        pseudonyms: whether the names that the program gives are replaced.
    """

    source: bool = False
    output: bool = False
    pseudonyms: bool = False

    @property
    def options(self) -> tuple[str, ...]:
        """The same as options of the command."""
        chosen = {"--with-source": self.source, "--with-output": self.output, "--pseudonyms": self.pseudonyms}
        return tuple(option for option, wanted in chosen.items() if wanted)


def prepared(
    collected: Collected,
    opened: OpenedWith,
    leave: Leave,
    knowledge_base: str,
    environment: Mapping[str, str] = os.environ,
) -> dict[str, bytes]:
    """The members of the bundle, the manifest first, as they would be written.

    Args:
        collected: with everything in it.
        opened: the program.
        leave: what the user lets leave.
        knowledge_base: version of the one that led the walk.
        environment: variables of this process, which the program inherited.
    """
    program = Path(opened.program)
    evidence, text = collected.evidence, read_text(program)
    kinds = KINDS if leave.pseudonyms else ()
    known = known_here(program, text, opened.arguments, environment, pseudonyms_for(evidence, text, kinds))
    redactor = Redactor(known)
    evidence = _without_private_context(evidence, Redactor(known).text)
    output = ProgramOutput(text="\n".join(collected.output)) if leave.output else None
    parts = parts_of(_without_what_stays(evidence, leave), _environment(environment), output)
    values = {name: redactor.value(part if leave.source else _without_code(part)) for name, part in parts.items()}
    return sealed(
        values,
        knowledge_base=knowledge_base,
        versions=evidence.case.versions,
        with_source=leave.source,
        with_output=leave.output,
        redacted=dict(sorted(redactor.counts.items())),
        pseudonyms=kinds,
    )


def _without_what_stays(evidence: CaseEvidence, leave: Leave) -> CaseEvidence:
    """The evidence without what never travels, and without what the user keeps."""
    case = evidence.case.model_copy(update={"folder": "", "facts": _without_labels(evidence.case.facts)})
    kept: dict[str, Any] = {"case": case, "options": leave.options}
    if not leave.source:
        kept["patches"] = None
        kept["trials"] = tuple(one.model_copy(update={"patch": None}) for one in evidence.trials)
    return evidence.model_copy(update=kept)


def _without_private_context(evidence: CaseEvidence, redacted: Callable[[str], str]) -> CaseEvidence:
    made = evidence.patches
    if made is None:
        return evidence
    single = {remedy: without_private_context(diff, redacted)[0] for remedy, diff in made.by_remedy.items()}
    combined, applies = without_private_context(made.combined, redacted) if made.combined else (None, True)
    told = made.model_copy(update={"combined": combined, "by_remedy": single, "applies": applies})
    return evidence.model_copy(update={"patches": told})


def _without_labels(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, but for class weights by the labels' own values where these are not just 0, 1, 2, ..."""
    weights = facts.get("class_weight")
    ids = re.findall(r"(-?\d+): ", weights) if isinstance(weights, str) else []
    telling = [int(one) for one in ids] != list(range(len(ids)))
    return {name: value for name, value in facts.items() if not (telling and name == "class_weight")}


def _without_code(value: Any) -> Any:
    """A part without the text of the places it names."""
    if isinstance(value, dict):
        is_place = "file" in value and "line" in value
        return {key: "" if is_place and key == "code" else _without_code(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_code(one) for one in value]
    return value


def _environment(variables: Mapping[str, str]) -> Environment:
    return Environment(
        system=f"{platform.system()} {platform.release()}",
        machine=platform.machine(),
        processors=os.cpu_count(),
        variables={name: value for name, value in sorted(variables.items()) if _STEERS.match(name)},
    )


def previewed(members: Mapping[str, bytes]) -> str:
    """The very content of the members, one after the other."""
    return "".join(f"== {name}\n{content.decode()}" for name, content in members.items())
