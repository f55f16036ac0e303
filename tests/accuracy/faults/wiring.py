"""Faults of loss, output layer, metric and training step."""

from __future__ import annotations

from ..programs import Draft, NotApplicable
from .operator import fault, from_sidecar

HEAD = ("loss_logits_mismatch", "wrong_loss")


def _output(draft: Draft, activation: str) -> Draft:
    if draft.value("output_activation") == f'"{activation}"':
        raise NotApplicable(activation)
    return draft.output_activation(activation)


@fault("output_relu", "wrong_output_activation", acceptable=(*HEAD, "dying_relu"))
def output_relu(draft: Draft) -> Draft:
    return _output(draft.only(task=("binary", "multiclass", "regression")), "relu")


@fault("output_softmax_on_one", "wrong_output_activation")
def output_softmax_on_one(draft: Draft) -> Draft:
    return _output(draft.only(task=("binary", "regression", "mixed")), "softmax")


@fault("output_sigmoid", "wrong_output_activation", acceptable=("wrong_loss",))
def output_sigmoid(draft: Draft) -> Draft:
    return _output(draft.only(task=("multiclass", "regression")), "sigmoid")


@fault("output_tanh", "wrong_output_activation", acceptable=(*HEAD, "numeric_instability"))
def output_tanh(draft: Draft) -> Draft:
    return _output(draft.only(task=("binary", "multiclass", "reconstruction")), "tanh")


@fault(
    "loss_mse_on_class_ids",
    "wrong_loss",
    acceptable=("label_encoding_mismatch", "shape_broadcast"),
)
def loss_mse_on_class_ids(draft: Draft) -> Draft:
    return draft.only(task="multiclass", onehot=False).slot("loss", '"mse"')


@fault("loss_mae_on_one_hot", "wrong_loss")
def loss_mae_on_one_hot(draft: Draft) -> Draft:
    return draft.only(onehot=True).slot("loss", '"mean_absolute_percentage_error"')


@fault("loss_crossentropy_on_numbers", "wrong_loss", acceptable=("wrong_output_activation",))
def loss_crossentropy_on_numbers(draft: Draft) -> Draft:
    return draft.only(task="regression").slot("loss", '"binary_crossentropy"')


@fault("loss_categorical_on_one_unit", "wrong_loss", acceptable=("wrong_output_activation",))
def loss_categorical_on_one_unit(draft: Draft) -> Draft:
    return draft.only(task=("binary", "regression")).slot("loss", '"categorical_crossentropy"')


@fault("loss_percentage", "wrong_loss")
def loss_percentage(draft: Draft) -> Draft:
    return draft.only(task=("regression", "reconstruction")).slot("loss", '"mape"')


@fault("loss_hinge", "wrong_loss", acceptable=("label_encoding_mismatch",))
def loss_hinge(draft: Draft) -> Draft:
    return draft.only(task="binary").slot("loss", '"hinge"')


@fault("output_without_activation", "loss_logits_mismatch", acceptable=("wrong_output_activation",))
def output_without_activation(draft: Draft) -> Draft:
    if not draft.value("output_activation") or draft.task_is("reconstruction"):
        raise NotApplicable("activation")
    return draft.output_activation(None)


@fault("loss_not_told_of_logits", "loss_logits_mismatch", acceptable=("wrong_output_activation",))
def loss_not_told_of_logits(draft: Draft) -> Draft:
    return draft.only(logits=True).swap("from_logits=True", "")


@fault("logits_twice", "loss_logits_mismatch", acceptable=("wrong_output_activation",))
def logits_twice(draft: Draft) -> Draft:
    if draft.base.facts.get("logits"):
        return _output(draft, "softmax" if draft.task_is("multiclass") else "sigmoid")
    names = {"multiclass": "SparseCategoricalCrossentropy", "binary": "BinaryCrossentropy"}
    name = names.get(draft.only(onehot=False).base.task)
    if name is None:
        raise NotApplicable("classes")
    return draft.with_keras().slot("loss", f"{draft.base.keras}.losses.{name}(from_logits=True)")


@fault("metric_accuracy_on_numbers", "wrong_metric", judged_by="metric")
def metric_accuracy_on_numbers(draft: Draft) -> Draft:
    return draft.only(task="regression").slot("metrics", '["accuracy"]')


fault("shape_broadcast", acceptable=("training_step_wrong",))(from_sidecar("shape_broadcast"))
fault("custom_numeric_instability", "numeric_instability", acceptable=("training_step_wrong",))(
    from_sidecar("numeric_instability")
)

UNSTABLE = ("disconnected_layers", "dying_relu", "exploding_gradient")


@fault("log_of_zero", "numeric_instability", acceptable=UNSTABLE)
def log_of_zero(draft: Draft) -> Draft:
    return draft.add_layer(f"{draft.base.keras}.layers.Lambda(lambda t: {draft.base.keras}.ops.log(t))")


@fault("division_by_zero", "numeric_instability", acceptable=UNSTABLE)
def division_by_zero(draft: Draft) -> Draft:
    keras = draft.base.keras
    layer = f"{keras}.layers.Lambda(lambda t: t / {keras}.ops.std(t - t, axis=-1, keepdims=True))"
    return draft.add_layer(layer)


@fault("root_of_negative", "numeric_instability", acceptable=("wrong_loss",))
def root_of_negative(draft: Draft) -> Draft:
    keras = draft.only(task="regression").base.keras
    return draft.slot("loss", f"lambda truth, guess: {keras}.ops.mean({keras}.ops.sqrt(truth - guess))")


@fault("log_loss_unguarded", "numeric_instability", acceptable=("wrong_loss", "exploding_gradient"))
def log_loss_unguarded(draft: Draft) -> Draft:
    keras = draft.only(task="binary", logits=False).base.keras
    formula = f"-{keras}.ops.mean(t * {keras}.ops.log(p) + (1 - t) * {keras}.ops.log(1 - p))"
    cast = f't = {keras}.ops.cast(t, "float32")'
    anchor = draft.fact("before_compile")
    draft = draft.with_keras().before(anchor, f"def log_loss(t, p):\n    {cast}\n    return {formula}\n\n")
    return draft.slot("loss", "log_loss").add_layer(f"{keras}.layers.Lambda(lambda h: 40.0 * h)")


STEP = """class Trainer(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            predictions = self(x, training=True)
            loss = {sign}self.compute_loss(y=y, y_pred=predictions)
        gradients = tape.gradient(loss, self.trainable_variables)
{apply}        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state({sign}loss)
            else:
                metric.update_state(y, predictions)
        return {{metric.name: metric.result() for metric in self.metrics}}


"""
APPLY = "        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))\n"


def _step(draft: Draft, sign: str, apply: str) -> Draft:
    draft = draft.slot("model_class", "Trainer")
    place: str = draft.fact("class_before")
    code = STEP.format(sign=sign, apply=apply).rstrip("\n")
    return draft.importing("import tensorflow as tf").before(place, code + "\n\n")


@fault("step_never_applies", "training_step_wrong", acceptable=("disconnected_layers",))
def step_never_applies(draft: Draft) -> Draft:
    if "training_step_no_apply" in draft.base.facts.get("edits", {}):
        return draft.edit("training_step_no_apply")
    draft.only(task=("multiclass", "regression", "reconstruction"))
    return _step(draft, "", "")


@fault("step_climbs", "training_step_wrong")
def step_climbs(draft: Draft) -> Draft:
    if "training_step_sign" in draft.base.facts.get("edits", {}):
        return draft.edit("training_step_sign")
    return _step(draft.only(task=("multiclass", "regression", "reconstruction")), "-", APPLY)


@fault("loss_name_misspelt", "program_error", acceptable=("wrong_loss",))
def loss_name_misspelt(draft: Draft) -> Draft:
    loss = draft.value("loss")
    if not loss.startswith('"'):
        raise NotApplicable("a loss by name")
    return draft.slot("loss", loss[:-2] + '"')


@fault("file_missing", "program_error")
def file_missing(draft: Draft) -> Draft:
    return draft.with_numpy().before(draft.fact("before_compile"), 'weights_by_row = np.load("row_weights.npy")')


@fault("name_misspelt", "program_error")
def name_misspelt(draft: Draft) -> Draft:
    ready = draft.fact("ready")
    return draft.before(ready["before"], f'print("rows:", len({ready["x"]}_))')
