"""What the training inputs hold, whatever their labels say."""

from __future__ import annotations

import numpy as np
import pytest

from probes.content import content_left
from probes.tasks import outputs
from tests.probes.making import LIVE, compiled, make_case, net

pytestmark = LIVE

RANDOM = np.random.default_rng(4)
CENTRES = RANDOM.standard_normal((3, 6)) * 3


@pytest.mark.parametrize(("noise", "left"), [(1.0, True), (40.0, False)])
def test_inputs_that_are_sound_and_inputs_that_are_spoilt(noise: float, left: bool) -> None:
    y, held = RANDOM.integers(0, 3, 600), RANDOM.integers(0, 3, 120)
    x = CENTRES[y] + noise * RANDOM.standard_normal((600, 6))
    validation = CENTRES[held] + RANDOM.standard_normal((120, 6))
    model = compiled(net(3, "softmax"), "adam", "sparse_categorical_crossentropy")
    labels = RANDOM.permutation(y)
    case = make_case(model, x, labels, validation_data=(validation, held))
    found = content_left(case, outputs(case)[0])
    assert found is not None
    assert (found > 0.5) is left


def test_quantities_and_few_rows_tell_nothing() -> None:
    x = RANDOM.standard_normal((40, 6))
    case = make_case(compiled(net(1), "adam", "mse"), x, x[:, 0], validation_data=(x, x[:, 0]))
    assert content_left(case, outputs(case)[0]) is None
    y = RANDOM.integers(0, 3, 40)
    case = make_case(
        compiled(net(3, "softmax"), "adam", "sparse_categorical_crossentropy"), x, y, validation_data=(x[:9], y[:9])
    )
    assert content_left(case, outputs(case)[0]) is None


@pytest.mark.parametrize(("spoilt", "left"), [(False, True), (True, False)])
def test_masks_of_pictures_that_hold_what_they_say(spoilt: bool, left: bool) -> None:
    import keras
    from keras import layers

    def pictures(count: int) -> tuple[np.ndarray, np.ndarray]:
        masks = np.zeros((count, 12, 12, 1), "float32")
        for mask, (row, column) in zip(masks, RANDOM.integers(0, 8, (count, 2)), strict=True):
            mask[row : row + 4, column : column + 4] = 1
        return (0.5 * masks + RANDOM.normal(0.2, 0.1, masks.shape)).astype("float32"), masks

    (x, masks), held = pictures(80), pictures(60)
    x = RANDOM.normal(0.25, 0.15, x.shape).astype("float32") if spoilt else x
    softened = np.clip(RANDOM.permutation(masks) * 0.8 + 0.05, 0, 1).astype("float32")
    net = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(1, 3, padding="same", activation="sigmoid")])
    case = make_case(compiled(net, "adam", "binary_crossentropy"), x, softened, validation_data=held)
    (output,) = outputs(case)
    assert (output.kind, output.encoding) == ("sequence", "shares")
    found = content_left(case, output)
    assert found is not None
    assert (found > 0.3) is left
    assert (found < 0.15) is not left
