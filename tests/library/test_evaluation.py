"""Is the reference of ``cs231n_lib.evaluation`` right, and do its hidden tests tell the truth?"""

from functools import partial

import grading
import numpy as np
import pytest

from autograder.hidden_tests.evaluation import problem, softmax, squares
from autograder.hidden_tests.session import load_questions, sum_marks
from cs231n_lib.evaluation import ema_update, ensemble_probabilities, extract_features, train_head
from cs231n_lib.lab.gradient_check import eval_numerical_gradient, rel_error

TOPIC = "evaluation"


@pytest.fixture
def rng():
    """A generator in the same state for every test."""
    return np.random.default_rng(0)


def test_an_ensemble_averages_probabilities_not_logits():
    """Do two models that are sure of different classes give one half each, as the formula says?"""
    logits = np.log([[[0.98, 0.01, 0.01]], [[0.2, 0.6, 0.2]]])
    np.testing.assert_allclose(ensemble_probabilities(logits), [[0.59, 0.305, 0.105]])


def test_ensemble_probabilities_far_from_zero(rng):
    """Are rows at ±1000 exact, sum to 1, and does float32 stay float32?"""
    logits = rng.standard_normal((3, 4, 5))
    shift = np.array([1000, -1000, 0, 500])[:, None]
    np.testing.assert_allclose(ensemble_probabilities(logits + shift), ensemble_probabilities(logits))
    far = ensemble_probabilities(np.array([[[1000.0, -1000, 1000]], [[-1000, -1000, 0]]]))
    np.testing.assert_allclose(far, [[0.25, 0, 0.75]])
    assert ensemble_probabilities(logits.astype(np.float32)).dtype == np.float32


def test_ema_by_its_closed_form(rng):
    """After T steps, is the average the sum of all parameters with weights (1 - decay) decay**age?"""
    path = [{"w": rng.standard_normal((2, 3)), "s": np.array(rng.standard_normal())} for _ in range(6)]
    average = path[0]
    for params in path[1:]:
        average = ema_update(average, params, decay=0.7)
    for name in ("w", "s"):
        want = 0.7**5 * path[0][name] + sum(0.3 * 0.7 ** (5 - t) * path[t][name] for t in range(1, 6))
        np.testing.assert_allclose(average[name], want)


def test_ema_makes_new_arrays_and_keeps_float32(rng):
    """Are average and params as they were, is nothing shared, and is the default decay 0.999?"""
    average, params = ({"w": rng.standard_normal(4).astype(np.float32)} for _ in range(2))
    before = average["w"].copy(), params["w"].copy()
    new = ema_update(average, params)
    assert new["w"].dtype == np.float32
    assert not np.shares_memory(new["w"], average["w"]) and not np.shares_memory(new["w"], params["w"])
    np.testing.assert_allclose(new["w"], 0.999 * before[0] + 0.001 * before[1], rtol=1e-5)
    np.testing.assert_array_equal(average["w"], before[0])
    np.testing.assert_array_equal(params["w"], before[1])


@pytest.mark.parametrize("n, batch_size", [(10, 4), (8, 4), (3, 256), (5, 1)])
def test_features_do_not_depend_on_the_batch_size(n, batch_size, rng):
    """Are batches of any size put together in order, and outputs that are images flattened?"""
    X = rng.standard_normal((n, 2, 3))
    sizes = []

    def double(x):
        sizes.append(len(x))
        return 2 * x

    features = extract_features([double, np.tanh], X, batch_size)
    np.testing.assert_allclose(features, np.tanh(2 * X).reshape(n, 6))
    assert sum(sizes) == n and max(sizes) <= batch_size
    assert extract_features([lambda x: x[:, 0, 0]], X, batch_size).shape == (n, 1)


@pytest.mark.parametrize("reg", [0.0, 0.5])
def test_a_head_ends_at_the_solution_of_ridge_regression(reg, rng):
    """With squared error, is w where the normal equations put it, and b, unpenalised, at the mean target?"""
    F, y, c = problem(rng)
    w, b = train_head(F, y, c, squares, 0.5, 100, reg, rng)
    targets, n = np.eye(c)[y], len(F)
    np.testing.assert_allclose(w, np.linalg.solve(F.T @ F / n + reg * np.eye(4), F.T @ targets / n), atol=1e-9)
    np.testing.assert_allclose(b, targets.mean(axis=0), atol=1e-9)


def test_a_head_ends_where_the_numerical_gradient_is_zero(rng):
    """With the softmax loss, is the whole objective flat in w and b at the end?"""
    F, y, c = rng.standard_normal((30, 4)) + 1, rng.integers(3, size=30), 3
    w, b = train_head(F, y, c, softmax, 0.5, 600, 0.3, rng)
    objective = lambda w, b: softmax(F @ w + b, y)[0] + 0.15 * np.sum(w**2)  # noqa: E731
    for gradient in (eval_numerical_gradient(lambda v: objective(v, b), w.copy()),
                     eval_numerical_gradient(lambda v: objective(w, v), b.copy())):
        assert np.abs(gradient).max() < 1e-7


def test_one_step_of_a_head(rng):
    """Is one step lr times the gradient, from a start of standard deviation 0.01 that rng decides?"""
    F, y, c = problem(rng)
    w0, b0 = train_head(F, y, c, softmax, 0.1, 0, 0.3, np.random.default_rng(1))
    w1, b1 = train_head(F, y, c, softmax, 0.1, 1, 0.3, np.random.default_rng(1))
    dscores = softmax(F @ w0 + b0, y)[1]
    np.testing.assert_allclose(w1, w0 - 0.1 * (F.T @ dscores + 0.3 * w0))
    np.testing.assert_allclose(b1, -0.1 * dscores.sum(axis=0))
    start, b = train_head(rng.standard_normal((2, 100)), np.array([0, 1]), 50, softmax, 0.1, 0, 0.3, rng)
    assert start.shape == (100, 50) and not b.any()
    assert abs(start.std() / 0.01 - 1) < 5 / np.sqrt(2 * start.size)


# -- the hidden tests -----------------------------------------------------------------------------------------------


graded = partial(grading.graded, TOPIC)


def test_points_are_those_that_the_notebook_states():
    """Are the points those that the notebook states, in the order of the module?"""
    assert list((n, q.points) for n, q in load_questions(TOPIC).items()) == [
        ("ensemble_probabilities", 3), ("ema_update", 2), ("extract_features", 3), ("train_head", 4), ("transfer", 2)]


def test_identities_earn_little_and_nothing_in_transfer():
    """Do functions that hand back an argument stay below half of every question?"""
    outcomes = graded(ensemble_probabilities=lambda logits: logits[0],
                      ema_update=lambda average, params, decay=0.999: params,
                      extract_features=lambda layers, X, batch_size=256: X.reshape(len(X), -1),
                      train_head=lambda F, y, num_classes, loss_fn, lr, steps, reg, rng: (F, y))
    assert all(sum_marks(found) < sum(o.max_score for o in found) / 2 for found in outcomes.values())


def test_the_squared_loss_and_the_softmax_loss_of_the_tests_are_right(rng):
    """Do their gradients agree with finite differences?"""
    s, y = rng.standard_normal((5, 3)), rng.integers(3, size=5)
    for loss in (squares, softmax):
        assert rel_error(loss(s, y)[1], eval_numerical_gradient(lambda v, f=loss: f(v, y)[0], s.copy())) < 1e-7
