"""Sessions that were led on real programs: their logs stand in ``kept/``, one event a line."""

from __future__ import annotations

from pathlib import Path

from assistant.dialogue import Dialogue
from assistant.events import AnyEvent, from_json
from assistant.report.build import build
from assistant.report.model import Report
from knowledge_base.loading import load
from probes.catalogue import catalogue

NAMES = ("deep_classifier", "house_prices")


def events_of(name: str) -> tuple[AnyEvent, ...]:
    path = Path(__file__).parent / "kept" / f"{name}.jsonl"
    return tuple(from_json(line) for line in path.read_text(encoding="utf-8").splitlines())


def dialogue_of(name: str) -> Dialogue:
    return Dialogue(load(), catalogue(), events_of(name), trials=True)


def report_of(dialogue: Dialogue) -> Report:
    return build(dialogue, program="train.py", seconds=12.5)
