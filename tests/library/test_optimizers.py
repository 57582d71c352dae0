"""Is the reference of ``cs231n_lib.optimizers`` right, and do its hidden tests tell the truth?"""

from functools import partial

import grading
import numpy as np
import pytest

from autograder import mistakes, reference
from autograder.hidden_tests.session import load_questions, sum_marks
from cs231n_lib.optimizers import (
    adam,
    cosine_decay,
    exponential_decay,
    linear_warmup,
    nesterov_momentum,
    rmsprop,
    sgd,
    sgd_momentum,
    step_decay,
)

TOPIC = "optimizers"
RULES = (sgd, sgd_momentum, nesterov_momentum, rmsprop, adam)


def walk(rule, w, gradients, config=None):
    """Return where w is after each step, and the last config."""
    way = []
    for dw in gradients:
        w, config = rule(w, dw, config)
        way.append(w)
    return way, config


@pytest.fixture
def gradients():
    """Ten gradients of shape (3, 2)."""
    return list(np.random.default_rng(0).standard_normal((10, 3, 2)))


def test_sgd_on_a_parabola():
    """On f = a w**2 / 2, is w multiplied by 1 - lr a at each step?"""
    w = np.array([2.0])
    for _ in range(5):
        w, config = sgd(w, 3 * w, {"learning_rate": 0.1})
    assert np.isclose(w[0], 2 * 0.7**5) and config == {"learning_rate": 0.1}


def test_velocity_is_a_geometric_sum(gradients):
    """Is the velocity after n steps the sum of all gradients, each faded by momentum for its age?"""
    _, config = walk(sgd_momentum, np.zeros((3, 2)), gradients, {"learning_rate": 0.1, "momentum": 0.8})
    want = -0.1 * sum(0.8 ** (9 - i) * g for i, g in enumerate(gradients))
    np.testing.assert_allclose(config["velocity"], want)


def test_momentum_reaches_its_terminal_speed():
    """Under a constant gradient, does the step grow to lr / (1 - momentum) times the gradient?"""
    way, _ = walk(sgd_momentum, np.zeros(1), [np.ones(1)] * 300)
    assert np.isclose(way[-2] - way[-1], 1e-2 / (1 - 0.9))


def test_nesterov_is_momentum_seen_from_the_look_ahead():
    """Is w minus momentum times velocity the way of Nesterov's original form, gradient taken ahead?"""
    slope = lambda w: np.array([1.0, 30.0]) * w  # noqa: E731
    settings = {"learning_rate": 0.01, "momentum": 0.8}
    w, config = np.array([1.0, -2.0]), settings
    x, v = w.copy(), np.zeros(2)
    for _ in range(20):
        w, config = nesterov_momentum(w, slope(w), config)
        v = 0.8 * v - 0.01 * slope(x + 0.8 * v)
        x = x + v
        np.testing.assert_allclose(w, x + 0.8 * v)
        np.testing.assert_allclose(config["velocity"], v)


def test_rmsprop_cache_is_a_running_mean_of_squares(gradients):
    """Is the cache the mean of the squares, the newest weighing most?"""
    way, config = walk(rmsprop, np.zeros((3, 2)), gradients, {"decay_rate": 0.7})
    cache = 0.3 * sum(0.7 ** (9 - i) * g**2 for i, g in enumerate(gradients))
    np.testing.assert_allclose(config["cache"], cache)
    np.testing.assert_allclose(way[-1] - way[-2], -1e-2 * gradients[-1] / np.sqrt(cache), rtol=1e-5)


def test_adam_corrects_its_start(gradients):
    """Are the corrected averages weighted means, so that a constant gradient of any size gives steps of one length?"""
    for size in (1e-3, 1.0, 1e4):
        way, _ = walk(adam, np.zeros(2), [size * np.array([1.0, -1.0])] * 50)
        np.testing.assert_allclose(np.diff([np.zeros(2), *way], axis=0), [[-1e-3, 1e-3]] * 50, rtol=2e-5)
    way, config = walk(adam, np.zeros((3, 2)), gradients, {"beta1": 0.6, "beta2": 0.8})
    ages = np.arange(9, -1, -1)
    m, v = (np.average(values, axis=0, weights=beta**ages)
            for values, beta in ((gradients, 0.6), (np.square(gradients), 0.8)))
    np.testing.assert_allclose(way[-1] - way[-2], -1e-3 * m / (np.sqrt(v) + 1e-8))
    assert config["t"] == 10


def test_without_correction_adam_starts_about_three_times_too_fast():
    """Is the first uncorrected step (1 - beta1) / sqrt(1 - beta2) = 3.16 times the corrected one?"""
    assert np.isclose((1 - 0.9) / np.sqrt(1 - 0.999), 3.162, atol=1e-3)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("shape", [(), (4,), (2, 3, 2)])
def test_rules_take_any_shape_and_keep_float32(rule, shape):
    """Are shape and dtype those of w, is a gradient of 0 no step, and are dw and the given config left alone?"""
    w, dw, given = np.ones(shape, np.float32), np.full(shape, 2, np.float32), {"learning_rate": 0.1}
    next_w, config = rule(w, dw, given)
    next_w, config = rule(np.asarray(next_w), dw, config)
    assert np.shape(next_w) == shape and np.asarray(next_w).dtype == np.float32
    assert given == {"learning_rate": 0.1} and np.all(dw == 2) and np.all(w == 1)
    np.testing.assert_array_equal(rule(w, 0 * dw)[0], w)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_goes_down_an_ill_conditioned_bowl(rule):
    """Does the loss fall to below a tenth in 200 steps, when the curvatures differ by a factor of 50?"""
    curvature = np.array([1.0, 50.0])
    w, config = np.array([1.0, 1.0]), {"learning_rate": 0.01}
    for _ in range(200):
        w, config = rule(w, curvature * w, config)
    assert 0.5 * np.sum(curvature * w**2) < 0.1 * 25.5


def test_step_decay_drops_where_it_should():
    """Is the rate halved at epochs 10 and 20, and not before?"""
    assert [step_decay(0.8, e) for e in (0, 9, 10, 19, 20)] == [0.8, 0.8, 0.4, 0.4, 0.2]
    assert np.isclose(step_decay(0.8, 7, drop=0.1, every=3), 0.008)


def test_exponential_decay_has_one_factor_per_epoch():
    """Is the ratio of two epochs exp(-k), in whatever epoch, fractions counting?"""
    rates = [exponential_decay(0.3, e, 0.2) for e in np.arange(0, 5, 0.5)]
    assert rates[0] == 0.3
    np.testing.assert_allclose(np.divide(rates[2:], rates[:-2]), np.exp(-0.2))


def test_cosine_decay_is_flat_at_both_ends():
    """Does it run from lr0 through lr0 / 2 to 0, symmetrically, with slope 0 at both ends?"""
    rates = np.array([cosine_decay(0.4, e, 20) for e in range(21)])
    assert rates[0] == 0.4 and np.isclose(rates[10], 0.2) and np.isclose(rates[20], 0)
    np.testing.assert_allclose(rates + rates[::-1], 0.4)
    assert 0 < rates[0] - rates[1] < 0.01 and np.all(np.diff(rates) < 0)


def test_warmup_is_a_line_and_then_level():
    """Does the rate rise in equal steps from lr0 / n to lr0, and stay there?"""
    rates = [linear_warmup(0.5, s, 5) for s in range(8)]
    np.testing.assert_allclose(rates, [0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.5, 0.5])
    assert linear_warmup(0.5, 0, 1) == 0.5


# -- the hidden tests -----------------------------------------------------------------------------------------------


graded = partial(grading.graded, TOPIC)


def missed(outcomes):
    """Return (aspect, known mistake) of what did not pass."""
    return [(o.aspect, o.mistake) for o in outcomes if o.status != "passed"]


def test_points_are_those_that_the_notebook_states():
    """Are the points those that the notebook states?"""
    assert {n: q.points for n, q in load_questions(TOPIC).items()} == {
        "sgd": 1, "sgd_momentum": 2, "nesterov_momentum": 3, "rmsprop": 3, "adam": 4, "step_decay": 1,
        "exponential_decay": 1, "cosine_decay": 2, "linear_warmup": 1, "descent": 2}


@pytest.mark.parametrize("rule", RULES)
def test_standing_still_earns_nothing(rule):
    """Does a rule that returns w and the config as they came earn nothing?"""
    name = rule.__name__
    assert sum_marks(graded(only=[name], **{name: lambda w, dw, config=None: (w, config or {})})[name]) == 0


@pytest.mark.parametrize("function, name, aspects", [
    ("adam", "no_bias_correction", ["first step", "later steps"]),
    ("adam", "t_not_stored", ["later steps"]),
    ("rmsprop", "epsilon_in_the_root", ["epsilon"]),
    ("sgd_momentum", "velocity_not_stored", ["later steps"]),
    ("cosine_decay", "degrees", ["values", "start and end", "fractions"]),
    ("linear_warmup", "starts_at_zero", ["values", "first and last step"])])
def test_favourites_are_recognised(function, name, aspects):
    """Does each of the commonest mistakes cost its aspects only, and is it named in each, for several secrets?"""
    load_questions(TOPIC)
    known = next(m for m in mistakes.mistakes_of(function) if m.name == name)
    for secret in (b"1", b"2"):
        assert missed(graded(secret, [function], **{function: known.code})[function]) == [(a, name) for a in aspects]


def test_two_mistakes_in_adam_are_charged_for_themselves():
    """Does Adam without correction and with a fixed beta2 lose what either costs, and keep the rest?"""
    def wrong(w, dw, config=None):
        c = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "m": np.zeros_like(w),
             "v": np.zeros_like(w), "t": 0, **(config or {})}
        c["m"] = c["beta1"] * c["m"] + (1 - c["beta1"]) * dw
        c["v"] = 0.999 * c["v"] + (1 - 0.999) * dw**2
        return w - c["learning_rate"] * c["m"] / (np.sqrt(c["v"]) + c["epsilon"]), c

    assert [a for a, _ in missed(graded(only=["adam"], adam=wrong)["adam"])] == [
        "first step", "later steps", "settings"]


def test_state_outside_of_the_config_is_noticed():
    """Does momentum that keeps its velocity in a global variable lose the aspect of the config?"""
    memory = {}

    def rule(w, dw, config=None):
        config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
        if memory.get("shape") != w.shape:
            memory.update(shape=w.shape, v=np.zeros_like(w))
        memory["v"] = config["momentum"] * memory["v"] - config["learning_rate"] * dw
        return w + memory["v"], config

    assert "config" in dict(missed(graded(only=["sgd_momentum"], sgd_momentum=rule)["sgd_momentum"]))


@pytest.mark.parametrize("name", ["rmsprop", "adam"])
def test_mistake_that_would_lose_more_is_not_named(name):
    """Is an epsilon that is a fixed number not called missing, which would also lose what a gradient of 0 earns?"""
    right = getattr(reference.load(TOPIC), name)

    def rule(w, dw, config=None):
        next_w, new = right(w, dw, {**(config or {}), "epsilon": 1e-8})
        return next_w, {**new, "epsilon": (config or {}).get("epsilon", 1e-8)}

    lost = [o for o in graded(only=[name], **{name: rule})[name] if o.status != "passed"]
    assert [(o.aspect, o.mistake) for o in lost] == [("epsilon", "fixed_epsilon")]
    fixed = next(m for m in mistakes.mistakes_of(name) if m.name == "fixed_epsilon")
    rest = [m for m in mistakes.mistakes_of(name) if m is not fixed]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(mistakes.REGISTRY, name, rest)
        lost = [o for o in graded(only=[name], **{name: rule})[name] if o.status != "passed"]
        assert [(o.aspect, o.mistake) for o in lost] == [("epsilon", "")]


# -- the visible check ------------------------------------------------------------------------------------------------
