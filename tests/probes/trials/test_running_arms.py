"""The loop of steps is ``fit``; arms of one pair share their start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.keeping import keep
from probes.recording import Batch
from probes.trials.arm import Arm
from probes.trials.handler import run_trial
from probes.trials.looping import Loop
from probes.trials.rebuilding import rebuild
from probes.trials.starting import Starts, weights_of
from probes.trials.training import Horizon, Trainer, _Epoch, class_weights
from tests.probes.making import make_case
from tests.probes.trials.programs import blobs, classifier, plane, sequential

pytestmark = pytest.mark.keras


def weights(model: Any) -> list[Any]:
    return [one.copy() for one in model.get_weights()]


def test_the_loop_gives_the_weights_that_fit_gives() -> None:
    first, second = classifier(shuffle=False), classifier(shuffle=False)
    assert np.array_equal(weights(first.model)[0], weights(second.model)[0])
    x, y = first.train.x, first.train.y
    first.model.fit(x, y, batch_size=16, epochs=1, shuffle=False, verbose=0)
    edges = np.minimum(np.arange(0, len(x) + 16, 16), len(x))
    losses = Loop(Arm.of(second).derived()).run(Batch(x, y), edges)
    assert len(losses) == len(edges) - 1
    assert losses.mean() == pytest.approx(first.model.history.history["loss"][0], rel=0.05)
    for one, other in zip(weights(first.model), weights(second.model), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_a_step_of_the_programs_own_and_eager_steps_are_run() -> None:
    import keras

    class Own(keras.Sequential):  # type: ignore[misc]
        def train_step(self, data: Any) -> Any:
            return {**super().train_step(data), "own": 1.0}

    model = Own([keras.Input((8,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    x, y = blobs(64)
    case = make_case(model, x, y, epochs=1)
    before = weights(model)
    losses = Loop(Arm.of(case).derived()).run(Batch(x, y), np.asarray([0, 32, 64]))
    assert np.isfinite(losses).all()
    assert len(losses) == 2
    assert not np.array_equal(before[0], weights(model)[0])


def test_a_pair_repeats_and_pairs_differ() -> None:
    case = classifier()
    trainer, arm = Trainer(keep(case.model, ()), Starts(case.model)), Arm.of(case)
    runs = [trainer.train(arm, pair, Horizon(2.0, True), 60) for pair in (0, 1, 0)]
    assert runs[0].curve == runs[2].curve != runs[1].curve
    assert runs[0].outputs == runs[2].outputs
    assert runs[0].steps == 2 * -(-case.train.rows // 16)
    assert runs[0].reached


def test_the_first_pair_is_the_programs_own_start() -> None:
    case = classifier()
    own = weights(case.model)
    starts = Starts(case.model)
    assert starts.varies
    starts.begin(case.model, 1)
    assert not np.array_equal(own[0], weights(case.model)[0])
    starts.begin(case.model, 0)
    assert all(np.array_equal(one, other) for one, other in zip(own, weights(case.model), strict=True))


def test_a_clone_shares_the_start_of_its_pair() -> None:
    case = classifier()
    starts, arm = Starts(case.model), Arm.of(case)
    with arm:
        rebuild(arm, lambda layer: None)
        for pair in (0, 3):
            starts.begin(case.model, pair)
            starts.begin(arm.model, pair)
            for one, other in zip(weights(case.model), weights(arm.model), strict=True):
                assert np.array_equal(one, other)


def test_weights_that_were_not_drawn_stay() -> None:
    case = classifier()
    kernel = case.model.layers[0].kernel
    kernel.assign(0.3 * np.asarray(kernel) ** 3)
    starts = Starts(case.model)
    starts.begin(case.model, 2)
    assert np.array_equal(np.asarray(kernel), starts._own[next(weights_of(case.model))[0]])


def test_callbacks_of_the_plan_act_and_are_wound_back() -> None:
    import keras

    x, y = plane()
    model = sequential(keras.layers.Dense(1), shape=(6,))
    model.compile(keras.optimizers.SGD(1e-5), "mse", metrics=["mae"])
    stop = keras.callbacks.EarlyStopping("val_mae", patience=1, min_delta=10.0)
    case = make_case(model, x, y, epochs=50, validation_split=0.2, callbacks=[stop])
    trainer, arm = Trainer(keep(model, case.fit.callbacks), Starts(model)), Arm.of(case)
    runs = [trainer.train(arm, 0, Horizon(50.0, True), 60) for _ in range(2)]
    assert runs[0].reached
    assert runs[0].epochs == 2.0
    assert runs[0].curve == runs[1].curve


def test_later_epochs_of_a_stream_are_trained_on_where_they_are_recorded() -> None:
    import keras
    import tensorflow as tf

    x, y = blobs(48)
    noise = tf.random.Generator.from_seed(1)
    varied = tf.data.Dataset.from_tensor_slices((x, y)).map(lambda a, b: (a + noise.normal(tf.shape(a)), b))
    model = sequential(keras.layers.Dense(3, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    case = make_case(model, varied.batch(16), epochs=2)
    assert case.fit.steps_per_epoch == 3
    order = np.random.default_rng(0)
    given = [_Epoch(Arm.of(case), order, number).take(0, 3)[0].x for number in range(3)]
    np.testing.assert_array_equal(given[0], np.concatenate([one.x for one in case.train.batches[:3]]))
    np.testing.assert_array_equal(given[1], np.concatenate([one.x for one in case.train.batches[3:]]))
    np.testing.assert_array_equal(given[2], given[0])


def test_class_weights_are_read_as_keras_reads_them() -> None:
    weights_of_rows = class_weights(np.asarray([[0, 1], [1, 0], [0, 1]]), {0: 2.0, 1: 0.5})
    assert weights_of_rows.tolist() == [0.5, 2.0, 0.5]
    assert class_weights(np.asarray([[0.0], [3.0]]), {0: 2.0}).tolist() == [2.0, 1.0]


def test_what_training_raises_is_what_the_arm_shows() -> None:
    import keras

    model = sequential(keras.layers.Dense(3, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    x, y = blobs(64)
    case = make_case(model, x, y + 5, epochs=1)
    run = Trainer(keep(model, ()), Starts(model)).train(Arm.of(case), 0, Horizon(1.0, True), 60)
    assert run.error is not None
    assert not run.finite
    assert run.outputs == ()


def test_a_short_time_ends_an_arm_early() -> None:
    case = classifier(epochs=4000)
    run = Trainer(keep(case.model, ()), Starts(case.model)).train(Arm.of(case), 0, Horizon(4000.0, True), 0.5)
    assert not run.reached
    assert 0 < run.epochs < 4000


def test_both_arms_are_told_while_they_train(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []
    case = classifier(rate=1e-5, epochs=4)
    case.live.listen(told.append)
    request = {"treatments": ["set_learning_rate"], "parameters": {"learning_rate": 0.05}, "symptom": "loss_flat"}
    run_trial(case, {**request, "pairs": 1, "seconds": 20})
    case.live.flush()
    points = [one for one in told if one["event"] == "points"]
    assert {(one["curve"], one["series"]) for one in points} == {("trial", "with"), ("trial", "without")}
    for series in ("with", "without"):
        of_one = [one for one in points if one["series"] == series]
        last = max(place for place, one in enumerate(of_one) if one["anew"])
        x = [value for one in of_one[last:] for value in one["x"]]
        assert x == sorted(x)
        assert x[-1] == pytest.approx(4.0)
        assert 4 < len(x) <= 240
