"""Wrong implementations of initialization, the second set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("zero_init", "The shape is transposed: (fan_out, fan_in) instead of (fan_in, fan_out).")
def zeros_transposed(fan_in, fan_out):
    return np.zeros(shape=(fan_out, fan_in))


@held_out("constant_init", "value is ignored: the weights are all 1 instead of value.")
def constant_ones(fan_in, fan_out, value):
    w = np.ones((fan_in, fan_out))
    return w


@held_out("constant_init", "The values are divided by fan_in: all weights equal value / fan_in instead of value.")
def constant_over_fan(fan_in, fan_out, value):
    return np.ones((fan_in, fan_out)) * value / fan_in


@held_out("small_random_init",
          "std is added to the standard normal draw instead of multiplying it: the weights have mean std and "
          "standard deviation 1.")
def small_shifted(fan_in, fan_out, rng, std=0.01):
    return std + rng.standard_normal((fan_in, fan_out))


@held_out("small_random_init", "The argument std is ignored: the weights always have standard deviation 0.01.")
def small_fixed(fan_in, fan_out, rng, std=0.01):
    return rng.normal(0, 0.01, size=(fan_in, fan_out))


@held_out("small_random_init",
          "Uniform numbers between 0 and std are drawn instead of a Gaussian: all weights are positive, with mean "
          "std / 2.")
def small_uniform_positive(fan_in, fan_out, rng, std=0.01):
    w = std * rng.random((fan_in, fan_out))
    return w


@held_out("xavier_init",
          "The square root is missing: the weights are divided by fan_in, so their variance is 1 / fan_in**2.")
def xavier_no_root(fan_in, fan_out, rng):
    w = rng.standard_normal((fan_in, fan_out))
    w /= fan_in
    return w


@held_out("xavier_init",
          "The variance is Glorot's 2 / (fan_in + fan_out) instead of the forward form 1 / fan_in asked for here.")
def xavier_compromise(fan_in, fan_out, rng):
    sd = np.sqrt(2.0 / (fan_in + fan_out))
    return rng.normal(0.0, sd, (fan_in, fan_out))


@held_out("xavier_init",
          "Two errors: the variance is 1 / fan_out instead of 1 / fan_in, and the shape is transposed, (fan_out, "
          "fan_in).")
def xavier_out_transposed(fan_in, fan_out, rng):
    return rng.standard_normal((fan_out, fan_in)) * np.sqrt(1 / fan_out)


@held_out("he_init",
          "The 2 stands outside the square root: the weights have standard deviation 2 / sqrt(fan_in), variance 4 /"
          " fan_in.")
def he_two_outside(fan_in, fan_out, rng):
    return rng.standard_normal((fan_in, fan_out)) * 2 / np.sqrt(fan_in)


@held_out("he_init", "fan_out is used in place of fan_in: the variance is 2 / fan_out.")
def he_fan_out(fan_in, fan_out, rng):
    return rng.normal(size=(fan_in, fan_out)) * np.sqrt(2.0 / fan_out)


@held_out("he_init", "The variance 2 / fan_in is handed over as the standard deviation: the square root is forgotten.")
def he_variance_as_std(fan_in, fan_out, rng):
    return rng.normal(0, 2 / fan_in, size=(fan_in, fan_out))


@held_out("activation_statistics", "The second result holds variances instead of standard deviations.")
def stats_variance(activations):
    means, stds = [], []
    for a in activations:
        m = np.mean(a)
        means.append(m)
        stds.append(np.mean((a - m) ** 2))
    return np.array(means), np.array(stds)


@held_out("activation_statistics",
          "stds is the root mean square of the activations: the mean is not subtracted before squaring. means is "
          "right.")
def stats_rms(activations):
    means = np.array([np.mean(h) for h in activations])
    stds = np.array([np.sqrt(np.mean(h**2)) for h in activations])
    return means, stds


@held_out("activation_statistics",
          "Two errors: the means are of the absolute values, and means and stds are returned in the wrong order.")
def stats_abs_swapped(activations):
    L = len(activations)
    mu, sd = [0.0] * L, [0.0] * L
    for i, a in enumerate(activations):
        mu[i] = np.abs(a).mean()
        sd[i] = a.std()
    return np.array(sd), np.array(mu)


@held_out("lsuv_init",
          "w is divided by the variance of z instead of by its standard deviation, so the variance jumps from v to "
          "1 / v and back and does not come to 1.")
def lsuv_divides_by_var(weights, x, activation, tol=0.05, max_iter=10):
    res = []
    h = x
    for w in weights:
        w = w.copy()
        z = h.dot(w)
        n = 0
        while abs(np.var(z) - 1) > tol and n < max_iter:
            w /= np.var(z)
            z = h.dot(w)
            n += 1
        res.append(w)
        h = activation(z)
    return res


@held_out("lsuv_init",
          "The activation is not applied: the next layer is scaled on the pre-activations z instead of "
          "activation(z), so all layers but the first are wrong.")
def lsuv_no_activation(weights, x, activation, tol=0.05, max_iter=10):
    out, h = [], x
    for w in weights:
        for _ in range(max_iter):
            z = h @ w
            if abs(z.var() - 1) <= tol:
                break
            w = w / z.std()
        h = h @ w
        out.append(w)
    return out


@held_out("lsuv_init",
          "The next layer's h is activation(z) with the z from before the rescaling (z is not passed on after w was"
          " divided), so every layer but the first is scaled for the wrong input.")
def lsuv_stale_z(weights, x, activation, tol=0.05, max_iter=10):
    h = x
    scaled = []
    for w in weights:
        z0 = h @ w
        z = z0
        for _k in range(max_iter):
            if abs(z.var() - 1) <= tol:
                break
            w = w / z.std()
            z = h @ w
        scaled.append(w)
        h = activation(z0)
    return scaled


@held_out("lsuv_init",
          "Each column of w is divided by its own unit's standard deviation (std over axis 0) instead of the whole "
          "matrix by one number, std over all entries of z.")
def lsuv_per_unit(weights, x, activation, tol=0.05, max_iter=10):
    ws, h = [w.copy() for w in weights], x
    for i in range(len(ws)):
        z = h @ ws[i]
        it = 0
        while abs(z.var() - 1) > tol and it < max_iter:
            ws[i] = ws[i] / z.std(axis=0)
            z = h @ ws[i]
            it += 1
        h = activation(z)
    return ws


@held_out("lsuv_init",
          "The weights handed in are rescaled in place (w /= ...): the caller's arrays are overwritten. The "
          "returned values are right.")
def lsuv_overwrites(weights, x, activation, tol=0.05, max_iter=10):
    h = x
    for w in weights:
        z = h @ w
        t = 0
        while abs(z.var() - 1) > tol and t < max_iter:
            w /= z.std()
            z = h @ w
            t += 1
        h = activation(z)
    return list(weights)


@held_out("he_init",
          "Two errors: the factor is 1 / (2 * fan_in) instead of 2 / fan_in (the 2 in the denominator), and the "
          "weights are uniform between -1 and 1 before scaling instead of Gaussian.")
def he_half_uniform(fan_in, fan_out, rng):
    return rng.uniform(-1, 1, (fan_in, fan_out)) * np.sqrt(1 / (2 * fan_in))


@held_out("lsuv_init",
          "Two errors: every layer is rescaled exactly once, whatever tol and max_iter say, and w is multiplied by "
          "std(z) instead of divided by it.")
def lsuv_once_multiplied(weights, x, activation, tol=0.05, max_iter=10):
    out, h = [], x
    for w in weights:
        z = h @ w
        w = w * z.std()
        out.append(w)
        h = activation(h @ w)
    return out
