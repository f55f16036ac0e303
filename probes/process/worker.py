"""The worker: runs the program up to the wanted call of ``fit``, stays inside that call, and serves requests."""

from __future__ import annotations

import faulthandler
import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from typing import Any, NoReturn

from ..measurement import to_wire
from . import execution
from .failing import ended, failure_of
from .further_fits import fits_of_other_models, further_fits
from .handlers import Serving, UnknownRequest, handle
from .holding import FitCall, Hold, Holder, NothingHeld
from .interception import WrongBackend, install
from .own_loop import advice
from .places import Places
from .protocol import Channel, Message
from .refusing import GRAPHS_ONLY, graphs_only, refusal


def start(channel: int, trace: int) -> None:
    """Serve one program over the socket with this descriptor.

    Args:
        channel: descriptor of the private socket.
        trace: descriptor that Python's stack is written to when the worker crashes or is asked where it is.
    """
    for descriptor in (channel, trace):
        os.set_inheritable(descriptor, False)
    faulthandler.enable(file=trace, all_threads=False)
    faulthandler.register(signal.SIGUSR1, file=trace, all_threads=False)
    private = Channel(socket.socket(fileno=channel))
    order = private.receive()
    if order is None:
        os._exit(0)
    try:
        Worker(private, order).run()
    except BaseException as error:
        traceback.print_exc()
        message = f"The worker itself failed: {type(error).__name__}: {str(error)[:300]}."
        private.send({"event": "broken", "message": message})
        raise


class Worker:
    """One program and the socket over which its case is served.

    Args:
        channel: the private socket.
        order: what to run: ``program``, ``arguments``, ``environment``, ``fit``, ``listing``.
    """

    def __init__(self, channel: Channel, order: Mapping[str, Any]) -> None:
        self._channel = channel
        self._program = str(order["program"])
        self._order = order
        self._places = Places(self._program)
        self._holder = Holder(self._places, int(order["fit"]), bool(order["listing"]), self._hold)
        self._serving = threading.Event()

    def run(self) -> NoReturn:
        """Run the program; never returns."""
        began = time.perf_counter()
        self._holder.began = began
        failure = None
        try:
            execution.prepare(self._program, self._order["arguments"], self._order["environment"])
            install(self._places, self._holder)
            code = execution.compiled(self._program)
            self._channel.send({"event": "stage", "text": "running the program"})
            execution.run(code, self._program)
            self._holder.finish()
        except WrongBackend as refusal:
            self._refuse(str(refusal))
        except SystemExit as leaving:
            failure = self._left(leaving)
        except BaseException as error:  # noqa: BLE001 - whatever ends the program is what we report
            failure = self._failed(error)
        if self._serving.is_set():
            # The training is held in another thread of the program.
            threading.Event().wait()
        failure = failure or ended(self._no_fit())
        self._serve(Hold(self._failed_call(failure), self._places, self._about(), failure))

    def _failed_call(self, failure: Mapping[str, Any]) -> FitCall | None:
        """The training call whose own error ended the program."""
        return self._holder.raised_by if failure["stage"] == "in_fit" else None

    def _hold(self, call: FitCall) -> NoReturn:
        sentence = refusal(call.model)
        if sentence is not None:
            self._refuse(sentence)
        self._serve(Hold(call, self._places, self._about()))

    def _left(self, leaving: SystemExit) -> dict[str, Any]:
        try:
            self._holder.finish()
        except Exception as error:  # noqa: BLE001 - building the model runs the user's own code
            return self._failed(error)
        if self._holder.seen:
            return ended(self._no_fit())
        status = leaving.code
        words = f"exit status {status or 0}" if status is None or isinstance(status, int) else f"the words {status!r}"
        return {
            **failure_of(leaving, self._places, "no_fit"),
            "message": f"The program ended with {words} before any `fit`.",
        }

    def _failed(self, error: BaseException) -> dict[str, Any]:
        execution.print_error(error)
        backend = os.environ.get("KERAS_BACKEND") or "tensorflow"
        if isinstance(error, ImportError) and backend != "tensorflow":
            self._refuse(f"The program runs Keras on {backend}; only TensorFlow is supported.")
        if graphs_only():
            self._refuse(GRAPHS_ONLY)
        stage = "in_fit" if error is self._holder.raised else "before_fit"
        return failure_of(error, self._places, stage)

    def _refuse(self, sentence: str) -> NoReturn:
        self._channel.send({"event": "refused", "message": sentence})
        _leave()

    def _no_fit(self) -> str:
        seen = len(self._holder.seen)
        if seen and self._order["listing"]:
            return f"The program trains {seen} time{'s' * (seen > 1)}; each ran for one step."
        if seen:
            return f"The program trains {seen} time{'s' * (seen > 1)}; there is no fit {self._order['fit']}."
        if "GradientTape" in self._places.source(self._program).text:
            sentence = "The program ended without calling `fit`; a loop of its own over a GradientTape cannot be held."
            return f"{sentence} {advice(vars(sys.modules['__main__']))}"
        return "The program ended without calling `fit` or `train_on_batch`."

    def _about(self) -> dict[str, Any]:
        source, met = self._places.source(self._program), self._holder.lines_met(self._program)
        return {
            "source": os.path.basename(self._program),
            "kind": "script",
            "folder": os.path.dirname(self._program),
            "fits": self._holder.listed(),
            "fits_seen": len(self._holder.seen),
            "further_fits": further_fits(source, met),
            "fits_of_other_models": fits_of_other_models(source, met),
            "versions": versions(),
            "seconds": {"program": round(time.perf_counter() - self._holder.began, 3)},
        }

    def _serve(self, hold: Hold) -> NoReturn:
        self._places.paused = True
        self._serving.set()
        _flush()
        self._channel.send({"event": "stage", "text": "looking at the data"})
        self._channel.send({"event": "held", "case": to_wire(hold.describe())})
        while True:
            message = self._channel.receive()
            if message is None or message.get("request") == "close":
                _leave()
            self._channel.send(self._answer(message, hold))
            _flush()

    def _answer(self, message: Message, hold: Hold) -> Message:
        def tell(event: dict[str, Any]) -> None:
            self._channel.send(to_wire({**event, "id": message["id"]}))

        def report(text: str, done: float | None = None, total: float | None = None) -> None:
            tell({"event": "progress", "text": text, "done": done, "total": total})

        try:
            answer = handle(message["request"], Serving(hold, report, tell), message.get("arguments") or {})
            return {"id": message["id"], "answer": to_wire(answer)}
        except (NothingHeld, UnknownRequest) as error:
            return {"id": message["id"], "error": {"type": "NothingHeld", "message": str(error), "trace": ""}}
        except BaseException as error:  # noqa: BLE001 - a request that fails is an outcome, and the case stays held
            told = {"type": type(error).__name__, "message": str(error)[:1000], "trace": traceback.format_exc()[-8000:]}
            return {"id": message["id"], "error": told}


def versions() -> dict[str, str]:
    """Versions of what the program runs on, as far as it is imported."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in ("tensorflow", "keras", "numpy"):
        version = getattr(sys.modules.get(name), "__version__", None)
        if version is not None:
            found[name] = str(version)
    return found


def _leave() -> NoReturn:
    """End at once: the program's own exit handlers must not run half-way through its training."""
    _flush()
    os._exit(0)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            # The program may have closed or replaced them.
            continue
