"""Wrong implementations of optimizers, the second set."""

import numpy as np

from tools.held_out_mistakes import held_out


def _momentum_config(w, config):
    return {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}


def _rms_config(w, config):
    return {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w), **(config or {})}


def _adam_config(w, config):
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0, **(config or {})}
    for name in {"m", "v"} - config.keys():
        config[name] = np.zeros_like(w)
    return config


@held_out("sgd", "The step goes along the gradient instead of against it: next_w is w + learning_rate * dw.")
def sgd_ascends(w, dw, config=None):
    config = {"learning_rate": 1e-2, **(config or {})}
    w = w + config["learning_rate"] * dw
    return w, config


@held_out("sgd",
          "The weights are shrunk by the learning rate as well: next_w is (w - dw) * learning_rate instead of w - "
          "learning_rate * dw, brackets in the wrong place.")
def sgd_brackets(w, dw, config=None):
    config = {"learning_rate": 1e-2, **(config or {})}
    lr = config["learning_rate"]
    return lr * (w - dw), config


@held_out("sgd_momentum",
          "The new velocity is not stored in config: every step starts again from the old (zero) velocity, so "
          "nothing builds up. The first next_w is right.")
def momentum_forgotten(w, dw, config=None):
    config = _momentum_config(w, config)
    v = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    next_w = w + v
    return next_w, config


@held_out("sgd_momentum",
          "The gradient is weighted with 1 - momentum in addition to the learning rate, so velocity and step are "
          "too small by that factor.")
def momentum_averaged(w, dw, config=None):
    config = _momentum_config(w, config)
    mu = config["momentum"]
    v = mu * config["velocity"] - (1 - mu) * config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config


@held_out("sgd_momentum",
          "Two errors: the velocity has the wrong sign (momentum * v + learning_rate * dw, added to w), and w is "
          "moved by the old velocity instead of the new one.")
def momentum_sign_and_old(w, dw, config=None):
    config = _momentum_config(w, config)
    old = config["velocity"]
    config["velocity"] = config["momentum"] * old + config["learning_rate"] * dw
    return w + old, config


@held_out("nesterov_momentum", "There is no look ahead: next_w is w + v, the plain momentum step.")
def nesterov_plain(w, dw, config=None):
    config = _momentum_config(w, config)
    v = config["velocity"]
    v = config["momentum"] * v - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config


@held_out("nesterov_momentum",
          "The 1 + is forgotten: next_w is w - momentum * v_old + momentum * v instead of w - momentum * v_old + (1"
          " + momentum) * v. The stored velocity is right.")
def nesterov_no_one(w, dw, config=None):
    config = _momentum_config(w, config)
    mu, lr = config["momentum"], config["learning_rate"]
    old = config["velocity"]
    config["velocity"] = mu * old - lr * dw
    next_w = w - mu * old + mu * config["velocity"]
    return next_w, config


@held_out("nesterov_momentum",
          "The sign of the old velocity's term is wrong: next_w is w + momentum * v_old + (1 + momentum) * v.")
def nesterov_plus(w, dw, config=None):
    config = _momentum_config(w, config)
    mu = config["momentum"]
    v_prev = config["velocity"].copy()
    v = mu * v_prev - config["learning_rate"] * dw
    next_w = w + mu * v_prev + (1 + mu) * v
    config["velocity"] = v
    return next_w, config


@held_out("rmsprop",
          "The gradient is not squared in the cache: it averages |dw| instead of dw**2, so cache and next_w are "
          "wrong.")
def rms_absolute(w, dw, config=None):
    config = _rms_config(w, config)
    d = config["decay_rate"]
    config["cache"] = d * config["cache"] + (1 - d) * np.abs(dw)
    w = w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    return w, config


@held_out("rmsprop", "The square root is missing: the step is divided by the cache itself.")
def rms_no_root(w, dw, config=None):
    config = _rms_config(w, config)
    lr, rho, eps = config["learning_rate"], config["decay_rate"], config["epsilon"]
    cache = rho * config["cache"] + (1 - rho) * dw**2
    config["cache"] = cache
    return w - lr * dw / (cache + eps), config


@held_out("rmsprop",
          "The whole sum of squares is kept, as in AdaGrad: the cache is cache + dw**2, decay_rate is ignored.")
def rms_is_adagrad(w, dw, config=None):
    config = _rms_config(w, config)
    config["cache"] = config["cache"] + dw * dw
    step = config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    return w - step, config


@held_out("rmsprop",
          "Two errors: the weights of the average are exchanged (decay_rate weighs the new dw**2), and the new "
          "cache is not stored in config.")
def rms_swapped_unstored(w, dw, config=None):
    config = _rms_config(w, config)
    c = (1 - config["decay_rate"]) * config["cache"] + config["decay_rate"] * dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(c) + config["epsilon"])
    return next_w, config


@held_out("adam", "There is no bias correction: next_w is computed from m and v instead of m_hat and v_hat.")
def adam_uncorrected(w, dw, config=None):
    config = _adam_config(w, config)
    b1, b2 = config["beta1"], config["beta2"]
    config["t"] += 1
    config["m"] = b1 * config["m"] + (1 - b1) * dw
    config["v"] = b2 * config["v"] + (1 - b2) * dw**2
    return w - config["learning_rate"] * config["m"] / (np.sqrt(config["v"]) + config["epsilon"]), config


@held_out("adam",
          "The corrected averages are stored back into config as m and v, so the correction accumulates from step "
          "to step. The first next_w is right.")
def adam_stores_corrected(w, dw, config=None):
    config = _adam_config(w, config)
    config["t"] += 1
    t = config["t"]
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    config["m"] = config["m"] / (1 - config["beta1"] ** t)
    config["v"] = config["v"] / (1 - config["beta2"] ** t)
    w = w - config["learning_rate"] * config["m"] / (np.sqrt(config["v"]) + config["epsilon"])
    return w, config


@held_out("adam",
          "t is not stored in config: every step corrects as if it were the first (t = 1), so next_w is wrong from "
          "the second step on, and t stays 0.")
def adam_t_stays(w, dw, config=None):
    config = _adam_config(w, config)
    t = config["t"] + 1
    m = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    v = config["beta2"] * config["v"] + (1 - config["beta2"]) * (dw * dw)
    mh = m / (1 - config["beta1"] ** t)
    vh = v / (1 - config["beta2"] ** t)
    config["m"], config["v"] = m, v
    return w - config["learning_rate"] * mh / (np.sqrt(vh) + config["epsilon"]), config


@held_out("adam",
          "Two errors: the bias corrections multiply by t in place of the power (1 - beta * t instead of 1 - "
          "beta**t), and v averages dw instead of dw**2 (its absolute value is taken under the root).")
def adam_power_and_square(w, dw, config=None):
    config = _adam_config(w, config)
    config["t"] += 1
    t, b1, b2 = config["t"], config["beta1"], config["beta2"]
    config["m"] = b1 * config["m"] + (1 - b1) * dw
    config["v"] = b2 * config["v"] + (1 - b2) * dw
    mhat = config["m"] / (1 - b1 * t)
    vhat = config["v"] / (1 - b2 * t)
    return w - config["learning_rate"] * mhat / (np.sqrt(np.abs(vhat)) + config["epsilon"]), config


@held_out("step_decay",
          "True division instead of whole division: the rate falls a little every epoch instead of in steps.")
def step_smooth(lr0, epoch, drop=0.5, every=10):
    return lr0 * drop ** (epoch / every)


@held_out("step_decay", "Off by one: epoch + 1 is used, so the rate falls one epoch too early.")
def step_early(lr0, epoch, drop=0.5, every=10):
    k = int((epoch + 1) // every)
    lr = lr0
    for _ in range(k):
        lr *= drop
    return lr


@held_out("exponential_decay", "The minus is missing in the exponent: the learning rate grows, lr0 * exp(k * epoch).")
def exponential_grows(lr0, epoch, k):
    return lr0 * np.e ** (k * epoch)


@held_out("exponential_decay", "The rate is lr0 / (1 + k * epoch), the 1/t decay, instead of the exponential.")
def exponential_one_over_t(lr0, epoch, k):
    return lr0 / (1.0 + k * epoch)


@held_out("cosine_decay", "The factor 0.5 is forgotten: the rate starts at 2 * lr0 and is twice too high throughout.")
def cosine_no_half(lr0, epoch, total):
    return lr0 * (1 + np.cos(np.pi * epoch / total))


@held_out("cosine_decay",
          "A whole period instead of half a cosine: 2 * pi instead of pi, so the rate is 0 at total / 2 and back at"
          " lr0 at the end.")
def cosine_full_period(lr0, epoch, total):
    t = epoch / total
    return lr0 * 0.5 * (1 + np.cos(2 * np.pi * t))


@held_out("linear_warmup",
          "Off by one: step instead of step + 1, so the first rate is 0 and the full rate comes a step late.")
def warmup_from_zero(lr0, step, warmup_steps):
    if step < warmup_steps:
        return lr0 * step / warmup_steps
    return lr0


@held_out("linear_warmup", "There is no cap: the rate goes on rising above lr0 after the warm-up.")
def warmup_no_cap(lr0, step, warmup_steps):
    return lr0 * (step + 1) / warmup_steps


@held_out("adam",
          "epsilon stands under the square root: sqrt(v_hat + epsilon) instead of sqrt(v_hat) + epsilon, so next_w "
          "is off where epsilon or small gradients matter.")
def adam_eps_inside(w, dw, config=None):
    config = _adam_config(w, config)
    config["t"] += 1
    b1, b2, t = config["beta1"], config["beta2"], config["t"]
    config["m"] = b1 * config["m"] + (1 - b1) * dw
    config["v"] = b2 * config["v"] + (1 - b2) * dw**2
    m_hat, v_hat = config["m"] / (1 - b1**t), config["v"] / (1 - b2**t)
    return w - config["learning_rate"] * m_hat / np.sqrt(v_hat + config["epsilon"]), config


@held_out("cosine_decay",
          "Two errors: the 1 + is forgotten, so the rate can be negative, and epoch / total is the wrong way round "
          "(total / epoch; at epoch 0 this divides by zero).")
def cosine_no_one_inverted(lr0, epoch, total):
    return 0.5 * lr0 * np.cos(np.pi * total / epoch)


@held_out("step_decay",
          "Two errors: the number of drops is multiplied instead of taken as a power (lr0 * drop * (epoch // "
          "every)), and every is ignored, always 10; so the rate is 0 in the first 10 epochs.")
def step_times(lr0, epoch, drop=0.5, every=10):
    n = epoch // 10
    return lr0 * drop * n


@held_out("exponential_decay", "The base is 2 instead of e: lr0 * 2**(-k * epoch), so the rate falls too slowly.")
def exponential_base_two(lr0, epoch, k):
    return lr0 * 2.0 ** (-k * epoch)
