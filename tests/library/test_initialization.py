"""Is the reference of ``cs231n_lib.initialization`` right, and do its hidden tests tell the truth?"""

import contextlib
from functools import partial

import grading
import numpy as np
import pytest

from autograder import mistakes
from autograder.hidden_tests.builders import largest_gap
from autograder.hidden_tests.session import load_questions, sum_marks
from cs231n_lib import initialization
from cs231n_lib.initialization import (
    activation_statistics,
    constant_init,
    he_init,
    lsuv_init,
    scaled_init,
    small_random_init,
    stack_backward,
    stack_forward,
    xavier_init,
    zero_init,
)
from cs231n_lib.lab.check import NotRightYet, check
from cs231n_lib.lab.check.cases.initialization import OTHER_ACTIVATIONS
from cs231n_lib.lab.gradient_check import eval_numerical_gradient_array

TOPIC = "initialization"
RANDOM = [(lambda i, o, rng: small_random_init(i, o, rng), lambda i, o: 0.01),
          (lambda i, o, rng: small_random_init(i, o, rng, std=0.3), lambda i, o: 0.3),
          (xavier_init, lambda i, o: i**-0.5), (he_init, lambda i, o: (2 / i) ** 0.5)]


def test_constants_fill_float64_weights():
    """Are zero_init and constant_init what they say, as float64 of shape (fan_in, fan_out)?"""
    np.testing.assert_array_equal(zero_init(3, 5), np.zeros((3, 5)))
    np.testing.assert_array_equal(constant_init(3, 5, 2), np.full((3, 5), 2.0))
    assert zero_init(3, 5).dtype == constant_init(3, 5, 2).dtype == np.float64


@pytest.mark.parametrize("init, deviation", RANDOM)
@pytest.mark.parametrize("size", [(100, 300), (300, 100)])
def test_random_weights_are_gaussian_with_the_spread_of_the_formula(init, deviation, size):
    """Have the weights mean 0, the spread of the formula, and the quantiles of a Gaussian?"""
    w = init(*size, np.random.default_rng(1)) / deviation(*size)
    assert w.shape == size and w.dtype == np.float64
    n = w.size
    assert abs(w.mean()) < 5 / np.sqrt(n)  # five standard errors, here and below
    assert abs(w.std() - 1) < 5 / np.sqrt(2 * n)
    for bound, share in ((1, 0.6827), (2, 0.9545)):
        assert abs(np.mean(np.abs(w) < bound) - share) < 5 * np.sqrt(share * (1 - share) / n)


@pytest.mark.parametrize("init, _", RANDOM)
def test_weights_come_from_rng(init, _):
    """Does the same generator state give the same weights, and the next call others?"""
    rng = np.random.default_rng(3)
    first = init(4, 5, rng)
    np.testing.assert_array_equal(first, init(4, 5, np.random.default_rng(3)))
    assert not np.array_equal(first, init(4, 5, rng))


def test_xavier_keeps_the_variance_of_a_linear_layer():
    """Has x @ w the variance of x, on layers that widen and that narrow?"""
    rng = np.random.default_rng(0)
    for fan_in, fan_out in ((400, 100), (100, 400)):
        z = rng.standard_normal((1000, fan_in)) @ xavier_init(fan_in, fan_out, rng)
        # the variance of z is the mean square of fan_in * fan_out weights, times fan_in; and x is a sample, too
        assert abs(z.var() - 1) < 5 * np.sqrt(2 / (fan_in * fan_out) + 2 / (1000 * min(fan_in, fan_out)))


def test_he_keeps_the_mean_square_under_relu():
    """Does ReLU's mean square hold over ten layers with He, and fall to about 1/1024 with Xavier?"""
    rng = np.random.default_rng(0)
    for init, want in ((he_init, 1), (xavier_init, 2.0**-10)):
        h = rng.standard_normal((200, 500))
        for _ in range(10):
            h = np.maximum(0, h @ init(500, 500, rng))
        # each layer multiplies it by a factor of relative variance 5/500 (E z^4 = 3 for a Gaussian)
        assert abs(np.log((h**2).mean() / want)) < 5 * np.sqrt(10 * 5 / 500)


@pytest.mark.parametrize("activation, factor", [
    (lambda z: np.maximum(0, z), 2), (lambda z: np.where(z > 0, z, 0.5 * z), 1.6), (lambda z: z, 1), (np.sin, 2.3130)])
def test_scaled_weights_know_the_activation(activation, factor):
    """Is the variance factor / fan_in: He's 2 for ReLU, 2 / (1 + slope**2), and for sine 2 / (1 - exp(-2))?"""
    for fan_in, fan_out in ((100, 300), (300, 100)):
        w = scaled_init(fan_in, fan_out, np.random.default_rng(0), activation)
        assert w.shape == (fan_in, fan_out) and w.dtype == np.float64
        assert abs(w.var() * fan_in / factor - 1) < 5 * np.sqrt(2 / w.size)


@pytest.mark.parametrize("name", OTHER_ACTIVATIONS)
def test_check_of_scaled_weights_prints_no_answer(name):
    """Is the spread that the check expects another than that of slope 0.5, which a transfer question asks for?"""
    w = scaled_init(100, 300, np.random.default_rng(0), OTHER_ACTIVATIONS[name])
    assert abs(w.var() * 100 - 1.6) > 0.1


def test_scaled_weights_carry_a_signal_through_a_deep_stack():
    """Does the mean square of the pre-activations stay near 1 over ten layers of an activation without a name?"""
    rng = np.random.default_rng(0)

    def activation(z):
        return z * (z > -0.5) + 0.2

    z = rng.standard_normal((200, 500))
    for _ in range(10):
        z = activation(z) @ scaled_init(500, 500, rng, activation)
    assert abs(np.log((z**2).mean())) < 5 * np.sqrt(10 * 5 / 500)  # as for He, above


def test_activation_statistics_of_layers_of_any_shape():
    """Are means and stds those over all entries of each layer?"""
    layers = [np.array([[1.0, 3], [5, 7]]), np.full((2, 2, 3), 4.0), np.array([-1.0, 1])]
    means, stds = activation_statistics(layers)
    np.testing.assert_allclose(means, [4, 4, 0])
    np.testing.assert_allclose(stds, [np.sqrt(5), 0, 1])
    assert means.shape == stds.shape == (3,)


@pytest.mark.parametrize("activation", [np.tanh, lambda z: np.maximum(0, z)])
def test_lsuv_gives_unit_variance_and_only_rescales(activation):
    """Has every layer unit variance under the new weights, each a positive multiple of the old, which are unchanged?"""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((50, 8))
    weights = [s * rng.standard_normal(shape) for s, shape in ((0.01, (8, 30)), (5, (30, 20)), (0.3, (20, 1)))]
    before = [w.copy() for w in weights]
    h = x
    for old, kept, new in zip(weights, before, lsuv_init(weights, x, activation), strict=True):
        assert np.isclose((h @ new).var(), 1)
        ratio = new / old
        assert ratio.min() > 0 and np.isclose(ratio.min(), ratio.max())
        np.testing.assert_array_equal(old, kept)
        h = activation(h @ new)


def test_lsuv_leaves_alone_what_is_near_enough():
    """Is a layer within tol left as it is, and does max_iter = 0 forbid any change?"""
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((50, 8)), rng.standard_normal((8, 8))
    w *= np.sqrt(1.03) / (x @ w).std()
    np.testing.assert_array_equal(lsuv_init([w], x, np.tanh)[0], w)
    np.testing.assert_array_equal(lsuv_init([w], x, np.tanh, tol=0.01, max_iter=0)[0], w)
    assert np.isclose((x @ lsuv_init([w], x, np.tanh, tol=0.01)[0]).var(), 1)


def squares(z):
    """Return the squares, and keep z."""
    return z**2, z


def through_squares(dout, cache):
    """Return the gradient of :func:`squares`."""
    return 2 * cache * dout


def test_stack_by_hand():
    """Does a stack of two units give what a person works out, and leave what it was given as it was?"""
    x, weights = np.array([[2.0]]), [np.array([[3.0]]), np.array([[1.0]])]
    activations, cache = stack_forward(x, weights, squares)
    assert [a.item() for a in activations] == [36, 1296]
    for _ in range(2):  # the cache is as good the second time
        dx, dweights = stack_backward(np.ones((1, 1)), cache, through_squares)
        assert dx.item() == 2592 and [dw.item() for dw in dweights] == [1728, 2592]
    assert x.item() == 2 and [w.item() for w in weights] == [3, 1]


def test_stack_backward_is_the_slope_of_the_stack():
    """Are dx and dweights the slopes of the forward, on layers of several widths?"""
    rng = np.random.default_rng(0)
    x, weights = rng.standard_normal((4, 3)), [rng.standard_normal(s) for s in ((3, 5), (5, 2))]
    dout = rng.standard_normal((4, 2))
    dx, dweights = stack_backward(dout, stack_forward(x, weights, squares)[1], through_squares)
    found = [eval_numerical_gradient_array(f, at, dout) for f, at in (
        (lambda v: stack_forward(v, weights, squares)[0][-1], x),
        (lambda v: stack_forward(x, [v, weights[1]], squares)[0][-1], weights[0]),
        (lambda v: stack_forward(x, [weights[0], v], squares)[0][-1], weights[1]))]
    for got, want in zip((dx, *dweights), found, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


# -- the hidden tests -----------------------------------------------------------------------------------------------


graded = partial(grading.graded, TOPIC)


def test_points_are_those_that_the_notebook_states():
    """Are the points those that the notebook states?"""
    assert {n: q.points for n, q in load_questions(TOPIC).items()} == {
        "zero_init": 1, "constant_init": 1, "small_random_init": 2, "xavier_init": 2, "he_init": 2,
        "activation_statistics": 2, "lsuv_init": 4, "scaled_init": 2, "stack_forward": 1.5, "stack_backward": 2.5,
        "deep_signal": 2, "deep_gradient": 1}


def test_weights_returned_unchanged_earn_nothing_for_lsuv():
    """Does an lsuv_init that does nothing at all earn nothing?"""
    outcomes = graded(lsuv_init=lambda weights, x, activation, tol=0.05, max_iter=10: weights)
    assert sum_marks(outcomes["lsuv_init"]) == 0
    assert sum_marks(outcomes["deep_signal"]) == 2


@pytest.mark.parametrize("name", ["xavier_init", "he_init", "small_random_init"])
def test_a_gaussian_and_a_uniform_sample_are_told_apart(name):
    """Does a uniform distribution of the right variance cost its aspect and nothing else, for several secrets?"""
    load_questions(TOPIC)
    known = next(m for m in mistakes.mistakes_of(name) if m.name == "uniform")
    for secret in (b"1", b"2", b"3"):
        missed = [o for o in graded(secret, **{name: known.code})[name] if o.status != "passed"]
        assert [(o.aspect, o.mistake) for o in missed] == [("distribution", "uniform")]


def test_largest_gap_is_that_of_the_distribution_functions():
    """Is the distance of two samples 1 if they do not overlap, and 0.057 between a uniform and a Gaussian one?"""
    assert largest_gap(np.arange(5.0), np.arange(5.0) + 10) == 1
    rng, n = np.random.default_rng(0), 200_000
    gap = largest_gap(rng.uniform(-np.sqrt(3), np.sqrt(3), n), rng.standard_normal(n))
    assert abs(gap - 0.057) < 5 * np.sqrt(0.25 / n) * np.sqrt(2)


def loop_that_breaks(divide, rounds):
    """Return an LSUV as one writes it with a loop that breaks, with another division and number of rounds."""
    def lsuv(weights, x, activation, tol=0.05, max_iter=10):
        scaled = []
        for w in weights:
            for _ in range(rounds(max_iter)):
                if abs((x @ w).var() - 1) <= tol:
                    break
                w = divide(w, x @ w)
            scaled.append(w)
            x = activation(x @ w)
        return scaled

    return lsuv


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("function, code, says", [
    ("he_init", lambda i, o, rng: rng.normal(0, np.sqrt(2 // i), (i, o)), "2 // fan_in divides whole numbers"),
    ("xavier_init", lambda i, o, rng: rng.normal(0, np.sqrt(1 // i), (i, o)), "1 // fan_in divides whole numbers"),
    ("scaled_init", lambda fan_in, fan_out, rng, activation: rng.normal(
        0, 1 / (fan_in**0.5 * np.mean(activation(rng.normal(size=90_000))**2)), (fan_in, fan_out)),
     "divided by the mean square itself"),
    ("lsuv_init", loop_that_breaks(lambda w, z: w * z.std(), lambda n: n), "multiplied by the standard"),
    ("lsuv_init", loop_that_breaks(lambda w, z: w * z.std(), lambda n: min(n, 1)), "multiplied by the standard"),
    ("lsuv_init", loop_that_breaks(lambda w, z: w / z.std(), lambda n: n + 1), "more often than max_iter"),
], ids=lambda v: str(v)[:16])
def test_check_names_a_slip(monkeypatch, capsys, function, code, says):
    """Does the check name what goes wrong, however the loop is written?"""
    monkeypatch.setattr(initialization, function, code)
    with contextlib.suppress(NotRightYet):
        check(function)
    assert says in " ".join(capsys.readouterr().out.split())


def test_glorot_is_recognised():
    """Is Glorot's variance named when it stands where 1/fan_in is asked for?"""
    load_questions(TOPIC)
    known = next(m for m in mistakes.mistakes_of("xavier_init") if m.name == "glorot")
    missed = [o for o in graded(xavier_init=known.code)["xavier_init"] if o.status != "passed"]
    assert [(o.aspect, o.mistake, o.hint) for o in missed] == [("spread", "glorot", known.teaches)]
