"""Between evidence in memory and the members of a bundle."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from assistant.bundle.measures import fitting
from assistant.bundle.model import MEMBERS, Bundle, Environment, Manifest, Measurements, ProgramOutput, Settings, Trials
from assistant.events import CaseEvidence
from probes.measurement import from_wire, to_wire
from probes.process.description import CaseDescription

_OF_NUMBERS = ("measurements.json", "trials.json")


def parts_of(
    evidence: CaseEvidence, environment: Environment, output: ProgramOutput | None
) -> dict[str, dict[str, Any]]:
    """The members as JSON values, by name; numbers that are not finite are words."""
    members: dict[str, BaseModel | None] = {
        "case.json": evidence.case,
        "settings.json": Settings(
            budget=evidence.budget,
            arguments=evidence.arguments,
            fit=evidence.fit,
            named=evidence.named,
            only=evidence.only,
            options=evidence.options,
            answers=evidence.answers,
            trouble=evidence.trouble,
            lost=evidence.lost,
        ),
        "measurements.json": Measurements(measured=evidence.measured, aside=evidence.aside, not_run=evidence.not_run),
        "trials.json": Trials(symptom=evidence.symptom, trials=evidence.trials),
        "environment.json": environment,
        "output.json": output,
        "patches.json": evidence.patches,
    }
    return {name: to_wire(part.model_dump()) for name, part in members.items() if part is not None}


def bundle_of(manifest: Manifest, values: dict[str, Any]) -> Bundle:
    """A bundle from the JSON values of its members.

    Raises:
        pydantic.ValidationError: a member is not what it must be.
        ValueError: a measurement is not what its probe measures, or the case would have files of this machine read.
    """
    # Words for numbers that are not finite are read where a worker sends them too: elsewhere they may be names.
    read = {
        name: MEMBERS[name].model_validate(from_wire(value) if name in _OF_NUMBERS else value)
        for name, value in values.items()
    }
    case = read["case.json"]
    assert isinstance(case, CaseDescription)
    if case.folder:
        raise ValueError("case names a folder of this machine, which no bundle does")
    settings, measurements, trials = read["settings.json"], read["measurements.json"], read["trials.json"]
    assert isinstance(measurements, Measurements)
    measurements = fitting(measurements, manifest.measures, manifest.tool)
    evidence = CaseEvidence.model_validate(
        {
            "case": case,
            "patches": read.get("patches.json"),
            **dict(settings),
            **dict(measurements),
            **dict(trials),
        }
    )
    environment, output = read["environment.json"], read.get("output.json")
    assert isinstance(environment, Environment)
    assert output is None or isinstance(output, ProgramOutput)
    return Bundle(manifest, evidence, environment, output)
