"""Wrong versions of batchnorm, the fourth set."""

import numpy as np

from tools.held_out_mistakes import held_out


def _read(x, bn_param):
    """The lines that are given at the top of batchnorm_forward."""
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode not in ("train", "test"):
        raise ValueError(f'expected bn_param["mode"] to be "train" or "test", got {mode!r}')
    zeros = np.zeros(x.shape[1], dtype=x.dtype)
    return mode, eps, momentum, bn_param.get("running_mean", zeros), bn_param.get("running_var", zeros)


@held_out("batchnorm_forward",
          "The running mean and the running variance are wrong: momentum weighs the new batch value "
          "and 1 - momentum the old running value, the wrong way round.")
def batchnorm_forward_momentum_swapped(x, gamma, beta, bn_param):
    mode, eps, momentum, running_mean, running_var = _read(x, bn_param)
    if mode == "train":
        mu = np.mean(x, axis=0)
        var = np.var(x, axis=0)
        std = np.sqrt(var + eps)
        x_hat = (x - mu) / std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, std)
        running_mean = (1 - momentum) * running_mean + momentum * mu
        running_var = (1 - momentum) * running_var + momentum * var
        bn_param["running_mean"] = running_mean
        bn_param["running_var"] = running_var
    else:
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
        cache = None
    return out, cache


@held_out("batchnorm_forward",
          "The new running mean and running variance are computed in training but never put into "
          "bn_param, so they are lost and the test pass still uses the old ones.")
def batchnorm_forward_running_not_stored(x, gamma, beta, bn_param):
    mode, eps, momentum, running_mean, running_var = _read(x, bn_param)
    if mode == "train":
        sample_mean = x.mean(axis=0)
        sample_var = ((x - sample_mean) ** 2).mean(axis=0)
        std = np.sqrt(sample_var + eps)
        xhat = (x - sample_mean) / std
        running_mean = momentum * running_mean + (1 - momentum) * sample_mean
        running_var = momentum * running_var + (1 - momentum) * sample_var
        return gamma * xhat + beta, (xhat, gamma, std)
    xhat = (x - running_mean) / np.sqrt(running_var + eps)
    return gamma * xhat + beta, None


@held_out("batchnorm_forward",
          "out is wrong at test time: the test pass normalizes with the mean and variance of its own "
          "batch instead of the running averages.")
def batchnorm_forward_batch_statistics_in_test(x, gamma, beta, bn_param):
    mode, eps, momentum, running_mean, running_var = _read(x, bn_param)
    mu, var = x.mean(0), x.var(0)
    sigma = np.sqrt(var + eps)
    normalized = (x - mu) / sigma
    out = normalized * gamma + beta
    if mode == "test":
        return out, None
    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mu
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return out, (normalized, gamma, sigma)


@held_out("batchnorm_backward",
          "dx is wrong: the path through the batch mean is left out; only the direct path and the "
          "path through the variance are there.")
def batchnorm_backward_no_mean_path(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    xmu = x_hat * std
    dxhat = dout * gamma
    dsigma2 = np.sum(dxhat * xmu * -0.5 * std ** -3, axis=0)
    dx = dxhat / std + dsigma2 * 2 * xmu / N
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    return dx, dgamma, dbeta


@held_out("batchnorm_backward",
          "Two errors: dgamma is formed with the centred but unscaled x (x - mean) instead of "
          "x_hat; and dbeta is the mean of dout over the batch instead of its sum.")
def batchnorm_backward_dgamma_dbeta(dout, cache):
    x_hat, gamma, std = cache
    N = dout.shape[0]
    xmu = x_hat * std
    dbeta = dout.mean(axis=0)
    dgamma = (dout * xmu).sum(axis=0)
    dx_hat = gamma * dout
    divar = (dx_hat * xmu).sum(axis=0)
    dxmu1 = dx_hat / std
    dsqrtvar = -divar / std ** 2
    dvar = 0.5 * dsqrtvar / std
    dsq = np.ones_like(dout) * dvar / N
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -np.sum(dx1, axis=0)
    dx2 = np.ones_like(dout) * dmu / N
    return dx1 + dx2, dgamma, dbeta


@held_out("batchnorm_backward_alt",
          "dx is wrong: the factor gamma is forgotten.")
def batchnorm_alt_no_gamma(dout, cache):
    xhat, gamma, std = cache
    m = dout.shape[0]
    dbeta = dout.sum(0)
    dgamma = (dout * xhat).sum(0)
    dx = (m * dout - dbeta - xhat * dgamma) / (m * std)
    return dx, dgamma, dbeta


@held_out("batchnorm_backward_alt",
          "dx is wrong: in the bracket N * dout - dbeta - x_hat * dgamma the factor N before "
          "dout is forgotten, while the whole is still divided by N.")
def batchnorm_alt_no_n_before_dout(dout, cache):
    x_hat, gamma, std = cache
    N, _ = dout.shape
    dgamma = np.einsum("nd,nd->d", dout, x_hat)
    dbeta = np.einsum("nd->d", dout)
    dx = (1.0 / N) * gamma / std * (dout - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta


@held_out("layernorm_forward",
          "out (and the cached x_hat and std) are wrong: mean and variance are taken over the batch, "
          "axis 0, per feature as in batch normalization, instead of over the features of each example, axis 1.")
def layernorm_forward_over_batch(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mu = np.mean(x, axis=0, keepdims=True)
    var = np.var(x, axis=0, keepdims=True)
    std = np.sqrt(var + eps)
    x_norm = (x - mu) / std
    return gamma * x_norm + beta, (x_norm, gamma, std)


@held_out("layernorm_backward",
          "dx is wrong: gamma is pulled out in front of the bracket as in batch normalization, but "
          "here it differs along the axis that is averaged, so dout must be multiplied by gamma before the means.")
def layernorm_backward_gamma_in_front(dout, cache):
    x_hat, gamma, std = cache
    D = dout.shape[1]
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    s1 = np.sum(dout, axis=1, keepdims=True)
    s2 = np.sum(dout * x_hat, axis=1, keepdims=True)
    dx = gamma / (D * std) * (D * dout - s1 - x_hat * s2)
    return dx, dgamma, dbeta


@held_out("layernorm_backward",
          "dgamma and dbeta are wrong: they are summed over the features, axis 1, which gives the "
          "shape (N,), instead of over the examples, axis 0, which gives (D,).")
def layernorm_backward_parameters_axis(dout, cache):
    x_hat, gamma, std = cache
    dgamma = (dout * x_hat).sum(axis=1)
    dbeta = dout.sum(axis=1)
    dxhat = dout * gamma
    dx = np.empty_like(dout)
    for i in range(dout.shape[0]):
        g, h = dxhat[i], x_hat[i]
        dx[i] = (g - g.mean() - h * (g * h).mean()) / std[i]
    return dx, dgamma, dbeta
