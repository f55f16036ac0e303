from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.dialogue import Dialogue
from assistant.errors import UsageError
from assistant.events import Stopped
from assistant.report import html
from assistant.report.model import AskUserPart
from tests.assistant.kept_sessions import NAMES, dialogue_of, report_of
from tests.assistant.small_world import FAILED, FAULTY, HEALTHY, new_dialogue, walk

VOID = {"meta", "link", "br", "hr", "img", "input", "line", "circle", "polyline"}


class Page(HTMLParser):
    """Reads a page and complains about what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


def page_of(dialogue: Dialogue) -> Page:
    return Page(html.render(report_of(dialogue), dialogue))


def small() -> list[Dialogue]:
    return [
        new_dialogue(),
        walk(new_dialogue(), FAULTY),
        walk(new_dialogue(), HEALTHY),
        walk(new_dialogue(), {}, case=FAILED),
        new_dialogue((Stopped(),)),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_stands_alone(name: str) -> None:
    page = page_of(dialogue_of(name))
    assert page.all("script") == []
    assert page.all("link") == []
    assert page.all("img") == []
    addresses = [one["href"] for one in page.all("a")]
    assert all(one is not None and one.startswith(("#", "https://")) for one in addresses)
    assert [one for one in page.all("meta") if one.get("http-equiv") == "Content-Security-Policy"]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_can_be_read_without_seeing_it(name: str) -> None:
    page = page_of(dialogue_of(name))
    ids = Counter(attributes["id"] for _, attributes in page.tags if attributes.get("id"))
    assert max(ids.values()) == 1, "an id names one element"
    for _, attributes in page.tags:
        for reference in (attributes.get("aria-labelledby") or "").split():
            assert reference in ids
        if (attributes.get("href") or "").startswith("#"):
            assert (attributes["href"] or "")[1:] in ids
    drawings = [one for one in page.all("svg") if one.get("aria-hidden") != "true"]
    assert drawings
    assert all(one.get("role") == "img" and one.get("aria-labelledby") for one in drawings)
    assert page.all("html")[0]["lang"] == "en"
    assert all(one.get("scope") in ("col", "row") for one in page.all("th"))
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), "no level is left out"


@pytest.mark.parametrize("name", NAMES)
def test_a_page_names_no_folder_and_no_user(name: str) -> None:
    dialogue = dialogue_of(name)
    assert dialogue.case is not None
    assert dialogue.case.folder == "/home/somebody/project"
    text = html.render(report_of(dialogue), dialogue)
    assert "somebody" not in text
    assert "/home" not in text


def test_a_page_tells_all_of_a_session() -> None:
    dialogue = dialogue_of("deep_classifier")
    report = report_of(dialogue)
    page = Page(html.render(report, dialogue))
    for cause in report.causes:
        assert cause.title in page.words
    for answer in dialogue.path():
        assert dialogue.kb.questions[answer.question].ask in page.words
    assert dialogue.case is not None
    for layer in dialogue.case.layers:
        assert layer.name in page.words
    first = report.causes[0]
    assert first.summary.strip() in page.words
    for evidence in first.evidence:
        assert evidence.text in page.words
    for place in first.locations:
        assert f"{place.file}:{place.line}" in page.words
    for head in ("Findings", "Possible, but not confirmed", "Curves", "The case", "Ruled out", "Path taken"):
        assert head in page.words
    assert "rules it out" in page.words or "what ruled it out" in page.words


def test_a_remedy_that_helped_stands_before_one_that_did_not() -> None:
    dialogue = dialogue_of("deep_classifier")
    words = page_of(dialogue).words
    assert words.index("What to do: Take out layers, or add shortcuts") < words.index(
        "Tried, and not enough: Use ReLU with He initial weights"
    )
    assert "Balanced accuracy of each pair of trainings" in words


def test_a_loss_that_is_no_number_is_drawn_as_far_as_it_goes() -> None:
    text = html.render(report_of(dialogue_of("house_prices")), dialogue_of("house_prices"))
    assert "is not finite from" in text
    drawn = re.findall(r'points="([^"]*)"', text)
    assert drawn
    assert all(re.fullmatch(r"[\d., -]+", one) for one in drawn)


def test_the_patch_is_shown_line_by_line() -> None:
    dialogue = dialogue_of("house_prices")
    report = report_of(dialogue).model_copy(
        update={"patch": "--- a/t.py\n+++ b/t.py\n@@ -1 +1 @@\n-a < b\n+a > b\n", "patch_status": "unverified"}
    )
    text = html.render(report, dialogue)
    assert '<span class="removed">-a &lt; b</span><span class="added">+a &gt; b</span>' in text
    assert "Patch, unverified" in text


def test_what_a_program_says_is_text_and_never_markup() -> None:
    assert FAILED.failure is not None
    wicked = "<script>alert(1)</script>"
    case = FAILED.model_copy(update={"failure": FAILED.failure.model_copy(update={"message": wicked})})
    page = page_of(walk(new_dialogue(), {}, case=case))
    assert page.all("script") == []
    assert wicked in page.words


@pytest.mark.parametrize("number", range(5))
def test_every_kind_of_session_has_a_page(number: int) -> None:
    dialogue = small()[number]
    page = page_of(dialogue)
    assert report_of(dialogue).text in page.words


def test_a_team_can_put_its_own_style_in_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "report.css.j2").write_text("body { color: teal }")
    dialogue = walk(new_dialogue(), FAULTY)
    text = html.render(report_of(dialogue), dialogue, tmp_path)
    assert "color: teal" in text
    assert "--accent" not in text
    with pytest.raises(UsageError, match=r"no folder .*missing of templates"):
        html.render(report_of(dialogue), dialogue, tmp_path / "missing")


def test_the_message_to_the_user_stands_there_once_and_a_line_without_code_too() -> None:
    dialogue = dialogue_of("house_prices")
    report = report_of(dialogue)
    first = report.causes[0]
    place = first.locations[0].model_copy(update={"line": 7, "code": ""})
    places = tuple(place.model_copy(update={"column": column}) for column in (1, 9, 30))
    asked = AskUserPart(text="Please run\n\n    keras-triage collect t.py\n", command="c", probes=(), questions=())
    causes = (first.model_copy(update={"locations": places}), *report.causes[1:])
    page = Page(html.render(report.model_copy(update={"causes": causes, "ask_user": asked}), dialogue))
    assert page.words.count("keras-triage collect t.py") == 1
    assert page.words.count(f"{place.file}:7") == 1
