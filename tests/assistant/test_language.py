from __future__ import annotations

import random

import pytest

from assistant.language import CLEAR, Reader, guesses, read, understand
from knowledge_base.loading import KnowledgeBase, load

FOLDS = 10
RIGHT, RIGHT_IN_TWO, CLEARLY_SAID, CLEARLY_WRONG = 0.9, 0.97, 0.7, 0.03


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return load()


def test_the_corpus_is_large_and_varied(kb: KnowledgeBase) -> None:
    assert len(kb.phrasings) >= 220
    for symptom in kb.symptoms.values():
        if symptom.id != "none":
            assert sum(one.symptom == symptom.id for one in kb.phrasings) >= 15, symptom.id


def test_it_understands_what_it_has_not_read(kb: KnowledgeBase) -> None:
    """Ten-fold cross-validation; what is unclear counts as neither right nor wrong, only as unclear."""
    examples = [(one.text, one.symptom) for one in kb.phrasings]
    random.Random(7).shuffle(examples)
    first = second = clear = wrong = 0
    for fold in range(FOLDS):
        reader = Reader([one for at, one in enumerate(examples) if at % FOLDS != fold])
        for text, symptom in examples[fold::FOLDS]:
            found = [guess.symptom for guess in reader.guesses(text)]
            first += found[:1] == [symptom]
            second += symptom in found[:2]
            if found and reader.guesses(text)[0].likeness >= 100 * CLEAR:
                clear += 1
                wrong += found[0] != symptom
    assert first / len(examples) >= RIGHT
    assert second / len(examples) >= RIGHT_IN_TWO
    assert clear / len(examples) >= CLEARLY_SAID
    assert wrong / clear <= CLEARLY_WRONG


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("val loss goes up while acc on train is 99", "overfit"),
        ("stuck at 0.693", "loss_flat"),
        ("outputs always the same number", "predicts_one_class"),
        ("My LOSS is NaN after 2 epochs!!", "loss_nan"),
        ("the loss is ocillating", "loss_oscillates"),
        ("acuracy stays at 50% but loss decreases", "metric_stuck"),
        ("loss_nan", "loss_nan"),
        ("loss nan", "loss_nan"),
        ("ValueError: Shapes (None, 3) and (None, 4) are incompatible", "crashes"),
        ("i do not know", "unsure"),
    ],
)
def test_in_the_users_own_words(kb: KnowledgeBase, text: str, symptom: str) -> None:
    assert read(kb, text).symptom == symptom
    assert understand(kb, text) == symptom


@pytest.mark.parametrize("text", ["loss", "accuracy", "my model", "epoch", "the training loss"])
def test_what_is_unclear_gives_the_two_nearest(kb: KnowledgeBase, text: str) -> None:
    reading = read(kb, text)
    assert reading.symptom is None
    assert len(set(reading.nearest)) == 2


@pytest.mark.parametrize("text", ["", "   ", "asdf qwer", "42", "???"])
def test_what_says_nothing_gives_nothing(kb: KnowledgeBase, text: str) -> None:
    reading = read(kb, text)
    assert reading.symptom is None
    assert reading.nearest == ()
    assert guesses(kb, text) == ()


def test_figures_are_read(kb: KnowledgeBase) -> None:
    reading = read(kb, "nan at epoch 3, before that 0.693")
    assert [(one.value, one.unit) for one in reading.figures] == [(3.0, "epoch"), (0.693, "number")]


def test_likenesses_sum_to_a_hundred(kb: KnowledgeBase) -> None:
    found = guesses(kb, "the loss goes up and down")
    assert sum(one.likeness for one in found) == pytest.approx(100)
    assert [one.likeness for one in found] == sorted((one.likeness for one in found), reverse=True)


def test_without_phrasings_nothing_is_understood() -> None:
    assert Reader([("the loss is nan", "loss_nan")]).guesses("zebra") == ()
