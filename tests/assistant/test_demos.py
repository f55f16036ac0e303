"""The bundled broken scripts are as their catalogue says."""

from __future__ import annotations

from importlib import resources

import pytest

from assistant import bundled
from assistant.api import check
from knowledge_base.loading import load

DEMOS = {one.name: one for one in bundled.demos()}
QUICK = ("star_ratings", "house_prices")
"""Those whose diagnosis takes seconds; the others differ from them in content alone."""


def test_every_script_stands_in_the_catalogue() -> None:
    files = {one.name.removesuffix(".py") for one in resources.files("assistant.demos").iterdir()}
    assert set(DEMOS) == files - {"__init__", "__pycache__", "catalogue.yaml"}
    assert bundled.FIRST in DEMOS


def test_there_is_one_for_each_kind_of_symptom() -> None:
    kb = load()
    symptoms = [one.symptom for one in DEMOS.values()]
    assert len(set(symptoms)) >= 8
    assert set(symptoms) <= set(kb.symptoms)
    assert {one.cause for one in DEMOS.values()} <= set(kb.causes)


@pytest.mark.parametrize("name", sorted(DEMOS))
def test_no_script_gives_its_fault_away(name: str) -> None:
    demo = DEMOS[name]
    code = demo.source.split('"""', 2)[2]
    assert "#" not in code
    assert demo.cause not in demo.source
    assert demo.title.endswith(".")
    compile(demo.source, name, "exec")


@pytest.mark.keras
@pytest.mark.parametrize("name", QUICK)
def test_the_planted_cause_comes_first(name: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    report = check(bundled.copied(name))
    assert report.symptom is not None
    assert (report.symptom.id, report.causes[0].id) == (DEMOS[name].symptom, DEMOS[name].cause)
    assert report.status == "diagnosed"
