"""The recorder: what is held of the user's data, in which order, and how often it was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from probes import recording
from probes.recording import UnreadableData, record

X, Y = np.arange(40.0).reshape(20, 2), np.arange(20)


def fit(x: Any = None, y: Any = None, **arguments: Any) -> recording.Record:
    return record({"x": x, "y": y, **arguments}, "fit")


class Stream:
    """Batches that count how often they were opened and read."""

    def __init__(self, *batches: Any) -> None:
        self.batches, self.opened, self.given = batches, 0, 0

    def __iter__(self) -> Iterator[Any]:
        self.opened += 1
        for one in self.batches:
            self.given += 1
            yield one


def test_arrays_are_held_without_a_copy() -> None:
    train = fit(X, Y).train
    assert train.kind == "arrays"
    assert train.x is X
    assert (train.rows, train.total_rows, train.complete) == (20, 20, True)


def test_a_split_takes_the_last_rows_as_keras_does() -> None:
    held = fit(X, Y, validation_split=0.25, sample_weight=Y * 2.0)
    assert held.validation is not None
    assert held.train.y.tolist() == list(range(15))
    assert held.validation.y.tolist() == [15, 16, 17, 18, 19]
    assert held.validation.weights.tolist() == [30, 32, 34, 36, 38]


def test_validation_data_replace_the_split() -> None:
    held = fit(X, Y, validation_split=0.5, validation_data=(X[:3], Y[:3]))
    assert held.train.rows == 20
    assert held.validation is not None
    assert held.validation.rows == 3


def test_without_validation_data_there_are_none() -> None:
    assert fit(X, Y).validation is None


def test_frames_become_arrays() -> None:
    import pandas as pd

    train = fit(pd.DataFrame(X, columns=["a", "b"]), pd.Series(Y)).train
    assert train.kind == "arrays"
    assert (train.x.shape, train.y.shape) == ((20, 2), (20,))


def test_lists_of_arrays_are_inputs() -> None:
    train = fit([X, Y], [Y]).train
    assert train.kind == "arrays"
    assert [one.shape for one in train.x] == [(20, 2), (20,)]


def test_structures_keep_their_shape() -> None:
    train = fit({"a": X, "b": [X, Y]}, (Y, Y)).train
    assert train.x["b"][1].shape == (20,)
    assert isinstance(train.y, tuple)


def test_a_stream_is_opened_once_and_read_in_order() -> None:
    stream = Stream(*((X[start : start + 4], Y[start : start + 4]) for start in range(0, 20, 4)))
    train = fit(stream).train
    assert (stream.opened, stream.given) == (1, 5)
    assert (train.kind, train.total_rows, train.complete) == ("generator", 20, True)
    assert train.y.tolist() == list(range(20))
    assert [one.rows for one in train.walk(3)] == [4] * 5


def test_a_stream_is_read_for_one_epoch() -> None:
    stream = Stream(*[(X, Y)] * 50)
    assert len(fit(stream, steps_per_epoch=7).train.batches) == 7
    assert stream.given == 7


def test_an_endless_stream_ends_with_the_size_of_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_BYTES", 10_000)
    train = fit(Stream(*[(X, Y)] * 5000)).train
    assert len(train.batches) == 10_000 // (X.nbytes + Y.nbytes) + 1
    assert not train.complete
    assert train.total_rows is None


def test_a_slow_stream_gives_64_batches_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_SECONDS", 0.0)
    assert len(fit(Stream(*[(X, Y)] * 500)).train.batches) == 64


def test_batches_of_many_lengths_are_all_held() -> None:
    train = fit(Stream((np.ones((2, 3)), Y[:2]), (np.ones((2, 5)), Y[:2]), (np.ones((2, 3)), Y[:2]))).train
    assert train.ragged
    assert len(train.batches) == 3
    assert train.x.shape == (4, 3)


def test_weights_come_along() -> None:
    train = fit(Stream((X, Y, np.ones(20)))).train
    assert train.weights.shape == (20,)
    assert len(train.batches[0].as_fit_gives_it()) == 3


def test_a_loop_of_single_batches() -> None:
    held = record({}, "train_on_batch", ((X[:4], Y[:4], None), (X[4:8], Y[4:8], None))).train
    assert (held.kind, held.rows, held.complete) == ("batches", 8, False)
    assert held.weights is None


def test_a_sample_is_drawn_over_all_rows_in_stored_order() -> None:
    chosen = fit(X, Y).train.sample(8)
    assert chosen.rows == 8
    assert chosen.y.tolist() == sorted(chosen.y.tolist())
    assert chosen.y.max() > 10
    assert (chosen.x[:, 0] == 2 * chosen.y).all()
    assert fit(X, Y).train.sample(8).y.tolist() == chosen.y.tolist()


def test_walking_arrays_cuts_them_as_stored_or_as_dealt() -> None:
    train = fit(X, Y).train
    assert [one.rows for one in train.walk(8)] == [8, 8, 4]
    assert np.concatenate([one.y for one in train.walk(8)]).tolist() == list(range(20))
    dealt = np.concatenate([one.y for one in train.walk(8, seed=1)]).tolist()
    assert dealt != list(range(20))
    assert sorted(dealt) == list(range(20))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (None, "no batches"),
        (np.zeros((0, 3)), "no rows"),
        (iter(()), "no batch"),
        (3, "no batches"),
        ([[1.0, 2.0], [3.0, 4.0]], "list, which holds no batches"),
    ],
    ids=["nothing", "no rows", "an empty stream", "a number", "numbers without an array"],
)
def test_what_cannot_be_read_is_said(x: Any, message: str) -> None:
    with pytest.raises(UnreadableData, match=message):
        fit(x)


@pytest.mark.keras
def test_a_dataset_is_read_once() -> None:
    import tensorflow as tf

    read = tf.Variable(0)

    def count(x: Any, y: Any) -> Any:
        read.assign_add(1)
        return x, y

    data = tf.data.Dataset.from_tensor_slices((X, Y)).map(count).batch(6)
    train = fit(data).train
    assert (train.kind, train.total_rows, int(read.numpy())) == ("dataset", 20, 20)
    assert [one.rows for one in train.batches] == [6, 6, 6, 2]


@pytest.mark.keras
def test_what_a_pipeline_varies_is_read_for_further_epochs() -> None:
    import tensorflow as tf

    noise = tf.random.Generator.from_seed(1)

    def vary(x: Any, y: Any) -> Any:
        return x + noise.normal(tf.shape(x), dtype=x.dtype), y

    rows = tf.data.Dataset.from_tensor_slices((X, Y))
    train = fit(rows.map(vary).batch(6), epochs=3).train
    assert [one.rows for one in train.batches] == 3 * [6, 6, 6, 2]
    assert (train.rows, train.total_rows, train.epoch) == (20, 20, 4)
    assert not np.allclose(train.batches[0].x, train.batches[4].x)
    again = fit(rows.shuffle(20, reshuffle_each_iteration=True).batch(6), epochs=3).train
    assert len(again.batches) == 4, "rows in another order are no other rows"
    assert len(fit(rows.map(vary).batch(6)).train.batches) == 4, "one epoch is all that is planned"


@pytest.mark.keras
def test_a_pydataset_is_told_of_the_end_of_an_epoch() -> None:
    import keras

    class Harder(keras.utils.PyDataset):
        level = 0

        def __len__(self) -> int:
            return 2

        def __getitem__(self, index: int) -> Any:
            return X + 100 * self.level, Y

        def on_epoch_end(self) -> None:
            self.level += 1

    train = fit(Harder(), epochs=3).train
    assert [one.x[0, 0] for one in train.batches] == [0, 0, 100, 100, 200, 200]
    assert (train.rows, train.epoch) == (40, 2)


@pytest.mark.keras
def test_a_stream_that_is_used_up_ends() -> None:
    import keras

    class Once(keras.utils.PyDataset):
        left = 2

        def __len__(self) -> int:
            return self.left

        def __getitem__(self, index: int) -> Any:
            return X + index, Y

        def on_epoch_end(self) -> None:
            self.left = 0

    assert len(fit(Once(), epochs=5).train.batches) == 2


@pytest.mark.keras
def test_a_pydataset_is_read_by_index() -> None:
    import keras

    class Rows(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 4

        def __getitem__(self, index: int) -> Any:
            return X[index : index + 5], Y[index : index + 5]

    train = fit(Rows(), validation_data=Rows())
    assert (train.train.kind, train.train.rows, train.train.complete) == ("pydataset", 20, True)
    assert train.validation is not None
    assert train.validation.rows == 20


@pytest.mark.keras
def test_tensors_and_ragged_rows() -> None:
    import tensorflow as tf

    assert fit(tf.constant(X), tf.constant(Y)).train.kind == "arrays"
    ragged = tf.ragged.constant([[1], [1, 2, 3]])
    held = fit(tf.data.Dataset.from_tensor_slices((ragged, [0, 1])).batch(2)).train
    assert held.x.tolist() == [[1, 0, 0], [1, 2, 3]]
