"""A bundle in words."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.bundle.model import Bundle, Manifest
from assistant.events import TrialFinished
from probes.catalogue import catalogue
from probes.process.description import CaseDescription

_MANY = {"address": "addresses", "class": "classes", "credentials": "credentials"}


def shown(bundle: Bundle, name: str) -> str:
    """What a bundle holds, line by line."""
    return "\n".join(_lines(bundle, name)) + "\n"


def taken_out(manifest: Manifest) -> str:
    """What redaction took out of a bundle, counted by kind."""
    counts = manifest.redacted.items()
    return ", ".join(f"{n} {kind if n == 1 else _MANY.get(kind, f'{kind}s')}" for kind, n in counts) or "nothing"


def _lines(bundle: Bundle, name: str) -> Iterator[str]:
    manifest, evidence = bundle.manifest, bundle.evidence
    yield f"{name}, collected on {manifest.created} by keras-triage {manifest.tool}"
    versions = ", ".join(f"{package} {number}" for package, number in manifest.versions.items())
    if versions:
        yield f"Program ran with: {versions}"
    machine = bundle.environment
    yield f"Machine: {machine.system}, {machine.machine}, {machine.processors or '?'} processors"
    for variable, value in machine.variables.items():
        yield f"  {variable}={value}"
    yield ""
    yield from _case(evidence.case, evidence.lost)
    yield from (f"Trouble: {one}" for one in evidence.trouble)
    if evidence.named is not None:
        said = f' ("{evidence.named.text}")' if evidence.named.text else ""
        yield f"Symptom named by the user: {evidence.named.symptom}{said}"
    for question, answer in evidence.answers.items():
        yield f"Answered by the user: {question}={answer}"
    if evidence.arguments:
        yield f"Arguments of the program: {' '.join(evidence.arguments)}"
    yield ""
    measured = [one for one in evidence.measured if one.measurement is not None]
    yield f"Measured ({len(measured)}), within {evidence.budget:g} s:"
    for one in measured:
        beside = ", not needed by the walk" if one.probe in evidence.aside else ""
        yield f"  {one.probe}: {_title(one.probe)} ({one.seconds:.1f} s{beside})"
    unknown = {one.probe: one.unknown or "no reason was given" for one in evidence.measured if one.measurement is None}
    yield from _reasons("Could not be measured", unknown)
    yield from _reasons("Not run", evidence.not_run)
    yield ""
    yield f"Trials ({len(evidence.trials)}){f', for the symptom {evidence.symptom}' if evidence.trials else ''}:"
    yield from (f"  {_trial(one)}" for one in evidence.trials)
    if bundle.output is not None:
        yield ""
        yield "Program output, its last lines:"
        yield from (f"  | {line}" for line in bundle.output.text.splitlines())
    yield ""
    yield from _left_out(bundle)


def _case(case: CaseDescription, lost: str | None) -> Iterator[str]:
    if lost == "at_start":
        yield f"Program: {case.source}, which was lost before its training"
    elif case.failure is not None:
        kind = f"{case.failure.type}: " if case.failure.type else ""
        yield f"Program: {case.source}, which failed: {kind}{case.failure.message}"
    else:
        yield f"Program: {case.source}, held at the training in line {case.fit_line}"
    if case.model is not None:
        weights = f"{case.model.parameters:,} weights" if case.model.parameters is not None else "not built"
        yield f"Model: {case.model.class_name} with {case.model.layers} layers, {weights}"
    if case.optimizer is not None:
        rate = f", learning rate {case.optimizer.learning_rate:g}" if case.optimizer.learning_rate is not None else ""
        yield f"Optimizer: {case.optimizer.class_name}{rate}"
    if case.loss is not None:
        yield f"Loss: {case.loss.name}"
    if case.fit.epochs is not None:
        batches = f", batches of {case.fit.batch_size}" if case.fit.batch_size else ""
        yield f"Training: {case.fit.epochs} epochs{batches}"
    for argument, data in case.data.items():
        shapes = " and ".join(str(shape).replace("None", "?") for shape in data.shapes)
        yield f"Data {argument}: {data.kind} {shapes}".rstrip()


def _reasons(title: str, reasons: dict[str, str]) -> Iterator[str]:
    if reasons:
        yield f"{title} ({len(reasons)}):"
        yield from (f"  {probe}: {why}" for probe, why in reasons.items())


def _trial(trial: TrialFinished) -> str:
    if trial.text:
        return trial.text
    name = (trial.treatment or f"counter-trial of {trial.cause}").replace("_", " ")
    return f"{name}: {trial.unknown or 'no outcome'}"


def _title(probe: str) -> str:
    found = catalogue().get(probe)
    return found.title if found else "a probe that this version does not know"


def _left_out(bundle: Bundle) -> Iterator[str]:
    manifest = bundle.manifest
    yield f"Taken out or replaced: {taken_out(manifest)}."
    holds = ["source excerpts"] * manifest.with_source + ["program output"] * manifest.with_output
    lacks = ["weights", "data", *(["source"] * (not manifest.with_source))]
    travels = f"It holds {' and '.join(holds)}, but" if holds else "It holds"
    yield f"{travels} no {', no '.join(lacks)}."
