"""Probes of labels against inputs, and of the variety of classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import make_case, measured, travels, unknown

pytestmark = pytest.mark.keras


def blobs(rows: int = 600, classes: int = 4, overlap: float = 1.0) -> Any:
    random = np.random.default_rng(0)
    centres = random.normal(size=(classes, 12)) * 1.5
    y = random.integers(0, classes, rows)
    return (centres[y] + overlap * random.normal(size=(rows, 12))).astype("float32"), y


def case_of(x: Any, y: Any, **settings: Any) -> Any:
    import keras

    model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(int(max(y)) + 1, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    return make_case(model, x, y, epochs=1, **settings)


@pytest.mark.parametrize("overlap", [0.5, 1.0, 3.0])
def test_clean_labels_agree_however_much_classes_overlap(overlap: float) -> None:
    found = measured(case_of(*blobs(overlap=overlap)), "label_agreement")
    travels("label_agreement", found)
    assert found["sure_disagreement"] < 0.2
    assert found["evenness"] < 0.7


def test_wrong_labels_are_as_frequent_where_models_are_sure() -> None:
    x, y = blobs(overlap=0.7)
    random = np.random.default_rng(1)
    wrong = random.random(len(y)) < 0.5
    y = np.where(wrong, random.integers(0, 4, len(y)), y)
    found = measured(case_of(x, y), "label_agreement")
    assert found["sure_disagreement"] > 0.2
    assert found["evenness"] > 0.7
    assert found["lift"] > 4.5


def test_the_rows_that_are_named_are_wrong_ones() -> None:
    x, y = blobs(rows=1600, overlap=0.7)
    wrong = np.sort(np.random.default_rng(1).choice(len(y), 120, replace=False))
    y[wrong] = (y[wrong] + 1) % 4
    found = measured(case_of(x, y), "label_agreement")
    assert set(found["doubted"]) <= set(wrong.tolist())
    assert len(found["doubted"]) == 4
    assert 0.05 < found["doubted_share"] < 0.15
    assert measured(case_of(*blobs(overlap=3.0)), "label_agreement")["doubted_share"] > 0.04


def test_shuffled_labels_show_no_pattern() -> None:
    x, y = blobs()
    assert measured(case_of(x, np.random.default_rng(1).permutation(y)), "label_agreement")["lift"] < 4.5


def test_one_input_with_several_labels() -> None:
    x, y = blobs()
    x, y = np.concatenate([x, x[:120]]), np.concatenate([y, (y[:120] + 1) % 4])
    assert measured(case_of(x, y), "label_agreement")["conflicting"] > 0.25


def test_quantities_have_no_classes() -> None:
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer="sgd")
    x = np.random.default_rng(0).normal(size=(100, 3)).astype("float32")
    case = make_case(model, x, x.sum(axis=1), epochs=1)
    assert "class" in unknown(case, "label_agreement")
    assert "class" in unknown(case, "class_variety")


def test_variety_of_classes() -> None:
    x, y = blobs()
    fine = measured(case_of(x[:400], y[:400], validation_data=(x[400:], y[400:])), "class_variety")
    travels("class_variety", fine)
    assert 0.8 < fine["to_validation"] < 1.3
    firsts = np.array([np.flatnonzero(y == one)[0] for one in range(4)])
    copies = x[firsts[y[:400]]] + np.random.default_rng(2).normal(0, 0.05, (400, 12)).astype("float32")
    alike = measured(case_of(copies, y[:400], validation_data=(x[400:], y[400:])), "class_variety")
    assert alike["to_validation"] < 0.4
    assert measured(case_of(copies, y[:400]), "class_variety")["within"] < 0.03


def test_classes_filmed_from_a_few_samples_are_crowded() -> None:
    x, y = blobs(rows=800, overlap=2.0)
    held = (x[400:], y[400:])
    random = np.random.default_rng(3)
    few = np.concatenate([np.flatnonzero(y[:400] == one)[:3] for one in range(4)])
    picks = random.choice(few, 400)
    filmed = (x[picks] + 0.05 * random.normal(size=(400, 12))).astype("float32")
    found = measured(case_of(filmed, y[picks], validation_data=held), "class_variety")
    assert found["crowding"] < 0.1
    assert found["sources"] < 0.1
    fair = measured(case_of(x[:400], y[:400], validation_data=held), "class_variety")
    assert 0.8 < fair["crowding"] < 1.25
    assert fair["sources"] > 0.9
    doubled = np.concatenate([x[:200], x[:200] + 0.05 * random.normal(size=(200, 12))]).astype("float32")
    twice = measured(case_of(doubled, np.tile(y[:200], 2), validation_data=held), "class_variety")
    assert twice["sources"] > 0.4, "a copy of each beside it leaves half of them"
    repeated = np.tile(np.arange(100), 4)
    exact = measured(case_of(x[repeated], y[repeated], validation_data=held), "class_variety")["crowding"]
    assert exact > 0.7, "exact copies are another fault"
