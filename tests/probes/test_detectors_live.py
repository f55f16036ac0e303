"""A sample of the detectors on models that have the fault, and on their sound twins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from knowledge_base.loading import KnowledgeBase, load
from knowledge_base.questions import answer_of
from tests.probes.making import LIVE, binary, classes, compiled, make_case, measured, net, quantity, table

pytestmark = LIVE

ROWS = 400
Made = Callable[[], Any]


@dataclass(frozen=True)
class Detector:
    """A number of the page, the question that answers it, and the answers that must and must not come."""

    number: int
    question: str
    faulty: Made
    told: str
    sound: Made


def regression(x: Any = None, y: Any = None, units: int = 1, activation: str | None = None, **fit: Any) -> Any:
    x = table(ROWS) if x is None else x
    model = compiled(net(units, activation, width=x.shape[-1]), "adam", "mse")
    return make_case(model, x, quantity(ROWS) if y is None else y, **fit)


def classifier(units: int, activation: str | None, loss: Any, y: Any, optimizer: Any = "adam", **fit: Any) -> Any:
    return make_case(compiled(net(units, activation), optimizer, loss), table(len(y)), y, **fit)


def changed(column: int, value: float, rows: slice = slice(None)) -> Any:
    x = table(ROWS)
    x[rows, column] = value
    return x


def stacked(*layers: Any) -> Any:
    import keras

    keras.utils.set_random_seed(3)
    return compiled(keras.Sequential([keras.Input((6,)), *layers]), "adam", "mse")


def dense(units: int, activation: str | None = None, **more: Any) -> Any:
    from keras import layers

    return layers.Dense(units, activation=activation, **more)


def sgd(rate: float) -> Any:
    import keras

    optimizer = keras.optimizers.SGD(0.01)
    optimizer.learning_rate = rate
    return optimizer


def summed(reduction: str) -> Any:
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(reduction=reduction)
    return classifier(3, "softmax", loss, classes(ROWS), batch_size=64)


def validated(x: Any, y: Any) -> Any:
    return regression(validation_data=(x, y))


def deep() -> Any:
    return make_case(stacked(*[dense(8, "sigmoid") for _ in range(12)], dense(1)), table(ROWS), quantity(ROWS))


DETECTORS = [
    Detector(1, "inputs_finite", lambda: regression(changed(0, np.nan, slice(0, 9))), "missing_values", regression),
    Detector(3, "inputs_scaled", lambda: regression(table(ROWS) * 4000), "enormous", regression),
    Detector(
        9, "inputs_distinct", lambda: regression(np.tile(table(40), (10, 1))), "copies", lambda: regression(table(ROWS))
    ),
    Detector(
        18,
        "split_clean",
        lambda: validated(table(ROWS)[:100], quantity(ROWS)[:100]),
        "leaks",
        lambda: validated(table(2 * ROWS)[ROWS:], quantity(ROWS)),
    ),
    Detector(25, "targets_readable", lambda: regression(y=np.full(ROWS, 2.0)), "all_the_same", regression),
    Detector(
        27,
        "units_cover_classes",
        lambda: classifier(2, "softmax", "sparse_categorical_crossentropy", classes()),
        "too_few",
        lambda: classifier(3, "softmax", "sparse_categorical_crossentropy", classes()),
    ),
    Detector(
        30,
        "targets_readable",
        lambda: classifier(1, "sigmoid", "binary_crossentropy", binary() * 2 - 1),
        "outside_unit_interval",
        lambda: classifier(1, "tanh", "hinge", binary()),
    ),
    Detector(
        32,
        "output_is_probability",
        lambda: classifier(3, None, "sparse_categorical_crossentropy", classes()),
        "raw_scores",
        lambda: classifier(3, "softmax", "sparse_categorical_crossentropy", classes()),
    ),
    Detector(
        39,
        "loss_fits_task",
        lambda: classifier(1, "sigmoid", "binary_crossentropy", quantity()),
        "quantities_as_probabilities",
        regression,
    ),
    Detector(45, "loss_starts_at_chance", lambda: summed("sum"), "far_above", lambda: summed("sum_over_batch_size")),
    Detector(
        48,
        "layers_bend",
        lambda: make_case(stacked(dense(8), dense(8), dense(1)), table(), quantity()),
        "nothing_bends",
        regression,
    ),
    Detector(
        68,
        "weights_start_well",
        lambda: make_case(stacked(dense(8, "relu", kernel_initializer="zeros"), dense(1)), table(), quantity()),
        "alike",
        regression,
    ),
    Detector(
        75,
        "rate_customary",
        lambda: classifier(1, "sigmoid", "binary_crossentropy", binary(), sgd(-0.01)),
        "negative",
        lambda: classifier(1, "sigmoid", "binary_crossentropy", binary(), sgd(0.01)),
    ),
    Detector(90, "gradients_reach_first_layer", deep, "vanish", regression),
]


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return load()


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: str(one.number))
def test_the_question_answers_what_the_page_says(kb: KnowledgeBase, detector: Detector) -> None:
    question = kb.questions[detector.question]
    answers = [
        answer_of(question, measured(case(), question.probe or "")).answer_id
        for case in (detector.faulty, detector.sound)
    ]
    assert answers[0] == detector.told
    assert answers[1] is not None
    assert question.answers[answers[1]].when == "otherwise"
