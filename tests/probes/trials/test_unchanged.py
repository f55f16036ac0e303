"""Whatever is tried, the case is bit for bit what it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from probes.case import Case
from probes.trials.handler import run_arms, run_counter_trial, run_trial, run_tuning
from probes.trials.treating import treatments
from tests.probes.making import make_case
from tests.probes.trials.fingerprints import fingerprint, watch
from tests.probes.trials.programs import blobs, classifier, plane, rich, sequential

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore:You are using a softmax")]


def _pictures() -> Case:
    import keras

    y = np.arange(64) % 3
    x = np.random.default_rng(0).random((64, 8, 8, 1)).astype("float32")
    x[np.arange(64), 2 * y] += 1.0
    layers = [keras.layers.Conv2D(2, 3, activation="relu"), keras.layers.Flatten(), keras.layers.Dense(3)]
    return _model_case(layers, "mse", x, np.eye(3)[y], (8, 8, 1))


def _words() -> Case:
    import keras

    y = np.arange(64) % 2
    words = np.random.default_rng(0).integers(1, 25, (64, 8)) + 24 * y[:, None]
    words[:, 4:] = 0
    layers = [keras.layers.Embedding(50, 4), keras.layers.GRU(4), keras.layers.Dense(1, activation="sigmoid")]
    return _model_case(layers, "binary_crossentropy", words, y, (8,))


def _unflattened() -> Case:
    import keras

    x = np.random.default_rng(0).random((64, 4, 4, 1)).astype("float32")
    layers = [keras.layers.Conv2D(2, 2), keras.layers.Dense(3, activation="softmax")]
    return _model_case(layers, "categorical_crossentropy", x, np.eye(3)[blobs(64)[1]], (4, 4, 1))


def _lone_softmax() -> Case:
    import keras

    x, y = np.random.default_rng(0).random((64, 6, 4)).astype("float32"), blobs(64)[1]
    steps = keras.Input((6, 4))
    shares = keras.layers.Dense(1, activation="softmax")(steps)
    pooled = keras.layers.GlobalAveragePooling1D()(keras.layers.Multiply()([steps, shares]))
    model = keras.Model(steps, keras.layers.Dense(3, activation="softmax")(pooled))
    model.compile(keras.optimizers.Adam(1e-7), "sparse_categorical_crossentropy")
    return make_case(model, x, y, epochs=2, batch_size=16)


def _quantities() -> Case:
    import keras

    x, y = plane(96)
    return _model_case([keras.layers.Dense(1)], "mse", x, 1e3 * y + 50, (6,))


def _encoded(units: int, loss: str, y: Any) -> Case:
    import keras

    layers = [keras.layers.Dense(8, activation="relu"), keras.layers.Dense(units, activation="softmax")]
    return _model_case(layers, loss, blobs(96)[0], y, (8,))


def _signed() -> Case:
    import keras

    x, y = blobs(96, 2)
    layers = [keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
    return _model_case(layers, "binary_crossentropy", x, 2.0 * y - 1.0, (8,))


def _mixed() -> Case:
    import keras

    layers = [keras.layers.Dense(8, dtype="mixed_float16"), keras.layers.Dense(3, activation="softmax")]
    return _model_case(layers, "sparse_categorical_crossentropy", *blobs(96), (8,))


def _normalised_output() -> Case:
    import keras

    layers = [keras.layers.Dense(8, activation="relu"), keras.layers.Dense(3), keras.layers.BatchNormalization()]
    return _model_case(layers, "mse", blobs(96)[0], np.eye(3)[blobs(96)[1]], (8,))


def _hidden_softmax() -> Case:
    import keras

    layers = [keras.layers.Dense(8, activation="softmax"), keras.layers.Dense(3, activation="softmax")]
    return _model_case(layers, "sparse_categorical_crossentropy", *blobs(96), (8,))


def _one_batch_of_all() -> Case:
    import keras

    layers = [keras.layers.Dense(8, activation="relu"), keras.layers.Dense(3, activation="softmax")]
    return _model_case(layers, "sparse_categorical_crossentropy", *blobs(400), (8,), batch_size=400)


def _model_case(layers: list[Any], loss: str, x: Any, y: Any, shape: tuple[int, ...], batch_size: int = 16) -> Case:
    import keras

    model = sequential(*layers, shape=shape)
    model.compile(keras.optimizers.Adam(1e-7), loss)
    return make_case(model, x, y, epochs=2, batch_size=batch_size)


ELSEWHERE: Mapping[str, Callable[[], Case]] = {
    "add_dropout": lambda: classifier(rate=1e-6, epochs=4),
    "add_batch_normalization": lambda: classifier(rate=1e-6, epochs=4),
    "augment": _pictures,
    "clip_gradients": lambda: classifier(rate=1e-6, epochs=4),
    "encode_labels": _signed,
    "flatten_features": _unflattened,
    "mask_padding": _words,
    "move_batch_normalization": _normalised_output,
    "replace_hidden_softmax": _hidden_softmax,
    "scale_targets": _quantities,
    "set_class_weight": lambda: classifier(rate=1e-6, epochs=4, y=np.where(np.arange(240) % 4, 0, blobs()[1])),
    "softmax_over_steps": _lone_softmax,
    "set_loss": lambda: _encoded(3, "mse", np.eye(3)[blobs(96)[1]]),
    "set_output_units": lambda: _encoded(4, "sparse_categorical_crossentropy", blobs(96)[1]),
    "split_full_batch": _one_batch_of_all,
    "use_float32": _mixed,
    "warm_up": lambda: classifier(rate=1e-6, epochs=8),
}
"""Programs for the treatments that have nothing to treat in the one that all others are tried on."""

RARE = {
    "align_validation",
    "divide_as_fractions",
    "drop_stop_gradient",
    "less_augmentation",
    "match_target_shape",
    "more_patience",
    "move_axes",
    "move_together",
    "track_variables",
    "use_keras_step",
    "use_left_out_rows",
    "widen_embedding",
}
"""Treatments of faults that the programs here do not have, or that no live case can be given."""


@pytest.fixture(scope="module")
def case() -> Case:
    made = rich()
    watch(made)
    return made


@pytest.mark.parametrize("treatment", sorted(treatments()))
def test_a_trial_leaves_everything_as_it_was(case: Case, treatment: str) -> None:
    answer = unharmed(case, lambda: run_trial(case, request(treatment)))
    assert answer["applicable"] or treatment in ELSEWHERE or treatment in RARE, answer["reason"]


@pytest.mark.parametrize("treatment", sorted(ELSEWHERE))
def test_a_trial_of_what_only_other_programs_feel_leaves_everything_as_it_was(treatment: str) -> None:
    case = ELSEWHERE[treatment]()
    watch(case)
    answer = unharmed(case, lambda: run_trial(case, request(treatment)))
    assert answer["applicable"], answer["reason"]
    assert answer["treated"]


def test_tuning_and_the_arms_of_an_edited_program_leave_everything_as_it_was() -> None:
    case = classifier(rate=1e-6, epochs=4)
    watch(case)
    assert unharmed(case, lambda: run_tuning(case, {}))["applicable"]
    tuned = {"optimizer": "Adam", "settings": {"beta_1": 0.8}, "learning_rate": 0.01, "batch_size": 8}
    for settings in ({}, tuned, {**tuned, "batch_size": 32}):
        answer = unharmed(case, lambda: run_tuning(case, {"settings": settings, "pair": 1, "seconds": 5}))  # noqa: B023
        assert answer["applicable"], answer["reason"]
    arms = {"pairs": [0, 1], "epochs": 4, "planned": True, "seconds": 5}
    assert len(unharmed(case, lambda: run_arms(case, arms))["arms"]) == 2


def request(treatment: str) -> dict[str, Any]:
    return {"treatments": [treatment], "pairs": 1, "seconds": 4, "symptom": "loss_flat"}


def unharmed(case: Case, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the work answers; the case must be the same before and after."""
    before = fingerprint(case)
    answer = work()
    after = fingerprint(case)
    assert {name for name in before if before[name] != after.get(name)} == set()
    assert set(after) == set(before)
    return answer


def test_a_set_and_a_counter_trial_leave_everything_as_it_was(case: Case) -> None:
    before = fingerprint(case)
    run_trial(
        case,
        {
            "treatments": ["drop_bad_rows", "scale_inputs", "unfreeze", "set_from_logits", "more_units"],
            "given": ["remove_batch_normalization", "set_optimizer"],
            "seconds": 6,
            "symptom": "loss_nan",
        },
    )
    run_counter_trial(case, {"cause": "labels_misaligned", "symptom": "loss_flat", "seconds": 5})
    assert fingerprint(case) == before


def test_training_goes_on_as_if_nothing_had_happened() -> None:
    def trained(*, trial: bool) -> list[bytes]:
        case = classifier()
        if trial:
            run_trial(case, {"treatments": ["set_optimizer"], "seconds": 5, "symptom": "loss_flat"})
            run_trial(case, {"treatments": ["set_hidden_activation"], "seconds": 5, "symptom": "loss_flat"})
        case.model.fit(case.train.x, case.train.y, epochs=2, batch_size=16, verbose=0)
        return [one.numpy().tobytes() for one in case.model.variables]

    assert trained(trial=True) == trained(trial=False)


def test_a_trial_that_fails_midway_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    case = classifier("sigmoid")
    watch(case)
    before = fingerprint(case)
    from probes.trials import training

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "_numbers", broken)
    with pytest.raises(KeyboardInterrupt):
        run_trial(case, {"treatments": ["set_hidden_activation"], "seconds": 5, "symptom": "loss_flat"})
    assert fingerprint(case) == before
    assert np.isfinite(case.model.get_weights()[0]).all()
