"""The targets: how written, which range, how balanced."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, binary, classes, compiled, make_case, measured, net, quantity, table, unknown

pytestmark = LIVE


def seen(y: Any, units: int = 1, loss: Any = "mse", **settings: Any) -> dict[str, Any]:
    return measured(make_case(compiled(net(units), "adam", loss, **settings), table(len(y)), y), "label_statistics")


def weighed(y: Any, **weights: Any) -> dict[str, Any]:
    return measured(
        make_case(compiled(net(), "adam", "binary_crossentropy"), table(), y, **weights), "label_statistics"
    )


@pytest.mark.parametrize(
    ("target", "units", "loss", "task", "encoding", "known"),
    [
        (binary(), 1, "binary_crossentropy", "binary", "zero_one", 2),
        (binary() > 0, 1, "binary_crossentropy", "binary", "zero_one", 2),
        (binary() * 2 - 1, 1, "hinge", "binary", "minus_plus_one", 2),
        (classes(), 3, "sparse_categorical_crossentropy", "multiclass", "integers", 3),
        (np.eye(3)[classes()], 3, "categorical_crossentropy", "multiclass", "one_hot", 3),
        ((table()[:, :3] > 0) * 1.0, 3, "binary_crossentropy", "multilabel", "many_hot", 0),
        (quantity(), 1, "mse", "regression", "floats", 0),
        (table(), 6, "mse", "reconstruction", "floats", 0),
    ],
    ids=["0/1", "booleans", "-1/+1", "ids", "one-hot", "labels", "quantity", "copy"],
)
def test_task_and_encoding(target: Any, units: int, loss: str, task: str, encoding: str, known: int) -> None:
    found = seen(target, units, loss)
    one = found["outputs"][0]
    assert (one["task"], one["encoding"]) == (task, encoding)
    assert one["present"] == known or task == "multilabel"
    assert not found["constant"]
    flags = ("fractional_classes", "signed_for_binary", "onehot_for_sparse", "integers_for_onehot", "ordered_ids")
    assert not any(found[name] for name in flags)


@pytest.mark.parametrize("own", [True, False])
def test_masks_under_a_loss_of_its_own(own: bool) -> None:
    import keras
    from keras import layers

    def overlap(wanted: Any, given: Any) -> Any:
        return 1 - keras.ops.mean(wanted * given)

    masks = np.zeros((32, 4, 4, 1))
    masks[:, 0, 0] = 1.0
    pixels = np.random.default_rng(1).normal(0.0, 1.0, masks.shape)
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(1, 1, activation="sigmoid")])
    case = make_case(compiled(model, "adam", overlap if own else "mse"), pixels, masks)
    found = measured(case, "label_statistics")
    assert found["outputs"][0]["task"] == ("sequence" if own else "regression")
    assert found["imbalance"] == 1.0


def test_balance() -> None:
    rare = np.array([0] * 60 + [1] * 4)
    found = seen(rare, 1, "binary_crossentropy")
    assert (found["imbalance"], found["majority"], found["smallest_class"]) == (15.0, 60 / 64, 4)
    assert seen(np.arange(64) % 2, 1, "binary_crossentropy")["imbalance"] == 1.0
    evened = weighed(rare, class_weight={0: 1.0, 1: 7.5})
    assert (evened["imbalance"], evened["majority"], evened["outputs"][0]["imbalance"]) == (2.0, 2 / 3, 15.0)
    assert weighed(rare, sample_weight=np.where(rare, 0.1, 1.0))["imbalance"] == 15.0


def test_how_many_targets_differ() -> None:
    prices = 200 + 60 * quantity()
    found = seen(prices, 1, "binary_crossentropy")
    assert found["signed_for_binary"]
    assert (found["outputs"][0]["task"], found["outputs"][0]["distinct"]) == ("regression", len(np.unique(prices)))
    assert seen(binary() * 2 - 1, 1, "binary_crossentropy")["outputs"][0]["distinct"] == 2


def test_targets_that_are_not_finite() -> None:
    y = quantity()
    y[:4] = np.nan
    assert seen(y)["nonfinite_share"] == pytest.approx(4 / 64)
    assert seen(quantity())["nonfinite_share"] == 0.0
    holes = table()
    holes[0, 0] = np.nan
    copier = compiled(net(6), "adam", "mse")
    assert measured(make_case(copier, holes, holes), "label_statistics")["nonfinite_share"] == 0.0
    assert measured(make_case(copier, table(), holes), "label_statistics")["nonfinite_share"] > 0


def test_targets_that_never_vary() -> None:
    assert seen(np.full(64, 3.0))["constant"]


def test_large_and_small_quantities() -> None:
    assert seen(quantity() * 1e5)["target_scale"] > 1e5
    assert seen(quantity() * 1e-5)["target_small"] < 1e-3


@pytest.mark.parametrize(
    ("flag", "target", "units", "loss"),
    [
        ("fractional_classes", classes() + 0.5, 3, "sparse_categorical_crossentropy"),
        ("signed_for_binary", binary() * 2 - 1, 1, "binary_crossentropy"),
        ("unsigned_for_hinge", binary(), 1, "hinge"),
        ("onehot_for_sparse", np.eye(3)[classes()], 3, "sparse_categorical_crossentropy"),
        ("integers_for_onehot", classes(), 3, "categorical_crossentropy"),
    ],
)
def test_a_form_that_the_loss_does_not_expect(flag: str, target: Any, units: int, loss: str) -> None:
    assert seen(target, units, loss)[flag]


def test_ids_trained_as_quantities() -> None:
    assert seen(classes(), 1, "mse", metrics=["accuracy"])["ordered_ids"]


def test_no_targets() -> None:
    assert "no targets" in unknown(make_case(compiled(net(), "adam", None), table()), "label_statistics")


def test_classes_on_one_unit_are_not_the_targets_fault() -> None:
    assert seen(classes(), 3, "categorical_crossentropy")["integers_for_onehot"]
    assert not seen(binary(), 1, "categorical_crossentropy")["integers_for_onehot"]


def test_large_quantities_drown_the_classes_beside_them() -> None:
    import keras
    from keras import layers

    def drowning(scale: float, **settings: Any) -> float:
        inputs = keras.Input((6,))
        hidden = layers.Dense(8, activation="relu")(inputs)
        age, kind = layers.Dense(1, name="age")(hidden), layers.Dense(1, activation="sigmoid", name="kind")(hidden)
        model = keras.Model(inputs, [age, kind])
        model.compile("adam", {"age": "mse", "kind": "binary_crossentropy"}, **settings)
        case = make_case(model, table(), {"age": scale * np.arange(64.0) / 64, "kind": binary()})
        return float(measured(case, "label_statistics")["drowning"])

    assert drowning(80.0) > 200
    assert drowning(1.0) < 5
    assert drowning(80.0, loss_weights={"age": 0.001, "kind": 1.0}) == 0
    assert seen(100 * quantity())["drowning"] == 0
