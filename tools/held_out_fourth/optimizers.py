"""Wrong versions of optimizers, the fourth set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("sgd_momentum",
          "The new velocity is never stored in config, so every step starts from velocity zero and there "
          "is no momentum; the first next_w is right, the later ones and config['velocity'] are wrong.")
def momentum_velocity_not_stored(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}
    v = config["velocity"]
    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w + v
    return next_w, config


@held_out("nesterov_momentum",
          "next_w is wrong: the velocity is overwritten before the old one is used, so -momentum * "
          "v_old is formed with the new velocity and the step is that of plain momentum, w + v.")
def nesterov_old_velocity_overwritten(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}
    mu = config["momentum"]
    v = mu * config["velocity"] - config["learning_rate"] * dw
    config["velocity"] = v
    v_prev = config["velocity"]
    next_w = w + (-mu * v_prev + (1 + mu) * v)
    return next_w, config


@held_out("rmsprop",
          "The cache (and so next_w) is wrong: decay_rate weighs the new squared gradient and 1 - decay_rate "
          "the old cache, the wrong way round.")
def rmsprop_decay_swapped(w, dw, config=None):
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w), **(config or {})}
    rho = config["decay_rate"]
    config["cache"] = (1 - rho) * config["cache"] + rho * np.square(dw)
    next_w = w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    return next_w, config


@held_out("rmsprop",
          "next_w is wrong: the gradient is divided by the cache itself, the square root is forgotten.")
def rmsprop_no_root(w, dw, config=None):
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w), **(config or {})}
    lr, decay, eps, cache = (config[k] for k in ("learning_rate", "decay_rate", "epsilon", "cache"))
    cache = decay * cache + (1 - decay) * dw * dw
    config["cache"] = cache
    return w - lr * dw / (cache + eps), config


@held_out("adam",
          "The bias-corrected m_hat and v_hat are stored in config as m and v, so they are corrected again at "
          "every step: config's m and v are wrong at once, next_w from the second step on.")
def adam_stores_corrected(w, dw, config=None):
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0, **(config or {})}
    for name in {"m", "v"} - config.keys():
        config[name] = np.zeros_like(w)
    config["t"] += 1
    t, b1, b2 = config["t"], config["beta1"], config["beta2"]
    config["m"] = b1 * config["m"] + (1 - b1) * dw
    config["v"] = b2 * config["v"] + (1 - b2) * dw ** 2
    config["m"] = config["m"] / (1 - b1 ** t)
    config["v"] = config["v"] / (1 - b2 ** t)
    next_w = w - config["learning_rate"] * config["m"] / (np.sqrt(config["v"]) + config["epsilon"])
    return next_w, config


@held_out("adam",
          "Two errors: beta1 and beta2 are swapped (m decays with beta2, v with beta1), and the bias correction "
          "is missing; m, v and next_w are wrong.")
def adam_betas_swapped_uncorrected(w, dw, config=None):
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0, **(config or {})}
    for name in {"m", "v"} - config.keys():
        config[name] = np.zeros_like(w)
    config["t"] = config["t"] + 1
    m = config["beta2"] * config["m"] + (1 - config["beta2"]) * dw
    v = config["beta1"] * config["v"] + (1 - config["beta1"]) * (dw ** 2)
    config["m"], config["v"] = m, v
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


@held_out("step_decay",
          "lr is wrong between the steps: epoch / every is an ordinary division instead of a whole-number "
          "one (//), so the rate falls smoothly at every epoch instead of in steps.")
def step_decay_true_division(lr0, epoch, drop=0.5, every=10):
    n_drops = epoch / every
    return lr0 * np.power(drop, n_drops)


@held_out("exponential_decay",
          "lr is wrong: it is lr0 * (1 - k)**epoch instead of lr0 * exp(-k * epoch), which agrees "
          "only for very small k.")
def exponential_decay_one_minus_k(lr0, epoch, k):
    return lr0 * (1 - k) ** epoch


@held_out("cosine_decay",
          "lr is wrong: it is lr0 * cos(pi * epoch / total), without adding 1 and halving, so it reaches 0 "
          "half-way and is negative afterwards, -lr0 at the end.")
def cosine_decay_bare_cosine(lr0, epoch, total):
    angle = np.pi * epoch / total
    return lr0 * np.cos(angle)


@held_out("linear_warmup",
          "lr is wrong during the warm-up: it is lr0 * step / warmup_steps, off by one, so the first step "
          "has rate 0 and the full rate comes one step late.")
def linear_warmup_off_by_one(lr0, step, warmup_steps):
    if step < warmup_steps:
        return lr0 * step / warmup_steps
    return lr0
