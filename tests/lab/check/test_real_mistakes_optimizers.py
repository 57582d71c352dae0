"""Mistakes that real learners made in optimizers: does ``check`` name each of them?"""

import numpy as np
import pytest
from real_mistakes import expect_named

from autograder import reference


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
    expect_named("sgd_momentum", momentum(step), mistake)


def test_old_velocity_on_top_of_the_new_is_named():
    """Row 61: momentum counts twice in Nesterov's step."""
    def nesterov(w, dw, config=None):
        config = dict(config or {})
        mu, lr = config.setdefault("momentum", 0.9), config.setdefault("learning_rate", 1e-2)
        before = config.get("velocity", 0 * w)
        config["velocity"] = mu * before - lr * dw
        return w + config["velocity"] + mu * before, config

    expect_named("nesterov_momentum", nesterov, "adds_old_and_new_velocity")


def rmsprop(w, dw, config=None):
    """Row 62: epsilon inside the root."""
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w), **(config or {})}
    config["cache"] = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * np.power(dw, 2)
    return w - config["learning_rate"] * dw * (config["cache"] + config["epsilon"]) ** -0.5, config


def test_epsilon_inside_the_root_is_named():
    """Row 62."""
    expect_named("rmsprop", rmsprop, "epsilon_in_the_root")


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
    expect_named("adam", adam(**settings), mistake)


@pytest.mark.parametrize("name, code, mistake", [
    ("step_decay", lambda lr0, epoch, drop=0.5, every=10: lr0 if epoch < every else drop * lr0, "drops_only_once"),
    ("cosine_decay", lambda lr0, epoch, total: lr0 / 2 * (1 + np.cos(np.pi * (epoch // total))), "floor_division")])
def test_schedules_that_go_wrong_are_named(name, code, mistake):
    """Rows 70 and 71."""
    expect_named(name, code, mistake)


@pytest.mark.parametrize("rule", ["rmsprop", "adam"])
@pytest.mark.parametrize("key", ["eps", None])
def test_epsilon_that_is_hard_coded_or_read_under_another_key_is_not_called_missing(rule, key):
    """Is the sentence true of both, since nobody can tell them apart?"""
    right = getattr(reference.load("optimizers"), rule)

    def wrong(w, dw, config=None):
        epsilon = (config or {}).get(key, 1e-8) if key else 1e-8
        next_w, new = right(w, dw, {**(config or {}), "epsilon": epsilon})
        return next_w, {**new, "epsilon": (config or {}).get("epsilon", 1e-8)}

    expect_named(rule, wrong, "fixed_epsilon")
