"""Wrong implementations of the initialisers."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("zero_init", "The shape is (fan_out, fan_in) as in PyTorch, and not (fan_in, fan_out).")
def zero_torch_shape(fan_in, fan_out):
    return np.zeros([fan_out, fan_in])


@held_out("zero_init", "The weights are integers.")
def zero_integers(fan_in, fan_out):
    return np.array([[0] * fan_out for _ in range(fan_in)])


@held_out("constant_init", "The shape is transposed.")
def constant_transposed(fan_in, fan_out, value):
    return value * np.ones((fan_out, fan_in))


@held_out("constant_init",
          "The value is drawn around instead of being constant: noise was added to break the symmetry.")
def constant_plus_noise(fan_in, fan_out, value):
    return value + 1e-3 * np.random.default_rng(0).standard_normal((fan_in, fan_out))


@held_out("small_random_init", "std is squared: NumPy's normal takes a standard deviation, not a variance.")
def small_variance_given(fan_in, fan_out, rng, std=0.01):
    return rng.normal(0, std**2, size=(fan_in, fan_out))


@held_out("small_random_init", "std is ignored, it is always 0.01.")
def small_fixed(fan_in, fan_out, rng, std=0.01):
    W = rng.standard_normal((fan_in, fan_out)) * 0.01
    return W


@held_out("small_random_init", "The numbers are uniform, not Gaussian.")
def small_uniform(fan_in, fan_out, rng, std=0.01):
    return rng.uniform(-std, std, (fan_in, fan_out))


@held_out("small_random_init", "NumPy's global generator is used, not rng.")
def small_global(fan_in, fan_out, rng, std=0.01):
    return np.random.randn(fan_in, fan_out) * std  # noqa: NPY002


@held_out("xavier_init", "The square root is missing: the standard deviation is 1 / fan_in.")
def xavier_no_root(fan_in, fan_out, rng):
    return rng.standard_normal((fan_in, fan_out)) / fan_in


@held_out("xavier_init", "Glorot's average of fan_in and fan_out is used where 1 / fan_in is asked for.")
def xavier_glorot(fan_in, fan_out, rng):
    scale = np.sqrt(2.0 / (fan_in + fan_out))
    return rng.normal(loc=0.0, scale=scale, size=(fan_in, fan_out))


@held_out("xavier_init", "Uniform between -1 / sqrt(fan_in) and 1 / sqrt(fan_in): a third of the variance.")
def xavier_uniform_bound(fan_in, fan_out, rng):
    limit = 1 / np.sqrt(fan_in)
    return rng.uniform(-limit, limit, size=(fan_in, fan_out))


@held_out("xavier_init", "It divides by the square root of fan_out.")
def xavier_fan_out(fan_in, fan_out, rng):
    return rng.standard_normal(size=(fan_in, fan_out)) * fan_out**-0.5


@held_out("he_init", "The root covers the 2 only: sqrt(2) / fan_in.")
def he_root_of_two_only(fan_in, fan_out, rng):
    return rng.standard_normal((fan_in, fan_out)) * np.sqrt(2) / fan_in


@held_out("he_init", "The factor 2 is missing, so it is Xavier's.")
def he_is_xavier(fan_in, fan_out, rng):
    std = (1.0 / fan_in) ** 0.5
    return std * rng.standard_normal((fan_in, fan_out))


@held_out("he_init", "The 2 multiplies the standard deviation, so the variance is 4 / fan_in.")
def he_two_outside(fan_in, fan_out, rng):
    return 2 * rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)


@held_out("activation_statistics", "The variance is returned where the standard deviation is asked for.")
def statistics_variance(activations):
    means = [np.mean(h) for h in activations]
    stds = [np.var(h) for h in activations]
    return np.array(means), np.array(stds)


@held_out("activation_statistics", "The statistics are per unit: the axis should not be there.")
def statistics_average_of_unit_stds(activations):
    means = np.array([a.mean(axis=0).mean() for a in activations])
    stds = np.array([a.std(axis=0).mean() for a in activations])
    return means, stds


@held_out("activation_statistics", "The divisor of the standard deviation is n - 1.")
def statistics_sample_std(activations):
    L = len(activations)
    means, stds = np.zeros(L), np.zeros(L)
    for i, a in enumerate(activations):
        means[i] = np.mean(a)
        stds[i] = np.std(a, ddof=1)
    return means, stds


@held_out("lsuv_init", "The layers are all fed x: h is not passed on.")
def lsuv_always_x(weights, x, activation, tol=0.05, max_iter=10):
    scaled = []
    h = x
    for w in weights:
        if w.shape[0] != h.shape[1]:
            h = activation(h @ scaled[-1])
        w = w.copy()
        for _ in range(max_iter):
            z = x @ w if w.shape[0] == x.shape[1] else h @ w
            if abs(z.var() - 1) < tol:
                break
            w /= z.std()
        scaled.append(w)
    return scaled


@held_out("lsuv_init", "The variance is that of the activations, after the nonlinearity.")
def lsuv_post_activation(weights, x, activation, tol=0.05, max_iter=10):
    new, h = [], x
    for w in weights:
        w = np.array(w)
        out = activation(h @ w)
        i = 0
        while abs(out.var() - 1) > tol and i < max_iter:
            w = w / out.std()
            out = activation(h @ w)
            i += 1
        new.append(w)
        h = out
    return new


@held_out("lsuv_init", "It divides by the variance, not by the standard deviation, which does not converge.")
def lsuv_divides_by_variance(weights, x, activation, tol=0.05, max_iter=10):
    result = []
    h = x
    for w in weights:
        w = w.copy()
        for _ in range(max_iter):
            v = np.var(h @ w)
            if abs(v - 1) <= tol:
                break
            w = w / v
        result.append(w)
        h = activation(h @ w)
    return result


@held_out("lsuv_init", "The next layer gets the activations from before the rescaling.")
def lsuv_stale_input(weights, x, activation, tol=0.05, max_iter=10):
    scaled, h = [], x
    for w in weights:
        z = h @ w
        w_new = w
        for _ in range(max_iter):
            zz = h @ w_new
            if abs(zz.var() - 1) <= tol:
                break
            w_new = w_new / zz.std()
        scaled.append(w_new)
        h = activation(z)
    return scaled


@held_out("he_init", "The shape is (fan_out, fan_in) and the variance is computed from fan_out.")
def he_torch_transposed(fan_in, fan_out, rng):
    return rng.standard_normal((fan_out, fan_in)) * np.sqrt(2.0 / fan_out)


@held_out("xavier_init", "It is a uniform draw with Glorot's bound sqrt(6 / (fan_in + fan_out)).")
def xavier_glorot_uniform(fan_in, fan_out, rng):
    r = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-r, r, (fan_in, fan_out))


@held_out("activation_statistics", "Only two numbers come out, over all layers together; the layers should stay apart.")
def statistics_pooled(activations):
    everything = np.concatenate([np.ravel(a) for a in activations])
    return np.array([everything.mean()]), np.array([everything.std()])


@held_out("lsuv_init", "The given arrays are overwritten, and the variance is taken after the activation.")
def lsuv_in_place_and_after(weights, x, activation, tol=0.05, max_iter=10):
    h = x
    for w in weights:
        for _ in range(max_iter):
            a = activation(h @ w)
            if abs(a.var() - 1) <= tol:
                break
            w /= a.std()
        h = activation(h @ w)
    return weights


@held_out("lsuv_init", "The caller's weights are changed in place.")
def lsuv_in_place(weights, x, activation, tol=0.05, max_iter=10):
    h = x
    for w in weights:
        z = h @ w
        n = 0
        while np.abs(np.var(z) - 1) > tol and n < max_iter:
            w /= np.std(z)
            z = h @ w
            n += 1
        h = activation(z)
    return weights
