"""Wrong versions of initialization, the fourth set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("xavier_init",
          "The scale of w is wrong where fan_in and fan_out differ: it is divided by sqrt(fan_out) instead "
          "of sqrt(fan_in).")
def xavier_by_fan_out(fan_in, fan_out, rng):
    std = 1.0 / np.sqrt(fan_out)
    return rng.normal(0.0, std, size=(fan_in, fan_out))


@held_out("he_init",
          "The scale of w is wrong: the variance is 2 / (fan_in + fan_out), the compromise of Glorot and "
          "Bengio, instead of 2 / fan_in.")
def he_glorot_variance(fan_in, fan_out, rng):
    w = rng.standard_normal((fan_in, fan_out))
    w *= np.sqrt(2.0 / (fan_in + fan_out))
    return w


@held_out("he_init",
          "Two errors: w is drawn from a uniform instead of a Gaussian distribution; and its bound is "
          "sqrt(2 / fan_in), which is the standard deviation wanted, so the standard deviation is too small by "
          "sqrt(3).")
def he_uniform_bound(fan_in, fan_out, rng):
    limit = np.sqrt(2 / fan_in)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


@held_out("scaled_init",
          "The scale of w is wrong for activations whose output has not mean zero (ReLU, sigmoid): the "
          "variance of the activation's output is used instead of its mean square.")
def scaled_variance_for_mean_square(fan_in, fan_out, rng, activation):
    z = np.random.default_rng(0).standard_normal(100000)
    out = activation(z)
    return rng.standard_normal((fan_in, fan_out)) / (np.sqrt(fan_in) * out.std())


@held_out("scaled_init",
          "The scale of w is wrong: the weights are multiplied by the root mean square of the activation's "
          "output instead of divided by it, so the shrinking of the signal is doubled instead of undone.")
def scaled_multiplied(fan_in, fan_out, rng, activation):
    z = np.linspace(-8, 8, 8001)
    pdf = np.exp(-0.5 * z ** 2) / np.sqrt(2 * np.pi)
    second_moment = np.sum(activation(z) ** 2 * pdf) * (z[1] - z[0])
    std = np.sqrt(second_moment / fan_in)
    return rng.standard_normal((fan_in, fan_out)) * std


@held_out("activation_statistics",
          "stds is wrong: the variances are returned, the square root is forgotten.")
def statistics_variances(activations):
    means, stds = [], []
    for a in activations:
        mu = np.mean(a)
        means.append(mu)
        stds.append(np.mean((a - mu) ** 2))
    return np.array(means), np.array(stds)


@held_out("lsuv_init",
          "The weights from the second layer on are wrong: what goes up to the next layer is computed with "
          "the original weights of the layer below instead of the rescaled ones.")
def lsuv_original_weights_below(weights, x, activation, tol=0.05, max_iter=10):
    new_weights = []
    h = x
    for w in weights:
        w_new = w.copy()
        for _ in range(max_iter):
            var = np.var(h @ w_new)
            if abs(var - 1) <= tol:
                break
            w_new = w_new / np.sqrt(var)
        new_weights.append(w_new)
        h = activation(h @ w)
    return new_weights


@held_out("lsuv_init",
          "The weights are wrong: a layer is divided by the variance of its pre-activations instead of by "
          "their standard deviation, so the variance goes from v to 1/v and back and never reaches 1.")
def lsuv_divides_by_variance(weights, x, activation, tol=0.05, max_iter=10):
    result = [np.array(w) for w in weights]
    a = x
    for l in range(len(result)):
        it = 0
        v = (a @ result[l]).var()
        while np.abs(v - 1.0) > tol and it < max_iter:
            result[l] = result[l] / v
            v = (a @ result[l]).var()
            it += 1
        a = activation(a @ result[l])
    return result


@held_out("stack_forward",
          "The cache is wrong, so the backward pass will be: each layer's tuple holds the layer's output "
          "instead of its input (h is overwritten before it is stored); the activations are right.")
def stack_forward_caches_output(x, weights, activation_forward):
    activations, cache = [], []
    h = x
    for w in weights:
        h, kept = activation_forward(h @ w)
        activations.append(h)
        cache.append((h, w, kept))
    return activations, cache


@held_out("stack_backward",
          "dx and dweights are wrong: the backward pass of the activation is left out in every layer, so "
          "dout is carried through the weights only.")
def stack_backward_no_activation(dout, cache, activation_backward):
    L = len(cache)
    dweights = [None] * L
    grad = dout
    for i in range(L - 1, -1, -1):
        h, w, kept = cache[i]
        dweights[i] = h.T.dot(grad)
        grad = grad.dot(w.T)
    return grad, dweights
