"""Does a function that is wrong in one call and right in the next earn no more than it showed?"""

import itertools

import pytest

from autograder import mistakes, reference
from autograder.course.topics import list_topics
from autograder.hidden_tests import grade
from autograder.hidden_tests.expectations import Mismatch
from autograder.hidden_tests.rubric import Grading, Question
from autograder.hidden_tests.session import Session, activate, load_questions
from autograder.sandbox.student import InProcessModule
from autograder.verify import inconsistent_functions

pytestmark = pytest.mark.long


@pytest.mark.parametrize("topic", list_topics())
def test_what_was_wrong_in_its_test_is_not_earned(topic):
    """Is every aspect lost in whose own test a function was wrong, whatever it is elsewhere?"""
    count, misses = inconsistent_functions.verify_inconsistent(topic)
    assert count >= 100
    assert [miss.what for miss in misses] == []


def test_failing_a_second_call_on_purpose_would_show(monkeypatch):
    """If a failed second call were enough to leave something out, as it once was, would the proof say so?"""
    monkeypatch.setattr(Grading, "is_right", lambda self, error, *charged: error is None)
    for topic in ("activations", "linear_classifier", "batchnorm", "preprocessing"):
        tried = itertools.chain(inconsistent_functions.iter_inconsistent(topic),
                                inconsistent_functions.iter_unearned(topic))
        assert any(tried)  # ends at the first miss


def test_forward_that_fails_on_purpose_would_show(monkeypatch):
    """If a forward need not have lost marks for what its backward is not asked, would the proof say so?"""
    lost = Grading.lost
    monkeypatch.setattr(Grading, "lost", lambda self, aspect, function=None: function is not None or lost(self, aspect))
    found = [miss.what for misses in inconsistent_functions.iter_unearned("activations") for miss in misses]
    for name, aspect in (("leaky_relu_backward", "alpha"), ("elu_backward", "alpha"), ("elu_backward", "stable")):
        assert any(what.startswith(f"{name}: ") and f"earns {aspect!r}" in what for what in found)


# -- the record that waivers rest on ----------------------------------------------------------------------------------


def make_question(calls):
    """Return a question whose first aspect asks for the last, and the last for the second."""
    question = Question("f")

    @question.aspect("edge sizes", 1.0, hint="")
    def _(student, reference, rng, grading):
        calls.append("edge sizes")
        if not grading.lost("values"):
            raise Mismatch("judged")

    @question.aspect("scale", 1.0, hint="")
    def _(student, reference, rng):
        calls.append("scale")
        raise Mismatch("wrong scale")

    @question.aspect("values", 1.0, hint="")
    def _(student, reference, rng, grading):
        calls.append("values")
        grading.is_right(Mismatch("wrong values"), "scale")
        raise Mismatch("wrong values")

    return question


def test_aspects_are_judged_once_and_stay_in_their_order():
    """Is an aspect that another asks for judged before it, once, without another order of the outcomes?"""
    calls = []
    outcomes = make_question(calls).grade(InProcessModule(None), None, b"once")
    assert [(o.aspect, o.status) for o in outcomes] == [
        ("edge sizes", "passed"), ("scale", "failed"), ("values", "failed")]
    assert calls == ["edge sizes", "values", "scale"]


def test_what_is_wrong_and_charged_to_nothing_is_raised():
    """Does a thing that is wrong cost the aspect if those that it is charged to were earned?"""
    question = Question("f")
    question.aspect("values", 1.0, hint="")(lambda student, reference, rng: None)
    grading = Grading(question, InProcessModule(None), None, b"charged")
    wrong = Mismatch("wrong the second time")
    with pytest.raises(Mismatch, match="the second time"):
        grading.is_right(wrong, "values")
    with pytest.raises(Mismatch, match="the second time"):
        grading.keep_right({"values": wrong})
    assert grading.is_right(None, "values") and grading.keep_right({"values": None}) == ["values"]
    assert not grading.lost("no such aspect") and not grading.lost("values", "another function")


def test_aspects_that_wait_for_each_other_are_an_error():
    """Is a rubric that could not be judged in any order noticed?"""
    question = Question("f")
    question.aspect("one", 1.0, hint="")(lambda student, reference, rng, grading: grading.keep_right(
        {"two": grading.error("two")}))
    question.aspect("two", 1.0, hint="")(lambda student, reference, rng, grading: grading.keep_right(
        {"one": grading.error("one")}))
    with pytest.raises(RuntimeError, match="waits for itself"):
        question.grade(InProcessModule(None), None, b"circle")


def test_a_waiver_and_the_mark_it_rests_on_come_from_one_judgement():
    """Is a forward judged once in a session, also if its backward was asked first and its own cell comes later?"""
    questions = load_questions("activations")
    wrong = next(k for k in mistakes.mistakes_of("elu_forward") if "alpha" in k.loses)
    solution = reference.load("activations")
    session = Session("activations", InProcessModule(wrong.applied_to(solution)), solution)
    assert session.grading("elu_backward").grading_of("elu_forward").lost("alpha")
    session.student.module = solution  # as if it were right from now on
    with activate(session):
        assert grade("elu_forward") < questions["elu_forward"].points
    assert session.outcomes("elu_forward") is session.latest


def test_own_layout_beside_a_forward_that_stops_earns_nothing_for_wrong_slopes():
    """A backward that is wrong but for the usual alpha, beside a right forward that raises once it is asked again."""
    solution, asked = reference.load("activations"), []

    def forward(x, alpha=0.01):
        if asked and alpha != 0.01:
            raise ValueError
        return solution.leaky_relu_forward(x, alpha)[0], {"x": x}

    def backward(dout, cache):
        asked.append(1)
        return dout * (1 * (cache["x"] > 0) + 0.01 * (cache["x"] <= 0))

    module = type("Module", (), {**vars(solution), "leaky_relu_forward": staticmethod(forward),
                                 "leaky_relu_backward": staticmethod(backward)})
    session = Session("activations", InProcessModule(module), solution)
    right = {o.aspect for o in session.outcomes("leaky_relu_forward") if o.status == "passed"}
    lost = {o.aspect for o in session.outcomes("leaky_relu_backward") if o.status != "passed"}
    assert "alpha" in right and "alpha" in lost
