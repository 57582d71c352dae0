"""Update rules and learning-rate schedules (notebook 06_optimizers).

An update rule is a function ``rule(w, dw, config=None) -> (next_w, config)``. ``config`` holds the settings and what
the rule remembers of earlier steps; hand the returned one in again at the next step. ``w`` and ``config`` may be
changed in place. Every parameter array has a config of its own. float32 in, float32 out.
"""

import numpy as np


def sgd(w, dw, config=None):
    """Step against the gradient: ``next_w = w - learning_rate * dw``.

    Parameters
    ----------
    w, dw : ndarray of the same shape
        A parameter and its gradient.
    config : dict, optional
        ``"learning_rate"``: default 1e-2.

    Returns
    -------
    next_w : ndarray of the shape of ``w``
    config : dict
    """
    config = {"learning_rate": 1e-2, **(config or {})}
    ### BEGIN SOLUTION
    return w - config["learning_rate"] * dw, config
    ### END SOLUTION


def sgd_momentum(w, dw, config=None):
    """Let a velocity build up: ``v = momentum * v - learning_rate * dw``, ``next_w = w + v``.

    Source: Polyak (1964).

    Parameters
    ----------
    w, dw : ndarray of the same shape
    config : dict, optional
        ``"learning_rate"``: default 1e-2. ``"momentum"``: default 0.9, the share of the velocity that is kept.
        ``"velocity"``: the shape of ``w``, zeros at first.

    Returns
    -------
    next_w : ndarray of the shape of ``w``
    config : dict
        With the new ``"velocity"``.
    """
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}
    ### BEGIN SOLUTION
    config["velocity"] = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    return w + config["velocity"], config
    ### END SOLUTION


def nesterov_momentum(w, dw, config=None):
    """Momentum with a look ahead: ``next_w = w - momentum * v_old + (1 + momentum) * v``.

    The velocity is that of :func:`sgd_momentum`. The gradient is meant to be taken where the velocity is about to lead;
    in this form ``w`` *is* that point, so an ordinary gradient serves. Source: Nesterov (1983), in the form of Bengio,
    Boulanger-Lewandowski and Pascanu (2013).

    Parameters
    ----------
    w, dw : ndarray of the same shape
    config : dict, optional
        As in :func:`sgd_momentum`.

    Returns
    -------
    next_w : ndarray of the shape of ``w``
    config : dict
        With the new ``"velocity"``.
    """
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w), **(config or {})}
    ### BEGIN SOLUTION
    mu, v_old = config["momentum"], config["velocity"]
    config["velocity"] = mu * v_old - config["learning_rate"] * dw
    return w - mu * v_old + (1 + mu) * config["velocity"], config
    ### END SOLUTION


def rmsprop(w, dw, config=None):
    """Divide each step by a running root mean square of the gradient, number by number.

    ``cache = decay_rate * cache + (1 - decay_rate) * dw**2``, then
    ``next_w = w - learning_rate * dw / (sqrt(cache) + epsilon)``. Source: Tieleman and Hinton (2012), lecture 6.5.

    Parameters
    ----------
    w, dw : ndarray of the same shape
    config : dict, optional
        ``"learning_rate"``: default 1e-2. ``"decay_rate"``: default 0.99, the share of the old cache. ``"epsilon"``:
        default 1e-8. ``"cache"``: the shape of ``w``, zeros at first.

    Returns
    -------
    next_w : ndarray of the shape of ``w``
    config : dict
        With the new ``"cache"``.
    """
    config = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros_like(w), **(config or {})}
    ### BEGIN SOLUTION
    config["cache"] = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * dw**2
    return w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"]), config
    ### END SOLUTION


def adam(w, dw, config=None):
    """Momentum and RMSProp together, with both averages corrected for their start at zero.

    ``t = t + 1``; ``m = beta1 * m + (1 - beta1) * dw``; ``v = beta2 * v + (1 - beta2) * dw**2``;
    ``m_hat = m / (1 - beta1**t)``; ``v_hat = v / (1 - beta2**t)``;
    ``next_w = w - learning_rate * m_hat / (sqrt(v_hat) + epsilon)``. Source: Kingma and Ba (2015), algorithm 1.

    Parameters
    ----------
    w, dw : ndarray of the same shape
    config : dict, optional
        ``"learning_rate"``: default 1e-3. ``"beta1"``: 0.9. ``"beta2"``: 0.999. ``"epsilon"``: 1e-8. ``"m"``, ``"v"``:
        the shape of ``w``, zeros at first. ``"t"``: steps taken so far, 0 at first.

    Returns
    -------
    next_w : ndarray of the shape of ``w``
    config : dict
        With the new ``"m"``, ``"v"`` (without the correction) and ``"t"``.
    """
    config = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0, **(config or {})}
    for name in {"m", "v"} - config.keys():  # at the first step only: to fill large arrays takes time
        config[name] = np.zeros_like(w)
    ### BEGIN SOLUTION
    beta1, beta2, t = config["beta1"], config["beta2"], config["t"] + 1
    config["t"] = t
    config["m"] *= beta1  # in place: new arrays for m and v would take longer than the arithmetic
    config["m"] += (1 - beta1) * dw
    config["v"] *= beta2
    config["v"] += (1 - beta2) * dw**2
    root = (1 - beta2**t) ** 0.5  # both corrections as numbers, not arrays (Kingma and Ba, 2015, end of section 2)
    next_w = config["m"] / (np.sqrt(config["v"]) + root * config["epsilon"])
    next_w *= -config["learning_rate"] * root / (1 - beta1**t)
    next_w += w
    return next_w, config
    ### END SOLUTION


def step_decay(lr0, epoch, drop=0.5, every=10):
    """Multiply the learning rate by ``drop`` after every ``every`` epochs: ``lr0 * drop**(epoch // every)``.

    Parameters
    ----------
    lr0 : float
        Learning rate of epoch 0.
    epoch : int
        Counted from 0.
    drop : float, default 0.5
    every : int, default 10

    Returns
    -------
    lr : float
    """
    ### BEGIN SOLUTION
    return lr0 * drop ** (epoch // every)
    ### END SOLUTION


def exponential_decay(lr0, epoch, k):
    """Let the learning rate fall by the same factor every epoch: ``lr0 * exp(-k * epoch)``.

    Parameters
    ----------
    lr0 : float
        Learning rate of epoch 0.
    epoch : float
        Counted from 0; fractions of an epoch are fine.
    k : float
        Rate of decay, per epoch.

    Returns
    -------
    lr : float
    """
    ### BEGIN SOLUTION
    return lr0 * np.exp(-k * epoch)
    ### END SOLUTION


def cosine_decay(lr0, epoch, total):
    """Let the learning rate fall along half a cosine: ``lr0`` at epoch 0, 0 at epoch ``total``.

    ``0.5 * lr0 * (1 + cos(pi * epoch / total))``. Source: Loshchilov and Hutter (2017), without restarts.

    Parameters
    ----------
    lr0 : float
        Learning rate of epoch 0.
    epoch : float
        0..total; fractions of an epoch are fine.
    total : int
        Epochs altogether.

    Returns
    -------
    lr : float
    """
    ### BEGIN SOLUTION
    return 0.5 * lr0 * (1 + np.cos(np.pi * epoch / total))
    ### END SOLUTION


def linear_warmup(lr0, step, warmup_steps):
    """Raise the learning rate in equal steps until it is ``lr0``, and leave it there.

    ``lr0 * (step + 1) / warmup_steps`` during the first ``warmup_steps`` steps: the very first step already moves, the
    last of them has the full rate. Source: Goyal et al. (2017).

    Parameters
    ----------
    lr0 : float
        Learning rate after the warm-up.
    step : int
        Counted from 0.
    warmup_steps : int
        At least 1.

    Returns
    -------
    lr : float
    """
    ### BEGIN SOLUTION
    return lr0 * min(1.0, (step + 1) / warmup_steps)
    ### END SOLUTION
