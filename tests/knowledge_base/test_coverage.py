from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.coverage import coverage, normalised, quotable, sentences, stands_in
from knowledge_base.loading import load
from tests.knowledge_base.samples import Broken, small


def test_typography_and_white_space_do_not_count() -> None:
    assert normalised("a  learning\nrate that’s “too high” – or…") == 'a learning rate that\'s "too high" - or...'
    assert stands_in("that's\n  too high", "A rate that’s too high.")
    assert not stands_in("that is too high", "A rate that’s too high.")


@pytest.mark.parametrize(
    ("quote", "wanted"), [("three whole words", True), ("Batch size", True), ("two words", False), ("size", False)]
)
def test_quotable(quote: str, wanted: bool) -> None:
    assert quotable(quote, "  • Batch size\nThese are three whole words, two words.") is wanted


def test_sentences() -> None:
    text = "First one. Second, e.g. Adam, works!  Third? (Yes.)\n\n  • A line of a list\n\n```python\ncode()\n```\n12\n"
    assert sentences(text) == ["First one.", "Second, e.g. Adam, works!", "Third?", "(Yes.)", "A line of a list"]


def test_numbered_headings_stay_whole() -> None:
    assert sentences("**1.  Data imbalance:**\n2. Regularize Your Model") == [
        "**1. Data imbalance:**",
        "2. Regularize Your Model",
    ]


def test_entries_that_quote_a_sentence() -> None:
    found = {one.sentence: one for one in coverage(small())}
    jump = found["A learning rate that’s too high makes the loss jump – lower it."]
    assert jump.advice
    assert jump.entries == ("causes.lr_too_high",)
    assert found["Good luck!"].advice is False


def test_advice_that_nobody_quotes_and_sentences_that_nobody_judged(tmp_path: Path) -> None:
    broken = Broken(tmp_path).replace(
        "causes/data.yaml", '{document: A, quote: "Scale the inputs"}', "{reference: optimizers}"
    )
    broken.replace("advice.yaml", '    - "Good luck!"\n', "")
    found = {one.sentence: one for one in coverage(broken.load())}
    assert found["Scale the inputs"].entries == ()
    assert found["Good luck!"].advice is None


def test_a_few_words_of_a_long_sentence_do_not_cover_it(tmp_path: Path) -> None:
    broken = Broken(tmp_path).replace(
        "causes/optimiser.yaml", "A learning rate that's too high makes the loss jump - lower it", "makes the loss"
    )
    found = {one.sentence: one for one in coverage(broken.load())}
    assert found["A learning rate that’s too high makes the loss jump – lower it."].entries == ()


def test_every_sentence_of_the_real_documents_is_judged_once() -> None:
    kb = load()
    for document, text in kb.texts.items():
        judged = [*kb.advice[document].advice, *kb.advice[document].other]
        assert sorted(map(normalised, judged)) == sorted(map(normalised, sentences(text)))
