"""What was given to ``compile``: the expressions behind the optimizer and the loss."""

from __future__ import annotations

import libcst as cst

from assistant.patching.calls import argument, set_argument
from assistant.patching.editing import Editing, unwrapped
from assistant.patching.names import assignment_of, last_name, path_of, reads, spell
from assistant.patching.statements import delete
from assistant.patching.values import assigned_value, literal, origin

OPTIMIZERS = {
    "sgd": "SGD",
    "adam": "Adam",
    "adamw": "AdamW",
    "rmsprop": "RMSprop",
    "adagrad": "Adagrad",
    "adadelta": "Adadelta",
    "adamax": "Adamax",
    "nadam": "Nadam",
    "ftrl": "Ftrl",
    "adafactor": "Adafactor",
    "lion": "Lion",
    "lamb": "Lamb",
    "muon": "Muon",
}
LOSSES = {
    "binary_crossentropy": "BinaryCrossentropy",
    "bce": "BinaryCrossentropy",
    "binary_focal_crossentropy": "BinaryFocalCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "categorical_focal_crossentropy": "CategoricalFocalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "mean_squared_error": "MeanSquaredError",
    "mse": "MeanSquaredError",
    "mean_absolute_error": "MeanAbsoluteError",
    "mae": "MeanAbsoluteError",
    "mean_absolute_percentage_error": "MeanAbsolutePercentageError",
    "mean_squared_logarithmic_error": "MeanSquaredLogarithmicError",
    "huber": "Huber",
    "log_cosh": "LogCosh",
    "kl_divergence": "KLDivergence",
    "poisson": "Poisson",
    "cosine_similarity": "CosineSimilarity",
    "hinge": "Hinge",
    "squared_hinge": "SquaredHinge",
    "categorical_hinge": "CategoricalHinge",
}


def setting(edit: Editing, name: str, index: int) -> cst.BaseExpression | None:
    """The expression behind an argument of ``compile``, followed through plain names; None where it is not given.

    Raises:
        CannotEditError: it was written in another file.
    """
    if name in edit.source.elsewhere:
        raise edit.refuse(f"Change the {name} by hand", name)
    node = unwrapped(edit.source.at(name))
    if node is None:
        found = argument(edit.call("compile"), name, index)
        node = found.value if found is not None else None
    return node if node is None else followed(edit, node)


def followed(edit: Editing, node: cst.BaseExpression) -> cst.BaseExpression:
    """The expression that a name was last given in its own scope, or through a parameter; the name itself else."""
    for _ in range(4):
        if not isinstance(node, cst.Name):
            break
        statement = assignment_of(edit.source, node.value, node)
        found = assigned_value(statement, node.value) if statement is not None else origin(edit.source, node)
        if found is None or found is node:
            break
        node = found
    return node


def optimizer_class(name: str) -> str:
    """The class of an optimizer's name or class: ``Adam`` of ``adam``."""
    return OPTIMIZERS.get(name.lower(), name)


def optimizer_call(edit: Editing) -> cst.Call:
    """The call that makes the optimizer; a name in quotes, or none at all, is first turned into such a call.

    Raises:
        CannotEditError: the optimizer comes from elsewhere.
    """
    value = setting(edit, "optimizer", 0)
    if value is None:
        spelled = spell(edit.source, "keras.optimizers.RMSprop", edit.call("compile"))
        call = edit.call("compile")
        set_argument(edit.source, call, "optimizer", f"{spelled}()", 0)
    elif isinstance(value, cst.Call):
        if not is_optimizer(edit, value):
            raise edit.refuse("Change the optimizer by hand; it is made elsewhere", "optimizer")
        return value
    else:
        name = literal(edit.source, value)
        if not isinstance(name, str) or name.lower() not in OPTIMIZERS:
            raise edit.refuse("Change the optimizer by hand", "optimizer")
        spelled = spell(edit.source, f"keras.optimizers.{OPTIMIZERS[name.lower()]}", value)
        again = setting(edit, "optimizer", 0)
        assert again is not None
        edit.source.replace(again, f"{spelled}()")
    made = setting(edit, "optimizer", 0)
    if not isinstance(made, cst.Call):
        raise edit.refuse("Change the optimizer by hand", "optimizer")
    return made


def written_optimizer(edit: Editing) -> cst.Call | None:
    """The call that makes the optimizer where there is one in this source."""
    if "optimizer" in edit.source.elsewhere:
        return None
    value = setting(edit, "optimizer", 0) if edit.find_call("compile") is not None else None
    return value if isinstance(value, cst.Call) and is_optimizer(edit, value) else None


def is_optimizer(edit: Editing, call: cst.Call) -> bool:
    """Whether a call makes an optimizer of Keras."""
    path = path_of(edit.source, call.func)
    name = last_name(call.func)
    return name in OPTIMIZERS.values() or (path.startswith("keras.optimizers.") and name[:1].isupper())


def replace_and_tidy(edit: Editing, node: cst.BaseExpression, new: str) -> None:
    """Replace an expression; the assignment of a name that is not read any more goes too."""
    name = node.value if isinstance(node, cst.Name) else None
    edit.source.replace(node, new)
    if name is not None:
        tidy(edit, name)


def tidy(edit: Editing, name: str) -> None:
    """Take out the only assignment of a name that nothing reads."""
    source = edit.source
    if reads(source, name):
        return
    found = [one for one in source.all(cst.Assign) if assigned_value(one, name) is not None]
    alone = [one for one in found if len(one.targets) == 1 and isinstance(one.targets[0].target, cst.Name)]
    if len(found) == 1 and alone and source.around(found[0], cst.ClassDef) is None:
        delete(source, alone[0])
