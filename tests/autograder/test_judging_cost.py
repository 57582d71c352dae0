"""A wrong result of many numbers, as far as they may cross: how much work does it make in the trusted process?"""

import gc
import sys

import numpy as np
import pytest

from autograder import reference
from autograder.course.topics import list_topics
from autograder.hidden_tests.session import Session, load_questions
from autograder.sandbox import protocol
from autograder.sandbox.student import LocalHandle, Reply, Submission

pytestmark = pytest.mark.long  # and so among the first of a process: its profile sees nothing that others left

MOST_CALLS = 400_000
"""Calls of functions while one question is judged; the most costly of these results makes 140,000."""
LOOKING_AT_PARTS = ("hyperparameters", "initialization", "evaluation")
"""Topics with results of several parts, each of which is looked at by itself."""
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


class Constant(Submission):
    """A student whose functions all return the same."""

    def __init__(self, value):
        self.returned = value

    def call(self, name, *args, **kwargs):
        """See :meth:`autograder.sandbox.student.Submission.call`."""
        value = (self.returned, LocalHandle(0)) if name.endswith("_forward") else self.returned
        return Reply(value, list(args), dict(kwargs))


class TooMuchWork(BaseException):
    """Not caught by what catches the errors of a test."""


def judge_and_count(topic, name, value):
    """Judge one question with a wrong result; return outcomes and number of calls, of which too many end it."""
    session, calls = Session(topic, Constant(value), reference.load(topic), b"cost"), 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")
        if calls > MOST_CALLS:
            sys.setprofile(None)
            raise TooMuchWork(f"{topic}: {name}")

    before = sys.getprofile()
    gc.disable()  # what is raised in a callback of the garbage collector would be swallowed
    sys.setprofile(count)
    try:
        return session.outcomes(name), calls
    finally:
        sys.setprofile(before)
        gc.enable()


def list_kinds():
    """Return (topic, kind, value): arrays for all topics, results of many parts for those that look at parts."""
    return [(topic, kind, value) for topic in list_topics()
            for kind, value in {**ARRAYS, **(PARTS if topic in LOOKING_AT_PARTS else {})}.items()]


@pytest.mark.parametrize("topic, kind, value", [pytest.param(*case, id="-".join(case[:2])) for case in list_kinds()])
def test_largest_results_make_the_judge_little_work_and_short_messages(topic, kind, value):
    """Is the work bounded whatever the result is made of, and is no mark given?"""
    protocol.as_plain(value)  # it may cross
    for name, question in load_questions(topic).items():
        if not question.uses:
            outcomes, _ = judge_and_count(topic, name, value)
            assert sum(o.score for o in outcomes) < question.points
            assert max(len(o.message) for o in outcomes) < 1000


def test_work_without_end_is_noticed():
    """Would a judge that looks at every part be noticed?"""
    with pytest.raises(TooMuchWork):
        judge_and_count("hyperparameters", "grid_points", CountedParts([0.0]))


class CountedParts(list):
    """A list that never ends when it is gone through."""

    def __iter__(self):
        while True:
            yield abs(-1.0)
