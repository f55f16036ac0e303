"""Whether outputs, loss and targets fit each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.wiring.output_match import out_of_reach
from tests.probes.making import LIVE, binary, classes, compiled, make_case, measured, net, quantity, table, unknown

pytestmark = LIVE

FLAGS = (
    "logits_into_probabilities",
    "probabilities_into_logits",
    "one_unit_constant",
    "exclusive_without_softmax",
    "softmax_for_labels",
    "binary_loss_on_distribution",
    "distribution_loss_on_labels",
    "regression_loss_on_classes",
    "crossentropy_on_quantities",
    "quantities_shared_out",
    "bounded_for_quantities",
    "rectified_output",
    "too_few_units",
    "one_unit_for_classes",
    "one_unit_for_distribution",
    "rank_mismatch",
    "broadcast_risk",
)
LABELS = (table()[:, :3] > 0).astype("float32")

SHARES = (quantity() - quantity().min()) / np.ptp(quantity())


def losses(name: str) -> Any:
    import keras

    return getattr(keras.losses, name)(from_logits=True)


def seen(units: int, activation: str | None, loss: Any, y: Any) -> dict[str, Any]:
    return measured(make_case(compiled(net(units, activation), "adam", loss), table(), y), "output_match")


def raised(found: dict[str, Any]) -> set[str]:
    return {name for name in FLAGS if found[name]}


@pytest.mark.parametrize(
    ("units", "activation", "loss", "target"),
    [
        (1, "sigmoid", "binary_crossentropy", binary()),
        (1, None, "BinaryCrossentropy", binary()),
        (3, "softmax", "sparse_categorical_crossentropy", classes()),
        (3, None, "SparseCategoricalCrossentropy", classes()),
        (3, "softmax", "categorical_crossentropy", np.eye(3)[classes()]),
        (3, "sigmoid", "binary_crossentropy", LABELS),
        (1, None, "mse", quantity()),
        (1, None, "mae", quantity()[:, None]),
        (1, "softplus", "mse", np.abs(quantity())),
        (1, "tanh", "hinge", binary() * 2 - 1),
        (1, "sigmoid", "binary_crossentropy", SHARES),
        (1, None, "BinaryCrossentropy", SHARES),
        (3, "softmax", "categorical_crossentropy", np.eye(3)[classes()] * 0.9 + 0.1 / 3),
        (3, "softmax", "kl_divergence", np.full((64, 3), 1 / 3)),
    ],
    ids=[
        *("binary", "logit", "classes", "logits", "one-hot", "labels", "quantity", "column", "positive", "hinge"),
        *("shares", "shares from logits", "smoothed", "distributions"),
    ],
)
def test_what_fits_raises_no_flag(units: int, activation: str | None, loss: str, target: Any) -> None:
    found = seen(units, activation, losses(loss) if loss[0].isupper() else loss, target)
    assert raised(found) == set()
    assert found["predictions_finite"]
    assert found["unused_units"] == 0


@pytest.mark.parametrize(
    ("flag", "units", "activation", "loss", "target"),
    [
        ("logits_into_probabilities", 3, None, "sparse_categorical_crossentropy", classes()),
        ("logits_into_probabilities", 1, "tanh", "binary_crossentropy", binary()),
        ("crossentropy_on_quantities", 1, None, "binary_crossentropy", SHARES),
        ("crossentropy_on_quantities", 1, "sigmoid", "binary_crossentropy", SHARES * 3),
        ("crossentropy_on_quantities", 1, "sigmoid", "binary_crossentropy", binary() / 255),
        ("crossentropy_on_quantities", 3, None, "categorical_crossentropy", quantity()[:, None] * np.ones(3)),
        ("logits_into_probabilities", 3, None, "kl_divergence", np.full((64, 3), 1 / 3)),
        ("probabilities_into_logits", 3, "softmax", "SparseCategoricalCrossentropy", classes()),
        ("one_unit_constant", 1, "softmax", "binary_crossentropy", binary()),
        ("exclusive_without_softmax", 3, "sigmoid", "sparse_categorical_crossentropy", classes()),
        ("softmax_for_labels", 3, "softmax", "binary_crossentropy", LABELS),
        ("distribution_loss_on_labels", 3, "softmax", "categorical_crossentropy", LABELS),
        ("distribution_loss_on_labels", 3, "sigmoid", "categorical_crossentropy", LABELS),
        ("binary_loss_on_distribution", 3, "softmax", "binary_crossentropy", np.eye(3)[classes()]),
        ("regression_loss_on_classes", 3, "softmax", "mse", np.eye(3)[classes()]),
        ("quantities_shared_out", 3, "softmax", "mse", quantity()[:, None] * np.ones(3)),
        ("bounded_for_quantities", 1, "sigmoid", "mse", quantity()),
        ("bounded_for_quantities", 1, "relu", "mse", quantity()),
        ("too_few_units", 2, "softmax", "sparse_categorical_crossentropy", classes()),
        ("one_unit_for_distribution", 1, "sigmoid", "categorical_crossentropy", binary()),
        ("one_unit_for_classes", 1, None, "sparse_categorical_crossentropy", classes()),
    ],
)
@pytest.mark.filterwarnings("ignore:(?s).*You are using a softmax over axis -1:UserWarning")
def test_what_does_not_fit(flag: str, units: int, activation: str | None, loss: str, target: Any) -> None:
    found = seen(units, activation, losses(loss) if loss[0].isupper() else loss, target)
    assert flag in raised(found)


def test_two_classes_numbered_from_one_are_the_labels_fault() -> None:
    assert "one_unit_for_classes" not in raised(seen(1, "sigmoid", "binary_crossentropy", binary() + 1))
    assert "one_unit_for_classes" in raised(seen(1, "sigmoid", "binary_crossentropy", classes() + 1))


def test_a_softmax_over_the_rows_of_a_batch() -> None:
    import keras

    over_rows = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3), keras.layers.Softmax(axis=0)])
    over_classes = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3), keras.layers.Softmax()])
    for model, wanted in ((over_rows, True), (over_classes, False)):
        case = make_case(compiled(model, "adam", "sparse_categorical_crossentropy"), table(), classes())
        assert measured(case, "output_match")["normalised_over_batch"] is wanted


@pytest.mark.parametrize(("stretch", "wanted"), [(1.0, True), (100.0, False)])
def test_an_output_that_is_stretched_behind_its_activation(stretch: float, wanted: bool) -> None:
    import keras

    class Stretched(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.last = keras.layers.Dense(1, activation="tanh")

        def call(self, x: Any) -> Any:
            return stretch * self.last(x)

    model = compiled(Stretched(), "adam", "mse")
    model(table())
    case = make_case(model, table(), 10 * quantity())
    found = measured(case, "output_match")
    assert found["bounded_for_quantities"] is wanted
    assert out_of_reach(case) == found["unreachable"]


def test_units_that_no_class_uses() -> None:
    assert seen(7, "softmax", "sparse_categorical_crossentropy", classes())["unused_units"] == 4


@pytest.mark.parametrize("column", [False, True])
def test_class_ids_in_a_loss_of_its_own(column: bool) -> None:
    import keras

    def surprise(wanted: Any, given: Any) -> Any:
        return keras.losses.sparse_categorical_crossentropy(wanted, given)

    ids = classes()[:, None] if column else classes()
    found = seen(3, "softmax", surprise, ids)
    assert not found["bounded_for_quantities"]
    assert not found["rank_mismatch"]
    assert seen(2, "softmax", surprise, ids)["bounded_for_quantities"], "two units do not name three classes"


def test_a_column_against_a_vector_in_a_loss_of_its_own() -> None:
    import keras

    def squares(wanted: Any, given: Any) -> Any:
        return (wanted - given) ** 2

    class Squares(keras.losses.Loss):
        def call(self, wanted: Any, given: Any) -> Any:
            return squares(wanted, given)

    own = seen(1, None, Squares(), quantity())
    assert own["custom_loss"]
    assert own["broadcast_risk"]
    assert not seen(1, None, Squares(), quantity()[:, None])["broadcast_risk"]
    # Keras gives both the same number of axes before it calls a mere function.
    assert not seen(1, None, squares, quantity())["broadcast_risk"]


def test_an_output_with_an_axis_too_many() -> None:
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((4, 6)), layers.Dense(3, activation="softmax")])
    x = np.random.default_rng(0).standard_normal((64, 4, 6))
    case = make_case(compiled(model, "adam", "categorical_crossentropy"), x, np.eye(3)[classes()])
    assert measured(case, "output_match")["rank_mismatch"]


def test_no_targets() -> None:
    assert "no targets" in unknown(make_case(compiled(net(), "adam", None), table()), "output_match")


def test_a_percentage_across_zero() -> None:
    around = quantity() - float(np.median(quantity()))
    assert seen(1, None, "mape", around)["percentage_across_zero"] > 0.4
    assert seen(1, None, "mape", 1 + np.abs(quantity()))["percentage_across_zero"] == 0.0
    assert seen(1, None, "mae", around)["percentage_across_zero"] == 0.0


def test_a_percentage_of_targets_near_zero() -> None:
    sparse = np.where(np.arange(64) % 4 == 0, 0.0, 5 + quantity())
    assert seen(1, None, "mape", sparse)["divided_by_nothing"] > 0.9
    assert seen(1, None, "mape", 50 + 5 * quantity())["divided_by_nothing"] == 0.0
    assert seen(1, None, "msle", np.abs(sparse))["divided_by_nothing"] == 0.0


@pytest.mark.parametrize("loss", ["msle", "poisson"])
def test_negative_targets_under_a_logarithm(loss: str) -> None:
    assert seen(1, None, loss, quantity() - quantity().mean())["negative_under_logarithm"] > 0.3
    assert seen(1, None, loss, np.abs(quantity()))["negative_under_logarithm"] == 0.0
    assert seen(1, None, "mse", quantity() - quantity().mean())["negative_under_logarithm"] == 0.0
