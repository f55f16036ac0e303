"""What `ModelCheckpoint(save_best_only=True)` keeps, without its file: the weights of the best epoch."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any


def stand_ins(callbacks: Iterable[Any]) -> list[Any]:
    """One callback for each checkpoint of Keras' own that keeps the best epoch alone; it ends no training.

    A program that keeps its best epoch goes on with that one, so that is what its training comes to.
    """
    import keras

    class BestEpoch(keras.callbacks.EarlyStopping):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            # Of what is not logged the checkpoint only warns.
            if self.monitor in (logs or {}):
                super().on_epoch_end(epoch, logs)

    return [
        BestEpoch(
            monitor=one.monitor, mode=getattr(one, "mode", "auto"), patience=sys.maxsize, restore_best_weights=True
        )
        for one in callbacks
        if type(one) is keras.callbacks.ModelCheckpoint and one.save_best_only and one.save_freq == "epoch"
    ]
