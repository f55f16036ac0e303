"""Targets a step: what a step alone and a step with its neighbours teach, and what the network sees of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.case import Case
from probes.reference import references
from probes.scoring import score_of, scores, weighed_classes
from probes.tasks import Output
from tests.probes.making import LIVE, compiled, make_case, measured, unknown

pytestmark = LIVE

ROWS, STEPS, WORDS = 300, 8, 12
TOKENS = np.random.default_rng(1).integers(1, WORDS, (ROWS, STEPS))
OWN = TOKENS % 3
BEFORE = np.pad(TOKENS[:, :-1], ((0, 0), (1, 0))) % 3
BEHIND = np.pad(TOKENS[:, 1:], ((0, 0), (0, 1))) % 3


def tagger(*middle: Any, masked: bool = False) -> Any:
    import keras

    keras.utils.set_random_seed(1)
    parts = [keras.Input((STEPS,)), keras.layers.Embedding(WORDS, 8, mask_zero=masked), *middle]
    model = keras.Sequential([*parts, keras.layers.Dense(3, activation="softmax")])
    return compiled(model, "adam", "sparse_categorical_crossentropy")


def recurrent(**settings: Any) -> Any:
    import keras

    return keras.layers.LSTM(4, return_sequences=True, **settings)


def both_ways() -> Any:
    import keras

    return keras.layers.Bidirectional(recurrent())


def test_a_step_alone_and_a_step_with_its_neighbours() -> None:
    (own,) = references(make_case(tagger(), TOKENS, OWN))
    assert own.steps is not None
    assert own.steps.alone > 0.9
    (before,) = references(make_case(tagger(), TOKENS, BEFORE))
    assert before.steps is not None
    assert before.steps.alone < 0.2
    assert before.steps.around > 0.9
    assert before.training.skill > 0.9


def test_labels_of_other_rows_teach_nothing_though_places_do() -> None:
    placed = np.where(np.arange(STEPS) < 3, 2, OWN)[np.random.default_rng(2).permutation(ROWS)]
    padded = np.where(np.arange(STEPS) < 3, 0, TOKENS)
    found = measured(make_case(tagger(both_ways()), padded, placed), "signal")
    assert found["skill"] < 0.15
    assert found["beyond_chance"] < 4


@pytest.mark.parametrize(
    ("middle", "sides"),
    [((), (False, False)), ((recurrent,), (True, False)), ((both_ways,), (True, True))],
)
def test_what_the_network_sees_of_the_neighbours(middle: tuple[Any, ...], sides: tuple[bool, bool]) -> None:
    case = make_case(tagger(*(one() for one in middle)), TOKENS, BEFORE)
    found = measured(case, "step_neighbours")
    assert (found["before"], found["after"]) == sides
    assert found["gain"] > 0.7


def test_what_comes_next_is_not_expected_of_a_network_that_reads_forwards() -> None:
    forwards, both = (references(make_case(tagger(one), TOKENS, BEHIND))[0] for one in (recurrent(), both_ways()))
    assert forwards.expected.skill < 0.2
    assert both.expected.skill > 0.9


def test_pixels_have_neighbours_on_all_sides() -> None:
    import keras

    random = np.random.default_rng(3)
    pictures = random.normal(size=(60, 10, 10, 1)).astype("float32")
    masks = (np.roll(pictures, 1, axis=1) + np.roll(pictures, 1, axis=2) > 0).astype("float32")

    def network(kernel: int) -> Case:
        layers = [keras.layers.Conv2D(4, kernel, padding="same"), keras.layers.Conv2D(1, 1, activation="sigmoid")]
        return make_case(
            compiled(keras.Sequential([keras.Input((10, 10, 1)), *layers]), "adam", "binary_crossentropy"),
            pictures,
            masks,
        )

    by_itself, around = measured(network(1), "step_neighbours"), measured(network(3), "step_neighbours")
    assert not by_itself["before"]
    assert by_itself["gain"] > 0.4
    assert around["before"]


def test_quantities_a_step() -> None:
    import keras

    random = np.random.default_rng(4)
    x = random.normal(size=(200, 12, 2)).astype("float32")
    y = x[..., :1] + np.roll(x[..., 1:], 1, axis=1)
    model = keras.Sequential([keras.Input((12, 2)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)])
    (found,) = references(make_case(compiled(model), x, y))
    assert found.steps is not None
    assert 0.3 < found.steps.alone < 0.7
    assert found.steps.around > 0.9


def test_steps_that_are_masked_are_not_scored() -> None:
    padded = np.where(np.arange(STEPS) > 4, 0, TOKENS)
    labels = np.where(padded > 0, 1 + OWN % 2, 0)
    masked, plain = tagger(both_ways(), masked=True), tagger(both_ways())
    for model, rows in ((masked, 5 * ROWS), (plain, STEPS * ROWS)):
        case = make_case(model, padded, labels)
        ((_, score),) = scores(case, case.train.sample(ROWS))
        assert score.rows == rows
    weights = (padded > 0).astype("float32")
    case = make_case(tagger(both_ways()), padded, labels, sample_weight=weights)
    assert scores(case, case.train.sample(ROWS))[0][1].rows == 5 * ROWS


def test_inputs_of_other_steps_have_no_such_reference() -> None:
    import keras

    x = np.random.default_rng(5).normal(size=(100, 5)).astype("float32")
    model = keras.Sequential([keras.Input((5,)), keras.layers.RepeatVector(STEPS), recurrent()])
    model.add(keras.layers.Dense(3, activation="softmax"))
    case = make_case(compiled(model, "adam", "sparse_categorical_crossentropy"), x, OWN[:100])
    assert "no output" in unknown(case, "step_neighbours")


def test_kinds_that_stand_at_a_handful_of_steps_do_not_weigh_as_much_as_others() -> None:
    ids = np.repeat([0, 1, 2], [900, 97, 3])
    assert weighed_classes(ids).tolist() == [0, 1]
    # Of two kinds both count, however rare one of them is.
    assert weighed_classes(np.repeat([0, 4], [998, 2])).tolist() == [0, 4]
    assert weighed_classes(np.repeat([3], [50])).tolist() == [3]
    output = Output("o", "sparse_categorical_crossentropy", "sparse_crossentropy", False, "sequence", "integers", 3, 0)
    given = np.eye(3)[np.minimum(ids, 1)]
    found = score_of(output, given, ids)
    assert found is not None
    assert (found.value, found.chance) == (1.0, 0.5)
