"""The planned training, watched to its end."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, binary, compiled, make_case, measured, net, quantity, table, unknown

pytestmark = LIVE


def seen(rate: float = 0.05, y: Any = None, **fit: Any) -> dict[str, Any]:
    import keras

    model = compiled(net(), keras.optimizers.Adam(rate), "mse")
    settings = {"epochs": 12, "batch_size": 16, **fit}
    return measured(make_case(model, table(), quantity() if y is None else y, **settings), "recorded_run", 60.0)


def test_a_training_that_succeeds() -> None:
    found = seen(validation_split=0.25)
    assert (found["completed"], found["epochs"], found["planned_epochs"], found["steps"]) == (True, 12, 12, 36)
    assert found["planned_steps"] == 36
    assert found["fall"] > 0.5
    assert found["skill_training"] > 0.3
    assert found["has_validation"]
    assert len(found["validation_curve"]) == len(found["loss_curve"]) == 12
    assert found["first_nonfinite_step"] is None
    assert found["error_type"] is None
    assert {one["name"] for one in found["curves"]} == {"loss", "val_loss"}


def test_a_training_that_stands_still() -> None:
    found = seen(1e-9)
    assert found["fall"] < 0.02
    assert found["skill_training"] == pytest.approx(found["skill_start"], abs=1e-3)
    assert found["weights_moved"] < 1e-5


def test_a_loss_that_is_lost() -> None:
    x = quantity()
    x[10] = np.nan
    found = seen(y=x)
    assert found["first_nonfinite_step"] is not None
    assert found["final_loss"] == "NaN"


def test_a_plan_that_a_callback_ends() -> None:
    import keras

    stopping = keras.callbacks.EarlyStopping("loss", patience=0, min_delta=1e9)
    found = seen(callbacks=[stopping, keras.callbacks.LambdaCallback()])
    assert (found["stopped_by"], found["completed"]) == ("EarlyStopping", True)
    assert found["left_out"] == ["LambdaCallback"]
    assert found["epochs"] < 12


@pytest.mark.parametrize(
    ("sequences", "loss", "numbers"), [(True, "mse", 5.0), (False, "mse", 1.0), (True, "own", 1.0)]
)
def test_more_numbers_than_targets(sequences: bool, loss: str, numbers: float) -> None:
    import keras
    from keras import layers

    def own(wanted: Any, given: Any) -> Any:
        return keras.ops.mean(keras.ops.abs(given - wanted[:, None]), axis=-1)

    body = [keras.Input((5, 1)), layers.GRU(3, return_sequences=sequences), layers.Dense(1)]
    model = compiled(keras.Sequential(body), "adam", own if loss == "own" else loss)
    found = measured(make_case(model, table(width=5)[..., None], quantity()[:, None], epochs=2), "recorded_run", 60.0)
    assert found["numbers_per_target"] == numbers


def test_a_training_that_fails() -> None:
    model = compiled(net(3, "softmax"), "adam", "sparse_categorical_crossentropy")
    found = measured(make_case(model, table(), binary().astype(int) + 5), "recorded_run", 60.0)
    assert found["error_type"] == "InvalidArgumentError"
    assert found["steps"] == 0
    assert not found["completed"]


def test_a_model_that_fails_on_some_rows_only() -> None:
    import keras
    from keras import layers

    ids = np.zeros((64, 4), dtype="int32")
    ids[-1] = 9
    body = [keras.Input((4,)), layers.Embedding(9, 2), layers.Flatten(), layers.Dense(1)]
    found = measured(make_case(compiled(keras.Sequential(body)), ids, quantity(), shuffle=False), "recorded_run", 60.0)
    assert found["error_type"] == "InvalidArgumentError"
    assert not found["completed"]


def test_a_model_that_is_not_compiled() -> None:
    assert "not compiled" in unknown(make_case(net(), table(), quantity()), "recorded_run")


def test_a_plan_that_keeps_its_best_epoch(tmp_path: Any) -> None:
    import keras

    # The rate leaps at the end, which spoils the last epochs.
    leap = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 9 else 3.0)
    path = tmp_path / "best.keras"
    kept = keras.callbacks.ModelCheckpoint(path, monitor="loss", save_best_only=True)
    spoilt, best = seen(callbacks=[leap]), seen(callbacks=[leap, kept])
    assert best["skill_training"] > 0.3 > spoilt["skill_training"]
    assert best["left_out"] == ["ModelCheckpoint"]
    assert not path.exists()


def test_a_model_that_was_built_on_a_batch_is_scored_on_all_rows() -> None:
    import keras

    from probes.scoring import predict, scores

    model = compiled(keras.Sequential([keras.layers.Dense(1)]), "sgd", "mse")
    case = make_case(model, table(), quantity(), batch_size=48)
    assert [one.shape for one in predict(case, case.train.sample(1500))] == [(64, 1)]
    assert [score.rows for _, score in scores(case, case.train.sample(1500))] == [64]


def test_a_rate_that_ends_at_nothing_and_one_that_is_spent_early() -> None:
    import keras

    def falling(share: Callable[[float], float]) -> dict[str, Any]:
        callback = keras.callbacks.LearningRateScheduler(lambda epoch: 0.05 * share(epoch / 40))
        return seen(epochs=40, callbacks=[callback])

    cosine = falling(lambda done: 0.5 * (1 + math.cos(math.pi * done)))
    assert cosine["final_rate"] < 0.011 * cosine["first_rate"]
    assert cosine["spent_share"] < 0.1
    assert falling(lambda done: 0.1 ** (20 * done))["spent_share"] > 0.8
    assert falling(lambda done: done + 0.01)["spent_share"] == 0.0
