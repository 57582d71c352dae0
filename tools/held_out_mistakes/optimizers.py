"""Wrong implementations of the update rules and schedules."""

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


@held_out("sgd", "It climbs: the step has the wrong sign.")
def sgd_uphill(w, dw, config=None):
    config = {"learning_rate": 1e-2, **(config or {})}
    w += config["learning_rate"] * dw
    return w, config


@held_out("sgd", "The learning rate of the config is ignored.")
def sgd_fixed_rate(w, dw, config=None):
    config = {"learning_rate": 1e-2, **(config or {})}
    learning_rate = 1e-2
    return w - learning_rate * dw, config


@held_out("sgd", "The gradient is normalised to length 1 before the step.")
def sgd_unit_gradient(w, dw, config=None):
    config = {"learning_rate": 1e-2, **(config or {})}
    direction = dw / (np.linalg.norm(dw) + 1e-12)
    return w - config["learning_rate"] * direction, config


@held_out("sgd_momentum", "PyTorch's form: the velocity collects bare gradients, and the learning rate multiplies it.")
def momentum_torch(w, dw, config=None):
    config = _momentum_config(w, config)
    v = config["momentum"] * config["velocity"] + dw
    config["velocity"] = v
    return w - config["learning_rate"] * v, config


@held_out("sgd_momentum", "The new velocity is not stored, so nothing builds up.")
def momentum_forgets(w, dw, config=None):
    config = _momentum_config(w, config)
    v = config["velocity"]
    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w + v
    return next_w, config


@held_out("sgd_momentum", "The velocity is subtracted although it already contains the minus sign.")
def momentum_subtracts(w, dw, config=None):
    config = _momentum_config(w, config)
    config["velocity"] = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    return w - config["velocity"], config


@held_out("nesterov_momentum", "It is ordinary momentum: there is no look ahead.")
def nesterov_plain(w, dw, config=None):
    config = _momentum_config(w, config)
    v = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    w = w + v
    config["velocity"] = v
    return w, config


@held_out("nesterov_momentum", "The new velocity stands where the old one belongs, so the terms collapse to w + v.")
def nesterov_old_overwritten(w, dw, config=None):
    config = _momentum_config(w, config)
    mu = config["momentum"]
    v = config["velocity"].copy()
    v *= mu
    v_old = v
    v -= config["learning_rate"] * dw
    config["velocity"] = v
    return w - mu * v_old + (1 + mu) * v, config


@held_out("nesterov_momentum", "The term with the old velocity has the wrong sign.")
def nesterov_plus(w, dw, config=None):
    config = _momentum_config(w, config)
    mu, lr, v_prev = config["momentum"], config["learning_rate"], config["velocity"]
    v = mu * v_prev - lr * dw
    config["velocity"] = v
    return w + mu * v_prev + (1 + mu) * v, config


@held_out("rmsprop", "Squares are summed without decay, as in AdaGrad.")
def rmsprop_adagrad(w, dw, config=None):
    config = _rms_config(w, config)
    config["cache"] = config["cache"] + dw * dw
    return w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"]), config


@held_out("rmsprop", "decay_rate and 1 - decay_rate are swapped.")
def rmsprop_swapped(w, dw, config=None):
    config = _rms_config(w, config)
    rho, cache = config["decay_rate"], config["cache"]
    cache = (1 - rho) * cache + rho * dw**2
    w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
    config["cache"] = cache
    return w, config


@held_out("rmsprop", "There is no square root in the denominator.")
def rmsprop_no_root(w, dw, config=None):
    config = _rms_config(w, config)
    lr, rho, eps = config["learning_rate"], config["decay_rate"], config["epsilon"]
    config["cache"] = rho * config["cache"] + (1 - rho) * np.square(dw)
    return w - lr * dw / (config["cache"] + eps), config


@held_out("rmsprop", "The step is divided by the old cache: the update comes after its use.")
def rmsprop_uses_old_cache(w, dw, config=None):
    config = _rms_config(w, config)
    next_w = w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    config["cache"] = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * dw**2
    return next_w, config


@held_out("adam", "The bias corrections are missing.")
def adam_uncorrected(w, dw, config=None):
    config = _adam_config(w, config)
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    return w - config["learning_rate"] * config["m"] / (np.sqrt(config["v"]) + config["epsilon"]), config


@held_out("adam", "t is never counted up, so every step is corrected as if it were the first.")
def adam_t_stands_still(w, dw, config=None):
    config = _adam_config(w, config)
    b1, b2 = config["beta1"], config["beta2"]
    t = config["t"] + 1
    m = b1 * config["m"] + (1 - b1) * dw
    v = b2 * config["v"] + (1 - b2) * dw**2
    m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
    config["m"], config["v"] = m, v
    return w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"]), config


@held_out("adam", "The corrected averages are stored, so they are corrected again at the next step.")
def adam_stores_corrected(w, dw, config=None):
    config = _adam_config(w, config)
    b1, b2 = config["beta1"], config["beta2"]
    config["t"] += 1
    config["m"] = b1 * config["m"] + (1 - b1) * dw
    config["m"] = config["m"] / (1 - b1 ** config["t"])
    config["v"] = b2 * config["v"] + (1 - b2) * dw**2
    config["v"] = config["v"] / (1 - b2 ** config["t"])
    return w - config["learning_rate"] * config["m"] / (np.sqrt(config["v"]) + config["epsilon"]), config


@held_out("adam", "The second moment is corrected with beta1, and epsilon is under the root.")
def adam_beta_mixed_up(w, dw, config=None):
    config = _adam_config(w, config)
    config["t"] = config["t"] + 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw * dw
    mt = config["m"] / (1 - config["beta1"] ** config["t"])
    vt = config["v"] / (1 - config["beta1"] ** config["t"])
    return w - config["learning_rate"] * mt / np.sqrt(vt + config["epsilon"]), config


@held_out("step_decay", "True division: the rate falls smoothly instead of in steps.")
def step_smooth(lr0, epoch, drop=0.5, every=10):
    return lr0 * drop ** (epoch / every)


@held_out("step_decay", "The factor is applied once only, however many steps have passed.")
def step_once(lr0, epoch, drop=0.5, every=10):
    if epoch >= every:
        return lr0 * drop
    return lr0


@held_out("step_decay", "Epochs are counted from 1, so the drop comes one epoch early.")
def step_early(lr0, epoch, drop=0.5, every=10):
    lr = lr0
    for e in range(1, epoch + 2):
        if e % every == 0:
            lr *= drop
    return lr


@held_out("exponential_decay", "It uses k as the factor per epoch: lr0 * k**epoch.")
def exponential_power(lr0, epoch, k):
    return lr0 * k**epoch


@held_out("exponential_decay", "The minus sign in the exponent is missing, so the rate grows.")
def exponential_grows(lr0, epoch, k):
    return lr0 * np.exp(k * epoch)


@held_out("exponential_decay", "lr0 * (1 - k)**epoch is only an approximation for small k.")
def exponential_compound(lr0, epoch, k):
    return lr0 * (1 - k) ** epoch


@held_out("cosine_decay", "The factor one half is missing, so it begins at twice lr0.")
def cosine_no_half(lr0, epoch, total):
    return lr0 * (1 + np.cos(np.pi * epoch / total))


@held_out("cosine_decay", "It is a quarter of a cosine: cos(pi / 2 * epoch / total).")
def cosine_quarter(lr0, epoch, total):
    return lr0 * np.cos(0.5 * np.pi * epoch / total)


@held_out("cosine_decay", "A whole period: with 2 pi the rate is back at lr0 at the end.")
def cosine_full_period(lr0, epoch, total):
    return 0.5 * lr0 * (1 + np.cos(2 * np.pi * epoch / total))


@held_out("linear_warmup", "It starts at 0: step is used in place of step + 1.")
def warmup_from_zero(lr0, step, warmup_steps):
    if step < warmup_steps:
        return lr0 * step / warmup_steps
    return lr0


@held_out("linear_warmup", "The rate goes on rising after the warm-up.")
def warmup_uncapped(lr0, step, warmup_steps):
    return lr0 * (step + 1) / warmup_steps


@held_out("linear_warmup", "It warms up in warmup_steps + 1 steps: the last one of them has not reached the full rate.")
def warmup_one_too_long(lr0, step, warmup_steps):
    return lr0 * min(1, (step + 1) / (warmup_steps + 1))


@held_out("sgd_momentum", "The velocity is an average: the gradient enters with the weight 1 - momentum.")
def momentum_averaged(w, dw, config=None):
    config = _momentum_config(w, config)
    mu = config["momentum"]
    config["velocity"] = mu * config["velocity"] - (1 - mu) * config["learning_rate"] * dw
    return w + config["velocity"], config


@held_out("nesterov_momentum", "PyTorch's form: the velocity lacks the learning rate, the step is dw + mu * v.")
def nesterov_torch(w, dw, config=None):
    config = _momentum_config(w, config)
    mu = config["momentum"]
    v = mu * config["velocity"] + dw
    config["velocity"] = v
    return w - config["learning_rate"] * (dw + mu * v), config


@held_out("rmsprop", "decay_rate is the wrong way round and epsilon is under the root.")
def rmsprop_swapped_eps(w, dw, config=None):
    config = _rms_config(w, config)
    config["cache"] = (1 - config["decay_rate"]) * config["cache"] + config["decay_rate"] * dw**2
    return w - config["learning_rate"] * dw / np.sqrt(config["cache"] + config["epsilon"]), config


@held_out("adam", "No bias correction and no square root.")
def adam_uncorrected_no_root(w, dw, config=None):
    config = _adam_config(w, config)
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    return w - config["learning_rate"] * config["m"] / (config["v"] + config["epsilon"]), config


@held_out("adam", "The second moment collects dw, not its square.")
def adam_v_not_squared(w, dw, config=None):
    config = _adam_config(w, config)
    config["t"] += 1
    t, b1, b2 = config["t"], config["beta1"], config["beta2"]
    config["m"] = b1 * config["m"] + (1 - b1) * dw
    config["v"] = b2 * config["v"] + (1 - b2) * np.abs(dw)
    m_hat = config["m"] / (1 - b1**t)
    v_hat = config["v"] / (1 - b2**t)
    return w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"]), config


@held_out("cosine_decay", "The factor one half and the 1 are both missing.")
def cosine_bare(lr0, epoch, total):
    return lr0 * np.cos(np.pi * epoch / total)


@held_out("linear_warmup", "It starts at 0 and has no cap.")
def warmup_from_zero_uncapped(lr0, step, warmup_steps):
    return lr0 * step / warmup_steps
