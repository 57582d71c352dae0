"""Wrong versions of batchnorm, the third set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("batchnorm_forward",
          "momentum weighs the new value instead of the old one (PyTorch's meaning): running_mean and running_var "
          "are wrong; out is right in training.")
def bn_momentum_swapped(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode not in ("train", "test"):
        raise ValueError(f'expected bn_param["mode"] to be "train" or "test", got {mode!r}')
    zeros = np.zeros(x.shape[1], dtype=x.dtype)
    running_mean = bn_param.get("running_mean", zeros)
    running_var = bn_param.get("running_var", zeros)
    if mode == "train":
        mu = x.mean(axis=0)
        var = x.var(axis=0)
        std = np.sqrt(var + eps)
        xhat = (x - mu) / std
        out = gamma * xhat + beta
        bn_param["running_mean"] = (1 - momentum) * running_mean + momentum * mu
        bn_param["running_var"] = (1 - momentum) * running_var + momentum * var
        return out, (xhat, gamma, std)
    return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None


@held_out("batchnorm_forward",
          "The running averages are computed but never put back into bn_param, so they stay as they were (or "
          "absent) after training; out is right in training.")
def bn_running_not_stored(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode not in ("train", "test"):
        raise ValueError(f'expected bn_param["mode"] to be "train" or "test", got {mode!r}')
    zeros = np.zeros(x.shape[1], dtype=x.dtype)
    running_mean = bn_param.get("running_mean", zeros)
    running_var = bn_param.get("running_var", zeros)
    if mode == "test":
        xhat = (x - running_mean) / np.sqrt(running_var + eps)
        return gamma * xhat + beta, None
    mean, var = np.mean(x, axis=0), np.var(x, axis=0)
    std = np.sqrt(var + eps)
    xhat = (x - mean) / std
    running_mean = momentum * running_mean + (1 - momentum) * mean
    running_var = momentum * running_var + (1 - momentum) * var
    return gamma * xhat + beta, (xhat, gamma, std)


@held_out("batchnorm_forward",
          "At test time the mean and variance of the test batch are used instead of the running averages; training "
          "is right.")
def bn_test_batch_stats(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode not in ("train", "test"):
        raise ValueError(f'expected bn_param["mode"] to be "train" or "test", got {mode!r}')
    zeros = np.zeros(x.shape[1], dtype=x.dtype)
    running_mean = bn_param.get("running_mean", zeros)
    running_var = bn_param.get("running_var", zeros)
    mu, var = x.mean(0), x.var(0)
    s = np.sqrt(var + eps)
    xhat = (x - mu) / s
    out = xhat * gamma + beta
    cache = None
    if mode == "train":
        cache = (xhat, gamma, s)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mu
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return out, cache


@held_out("batchnorm_forward",
          "Two errors: the variance has the divisor N - 1 (ddof=1) instead of N, in out and in running_var, and at "
          "test time gamma and beta are not applied.")
def bn_ddof_and_test_no_gamma(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode not in ("train", "test"):
        raise ValueError(f'expected bn_param["mode"] to be "train" or "test", got {mode!r}')
    zeros = np.zeros(x.shape[1], dtype=x.dtype)
    running_mean = bn_param.get("running_mean", zeros)
    running_var = bn_param.get("running_var", zeros)
    if mode == "test":
        return (x - running_mean) / np.sqrt(running_var + eps), None
    N = x.shape[0]
    mu = x.sum(axis=0) / N
    xc = x - mu
    var = (xc**2).sum(axis=0) / (N - 1)
    std = np.sqrt(var + eps)
    x_norm = xc / std
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mu
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return gamma * x_norm + beta, (x_norm, gamma, std)


@held_out("batchnorm_forward",
          "In training x is divided by the variance plus eps; the square root is missing, in out and in the cache's"
          " std. The running averages and the test mode are right.")
def bn_no_sqrt(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode not in ("train", "test"):
        raise ValueError(f'expected bn_param["mode"] to be "train" or "test", got {mode!r}')
    zeros = np.zeros(x.shape[1], dtype=x.dtype)
    running_mean = bn_param.get("running_mean", zeros)
    running_var = bn_param.get("running_var", zeros)
    if mode == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    denom = var + eps
    x_hat = (x - mean) / denom
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return gamma * x_hat + beta, (x_hat, gamma, denom)


@held_out("batchnorm_backward",
          "The mean and the variance are treated as constants: dx is only dout * gamma / std, the paths through "
          "variance and mean are missing; dgamma and dbeta are right.")
def bnb_constants(dout, cache):
    x_hat, gamma, std = cache
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * x_hat, axis=0)
    dx = dout * gamma / std
    return dx, dgamma, dbeta


@held_out("batchnorm_backward",
          "dgamma is summed from dout alone, the factor x_hat is forgotten, so it equals dbeta; dx and dbeta are "
          "right.")
def bnb_dgamma_no_xhat(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    dxh = dout * gamma
    dx = (N * dxh - dxh.sum(axis=0) - x_hat * (dxh * x_hat).sum(axis=0)) / (N * std)
    dgamma = dout.sum(axis=0)
    dbeta = dout.sum(axis=0)
    return dx, dgamma, dbeta


@held_out("batchnorm_backward",
          "The derivative of the variance has the wrong power of the standard deviation, std**-1.5 instead of "
          "std**-3 (std is already the root), so the variance path of dx is wrong; dgamma and dbeta are right.")
def bnb_std_power(dout, cache):
    xhat, gamma, std = cache
    N, D = dout.shape
    xmu = xhat * std
    dxhat = dout * gamma
    dvar = np.sum(dxhat * xmu * -0.5 * std ** (-1.5), axis=0)
    dmu = np.sum(-dxhat / std, axis=0) + dvar * np.mean(-2.0 * xmu, axis=0)
    dx = dxhat / std + dvar * 2 * xmu / N + dmu / N
    return dx, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)


@held_out("batchnorm_backward_alt",
          "gamma is left out of dx (only 1 / std is applied); dgamma and dbeta are right.")
def bnalt_no_gamma(dout, cache):
    x_hat, gamma, std = cache
    N = len(dout)
    dbeta = dout.sum(0)
    dgamma = (dout * x_hat).sum(0)
    dx = 1.0 / (N * std) * (N * dout - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta


@held_out("batchnorm_backward_alt",
          "The part of the gradient along x_hat is added instead of subtracted, so dx is wrong; dgamma and dbeta "
          "are right.")
def bnalt_sign(dout, cache):
    x_hat, gamma, std = cache
    m = dout.shape[0]
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx = (gamma / std) * (dout - dbeta / m + x_hat * dgamma / m)
    return dx, dgamma, dbeta


@held_out("batchnorm_backward_alt",
          "Two errors: the last two results are returned in the wrong order (dbeta before dgamma), and dx has the "
          "division by N only for the dgamma term, not for the dbeta term.")
def bnalt_order_and_n(dout, cache):
    x_hat, gamma, std = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * x_hat, axis=0)
    dx = gamma / std * (dout - dbeta - x_hat * dgamma / N)
    return dx, dbeta, dgamma


@held_out("layernorm_forward",
          "The statistics are taken over the batch (axis 0), as in batch normalization, instead of per example over"
          " its features (axis 1).")
def ln_batch_axis(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mu = np.mean(x, axis=0, keepdims=True)
    var = np.var(x, axis=0, keepdims=True)
    std = np.sqrt(var + eps)
    x_hat = (x - mu) / std
    return gamma * x_hat + beta, (x_hat, gamma, std)


@held_out("layernorm_forward",
          "keepdims is forgotten: mean and std have shape (N,), so x - mean fails to broadcast with an error unless"
          " N = D, and then subtracts the wrong numbers.")
def ln_no_keepdims(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mu = x.mean(axis=1)
    std = np.sqrt(x.var(axis=1) + eps)
    x_hat = (x - mu) / std
    return gamma * x_hat + beta, (x_hat, gamma, std)


@held_out("layernorm_forward",
          "eps of ln_param is ignored: 1e-5 is written into the code, which is wrong for any other eps.")
def ln_fixed_eps(x, gamma, beta, ln_param):
    mean = x.mean(axis=1, keepdims=True)
    std = np.sqrt(((x - mean) ** 2).mean(axis=1, keepdims=True) + 1e-5)
    xn = (x - mean) / std
    return xn * gamma + beta, (xn, gamma, std)


@held_out("layernorm_backward",
          "dgamma and dbeta are summed over the features (axis 1), of shape (N,), instead of over the examples "
          "(axis 0); dx is right.")
def lnb_param_axis(dout, cache):
    x_hat, gamma, std = cache
    D = dout.shape[1]
    dxh = dout * gamma
    dx = (D * dxh - dxh.sum(1, keepdims=True) - x_hat * (dxh * x_hat).sum(1, keepdims=True)) / (D * std)
    dgamma = np.sum(dout * x_hat, axis=1)
    dbeta = np.sum(dout, axis=1)
    return dx, dgamma, dbeta


@held_out("layernorm_backward",
          "gamma is taken out as a common factor, as in batchnorm's formula, and applied after the means over the "
          "features; it differs from feature to feature, so dx is wrong. dgamma and dbeta are right.")
def lnb_gamma_outside(dout, cache):
    x_hat, gamma, std = cache
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    D = dout.shape[1]
    a = np.sum(dout, axis=1, keepdims=True)
    b = np.sum(dout * x_hat, axis=1, keepdims=True)
    dx = gamma / std * (dout - (a + x_hat * b) / D)
    return dx, dgamma, dbeta


@held_out("layernorm_backward",
          "Two errors: the sums in dx are divided by the number of examples N instead of the number of features D, "
          "and dbeta is the mean over the examples instead of the sum; dgamma is right.")
def lnb_n_for_d_dbeta_mean(dout, cache):
    xhat, gamma, std = cache
    N = len(dout)
    dxhat = dout * gamma
    dx = (dxhat - (dxhat.sum(axis=1, keepdims=True) + xhat * np.sum(dxhat * xhat, axis=1, keepdims=True)) / N) / std
    dgamma = np.sum(xhat * dout, axis=0)
    dbeta = np.mean(dout, axis=0)
    return dx, dgamma, dbeta
