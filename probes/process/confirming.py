"""Whether the training step itself fails where building the model on symbols does, and how."""

from __future__ import annotations

from typing import Any

from ..case import Case, fed, unchanged_but_built
from ..structures import map_leaves


def error_of_the_step(case: Case) -> BaseException | None:
    """What tracing the model's own training step on the first batch raises; nothing is computed.

    Keras builds a model on symbols before its step is traced only in part of the cases, and symbols fail where real
    tensors do not. The step's own error is what the user would see, at the user's own line.

    Returns:
        None where the step can be traced.
    """
    import tensorflow as tf

    model = case.model
    batch = fed(next(iter(case.train.walk(case.fit.batch_size))), case)
    data = map_leaves(_any_number_of_rows, batch.as_fit_gives_it())

    # Keras wraps the step in a function that autograph does not convert, so neither is it converted here.
    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def step(given: Any) -> Any:
        return model.distribute_strategy.run(model.train_step, args=(given,))

    with unchanged_but_built(case):
        try:
            step.get_concrete_function(data)
        except Exception as error:  # noqa: BLE001 - whatever the user's own code raises is what we report
            return error
    return None


def _any_number_of_rows(tensor: Any) -> Any:
    import tensorflow as tf

    return tf.TensorSpec([None, *tensor.shape[1:]], tensor.dtype)
