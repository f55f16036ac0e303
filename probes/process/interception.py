"""The hooks in the user's Keras: where objects are made, and what happens when a model is trained."""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from .holding import Holder
from .places import Places


class WrongBackend(BaseException):
    """The program's Keras does not run on TensorFlow; no ``except Exception`` of the program may swallow it."""


def install(places: Places, holder: Holder) -> None:
    """Hook the Keras of this process now, or as soon as the program imports it."""
    if "keras" in sys.modules:
        _hook_keras(places, holder)
    else:
        _when_imported("keras", lambda: _hook_keras(places, holder))
    if "matplotlib" in sys.modules:
        _no_screen()
    else:
        _when_imported("matplotlib", _no_screen)
    _when_imported("tf_keras", _refuse_old_keras)


def _hook_keras(places: Places, holder: Holder) -> None:
    import keras

    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise WrongBackend(f"The program runs Keras on {backend}; only TensorFlow is supported.")
    from keras.src.backend.tensorflow.trainer import TensorFlowTrainer
    from keras.src.callbacks.callback import Callback
    from keras.src.optimizers.schedules.learning_rate_schedule import LearningRateSchedule
    from keras.src.saving.keras_saveable import KerasSaveable
    from keras.src.trainers.trainer import Trainer

    for made in (KerasSaveable, Callback, LearningRateSchedule, keras.utils.PyDataset):
        _remember_construction(made, places)
    _remember_compile(Trainer, places)
    for method in ("fit", "train_on_batch"):
        _intercept(TensorFlowTrainer, method, places, holder)


def _remember_construction(made: Any, places: Places) -> None:
    def __new__(cls: type, *args: Any, **kwargs: Any) -> Any:
        following = super(made, cls).__new__
        instance = following(cls) if following is object.__new__ else following(cls, *args, **kwargs)
        places.remember(instance, sys._getframe(1))
        return instance

    made.__new__ = staticmethod(__new__)


def _remember_compile(trainer: type, places: Places) -> None:
    original = trainer.compile  # type: ignore[attr-defined]

    @functools.wraps(original)
    def compile(self: Any, *args: Any, **kwargs: Any) -> Any:
        places.remember_call(self, "compile", sys._getframe(1))
        return original(self, *args, **kwargs)

    trainer.compile = compile  # type: ignore[attr-defined]


def _intercept(trainer: type, method: str, places: Places, holder: Holder) -> None:
    original = getattr(trainer, method)
    signature = inspect.signature(original)
    process = os.getpid()

    @functools.wraps(original)
    def training(self: Any, *args: Any, **kwargs: Any) -> Any:
        if places.paused or os.getpid() != process:
            return original(self, *args, **kwargs)
        start = sys._getframe(1)
        trace = places.remember_call(self, method, start)
        arguments: dict[str, Any] | None = None
        try:
            arguments = _bound(signature, self, args, kwargs)
            if arguments is None:
                return original(self, *args, **kwargs)
            self._assert_compile_called(method)
        except Exception as error:
            holder.failed(error, self, method, arguments, trace)
            raise
        return holder.training(self, method, arguments, trace, lambda given: original(self, **given), start)

    setattr(trainer, method, training)


def _bound(signature: inspect.Signature, model: Any, args: Any, kwargs: Any) -> dict[str, Any] | None:
    """The arguments with their defaults, without the model; None where they do not fit."""
    try:
        bound = signature.bind(model, *args, **kwargs)
    except TypeError:
        return None
    bound.apply_defaults()
    first = next(iter(signature.parameters))
    return {name: value for name, value in bound.arguments.items() if name != first}


def _no_screen() -> None:
    import matplotlib

    original = matplotlib.use
    original("agg")

    @functools.wraps(original)
    def use(backend: str, **settings: Any) -> None:
        original("agg", **settings)

    matplotlib.use = use


def _refuse_old_keras() -> None:
    raise WrongBackend("The program runs on Keras 2 (tf_keras); only Keras 3 is supported.")


def _when_imported(name: str, then: Callable[[], None]) -> None:
    sys.meta_path.insert(0, _AfterImport(name, then))


class _AfterImport(importlib.abc.MetaPathFinder):
    """Finds one module as the other finders do, and calls back once it has been executed."""

    def __init__(self, name: str, then: Callable[[], None]) -> None:
        self._name = name
        self._then = then
        self._looking = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name or self._looking:
            return None
        # Who only asks where a module is, as TensorFlow does for Keras, throws what is found away: stay for the import.
        self._looking = True
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._looking = False
        if spec is not None and spec.loader is not None:
            self._call_back_after(spec.loader)
        return spec

    def _call_back_after(self, loader: Any) -> None:
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            execute(module)
            self._then()

        loader.exec_module = exec_module
