"""How the classes of steps are balanced."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.step_balance import step_balance
from probes.tasks import outputs
from tests.probes.making import LIVE, compiled, make_case, measured

pytestmark = LIVE
WORDS = np.random.default_rng(0).integers(1, 9, (64, 12))
WORDS[:, 6:] = 0
TAGS = np.where((WORDS == 3) & (np.arange(12) < 2), 1, 0)


def tagger(classes: int = 2, **embedding: Any) -> Any:
    import keras
    from keras import layers

    body = [keras.Input((12,)), layers.Embedding(9, 4, **embedding), layers.GRU(4, return_sequences=True)]
    return compiled(
        keras.Sequential([*body, layers.Dense(classes, "softmax")]), "adam", "sparse_categorical_crossentropy"
    )


def balance(tags: Any = TAGS, model: Any = None, **fit: Any) -> tuple[float, float] | None:
    case = make_case(model or tagger(), WORDS, tags, **fit)
    return step_balance(case, case.train.sample(64), outputs(case)[0])


def test_one_tag_drowns_the_other() -> None:
    rare = int(TAGS.sum())
    assert balance() == pytest.approx(((768 - rare) / rare, 1 - rare / 768))
    assert balance(np.eye(2)[TAGS], compiled(tagger(), "adam", "categorical_crossentropy")) == balance()
    found = measured(make_case(tagger(), WORDS, TAGS), "label_statistics")
    assert found["imbalance"] > 20
    assert found["majority"] > 0.9


def test_masked_steps_do_not_count() -> None:
    masked = balance(model=tagger(mask_zero=True))
    assert masked == pytest.approx(((384 - TAGS.sum()) / TAGS.sum(), 1 - TAGS.sum() / 384))


def test_weights_of_steps_even_them_out() -> None:
    assert balance(sample_weight=np.where(TAGS == 1, 40.0, 1.0)) is None


def test_words_are_uneven_by_nature() -> None:
    tags = np.minimum(np.random.default_rng(0).zipf(1.6, (64, 12)), 300) - 1
    assert balance(tags, tagger(300)) is None
