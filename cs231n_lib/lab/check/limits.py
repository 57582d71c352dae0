"""Bounds for what a student's function may do while it is checked: how long it takes, and how much it prints."""

import contextlib
import io
import sys
import threading

MAX_LINES = 40
"""How many printed lines are shown: a function in a loop can print more than a notebook can hold."""


class TooSlow(Exception):
    """The code ran for longer than it may; the message says how long that was."""


@contextlib.contextmanager
def time_limit(seconds):
    """Raise :class:`TooSlow` in the code inside when the time is over, in any thread and on Windows, too.

    It does not depend on signals: Jupyter, ``nohup`` and shells may start a process with SIGINT ignored. Code that
    runs in C, as NumPy's does, is interrupted when it returns. Where no thread can be started, as in a browser's
    Python, there is no limit: right code is then still called right, and an endless loop is the user's to stop.

    Parameters
    ----------
    seconds : float
        Above 0.
    """
    class TimeOver(BaseException):
        """Not an Exception, which the student's code may catch; one class per limit, so that limits may be nested."""

    thread, lock, inside, timed_out = threading.get_ident(), threading.Lock(), True, False
    begun, ended = threading.Event(), threading.Event()

    def watch():
        nonlocal timed_out
        begun.wait()
        if ended.wait(seconds):
            return
        with lock:
            if inside:
                timed_out = True
                _raise_in_thread(thread, TimeOver)

    try:
        threading.Thread(target=watch, daemon=True).start()
    except RuntimeError:  # "can't start new thread"
        yield
        return
    try:
        try:
            begun.set()  # not before: the start of a thread is no time of the code's
            yield
        finally:
            with lock:
                inside = False
                if timed_out:
                    _raise_in_thread(thread, None)  # take it back if it has not arrived yet
            ended.set()
    except TimeOver as error:
        raise TooSlow(f"still running after {seconds:g} seconds").with_traceback(error.__traceback__) from None


def _raise_in_thread(thread, error):
    """Raise an exception in a thread before its next instruction.

    Parameters
    ----------
    thread : int
        Its identifier.
    error : type or None
        The exception's class; None takes back one that has not arrived yet.
    """
    import ctypes  # here, because a Python without threads may lack it, too

    pending = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), pending)


class LimitedOutput(io.TextIOBase):
    """Pass the first lines on to another stream as they come, and count the others.

    Parameters
    ----------
    stream : file-like
    most : int
        How many lines to pass on.
    """

    def __init__(self, stream, most):
        self.stream, self.left, self.dropped = stream, most, 0

    def writable(self):
        return True

    def write(self, text):
        lines = text.splitlines(keepends=True)
        for line in lines:
            if self.left > 0:
                self.stream.write(line[:2000])
            self.dropped += self.left <= 0 and line.endswith("\n")
            self.left -= line.endswith("\n")
        return len(text)

    def flush(self):
        self.stream.flush()


@contextlib.contextmanager
def limit_output(most=MAX_LINES):
    """Let the code inside print at most ``most`` lines; then print how many were left out, unless ``most`` is 0.

    Parameters
    ----------
    most : int, default 40
    """
    out = LimitedOutput(sys.stdout, most)
    try:
        with contextlib.redirect_stdout(out):
            yield
    finally:
        if most and out.dropped:
            print(f"... and {out.dropped} more lines, not shown")
