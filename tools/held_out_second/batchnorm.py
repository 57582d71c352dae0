"""Wrong implementations of batchnorm, the second set."""

import numpy as np

from tools.held_out_mistakes import held_out


def _settings(x, bn_param):
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode not in ("train", "test"):
        raise ValueError(f'expected bn_param["mode"] to be "train" or "test", got {mode!r}')
    zeros = np.zeros(x.shape[1], dtype=x.dtype)
    return mode, eps, momentum, bn_param.get("running_mean", zeros), bn_param.get("running_var", zeros)


@held_out("batchnorm_forward",
          "The momentum weighs the new batch statistics and 1 - momentum the old running ones: running_mean and "
          "running_var are wrong after training (out in training is right).")
def bn_momentum_swapped(x, gamma, beta, bn_param):
    mode, eps, momentum, rm, rv = _settings(x, bn_param)
    if mode == "train":
        mu = np.mean(x, axis=0)
        var = np.var(x, axis=0)
        std = np.sqrt(var + eps)
        xn = (x - mu) / std
        bn_param["running_mean"] = (1 - momentum) * rm + momentum * mu
        bn_param["running_var"] = (1 - momentum) * rv + momentum * var
        return gamma * xn + beta, (xn, gamma, std)
    return gamma * ((x - rm) / np.sqrt(rv + eps)) + beta, None


@held_out("batchnorm_forward",
          "The mode is ignored when normalizing: at test time the mean and variance of the test batch are used "
          "instead of running_mean and running_var.")
def bn_test_uses_batch(x, gamma, beta, bn_param):
    mode, eps, momentum, rm, rv = _settings(x, bn_param)
    m = x.mean(0)
    v = ((x - m) ** 2).mean(0)
    std = np.sqrt(v + eps)
    x_hat = (x - m) / std
    out = x_hat * gamma + beta
    if mode == "test":
        return out, None
    bn_param["running_mean"] = momentum * rm + (1 - momentum) * m
    bn_param["running_var"] = momentum * rv + (1 - momentum) * v
    return out, (x_hat, gamma, std)


@held_out("batchnorm_forward",
          "The running averages are computed but never stored in bn_param, so running_mean and running_var stay "
          "what they were (out in training is right).")
def bn_running_not_stored(x, gamma, beta, bn_param):
    mode, eps, momentum, running_mean, running_var = _settings(x, bn_param)
    if mode == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    running_mean = momentum * running_mean + (1 - momentum) * mean
    running_var = momentum * running_var + (1 - momentum) * var
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, gamma, std)


@held_out("batchnorm_forward",
          "Two errors: x is divided by the variance (var + eps) instead of its square root, in training and at test"
          " time (the cache holds var + eps as std), and beta is not added to out.")
def bn_no_root_no_beta(x, gamma, beta, bn_param):
    mode, eps, momentum, rmean, rvar = _settings(x, bn_param)
    if mode == "test":
        return gamma * (x - rmean) / (rvar + eps), None
    sample_mean = x.mean(axis=0)
    sample_var = x.var(axis=0)
    denom = sample_var + eps
    x_norm = (x - sample_mean) / denom
    bn_param["running_mean"] = momentum * rmean + (1 - momentum) * sample_mean
    bn_param["running_var"] = momentum * rvar + (1 - momentum) * sample_var
    return gamma * x_norm, (x_norm, gamma, denom)


@held_out("batchnorm_forward",
          "running_var follows the standard deviation of the batch instead of its variance (out in training is "
          "right, running_var and later test outputs are not).")
def bn_running_std(x, gamma, beta, bn_param):
    mode, eps, momentum, rm, rv = _settings(x, bn_param)
    if mode == "test":
        return gamma * (x - rm) / np.sqrt(rv + eps) + beta, None
    mu = x.mean(axis=0)
    sigma = np.sqrt(x.var(axis=0) + eps)
    z = (x - mu) / sigma
    bn_param["running_mean"] = momentum * rm + (1 - momentum) * mu
    bn_param["running_var"] = momentum * rv + (1 - momentum) * sigma
    return gamma * z + beta, (z, gamma, sigma)


@held_out("batchnorm_backward",
          "dx lacks the path through the variance: the variance is held constant as if it did not depend on x. "
          "dgamma and dbeta are right.")
def bn_back_no_variance(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * x_hat, axis=0)
    dxhat = dout * gamma
    dxmu = dxhat / std
    dmu = -np.sum(dxmu, axis=0)
    dx = dxmu + dmu / N
    return dx, dgamma, dbeta


@held_out("batchnorm_backward",
          "dgamma is the sum of dout * (x - mean) instead of dout * x_hat: the division by std is missing there. dx"
          " and dbeta are right.")
def bn_back_dgamma_unscaled(dout, cache):
    x_hat, gamma, std = cache
    N, D = dout.shape
    xmu = x_hat * std
    dgamma = (dout * xmu).sum(0)
    dbeta = dout.sum(0)
    g = dout * gamma
    dvar = (g * xmu).sum(0) * (-0.5) * std ** (-3)
    dmu = (-g / std).sum(0)
    dx = g / std + dvar * 2 * xmu / N + dmu / N
    return dx, dgamma, dbeta


@held_out("batchnorm_backward", "dx is wrong: the gradient of the variance has the wrong sign (+0.5 instead of -0.5).")
def bn_back_dvar_sign(dout, cache):
    x_hat, gamma, std = cache
    n = len(dout)
    centred = x_hat * std
    d = dout * gamma
    dvar = np.sum(d * centred, axis=0) * 0.5 / std**3
    dc = d / std + 2 * dvar * centred / n
    dx = dc - dc.sum(axis=0) / n
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@held_out("batchnorm_backward_alt", "dx is wrong: gamma is forgotten. dgamma and dbeta are right.")
def bn_alt_no_gamma(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (x_hat * dout).sum(axis=0)
    dx = (N * dout - dbeta - x_hat * dgamma) / (N * std)
    return dx, dgamma, dbeta


@held_out("batchnorm_backward_alt",
          "Two errors: dgamma and dbeta are returned in the wrong order, and in dx the sums over the batch are not "
          "divided by N.")
def bn_alt_order_and_n(dout, cache):
    xh, gamma, std = cache
    db = dout.sum(axis=0)
    dg = (dout * xh).sum(axis=0)
    dx = gamma * (dout - db - xh * dg) / std
    return dx, db, dg


@held_out("layernorm_forward",
          "The statistics are taken per feature over the batch (axis 0) instead of per example over the features: "
          "this is batch normalization, so out is wrong (and std in the cache has shape (1, D)).")
def ln_axis_zero(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mu = x.mean(axis=0, keepdims=True)
    std = np.sqrt(((x - mu) ** 2).mean(axis=0, keepdims=True) + eps)
    x_hat = (x - mu) / std
    return gamma * x_hat + beta, (x_hat, gamma, std)


@held_out("layernorm_forward",
          "The mean of the whole array is subtracted instead of each example's own mean (the variance is per "
          "example), so out is not centred row by row.")
def ln_global_mean(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean = np.mean(x)
    std = np.sqrt(np.var(x, axis=1, keepdims=True) + eps)
    x_hat = (x - mean) / std
    out = gamma * x_hat + beta
    return out, (x_hat, gamma, std)


@held_out("layernorm_backward",
          "dx multiplies by gamma only at the end, as the simplified batch-norm formula does: the means over the "
          "features are taken of dout instead of dout * gamma, so dx is wrong where gamma varies over the features.")
def ln_back_gamma_late(dout, cache):
    x_hat, gamma, std = cache
    D = dout.shape[1]
    s1 = dout.sum(axis=1, keepdims=True)
    s2 = (dout * x_hat).sum(axis=1, keepdims=True)
    dx = gamma / std * (dout - (s1 + x_hat * s2) / D)
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@held_out("layernorm_backward",
          "dx divides the sums over the features by the batch size N instead of by the number of features D.")
def ln_back_divides_by_n(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    dxh = dout * gamma
    a = np.sum(dxh, axis=1)[:, None]
    b = np.sum(dxh * x_hat, axis=1)[:, None]
    dx = 1.0 / N / std * (N * dxh - a - x_hat * b)
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    return dx, dgamma, dbeta


@held_out("layernorm_backward",
          "dgamma and dbeta are summed over the features (axis 1, shape (N,)) instead of over the examples (axis 0,"
          " shape (D,)). dx is right.")
def ln_back_param_axis(dout, cache):
    x_hat, gamma, std = cache
    g = dout * gamma
    dx = (g - g.mean(1, keepdims=True) - x_hat * (g * x_hat).mean(1, keepdims=True)) / std
    return dx, (dout * x_hat).sum(1), dout.sum(1)


@held_out("layernorm_forward",
          "keepdims is forgotten: mean and std have shape (N,) and are broadcast along the features, which fails "
          "with a ValueError unless N == D, and then normalizes with the statistics of the wrong example.")
def ln_no_keepdims(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean = x.mean(axis=1)
    std = np.sqrt(x.var(axis=1) + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, gamma, std)


@held_out("batchnorm_backward",
          "Two errors: dx forgets gamma (dx_hat is dout itself), and dbeta is the mean over the batch instead of "
          "the sum.")
def bn_back_no_gamma_mean(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    dbeta = dout.mean(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout
    xmu = x_hat * std
    dvar = -0.5 * np.sum(dx_hat * xmu, axis=0) / std**3
    dmu = -np.sum(dx_hat / std, axis=0)
    return dx_hat / std + 2 * xmu * dvar / N + dmu / N, dgamma, dbeta


@held_out("layernorm_forward",
          "Two errors: eps of ln_param is ignored (always 1e-5), and the variance has the divisor D - 1 instead of "
          "D.")
def ln_fixed_eps_ddof(x, gamma, beta, ln_param):
    m = np.mean(x, axis=1, keepdims=True)
    s = np.sqrt(np.var(x, axis=1, ddof=1, keepdims=True) + 1e-5)
    z = (x - m) / s
    return z * gamma + beta, (z, gamma, s)
