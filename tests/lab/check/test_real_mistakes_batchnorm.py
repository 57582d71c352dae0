"""Mistakes that real learners made in batch and layer normalization: does ``check`` name each of them?"""

import numpy as np
import pytest
from real_mistakes import expect_named


def name_case(value):
    """Name a case by its function and its mistake."""
    return value if isinstance(value, str) else ""


# -- forward ------------------------------------------------------------------------------------------------------


def divide(centred, var, eps):
    """Normalize as the docstring has it."""
    return centred * (var + eps) ** -0.5


def batchnorm(train=divide, test=divide, kept=lambda var, eps: var, weight=lambda momentum: momentum, ask_mode=True,
              store=True):
    """Return a batchnorm_forward in which one step is another."""
    def code(x, gamma, beta, bn_param):
        eps, keep = bn_param.get("eps", 1e-5), weight(bn_param.get("momentum", 0.9))
        old_mean, old_var = (bn_param.get(k, np.zeros_like(x[0])) for k in ("running_mean", "running_var"))
        if ask_mode and bn_param["mode"] == "test":
            return test(x - old_mean, old_var, eps) * gamma + beta, None
        mu = np.sum(x, axis=0) / x.shape[0]
        var = np.sum((x - mu) ** 2, axis=0) / x.shape[0]
        if store:
            bn_param["running_mean"] = keep * old_mean + (1 - keep) * mu
            bn_param["running_var"] = keep * old_var + (1 - keep) * kept(var, eps)
        x_hat = train(x - mu, var, eps)
        return x_hat * gamma + beta, (x_hat, gamma, np.sqrt(var + eps))
    return code


def divide_by_the_power_of_two(centred, var, eps):
    return centred / np.power(var + eps, 2)


def add_eps_to_the_root(centred, var, eps):
    return centred / (var**0.5 + eps)


def divide_by_the_variance(centred, var, eps):
    return centred / (var + eps)


@pytest.mark.parametrize(("settings", "known"), [
    ({"weight": lambda momentum: 1 - momentum}, "momentum_weighs_the_new"),  # 40
    ({"ask_mode": False, "store": False}, "no_running_averages"),  # 41
    ({"kept": lambda var, eps: (var + eps) ** 0.5}, "averages_the_deviation_with_eps"),  # 43
    ({"kept": lambda var, eps: var**0.5}, "averages_the_deviation"),
    ({"ask_mode": False}, "ignores_the_mode"),
    ({"test": add_eps_to_the_root}, "eps_outside_the_root_at_test"),
    ({"train": add_eps_to_the_root}, "eps_outside_the_root_in_training"),
    ({"train": add_eps_to_the_root, "test": add_eps_to_the_root}, "eps_outside_the_root"),
    ({"train": divide_by_the_variance, "test": divide_by_the_variance}, "divides_by_variance_in_both_modes"),
    ({"train": divide_by_the_power_of_two, "test": divide_by_the_power_of_two}, "divides_by_variance_squared"),
], ids=name_case)
def test_wrong_batchnorm_forward_is_named(settings, known):
    """Is one wrong step named, in one mode and in both?"""
    expect_named("batchnorm_forward", batchnorm(**settings), known)


def layernorm(divide):
    """Return a layernorm_forward that divides by ``divide(centred, var, eps)``."""
    def code(x, gamma, beta, ln_param):
        eps = ln_param.get("eps", 1e-5)
        centred = x - np.mean(x, axis=1).reshape(-1, 1)
        var = np.mean(centred**2, axis=1).reshape(-1, 1)
        return divide(centred, var, eps) * gamma + beta, (divide(centred, var, eps), gamma, np.sqrt(var + eps))
    return code


@pytest.mark.parametrize(("code", "known"), [
    (layernorm(add_eps_to_the_root), "eps_outside_the_root"),  # 47
    (layernorm(divide_by_the_power_of_two), "divides_by_variance_squared"),  # 49
], ids=name_case)
def test_wrong_layernorm_forward_is_named(code, known):
    """Is another divisor named?"""
    expect_named("layernorm_forward", code, known)


# -- backward -----------------------------------------------------------------------------------------------------


def backward(axis=0, dx_hat=lambda dout, gamma: dout * gamma, half=0.5, power=3, mean_share=1.0, means=None, **wrong):
    """Return a backward along ``axis`` that goes from step to step; ``wrong`` holds other gradients by their names."""
    def code(dout, cache):
        x_hat, gamma, std = cache
        n = dout.shape[axis]
        d, centred = dx_hat(dout, gamma), x_hat * std
        dvar = -half * np.sum(d * centred, axis=axis, keepdims=True) / std**power
        dcentred = d / std + 2 / n * dvar * centred
        dmean = -np.sum(dcentred, axis=axis, keepdims=True)
        dx = dcentred + dmean * mean_share / n
        if means:
            dx = (d - means(d) - x_hat * means(d * x_hat)) / std
        gradients = {"dx": dx, "dgamma": np.einsum("nd,nd->d", dout, x_hat), "dbeta": np.add.reduce(dout)}
        return tuple(wrong[k](dout, x_hat, gamma) if k in wrong else v for k, v in gradients.items())
    return code


@pytest.mark.parametrize(("function", "settings", "known"), [
    ("batchnorm_backward", {"dx_hat": lambda dout, gamma: dout}, "forgets_gamma"),  # 44
    ("batchnorm_backward", {"half": -0.5}, "wrong_sign_of_the_variance_path"),  # 46
    ("batchnorm_backward", {"half": 1}, "factor_of_the_root"),
    ("batchnorm_backward", {"power": 1.5}, "power_of_the_variance"),
    ("batchnorm_backward", {"means": np.mean}, "means_over_everything"),
    ("layernorm_backward", {"axis": 1, "means": np.mean}, "means_over_everything"),  # 50
    ("layernorm_backward", {"axis": 1, "half": 1}, "factor_of_the_root"),
    ("layernorm_backward", {"axis": 1, "power": 1.5}, "power_of_the_variance"),
    ("batchnorm_backward", {"dgamma": lambda dout, x_hat, gamma: dout * x_hat}, "dgamma_not_summed"),
    ("batchnorm_backward_alt", {"dgamma": lambda dout, x_hat, gamma: np.vdot(dout, x_hat)}, "dgamma_is_one_number"),
    ("layernorm_backward", {"axis": 1, "dbeta": lambda dout, x_hat, gamma: dout}, "dbeta_not_summed"),
    ("batchnorm_backward", {"dbeta": lambda dout, x_hat, gamma: dout.T @ np.ones(len(dout)) * gamma},
     "dbeta_with_gamma"),
], ids=name_case)
def test_wrong_backward_is_named(function, settings, known):
    """Is one wrong step of a backward named?"""
    expect_named(function, backward(**settings), known)


@pytest.mark.parametrize("axis", [0, 1])
def test_mean_path_without_its_share_is_named(axis):
    """Is dmean without 1 / N named, where the step before carries no sum of its own?"""
    def code(dout, cache):
        x_hat, gamma, std = cache
        d = dout * gamma
        spread = np.mean(d * x_hat, axis=axis, keepdims=True)
        dx = (d - np.sum(d, axis=axis, keepdims=True) - x_hat * spread) / std
        return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)

    expect_named(("batchnorm_backward", "layernorm_backward")[axis], code, "mean_path_without_n")


@pytest.mark.parametrize("function", ["batchnorm_backward", "batchnorm_backward_alt", "layernorm_backward"])
@pytest.mark.parametrize("order", [(0, 2, 1), (1, 2, 0), (2, 1, 0)])
def test_gradients_in_another_order_are_named(function, order):
    """Is the order named?"""
    def reordered(dout, cache):
        gradients = backward(axis=int(function == "layernorm_backward"))(dout, cache)
        return [gradients[i] for i in order]

    expect_named(function, reordered, "returns_dx_dbeta_dgamma")
