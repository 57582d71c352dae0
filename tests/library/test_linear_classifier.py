"""Is the reference of ``cs231n_lib.linear_classifier`` right, and do its hidden tests tell the truth?"""

import re
from functools import partial

import grading
import numpy as np
import pytest
from real_mistakes import judge_code

from autograder import mistakes, reference
from autograder.hidden_tests.session import load_questions
from cs231n_lib.lab.gradient_check import eval_numerical_gradient, eval_numerical_gradient_array, rel_error
from cs231n_lib.linear_classifier import (
    affine_backward,
    affine_forward,
    sample_batch,
    softmax_loss,
    svm_loss,
    train_linear,
)

TOPIC = "linear_classifier"


@pytest.fixture
def rng():
    """A generator in the same state for every test."""
    return np.random.default_rng(0)


def test_affine_forward_of_images(rng):
    """Is each score the sum over all pixels of an image times their weights, plus the bias?"""
    x, w, b = rng.standard_normal((3, 2, 4)), rng.standard_normal((8, 5)), rng.standard_normal(5)
    out, cache = affine_forward(x, w, b)
    score = lambda image, m: sum(xi * wi for xi, wi in zip(image.ravel(), w[:, m], strict=True)) + b[m]  # noqa: E731
    want = [[score(image, m) for m in range(5)] for image in x]
    np.testing.assert_allclose(out, want)
    assert cache[0] is x and cache[1] is w and cache[2] is b


def test_affine_backward_against_finite_differences(rng):
    """Do all three gradients agree with finite differences, in the shapes of x, w and b?"""
    arrays = {"x": rng.standard_normal((3, 2, 4)), "w": rng.standard_normal((8, 5)), "b": rng.standard_normal(5)}
    dout = rng.standard_normal((3, 5))
    gradients = affine_backward(dout, affine_forward(**arrays)[1])
    for name, got in zip(arrays, gradients, strict=True):
        f = lambda v, name=name: affine_forward(**{**arrays, name: v})[0]  # noqa: E731
        assert got.shape == arrays[name].shape
        assert rel_error(got, eval_numerical_gradient_array(f, arrays[name].copy(), dout)) < 1e-8, name


def test_affine_says_what_does_not_fit():
    """Does a w or b of the wrong shape lead to a message with the expected shape?"""
    x = np.zeros((2, 3, 4))
    with pytest.raises(ValueError, match=re.escape("expected w of shape (12, M), got (10, 12)")):
        affine_forward(x, np.zeros((10, 12)), np.zeros(12))
    with pytest.raises(ValueError, match=re.escape("expected b of shape (5,), got (1, 5)")):
        affine_forward(x, np.zeros((12, 5)), np.zeros((1, 5)))


@pytest.mark.parametrize("classes", [1, 2, 10])
def test_equal_scores_give_log_c_and_c_minus_1(classes):
    """With all scores equal, is the softmax loss log C and the hinge loss C - 1?"""
    x, y = np.full((6, classes), 3.7), np.arange(6) % classes
    assert np.isclose(softmax_loss(x, y)[0], np.log(classes))
    assert np.isclose(svm_loss(x, y)[0], classes - 1)


def test_losses_by_their_formulas(rng):
    """Do both losses equal their definition, written as loops?"""
    x, y = rng.standard_normal((5, 4)), rng.integers(4, size=5)
    softmax = np.mean([-np.log(np.exp(r[k]) / np.exp(r).sum()) for r, k in zip(x, y, strict=True)])
    hinge = np.mean([sum(max(0, r[j] - r[k] + 1) for j in range(4) if j != k) for r, k in zip(x, y, strict=True)])
    assert np.isclose(softmax_loss(x, y)[0], softmax)
    assert np.isclose(svm_loss(x, y)[0], hinge)


@pytest.mark.parametrize("loss", [softmax_loss, svm_loss])
def test_loss_gradients_against_finite_differences(loss, rng):
    """Does each gradient agree with finite differences, and do its rows sum to zero?"""
    x, y = rng.standard_normal((5, 4)), rng.integers(4, size=5)
    dx = loss(x, y)[1]
    assert rel_error(dx, eval_numerical_gradient(lambda v: loss(v, y)[0], x.copy())) < 1e-7
    np.testing.assert_allclose(dx.sum(axis=1), 0, atol=1e-15)


def test_softmax_at_a_thousand():
    """Are loss and gradient exact where exp overflows, and where the right class has probability 0?"""
    x = np.array([[1000.0, -1000, 0], [-1000, -1000, -1001], [1000, 1000, 1000]])
    loss, dx = softmax_loss(x, np.array([1, 2, 0]))
    assert np.isclose(loss, (2000 + 1 + np.log(2 + np.exp(-1)) + np.log(3)) / 3)
    np.testing.assert_allclose(dx[0], np.array([1, -1, 0]) / 3)
    assert np.isfinite(dx).all()


@pytest.mark.parametrize("loss", [softmax_loss, svm_loss])
def test_losses_keep_float32_and_their_input(loss, rng):
    """Does float32 stay float32, and are the scores left as they were?"""
    x, y = rng.standard_normal((5, 4)).astype(np.float32), rng.integers(4, size=5)
    before = x.copy()
    assert loss(x, y)[1].dtype == np.float32
    np.testing.assert_array_equal(x, before)
    with pytest.raises(ValueError, match="one label per row"):
        loss(x, y[:, None])


def test_sample_batch_draws_pairs_with_replacement(rng):
    """Do labels stay with their rows, come all rows equally often, and may a batch be larger than the data?"""
    X, y = np.arange(20).reshape(10, 2), np.arange(10)
    Xb, yb = sample_batch(X, y, 10_000, rng)
    assert Xb.shape == (10_000, 2)
    np.testing.assert_array_equal(Xb, X[yb])
    # counts are binomial with mean 1000 and standard deviation 30; five of them
    np.testing.assert_allclose(np.bincount(yb, minlength=10), 1000, atol=150)


def test_one_step_of_training_by_hand():
    """Are the history, the weight and the bias after one step what a person works out?"""
    w, b = np.array([[3.0]]), np.array([1.0])
    new_w, new_b, losses = train_linear(lambda: (np.array([[2.0]]), np.array([0])),
                                        lambda scores, y: (scores.item(), np.ones((1, 1))), w, b, 0.1, 0.5, 1)
    assert np.isclose(losses, [9.25]).all() and np.isclose(new_w, 2.65).all() and np.isclose(new_b, 0.9).all()
    assert (w.item(), b.item()) == (3, 1)


def test_training_ends_where_the_gradient_is_zero(rng):
    """Is the loss with its penalty lowest where training on the whole set ends, and does its history fall to there?"""
    X, y = rng.standard_normal((30, 4)), rng.integers(0, 3, 30)
    reg = 0.3

    def objective(w):
        return softmax_loss(X @ w + b, y)[0] + 0.5 * reg * np.sum(w**2)

    w, b, losses = train_linear(lambda: (X, y), softmax_loss, np.zeros((4, 3)), np.zeros(3), 0.5, reg, 300)
    assert np.abs(eval_numerical_gradient(objective, w)).max() < 1e-6
    assert np.isclose(losses[0], np.log(3)) and (np.diff(losses) <= 1e-12).all() and len(losses) == 300


def test_training_draws_its_batches_with_sample_batch(rng):
    """Does a run repeat itself from the same state of the generator, and differ from another?"""
    X, y = rng.standard_normal((30, 4)), rng.integers(0, 3, 30)

    def run(seed):
        drawn = np.random.default_rng(seed)
        return train_linear(lambda: sample_batch(X, y, 5, drawn), softmax_loss, np.ones((4, 3)), np.ones(3), 0.5, 0, 9)

    np.testing.assert_array_equal(run(1)[2], run(1)[2])
    assert not np.array_equal(run(1)[2], run(2)[2])


# -- the hidden tests -----------------------------------------------------------------------------------------------


graded = partial(grading.graded, TOPIC)


def test_points_are_those_that_the_notebook_states():
    """Are the points those that the notebook states?"""
    assert {n: q.points for n, q in load_questions(TOPIC).items()} == {
        "affine_forward": 2, "affine_backward": 3, "softmax_loss": 4, "svm_loss": 4, "sample_batch": 2,
        "train_linear": 4, "training_step": 2}


def test_either_slope_at_the_kink_of_the_hinge_is_right():
    """Is a margin of exactly 0 with a slope of 1 as green at home, and as right for marks, as one with 0?"""
    def loss_fn(x, y):
        rows = np.arange(len(y))
        margins = x - x[rows, y][:, None] + 1
        counted = (margins >= 0) & (np.arange(x.shape[1]) != y[:, None])
        dx = counted.astype(x.dtype)
        dx[rows, y] = -dx.sum(axis=1)
        return margins[counted].sum() / len(y), dx / len(y)

    assert not np.array_equal(loss_fn(np.array([[1.0, 0.0]]), np.array([0]))[1], np.zeros((1, 2)))
    assert not judge_code("svm_loss", loss_fn).wrong
    (outcomes,) = graded(only=["svm_loss"], svm_loss=loss_fn).values()
    assert {o.status for o in outcomes} == {"passed"}


def test_no_mistake_is_charged_in_another_question():
    """Does a loss that is a sum cost its own aspect only, and is it named?"""
    load_questions(TOPIC)
    known = next(m for m in mistakes.mistakes_of("softmax_loss") if m.name == "loss_not_averaged")
    outcomes = graded(softmax_loss=known.code)
    missed = [(name, o) for name, found in outcomes.items() for o in found if o.status != "passed"]
    assert [(name, o.aspect, o.mistake, o.hint) for name, o in missed] == [
        ("softmax_loss", "loss", known.name, known.teaches)]


def test_a_sum_in_both_results_keeps_what_is_right():
    """Does forgetting the mean in the loss and in the gradient cost these two aspects and no other?"""
    def summed(x, y):
        loss, dx = reference.load(TOPIC).softmax_loss(x, y)
        return loss * len(y), dx * len(y)

    outcomes = graded(softmax_loss=summed)["softmax_loss"]
    assert {o.aspect for o in outcomes if o.status != "passed"} == {"loss", "gradient"}
