"""The host: a process that imports TensorFlow, runs no operation, and starts a worker for every program.

A fork after the first operation hangs, so nothing here may run one. Each worker gets the sockets and pipes that came
with the request; the host itself keeps none of them.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import selectors
import signal
import socket
import subprocess
import sys
import time

from .execution import hidden_modules
from .protocol import Message, decode, encode

DESCRIPTORS = 4
"""What comes with a request to open: the worker's channel, its standard output, its standard error, its trace."""


FORKS_SAFELY = sys.platform != "darwin"
"""On macOS the system's own libraries break in a forked child that executes nothing new."""


class Unfit(Exception):
    """This interpreter cannot run Keras programs on TensorFlow; the message is one sentence."""


def start(control: int) -> None:
    """Serve the socket with this descriptor until it is closed."""
    os.set_inheritable(control, False)
    Host(socket.socket(fileno=control)).serve()


class Host:
    """Serves requests to open and to kill, and reports every worker's end."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._buffer = b""
        self._descriptors: list[int] = []
        self._workers: dict[int, int] = {}
        self._seconds: float | None = None
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)

    def serve(self) -> None:
        """Run until our process goes away; then every worker goes too."""
        signal.set_wakeup_fd(self._wake_in.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ, self._receive)
            selector.register(self._wake_out, selectors.EVENT_READ, self._reap)
            running = True
            while running:
                for key, _ in selector.select():
                    running = key.data() is not False and running
        for pid in self._workers:
            _kill_group(pid)

    def _send(self, message: Message) -> None:
        try:
            self._control.sendall(encode(message))
        except OSError:
            return

    def _receive(self) -> bool:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, 65536, 4 * DESCRIPTORS)
        except OSError:
            return False
        if not data:
            return False
        self._descriptors.extend(descriptors)
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._answer(decode(line))
        return True

    def _answer(self, message: Message) -> None:
        if message["request"] == "warm":
            self._warm()
        elif message["request"] == "open":
            descriptors, self._descriptors = self._descriptors[:DESCRIPTORS], self._descriptors[DESCRIPTORS:]
            self._open(message, descriptors)
        elif message["request"] == "kill":
            for pid in [pid for pid, worker in self._workers.items() if worker == message["worker"]]:
                _kill_group(pid)

    def _warm(self) -> bool:
        if self._seconds is None:
            self._send({"event": "stage", "text": "importing TensorFlow"})
            began = time.perf_counter()
            try:
                import_keras()
            except Unfit as reason:
                self._send({"event": "failed", "message": str(reason)})
                return False
            self._seconds = round(time.perf_counter() - began, 3)
            gc.collect()
            gc.freeze()
        self._send({"event": "ready", "seconds": self._seconds})
        return True

    def _open(self, message: Message, descriptors: list[int]) -> None:
        fresh = bool(message["fresh"]) or not FORKS_SAFELY or bool(hidden_modules(message["folder"]))
        if not fresh and self._seconds is None and not self._warm():
            fresh = True
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._become_worker(descriptors, fresh)
        for descriptor in descriptors:
            os.close(descriptor)
        self._workers[pid] = message["worker"]
        self._send({"event": "opened", "worker": message["worker"], "pid": pid, "fresh": fresh})

    def _become_worker(self, descriptors: list[int], fresh: bool) -> None:
        status = 70
        try:
            channel, output, errors, trace = descriptors
            os.setsid()
            _die_with_parent()
            _be_first_to_go()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            _standard_streams(output, errors)
            self._control.close()
            self._wake_in.close()
            self._wake_out.close()
            if fresh:
                os.set_inheritable(channel, True)
                os.set_inheritable(trace, True)
                bootstrap = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bootstrap.py")
                os.execv(sys.executable, [sys.executable, bootstrap, "worker", str(channel), str(trace)])
            importlib.import_module(".worker", __package__).start(channel, trace)
            status = 0
        finally:
            os._exit(status)

    def _reap(self) -> bool:
        try:
            self._wake_out.recv(4096)
        except BlockingIOError:
            return True
        for pid, worker in list(self._workers.items()):
            if not _is_dead(pid):
                continue
            # While the dead leader is not reaped, its group cannot be anybody else's.
            _kill_group(pid)
            _, status, usage = os.wait4(pid, 0)
            del self._workers[pid]
            self._send(
                {
                    "event": "exited",
                    "worker": worker,
                    "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
                    "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
                    "peak": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
                }
            )
        return True


def import_keras() -> None:
    """Import TensorFlow and Keras, and run no operation.

    Raises:
        Unfit: they are not there, too old, broken, or Keras runs on something else.
    """
    if importlib.util.find_spec("tensorflow") is None:
        raise Unfit(f"There is no TensorFlow in {sys.executable}; install it there with `pip install tensorflow`.")
    backend = os.environ.get("KERAS_BACKEND") or "tensorflow"
    if backend != "tensorflow":
        raise Unfit(
            f"KERAS_BACKEND says {backend}, and only TensorFlow is supported; unset it or set it to tensorflow."
        )
    try:
        importlib.import_module("tensorflow")
        keras = importlib.import_module("keras")
    except Exception as error:
        text = " ".join(str(error).split())[:300]
        raise Unfit(f"TensorFlow cannot be imported in {sys.executable}: {type(error).__name__}: {text}") from error
    if int(str(keras.__version__).split(".")[0]) < 3:
        raise Unfit(f"Keras {keras.__version__} is installed in {sys.executable}; Keras 3 is needed.")
    if keras.backend.backend() != "tensorflow":
        raise Unfit(f"Keras is set to run on {keras.backend.backend()}; only TensorFlow is supported.")
    importlib.import_module(".worker", __package__)
    importlib.import_module("..measuring", __package__)


def _standard_streams(output: int, errors: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (errors, 2)):
        os.dup2(source, target)
        os.close(source)


def _kill_group(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue


def _is_dead(pid: int) -> bool:
    if hasattr(os, "waitid"):
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
    # Python for macOS had no waitid before 3.13.
    told = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return told.stdout.strip().startswith("Z")


def _die_with_parent() -> None:
    """On Linux a worker does not outlive a host that is killed."""
    if sys.platform == "linux":
        import ctypes

        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


def _be_first_to_go() -> None:
    """On Linux a worker is what the kernel kills when memory runs out, rather than anything else of the person's."""
    try:
        with open("/proc/self/oom_score_adj", "w") as score:
            score.write("1000")
    except OSError:
        return
