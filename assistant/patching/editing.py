"""What an editor works with: the source, the case and the parameters of its treatment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import libcst as cst

from assistant.patching.model import CannotEditError, CaseLike, LayerLike
from assistant.patching.names import last_name
from assistant.patching.source import Source


class Editing:
    """One treatment at work on a source.

    Args:
        source: the program, edited in place.
        case: what is known of the case.
        parameters: values of the treatment.
    """

    def __init__(self, source: Source, case: CaseLike, parameters: Mapping[str, Any]) -> None:
        self.source = source
        self.case = case
        self.parameters = parameters
        self.notes: list[str] = []

    def given(self, name: str, default: Any = None) -> Any:
        """A parameter, or the default where it is not given."""
        value = self.parameters.get(name)
        return default if value is None else value

    def number(self, name: str) -> float:
        """A parameter that has to be a number.

        Raises:
            CannotEditError: it is not given.
        """
        value = self.parameters.get(name)
        if not isinstance(value, (int, float)):
            raise CannotEditError(f"Choose a value for {name.replace('_', ' ')}; none was found by itself.")
        return value

    def word(self, name: str) -> str:
        """A parameter that has to be a name.

        Raises:
            CannotEditError: it is not given.
        """
        value = self.parameters.get(name)
        if not isinstance(value, str):
            raise CannotEditError(f"Choose a value for {name.replace('_', ' ')}; none was found by itself.")
        return value

    def names(self, parameter: str) -> list[str]:
        """The layers that a parameter names, as a list or joined by commas; a mere count names none."""
        given = self.parameters.get(parameter)
        if isinstance(given, str):
            given = given.split(", ")
        return [str(one) for one in given] if isinstance(given, (list, tuple)) else []

    def note(self, sentence: str) -> None:
        """Tell the person what is left to do besides the edit."""
        self.notes.append(sentence)

    def refuse(self, what: str, kind: str | None = None) -> CannotEditError:
        """The refusal that tells a person to do something at a place."""
        return CannotEditError(f"{what}{self.where(kind)}.")

    def where(self, kind: str | None) -> str:
        """A place in words, with a comma before it; empty where it is not known."""
        if kind is None:
            return ""
        anchor = self.source.anchors.get(kind)
        if anchor is None and kind in ("optimizer", "loss", "metrics") and kind not in self.source.elsewhere:
            return self.where("compile")
        if anchor is not None:
            return f" ({self.source.file}, line {self.source.line_at(anchor[0])})"
        place = self.source.elsewhere.get(kind) or self.case.places.get(kind)
        return f" ({place.file}, line {place.line})" if place is not None else ""

    def call(self, kind: str) -> cst.Call:
        """The ``compile`` or ``fit`` call.

        Raises:
            CannotEditError: it is in another file, or it cannot be told which one it is.
        """
        found = self.find_call(kind)
        if found is None:
            raise self.refuse(f"The call of {kind} has to be changed by hand", kind)
        return found

    def find_call(self, kind: str) -> cst.Call | None:
        """The ``compile`` or ``fit`` call: at its place, else the only one in the source."""
        node = unwrapped(self.source.at(kind))
        if isinstance(node, cst.Call):
            return node
        if kind in self.source.elsewhere:
            return None
        calls = [one for one in self.source.all(cst.Call) if isinstance(one.func, cst.Attribute)]
        named = [one for one in calls if last_name(one.func) == kind and not self._is_foreign(one)]
        return named[0] if len(named) == 1 else None

    def _is_foreign(self, call: cst.Call) -> bool:
        """Whether a ``fit`` or ``compile`` is of something else: ``StandardScaler().fit(x)``, ``re.compile``."""
        assert isinstance(call.func, cst.Attribute)
        base = call.func.value
        if isinstance(base, cst.Call):
            return not last_name(base.func).startswith(("Sequential", "Model"))
        return last_name(base) == "re" or "scaler" in last_name(base).lower()

    def layer_call(self, name: str) -> cst.Call:
        """The call that makes a layer.

        Raises:
            CannotEditError: it is in another file, or nowhere to be seen.
        """
        found = self.find_layer_call(name)
        if found is None:
            raise self.refuse(f"The layer {name} has to be changed by hand", f"layer:{name}")
        return found

    def find_layer_call(self, name: str) -> cst.Call | None:
        """The call that makes a layer; None where its place is not in this source."""
        node = unwrapped(self.source.at(f"layer:{name}"))
        return node if isinstance(node, cst.Call) else None

    def layer(self, name: str) -> LayerLike | None:
        """What is known of a layer."""
        return next((one for one in self.case.layers if one.name == name), None)

    def layers_named(self, default: list[LayerLike]) -> list[LayerLike]:
        """The layers that the parameter ``layers`` names, or the default."""
        names = self.names("layers")
        if not names:
            return default
        return [one for one in self.case.layers if one.name in names]

    def shared_calls(self, layers: list[LayerLike]) -> list[str]:
        """One layer's name for each call in the source: a loop makes several layers by one call."""
        seen: dict[tuple[int, int], str] = {}
        missing = []
        for layer in layers:
            anchor = self.source.anchors.get(f"layer:{layer.name}")
            if anchor is None or self.find_layer_call(layer.name) is None:
                missing.append(layer.name)
            else:
                seen.setdefault(anchor, layer.name)
        if not seen and missing:
            raise self.refuse(f"Change the layer {missing[0]} by hand", f"layer:{missing[0]}")
        for name in missing:
            self.note(f"The layer {name} has to be changed by hand{self.where(f'layer:{name}')}.")
        return list(seen.values())

    @property
    def output_layer(self) -> str:
        """Name of the layer that gives the output: a parameter, a fact, or the last one.

        Raises:
            CannotEditError: there is no layer.
        """
        name = self.parameters.get("layer") or self.case.facts.get("output_layer")
        if isinstance(name, str):
            return name
        own = [one for one in self.case.layers if one.inside is None]
        if not own:
            raise CannotEditError("Change the output layer by hand; it could not be found.")
        return own[-1].name


def unwrapped(node: cst.CSTNode | None) -> cst.BaseExpression | None:
    """The expression of an argument, an assignment or a statement."""
    if isinstance(node, (cst.Arg, cst.Assign, cst.AnnAssign, cst.Expr, cst.DictElement, cst.Return)):
        return unwrapped(node.value)
    return node if isinstance(node, cst.BaseExpression) else None
