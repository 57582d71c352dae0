"""Batch normalization and layer normalization (notebook 04_batchnorm).

Both make activations zero-mean and unit-variance, and then let the net scale and shift them again: ``gamma`` and
``beta`` are learned like weights. Batch normalization takes its statistics per feature over the batch, layer
normalization per example over the features. Results have the dtype of what comes in: float32 in, float32 out.
"""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    """Normalize each feature over the batch, then scale by ``gamma`` and shift by ``beta``.

    In training: ``out = gamma * (x - mean) / sqrt(var + eps) + beta`` with the mean and the biased variance (divisor N)
    of each column of this batch, and the running averages follow:
    ``running = momentum * running + (1 - momentum) * batch``. At test time the running averages take the place of
    the batch's, and nothing is updated. (Take the variance as the mean squared distance from the mean: the difference
    of mean square and squared mean loses its digits where the mean is large.)

    Source: Ioffe and Szegedy (2015), algorithm 1; ``momentum`` as in CS231n.

    Parameters
    ----------
    x : ndarray of shape (N, D)
    gamma, beta : ndarray of shape (D,)
        Learned scale and shift.
    bn_param : dict
        ``"mode"``: ``"train"`` or ``"test"``. ``"eps"``: default 1e-5, added to the variance. ``"momentum"``: default
        0.9, the weight of the *old* running value. ``"running_mean"``, ``"running_var"``: shape (D,), zeros at
        first; training puts the new values into the dict.

    Returns
    -------
    out : ndarray of shape (N, D)
    cache : tuple (x_hat, gamma, std), or None
        The normalized x (N, D), gamma, and ``sqrt(var + eps)`` of shape (D,). None at test time.

    Raises
    ------
    ValueError
        If the mode is neither of the two.
    """
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode not in ("train", "test"):
        raise ValueError(f'expected bn_param["mode"] to be "train" or "test", got {mode!r}')
    zeros = np.zeros(x.shape[1], dtype=x.dtype)
    running_mean = bn_param.get("running_mean", zeros)
    running_var = bn_param.get("running_var", zeros)
    ### BEGIN SOLUTION
    if mode == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return gamma * x_hat + beta, (x_hat, gamma, std)
    ### END SOLUTION


def batchnorm_backward(dout, cache):
    """Carry ``dout`` back through batch normalization in training, one step of the graph at a time.

    The batch's mean and variance depend on every ``x``, so ``dx`` has three paths: directly through ``x - mean``,
    through the variance, and through the mean.

    Parameters
    ----------
    dout : ndarray of shape (N, D)
    cache : tuple (x_hat, gamma, std)
        From :func:`batchnorm_forward` in training.

    Returns
    -------
    dx : ndarray of shape (N, D)
    dgamma, dbeta : ndarray of shape (D,)
    """
    ### BEGIN SOLUTION
    x_hat, gamma, std = cache
    centred = x_hat * std  # x - mean
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * centred, axis=0) * -0.5 / std**3
    dcentred = dx_hat / std + dvar * 2 * centred / len(dout)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), np.sum(dout * x_hat, axis=0), dout.sum(axis=0)
    ### END SOLUTION


def batchnorm_backward_alt(dout, cache):
    """Do what :func:`batchnorm_backward` does, by the formula that is left when the graph is simplified on paper.

    Notebook 04 derives it: take the batch mean out of ``dout``, and its part along ``x_hat``; scale what is left.

    Parameters
    ----------
    dout : ndarray of shape (N, D)
    cache : tuple (x_hat, gamma, std)
        From :func:`batchnorm_forward` in training.

    Returns
    -------
    dx : ndarray of shape (N, D)
    dgamma, dbeta : ndarray of shape (D,)
    """
    ### BEGIN SOLUTION
    x_hat, gamma, std = cache
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), dout.sum(axis=0)
    dx = gamma / std * (dout - (dbeta + x_hat * dgamma) / len(dout))
    return dx, dgamma, dbeta
    ### END SOLUTION


def layernorm_forward(x, gamma, beta, ln_param):
    """Normalize each example over its features, then scale by ``gamma`` and shift by ``beta``.

    The same in training and at test time, since no example sees another. Source: Ba, Kiros and Hinton (2016).

    Parameters
    ----------
    x : ndarray of shape (N, D)
    gamma, beta : ndarray of shape (D,)
        Learned scale and shift, per feature.
    ln_param : dict
        ``"eps"``: default 1e-5, added to the variance (biased, divisor D). There is no mode: it would change nothing.

    Returns
    -------
    out : ndarray of shape (N, D)
    cache : tuple (x_hat, gamma, std)
        The normalized x (N, D), gamma, and ``sqrt(var + eps)`` of shape (N, 1).
    """
    eps = ln_param.get("eps", 1e-5)
    ### BEGIN SOLUTION
    std = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    x_hat = (x - x.mean(axis=1, keepdims=True)) / std
    return gamma * x_hat + beta, (x_hat, gamma, std)
    ### END SOLUTION


def layernorm_backward(dout, cache):
    """Carry ``dout`` back through layer normalization.

    Parameters
    ----------
    dout : ndarray of shape (N, D)
    cache : tuple (x_hat, gamma, std)
        From :func:`layernorm_forward`.

    Returns
    -------
    dx : ndarray of shape (N, D)
    dgamma, dbeta : ndarray of shape (D,)
        Shared by all examples, so summed over them.
    """
    ### BEGIN SOLUTION
    x_hat, gamma, std = cache
    g = dout * gamma  # the gradient of x_hat; what follows is batchnorm's formula along the other axis
    dx = (g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)) / std
    return dx, np.sum(dout * x_hat, axis=0), dout.sum(axis=0)
    ### END SOLUTION
