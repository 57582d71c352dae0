"""The student's functions, called through the pipe into the sandbox."""

import builtins
import contextlib
import os
import re
import select
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from autograder.course.text import clean_message
from autograder.reference import MODULES, load_lab_module
from autograder.sandbox import launch, protocol
from autograder.sandbox.launch import Limits
from autograder.sandbox.student import (
    ENDED,
    NO_FUNCTION,
    NOT_PLAIN,
    NOT_TWO,
    NOT_UNDERSTOOD,
    ON_HIDDEN_INPUT,
    TOO_MUCH,
    USUAL_EXCEPTIONS,
    Reply,
    StudentError,
    StudentModule,
)
from autograder.sandbox.visible_cases import list_visible_places

CRASHES_PER_FUNCTION = 3
GRADED_BY = f"graded by Python {sys.version_info.major}.{sys.version_info.minor}"
"""What an older Python does not parse was no mistake where it was written."""
EXCEPTIONS = {name for name, value in vars(builtins).items() if isinstance(value, type)
              and issubclass(value, BaseException)} | {"LinAlgError"}


class SandboxedModule(StudentModule):
    """A submission's module in a sandbox of its own.

    Every reply is checked before it is believed. A worker that dies or is killed is replaced at the next call, within
    a budget: a function that ran out of time once, or crashed three times, is not called again.

    Parameters
    ----------
    source : str
        The student's module.
    topic : str
        Its name within ``cs231n_lib``.
    limits : sandbox.Limits
    unsafe : bool
        Without the sandbox (see :func:`autograder.sandbox.launch.start_worker`).
    """

    def __init__(self, source: str, topic: str, limits: Limits | None = None, unsafe: bool = False) -> None:
        self.source, self.topic, self.unsafe = source, topic, unsafe
        self.limits = limits or launch.Limits()
        self.filename = f"cs231n_lib/{topic}.py"
        self.worker: Any = None  # subprocess.Popen of the worker
        self.number, self.seconds = 0, 0.0
        self.delays: list[Any] = []  # the kernel's files on how long the worker, and this thread, wait for a processor
        self.received = 0  # bytes of the last frame
        self.ahead = bytearray()  # what has been read from the pipe and belongs to what comes next
        self.before = 0.0  # what had been waited for a processor when the present call began
        self.replied: tuple[float, float] | None = None  # when the last call ended, and what had been waited by then
        self.broken: StudentError | None = None  # of a module that does not load
        self.loaded = False  # has the module loaded before?
        self.crashes: dict[str, int] = {}
        self.given_up: dict[str, StudentError] = {}
        self.visible: dict[str, list[Any]] = {}  # function -> where it raises on its visible cases, once it was asked
        self.seconds_on_visible = 0.0
        self.killed = False  # did a worker die by SIGKILL, which student code cannot send?

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self) -> None:
        """End the worker and everything it started."""
        if self.worker is None:
            return
        for end in (os.killpg, os.kill):
            try:
                end(self.worker.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.worker.wait()
        for file in (self.worker.stdin, self.worker.stdout, *self.delays):
            file.close()
        self.worker, self.delays, self.replied = None, [], None
        self.ahead.clear()

    def call(self, name: str, *args: Any, **kwargs: Any) -> Reply:
        """See :meth:`autograder.sandbox.student.StudentModule.call`."""
        reply = self._request_call(name, args, kwargs, after=True)
        return Reply(reply["value"], reply["args"], reply["kwargs"])

    def value(self, name: str, args: Sequence, kwargs: dict) -> Any:
        """Call a function; its arguments do not come back.

        Parameters
        ----------
        name : str
        args, kwargs : sequence, dict
            See :meth:`autograder.sandbox.student.StudentModule.value`.
        """
        return self._request_call(name, args, kwargs, after=False)["value"]

    def _request_call(self, name, args, kwargs, after):
        """Have a function called; return the worker's reply, with the arguments ``after`` the call or none."""
        if name in self.given_up:
            raise self.given_up[name]
        self._ensure_worker()
        callbacks: list = []
        message = {"function": name, "after": after, "args": [self._replace_functions(a, callbacks) for a in args],
                   "kwargs": {k: self._replace_functions(v, callbacks) for k, v in kwargs.items()}}
        try:
            reply = self._exchange(message, callbacks)
            if not is_reply(reply, name, *((args, kwargs) if after else ((), {}))):
                raise StudentError("crashed", NOT_UNDERSTOOD)
        except StudentError as error:
            if error.place:
                error.hint = self._describe_place(name, error.place)
            self._count_failure(name, error)
            raise
        return reply

    def _describe_place(self, name, place):
        """Say what was raised: with its line, if everybody can see the function raise there."""
        type_name, line = place
        if line and place in self._list_visible_places(name):
            return f"{name} raised {type_name} ({self.filename}, line {line})"
        return ON_HIDDEN_INPUT.format(name, type_name if type_name in USUAL_EXCEPTIONS else "an exception")

    def _list_visible_places(self, name):
        """Return where a function raises on its visible cases, in a new worker, which has seen nothing else.

        It is asked once, when the function has raised for the first time. All of this together may take as long as one
        call: what is not known by then is not shown.
        """
        left = self.limits.call_seconds - self.seconds_on_visible
        if name not in self.visible and left > 0:
            limits = replace(self.limits, total_seconds=left)
            with VisibleRun(self.source, self.topic, limits, self.unsafe) as fresh:
                self.visible[name] = list_visible_places(fresh, self.topic, name)
                self.seconds_on_visible += fresh.seconds
                self.killed |= fresh.killed
            self.replied = None  # this was no judging
        return self.visible.get(name, [])

    def _ensure_worker(self):
        """Have a worker with the student's module in it."""
        if self.broken:
            raise self.broken
        if self.worker is not None:
            return
        try:
            self.worker = launch.start_worker(self.limits, self.unsafe)
            os.set_blocking(self.worker.stdin.fileno(), False)
            if self._receive(time.monotonic() + 30).get("ready") is not True:  # the interpreter's start is not theirs
                raise StudentError("crashed", "the worker did not start")
            self.delays = [*open_delays(find_innermost(self.worker.pid)), *open_delays("thread-self")]
            self._exchange({"source": self.source, "name": f"cs231n_lib.{self.topic}", "filename": self.filename}, [])
        except StudentError as error:
            self.close()
            status = "crashed" if error.status in ("error", "not implemented") else error.status
            # At first, no hidden input is there yet: they may read all of it. Later, the text could hold one.
            said = f"{self.filename} did not load a second time" if self.loaded else error.hint
            self.broken = StudentError(status, said)
            raise self.broken from error
        self.loaded = True

    def _count_failure(self, name, error):
        """Count a failure; give the function up where the budget is spent. The dead worker goes with its handles."""
        if error.status in ("timeout", "crashed", "memory"):
            self.close()
        self.crashes[name] = self.crashes.get(name, 0) + (error.status in ("crashed", "memory"))
        if error.status == "timeout" or self.crashes[name] >= CRASHES_PER_FUNCTION:
            self.given_up[name] = error

    def _replace_functions(self, value, callbacks):
        """Replace functions by callbacks; they stay on this side."""
        if callable(value):
            callbacks.append(value)
            return protocol.Callback(len(callbacks) - 1)
        if isinstance(value, (list, tuple)) and any(map(callable, value)):
            return [self._replace_functions(v, callbacks) for v in value]
        return value

    def _exchange(self, message, callbacks):
        """Send a request and return its reply, serving callbacks in between."""
        self.number += 1
        began, self.before = time.monotonic(), self._read_delays()
        if self.replied:  # judging a reply takes longer the larger it is, so its time is the student's, too
            self.seconds += max(began - self.replied[0] - max(self.before - self.replied[1], 0), 0)
        deadline = began + min(self.limits.call_seconds, max(self.limits.total_seconds - self.seconds, 0))
        try:
            self._send({**message, "id": self.number}, deadline)
            reply = self._serve_callbacks(callbacks, deadline)
        finally:
            ended, waited = time.monotonic(), self._read_delays()
            self.seconds += max(ended - began - self._bound_delay(waited), 0)
            self.replied = ended, waited
        if type(reply.get("id")) is not int or reply["id"] != self.number:
            raise StudentError("crashed", "the worker answered a question that was not asked")
        if "error" in reply:
            raise self._make_error(message.get("function"), reply)
        if "value" not in reply:
            raise StudentError("crashed", NOT_UNDERSTOOD)
        return reply

    def _serve_callbacks(self, callbacks, deadline):
        """Answer callbacks until something else comes; return that."""
        count = carried = 0
        while "callback" in (reply := self._receive(deadline)):
            count, carried = count + 1, carried + self.received
            if count > MAX_CALLBACKS:
                raise StudentError("crashed", f"over {MAX_CALLBACKS} calls of a function that was passed in")
            if carried > protocol.MAX_FRAME:  # our functions may keep what they are given
                raise StudentError("crashed", f"over {protocol.MAX_FRAME} bytes given to a function that was passed in")
            self._answer_callback(reply, callbacks, deadline)
        return reply

    def _make_error(self, name, reply):
        """Return the worker's report of an exception as a :class:`StudentError`; the hint holds no text of theirs.

        Without the ``name`` of a function, it was raised while the module was loaded.
        """
        kind, type_name = (as_string(reply.get(key)) for key in ("error", "type"))
        status = kind if kind in ("not implemented", "memory") else "error"
        said, line = clean_message(reply.get("message")), reply.get("line")
        line = line if type(line) is int and 0 < line <= self.source.count("\n") + 1 else None
        type_name = type_name if type_name in EXCEPTIONS else "an exception"
        where = f"{self.filename}, line {line}" if line else self.filename
        if status == "not implemented":
            return StudentError(status, "not implemented yet")
        if kind == "not two":
            return StudentError(status, NOT_TWO.format(name))
        if kind == "missing":
            return StudentError(status, NO_FUNCTION.format(self.filename, name))
        if kind == "too much":
            return StudentError(status, f"{name} returned {said}", TOO_MUCH.format(name))
        if kind == "not plain":
            return StudentError(status, f"{name} returned {said}", NOT_PLAIN.format(name))
        message = f"{type_name}: {said} ({where})"
        if name is None:  # the module is being loaded; whether its text and line are shown is decided there
            refused = self._describe_refused_import(line) if type_name in ("ImportError", "ModuleNotFoundError") else ""
            message = f"{said} ({GRADED_BY})" if type_name == "SyntaxError" else message
            return StudentError(status, refused or message)
        return StudentError(status, message, place=("MemoryError" if status == "memory" else type_name, line))

    def _describe_refused_import(self, line):
        """Say what check says at home of an import that the grader lacks; "" if the line is no such import."""
        rules, source = load_lab_module(MODULES), self.source.split("\n")[line - 1] if line else ""
        found = re.match(r"\s*(?:from|import)\s+([\w.]+)", source)
        if not found or rules.is_available(found[1], self.topic):
            return ""
        return clean_message(rules.describe_refused_import(self.filename, line, source))

    def _answer_callback(self, reply, callbacks, deadline):
        """Serve a callback; what our function gave the student's arguments may be too much to send."""
        try:
            self._send(self._call_back(reply, callbacks), deadline)
        except protocol.WireError as error:
            self._send({"error": str(error)}, deadline)

    @staticmethod
    def _call_back(reply, callbacks):
        """Call one of our own functions with the student's arguments."""
        try:
            if broadcast_size(reply["args"]) > MAX_REACH:
                return {"error": "the arguments are larger than this function takes"}
            return {"value": callbacks[reply["callback"]](*reply["args"])}
        except Exception as error:  # the arguments are the student's: whatever they break is theirs to hear
            return {"error": clean_message(f"{type(error).__name__}: {error}")}

    def _send(self, message, deadline):
        """Write one frame before the deadline."""
        data = memoryview(protocol.pack(message))
        fd = self.worker.stdin.fileno()
        while data:
            try:
                data = data[os.write(fd, data):]
            except BlockingIOError:
                self._wait([], [fd], deadline)
            except BrokenPipeError:
                raise self._describe_death() from None

    def _receive(self, deadline):
        """Read one frame before the deadline, whenever it was written: also one that has been in the pipe for long."""
        self._check_time(deadline)
        try:
            body, blob = protocol.parse_header(self._read(protocol.HEADER.size, deadline))
            self.received = body + blob
            frame = self._read(body + blob, deadline)
            return protocol.unpack(frame[:body], frame[body:])
        except protocol.WireError as error:
            raise StudentError("crashed", f"{NOT_UNDERSTOOD}: {error}", NOT_UNDERSTOOD) from error
        except MemoryError:
            raise StudentError("memory", "the answer is larger than the grader holds") from None

    def _read(self, n, deadline):
        """Return the next ``n`` bytes; at most a pipe's content more is taken from it, and kept for the next time."""
        fd = self.worker.stdout.fileno()
        while len(self.ahead) < n:
            self._wait([fd], [], deadline)
            chunk = os.read(fd, PIPE)
            if not chunk:
                raise self._describe_death()
            self.ahead += chunk
        data = bytes(self.ahead[:n])
        del self.ahead[:n]
        return data

    def _wait(self, readable, writable, deadline):
        """Wait until the pipe is ready, or say that time is up."""
        while not any(select.select(readable, writable, [], self._check_time(deadline))):
            pass

    def _check_time(self, deadline):
        """Return the seconds that are left, or say that time is up; a busy computer's delays do not count."""
        left = deadline - time.monotonic()
        if left <= 0:
            left += self._bound_delay(self._read_delays())
        if left <= 0:
            limit = self.limits.call_seconds
            if self.seconds + limit > self.limits.total_seconds:
                raise StudentError("timeout", f"all calls together took over {self.limits.total_seconds:g} s")
            raise StudentError("timeout", f"no result after {limit:g} s")
        return left

    def _bound_delay(self, waited):
        """Return how much of this call was waiting for a processor, in seconds; at most three time limits."""
        return min(max(waited - self.before, 0), 3 * self.limits.call_seconds)

    def _read_delays(self):
        """Return the seconds for which the worker, or we, were ready to run and had no processor.

        The second number of ``/proc/<pid>/schedstat`` (Linux, Documentation/scheduler/sched-stats.rst); nothing where
        the kernel tells none. Student code cannot raise it: it has one thread.
        """
        return sum(map(read_delay, self.delays))

    def _describe_death(self):
        """Say how the worker ended."""
        try:
            code = self.worker.wait(timeout=2)
        except Exception:
            code = None
        if code in (-signal.SIGXCPU, 128 + signal.SIGXCPU):
            return StudentError("timeout", "out of processor time")
        if code in (-signal.SIGKILL, 128 + signal.SIGKILL):
            self.killed = not self.unsafe
        detail = f" (exit code {code})" if code is not None else ""
        return StudentError("crashed", f"{ENDED}{detail}", ENDED)


class VisibleRun(SandboxedModule):
    """A submission that is given visible inputs only: nobody reads its hints."""

    def _describe_place(self, name, place):
        """See :meth:`SandboxedModule._describe_place`."""
        return ""


MAX_CALLBACKS = 5000
"""Most calls of our functions in one call of a student's; ours need 200. Together their arguments may be as large as
one frame; ours need 400 KB."""
PIPE = 2**16
"""What a pipe holds."""


def open_delays(pid):
    """Open what the kernel tells of a process's delays: a list of one file, empty if it tells nothing."""
    try:
        return [open(f"/proc/{pid}/schedstat", "rb", buffering=0)]
    except OSError:
        return []


def read_delay(file):
    """Return the seconds of delay that stand in an open file of the kernel's."""
    try:
        return int(os.pread(file.fileno(), 64, 0).split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def find_innermost(pid):
    """Return the last of a chain of child processes: bubblewrap's own two stand before the worker."""
    with contextlib.suppress(OSError):
        while children := Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            pid = int(children[0])
    return pid


def as_string(value):
    """Return a value of the reply that must be a string, or an empty one."""
    return value if isinstance(value, str) else ""


def is_reply(reply, name, args, kwargs):
    """Is this an answer to the call ``name(*args, **kwargs)``: value and arguments, as many as were sent?"""
    value, after = reply["value"], (reply.get("args"), reply.get("kwargs"))
    if not isinstance(after[0], list) or not isinstance(after[1], dict):
        return False
    if len(after[0]) != len(args) or set(after[1]) != set(kwargs):
        return False
    if name.endswith("_forward"):
        if type(value) is not tuple or len(value) != 2 or type(value[1]) is not protocol.Handle:
            return False
        value = value[0]
    return is_data(value) and all(map(is_data, after[0])) and all(map(is_data, after[1].values()))


def is_data(value):
    """Is this a value, with no name of an object or a function in it?"""
    if isinstance(value, dict):
        return all(map(is_data, value.values()))
    return all(map(is_data, value)) if isinstance(value, (list, tuple)) else not isinstance(value, HANDLES)


HANDLES = (protocol.Handle, protocol.Callback)
MAX_REACH = 2**22
"""Most elements that the arguments of a callback may grow to when all of them are broadcast; ours need 16,000."""


def broadcast_size(value):
    """Return how many elements there are in a value if everything in it is broadcast against everything else.

    What is beyond ``MAX_REACH`` is not counted on.
    """
    if isinstance(value, np.ndarray):
        return protocol.count_reach(value)
    parts = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(parts, (list, tuple)):
        return 1
    size = max(len(parts), 1)
    for part in parts:
        size = min(size * broadcast_size(part), MAX_REACH + 1)
    return size
