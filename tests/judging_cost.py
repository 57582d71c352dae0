"""How much work does a wrong result of many numbers make? Calls of functions are counted in a process of its own.

A profile function must not run in the tests' own process: with other threads about, Python 3.11 can go round for ever
at the first line of a function that is profiled (it looks for pending work, finds some, and begins that line anew).
"""

import gc
import sys

import numpy as np

from autograder import reference
from autograder.hidden_tests.session import Session
from autograder.sandbox.student import LocalHandle, Reply, StudentModule

MOST_CALLS = 400_000
"""Calls of functions while one question is judged; the most costly of the results makes 140,000."""


class CountedParts(list):
    """A list that never ends when it is gone through."""

    def __iter__(self):
        while True:
            yield abs(-1.0)


ARRAYS = {
    "many short axes": np.ones((6,) * 7),
    "sixteen axes of two": np.zeros((2,) * 16),
    "pairs": np.zeros((2**16, 2, 1)),
    "one long axis": np.arange(2**19 - 100) * 0.25,
}
PARTS = {
    "arrays": [np.zeros(1)] * 20_000,
    "pairs of lists": [[[0], [1]]] * 20_000,
    "two columns": (np.zeros((20_000, 1)), np.zeros((20_000, 1))),
    "names": {f"name {i}": 0 for i in range(20_000)},
    "names of arrays": {f"name {i}": np.zeros(1) for i in range(20_000)},
}
VALUES = {**ARRAYS, **PARTS, "without end": CountedParts([0.0])}


class Constant(StudentModule):
    """A student whose functions all return the same."""

    def __init__(self, value):
        self.returned = value

    def call(self, name, *args, **kwargs):
        """See :meth:`autograder.sandbox.student.StudentModule.call`."""
        value = (self.returned, LocalHandle(0)) if name.endswith("_forward") else self.returned
        return Reply(value, list(args), dict(kwargs))


class TooMuchWork(BaseException):
    """Not caught by what catches the errors of a test."""


def judge_and_count(topic, name, kind):
    """Judge one question with a wrong result; return its outcomes, or None if that takes too many calls.

    Parameters
    ----------
    topic, name : str
        The question.
    kind : str
        Key of :data:`VALUES`.
    """
    session, calls = Session(topic, Constant(VALUES[kind]), reference.load(topic), b"cost"), 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")
        if calls > MOST_CALLS:
            sys.setprofile(None)
            raise TooMuchWork

    gc.disable()  # what is raised in a callback of the garbage collector would be swallowed
    sys.setprofile(count)
    try:
        return session.outcomes(name)
    except TooMuchWork:
        return None
    finally:
        sys.setprofile(None)
        gc.enable()
