"""``cs231n_lib.babysitting`` and its hidden tests."""

from functools import partial

import grading
import numpy as np
import pytest

from autograder import mistakes, reference
from autograder.hidden_tests.session import Session, load_questions
from autograder.reference import read_module_source
from autograder.sandbox.client import SandboxedModule
from cs231n_lib.babysitting import bracket_learning_rate, expected_initial_loss, has_exploded, update_ratio
from cs231n_lib.linear_classifier import softmax_loss, svm_loss

TOPIC = "babysitting"


@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_initial_loss_is_that_of_equal_scores(classes):
    """Is the initial loss that of equal scores?"""
    scores, y = np.zeros((3, classes)), np.array([0, 1, 1])
    assert np.isclose(expected_initial_loss(classes), softmax_loss(scores, y)[0])
    assert np.isclose(expected_initial_loss(classes, "svm"), svm_loss(scores, y)[0])


def test_unknown_loss_is_refused():
    """Is an unknown loss refused?"""
    with pytest.raises(ValueError, match='expected loss to be "softmax" or "svm", got \'hinge\''):
        expected_initial_loss(10, "hinge")


@pytest.mark.parametrize("shape", [(4,), (3, 5), (2, 3, 4)])
def test_update_ratio_is_that_of_the_euclidean_norms(shape):
    """Is the update ratio that of the euclidean norms?"""
    rng = np.random.default_rng(0)
    w, step = rng.standard_normal(shape), rng.standard_normal(shape)
    w, step = w / np.sqrt((w**2).sum()), step / np.sqrt((step**2).sum())
    assert np.isclose(update_ratio(w, w + 1e-3 * step), 1e-3)
    assert np.isclose(update_ratio(50 * w, 50 * w + 1e-3 * step), 2e-5)
    assert update_ratio(w, w) == 0


def test_sgd_step_ratio_is_rate_times_gradient_over_weight():
    """Is the ratio of a step with SGD the rate times gradient over weight?"""
    rng = np.random.default_rng(0)
    w, dw = rng.standard_normal((2, 6, 7))
    assert np.isclose(update_ratio(w, w - 0.1 * dw), 0.1 * np.linalg.norm(dw) / np.linalg.norm(w))


@pytest.mark.parametrize(("losses", "exploded"), [
    ([2.3, 2.0], False), ([2.3, np.nan], True), ([np.inf, 1.0], True), ([1.0, -np.inf, 1.0], True), ([], False),
    ([1e300], False), (np.array([1.0, np.nan]), True), ((3.0, 2.0), False)])
def test_any_loss_that_is_not_finite_is_an_explosion(losses, exploded):
    """Is any loss that is not finite an explosion?"""
    assert has_exploded(losses) is exploded


@pytest.mark.parametrize("threshold", [3e-5, 0.7, 2e4])
def test_bracket_encloses_the_threshold_with_the_stated_width(threshold):
    """Does the bracket enclose the threshold with the stated width?"""
    tried = []

    def train_briefly(rate):
        tried.append(rate)
        return [2.3, 1.0] if rate < threshold else [2.3, np.nan]

    ok, exploded = bracket_learning_rate(train_briefly, 1e-6, 1e6, steps=10)
    assert ok < threshold <= exploded and len(tried) == 10
    assert np.isclose(exploded / ok, (1e12) ** (1 / 2**10))


def test_descent_on_a_bowl_explodes_at_two_over_the_curvature():
    """Does gradient descent on a bowl explode at two over the curvature?"""
    def train_briefly(rate, curvature=4.0):
        w, losses = 1.0, []
        with np.errstate(all="ignore"):
            for _ in range(100_000):
                losses.append(0.5 * curvature * w * w)
                w -= rate * curvature * w
                if not np.isfinite(losses[-1]) or losses[-1] == 0:
                    break
        return losses

    ok, exploded = bracket_learning_rate(train_briefly, 1e-3, 1e3, steps=12)
    assert ok <= 0.5 * 1.005 and exploded >= 0.5 and exploded / ok < 1.01


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-1, 1), (2, 1), (1, 1)])
def test_empty_range_is_refused(low, high):
    """Is a range that is none refused?"""
    with pytest.raises(ValueError, match="expected 0 < low < high"):
        bracket_learning_rate(lambda rate: [1.0], low, high)


# -- the hidden tests -----------------------------------------------------------------------------------------------


graded = partial(grading.graded, TOPIC)


def test_points_are_those_that_the_notebook_states():
    """Are the points those that the notebook states?"""
    assert {n: q.points for n, q in load_questions(TOPIC).items()} == {
        "expected_initial_loss": 1, "update_ratio": 2, "has_exploded": 1, "bracket_learning_rate": 4, "find_rate": 2}


def test_nan_infinity_and_the_callback_cross_into_the_sandbox():
    """Do nan infinity and the callback cross the pipe into the sandbox?"""
    module = reference.load(TOPIC)
    with SandboxedModule(read_module_source(TOPIC), TOPIC) as student:
        session = Session(TOPIC, student, module, b"test")
        assert all(o.status == "passed" for name in session.questions for o in session.outcomes(name))


@pytest.mark.parametrize("name", ["only_nan", "only_the_last", "a_threshold"])
def test_wrong_has_exploded_costs_its_bracket_nothing(name):
    """Does a wrong has exploded cost the bracket that calls it nothing?"""
    load_questions(TOPIC)
    known = next(m for m in mistakes.mistakes_of("has_exploded") if m.name == name)

    def bracket(train_briefly, low, high, steps=8):
        for _ in range(steps):
            middle = (low * high) ** 0.5
            low, high = (low, middle) if known.code(train_briefly(middle)) else (middle, high)
        return low, high

    outcomes = graded(has_exploded=known.code, bracket_learning_rate=bracket)
    assert {o.status for o in outcomes["bracket_learning_rate"]} == {"passed"}
    assert any(o.mistake == name for o in outcomes["has_exploded"])
