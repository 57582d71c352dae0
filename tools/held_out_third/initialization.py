"""Wrong versions of initialization, the third set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("zero_init",
          "The shape is transposed: (fan_out, fan_in) instead of (fan_in, fan_out).")
def zero_transposed(fan_in, fan_out):
    return np.zeros((fan_out, fan_in))


@held_out("constant_init",
          "value is ignored: the weights are all one.")
def constant_ones(fan_in, fan_out, value):
    w = np.ones((fan_in, fan_out))
    return w


@held_out("constant_init",
          "Only the diagonal holds value (a multiple of the identity), all the other weights are 0.")
def constant_diagonal(fan_in, fan_out, value):
    return value * np.eye(fan_in, fan_out)


@held_out("small_random_init",
          "Uniform numbers in [0, 1) instead of Gaussian ones: the weights are all positive, their mean is 0.5 * "
          "std instead of 0.")
def small_uniform(fan_in, fan_out, rng, std=0.01):
    return std * rng.random((fan_in, fan_out))


@held_out("small_random_init",
          "The argument std is ignored: 0.01 is written into the code.")
def small_fixed_std(fan_in, fan_out, rng, std=0.01):
    W = 0.01 * rng.standard_normal(size=(fan_in, fan_out))
    return W


@held_out("small_random_init",
          "std is taken for a variance: the Gaussian is scaled by sqrt(std), so the standard deviation is 0.1 where"
          " 0.01 was asked for.")
def small_sqrt_std(fan_in, fan_out, rng, std=0.01):
    return rng.normal(0, np.sqrt(std), (fan_in, fan_out))


@held_out("xavier_init",
          "The square root is missing: the Gaussian is divided by fan_in, so the variance is 1 / fan_in**2 instead "
          "of 1 / fan_in.")
def xavier_no_sqrt(fan_in, fan_out, rng):
    w = rng.standard_normal((fan_in, fan_out)) / fan_in
    return w


@held_out("xavier_init",
          "fan_out instead of fan_in: the variance is 1 / fan_out.")
def xavier_fan_out(fan_in, fan_out, rng):
    return rng.standard_normal((fan_in, fan_out)) * np.sqrt(1.0 / fan_out)


@held_out("xavier_init",
          "Two errors: the 2 of He's rule is used, so the variance is 2 / fan_in instead of 1 / fan_in, and the "
          "shape is transposed to (fan_out, fan_in).")
def xavier_he_transposed(fan_in, fan_out, rng):
    return rng.standard_normal((fan_out, fan_in)) * np.sqrt(2.0 / fan_in)


@held_out("he_init",
          "The 2 is divided instead of multiplied: the variance is 1 / (2 * fan_in), a quarter of what it should "
          "be.")
def he_half(fan_in, fan_out, rng):
    return rng.standard_normal((fan_in, fan_out)) / np.sqrt(2 * fan_in)


@held_out("he_init",
          "The 2 is outside the root: the standard deviation is 2 / sqrt(fan_in) instead of sqrt(2 / fan_in), so "
          "the variance is twice too large.")
def he_two_outside(fan_in, fan_out, rng):
    scale = 2 / np.sqrt(fan_in)
    return scale * rng.standard_normal((fan_in, fan_out))


@held_out("scaled_init",
          "The activation is ignored: the gain of ReLU, sqrt(2 / fan_in), is used whatever the activation.")
def scaled_always_relu(fan_in, fan_out, rng, activation):
    return rng.standard_normal((fan_in, fan_out)) * np.sqrt(2.0 / fan_in)


@held_out("scaled_init",
          "The variance of the activation's output is used instead of its mean square: wrong for an activation "
          "whose output has not mean 0, such as ReLU or the sigmoid, where the weights are too large.")
def scaled_by_variance(fan_in, fan_out, rng, activation):
    z = np.linspace(-8, 8, 4001)
    p = np.exp(-0.5 * z**2)
    p /= p.sum()
    a = activation(z)
    mu = (p * a).sum()
    var = (p * (a - mu) ** 2).sum()
    return rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in * var)


@held_out("activation_statistics",
          "The statistics are taken per unit (axis 0) instead of over all entries: each layer gives an array, not "
          "one number.")
def stats_per_unit(activations):
    means = [h.mean(axis=0) for h in activations]
    stds = [h.std(axis=0) for h in activations]
    return np.array(means, dtype=object), np.array(stds, dtype=object)


@held_out("activation_statistics",
          "The variances are returned instead of the standard deviations; the means are right.")
def stats_variance(activations):
    means, stds = [], []
    for a in activations:
        mu = np.mean(a)
        means.append(mu)
        stds.append(np.mean((a - mu) ** 2))
    return np.array(means), np.array(stds)


@held_out("activation_statistics",
          "Two errors: the results come in the wrong order (stds first), and the standard deviation has the divisor"
          " n - 1 (ddof=1) instead of n.")
def stats_swapped_ddof(activations):
    means = np.array([np.mean(a) for a in activations])
    stds = np.array([np.std(a, ddof=1) for a in activations])
    return stds, means


@held_out("lsuv_init",
          "The weights are divided by the variance of z instead of its standard deviation, so the rescaling "
          "overshoots and the variance never settles at 1.")
def lsuv_divides_by_var(weights, x, activation, tol=0.05, max_iter=10):
    new = []
    h = x
    for w in weights:
        w = w.copy()
        for _i in range(max_iter):
            v = np.var(h @ w)
            if abs(v - 1) <= tol:
                break
            w /= v
        new.append(w)
        h = activation(h @ w)
    return new


@held_out("lsuv_init",
          "z is not computed again after the last rescaling: the next layer gets the activations of the unscaled "
          "weights, so all the layers after the first are scaled for the wrong input.")
def lsuv_stale_z(weights, x, activation, tol=0.05, max_iter=10):
    out = []
    h = x
    for w in weights:
        w = np.array(w)
        z0 = h.dot(w)
        z = z0
        it = 0
        while abs(z.var() - 1) > tol and it < max_iter:
            w = w / z.std()
            z = h.dot(w)
            it += 1
        out.append(w)
        h = activation(z0)
    return out


@held_out("lsuv_init",
          "The next layer's input is z itself: the activation is left out between the layers, so the later layers "
          "are scaled as for a linear net.")
def lsuv_no_activation(weights, x, activation, tol=0.05, max_iter=10):
    scaled = []
    h = x
    for w in weights:
        W = w.copy()
        z = h @ W
        for _ in range(max_iter):
            if abs(z.var() - 1) <= tol:
                break
            W = W / z.std()
            z = h @ W
        scaled.append(W)
        h = z
    return scaled


@held_out("stack_forward",
          "Every layer's input is kept in the list activations, x among them: it starts with x and lacks the output"
          " of the last layer. The cache is right.")
def stack_inputs_listed(x, weights, activation_forward):
    h = x
    acts, cache = [], []
    for w in weights:
        acts.append(h)
        out, c = activation_forward(h @ w)
        cache.append((h, w, c))
        h = out
    return acts, cache


@held_out("stack_forward",
          "The cache keeps the output of each layer where its input belongs, so a backward pass would use the wrong"
          " h; the activations are right.")
def stack_cache_output(x, weights, activation_forward):
    activations, caches = [], []
    h = x
    for i in range(len(weights)):
        h, kept = activation_forward(h.dot(weights[i]))
        activations.append(h)
        caches.append((h, weights[i], kept))
    return activations, caches


@held_out("stack_backward",
          "dweights is left in the order of the backward pass, last layer first, instead of the order of the "
          "forward pass; dx is right.")
def stack_dweights_reversed(dout, cache, activation_backward):
    grads = []
    for h, w, kept in cache[::-1]:
        dz = activation_backward(dout, kept)
        grads.append(h.T.dot(dz))
        dout = dz.dot(w.T)
    return dout, grads


@held_out("stack_backward",
          "Two errors: the weight gradients are taken with dout before the activation's backward (h.T @ dout "
          "instead of h.T @ dz), and they are divided by the batch size N once more; dx is right.")
def stack_dout_for_dz_over_n(dout, cache, activation_backward):
    dws = [None] * len(cache)
    for i in range(len(cache) - 1, -1, -1):
        h, w, kept = cache[i]
        dws[i] = h.T @ dout / h.shape[0]
        dz = activation_backward(dout, kept)
        dout = dz @ w.T
    return dout, dws


@held_out("stack_backward",
          "The caches are popped off the list that was handed in: it is empty afterwards and a second call fails. "
          "What is returned is right.")
def stack_pops_cache(dout, cache, activation_backward):
    dweights = []
    while cache:
        h, w, kept = cache.pop()
        dz = activation_backward(dout, kept)
        dweights.insert(0, h.T @ dz)
        dout = dz @ w.T
    return dout, dweights
