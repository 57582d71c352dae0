"""Wrong versions of optimizers, the third set."""

import math

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("sgd",
          "The step goes along the gradient: w + learning_rate * dw instead of w - learning_rate * dw.")
def sgd_ascent(w, dw, config=None):
    config = {"learning_rate": 1e-2, **(config or {})}
    w = w + config["learning_rate"] * dw
    return w, config


@held_out("sgd",
          "The gradient is normalised to length 1 before the step, so the step has the length learning_rate "
          "whatever the size of dw.")
def sgd_normalised(w, dw, config=None):
    config = {"learning_rate": 1e-2, **(config or {})}
    g = dw / (np.linalg.norm(dw) + 1e-12)
    return w - config["learning_rate"] * g, config


@held_out("sgd_momentum",
          "The new velocity is not put back into config, so it is the old one (zeros) at every step: there is no "
          "momentum after the first step.")
def momentum_not_stored(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}
    v = config["velocity"]
    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w + v
    return next_w, config


@held_out("sgd_momentum",
          "The gradient is weighed with 1 - momentum (a running mean): velocity and step are ten times too small "
          "with momentum 0.9.")
def momentum_averaged(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}
    mu, lr = config["momentum"], config["learning_rate"]
    config["velocity"] = mu * config["velocity"] - (1 - mu) * lr * dw
    return w + config["velocity"], config


@held_out("sgd_momentum",
          "Two errors: w moves by the old velocity and not by the new one (next_w lags one step behind), and the "
          "gradient enters the velocity with a plus sign.")
def momentum_old_velocity_plus(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}
    next_w = w + config["velocity"]
    config["velocity"] = config["momentum"] * config["velocity"] + config["learning_rate"] * dw
    return next_w, config


@held_out("nesterov_momentum",
          "The old velocity is read after it was overwritten: next_w is w - mu * v + (1 + mu) * v = w + v, which is"
          " plain momentum.")
def nesterov_overwritten(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}
    mu = config["momentum"]
    config["velocity"] = mu * config["velocity"] - config["learning_rate"] * dw
    v_prev = config["velocity"]
    next_w = w - mu * v_prev + (1 + mu) * config["velocity"]
    return next_w, config


@held_out("nesterov_momentum",
          "The sign of the term with the old velocity is wrong: w + mu * v_old instead of w - mu * v_old; the "
          "velocity is right.")
def nesterov_sign(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}
    m, v_old = config["momentum"], config["velocity"]
    v = m * v_old - config["learning_rate"] * dw
    config["velocity"] = v
    return w + m * v_old + (1 + m) * v, config


@held_out("rmsprop",
          "The gradient is not squared in the running average: the cache collects dw, and the root of a negative "
          "entry is NaN.")
def rmsprop_no_square(w, dw, config=None):
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w), **(config or {})}
    rho = config["decay_rate"]
    config["cache"] = rho * config["cache"] + (1 - rho) * dw
    w = w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    return w, config


@held_out("rmsprop",
          "The squares are summed without decay (AdaGrad): decay_rate is ignored and the cache only grows.")
def rmsprop_adagrad(w, dw, config=None):
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w), **(config or {})}
    config["cache"] = config["cache"] + dw**2
    step = config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    return w - step, config


@held_out("rmsprop",
          "Two errors: the decay is the wrong way round (1 - decay_rate weighs the old cache, decay_rate the new "
          "square), and the square root is missing in the step, which divides by cache + epsilon.")
def rmsprop_decay_swapped_no_root(w, dw, config=None):
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w), **(config or {})}
    d = config["decay_rate"]
    config["cache"] = (1 - d) * config["cache"] + d * dw * dw
    return w - config["learning_rate"] * dw / (config["cache"] + config["epsilon"]), config


@held_out("adam",
          "The bias correction is missing: m and v are used as they are, so the first steps are wrong in size "
          "(about three times too large); m, v and t in config are right.")
def adam_no_correction(w, dw, config=None):
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0, **(config or {})}
    for name in {"m", "v"} - config.keys():  # at the first step only: to fill large arrays takes time
        config[name] = np.zeros_like(w)
    b1, b2 = config["beta1"], config["beta2"]
    config["t"] += 1
    config["m"] = b1 * config["m"] + (1 - b1) * dw
    config["v"] = b2 * config["v"] + (1 - b2) * dw**2
    next_w = w - config["learning_rate"] * config["m"] / (np.sqrt(config["v"]) + config["epsilon"])
    return next_w, config


@held_out("adam",
          "t is never put back into config, it is 1 at every step: from the second step on the bias correction is "
          "that of the first, and the returned t stays 0.")
def adam_t_not_stored(w, dw, config=None):
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0, **(config or {})}
    for name in {"m", "v"} - config.keys():  # at the first step only: to fill large arrays takes time
        config[name] = np.zeros_like(w)
    b1, b2, t = config["beta1"], config["beta2"], config["t"]
    t = t + 1
    config["m"] = b1 * config["m"] + (1 - b1) * dw
    config["v"] = b2 * config["v"] + (1 - b2) * dw * dw
    mhat = config["m"] / (1 - b1**t)
    vhat = config["v"] / (1 - b2**t)
    return w - config["learning_rate"] * mhat / (np.sqrt(vhat) + config["epsilon"]), config


@held_out("adam",
          "The corrected averages are stored: config keeps m_hat and v_hat as m and v, so from the second step on "
          "m, v and next_w are wrong; next_w of the first step is right.")
def adam_stores_corrected(w, dw, config=None):
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0, **(config or {})}
    for name in {"m", "v"} - config.keys():  # at the first step only: to fill large arrays takes time
        config[name] = np.zeros_like(w)
    beta1, beta2 = config["beta1"], config["beta2"]
    config["t"] += 1
    t = config["t"]
    config["m"] = (beta1 * config["m"] + (1 - beta1) * dw) / (1 - beta1**t)
    config["v"] = (beta2 * config["v"] + (1 - beta2) * dw**2) / (1 - beta2**t)
    next_w = w - config["learning_rate"] * config["m"] / (np.sqrt(config["v"]) + config["epsilon"])
    return next_w, config


@held_out("adam",
          "Two errors: both averages use beta1, so v decays with 0.9 instead of 0.999, and m_hat is multiplied by "
          "(1 - beta1**t) instead of divided.")
def adam_one_beta_and_times(w, dw, config=None):
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0, **(config or {})}
    for name in {"m", "v"} - config.keys():  # at the first step only: to fill large arrays takes time
        config[name] = np.zeros_like(w)
    lr, b1, b2, eps = config["learning_rate"], config["beta1"], config["beta2"], config["epsilon"]
    config["t"] = config["t"] + 1
    config["m"] = b1 * config["m"] + (1 - b1) * dw
    config["v"] = b1 * config["v"] + (1 - b1) * dw**2
    m_hat = config["m"] * (1 - b1 ** config["t"])
    v_hat = config["v"] / (1 - b2 ** config["t"])
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), config


@held_out("step_decay",
          "True division instead of whole division: the rate falls smoothly at every epoch, not in steps; it is "
          "right at the multiples of every only.")
def step_true_division(lr0, epoch, drop=0.5, every=10):
    return lr0 * drop ** (epoch / every)


@held_out("step_decay",
          "Off by one: (epoch + 1) // every lets every drop come one epoch too early.")
def step_one_early(lr0, epoch, drop=0.5, every=10):
    lr = lr0
    for e in range(1, epoch + 2):
        if e % every == 0:
            lr = lr * drop
    return lr


@held_out("exponential_decay",
          "The base is 1 - k, not e: lr0 * (1 - k)**epoch instead of lr0 * exp(-k * epoch).")
def exponential_base(lr0, epoch, k):
    return lr0 * (1 - k) ** epoch


@held_out("exponential_decay",
          "The 1/t schedule lr0 / (1 + k * epoch) in the place of the exponential one.")
def exponential_is_inverse_time(lr0, epoch, k):
    return lr0 / (1 + k * epoch)


@held_out("cosine_decay",
          "A whole cosine (2 * pi) instead of half of one: the rate is 0 in the middle and back at lr0 at epoch "
          "total.")
def cosine_full(lr0, epoch, total):
    return 0.5 * lr0 * (1 + math.cos(2 * math.pi * epoch / total))


@held_out("cosine_decay",
          "Two errors: the factor 0.5 is forgotten, so the rate starts at 2 * lr0, and the divisor is total - 1, so"
          " 0 is reached one epoch too early.")
def cosine_no_half_total_minus_one(lr0, epoch, total):
    progress = epoch / (total - 1)
    return lr0 * (1 + np.cos(np.pi * progress))


@held_out("linear_warmup",
          "step instead of step + 1: the very first step has rate 0, and the full rate comes one step too late.")
def warmup_from_zero(lr0, step, warmup_steps):
    if step < warmup_steps:
        return lr0 * step / warmup_steps
    return lr0


@held_out("linear_warmup",
          "The rate is never capped: after the warm-up it goes on rising above lr0.")
def warmup_no_cap(lr0, step, warmup_steps):
    frac = (step + 1) / warmup_steps
    return lr0 * frac
