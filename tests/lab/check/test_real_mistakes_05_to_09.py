"""Mistakes that learners made in public, written as they wrote them: does ``check`` name each?"""

import types

import numpy as np
import pytest

from autograder import mistakes, reference
from cs231n_lib.lab.check import judge
from cs231n_lib.lab.check.cases import FUNCTIONS


def judge_written(name, code):
    """Judge one function as a student wrote it, beside right ones."""
    module = types.SimpleNamespace(**{**vars(reference.load(FUNCTIONS[name].topic)), name: code})
    return judge.judge(FUNCTIONS[name], module)


def sentence_of(function, mistake):
    """Return what a registered mistake teaches."""
    mistakes.load_mistakes(FUNCTIONS[function].topic)
    return next(m.teaches for m in mistakes.mistakes_of(function) if m.name == mistake)


def momentum(step):
    """Return sgd_momentum whose ``step(w, v, dw, config)`` gives (next_w, velocity)."""
    def sgd_momentum(w, dw, config=None):
        config = {} if config is None else config
        config.setdefault("learning_rate", 1e-2)
        config.setdefault("momentum", 0.9)
        v = config.get("velocity", np.zeros_like(w))
        next_w, config["velocity"] = step(w, v, dw, config)
        return next_w, config
    return sgd_momentum


def uphill(w, v, dw, config):
    v = config["momentum"] * v + config["learning_rate"] * dw
    return w + v, v


def old_step(w, v, dw, config):
    return w + v, config["momentum"] * v - config["learning_rate"] * dw


def from_rest(w, v, dw, config):
    v = np.zeros_like(w)
    v = config["momentum"] * v - config["learning_rate"] * dw
    return w + v, v


@pytest.mark.parametrize("step, mistake", [(uphill, "velocity_goes_uphill"), (old_step, "steps_with_the_old_velocity"),
                                           (from_rest, "velocity_begins_anew")])
def test_momentum_that_goes_wrong_is_named(step, mistake):
    """Rows 56, 58 and 59: uphill, the step of the velocity before, a velocity that is zero again at each call."""
    assert sentence_of("sgd_momentum", mistake) in judge_written("sgd_momentum", momentum(step)).diagnosis


def test_old_velocity_on_top_of_the_new_is_named():
    """Row 61: momentum counts twice in Nesterov's step."""
    def nesterov(w, dw, config=None):
        config = dict(config or {})
        mu, lr = config.setdefault("momentum", 0.9), config.setdefault("learning_rate", 1e-2)
        before = config.get("velocity", 0 * w)
        config["velocity"] = mu * before - lr * dw
        return w + config["velocity"] + mu * before, config

    found = judge_written("nesterov_momentum", nesterov).diagnosis
    assert sentence_of("nesterov_momentum", "adds_old_and_new_velocity") in found


def rmsprop(w, dw, config=None):
    """Row 62: epsilon inside the root."""
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w), **(config or {})}
    config["cache"] = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * np.power(dw, 2)
    return w - config["learning_rate"] * dw * (config["cache"] + config["epsilon"]) ** -0.5, config


def test_epsilon_inside_the_root_is_named():
    """Row 62."""
    assert sentence_of("rmsprop", "epsilon_in_the_root") in judge_written("rmsprop", rmsprop).diagnosis


def adam(t=0, corrected=lambda m, b, t: m / (1 - np.power(b, t)), store=False):
    """Return Adam with another beginning of t, another correction, or the corrected averages stored."""
    def rule(w, dw, config=None):
        config = {} if config is None else config
        for key, default in (("learning_rate", 1e-3), ("beta1", 0.9), ("beta2", 0.999), ("epsilon", 1e-8), ("t", t),
                             ("m", np.zeros(w.shape)), ("v", np.zeros(w.shape))):
            config.setdefault(key, default)
        config["t"] += 1
        m = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
        v = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
        mt, vt = corrected(m, config["beta1"], config["t"]), corrected(v, config["beta2"], config["t"])
        config["m"], config["v"] = (mt, vt) if store else (m, v)
        return w - config["learning_rate"] * mt / (np.sqrt(vt) + config["epsilon"]), config
    return rule


@pytest.mark.parametrize("settings, mistake", [
    ({"store": True}, "stores_the_corrected"), ({"t": 1}, "counts_from_one"),
    ({"corrected": lambda m, b, t: m * (1 - b**t)}, "multiplies_the_correction"),
    ({"corrected": lambda m, b, t: m}, "no_bias_correction")])
def test_adam_that_counts_or_corrects_wrongly_is_named(settings, mistake):
    """Rows 64, 65, 67 and 68."""
    assert sentence_of("adam", mistake) in judge_written("adam", adam(**settings)).diagnosis


@pytest.mark.parametrize("name, code, mistake", [
    ("step_decay", lambda lr0, epoch, drop=0.5, every=10: lr0 if epoch < every else drop * lr0, "drops_only_once"),
    ("cosine_decay", lambda lr0, epoch, total: lr0 / 2 * (1 + np.cos(np.pi * (epoch // total))), "floor_division")])
def test_schedules_that_go_wrong_are_named(name, code, mistake):
    """Rows 70 and 71."""
    assert sentence_of(name, mistake) in judge_written(name, code).diagnosis


@pytest.mark.parametrize("rule", ["rmsprop", "adam"])
@pytest.mark.parametrize("key", ["eps", None])
def test_epsilon_that_is_hard_coded_or_read_under_another_key_is_not_called_missing(rule, key):
    """Is the sentence true of both, since nobody can tell them apart?"""
    right = getattr(reference.load("optimizers"), rule)

    def wrong(w, dw, config=None):
        epsilon = (config or {}).get(key, 1e-8) if key else 1e-8
        next_w, new = right(w, dw, {**(config or {}), "epsilon": epsilon})
        return next_w, {**new, "epsilon": (config or {}).get("epsilon", 1e-8)}

    assert judge_written(rule, wrong).diagnosis == [sentence_of(rule, "fixed_epsilon")]


# -- dropout ----------------------------------------------------------------------------------------------------------


def dropout(train, test):
    """Return a forward pass with ``train(x, mask, p)`` and ``test(x, mask, p)``."""
    def forward(x, dropout_param):
        p, mode = dropout_param["p"], dropout_param["mode"]
        rng = np.random.default_rng(dropout_param.get("seed"))
        mask = rng.random(x.shape) < p
        out = train(x, mask, p) if mode == "train" else test(x, mask, p)
        return out.astype(x.dtype, copy=False), (dropout_param, (mask / p).astype(x.dtype) if mode == "train" else None)
    return forward


def inverted(x, mask, p):
    return x * mask / p


@pytest.mark.parametrize("name, train, test, mistake", [
    ("dropout_forward", inverted, lambda x, mask, p: x * p, "scales_in_test_mode"),
    ("dropout_forward", inverted, inverted, "drops_in_test_mode"),
    ("vanilla_dropout_forward", lambda x, mask, p: x * mask, lambda x, mask, p: x / p, "divides_at_test")])
def test_test_passes_that_go_wrong_are_named(name, train, test, mistake):
    """Rows 52, 53 and 55."""
    assert sentence_of(name, mistake) in judge_written(name, dropout(train, test)).diagnosis


def test_p_taken_for_the_share_dropped_is_named_as_it_is_written():
    """Is it named where p = 1 gives 0 / 0, as in the code that students write?"""
    def forward(x, dropout_param):
        p = dropout_param["p"]
        if dropout_param["mode"] == "test":
            return x, (dropout_param, None)
        rng = np.random.default_rng(dropout_param.get("seed"))
        with np.errstate(all="ignore"):
            mask = ((rng.random(x.shape) > p) / (1 - p)).astype(x.dtype)
        return x * mask, (dropout_param, mask)

    found = judge_written("dropout_forward", forward).diagnosis
    assert sentence_of("dropout_forward", "p_is_probability_of_dropping_throughout") in found


# -- search -----------------------------------------------------------------------------------------------------------


def folds(cut, shuffled=True, train=lambda everything, val: np.setdiff1d(everything, val)):
    """Return k_fold_indices with other cuts, without a shuffle, or with other training sets."""
    def k_fold_indices(n, k, rng):
        order = rng.permutation(n) if shuffled else np.arange(n)
        return [(train(order, val), val) for val in cut(order, k)]
    return k_fold_indices


def rest_to_the_last(order, k):
    size = len(order) // k
    return [order[i * size:] if i == k - 1 else order[i * size:(i + 1) * size] for i in range(k)]


@pytest.mark.parametrize("name, code, mistake", [
    ("sample_log_uniform", lambda low, high, size, rng: np.exp(rng.uniform(low, high, size)),
     "takes_ends_for_exponents"),
    ("sample_log_uniform", lambda low, high, size, rng: low + (high - low) * rng.random(size),
     "uniform_on_a_linear_scale"),
    ("k_fold_indices", folds(rest_to_the_last), "remainder_to_the_last"),
    ("k_fold_indices", folds(np.array_split, shuffled=False), "not_shuffled"),
    ("k_fold_indices", folds(np.array_split, train=lambda everything, val: everything), "train_holds_all")])
def test_searches_and_folds_that_go_wrong_are_named(name, code, mistake):
    """Rows 73, 74, 76, 77 and 79."""
    assert sentence_of(name, mistake) in judge_written(name, code).diagnosis


# -- evaluation -------------------------------------------------------------------------------------------------------


def softmax_of_mean(logits):
    scores = np.mean(logits, axis=0)
    e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


@pytest.mark.parametrize("name, code, mistake", [
    ("ensemble_probabilities", softmax_of_mean, "softmax_of_the_mean"),
    ("ema_update", lambda average, params, decay=0.999: {k: (1 - decay) * average[k] + decay * v
                                                         for k, v in params.items()}, "decay_swapped"),
    ("ema_update", lambda average, params, decay=0.999: {k: average[k] + (1 - decay) * (average[k] - params[k])
                                                         for k in average}, "moves_away")])
def test_ensembles_and_averages_that_go_wrong_are_named(name, code, mistake):
    """Rows 80, 82 and 83."""
    assert sentence_of(name, mistake) in judge_written(name, code).diagnosis
