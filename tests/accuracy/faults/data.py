"""Faults of the data."""

from __future__ import annotations

from ..programs import Draft, NotApplicable
from .operator import fault

OVERFIT = ("under_regularised", "model_too_large", "insufficient_augmentation")


@fault("inputs_nan", acceptable=("numeric_instability",))
def inputs_nan(draft: Draft) -> Draft:
    if "inputs_nan" in draft.base.facts.get("edits", {}):
        return draft.edit("inputs_nan")
    if draft.arrays.get("frame"):
        return draft.both("{x}.iloc[::23, 0] = float('nan')")
    return draft.floats().both("{x}[::23, 0] = np.nan")


@fault("inputs_infinite", "inputs_nan", acceptable=("numeric_instability",))
def inputs_infinite(draft: Draft) -> Draft:
    return draft.floats().only(kind=("table", "mixed")).both("{x}[::31, 1] = 1.0 / np.zeros(len({x}[::31]))")


@fault("targets_nan", acceptable=("numeric_instability",))
def targets_nan(draft: Draft) -> Draft:
    draft.only(task=("regression", "mixed"))
    ready = draft.fact("ready")
    return draft.with_numpy().before(ready["before"], f"{ready['y']}[::29] = np.nan")


@fault("inputs_not_scaled", acceptable=("saturated_activation", "dying_relu", "exploding_gradient"))
def inputs_not_scaled(draft: Draft) -> Draft:
    for place, value in zip(draft.fact("scaling"), draft.fact("unscaled"), strict=True):
        draft = draft.fill(place, value)
    return draft


@fault("inputs_raw_units", "inputs_not_scaled", acceptable=("saturated_activation", "dying_relu"))
def inputs_raw_units(draft: Draft) -> Draft:
    return draft.only(kind=("table", "sequence")).floats().each("{x} = {x} * 250.0 + 4000.0")


@fault("inputs_uneven_scales", "inputs_not_scaled", acceptable=("dying_relu", "exploding_gradient"))
def inputs_uneven_scales(draft: Draft) -> Draft:
    return draft.only(kind="table").floats().each("{x} = {x} * np.geomspace(1e-3, 1e5, {x}.shape[1])")


@fault("inputs_constant", acceptable=("inputs_uninformative", "poor_image_quality"))
def inputs_constant(draft: Draft) -> Draft:
    return draft.only(kind="image").floats().both("{x} = {x} // 255")


@fault(
    "inputs_never_filled",
    "inputs_constant",
    acceptable=("inputs_uninformative", "train_val_shift"),
)
def inputs_never_filled(draft: Draft) -> Draft:
    code = (
        'filled = np.zeros({x}.shape, dtype="float32")\n'
        "for row, values in zip(filled, {x}):\n    row = values\n"
        "{x} = filled"
    )
    return draft.only(kind=("table", "sequence")).floats().train(code)


@fault("duplicate_inputs", acceptable=("too_little_data", "low_variety", *OVERFIT))
def duplicate_inputs(draft: Draft) -> Draft:
    if "duplicate_inputs" in draft.base.facts.get("edits", {}):
        return draft.edit("duplicate_inputs")
    draft.fact("ready")
    return draft.floats().train("rows = np.resize(np.arange(12), len({x}))\n{x}, {y} = {x}[rows], {y}[rows]")


@fault("inputs_uninformative", acceptable=("labels_misaligned",))
def inputs_uninformative(draft: Draft) -> Draft:
    draft.only(task=("binary", "multiclass", "regression"))
    if draft.arrays.get("integer"):
        return draft.both("{x} = np.random.randint(1, {x}.max() + 1, {x}.shape)")
    return draft.floats().both('{x} = np.random.normal(size={x}.shape).astype("float32")')


@fault("targets_not_scaled", acceptable=("lr_too_low", "exploding_gradient"))
def targets_not_scaled(draft: Draft) -> Draft:
    for place, value in zip(draft.fact("targets"), draft.fact("targets_unscaled"), strict=True):
        draft = draft.fill(place, value)
    return draft


@fault("targets_in_cents", "targets_not_scaled", acceptable=("lr_too_low",))
def targets_in_cents(draft: Draft) -> Draft:
    return draft.only(task="regression").each("{y} = {y} * 5000.0 + 90000.0")


@fault("labels_misaligned", acceptable=("label_noise", "inputs_uninformative"))
def labels_misaligned(draft: Draft) -> Draft:
    if "labels_misaligned" in draft.base.facts.get("edits", {}):
        return draft.edit("labels_misaligned")
    if draft.task_is("reconstruction"):
        raise NotApplicable("labels")
    return draft.only(kind=("table", "image", "sequence", "text")).both_inputs(
        "{x} = {x}[np.random.permutation(len({x}))]"
    )


@fault(
    "labels_shuffled",
    "labels_misaligned",
    acceptable=("label_noise", "inputs_uninformative", "train_val_shift"),
)
def labels_shuffled(draft: Draft) -> Draft:
    return draft.train("{y} = np.random.permutation({y})")


@fault("label_noise", acceptable=("labels_misaligned", "inputs_uninformative"))
def label_noise(draft: Draft) -> Draft:
    if draft.arrays.get("frame") or draft.arrays.get("perstep"):
        raise NotApplicable("array of labels")
    return draft.both("wrong = np.random.random(len({y})) < 0.6\n{y}[wrong] = np.random.permutation({y}[wrong])")


@fault("labels_from_one", "label_encoding_mismatch", acceptable=("architecture_data_mismatch",))
def labels_from_one(draft: Draft) -> Draft:
    if "label_encoding_mismatch" in draft.base.facts.get("edits", {}):
        return draft.edit("label_encoding_mismatch")
    return draft.only(task="multiclass", onehot=False).each("{y} = {y} + 1")


@fault("labels_minus_one", "label_encoding_mismatch", acceptable=("wrong_loss",), judged_by="metric")
def labels_minus_one(draft: Draft) -> Draft:
    return draft.only(task="binary").both("{y} = {y} * 2 - 1")


@fault("labels_one_two", "label_encoding_mismatch", acceptable=("wrong_loss",))
def labels_one_two(draft: Draft) -> Draft:
    return draft.only(task="binary").both("{y} = {y} + 1")


@fault("labels_one_hot", "label_encoding_mismatch", acceptable=("wrong_loss",))
def labels_one_hot(draft: Draft) -> Draft:
    classes = draft.only(task="multiclass", onehot=False).fact("classes")
    return draft.each(f"{{y}} = np.eye({classes})[{{y}}]")


@fault("labels_integer", "label_encoding_mismatch", acceptable=("wrong_loss",))
def labels_integer(draft: Draft) -> Draft:
    return draft.only(onehot=True).both("{y} = {y}.argmax(axis=1)")


@fault("labels_divided", "label_encoding_mismatch", acceptable=("wrong_loss", "targets_not_scaled"))
def labels_divided(draft: Draft) -> Draft:
    return draft.only(task="multiclass", onehot=False, kind="image").each('{y} = ({y} / 255.0).astype("float32")')


RARE = ("wrong_metric", "too_little_data", "too_few_epochs", "train_val_shift")


@fault("class_imbalance", acceptable=RARE)
def class_imbalance(draft: Draft) -> Draft:
    if "class_imbalance" in draft.base.facts.get("edits", {}):
        return draft.edit("class_imbalance")
    draft.only(task=("binary", "multiclass"), onehot=False)
    common = "{y} < 1" if draft.task_is("binary") or draft.base.facts.get("classes", 2) < 5 else "{y} < 3"
    return draft.train(
        f"kept = ({common}) | (np.random.random(len({{y}})) < 0.015)\n{{x}}, {{y}} = {{x}}[kept], {{y}}[kept]"
    )


@fault("class_weight_heavy", "class_weight_misuse", acceptable=("class_imbalance",))
def class_weight_heavy(draft: Draft) -> Draft:
    if "class_weight_misuse_swapped" in draft.base.facts.get("edits", {}):
        return draft.edit("class_weight_misuse_swapped")
    draft.only(task=("binary", "multiclass"))
    if draft.arrays.get("perstep"):
        raise NotApplicable("one label a row")
    count = 2 if draft.task_is("binary") else draft.fact("classes")
    weights = ", ".join(f"{k}: {'1.0' if k else '300.0'}" for k in range(count))
    return draft.fit_with(f"class_weight={{{weights}}}")


@fault("class_weight_zero", "class_weight_misuse", acceptable=("class_imbalance",))
def class_weight_zero(draft: Draft) -> Draft:
    count = draft.only(task="multiclass").fact("classes")
    if draft.arrays.get("perstep"):
        raise NotApplicable("one label a row")
    weights = ", ".join(f"{k}: {'1.0' if 2 * k < count else '0.0'}" for k in range(count))
    return draft.fit_with(f"class_weight={{{weights}}}")


@fault("class_weight_as_loss_weights", "class_weight_misuse")
def class_weight_as_loss_weights(draft: Draft) -> Draft:
    if "class_weight_misuse_loss_weights" in draft.base.facts.get("edits", {}):
        return draft.edit("class_weight_misuse_loss_weights")
    loss = draft.only(task=("binary", "multiclass")).value("loss")
    if f"loss={loss}" not in draft.text:
        raise NotApplicable("loss=")
    count = 2 if draft.task_is("binary") else draft.fact("classes")
    return draft.slot("loss", f"{loss}, loss_weights={[1.0] * (count - 1) + [4.0]}")


@fault("too_little_data", acceptable=(*OVERFIT, "low_variety", "too_few_epochs"))
def too_little_data(draft: Draft) -> Draft:
    draft.fact("ready")
    few = draft.base.facts.get("few", 14)
    return draft.train(f"{{x}}, {{y}} = {{x}}[:{few}], {{y}}[:{few}]").slot("epochs", "60")


@fault("low_variety", acceptable=("duplicate_inputs", "too_little_data", *OVERFIT))
def low_variety(draft: Draft) -> Draft:
    draft.only(task=("binary", "multiclass"), onehot=False, imbalanced=False).fact("ready")
    code = (
        "chosen = np.random.choice([np.flatnonzero({y} == k)[0] for k in np.unique({y})], len({y}))\n"
        "{x}, {y} = {x}[chosen] + np.random.normal(0, 0.01, {x}.shape), {y}[chosen]"
    )
    return draft.floats().train(code)


@fault("augmentation_too_strong", "insufficient_augmentation", acceptable=("over_regularised",))
def augmentation_too_strong(draft: Draft) -> Draft:
    if "insufficient_augmentation" in draft.base.facts.get("edits", {}):
        return draft.edit("insufficient_augmentation")
    place = draft.fact("augment")
    layer = f"{draft.base.keras}.layers.RandomTranslation(0.9, 0.9, fill_mode='constant')"
    if "then" in place:
        draft = draft.fill(*place["then"])
    return draft.before(place["before"], place["as"].format(layer=layer))


LAYOUT = ("labels_misaligned", "inputs_uninformative")


@fault("inputs_reshaped_for_transposed", "input_layout_wrong", acceptable=LAYOUT)
def inputs_reshaped_for_transposed(draft: Draft) -> Draft:
    return draft.only(kind="table").floats().each("{x} = {x}.reshape({x}.shape[::-1]).T")


@fault("channels_first", "input_layout_wrong", acceptable=("architecture_data_mismatch",))
def channels_first(draft: Draft) -> Draft:
    return draft.only(kind="image").floats().each("{x} = np.moveaxis({x}, -1, 1)")


@fault("steps_and_features_swapped", "input_layout_wrong", acceptable=("architecture_data_mismatch",))
def steps_and_features_swapped(draft: Draft) -> Draft:
    return draft.only(kind="sequence").floats().both("{x} = {x}.transpose(0, 2, 1)")


@fault(
    "images_overexposed",
    "poor_image_quality",
    acceptable=("inputs_uninformative", "inputs_constant"),
)
def images_overexposed(draft: Draft) -> Draft:
    return draft.only(kind="image").floats().each("{x} = np.clip({x} + 0.95 * {x}.max(), None, {x}.max())")


@fault("images_grainy", "poor_image_quality", acceptable=("inputs_uninformative",))
def images_grainy(draft: Draft) -> Draft:
    return draft.only(kind="image").floats().each("{x} = {x} + {x}.max() * np.random.normal(0, 1.2, {x}.shape)")


@fault("images_blurred", "poor_image_quality", acceptable=("inputs_uninformative",))
def images_blurred(draft: Draft) -> Draft:
    draft = draft.importing("from scipy.ndimage import uniform_filter")
    return draft.only(kind="image").floats().each("{x} = uniform_filter({x}, (0, 15, 15, 0))")


@fault("sorted_before_split", "data_not_shuffled", acceptable=("train_val_shift",))
def sorted_before_split(draft: Draft) -> Draft:
    place = draft.fact("sort")
    draft = draft.with_numpy().before(place["before"], place["as"])
    return draft.fill(*place["also"]) if "also" in place else draft


@fault(
    "sorted_unshuffled",
    "data_not_shuffled",
    acceptable=("train_val_shift", "batch_size_bad"),
)
def sorted_unshuffled(draft: Draft) -> Draft:
    if "data_not_shuffled" in draft.base.facts.get("edits", {}):
        return draft.edit("data_not_shuffled")
    draft.only(task=("binary", "multiclass", "regression"), onehot=False).fact("ready")
    if draft.arrays.get("frame") or draft.arrays.get("integer") or "batch(" in draft.text:
        raise NotApplicable("arrays given to fit")
    return draft.train("order = np.argsort({y})\n{x}, {y} = {x}[order], {y}[order]").fit_with("shuffle=False")


@fault("validation_not_scaled", "train_val_shift", acceptable=("inputs_not_scaled",))
def validation_not_scaled(draft: Draft) -> Draft:
    ready = draft.fact("ready")
    if ready.get("integer"):
        raise NotApplicable("numbers")
    change = "* 40.0 + 300.0" if draft.base.facts["kind"] != "image" else "* 255.0"
    return draft.before(ready["before"], f"{ready['x_val']} = {ready['x_val']} {change}")


@fault("padding_masking", acceptable=("too_few_epochs", "lr_too_low", "vanishing_gradient"))
def padding_masking(draft: Draft) -> Draft:
    length_place, length, mask_place, mask = draft.fact("padding")
    return draft.fill(length_place, length).fill(mask_place, mask)
