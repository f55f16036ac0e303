"""The ways of a signal from inputs to outputs, read from the graph of layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def kept_on_best_path(model: Any, rate_of: Callable[[Any], float]) -> float | None:
    """Product of 1 - rate over the dropouts of the path that keeps most, of the worst output; None without a graph.

    What is dropped in a branch that is added to its own input, as in a residual block, still comes past it. Of a layer
    of the program's own the highest rate within counts, for nothing tells how its parts follow each other.
    """
    graph = _graph(model)
    if graph is None:
        return None
    kept = {id(one): 1.0 for one in graph.inputs}
    for node in _in_order(graph):
        arriving = [kept[id(one)] for one in node.input_tensors if id(one) in kept]
        leaving = max(arriving, default=1.0) * _through(node.operation, rate_of)
        kept.update({id(one): leaving for one in node.outputs if id(one) not in kept})
    return min((kept.get(id(one), 1.0) for one in graph.outputs), default=1.0)


def goes_past(model: Any, layer: Any) -> bool:
    """Whether what a layer reads reaches every output by another way too; false without a graph.

    Ways that begin at other inputs than those that lead to the layer do not count: they carry something else.
    """
    graph = _graph(model)
    if graph is None:
        return False
    free = _leading_to(graph, layer)
    for node in _in_order(graph):
        blocked = _holds(node.operation, layer) and not goes_past(node.operation, layer)
        if not blocked and any(id(one) in free for one in node.input_tensors):
            free |= {id(one) for one in node.outputs}
    return bool(free) and all(id(one) in free for one in graph.outputs)


def _leading_to(graph: Any, layer: Any) -> set[int]:
    """The inputs of a graph from which a way leads to a layer."""
    wanted: set[int] = set()
    for node in reversed(list(_in_order(graph))):
        if _holds(node.operation, layer) or any(id(one) in wanted for one in node.outputs):
            wanted |= {id(one) for one in node.input_tensors}
    return wanted & {id(one) for one in graph.inputs}


def _holds(operation: Any, layer: Any) -> bool:
    return operation is layer or layer in getattr(operation, "_flatten_layers", list)()


def _graph(model: Any) -> Any:
    graph = getattr(model, "_functional", None) or model
    return graph if getattr(graph, "_nodes_by_depth", None) else None


def _in_order(graph: Any) -> Iterator[Any]:
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        yield from graph._nodes_by_depth[depth]


def _through(operation: Any, rate_of: Callable[[Any], float]) -> float:
    inner = kept_on_best_path(operation, rate_of)
    if inner is not None:
        return inner
    within = getattr(operation, "_flatten_layers", None)
    layers = [operation, *within(include_self=False)] if within is not None else []
    return 1.0 - max((rate_of(one) for one in layers), default=0.0)
