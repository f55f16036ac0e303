"""Faults of optimizer, schedule, length and regularisation."""

from __future__ import annotations

from ..programs import Draft, NotApplicable
from .operator import fault, from_sidecar

FAST = ("exploding_gradient", "dying_relu", "saturated_activation")
SLOW = ("too_few_epochs", "wrong_optimizer")


def _optimizer(draft: Draft, arguments: str) -> Draft:
    return draft.with_keras().slot("optimizer", f"{draft.base.keras}.optimizers.{arguments}")


@fault("lr_too_high_adam", "lr_too_high", acceptable=FAST)
def lr_too_high_adam(draft: Draft) -> Draft:
    return _optimizer(draft, "Adam(learning_rate=2.0)")


@fault("lr_too_high_sgd", "lr_too_high", acceptable=(*FAST, "numeric_instability"))
def lr_too_high_sgd(draft: Draft) -> Draft:
    return _optimizer(draft, "SGD(40.0)")


@fault("lr_rather_high", "lr_too_high", acceptable=FAST)
def lr_rather_high(draft: Draft) -> Draft:
    return _optimizer(draft, "RMSprop(0.3)")


@fault("lr_too_low_adam", "lr_too_low", acceptable=SLOW)
def lr_too_low_adam(draft: Draft) -> Draft:
    return _optimizer(draft, "Adam(learning_rate=1e-6)")


@fault("lr_too_low_sgd", "lr_too_low", acceptable=SLOW)
def lr_too_low_sgd(draft: Draft) -> Draft:
    return _optimizer(draft, "SGD(learning_rate=1e-4)")


@fault("lr_decays_at_once", "lr_schedule_bad", acceptable=("lr_too_low",))
def lr_decays_at_once(draft: Draft) -> Draft:
    if "lr_schedule_bad" in draft.base.facts.get("edits", {}):
        return draft.edit("lr_schedule_bad")
    return _optimizer(draft, f"Adam({draft.base.keras}.optimizers.schedules.ExponentialDecay(1e-3, 4, 0.6))")


@fault("lr_callback_drops", "lr_schedule_bad", acceptable=("lr_too_low",))
def lr_callback_drops(draft: Draft) -> Draft:
    draft.only(has_callbacks=False)
    callback = f"{draft.base.keras}.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.02)"
    return draft.with_keras().fit_with(f"callbacks=[{callback}]")


@fault("adam_epsilon", "wrong_optimizer", acceptable=("lr_too_low", "too_few_epochs"))
def adam_epsilon(draft: Draft) -> Draft:
    return _optimizer(draft, "Adam(1e-3, epsilon=5.0)")


@fault("adadelta", "wrong_optimizer", "lr_too_low", acceptable=("lr_too_low", "too_few_epochs"))
def adadelta(draft: Draft) -> Draft:
    return _optimizer(draft, "Adadelta()")


@fault("momentum_near_one", "wrong_optimizer", acceptable=("lr_too_high", "exploding_gradient"))
def momentum_near_one(draft: Draft) -> Draft:
    return _optimizer(draft, "SGD(0.2, momentum=0.9995)")


@fault("batch_of_everything", "batch_size_bad", acceptable=("too_few_epochs", "lr_too_low"))
def batch_of_everything(draft: Draft) -> Draft:
    return draft.slot("batch_size", "2048")


@fault("too_few_epochs", acceptable=("lr_too_low", "batch_size_bad"))
def too_few_epochs(draft: Draft) -> Draft:
    return draft.slot("epochs", "1")


fault("stopped_early", "too_few_epochs", acceptable=("lr_schedule_bad",))(from_sidecar("too_few_epochs"))


@fault("clipped_to_nothing", "gradient_clipping_bad", acceptable=("lr_too_low", "wrong_optimizer"))
def clipped_to_nothing(draft: Draft) -> Draft:
    return _optimizer(draft, "SGD(0.05, momentum=0.9, clipnorm=1e-4)")


@fault("clipped_under_epsilon", "gradient_clipping_bad", acceptable=("lr_too_low",))
def clipped_under_epsilon(draft: Draft) -> Draft:
    return _optimizer(draft, "Adam(1e-3, clipvalue=1e-9)")


@fault("penalty_too_strong", "over_regularised")
def penalty_too_strong(draft: Draft) -> Draft:
    return draft.hidden(more=f", kernel_regularizer={draft.base.keras}.regularizers.L2(1.0)")


@fault("dropout_too_strong", "over_regularised", acceptable=("dropout_misplaced",))
def dropout_too_strong(draft: Draft) -> Draft:
    return draft.add_layer(f"{draft.base.keras}.layers.Dropout(0.95)", 2)


@fault("decay_too_strong", "over_regularised", acceptable=("wrong_optimizer",))
def decay_too_strong(draft: Draft) -> Draft:
    return _optimizer(draft, "AdamW(2e-3, weight_decay=150.0)")


@fault(
    "under_regularised",
    acceptable=("model_too_large", "too_little_data", "insufficient_augmentation"),
)
def under_regularised(draft: Draft) -> Draft:
    found = [line for line in draft.text.split("\n") if "Dropout(" in line]
    if not found:
        raise NotApplicable("dropout")
    for line in found:
        draft = draft.swap(line + "\n", "")
    return draft
