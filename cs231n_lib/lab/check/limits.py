"""Bounds for what a student's function may do while it is checked: how long it takes, and how much it prints."""

import _thread
import contextlib
import io
import sys
import threading

MAX_LINES = 40
"""So many printed lines are shown; a function in a loop can print more than a notebook can hold."""


class TooSlow(Exception):
    """The time is over."""


@contextlib.contextmanager
def time_limit(seconds):
    """Raise :class:`TooSlow` where the code inside stands when the time is over. Works on Windows, too.

    Only in the main thread, where notebooks run: no other thread can be interrupted. NumPy is interrupted when it
    returns.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    lock, state = threading.Lock(), {"inside": True, "over": False}

    def stop():
        with lock:
            if state["inside"]:
                state["over"] = True
                _thread.interrupt_main()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt as error:
        if not state["over"]:
            raise
        raise TooSlow(f"still running after {seconds:g} seconds").with_traceback(error.__traceback__) from None
    finally:
        with lock:
            state["inside"] = False
        timer.cancel()


class LimitedOutput(io.TextIOBase):
    """Passes the first lines on to another stream, as they come, and counts the others."""

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
    """Let the code inside print at most so many lines; say how many were left out, unless that is all."""
    out = LimitedOutput(sys.stdout, most)
    try:
        with contextlib.redirect_stdout(out):
            yield
    finally:
        if most and out.dropped:
            print(f"... and {out.dropped} more lines, not shown")
