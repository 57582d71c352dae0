"""Our own functions on what students wrote, in a process with limits on time and memory.

Parsing and colouring run no student code, but some texts keep a parser busy for minutes, fill the memory or overflow
its stack. So a long-lived helper does it: a request names a function of ours and brings plain data, the answer is plain
data, both as JSON. A helper that takes too long ends and is replaced at the next request; a call that needs too much
memory fails alone. Processor time is counted, so that a busy computer costs nobody an answer. This is no sandbox: what
runs here is ours.
"""

import atexit
import contextlib
import importlib
import json
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from autograder.errors import InfraError
from autograder.reference import ROOT
from autograder.sandbox.launch import make_environment

SECONDS, START_SECONDS = 2.0, 60.0
"""Processor time for one call, and time for a new helper to start and import what it needs."""
PATIENCE = 10
"""How many times its processor time a call may last, on a busy computer."""
MEMORY = 512 * 2**20
"""What one call may take beyond what the helper has."""
MAX_ANSWER = 16 * 2**20
LENGTH = struct.Struct(">Q")
START = "import sys; sys.path[:0] = [sys.argv[1]]; from autograder.sandbox import limited; limited.serve()"


class LimitError(Exception):
    """A text on which a call did not end within its limits; says in a few words which one."""


class Helper:
    """The process, started at the first request and after each death. One request at a time.

    Attributes
    ----------
    spent : float
        Processor seconds that all texts took so far; of a text on which a call did not end, all that it may take.
    """

    def __init__(self) -> None:
        self.spent = 0.0
        self.process: subprocess.Popen | None = None
        self.imported: set[str] = set()
        self.lock = threading.Lock()

    def call(self, function: Callable, arguments: tuple, seconds: float) -> Any:
        """Return what ``function(*arguments)`` gives, as JSON carries it; see :func:`run_limited`."""
        with self.lock:
            try:
                process = self.process = self.process or self.start()
                self.have_imported(process, function.__module__)
                request = {"module": function.__module__, "name": function.__name__, "arguments": arguments,
                           "seconds": seconds}
                answer = self.exchange(process, request, PATIENCE * seconds)
                self.spent += answer["spent"]
            except BaseException:
                self.spent += seconds
                self.close()
                raise
        if "limit" in answer:
            raise LimitError(answer["limit"])
        if "error" in answer:
            raise RuntimeError(f"{function.__name__} failed on a text: {answer['error']}")
        return answer["value"]

    def have_imported(self, process: subprocess.Popen, module: str) -> None:
        """Let the helper import a module, once; what fails here is no student's text."""
        if module not in self.imported:
            try:
                self.exchange(process, {"module": module}, START_SECONDS)
            except LimitError as error:
                raise InfraError(f"the process that reads submissions did not start: {error}") from error
            self.imported.add(module)

    @staticmethod
    def start() -> subprocess.Popen:
        """Start a helper."""
        command = [sys.executable, "-P", "-c", START, str(ROOT)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                bufsize=0, env=make_environment(), start_new_session=True)

    def exchange(self, process: subprocess.Popen, request: dict, seconds: float) -> dict:
        """Send a request and return the answer, both before the deadline."""
        deadline = time.monotonic() + seconds
        assert process.stdin and process.stdout
        data = json.dumps(request).encode()
        try:
            os.set_blocking(process.stdin.fileno(), False)
            left = memoryview(LENGTH.pack(len(data)) + data)
            while left:
                wait_for([], [process.stdin], deadline)
                left = left[os.write(process.stdin.fileno(), left):]
        except BrokenPipeError:
            raise describe_death(process) from None
        size, = LENGTH.unpack(self.read(process, LENGTH.size, deadline))
        if size > MAX_ANSWER:
            raise LimitError("too much comes of it")
        return json.loads(self.read(process, size, deadline))

    @staticmethod
    def read(process: subprocess.Popen, size: int, deadline: float) -> bytes:
        """Return the next bytes of an answer."""
        assert process.stdout
        data = bytearray()
        while len(data) < size:
            wait_for([process.stdout], [], deadline)
            chunk = os.read(process.stdout.fileno(), min(size - len(data), 2**20))
            if not chunk:
                raise describe_death(process)
            data += chunk
        return bytes(data)

    def close(self) -> None:
        """End the helper."""
        process, self.process, self.imported = self.process, None, set()
        if process is not None:
            process.kill()
            process.wait()
            for file in (process.stdin, process.stdout):
                if file is not None:
                    file.close()


def describe_death(process: subprocess.Popen) -> LimitError:
    """Say why a helper ended."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        if process.wait(2) == -signal.SIGPROF:
            return LimitError("it takes too long")
    return LimitError("it stopped the process that read it")


def wait_for(readable: list, writable: list, deadline: float) -> None:
    """Wait until a pipe is ready, up to the deadline."""
    if not any(select.select(readable, writable, [], max(deadline - time.monotonic(), 0))):
        raise LimitError("it takes too long")


def count_seconds() -> float:
    """Return the processor seconds that texts of students took so far, for whoever bounds those of one upload."""
    return HELPER.spent


HELPER = Helper()
atexit.register(HELPER.close)


def run_limited(function: Callable, *arguments: Any, seconds: float = SECONDS) -> Any:
    """Call a function of ours on what a student wrote, in the helper process.

    Parameters
    ----------
    function : callable
        At the top level of a module of ours.
    *arguments : object
        Plain data that survive JSON, as must be what it returns.
    seconds : float
        Processor time for this call.

    Raises
    ------
    LimitError
        If it took more time or memory than it may, or stopped the process.
    """
    return HELPER.call(function, arguments, seconds)


# -- in the helper ---------------------------------------------------------------------------------------------------


def serve() -> None:
    """Answer requests from standard input until it ends."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)  # what an import prints is no answer
    while header := source.read(LENGTH.size):
        began = time.process_time()
        answer = answer_request(json.loads(source.read(*LENGTH.unpack(header))))
        data = json.dumps({**answer, "spent": time.process_time() - began}).encode()
        sink.write(LENGTH.pack(len(data)) + data)
        sink.flush()


def answer_request(request: dict) -> dict:
    """Import the module that a request names and, if it names a function, call that within the limits."""
    module = importlib.import_module(request["module"])
    if "name" not in request:
        return {"value": None}
    signal.setitimer(signal.ITIMER_PROF, request["seconds"])  # nobody handles it: it ends this process
    try:
        with bound_memory(MEMORY):
            return {"value": getattr(module, request["name"])(*request["arguments"])}
    except MemoryError:
        return {"limit": "it takes too much memory"}
    except RecursionError:
        return {"limit": "it is nested too deeply"}
    except Exception as error:  # a text that our function does not survive is told to whoever asked
        return {"error": f"{type(error).__name__}: {str(error)[:200]}"}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


@contextlib.contextmanager
def bound_memory(more: int) -> Iterator[None]:
    """Bound this process inside: what grows too much ends as a MemoryError, not as a dead host.

    Parameters
    ----------
    more : int
        What it may take beyond what it has, in bytes. A lower limit that there is already stays.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if sys.platform == "linux" else 0
    bound = pages * resource.getpagesize() + more
    if pages and (soft == resource.RLIM_INFINITY or bound < soft):
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
