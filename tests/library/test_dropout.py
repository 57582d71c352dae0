"""Is the reference of ``cs231n_lib.dropout`` right, and do its hidden tests tell the truth?"""

from functools import partial

import grading
import numpy as np
import pytest

from autograder import mistakes, reference
from autograder.hidden_tests import dropout
from autograder.hidden_tests.session import load_questions, sum_marks
from cs231n_lib.dropout import dropout_backward, dropout_forward, mc_dropout_mean, vanilla_dropout_forward
from cs231n_lib.lab.check import judge
from cs231n_lib.lab.check.cases import FUNCTIONS

TOPIC = "dropout"
FORWARDS = [vanilla_dropout_forward, dropout_forward]


def param(p=0.6, mode="train", **seed):
    """Return a dropout_param."""
    return {"p": p, "mode": mode, **seed}


@pytest.fixture
def x():
    """Numbers that are not 0."""
    return np.random.default_rng(0).uniform(0.5, 2, (50, 40))


@pytest.mark.parametrize("forward, factor", [(vanilla_dropout_forward, 1), (dropout_forward, 1 / 0.6)])
def test_a_share_p_is_kept_and_scaled(forward, factor, x):
    """Is a share p of the numbers kept, are they multiplied by the right factor, and the others 0?"""
    out, (_, mask) = forward(x, param(seed=1))
    kept = out != 0
    assert abs(kept.mean() - 0.6) < 5 * np.sqrt(0.6 * 0.4 / x.size)  # five standard errors
    np.testing.assert_allclose(out[kept], factor * x[kept])
    np.testing.assert_allclose(mask, factor * kept)


@pytest.mark.parametrize("forward", FORWARDS)
def test_training_has_the_expectation_of_the_test_pass(forward, x):
    """Is the mean over many masks what the test pass gives?"""
    n, small = 2000, x[:4, :5]
    mean = np.mean([forward(small, param(seed=s))[0] for s in range(n)], axis=0)
    tested, (_, mask) = forward(small, param(mode="test"))
    assert mask is None
    # of an output with expectation m: variance m**2 (1 - p) / p, for either kind
    assert np.all(np.abs(mean - tested) < 5.5 * tested * np.sqrt(0.4 / 0.6 / n))


@pytest.mark.parametrize("forward", FORWARDS)
def test_the_seed_fixes_the_mask(forward, x):
    """Does the same seed (0, too) give the same mask, and no seed a new one?"""
    for seed in (0, 7):
        np.testing.assert_array_equal(forward(x, param(seed=seed))[0], forward(x, param(seed=seed))[0])
    assert not np.array_equal(forward(x, param(seed=0))[0], forward(x, param(seed=7))[0])
    assert not np.array_equal(forward(x, param())[0], forward(x, param())[0])


@pytest.mark.parametrize("forward", FORWARDS)
@pytest.mark.parametrize("shape", [(), (5,), (1, 4), (2, 3, 4, 2)])
def test_forwards_keep_shape_dtype_and_input(forward, shape):
    """Is the output a new array of the shape of x, in float32 for float32, and does p = 1 keep everything?"""
    x = np.ones(shape, np.float32)
    for mode in ("train", "test"):
        out = np.asarray(forward(x, param(0.5, mode))[0])
        assert out.shape == shape and out.dtype == np.float32 and out is not x
        np.testing.assert_array_equal(forward(x, param(1.0, mode))[0], x)
    np.testing.assert_array_equal(x, 1)


@pytest.mark.parametrize("forward", FORWARDS)
def test_settings_that_make_no_sense_are_refused(forward, x):
    """Is p outside of (0, 1] refused with what p means, and an unknown mode by name?"""
    for p in (0, -0.1, 1.5):
        with pytest.raises(ValueError, match="probability of keeping, in"):
            forward(x, param(p))
    with pytest.raises(ValueError, match="got 'training'"):
        forward(x, param(mode="training"))


def test_backward_is_the_slope_of_the_forward(x):
    """With the mask fixed by a seed the pass is linear: is its slope along a direction what backward says?"""
    rng = np.random.default_rng(0)
    for mode in ("train", "test"):
        settings, direction, dout = param(0.3, mode, seed=2), rng.standard_normal(x.shape), rng.standard_normal(x.shape)
        out, cache = dropout_forward(x, settings)
        dx = dropout_backward(dout, cache)
        change = dropout_forward(x + direction, settings)[0] - out
        np.testing.assert_allclose(np.sum(dx * direction), np.sum(dout * change))
        assert dx is not dout


def test_monte_carlo_mean_and_spread():
    """Are mean and std those over n_samples different passes, entry by entry?"""
    outs = np.random.default_rng(0).standard_normal((7, 3, 2))
    given, remaining = [], iter(outs)

    def forward(x):
        given.append(x)
        return next(remaining)

    mean, std = mc_dropout_mean(forward, np.arange(4.0), 7)
    np.testing.assert_allclose(mean, sum(outs) / 7)
    np.testing.assert_allclose(std**2, sum((o - mean) ** 2 for o in outs) / 7)
    assert len(given) == 7 and all(np.array_equal(g, np.arange(4.0)) for g in given)


def test_monte_carlo_of_a_linear_layer(x):
    """Does the ensemble of a linear layer have the mean of its test pass, and the spread that theory gives?"""
    n, w = 2000, np.random.default_rng(1).standard_normal((40, 3))
    mean, std = mc_dropout_mean(lambda x: dropout_forward(x, param())[0] @ w, x[:4], n)
    spread = np.sqrt(x[:4] ** 2 @ w**2 * 0.4 / 0.6)
    assert np.all(np.abs(mean - x[:4] @ w) < 6 * spread / np.sqrt(n))
    assert np.all(np.abs(std / spread - 1) < 6 / np.sqrt(2 * n))


# -- the hidden tests -----------------------------------------------------------------------------------------------


graded = partial(grading.graded, TOPIC)


def missed(outcomes):
    """Return (aspect, known mistake) of what did not pass."""
    return [(o.aspect, o.mistake) for o in outcomes if o.status != "passed"]


def known(function, name):
    """Return a known mistake."""
    load_questions(TOPIC)
    return next(m for m in mistakes.mistakes_of(function) if m.name == name)


def test_points_are_those_that_the_notebook_states():
    """Are the points those that the notebook states?"""
    assert {n: q.points for n, q in load_questions(TOPIC).items()} == {
        "vanilla_dropout_forward": 3, "dropout_forward": 4, "dropout_backward": 3, "mc_dropout_mean": 2,
        "dropout_step": 2}


def test_doing_nothing_earns_nothing():
    """Do an inverted dropout that returns x, and a backward that returns dout, earn nothing?"""
    found = graded(dropout_forward=lambda x, dropout_param: (x, (dropout_param, None)),
                   dropout_backward=lambda dout, cache: dout)
    assert sum_marks(found["dropout_forward"]) == sum_marks(found["dropout_backward"]) == 0


def test_the_other_meaning_of_p_is_charged_once():
    """Does taking p for the probability of dropping, wherever it occurs, cost one aspect, and is it named?"""
    def forward(x, dropout_param):
        p = dropout_param["p"]
        if dropout_param["mode"] == "test":
            return x, (dropout_param, None)
        mask = np.random.default_rng(dropout_param.get("seed")).random(x.shape) >= p
        return x * mask / (1 - p), (dropout_param, mask)

    def backward(dout, cache):
        param, mask = cache
        return dout if mask is None else dout * mask / (1 - param["p"])

    found = graded(dropout_forward=forward, dropout_backward=backward)
    assert missed(found["dropout_forward"]) == [("share kept", "p_is_probability_of_dropping")]
    assert missed(found["dropout_backward"]) == missed(found["dropout_step"]) == []


@pytest.mark.parametrize("name, aspect", [("randn_for_rand", "share kept"), ("no_scaling", "values"),
                                          ("one_mask_for_the_batch", "independence"), ("ignores_the_seed", "seed"),
                                          ("scales_in_test_mode", "test mode")])
def test_favourites_are_recognised(name, aspect):
    """Does each of the commonest mistakes cost its aspect, and is it named, for several secrets?"""
    for secret in (b"1", b"2"):
        found = graded(secret, ["dropout_forward"], dropout_forward=known("dropout_forward", name).code)
        assert missed(found["dropout_forward"])[0][0] == aspect
        if name != "ignores_the_seed":  # two mistakes, which cannot be told apart when nothing is repeated
            assert missed(found["dropout_forward"]) == [(aspect, name)]


def test_a_mask_between_forward_and_backward_is_charged_to_one_of_them():
    """Is a mask without 1 / p charged to the forward if the backward goes by the contract, and else not at all?"""
    bare = known("dropout_forward", "caches_a_bare_mask").code
    found = graded(dropout_forward=bare)
    assert missed(found["dropout_forward"]) == [("cache", "caches_a_bare_mask")]
    assert missed(found["dropout_backward"]) == []
    own = graded(dropout_forward=bare, dropout_backward=lambda dout, cache: (
        dout if cache[1] is None else (dout * cache[1] / cache[0]["p"]).astype(dout.dtype)))
    assert [name for name, outcomes in own.items() if missed(outcomes)] == []


def test_a_mask_in_a_global_variable_is_noticed():
    """Does a backward that uses the mask of the latest forward lose its aspect?"""
    latest = {}

    def forward(x, dropout_param):
        out, cache = dropout_forward(x, dropout_param)
        latest["cache"] = cache
        return out, None

    found = graded(only=["dropout_backward"], dropout_forward=forward,
                   dropout_backward=lambda dout, cache: dropout_backward(dout, latest["cache"]))
    assert "dx" in dict(missed(found["dropout_backward"]))


def test_dependence_of_masks():
    """Do independent masks have scatters near 1, and shared draws those of the number that share one?"""
    rng = np.random.default_rng(0)
    assert np.allclose(dropout.dependence(rng.random((50, 30, 40)) < 0.5), 1, atol=5 * np.sqrt(2 / (50 * 30)))
    rows = np.broadcast_to(rng.random((50, 30, 1)) < 0.5, (50, 30, 40))
    assert dropout.dependence(rows)[0] > 30 and not any(dropout.patterns(rng.random((30, 30, 30)) < 0.5))
    # one draw per row: 50 * 30 draws, however many numbers share one
    assert np.isclose(dropout.standard_error(rows), 0.5 / np.sqrt(1500), rtol=0.2)


# -- the visible check ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function, name", [
    ("vanilla_dropout_forward", "p_is_probability_of_dropping"), ("dropout_forward", "no_scaling"),
    ("dropout_forward", "randn_for_rand"), ("dropout_forward", "one_mask_for_the_batch"),
    ("dropout_backward", "bare_mask"), ("dropout_backward", "ignores_the_mode"), ("mc_dropout_mean", "sample_std")])
def test_the_visible_check_names_the_mistake(function, name):
    """Does the check say in words what is wrong?"""
    wrong = known(function, name)
    report = judge.judge(FUNCTIONS[function], wrong.applied_to(reference.load(TOPIC)))
    assert wrong.teaches in report.diagnosis
