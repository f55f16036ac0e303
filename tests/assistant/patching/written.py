"""Cases made from source text alone: places are found by reading it, as a worker finds them by running it."""

from __future__ import annotations

import ast
import subprocess
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.patching import Patched, Treatment, patch

LAYERS = (
    *("Input", "InputLayer", "Dense", "Conv2D", "Conv1D", "Flatten", "Dropout", "MaxPooling2D", "BatchNormalization"),
    *("Activation", "ReLU", "Softmax", "LSTM", "GRU", "Embedding", "GlobalAveragePooling1D", "SpatialDropout1D"),
    *("ActivityRegularization", "Rescaling", "Bidirectional", "RandomFlip", "RandomRotation", "RandomZoom"),
)
OPTIMIZERS = ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Nadam"]


@dataclass(frozen=True)
class Place:
    file: str
    line: int
    end_line: int | None
    column: int | None
    end_column: int | None
    code: str = ""


@dataclass(frozen=True)
class Layer:
    name: str
    class_name: str
    output_shape: Any = None
    activation: str | None = None
    inside: str | None = None
    trainable: bool = True
    parameters: int = 1


@dataclass(frozen=True)
class Data:
    kind: str = "array"
    shapes: tuple[tuple[int | None, ...], ...] = ((100, 4),)
    dtypes: tuple[str, ...] = ("float32",)


@dataclass(frozen=True)
class Model:
    class_name: str = "Sequential"


@dataclass(frozen=True)
class Case:
    layers: tuple[Layer, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    data: Mapping[str, Data] = field(default_factory=dict)
    model: Model = Model()


def case_of(
    source: str,
    *,
    file: str = "train.py",
    x: Data | None = None,
    y: Data | None = None,
    model: str = "Sequential",
    shapes: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Case:
    """The case of a program: layers in the order of the text, named as Keras names them."""
    places: dict[str, Place] = {}
    layers: list[Layer] = []
    counts: dict[str, int] = {}
    for node in sorted(_calls(source), key=lambda one: (one.lineno, one.col_offset)):
        name = _last(node.func)
        if name in ("compile", "fit"):
            places[name] = _place(source, node, file)
            for one in node.keywords:
                if one.arg in ("optimizer", "loss", "metrics"):
                    places[one.arg] = _place(source, one, file)
                places[f"{name}.{one.arg}"] = _place(source, one, file)
        elif name in OPTIMIZERS:
            places["optimizer"] = _place(source, node, file)
        elif name in LAYERS:
            kind = "InputLayer" if name == "Input" else name
            if kind == "InputLayer" and model == "Sequential":
                continue
            base = _snake(kind)
            number = counts.get(base, 0)
            counts[base] = number + 1
            given = {one.arg: one.value for one in node.keywords}
            named = given.get("name")
            label = named.value if isinstance(named, ast.Constant) else None
            own = str(label or (f"{base}_{number}" if number else base))
            places[f"layer:{own}"] = _place(source, node, file)
            layers.append(Layer(own, kind, (shapes or {}).get(own), _activation(node, kind, given)))
        elif name == model and name != "Sequential":
            places["model"] = _place(source, node, file)
    known = {"output_layer": layers[-1].name if layers else None, **(facts or {})}
    data = {"x": x or Data(), "y": y or Data(shapes=((100,),), dtypes=("int64",))}
    return Case(tuple(layers), known, places, data, Model(model))


def _activation(node: ast.Call, kind: str, given: Mapping[str | None, ast.expr]) -> str | None:
    value = given.get("activation") or (node.args[0] if kind == "Activation" and node.args else None)
    if isinstance(value, ast.Constant):
        return str(value.value)
    if value is not None:
        return "sigmoid"
    return "linear" if kind in ("Dense", "Conv2D", "Conv1D") else "tanh" if kind in ("LSTM", "GRU") else None


def _calls(source: str) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _snake(name: str) -> str:
    text = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
    return {"conv2_d": "conv2d", "max_pooling2_d": "max_pooling2d", "re_l_u": "re_lu"}.get(text, text)


def _place(source: str, node: Any, file: str) -> Place:
    lines = source.splitlines()

    def column(line: int, count: int) -> int:
        return len(lines[line - 1].encode()[:count].decode())

    start, end = column(node.lineno, node.col_offset), column(node.end_lineno, node.end_col_offset)
    return Place(file, node.lineno, node.end_lineno, start, end, ast.get_source_segment(source, node) or "")


def text(source: str) -> str:
    """Source without the indentation of the test around it."""
    return textwrap.dedent(source).lstrip("\n")


def treated(source: str, treatment: str, parameters: Mapping[str, Any] | None = None, **known: Any) -> Patched:
    """A program with one treatment written into it."""
    return patch(source, "train.py", [Treatment(treatment, parameters or {})], case_of(source, **known))


def edited(source: str, treatment: str, parameters: Mapping[str, Any] | None = None, **known: Any) -> str:
    """The program afterwards; its instructions where nothing was edited."""
    found = treated(source, treatment, parameters, **known)
    assert found.diff is not None, found.instructions
    return found.edited_source


def apply_by_tools(folder: Path, source: str, patched: Patched, file: str = "train.py") -> None:
    """Let git and patch apply a diff and compare what they make of it with the edited source."""
    assert patched.diff is not None
    for tool in (["git", "apply", "-p1", "fix.diff"], ["patch", "-p1", "-s", "-i", "fix.diff"]):
        work = folder / tool[0]
        work.mkdir(parents=True)
        (work / file).parent.mkdir(parents=True, exist_ok=True)
        (work / file).write_bytes(source.encode())
        (work / "fix.diff").write_bytes(patched.diff.encode())
        if tool[0] == "git":
            subprocess.run(["git", "init", "-q", "."], cwd=work, check=True, capture_output=True)
        done = subprocess.run(tool, cwd=work, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{tool[0]}: {done.stderr or done.stdout}\n{patched.diff}"
        assert (work / file).read_bytes() == patched.edited_source.encode()
