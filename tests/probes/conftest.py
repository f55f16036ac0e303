"""What modules share that make their models in the test process."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from .making import clean


@pytest.fixture(scope="session")
def settled_tensorflow() -> None:
    """TensorFlow is there; its half million objects are no longer gone through at every collection."""
    import keras  # noqa: F401

    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module")
def live_models(settled_tensorflow: None) -> Iterator[None]:
    """Models may be made; they are gone when the module is done."""
    yield
    clean()
