"""Correct ways to write ``cs231n_lib.batchnorm`` other than the reference's."""

import warnings

import numpy as np

from autograder.verify.alternatives import EDGES, alternative

PREPARES = {
    "dx, dgamma, dbeta": ("dx", "dgamma", "dbeta"),
    "running averages after the first batch": ("running averages",),
    "running averages after a later batch": ("running averages",),
    "test mode leaves the running averages alone": ("running averages", "test mode"),
    "test mode before any training": ("conventions",),
    "test mode is the same": ("test mode",),
    "no mode is needed": ("test mode", "conventions"),
    "nearly constant, where eps wins": ("eps",),
    "another eps": ("conventions",),
    "another momentum": ("conventions",),
    "stable at an offset of 1e8": ("stable",),
    "batch of one": EDGES,
    "one feature": EDGES,
    "as many examples as features": EDGES,
}

# -- batch normalization as a whole, with a cache of its own --------------------------------------------------------


@alternative("batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt")
class StepByStep:
    """Every node of the graph has a name, a value and a gradient; the dict is written in both modes."""

    def batchnorm_forward(x, gamma, beta, bn_param):
        train, keep = bn_param["mode"] == "train", bn_param.get("momentum", 0.9)
        seen_mean = bn_param.get("running_mean", np.zeros(len(gamma), x.dtype))
        seen_var = bn_param.get("running_var", np.zeros(len(gamma), x.dtype))
        mean = x.sum(axis=0) / x.shape[0] if train else seen_mean
        distance = x - mean
        squared = distance**2
        var = squared.sum(axis=0) / x.shape[0] if train else seen_var
        std = np.sqrt(var + bn_param.get("eps", 1e-5))
        factor = 1.0 / std
        normal = distance * factor
        scaled = normal * gamma
        if train:
            seen_mean, seen_var = keep * seen_mean + (1.0 - keep) * mean, keep * seen_var + (1.0 - keep) * var
        bn_param["running_mean"], bn_param["running_var"] = seen_mean, seen_var
        return scaled + beta, (distance, std, factor, normal, gamma)

    def batchnorm_backward(dout, cache):
        distance, std, factor, normal, gamma = cache
        n = dout.shape[0]
        d_scaled, d_beta = dout, dout.sum(axis=0)
        d_normal, d_gamma = d_scaled * gamma, (d_scaled * normal).sum(axis=0)
        d_distance = d_normal * factor
        d_factor = (d_normal * distance).sum(axis=0)
        d_std = -d_factor / std**2
        d_var = d_std / (2 * std)
        d_squared = np.tile(d_var / n, (n, 1))
        d_distance = d_distance + 2 * distance * d_squared
        d_mean = -d_distance.sum(axis=0)
        return d_distance + np.tile(d_mean / n, (n, 1)), d_gamma, d_beta

    def batchnorm_backward_alt(dout, cache):
        _, _, factor, normal, gamma = cache
        n, g = len(dout), dout * gamma
        dx = factor / n * (n * g - g.sum(axis=0) - normal * (g * normal).sum(axis=0))
        return [dx, (dout * normal).sum(axis=0), dout.sum(axis=0)]


@alternative("batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt", style="einsum prints")
class DictCacheUpdatedInPlace:
    """The running averages are the dict's own arrays, changed in place; the cache is a dict; more keys in bn_param."""

    def batchnorm_forward(x, gamma, beta, bn_param):
        running_mean = bn_param.setdefault("running_mean", np.zeros(x.shape[1], x.dtype))
        running_var = bn_param.setdefault("running_var", np.zeros(x.shape[1], x.dtype))
        eps, m = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
        if bn_param["mode"] == "test":
            scale = gamma / np.sqrt(running_var + eps)
            return x * scale + (beta - running_mean * scale), {}
        mean = x.mean(0)
        c = x - mean
        var = np.mean(c * c, 0)
        running_mean *= m
        running_mean += (1 - m) * mean
        running_var += (1 - m) * (var - running_var)
        bn_param["batches_seen"] = bn_param.get("batches_seen", 0) + 1
        bn_param["last"] = {"mean": mean, "note": "for the plot"}
        print("batch", bn_param["batches_seen"])
        return c * (gamma / np.sqrt(var + eps)) + beta, {"c": c, "var": var, "eps": eps, "gamma": gamma}

    def batchnorm_backward(dout, cache):
        c, s = cache["c"], np.sqrt(cache["var"] + cache["eps"])
        n = len(c)
        g = dout * cache["gamma"]
        dvar = (g * c).sum(0) * (-0.5) * (cache["var"] + cache["eps"]) ** -1.5
        dmean = -(g / s).sum(0) + dvar * (-2 * c).sum(0) / n
        return g / s + dvar * 2 * c / n + dmean / n, (dout * c / s).sum(0), dout.sum(0)

    def batchnorm_backward_alt(dout, cache):
        v = cache["var"] + cache["eps"]
        g = dout - dout.mean(0)
        dx = cache["gamma"] / np.sqrt(v) * (g - cache["c"] * np.mean(g * cache["c"], 0) / v)
        return dx, np.einsum("nd,nd->d", dout, cache["c"]) / np.sqrt(v), np.einsum("nd->d", dout)


@alternative("batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt", style="float64 loop")
class KeepsItsInput:
    """The cache is (x, gamma, eps): the statistics are computed again, in float64, one feature after another."""

    def batchnorm_forward(x, gamma, beta, bn_param):
        eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
        test, d = bn_param["mode"] == "test", x.shape[1]
        out = np.empty_like(x, order="F")
        means, variances = np.zeros(d), np.zeros(d)
        for j in range(d):
            column = x[:, j].astype(np.float64)
            if test:
                kept = (bn_param.get(name, np.zeros(d)) for name in ("running_mean", "running_var"))
                means[j], variances[j] = (values[j] for values in kept)
            else:
                means[j] = sum(column) / len(x)
                variances[j] = sum((v - means[j]) ** 2 for v in column) / len(x)
            out[:, j] = gamma[j] * (column - means[j]) / (variances[j] + eps) ** 0.5 + beta[j]
        if not test:
            for name, new in (("running_mean", means), ("running_var", variances)):
                bn_param[name] = momentum * bn_param.get(name, 0.0) + (1 - momentum) * new
        return out, (x, gamma, eps)

    def batchnorm_backward(dout, cache):
        x, gamma, eps = cache
        n, d = x.shape
        dx, dgamma, dbeta = np.zeros_like(x), np.zeros_like(gamma), np.zeros_like(gamma)
        for j in range(d):
            column, g = x[:, j].astype(np.float64), dout[:, j].astype(np.float64)
            std = np.sqrt(column.var() + eps)
            x_hat = (column - column.mean()) / std
            dgamma[j], dbeta[j] = np.dot(g, x_hat), np.sum(g)
            jacobian = (np.eye(n) - 1 / n - np.outer(x_hat, x_hat) / n) / std
            dx[:, j] = gamma[j] * (jacobian @ g)
        return dx, dgamma, dbeta

    def batchnorm_backward_alt(dout, cache):
        x, gamma, eps = cache
        centred = x - np.average(x, axis=0)
        inverse = 1 / np.sqrt(np.average(centred**2, axis=0) + eps)
        x_hat = centred * inverse
        dgamma, dbeta = np.add.reduce(dout * x_hat), np.add.reduce(dout)
        return np.asfortranarray(gamma * inverse * (dout - dbeta / len(x) - x_hat * (dgamma / len(x)))), dgamma, dbeta


@alternative("batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt")
class ClosureInTheCache:
    """The cache is a function; one code for both modes."""

    def batchnorm_forward(x, gamma, beta, bn_param):
        training = bn_param["mode"] != "test"
        zeros = np.zeros(x.shape[1], x.dtype)
        mean, var = (np.mean(x, axis=0), np.var(x, axis=0)) if training else (
            bn_param.get("running_mean", zeros), bn_param.get("running_var", zeros))
        inverse = np.reciprocal(np.sqrt(np.add(var, bn_param.get("eps", 1e-5))))
        x_hat = np.multiply(np.subtract(x, mean), inverse)
        if training:
            m = bn_param.get("momentum", 0.9)
            old = bn_param.get("running_mean", zeros), bn_param.get("running_var", zeros)
            bn_param.update(running_mean=m * old[0] + (1 - m) * mean, running_var=m * old[1] + (1 - m) * var)

        def back(dout):
            g = dout * gamma
            dx = inverse * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0))
            return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)

        return x_hat * gamma + beta, back

    def batchnorm_backward(dout, cache):
        return cache(dout)

    def batchnorm_backward_alt(dout, cache):
        return tuple(cache(dout))


# -- batch normalization, with the documented cache -----------------------------------------------------------------


@alternative("batchnorm_forward", style="loop")
def batchnorm_welford(x, gamma, beta, bn_param):
    """The variance in one pass, by Welford's updates."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "test":
        zeros = np.zeros_like(x[0])
        std = np.sqrt(bn_param.get("running_var", zeros) + eps)
        return (x - bn_param.get("running_mean", zeros)) / std * gamma + beta, (None, gamma, std)
    mean, squares = np.zeros_like(x[0]), np.zeros_like(x[0])
    for count, row in enumerate(x, start=1):
        delta = row - mean
        mean = mean + delta / count
        squares = squares + delta * (row - mean)
    var = squares / len(x)
    zeros = np.zeros_like(mean)
    bn_param["running_mean"] = bn_param.get("running_mean", zeros) * momentum + mean * (1 - momentum)
    bn_param["running_var"] = bn_param.get("running_var", zeros) * momentum + var * (1 - momentum)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, gamma, std)


@alternative("batchnorm_forward", style="out warns")
def batchnorm_shifted_moments(x, gamma, beta, bn_param):
    """E[y^2] - E[y]^2 is harmless once y = x - x[0] is near 0."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean, var = bn_param.get("running_mean", 0 * x[0]), bn_param.get("running_var", 0 * x[0])
    if bn_param["mode"] == "train":
        y = x - x[:1]
        batch_mean, batch_var = y.mean(axis=0) + x[0], (y**2).mean(axis=0) - y.mean(axis=0) ** 2
        bn_param["running_mean"] = mean + (1 - momentum) * (batch_mean - mean)
        bn_param["running_var"] = var + (1 - momentum) * (batch_var - var)
        mean, var = batch_mean, batch_var
    std = (var + eps) ** 0.5
    out = np.empty_like(x)
    np.divide(x - mean, std, out=out)
    x_hat = out.copy()
    out *= gamma
    out += beta
    warnings.warn(f"in mode {bn_param['mode']}", stacklevel=2)
    return out, (x_hat, gamma, std)


@alternative("batchnorm_backward", style="loop")
def batchnorm_backward_loops(dout, cache):
    x_hat, gamma, std = cache
    n, d = dout.shape
    dx, dgamma, dbeta = np.zeros_like(dout), np.zeros_like(gamma), np.zeros_like(gamma)
    for j in range(d):
        for i in range(n):
            dgamma[j] += dout[i, j] * x_hat[i, j]
            dbeta[j] += dout[i, j]
        for i in range(n):
            dx[i, j] = gamma[j] / std[j] * (dout[i, j] - dbeta[j] / n - x_hat[i, j] * dgamma[j] / n)
    return dx, dgamma, dbeta


@alternative("batchnorm_backward_alt", style="one-liner")
def batchnorm_backward_in_one_line(dout, cache):
    return (lambda x_hat, gamma, std: (
        gamma / std * (dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0)),
        (dout * x_hat).sum(axis=0), dout.sum(axis=0)))(*cache)


@alternative("batchnorm_backward_alt", style="einsum float64")
def batchnorm_backward_two_projections(dout, cache):
    """Centre, then take the part along x_hat away."""
    x_hat, gamma, std = cache
    dout = dout.astype(np.float64)
    g = dout - dout.mean(axis=0, keepdims=True)
    g = (g - x_hat * np.einsum("nd,nd->d", g, x_hat) / len(g)) * (gamma / std)
    results = g, np.einsum("nd,nd->d", dout, x_hat), np.ones(len(dout)) @ dout
    return tuple(r.astype(x_hat.dtype) for r in results)


# -- layer normalization --------------------------------------------------------------------------------------------


@alternative("layernorm_forward", "layernorm_backward")
class Transposed:
    """Batch normalization of x.T; the cache is (D, N), and eps goes along."""

    def layernorm_forward(x, gamma, beta, ln_param):
        eps = ln_param.get("eps", 1e-5)
        x = x.T
        centred = x - np.mean(x, axis=0)
        var = np.mean(centred**2, axis=0)
        x_hat = centred / np.sqrt(var + eps)
        return (gamma[:, None] * x_hat + beta[:, None]).T, [x_hat, gamma[:, np.newaxis], var, eps]

    def layernorm_backward(dout, cache):
        x_hat, gamma, var, eps = cache
        d = len(x_hat)
        dbeta = dout.sum(axis=0)
        dout = dout.T
        dgamma = (dout * x_hat).sum(axis=1)
        dx_hat = dout * gamma
        dx = 1 / d / np.sqrt(var + eps) * (d * dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0))
        return dx.T, dgamma, dbeta


@alternative("layernorm_forward", "layernorm_backward", style="loop")
class RowByRow:
    """Loops over examples; ln_param is used as a notebook."""

    def layernorm_forward(x, gamma, beta, ln_param):
        out, rows = np.zeros_like(x), []
        for i, row in enumerate(x):
            mean = row.sum() / row.size
            std = np.sqrt(((row - mean) ** 2).sum() / row.size + ln_param.get("eps", 1e-5))
            out[i] = gamma * (row - mean) / std + beta
            rows.append(((row - mean) / std, std))
        ln_param["std"] = [float(std) for _, std in rows]
        return out, (rows, gamma)

    def layernorm_backward(dout, cache):
        rows, gamma = cache
        dx, dgamma, dbeta = np.zeros_like(dout), np.zeros_like(gamma), np.zeros_like(gamma)
        for i, (x_hat, std) in enumerate(rows):
            g = gamma * dout[i]
            dx[i] = (g - np.mean(g) - x_hat * np.mean(g * x_hat)) / std
            dgamma += dout[i] * x_hat
            dbeta += dout[i]
        return [dx, dgamma, dbeta]


class LayerNorm:
    """A layer as an object: it normalizes, and later carries a gradient back."""

    def __init__(self, gamma, beta, eps=1e-5, **more):
        self.gamma, self.beta, self.eps = gamma, beta, eps

    def forward(self, x):
        distance = x - x.mean(axis=1, keepdims=True)
        self.std = np.sqrt(np.square(distance).mean(axis=1, keepdims=True) + self.eps)
        self.x_hat = distance / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        g = dout * self.gamma
        dx = g - g.mean(axis=1, keepdims=True) - self.x_hat * np.mean(g * self.x_hat, axis=1, keepdims=True)
        return dx / self.std, (dout * self.x_hat).sum(axis=0), dout.sum(axis=0)


@alternative("layernorm_forward", "layernorm_backward", style="class")
class LayerInTheCache:
    def layernorm_forward(x, gamma, beta, ln_param):
        layer = LayerNorm(gamma, beta, **ln_param)
        return layer.forward(x), layer

    def layernorm_backward(dout, cache):
        return cache.backward(dout)


@alternative("layernorm_forward", style="prints")
def layernorm_welcomes_any_mode(x, gamma, beta, ln_param):
    print("layer normalization in mode", ln_param.get("mode", "none"))
    mu = np.mean(x, axis=-1)[:, None]
    sigma = np.hypot(np.std(x, axis=-1)[:, None], np.sqrt(ln_param.get("eps", 1e-5)).astype(x.dtype))
    x_hat = np.asfortranarray((x - mu) / sigma)
    return x_hat * gamma + beta, (x_hat, gamma, sigma)


@alternative("layernorm_forward", style="float64 einsum")
def layernorm_in_float64(x, gamma, beta, ln_param):
    wide = x.astype(np.float64)
    wide -= wide.mean(axis=1, keepdims=True)
    std = np.sqrt(np.einsum("nd,nd->n", wide, wide)[:, None] / x.shape[1] + ln_param.get("eps", 1e-5))
    x_hat = (wide / std).astype(x.dtype)
    return x_hat * gamma + beta, (x_hat, gamma, std.astype(x.dtype))


@alternative("layernorm_backward")
def layernorm_backward_staged(dout, cache):
    x_hat, gamma, std = cache
    d = dout.shape[1]
    dx_hat = dout * gamma
    centred = x_hat * std
    dvar = np.sum(dx_hat * centred * -0.5 / std**3, axis=1, keepdims=True)
    dmean = np.sum(-dx_hat / std, axis=1, keepdims=True) - 2 * dvar * centred.mean(axis=1, keepdims=True)
    return dx_hat / std + 2 * dvar * centred / d + dmean / d, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@alternative("layernorm_backward", style="einsum")
def layernorm_backward_jacobians(dout, cache):
    x_hat, gamma, std = cache
    d = x_hat.shape[1]
    jacobians = np.eye(d) - (1 + x_hat[:, :, None] * x_hat[:, None, :]) / d
    dx = np.einsum("nij,nj->ni", jacobians, dout * gamma) / std
    return dx.astype(dout.dtype), np.einsum("nd,nd->d", dout, x_hat), np.einsum("nd->d", dout)
