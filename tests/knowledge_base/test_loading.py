from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge_base.loading import load
from knowledge_base.problems import LoadError, Problem
from tests.knowledge_base.samples import FIXTURE, Broken, small


@pytest.fixture
def broken(tmp_path: Path) -> Broken:
    return Broken(tmp_path)


def problem_of(broken: Broken) -> Problem:
    with pytest.raises(LoadError) as caught:
        broken.load()
    assert len(caught.value.problems) == 1, str(caught.value)
    return caught.value.problems[0]


def test_entries_by_id() -> None:
    kb = small()
    assert list(kb.symptoms) == ["loss_flat", "loss_oscillates", "none"]
    assert kb.causes["lr_too_high"].remedies[0].treatment == "set_learning_rate"
    assert [one.id for one in kb.groups["data"]] == ["inputs_scaled"]
    assert kb.sources["A"].title == "On training"
    assert kb.remedies["scale"][0].id == "inputs_not_scaled"
    assert "jump" in kb.texts["A"]
    assert kb.weights.bands.strong == 2.5


def test_places_are_those_of_the_keys() -> None:
    place = small().place("causes", "lr_too_high", "remedies", 0, "treatment")
    written = place.file.read_text(encoding="utf-8").splitlines()[place.line - 1]
    assert written[place.column - 1 :].startswith("treatment:")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("causes/data.yaml", "  family: data", "  familie: data", r"unknown key 'familie'; did you mean 'family'\?"),
        ("causes/data.yaml", "- id: scale", "- ident: scale", r"unknown key 'ident'"),
        (
            "questions/questions.yaml",
            "{spread: {above: 10}}",
            "{spread: {abve: 10}}",
            r"'abve'; did you mean 'above'\?",
        ),
        ("questions/questions.yaml", "when: otherwise", "when: otherwize", r"should be 'otherwise'"),
        ("questions/questions.yaml", "{ratio: {above: 0.5}}", "{ratio: 0.5}", r"ratio: "),
        ("questions/questions.yaml", "lr_too_high: decides", "lr_too_high: proves", r"should be 'decides', 'strong'"),
        ("trees/trees.yaml", "      on:", "      onn:", r"unknown key 'onn'; did you mean 'on'\?"),
        ("trees/trees.yaml", "{use: steps}", "{uze: steps}", r"an edge needs one of ask, use, group, conclude"),
        ("weights.yaml", "decides: 5.0", "decides: much", r"valid number"),
        ("sources.yaml", "file: advice.txt", "fiel: advice.txt", r"unknown key 'fiel'; did you mean 'file'\?"),
        ("symptoms.yaml", "- id: loss_flat", "- id: Loss Flat", r"id: "),
        ("causes/data.yaml", "  family: data", "  family: data\n  family: data", r"the key 'family' is written twice"),
        ("causes/data.yaml", "  family: data", "  family: [data", r"not YAML"),
        ("causes/data.yaml", "- {document: A, quote:", "- {document: A, qoute:", r"did you mean 'quote'"),
    ],
)
def test_errors_name_the_place(broken: Broken, file: str, old: str, new: str, message: str) -> None:
    broken.replace(file, old, new)
    with pytest.raises(LoadError) as caught:
        broken.load()
    found = [one for one in caught.value.problems if re.search(message, one.message)]
    assert found, str(caught.value)
    problem = found[0]
    assert problem.file == (broken.folder / file).resolve()
    assert abs(problem.line - broken.line(file, new.splitlines()[-1])) <= 1


def test_an_unknown_key_is_pointed_at_to_the_column(broken: Broken) -> None:
    broken.replace("causes/data.yaml", "  family: data", "  familie: data\n  family: data")
    problem = problem_of(broken)
    assert (problem.line, problem.column) == (broken.line("causes/data.yaml", "familie"), 3)
    assert str(problem).endswith(f"data.yaml:{problem.line}:3: unknown key 'familie'; did you mean 'family'?")


def test_a_missing_key(broken: Broken) -> None:
    broken.replace("causes/data.yaml", "  what: The inputs are large.\n", "")
    assert problem_of(broken).message == "the key 'what' is missing"


def test_every_problem_of_every_file_is_listed(broken: Broken) -> None:
    broken.replace("causes/data.yaml", "prior: common", "prior: usual")
    broken.replace("causes/optimiser.yaml", "prior: common", "prior: usual")
    with pytest.raises(LoadError) as caught:
        broken.load()
    assert [one.file.name for one in caught.value.problems] == ["data.yaml", "optimiser.yaml"]


def test_one_id_twice_is_an_error(broken: Broken) -> None:
    broken.replace("causes/optimiser.yaml", "- id: lr_too_high", "- id: inputs_not_scaled")
    problem = problem_of(broken)
    assert problem.file.name == "optimiser.yaml"
    assert re.search(r"the id 'inputs_not_scaled' is already taken at .*data\.yaml:1:3", problem.message)


def test_an_unknown_kind_of_file(broken: Broken) -> None:
    (broken.folder / "cuases").mkdir()
    (broken.folder / "cuases" / "more.yaml").write_text("- {}\n", encoding="utf-8")
    assert problem_of(broken).message == "no kind of entry is called 'cuases'; did you mean 'causes'?"


def test_a_file_that_is_no_list(broken: Broken) -> None:
    (broken.folder / "causes" / "data.yaml").write_text("id: one\n", encoding="utf-8")
    assert "is a list of entries" in problem_of(broken).message


def test_an_empty_file_holds_nothing(broken: Broken) -> None:
    (broken.folder / "causes" / "more.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert set(broken.load().causes) == {"lr_too_high", "inputs_not_scaled"}


def test_no_such_folder() -> None:
    with pytest.raises(LoadError, match="no such folder"):
        load([Path("/nowhere/at/all")])


def test_keys_are_words_even_where_yaml_has_truth_values(broken: Broken) -> None:
    broken.replace("questions/questions.yaml", "    worked:", "    yes:").replace(
        "questions/questions.yaml", "    never:", "    no:"
    ).replace("trees/trees.yaml", "worked: {", "yes: {").replace("trees/trees.yaml", "never: then", "no: then")
    assert list(broken.load().questions["did_it_work"].answers) == ["yes", "no"]


def overlay(folder: Path) -> Path:
    (folder / "causes").mkdir(parents=True)
    own = (FIXTURE / "causes" / "data.yaml").read_text(encoding="utf-8")
    own = own.replace("title: The inputs are not scaled", "title: Ours").replace("data.yaml", "ours.yaml")
    more = own.replace("id: inputs_not_scaled", "id: something_else").replace("id: scale", "id: other_remedy")
    (folder / "causes" / "ours.yaml").write_text(own + more, encoding="utf-8")
    return folder


def test_an_overlay_adds_and_replaces(tmp_path: Path) -> None:
    kb = load([overlay(tmp_path / "own")], content=FIXTURE)
    assert kb.causes["inputs_not_scaled"].title == "Ours"
    assert list(kb.causes) == ["inputs_not_scaled", "lr_too_high", "something_else"]
    assert kb.place("causes", "inputs_not_scaled").file.name == "ours.yaml"
    assert kb.version != small().version


def test_an_overlay_brings_its_own_documents(tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "documents").mkdir(parents=True)
    (own / "documents" / "ours.txt").write_text("Look twice.", encoding="utf-8")
    (own / "sources.yaml").write_text('documents: [{id: O, file: ours.txt, title: "Ours"}]\n', encoding="utf-8")
    kb = load([own], content=FIXTURE)
    assert kb.texts["O"] == "Look twice."
    assert "A" in kb.texts


def test_what_is_unchanged_is_not_read_again(broken: Broken) -> None:
    assert broken.load() is broken.load()
    before = broken.load()
    broken.replace("causes/data.yaml", "title: The inputs are not scaled", "title: Something else entirely")
    assert broken.load().causes["inputs_not_scaled"].title == "Something else entirely"
    assert broken.load().version != before.version


def test_loading_the_real_content_is_quick_and_light() -> None:
    code = (
        "import sys, time; from knowledge_base.loading import load; before = time.process_time(); load(); "
        "print(time.process_time() - before); "
        "print([one for one in ('networkx', 'rapidfuzz', 'tensorflow', 'textual', 'numpy') if one in sys.modules])"
    )
    started = time.monotonic()
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert time.monotonic() - started < 30
    if "LoadError" in ran.stderr:
        pytest.skip("the content does not load")
    seconds, heavy = ran.stdout.splitlines()
    assert float(seconds) < 1.0
    assert heavy == "[]"
