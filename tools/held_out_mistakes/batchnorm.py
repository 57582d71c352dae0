"""Wrong implementations of batch and layer normalization."""

import numpy as np

from tools.held_out_mistakes import held_out


def _head(x, bn_param):
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode not in ("train", "test"):
        raise ValueError(f'expected bn_param["mode"] to be "train" or "test", got {mode!r}')
    zeros = np.zeros(x.shape[1], dtype=x.dtype)
    return mode, eps, momentum, bn_param.get("running_mean", zeros), bn_param.get("running_var", zeros)


@held_out("batchnorm_forward", "Momentum is the wrong way round: it weighs the new batch.")
def bn_momentum_reversed(x, gamma, beta, bn_param):
    mode, eps, momentum, running_mean, running_var = _head(x, bn_param)
    if mode == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        return gamma * x_hat + beta, None
    mu = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    std = np.sqrt(var + eps)
    x_hat = (x - mu) / std
    bn_param["running_mean"] = (1 - momentum) * running_mean + momentum * mu
    bn_param["running_var"] = (1 - momentum) * running_var + momentum * var
    return gamma * x_hat + beta, (x_hat, gamma, std)


@held_out("batchnorm_forward", "The running averages are computed but never put into bn_param.")
def bn_running_lost(x, gamma, beta, bn_param):
    mode, eps, momentum, running_mean, running_var = _head(x, bn_param)
    if mode == "train":
        mu, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * var
        std = np.sqrt(var + eps)
        x_hat = (x - mu) / std
        cache = (x_hat, gamma, std)
    else:
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        cache = None
    return gamma * x_hat + beta, cache


@held_out("batchnorm_forward", "At test time it still uses the statistics of the batch.")
def bn_test_uses_batch(x, gamma, beta, bn_param):
    mode, eps, momentum, running_mean, running_var = _head(x, bn_param)
    mean = x.mean(axis=0)
    var = x.var(axis=0)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    out = gamma * x_hat + beta
    if mode == "train":
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
        return out, (x_hat, gamma, std)
    return out, None


@held_out("batchnorm_forward", "The variance is the unbiased one, with the divisor N - 1.")
def bn_unbiased(x, gamma, beta, bn_param):
    mode, eps, momentum, running_mean, running_var = _head(x, bn_param)
    if mode == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    N = x.shape[0]
    mean = x.sum(axis=0) / N
    xc = x - mean
    var = (xc**2).sum(axis=0) / (N - 1)
    std = np.sqrt(var + eps)
    x_hat = xc / std
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return gamma * x_hat + beta, (x_hat, gamma, std)


@held_out("batchnorm_forward", "At test time eps is missing and beta is not added.")
def bn_test_no_beta_no_eps(x, gamma, beta, bn_param):
    mode, eps, momentum, running_mean, running_var = _head(x, bn_param)
    if mode == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var), None
    mean, var = x.mean(axis=0), x.var(axis=0)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return gamma * x_hat + beta, (x_hat, gamma, std)


@held_out("batchnorm_backward", "Mean and variance are treated as constants: their two paths are missing.")
def bn_backward_direct_path(dout, cache):
    x_hat, gamma, std = cache
    dgamma = (dout * x_hat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dx = dout * gamma / std
    return dx, dgamma, dbeta


@held_out("batchnorm_backward", "The path through the variance is missing.")
def bn_backward_no_variance(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    dxhat = dout * gamma
    dxc = dxhat / std
    dmu = -dxc.sum(axis=0)
    dx = dxc + dmu / N
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@held_out("batchnorm_backward", "dvar has std**2 where std**3 belongs.")
def bn_backward_power(dout, cache):
    x_hat, gamma, std = cache
    N, D = dout.shape
    xmu = x_hat * std
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * xmu * -0.5 * std ** (-2), axis=0)
    dmu = np.sum(-dx_hat / std, axis=0) + dvar * np.mean(-2 * xmu, axis=0)
    dx = dx_hat / std + dvar * 2 * xmu / N + dmu / N
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@held_out("batchnorm_backward", "dgamma sums dout * x_hat over the wrong axis.")
def bn_backward_dgamma_axis(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=1)
    g = dout * gamma
    dx = (g - g.mean(axis=0) - x_hat * np.sum(g * x_hat, axis=0) / N) / std
    return dx, dgamma, dbeta


@held_out("batchnorm_backward_alt", "gamma is missing in dx.")
def bn_alt_no_gamma(dout, cache):
    x_hat, gamma, std = cache
    N = len(dout)
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx = (N * dout - dbeta - x_hat * dgamma) / (N * std)
    return dx, dgamma, dbeta


@held_out("batchnorm_backward_alt", "The sums are not divided by N.")
def bn_alt_sums(dout, cache):
    x_hat, gamma, std = cache
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = gamma / std * (dout - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta


@held_out("batchnorm_backward_alt", "The part along x_hat is added instead of subtracted.")
def bn_alt_sign(dout, cache):
    x_hat, gamma, std = cache
    m = dout.shape[0]
    dgamma = np.einsum("nd,nd->d", dout, x_hat)
    dbeta = dout.sum(0)
    dx = gamma / (m * std) * (m * dout - dbeta + x_hat * dgamma)
    return dx, dgamma, dbeta


@held_out("batchnorm_backward_alt", "dx is multiplied by std where it should be divided.")
def bn_alt_times_std(dout, cache):
    x_hat, gamma, std = cache
    N = len(dout)
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * x_hat, axis=0)
    dx = gamma * std / N * (N * dout - dbeta - dgamma * x_hat)
    return dx, dgamma, dbeta


@held_out("layernorm_forward", "Normalised over the batch, as in batch normalization.")
def ln_over_batch(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mu = x.mean(axis=0)
    std = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - mu) / std
    return gamma * x_hat + beta, (x_hat, gamma, std)


@held_out("layernorm_forward", "eps is added to the standard deviation, not to the variance.")
def ln_eps_outside(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean = x.mean(axis=-1, keepdims=True)
    std = x.std(axis=-1, keepdims=True) + eps
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, gamma, std)


@held_out("layernorm_forward", "The variance has the divisor D - 1 and eps is a fixed 1e-5, whatever ln_param says.")
def ln_ddof_fixed_eps(x, gamma, beta, ln_param):
    mean = np.mean(x, axis=1, keepdims=True)
    var = np.var(x, axis=1, keepdims=True, ddof=1)
    std = np.sqrt(var + 1e-5)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, gamma, std)


@held_out("layernorm_backward", "It is batch normalization's backward: the means run over the batch.")
def ln_backward_batch_axis(dout, cache):
    x_hat, gamma, std = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    g = dout * gamma
    dx = (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0)) / std
    return dx, dgamma, dbeta


@held_out("layernorm_backward", "gamma is pulled out of the means over the features, where it is not constant.")
def ln_backward_gamma_outside(dout, cache):
    x_hat, gamma, std = cache
    D = dout.shape[1]
    s1 = dout.sum(axis=1, keepdims=True)
    s2 = (dout * x_hat).sum(axis=1, keepdims=True)
    dx = gamma / (D * std) * (D * dout - s1 - x_hat * s2)
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@held_out("layernorm_backward", "dgamma and dbeta are averaged over the batch instead of summed.")
def ln_backward_mean_parameters(dout, cache):
    x_hat, gamma, std = cache
    dxh = dout * gamma
    dx = dxh - np.mean(dxh, axis=1, keepdims=True) - x_hat * np.mean(dxh * x_hat, axis=1, keepdims=True)
    return dx / std, np.mean(dout * x_hat, axis=0), np.mean(dout, axis=0)


@held_out("batchnorm_forward", "Momentum is reversed and the running variance is the unbiased one, both as in PyTorch.")
def bn_torch_running(x, gamma, beta, bn_param):
    mode, eps, momentum, running_mean, running_var = _head(x, bn_param)
    if mode == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
    N = len(x)
    mean, var = x.mean(axis=0), x.var(axis=0)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    bn_param["running_mean"] = (1 - momentum) * running_mean + momentum * mean
    bn_param["running_var"] = (1 - momentum) * running_var + momentum * var * N / (N - 1)
    return gamma * x_hat + beta, (x_hat, gamma, std)


@held_out("batchnorm_backward", "The variance's path is missing and dbeta is a mean.")
def bn_backward_no_variance_mean_beta(dout, cache):
    x_hat, gamma, std = cache
    g = dout * gamma
    dx = (g - g.mean(axis=0)) / std
    return dx, (dout * x_hat).sum(axis=0), dout.mean(axis=0)


@held_out("batchnorm_backward_alt", "gamma is missing in dx and the sums are not divided by N.")
def bn_alt_no_gamma_no_n(dout, cache):
    x_hat, gamma, std = cache
    dbeta = dout.sum(axis=0)
    dgamma = (x_hat * dout).sum(axis=0)
    return (dout - dbeta - x_hat * dgamma) / std, dgamma, dbeta


@held_out("layernorm_backward", "The term with x_hat is missing: the standard deviation is taken for a constant.")
def ln_backward_constant_std(dout, cache):
    x_hat, gamma, std = cache
    g = dout * gamma
    dx = (g - g.mean(axis=1, keepdims=True)) / std
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@held_out("layernorm_backward", "The sums are over the batch and gamma is left out.")
def ln_backward_batch_no_gamma(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    dx = (dout - dout.sum(axis=0) / N - x_hat * (dout * x_hat).sum(axis=0) / N) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)
