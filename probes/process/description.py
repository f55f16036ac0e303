"""What is told of a case: the pydantic models of our own process; the worker sends the same as plain values."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A part of a description: frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")


class Frame(Part):
    """One line of the user's own code on the way to a place."""

    file: str
    """Relative to the program's folder, with forward slashes."""
    line: int
    """Counted from 1."""
    function: str = ""
    """Name of the function that the line stands in; ``<module>`` at the top level."""
    code: str = ""
    """The line's text, stripped."""


class Place(Part):
    """Where in the program something was written."""

    file: str
    """Relative to the program's folder, with forward slashes."""
    line: int
    """First line, counted from 1."""
    end_line: int | None = None
    """Last line."""
    column: int | None = None
    """First character of the stretch in its line, counted from 0; None where only the line is known."""
    end_column: int | None = None
    """Just behind the last character, counted from 0 in ``end_line``."""
    code: str = ""
    """The source text of the stretch."""
    function: str = ""
    """Name of the function that it stands in; ``<module>`` at the top level."""
    frames: tuple[Frame, ...] = ()
    """The user's own calls that led here, outermost first; the last one is the place itself."""
    assigned: tuple[Place, ...] = ()
    """For data: the last assignments of the names that stand here, and what changed them in place."""


class ModelDescription(Part):
    """The model in numbers."""

    class_name: str
    name: str
    layers: int
    """Layers as Keras lists them."""
    parameters: int | None = None
    """Weights of all kinds; None while the model is not built."""
    trainable_parameters: int | None = None


class LayerDescription(Part):
    """One layer."""

    name: str
    class_name: str
    output_shape: Any = None
    """A list of numbers and nulls, a list of such lists, or None where Keras does not know."""
    parameters: int | None = None
    activation: str | None = None
    trainable: bool = True
    inside: str | None = None
    """Name of the model or layer that holds it, where that is not the case's own model."""
    place: Place | None = None


class OptimizerDescription(Part):
    """The optimizer that the model was compiled with."""

    class_name: str
    learning_rate: float | None = None
    """The rate of the first step."""
    schedule: str | None = None
    """Class of the learning-rate schedule, where there is one."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Plain values of its configuration."""
    place: Place | None = None


class LossDescription(Part):
    """The loss or losses, joined by commas."""

    name: str
    place: Place | None = None


class DataDescription(Part):
    """One argument that brings data, as the program hands it over."""

    kind: str
    """``array``, ``list``, ``frame``, ``tensor``, ``dataset``, ``pydataset``, ``generator`` or a class name."""
    shapes: tuple[tuple[int | None, ...], ...] = ()
    """Shape of each array; the first axis counts samples, of batches where the kind is a stream."""
    dtypes: tuple[str, ...] = ()


class FitDescription(Part):
    """The settings of the held call."""

    method: Literal["fit", "train_on_batch"] = "fit"
    epochs: int | None = None
    batch_size: int | None = None
    steps_per_epoch: int | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    """The other plain arguments, as given."""
    callbacks: tuple[str, ...] = ()
    """Class names of the user's callbacks."""


class CompileDescription(Part):
    """The settings of ``compile``."""

    metrics: tuple[str, ...] = ()
    settings: dict[str, Any] = Field(default_factory=dict)
    """The other plain arguments."""


class Failure(Part):
    """How the program ended without a training that could be held."""

    stage: Literal["before_fit", "in_fit", "no_fit"]
    """``before_fit``: an exception on the way; ``in_fit``: one of the training itself; ``no_fit``: it ended."""
    type: str
    """Class of the exception; empty where there was none."""
    message: str
    """Its text, or one sentence about the end."""
    place: Place | None = None
    """The innermost line of the user's own code."""
    frames: tuple[Frame, ...] = ()
    """The user's own lines, outermost first."""
    raised_in: str | None = None
    """Module and function that raised, such as ``keras.src.layers.core.dense.build``."""


class Fit(Part):
    """One call that trains, as ``list_fits`` shows it."""

    number: int
    """Counted from 1; what ``fit=N`` chooses."""
    method: str
    model: str
    """Name and class of the model."""
    epochs: int | None = None
    batch_size: int | None = None
    times: int = 1
    """How often one model was trained at this line."""
    place: Place | None = None


class CaseDescription(Part):
    """A case without its live objects: all that the dialogue, the screen and the report need of it."""

    source: str
    """The program's file name."""
    kind: str = "script"
    folder: str = ""
    """Absolute folder of the program; for patches and editors on this machine, never for reports or bundles."""
    fit_line: int | None = None
    fits_seen: int = 0
    """Calls that train, up to and with the held one; repeated calls of one model at one line count once."""
    model: ModelDescription | None = None
    layers: tuple[LayerDescription, ...] = ()
    optimizer: OptimizerDescription | None = None
    loss: LossDescription | None = None
    compile: CompileDescription = CompileDescription()
    fit: FitDescription = FitDescription()
    data: dict[str, DataDescription] = Field(default_factory=dict)
    """By argument: ``x``, ``y``, ``sample_weight``, ``validation``."""
    facts: dict[str, str | float | int | bool | None] = Field(default_factory=dict)
    """What a remedy's placeholders are filled from."""
    places: dict[str, Place] = Field(default_factory=dict)
    """By kind: ``optimizer``, ``optimizer.learning_rate``, ``schedule``, ``loss``, ``metrics``, ``compile``,
    ``compile.loss``, ``fit``, ``fit.x``, ``fit.validation``, ``fit.batch_size``, ``callback:CLASS``, ``model``,
    ``output_layer``, ``first_layer``, ``layer:NAME``, and of the user's own code ``train_step``, ``compute_loss``,
    ``call``, ``loss_function``, ``metrics_function``."""
    gaps: tuple[str, ...] = ()
    """Parts that could not be described, and why; for developers."""
    failure: Failure | None = None
    fits: tuple[Fit, ...] = ()
    """The calls that were seen."""
    further_fits: tuple[int, ...] = ()
    """Lines of the program with a ``fit`` that was not reached yet."""
    fits_of_other_models: tuple[int, ...] = ()
    """Those of them that train another model than any call that was reached."""
    versions: dict[str, str] = Field(default_factory=dict)
    """Of Python, TensorFlow, Keras and NumPy in the worker."""
    seconds: dict[str, float] = Field(default_factory=dict)
    """``import`` (TensorFlow), ``program`` (up to the held call)."""


class Outcome(Part):
    """What came of one probe."""

    probe: str
    seconds: float
    measurement: dict[str, Any] | None = None
    """JSON values; numbers that are not finite are the words ``NaN``, ``Infinity`` and ``-Infinity``."""
    unknown: str | None = None
    """Why there is no measurement."""
    absent: bool = False
    """Whether only the program could tell, which is not at hand."""
