"""Faults of the network."""

from __future__ import annotations

from ..programs import Draft, NotApplicable
from .operator import fault, from_sidecar

DEEP = (
    "saturated_activation",
    "vanishing_gradient",
    "wrong_hidden_activation",
    "model_too_large",
    "bad_initializer",
    "architecture_data_mismatch",
)
BLIND = ("dying_relu", "vanishing_gradient", "exploding_gradient", "saturated_activation")


@fault("missing_nonlinearity", acceptable=("architecture_data_mismatch", "model_too_small"))
def missing_nonlinearity(draft: Draft) -> Draft:
    if "missing_nonlinearity" in draft.base.facts.get("edits", {}):
        return draft.edit("missing_nonlinearity")
    return draft.hidden("None")


LINEAR = ("missing_nonlinearity", "model_too_small")
fault("architecture_data_mismatch", acceptable=LINEAR)(from_sidecar("architecture_data_mismatch"))


@fault("hidden_softmax", "wrong_hidden_activation", acceptable=("vanishing_gradient", "lr_too_low"))
def hidden_softmax(draft: Draft) -> Draft:
    if "wrong_hidden_activation" in draft.base.facts.get("edits", {}):
        return draft.edit("wrong_hidden_activation")
    return draft.hidden('"softmax"')


@fault(
    "hidden_softmax_added",
    "wrong_hidden_activation",
    acceptable=("vanishing_gradient", "lr_too_low"),
)
def hidden_softmax_added(draft: Draft) -> Draft:
    return draft.add_layer(f'{draft.base.keras}.layers.Dense(48, activation="softmax")', 2)


@fault(
    "hidden_sigmoid",
    "wrong_hidden_activation",
    acceptable=("vanishing_gradient", "saturated_activation"),
)
def hidden_sigmoid(draft: Draft) -> Draft:
    return draft.hidden('"sigmoid"')


@fault("model_too_small", acceptable=("architecture_data_mismatch", "dying_relu"))
def model_too_small(draft: Draft) -> Draft:
    places = draft.fact("units")
    small = str(draft.base.facts.get("small_units", 1))
    for place in places:
        draft = draft.fill(place, small)
    return draft


@fault("bottleneck", "model_too_small", acceptable=("architecture_data_mismatch", "dying_relu"))
def bottleneck(draft: Draft) -> Draft:
    return draft.add_layer(f'{draft.base.keras}.layers.Dense(1, activation="relu")')


@fault("kernels_zero", "bad_initializer", acceptable=BLIND)
def kernels_zero(draft: Draft) -> Draft:
    if "bad_initializer_zeros" in draft.base.facts.get("edits", {}):
        return draft.edit("bad_initializer_zeros")
    return draft.hidden(more=', kernel_initializer="zeros"')


@fault(
    "kernels_huge",
    "bad_initializer",
    "exploding_gradient",
    acceptable=(*BLIND, "inputs_not_scaled"),
)
def kernels_huge(draft: Draft) -> Draft:
    return draft.hidden(more=f", kernel_initializer={draft.base.keras}.initializers.RandomNormal(stddev=15.0)")


@fault("kernels_constant", "bad_initializer", acceptable=BLIND)
def kernels_constant(draft: Draft) -> Draft:
    return draft.hidden(more=', kernel_initializer="ones"')


@fault("kernels_tiny_deep", "bad_initializer", "vanishing_gradient", acceptable=BLIND)
def kernels_tiny_deep(draft: Draft) -> Draft:
    start = f"kernel_initializer={draft.base.keras}.initializers.RandomNormal(stddev=0.01)"
    return draft.add_layer(f'{draft.base.keras}.layers.Dense(32, activation="relu", {start})', 6)


@fault("biases_negative", "bad_initializer", "dying_relu", acceptable=("vanishing_gradient",))
def biases_negative(draft: Draft) -> Draft:
    if '"relu"' not in draft.fact("hidden"):
        raise NotApplicable("relu")
    return draft.hidden(more=f", bias_initializer={draft.base.keras}.initializers.Constant(-20.0)")


@fault("deep_sigmoid", "vanishing_gradient", acceptable=DEEP)
def deep_sigmoid(draft: Draft) -> Draft:
    """Sigmoids that shrink the gradient layer by layer; few of their outputs stand at the ends of their range."""
    return draft.add_layer(f'{draft.base.keras}.layers.Dense(24, activation="sigmoid")', 10)


@fault("batchnorm_momentum", "batchnorm_misuse", acceptable=("train_val_shift",))
def batchnorm_momentum(draft: Draft) -> Draft:
    if "batchnorm_misuse" in draft.base.facts.get("edits", {}):
        return draft.edit("batchnorm_misuse")
    return draft.add_layer(f"{draft.base.keras}.layers.BatchNormalization(momentum=0.9999)")


@fault(
    "batchnorm_after_output",
    "batchnorm_misuse",
    acceptable=("loss_logits_mismatch", "wrong_output_activation"),
)
def batchnorm_after_output(draft: Draft) -> Draft:
    return draft.only(task=("binary", "multiclass")).after_output(f"{draft.base.keras}.layers.BatchNormalization()")


@fault(
    "dropout_after_output",
    "dropout_misplaced",
    acceptable=("over_regularised", "numeric_instability"),
)
def dropout_after_output(draft: Draft) -> Draft:
    return draft.after_output(f"{draft.base.keras}.layers.Dropout(0.5)")


@fault("everything_frozen", "frozen_layers")
def everything_frozen(draft: Draft) -> Draft:
    model = draft.base.facts.get("model_object", "model")
    return draft.before(draft.fact("before_compile"), f"for layer in {model}.layers:\n    layer.trainable = False")


@fault("body_frozen", "frozen_layers")
def body_frozen(draft: Draft) -> Draft:
    model = draft.base.facts.get("model_object", "model")
    return draft.before(draft.fact("before_compile"), f"for layer in {model}.layers[:-1]:\n    layer.trainable = False")


@fault("gradient_stopped", "disconnected_layers", acceptable=("frozen_layers",))
def gradient_stopped(draft: Draft) -> Draft:
    if "disconnected_layers" in draft.base.facts.get("edits", {}):
        return draft.edit("disconnected_layers")
    return draft.with_keras().after_output(f"{draft.base.keras}.layers.Lambda({draft.base.keras}.ops.stop_gradient)")


@fault("gradient_stopped_before_head", "disconnected_layers", acceptable=("frozen_layers",))
def gradient_stopped_before_head(draft: Draft) -> Draft:
    return draft.add_layer(f"{draft.base.keras}.layers.Lambda({draft.base.keras}.ops.stop_gradient)")


@fault("rounding", "disconnected_layers", acceptable=("frozen_layers",))
def rounding(draft: Draft) -> Draft:
    if "disconnected_layers_round" in draft.base.facts.get("edits", {}):
        return draft.edit("disconnected_layers_round")
    return draft.add_layer(f"{draft.base.keras}.layers.Lambda(lambda t: {draft.base.keras}.ops.round(t))")
