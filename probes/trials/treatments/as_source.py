"""What only the program's source can be given: its data are past mending once ``fit`` has them."""

from __future__ import annotations

from ...own_maps import untracked
from ..arm import Arm
from ..treating import NotApplicable, OnlyAsSource, Parameters, treatment


@treatment("move_together", title="Inputs and labels moved with one and the same index", stage="data", mends_data=True)
def move_together(arm: Arm, parameters: Parameters) -> Parameters:
    """The program run again with inputs and labels moved alike."""
    raise OnlyAsSource("which label belongs to which input is lost once they were moved apart")


@treatment("move_axes", title="Axes moved in place of a reshape", stage="data", mends_data=True)
def move_axes(arm: Arm, parameters: Parameters) -> Parameters:
    """The program run again with the axes of its inputs moved rather than renumbered."""
    raise OnlyAsSource("how the inputs lay before they were reshaped is known to the program alone")


@treatment("divide_as_fractions", title="Inputs divided as fractions", stage="data", mends_data=True)
def divide_as_fractions(arm: Arm, parameters: Parameters) -> Parameters:
    """The program run again with fractions where it cuts its inputs down to whole numbers."""
    raise OnlyAsSource("what was cut off the inputs is lost")


@treatment("track_variables", title="Weights that Keras knows of", stage="architecture", measured=True)
def track_variables(arm: Arm, parameters: Parameters) -> Parameters:
    """The program run again with variables of Keras where its layers keep bare ones of TensorFlow."""
    if not untracked(arm.held):
        raise NotApplicable("no layer keeps its weights in a bare `tf.Variable`")
    raise OnlyAsSource("a layer's weights are made where it is written")


@treatment("use_left_out_rows", title="Rows that the program leaves out", stage="data")
def use_left_out_rows(arm: Arm, parameters: Parameters) -> Parameters:
    """The program run again with the rows between those of training and those of validation."""
    raise OnlyAsSource("rows that `fit` is not given are not at hand")
