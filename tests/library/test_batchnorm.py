"""Is the reference of ``cs231n_lib.batchnorm`` right, and do its hidden tests tell the truth?"""

from functools import partial

import grading
import numpy as np
import pytest

from autograder import reference
from autograder.hidden_tests.session import load_questions, sum_marks
from autograder.verify import alternatives
from cs231n_lib.batchnorm import (
    batchnorm_backward,
    batchnorm_backward_alt,
    batchnorm_forward,
    layernorm_backward,
    layernorm_forward,
)
from cs231n_lib.lab.gradient_check import eval_numerical_gradient_array, rel_error

TOPIC = "batchnorm"
PAIRS = [(batchnorm_forward, batchnorm_backward), (batchnorm_forward, batchnorm_backward_alt),
         (layernorm_forward, layernorm_backward)]


@pytest.fixture
def rng():
    """A generator in the same state for every test."""
    return np.random.default_rng(0)


def inputs(rng, n=6, d=4, spread=2.0):
    """Draw (x, gamma, beta)."""
    return 3 + spread * rng.standard_normal((n, d)), rng.uniform(0.5, 2, d), rng.standard_normal(d)


# -- batch normalization, forward -----------------------------------------------------------------------------------


def test_training_gives_each_feature_the_mean_beta_and_the_deviation_gamma(rng):
    """Whatever the columns had before?"""
    x, gamma, beta = inputs(rng, n=50, spread=np.array([0.5, 2, 30, 400]))
    out, _ = batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": 0.0})
    np.testing.assert_allclose(out.mean(axis=0), beta, atol=1e-12)
    np.testing.assert_allclose(out.std(axis=0), gamma)


def test_gamma_and_beta_can_undo_the_normalization(rng):
    """Is the output x itself for gamma = sqrt(var + eps) and beta = mean?"""
    x, _, _ = inputs(rng)
    out, _ = batchnorm_forward(x, np.sqrt(x.var(axis=0) + 1e-5), x.mean(axis=0), {"mode": "train"})
    np.testing.assert_allclose(out, x, rtol=1e-12)


def test_eps_wins_where_features_hardly_vary(rng):
    """With a variance of eps / 3, is the output's variance (eps / 3) / (eps + eps / 3) = 1/4?"""
    x = rng.standard_normal((40, 2))
    x = (x - x.mean(axis=0)) / x.std(axis=0) * np.sqrt(1e-5 / 3)
    out, _ = batchnorm_forward(7 + x, np.ones(2), np.zeros(2), {"mode": "train"})
    np.testing.assert_allclose(out.var(axis=0), 0.25, rtol=1e-6)


def test_running_averages_are_geometric_sums(rng):
    """After t equal batches from zero, is the running value (1 - momentum**t) of the batch's?"""
    x, gamma, beta = inputs(rng)
    bn_param = {"mode": "train", "momentum": 0.7}
    for t in range(1, 6):
        batchnorm_forward(x, gamma, beta, bn_param)
        np.testing.assert_allclose(bn_param["running_mean"], (1 - 0.7**t) * x.mean(axis=0))
        np.testing.assert_allclose(bn_param["running_var"], (1 - 0.7**t) * x.var(axis=0))
        assert bn_param["running_mean"].shape == bn_param["running_var"].shape == (4,)


def test_default_momentum_is_nine_tenths_of_the_old(rng):
    """Does the first batch move the running mean by a tenth of the way?"""
    x, gamma, beta = inputs(rng)
    batchnorm_forward(x, gamma, beta, bn_param := {"mode": "train"})
    np.testing.assert_allclose(bn_param["running_mean"], 0.1 * x.mean(axis=0))


def test_test_mode_treats_each_example_alone_and_learns_nothing(rng):
    """Is the output of one example the same in any company, and is bn_param left as it was?"""
    x, gamma, beta = inputs(rng)
    bn_param = {"mode": "test", "running_mean": rng.standard_normal(4), "running_var": rng.uniform(1, 2, 4)}
    before = {k: np.copy(v) for k, v in bn_param.items()}
    out, _ = batchnorm_forward(x, gamma, beta, bn_param)
    np.testing.assert_allclose(out[2], batchnorm_forward(x[2:3], gamma, beta, bn_param)[0][0], rtol=1e-14)
    want = (x - bn_param["running_mean"]) / np.sqrt(bn_param["running_var"] + 1e-5) * gamma + beta
    np.testing.assert_allclose(out, want)
    assert bn_param.keys() == before.keys()
    assert all(np.array_equal(bn_param[k], v) for k, v in before.items())


def test_test_mode_agrees_with_training_once_the_averages_have_settled(rng):
    """After many passes over one batch, do both modes give the same?"""
    x, gamma, beta = inputs(rng)
    bn_param = {"mode": "train"}
    for _ in range(200):
        trained, _ = batchnorm_forward(x, gamma, beta, bn_param)
    tested, _ = batchnorm_forward(x, gamma, beta, {**bn_param, "mode": "test"})
    np.testing.assert_allclose(tested, trained, atol=1e-7)  # 0.9**200 = 7e-10


@pytest.mark.parametrize("forward", [batchnorm_forward, layernorm_forward])
def test_a_million_added_changes_nothing(forward, rng):
    """Is the output the same, to nine digits, for features far from 0?"""
    x, gamma, beta = inputs(rng, spread=0.5)
    near, far = (forward(v, gamma, beta, {"mode": "train"})[0] for v in (x, x + 1e6))
    np.testing.assert_allclose(far, near, atol=1e-8)


@pytest.mark.parametrize("forward, shape", [(batchnorm_forward, (1, 4)), (layernorm_forward, (5, 1))])
def test_nothing_to_compare_with_gives_beta(forward, shape, rng):
    """Is the output beta for a batch of one, and for a single feature, without a NaN?"""
    x, gamma, beta = inputs(rng, *shape)
    out, _ = forward(x, gamma, beta, {"mode": "train"})
    np.testing.assert_array_equal(out, np.broadcast_to(beta, shape))


def test_a_wrong_mode_is_named():
    """Is another mode refused with what is expected and what came?"""
    with pytest.raises(ValueError, match='expected bn_param\\["mode"\\] to be "train" or "test", got \'eval\''):
        batchnorm_forward(np.zeros((2, 3)), np.ones(3), np.zeros(3), {"mode": "eval"})


# -- layer normalization, forward -----------------------------------------------------------------------------------


def test_layernorm_normalizes_each_example_in_any_mode(rng):
    """Has each row of x_hat mean 0 and variance 1, in training, at test time, and without a mode?"""
    x, gamma, beta = inputs(rng, n=5, d=40, spread=np.array([[0.5], [2], [30], [400], [1]]))
    outs = [layernorm_forward(x, gamma, beta, p)[0] for p in ({"mode": "train"}, {"mode": "test"}, {})]
    x_hat = (outs[0] - beta) / gamma
    np.testing.assert_allclose(x_hat.mean(axis=1), 0, atol=1e-13)
    np.testing.assert_allclose(x_hat.var(axis=1), 1, atol=1e-4)
    np.testing.assert_array_equal(outs[0], outs[1])
    np.testing.assert_array_equal(outs[0], outs[2])


def test_layernorm_is_batchnorm_of_the_transpose(rng):
    """With gamma = 1 and beta = 0, are the two the same up to a transposition, forward and backward?"""
    x, dout = rng.standard_normal((5, 7)), rng.standard_normal((5, 7))
    layer, layer_cache = layernorm_forward(x, np.ones(7), np.zeros(7), {})
    batch, batch_cache = batchnorm_forward(x.T, np.ones(5), np.zeros(5), {"mode": "train"})
    np.testing.assert_allclose(layer, batch.T)
    dx = batchnorm_backward(dout.T, batch_cache)[0].T
    np.testing.assert_allclose(layernorm_backward(dout, layer_cache)[0], dx, atol=1e-14)


# -- backward -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("forward, backward", PAIRS)
@pytest.mark.parametrize("spread", [2.0, 3e-3])
def test_gradients_against_finite_differences(forward, backward, spread, rng):
    """Do all three gradients agree with finite differences, also where eps wins?"""
    arrays = dict(zip(("x", "gamma", "beta"), inputs(rng, spread=spread), strict=True))
    dout = rng.standard_normal((6, 4))

    def out(**changed):
        return forward(*{**arrays, **changed}.values(), {"mode": "train"})

    for name, got in zip(arrays, backward(dout, out()[1]), strict=True):
        f = lambda v, name=name: out(**{name: v})[0]  # noqa: E731
        want = eval_numerical_gradient_array(f, arrays[name].copy(), dout, h=1e-3 * spread if name == "x" else 1e-5)
        assert got.shape == arrays[name].shape
        assert rel_error(got, want) < 1e-5, name  # the error of a central difference is about (h / spread)**2 = 1e-6


@pytest.mark.parametrize("shape", [(6, 4), (1, 4), (6, 1), (4, 4)])
def test_both_backwards_agree(shape, rng):
    """Is the simplified formula the staged one?"""
    x, gamma, beta = inputs(rng, *shape)
    _, cache = batchnorm_forward(x, gamma, beta, {"mode": "train"})
    dout = rng.standard_normal(shape)
    staged, simplified = batchnorm_backward(dout, cache), batchnorm_backward_alt(dout, cache)
    for a, b in zip(staged, simplified, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


@pytest.mark.parametrize("forward, backward", PAIRS)
def test_dx_leaves_out_what_normalization_takes_out(forward, backward, rng):
    """Adding a constant to x, or stretching it, does not change the output: is dx at right angles to both?"""
    (x, gamma, beta), axis = inputs(rng), int(forward is layernorm_forward)
    _, cache = forward(x, gamma, beta, {"mode": "train", "eps": 0.0})
    dx, *_ = backward(rng.standard_normal(x.shape), cache)
    np.testing.assert_allclose(dx.sum(axis=axis), 0, atol=1e-14)
    np.testing.assert_allclose((dx * cache[0]).sum(axis=axis), 0, atol=1e-14)


@pytest.mark.parametrize("forward, backward", PAIRS)
def test_float32_stays_and_inputs_stay(forward, backward, rng):
    """Is every result float32 for float32, running averages too, and is nothing but bn_param changed?"""
    arrays = [a.astype(np.float32) for a in inputs(rng)]
    kept, param = [a.copy() for a in arrays], {"mode": "train"}
    out, cache = forward(*arrays, param)
    dout, cached = np.ones_like(out), [np.copy(c) for c in cache]
    results = [out, *backward(dout, cache), *(v for v in param.values() if isinstance(v, np.ndarray))]
    assert {r.dtype for r in results} == {np.dtype(np.float32)}
    for now, before in zip([*arrays, *cache, dout], [*kept, *cached, np.ones_like(out)], strict=True):
        np.testing.assert_array_equal(now, before)


# -- the hidden tests -----------------------------------------------------------------------------------------------


graded = partial(grading.graded, TOPIC)


def missed(outcomes):
    """Return question -> aspects that did not pass, where there are any."""
    found = {name: {o.aspect for o in aspects if o.status != "passed"} for name, aspects in outcomes.items()}
    return {name: aspects for name, aspects in found.items() if aspects}


def test_points_are_those_that_the_notebook_states():
    """Are the points those that the notebook states?"""
    assert {n: q.points for n, q in load_questions(TOPIC).items()} == {
        "batchnorm_forward": 6, "batchnorm_backward": 5, "batchnorm_backward_alt": 3, "layernorm_forward": 3,
        "layernorm_backward": 4, "normalized_step": 2}


def test_input_as_output_earns_nothing():
    """Do forwards that normalize nothing earn nothing, and does a backward that passes dout on?"""
    outcomes = graded(batchnorm_forward=lambda x, gamma, beta, bn_param: (x, None),
                      layernorm_forward=lambda x, gamma, beta, ln_param: (gamma * x + beta, None),
                      batchnorm_backward=lambda dout, cache: (dout, dout, dout))
    assert [sum_marks(outcomes[n]) for n in ("batchnorm_forward", "layernorm_forward", "batchnorm_backward")] == [
        0,
        0,
        0,
    ]


def test_three_mistakes_of_one_function_cost_their_three_aspects():
    """Are no eps, cancellation and the batch's statistics at test time told apart, and is nothing else lost?"""
    def careless(x, gamma, beta, bn_param):
        mean, var = x.mean(axis=0), (x**2).mean(axis=0) - x.mean(axis=0) ** 2
        x_hat = (x - mean) / np.sqrt(var)
        if bn_param["mode"] == "train":
            for name, new in (("running_mean", mean), ("running_var", var)):
                bn_param[name] = bn_param.get("momentum", 0.9) * bn_param.get(name, 0) + (
                    1 - bn_param.get("momentum", 0.9)) * new
        return gamma * x_hat + beta, (x_hat, gamma, np.sqrt(var))

    assert missed(graded(batchnorm_forward=careless)) == {"batchnorm_forward": {"eps", "stable", "test mode"}}


def test_a_cache_of_its_own_survives_a_mistake_in_one_of_the_three():
    """Where the simplified backward loses marks, is the integration put to three functions that share a cache?"""
    alternatives.load_alternatives(TOPIC)
    own = next(a for a in alternatives.alternatives_of("batchnorm_forward") if a.name == "KeepsItsInput").functions

    def unaveraged(dout, cache):
        dx, dgamma, dbeta = own["batchnorm_backward_alt"](dout, cache)
        return len(dout) * dx, dgamma, dbeta

    assert missed(graded(**{**own, "batchnorm_backward_alt": unaveraged})) == {"batchnorm_backward_alt": {"dx"}}


def test_the_latest_cache_in_a_global_variable_is_found_out():
    """Does a pair that works alone, but forgets all caches except the latest, lose the integration's gradient only?"""
    module, latest = reference.load(TOPIC), {}

    def forward(x, gamma, beta, bn_param):
        out, latest["cache"] = module.batchnorm_forward(x, gamma, beta, bn_param)
        return out, latest["cache"]

    def backward(dout, cache):
        return module.batchnorm_backward(dout, latest["cache"])

    outcomes = graded(batchnorm_forward=forward, batchnorm_backward=backward)
    assert missed(outcomes) == {"normalized_step": {"gradient"}}
