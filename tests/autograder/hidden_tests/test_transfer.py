"""Transfer questions: an answer of the asked form within the tolerance earns the points, and nothing else does."""

import math
import re
from types import SimpleNamespace

import pytest

from autograder import hidden_tests, reference
from autograder.course import cells
from autograder.course.topics import list_topics
from autograder.hidden_tests import session, transfer
from autograder.hidden_tests.transfer import Accepted

FORMS = reference.load_lab_module(reference.ANSWER_FORMS)
PER_CENT = FORMS.NumberForm(0, 100, "%")
LAYERS = FORMS.NumberForm(1, 50, "layers", whole=True)
KNOBS = FORMS.LetterForm("abcde", several=True)
QUESTIONS = {"answer_wide": (PER_CENT, Accepted(22.4, "%", within=0.6)), "answer_deep": (LAYERS, Accepted(7, "layers")),
             "answer_knobs": (KNOBS, Accepted("bd")), "answer_one": (FORMS.LetterForm("abc"), Accepted("c"))}
HOSTILE = [..., None, True, False, "", "x" * 10**6, b"22", [22], (22,), {22: 22}, {22}, 22j, 10**400, -(10**400),
           math.nan, math.inf, -math.inf, "22.4", "nan", [[]] * 1000, cells.Unreadable("a computation is not read")]


@pytest.fixture(autouse=True)
def questions(monkeypatch):
    """Let a topic have the four questions above."""
    monkeypatch.setattr(transfer, "load_accepted", lambda topic: {n: a for n, (_, a) in QUESTIONS.items()})
    monkeypatch.setattr(hidden_tests, "load_accepted", transfer.load_accepted)
    monkeypatch.setattr(hidden_tests, "load_forms", lambda topic: {n: f for n, (f, _) in QUESTIONS.items()})
    judged = SimpleNamespace(topic="initialization", latest=[])
    monkeypatch.setattr(session, "current", judged)
    return judged


@pytest.mark.parametrize("name, value", [
    ("answer_wide", 22), ("answer_wide", 22.4), ("answer_wide", 23.0), ("answer_deep", 7), ("answer_deep", 7.0),
    ("answer_knobs", "bd"), ("answer_knobs", "d, B"), ("answer_one", " C")])
def test_right_answer_earns_its_points(name, value, questions):
    """Does an answer within the tolerance, or with the letters in any order, earn all points?"""
    assert hidden_tests.grade_transfer(name, value, points=2) == 2.0
    assert questions.latest[0].hint == ""


@pytest.mark.parametrize("name, value", [
    ("answer_wide", 23.1), ("answer_wide", 21.7), ("answer_deep", 6), ("answer_knobs", "b"), ("answer_knobs", "abd"),
    ("answer_one", "a")])
def test_wrong_answer_earns_nothing_and_the_hint_does_not_tell(name, value, questions):
    """Is an answer outside the tolerance worth nothing, with a hint that does not give the right one?"""
    assert hidden_tests.grade_transfer(name, value, points=2) == 0.0
    assert questions.latest[0].hint == transfer.HINT and questions.latest[0].status == "failed"


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("value", HOSTILE, ids=lambda v: repr(v)[:20])
def test_whatever_else_a_cell_holds_earns_nothing(name, value, questions):
    """Is every other literal worth nothing, whatever the question asks for, and is the reason a sentence?"""
    assert hidden_tests.grade_transfer(name, value, points=2) == 0.0
    assert questions.latest[0].hint and len(questions.latest[0].hint) < 300


def test_form_is_refused_in_the_words_of_the_check(questions):
    """Does a share for a number in per cent lose the points with the sentence that the check said at home?"""
    assert hidden_tests.grade_transfer("answer_wide", 0.224, points=2) == 0.0
    assert questions.latest[0].hint == FORMS.find_form_problem(0.224, PER_CENT)


def test_unknown_question_is_an_error_and_no_mark(monkeypatch):
    """Does a question that nobody gave an accepted answer to end in an error, in a session and without one?"""
    with pytest.raises(KeyError, match="answer_lost"):
        hidden_tests.grade_transfer("answer_lost", 1, points=2)
    monkeypatch.setattr(session, "current", None)
    with pytest.raises(KeyError, match="answer_lost"):
        hidden_tests.grade_transfer("answer_lost", 1, points=2)


@pytest.mark.parametrize("form, accepted", [
    (PER_CENT, Accepted(22)), (PER_CENT, Accepted(0.22, "%")), (PER_CENT, Accepted(101, "%")),
    (PER_CENT, Accepted("a", "%")), (PER_CENT, Accepted(22, "%", within=-1)), (PER_CENT, Accepted(22, "%", math.nan)),
    (LAYERS, Accepted(7.5, "layers")), (KNOBS, Accepted("db")), (KNOBS, Accepted("x")), (KNOBS, Accepted(1))])
def test_accepted_answer_that_nobody_can_give_is_an_error(form, accepted):
    """Is an accepted answer that does not go with the form an error, and not a question that nobody gets right?"""
    with pytest.raises(ValueError, match="accepted answer"):
        transfer.judge_transfer(22, form, accepted)


@pytest.mark.parametrize("topic", list_topics())
def test_accepted_answers_of_a_topic_go_with_their_forms(topic, monkeypatch):
    """Has each accepted answer a form, and each form an answer, and does no hint hold what is accepted?"""
    monkeypatch.undo()
    accepted, forms = transfer.load_accepted(topic), transfer.load_forms(topic)
    assert accepted.keys() == forms.keys()
    for name, right in accepted.items():
        assert transfer.find_conflict(forms[name], right) == ""
        told = re.findall(r"-?\d+(?:\.\d+)?|[\"'`][a-z]+[\"'`]", right.hint)
        assert not {str(right.value), f"{right.value}".removesuffix(".0")} & {text.strip("\"'`") for text in told}
