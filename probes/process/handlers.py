"""The requests that a worker serves: one registry, filled by the modules that answer them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Report = Callable[..., None]
"""``report(text, done=None, total=None)`` tells how far a long request has come."""


@dataclass(frozen=True)
class Serving:
    """What a handler may use.

    Attributes:
        hold: the held program (``Hold``): its call, its places, its case, its description.
        report: sends progress.
        tell: sends an event of the protocol.
    """

    hold: Any
    report: Report
    tell: Callable[[dict[str, Any]], None]

    @contextlib.contextmanager
    def live_case(self) -> Iterator[Any]:
        """The case of the held call, which tells of its curves within this context.

        Raises:
            NothingHeld: there is no case.
        """
        case = self.hold.case()
        case.live.listen(self.tell)
        try:
            yield case
            case.live.flush()
        finally:
            case.live.listen(None)


Handler = Callable[[Serving, Mapping[str, Any]], Mapping[str, Any]]

_registry: dict[str, Handler] = {}


class UnknownRequest(Exception):
    """No handler is registered under that name."""


def handler(name: str) -> Callable[[Handler], Handler]:
    """Register the decorated ``function(serving, arguments) -> JSON values`` for a request.

    Raises:
        ValueError: the name is taken.
    """

    def register(function: Handler) -> Handler:
        taken = _registry.get(name)
        if taken is not None and taken.__module__ != function.__module__:
            raise ValueError(f"two handlers for {name!r}")
        _registry[name] = function
        return function

    return register


def handle(name: str, serving: Serving, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answer a request.

    Raises:
        UnknownRequest: nothing answers to that name.
    """
    if name not in _registry:
        raise UnknownRequest(f"no handler for {name!r}; there are {', '.join(sorted(_registry))}")
    return _registry[name](serving, arguments)


@handler("describe")
def describe(serving: Serving, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The description of the case as it is now."""
    return dict(serving.hold.describe())


@handler("probe")
def probe(serving: Serving, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Run one probe: ``{"probe": id, "seconds": budget}``."""
    from ..measuring import run_failure_probe, run_probe

    wanted, seconds, hold = str(arguments["probe"]), float(arguments["seconds"]), serving.hold
    if hold.failure is not None:
        call = hold.call
        return run_failure_probe(hold.failure, call and call.model, call and call.arguments, wanted, seconds)
    with serving.live_case() as case:
        return run_probe(case, wanted, seconds)


@handler("samples")
def samples(serving: Serving, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Some training samples with their labels, to be shown and not kept: ``{"count": 6, "seed": 0}``."""
    from ..samples import look_at

    return look_at(serving.hold.case(), int(arguments.get("count", 6)), int(arguments.get("seed", 0)))


@handler("trial")
def trial(serving: Serving, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Train with and without treatments; the arguments are those of ``run_trial``."""
    from ..trials.handler import run_trial

    with serving.live_case() as case:
        return run_trial(case, arguments, serving.report)


@handler("counter_trial")
def counter_trial(serving: Serving, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Train on changed rows or labels; the arguments are those of ``run_counter_trial``."""
    from ..trials.handler import run_counter_trial

    with serving.live_case() as case:
        return run_counter_trial(case, arguments, serving.report)


@handler("arms")
def arms(serving: Serving, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Train the case as it is, for a trial of the program that it was edited from; see ``run_arms``."""
    from ..trials.handler import run_arms

    with serving.live_case() as case:
        return run_arms(case, arguments, serving.report)


@handler("tuning")
def tuning(serving: Serving, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Train the case once with other settings; the arguments are those of ``run_tuning``."""
    from ..trials.handler import run_tuning

    with serving.live_case() as case:
        return run_tuning(case, arguments, serving.report)
