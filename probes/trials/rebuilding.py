"""Clones: a sequential or functional model rebuilt from its configuration, with layers changed on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..case import fed
from .arm import Arm
from .treating import NotApplicable, OnlyAsSource

Edit = Callable[[Any], Any]


def rebuild(arm: Arm, edit: Edit) -> None:
    """Train a clone of the arm's model, compiled as the model is, with fresh weights where shapes changed.

    Args:
        arm: entered.
        edit: gives for a layer what stands in its place, or None for a copy of it.

    Raises:
        OnlyAsSource: the model cannot be rebuilt, even as it is.
        NotApplicable: the edit does not fit together.
    """
    model = arm.model
    _check(model)
    compiled = vars(model).get("compiled", False)
    try:
        vars(model)["compiled"] = False
        clone = _clone(model, edit)
        vars(model)["compiled"] = compiled
        _compile(arm, model, clone)
        arm.rebuilt(clone)
        first = next(iter(arm.train.walk(arm.fit.batch_size)))
        clone._symbolic_build(data_batch=fed(first, arm.derived()).as_fit_gives_it())
        clone.optimizer.build(clone.trainable_variables)
    except NotApplicable:
        raise
    except Exception as problem:  # noqa: BLE001 - what a user's own layers raise is why it cannot be done
        arm.rebuilt(model)
        words = f"the model cannot be rebuilt so: {type(problem).__name__}: {str(problem)[:200]}"
        raise (NotApplicable if _can_be_rebuilt(model) else OnlyAsSource)(words) from None
    finally:
        vars(model)["compiled"] = compiled


def _check(model: Any) -> None:
    import keras
    from keras.src.models.functional import Functional

    if not isinstance(model, (keras.Sequential, Functional)):
        raise OnlyAsSource("the model is a class of the program's own and cannot be rebuilt layer by layer")
    if type(model) not in (keras.Sequential, Functional, keras.Model):
        own = [name for name in ("train_step", "compute_loss", "call") if name in vars(type(model))]
        if own:
            raise OnlyAsSource(f"the model's class has its own {own[0]}, which a rebuilt model would not have")


def _can_be_rebuilt(model: Any) -> bool:
    """Whether the model as it is can be; what a user's own layers raise is why not."""
    try:
        _clone(model, lambda _: None)
    except Exception:  # noqa: BLE001
        return False
    return True


def _clone(model: Any, edit: Edit) -> Any:
    import keras

    return keras.models.clone_model(model, clone_function=lambda layer: edit(layer) or copy_of(layer))


def copy_of(layer: Any, **changes: Any) -> Any:
    """A layer of the same class and configuration, some of it changed; what is no layer is used as it is."""
    import keras

    if not isinstance(layer, keras.Layer):
        return layer
    if isinstance(layer, keras.layers.Lambda):
        return keras.layers.Lambda(
            layer.function, output_shape=layer._output_shape, arguments=layer.arguments, name=layer.name
        )
    return type(layer).from_config({**layer.get_config(), **changes})


def chain(layers: Sequence[Any], name: str) -> Any:
    """Several layers as one, under the name that the model knows: targets may be given by it."""
    import keras

    return keras.Sequential(list(layers), name=name)


def _compile(arm: Arm, model: Any, clone: Any) -> None:
    optimizer = arm.optimizer
    weights = getattr(model._compile_loss, "_user_loss_weights", None)
    clone.compile(
        optimizer=type(optimizer).from_config(optimizer.get_config()),
        loss=model.loss,
        loss_weights=weights,
        metrics=_metrics(arm, model),
        run_eagerly=bool(model.run_eagerly),
        jit_compile=False,
    )


def _metrics(arm: Arm, model: Any) -> Any:
    read = any(str(getattr(one, "monitor", "loss")).removeprefix("val_") != "loss" for one in arm.callbacks)
    given = getattr(getattr(model, "_compile_metrics", None), "_user_metrics", None)
    if not read or given is None:
        return None
    return [one if isinstance(one, str) else type(one).from_config(one.get_config()) for one in given]
