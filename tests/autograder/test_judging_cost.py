"""A wrong result of many numbers, as far as they may cross: how much work does it make in the trusted process?"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest
from judging_cost import ARRAYS, PARTS, VALUES, judge_and_count

from autograder.course.topics import list_topics
from autograder.hidden_tests.session import load_questions
from autograder.sandbox import protocol

pytestmark = pytest.mark.long

LOOKING_AT_PARTS = ("hyperparameters", "initialization", "evaluation")
"""Topics with results of several parts, each of which is looked at by itself."""


@pytest.fixture(scope="module")
def counting():
    """Return an executor of one process without other threads."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        yield executor


def list_kinds():
    """Return (topic, kind): arrays for all topics, results of many parts for those that look at parts."""
    return [(topic, kind) for topic in list_topics()
            for kind in (*ARRAYS, *(PARTS if topic in LOOKING_AT_PARTS else ()))]


@pytest.mark.parametrize("topic, kind", list_kinds())
def test_largest_results_make_the_judge_little_work_and_short_messages(topic, kind, counting):
    """Is the work bounded whatever the result is made of, and is no mark given?"""
    protocol.as_plain(VALUES[kind])  # it may cross
    for name, question in load_questions(topic).items():
        if not question.uses:
            outcomes = counting.submit(judge_and_count, topic, name, kind).result()
            assert outcomes is not None, f"{name}: too much work"
            assert sum(o.score for o in outcomes) < question.points
            assert max(len(o.message) for o in outcomes) < 1000


def test_work_without_end_is_noticed(counting):
    """Would a judge that looks at every part be noticed?"""
    assert counting.submit(judge_and_count, "hyperparameters", "grid_points", "without end").result() is None
