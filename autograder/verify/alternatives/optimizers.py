"""Correct ways to write ``cs231n_lib.optimizers`` other than the reference's."""

import functools
import math
import warnings

import numpy as np

from autograder.verify.alternatives import alternative

PREPARES = {
    "default settings": ("settings",),
    "learning_rate = 0.3": ("settings",),
    "momentum = 0.5": ("settings",),
    "decay_rate = 0.8": ("settings",),
    "beta1 = 0.5": ("settings",),
    "beta2 = 0.8": ("settings",),
    "epsilon = 0.5": ("epsilon",),
    "settings and state in config": ("config",),
    "state put back into config": ("config",),
    "a gradient of 0": ("epsilon", "edge sizes"),
    "any shape": ("edge sizes",),
    "drop = 0.1": ("settings",),
    "every = 4": ("settings",),
}

# -- update rules: as in CS231n, in place, one by one -----------------------------------------------------------------


@alternative("sgd")
def sgd_in_place(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    w -= config["learning_rate"] * dw
    return w, config


@alternative("sgd", style="out")
def sgd_into_a_new_array(w, dw, config=None):
    settings = {"learning_rate": 1e-2} | (config or {})
    step = np.multiply(dw, settings["learning_rate"], out=np.empty_like(dw))
    return np.subtract(w, step, out=step), settings


@alternative("sgd", style="prints")
def sgd_that_counts(w, dw, config=None):
    config = dict(config or {}, calls=(config or {}).get("calls", 0) + 1)
    print("call", config["calls"])
    return [np.add(w, -config.setdefault("learning_rate", 0.01) * dw), config]


@alternative("sgd", style="loop")
def sgd_one_by_one(w, dw, config=None):
    rate = (config or {}).get("learning_rate", 1e-2)
    out = np.empty_like(w)
    for index in np.ndindex(w.shape):
        out[index] = w[index] - rate * dw[index]
    return out, {"learning_rate": rate}


@alternative("sgd_momentum")
def momentum_as_in_cs231n(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    next_w = None
    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w + v
    config["velocity"] = v
    return next_w, config


class Momentum:
    """A rule as an object. Its attributes are the config."""

    def __init__(self, learning_rate=1e-2, momentum=0.9, velocity=0.0, **more):
        self.learning_rate, self.momentum, self.velocity = learning_rate, momentum, velocity
        vars(self).update(more)

    def step(self, w, dw):
        self.velocity = self.momentum * self.velocity - self.learning_rate * dw
        return w + self.velocity


@alternative("sgd_momentum", style="class")
def momentum_by_an_object(w, dw, config=None):
    rule = Momentum(**(config or {}))
    return rule.step(w, dw), vars(rule)


@alternative("sgd_momentum")
def momentum_in_place(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}
    v = config["velocity"]
    v *= config["momentum"]
    v -= config["learning_rate"] * dw
    w += v
    return w, config


@alternative("sgd_momentum", style="warns")
def momentum_uphill_inside(w, dw, config=None):
    warnings.warn("a warning does no harm", stacklevel=2)
    c = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    uphill = c["learning_rate"] * dw - c["momentum"] * c.get("velocity", 0)
    return w - uphill, {**c, "velocity": -uphill, "last_step": uphill}


@alternative("nesterov_momentum")
def nesterov_as_in_cs231n(w, dw, config=None):
    c = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}
    v_prev = c["velocity"].copy()
    c["velocity"] *= c["momentum"]
    c["velocity"] -= c["learning_rate"] * dw
    w += -c["momentum"] * v_prev + (1 + c["momentum"]) * c["velocity"]
    return w, c


@alternative("nesterov_momentum", style="class")
def nesterov_by_plain_momentum(w, dw, config=None):
    rule = Momentum(**(config or {}))
    rule.step(w, dw)
    return w - rule.learning_rate * dw + rule.momentum * rule.velocity, vars(rule)


@alternative("nesterov_momentum")
def nesterov_as_gradient_plus_look_ahead(w, dw, config=None):
    c = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}
    step = c["learning_rate"] * dw
    v = c["momentum"] * c["velocity"] - step
    return w + c["momentum"] * v - step, {**c, "velocity": v}


@alternative("nesterov_momentum")
def nesterov_by_the_point_without_look_ahead(w, dw, config=None):
    config = {} if config is None else config
    rate, mu = config.setdefault("learning_rate", 1e-2), config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros(w.shape, w.dtype))
    behind = w - mu * v
    config["velocity"] = np.asfortranarray(mu * v - rate * dw)
    return (behind + config["velocity"]) + mu * config["velocity"], config


@alternative("rmsprop")
def rmsprop_as_in_cs231n(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))
    config["cache"] = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * (dw * dw)
    next_w = w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    return next_w, config


@alternative("rmsprop", style="einsum")
def rmsprop_by_einsum(w, dw, config=None):
    c = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": 0, **(config or {})}
    square = np.einsum("...,...->...", dw, dw)
    c.update(cache=c["cache"] + (1 - c["decay_rate"]) * (square - c["cache"]))
    return w - c["learning_rate"] * dw / (c["epsilon"] + np.sqrt(c["cache"])), c


@alternative("rmsprop")
def rmsprop_with_partials(w, dw, config=None):
    """The mean of two numbers as a function of its own, with its weight fixed by functools.partial."""
    def mix(old, new, share):
        return share * old + (1 - share) * new

    c = dict(zip(("learning_rate", "decay_rate", "epsilon"), (1e-2, 0.99, 1e-8), strict=True)) | (config or {})
    average = functools.partial(mix, share=c["decay_rate"])
    c["cache"] = average(c.get("cache", np.zeros_like(dw)), np.abs(dw) ** 2)
    return w - dw * (c["learning_rate"] / (np.sqrt(c["cache"]) + c["epsilon"])), c


@alternative("rmsprop")
def rmsprop_in_place(w, dw, config=None):
    c = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w), **(config or {})}
    c["cache"] += (1 - c["decay_rate"]) * (np.square(dw) - c["cache"])
    w -= c["learning_rate"] * (dw / (c["cache"] ** 0.5 + c["epsilon"]))
    return w, c


@alternative("rmsprop", style="loop")
def rmsprop_one_by_one(w, dw, config=None):
    c = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w), **(config or {})}
    cache, out = c["cache"].copy(), w.copy()
    for i in np.ndindex(*w.shape):
        cache[i] = c["decay_rate"] * cache[i] + (1 - c["decay_rate"]) * dw[i] ** 2
        out[i] -= c["learning_rate"] * dw[i] / (math.sqrt(cache[i]) + c["epsilon"])
    return out, {**c, "cache": cache}


@alternative("adam")
def adam_as_in_cs231n(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("t", 0)
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * (dw**2)
    mt = config["m"] / (1 - config["beta1"] ** config["t"])
    vt = config["v"] / (1 - config["beta2"] ** config["t"])
    return w - config["learning_rate"] * mt / (np.sqrt(vt) + config["epsilon"]), config


@alternative("adam", style="loop")
def adam_in_place(w, dw, config=None):
    c = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "m": np.zeros_like(w),
         "v": np.zeros_like(w), "t": 0, **(config or {})}
    c["t"] += 1
    for key, beta, new in (("m", c["beta1"], dw), ("v", c["beta2"], dw * dw)):
        c[key] *= beta
        c[key] += (1 - beta) * new
    v_hat = c["v"] / (1 - c["beta2"] ** c["t"])
    w -= c["learning_rate"] / (1 - c["beta1"] ** c["t"]) * c["m"] / (v_hat**0.5 + c["epsilon"])
    return w, c


@alternative("adam", style="float64 out")
def adam_in_float64(w, dw, config=None):
    """The state is float64, too; only the weights come back as they were."""
    c = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0} | (config or {})
    c["t"], wide = c["t"] + 1, dw.astype(np.float64)
    c["m"] = c["beta1"] * c.get("m", 0.0) + (1 - c["beta1"]) * wide
    c["v"] = c["beta2"] * c.get("v", 0.0) + (1 - c["beta2"]) * wide**2
    root = np.sqrt(c["v"] / (1 - c["beta2"] ** c["t"]))
    step = np.divide(c["m"] / (1 - c["beta1"] ** c["t"]), root + c["epsilon"], out=np.empty(w.shape))
    return (w - c["learning_rate"] * step).astype(w.dtype), c


@alternative("adam", style="prints")
def adam_with_the_factor_pulled_out(w, dw, config=None):
    c = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **(config or {})}
    t = c.get("t", 0) + 1
    m = c["beta1"] * c.get("m", 0) + (1 - c["beta1"]) * dw
    v = c["beta2"] * c.get("v", 0) + (1 - c["beta2"]) * dw**2
    root = math.sqrt(1 - c["beta2"] ** t)
    rate = c["learning_rate"] * root / (1 - c["beta1"] ** t)
    print(f"step {t}")
    return w - rate * m / (np.sqrt(v) + root * c["epsilon"]), {**c, "t": t, "m": m, "v": v, "rate": rate}


@alternative("adam")
def adam_that_counts_for_itself(w, dw, config=None):
    c = dict(config) if config else {}
    beta1, beta2 = c.setdefault("beta1", 0.9), c.setdefault("beta2", 0.999)
    c["t"] = c.get("t", 0) + 1
    c["beta1_to_the_t"], c["beta2_to_the_t"] = beta1 ** c["t"], beta2 ** c["t"]
    c["m"] = np.asfortranarray(beta1 * c.get("m", np.zeros_like(w)) + (1 - beta1) * dw)
    c["v"] = beta2 * c.get("v", np.zeros_like(w)) + (1 - beta2) * np.square(dw)
    step = c["m"] / (1 - c["beta1_to_the_t"])
    step /= np.sqrt(c["v"] / (1 - c["beta2_to_the_t"])) + c.setdefault("epsilon", 1e-8)
    return w - c.setdefault("learning_rate", 1e-3) * step, c


# -- schedules --------------------------------------------------------------------------------------------------------


@alternative("step_decay", style="loop")
def step_by_step(lr0, epoch, drop=0.5, every=10):
    for e in range(1, epoch + 1):
        if e % every == 0:
            lr0 = lr0 * drop
    return lr0


@alternative("step_decay", style="one-liner")
def step_by_recursion(lr0, epoch, drop=0.5, every=10):
    return lr0 if epoch < every else step_by_recursion(lr0 * drop, epoch - every, drop, every=every)


@alternative("step_decay", style="prints")
def step_by_floor(lr0, epoch, drop=0.5, every=10):
    print("epoch", epoch)
    return np.float64(lr0) * np.power(drop, np.floor(epoch / every))


@alternative("step_decay")
def step_as_an_array(lr0, epoch, drop=0.5, every=10):
    return np.array(lr0 * math.exp(math.log(drop) * int(epoch / every)))


@alternative("exponential_decay", style="one-liner")
def exponential_by_math(lr0, epoch, k):
    return lr0 * math.exp(-epoch * k)


@alternative("exponential_decay")
def exponential_by_division(lr0, epoch, k):
    return np.array(lr0 / np.exp(k * epoch))


@alternative("exponential_decay", style="one-liner")
def exponential_by_power(lr0, epoch, k):
    return lr0 * np.exp(-k) ** epoch


@alternative("cosine_decay", style="one-liner")
def cosine_by_math(lr0, epoch, total):
    return lr0 * (1 + math.cos(math.pi * epoch / total)) / 2


@functools.cache
def half_turn(share):
    from cmath import exp, pi

    return abs(1 + exp(1j * pi * share)) / 2


@alternative("cosine_decay")
def cosine_remembered(lr0, epoch, total):
    """A cache between calls, a local import, and Euler's formula."""
    return lr0 * half_turn(epoch / total) ** 2


@alternative("cosine_decay")
def cosine_squared(lr0, epoch, total):
    return np.array(lr0 * np.cos(0.5 * np.pi * epoch / total) ** 2)


@alternative("cosine_decay")
def cosine_from_zero(lr0, epoch, total):
    low, high = 0.0, lr0
    return low + 0.5 * (high - low) * (1.0 + np.cos(np.radians(180.0 * epoch / total)))


@alternative("linear_warmup")
def warmup_by_cases(lr0, step, warmup_steps):
    if step < warmup_steps:
        return lr0 * (step + 1) / warmup_steps
    return lr0


@alternative("linear_warmup", style="one-liner")
def warmup_by_minimum(lr0, step, warmup_steps):
    return np.minimum(lr0, lr0 / warmup_steps * (step + 1))


@alternative("linear_warmup")
def warmup_by_interpolation(lr0, step, warmup_steps):
    return float(np.interp(step + 1, [0, warmup_steps], [0.0, lr0]))
