"""What counter-trials prove, and what they must not."""

from __future__ import annotations

import numpy as np
import pytest

from probes.trials.counters.fewer_rows import _is_handful
from probes.trials.counters.permuted_labels import is_luck, they_teach
from probes.trials.handler import run_counter_trial
from tests.probes.making import make_case, measured, turned_bars
from tests.probes.trials.programs import blobs, sequential


@pytest.mark.parametrize(
    ("own", "permuted", "teach"),
    [
        ((0.9, 0.91, 0.9, 0.89), (0.5, 0.52, 0.49, 0.5), True),
        # One start in four finds the way, which none does on permuted labels.
        ((0.5, 0.51, 0.97, 0.5), (0.5, 0.51, 0.49, 0.5), True),
        # Rows in few groups: by chance any labels agree with the right ones, or with their opposite.
        ((0.35, 0.5, 0.81, 0.4), (0.3, 0.55, 0.69, 0.62), False),
        ((0.5, 0.49, 0.51, 0.5), (0.5, 0.51, 0.49, 0.5), False),
        # Scores of chance, which happen to vary little.
        ((0.330, 0.329, 0.334, 0.336), (0.327, 0.311, 0.330, 0.321), False),
    ],
)
def test_what_teaches_more_than_permuted_labels(
    own: tuple[float, ...], permuted: tuple[float, ...], teach: bool
) -> None:
    assert they_teach(own, permuted) == teach


@pytest.mark.parametrize(
    ("skill", "held", "luck"),
    [(0.18, 0.92, True), (0.4, 0.92, False), (0.18, 0.2, False), (0.05, 0.36, True), (0.18, None, False)],
)
def test_what_is_next_to_nothing_beside_what_validation_holds(skill: float, held: float | None, luck: bool) -> None:
    assert is_luck(skill, held) is luck


@pytest.mark.parametrize(("count", "handful"), [(32, True), (60, False)])
@pytest.mark.keras
def test_half_of_a_handful_refutes_nothing(count: int, handful: bool) -> None:
    import keras

    x, y = blobs(count)
    model = sequential(keras.layers.Dense(3, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    case = make_case(model, x, y)
    assert _is_handful(case, case.train) is handful


@pytest.mark.keras
def test_inputs_that_never_differ_are_no_matter_of_labels() -> None:
    import keras

    model = sequential(keras.layers.Dense(3, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    _, y = blobs(96)
    case = make_case(model, np.zeros((96, 8), "float32"), y, epochs=2)
    found = run_counter_trial(case, {"cause": "inputs_constant", "symptom": "loss_flat"})
    assert found["proven"], found
    found = run_counter_trial(case, {"cause": "labels_misaligned", "symptom": "loss_flat"})
    assert not found["proven"], found


@pytest.mark.keras
def test_tags_of_other_sentences_follow_from_nothing() -> None:
    import keras

    keras.utils.set_random_seed(2)
    random = np.random.default_rng(2)
    tokens = random.integers(1, 9, (400, 6))
    tags = (tokens % 3)[random.permutation(400)]
    layers = [keras.layers.Embedding(9, 6), keras.layers.Dense(3, activation="softmax")]
    model = keras.Sequential([keras.Input((6,)), *layers])
    model.compile(keras.optimizers.Adam(0.03), "sparse_categorical_crossentropy")
    for labels, proven in ((tags, True), (tokens % 3, False)):
        case = make_case(
            model, tokens[:300], labels[:300], validation_data=(tokens[300:], labels[300:]), epochs=6, batch_size=30
        )
        found = [
            run_counter_trial(case, {"cause": cause, "symptom": "underfit"})["proven"]
            for cause in ("labels_misaligned", "inputs_uninformative")
        ]
        assert any(found) == proven, (labels is tags, found)


@pytest.mark.keras
def test_permuted_labels_do_not_clear_one_of_several_inputs() -> None:
    import keras

    random = np.random.default_rng(3)
    left, right = random.standard_normal((2, 400, 4)).astype("float32")
    y = (left[:, 0] + 0.8 * random.standard_normal(400) > 0).astype("float32")
    inputs = [keras.Input((4,), name="left"), keras.Input((4,), name="right")]
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(keras.layers.Concatenate()(inputs)))
    model.compile("adam", "binary_crossentropy")
    for other, refuted in ((right, False), (right + y[:, None], True)):
        case = make_case(model, {"left": left, "right": other}, y, epochs=2)
        found = run_counter_trial(case, {"cause": "inputs_uninformative", "symptom": "underfit"})
        assert (found["refuted"], found["proven"]) == (refuted, False), found


@pytest.mark.keras
@pytest.mark.parametrize("turned", [True, False])
def test_pictures_that_are_turned_at_random_are_no_matter_of_labels(turned: bool) -> None:
    import keras
    import tensorflow as tf

    x, y = turned_bars()
    given = y[:360] if turned else np.random.default_rng(4).permutation(y[:360])
    turn = tf.random.Generator.from_seed(1)

    def turn_some(picture: object, label: object) -> tuple[object, object]:
        return tf.image.rot90(picture, turn.uniform([], 0, 4, tf.int32)), label

    rows = tf.data.Dataset.from_tensor_slices((x[:360], given))
    rows = (rows.map(turn_some) if turned else rows).batch(24)
    model = sequential(keras.layers.Flatten(), keras.layers.Dense(4, activation="softmax"), shape=(8, 8, 1))
    model.compile("adam", "sparse_categorical_crossentropy")
    case = make_case(model, rows, validation_data=(x[360:], y[360:]), epochs=3)
    signal = measured(case, "signal")
    assert (signal["skill"] < 0.15, signal["within_validation"] > 0.5) == (True, True)
    assert signal["pictures_varied"] is turned
    found = run_counter_trial(case, {"cause": "labels_misaligned", "symptom": "loss_flat"})
    assert ("varied at random" in found["text"]) is turned, found
    assert not (turned and found["proven"])
