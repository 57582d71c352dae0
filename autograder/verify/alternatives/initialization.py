"""Correct ways to write ``cs231n_lib.initialization`` other than the reference's."""

import warnings

import numpy as np

from autograder.verify.alternatives import EDGES, alternative

PREPARES = {
    "a negative number": ("values",),
    "zero": ("values",),
    "one unit": ("shape",),
    "statistics, 50 inputs and 80 units": ("mean", "spread", "distribution", "uses rng"),
    "statistics, 80 inputs and 50 units": ("mean", "spread", "distribution", "uses rng"),
    "std = 0.3": ("conventions",),
    "any shape": EDGES,
    "one layer": EDGES,
    "another activation": ("spread", "values"),
    "near enough is left alone": ("conventions",),
    "not near enough": ("conventions",),
    "another tol": ("conventions",),
    "max_iter = 0 changes nothing": ("conventions",),
    "slope 0.25": ("any activation",),
    "softplus": ("any activation",),
    "the square": ("any activation",),
    "z + 1": ("any activation",),
    "dx, dweights": ("dx", "dweights"),
    "layers of other widths": EDGES,
    "batch of one": EDGES,
}

# -- the same number everywhere -----------------------------------------------------------------------------------


@alternative("zero_init", style="one-liner")
def zeros_by_full(fan_in, fan_out):
    return np.full((fan_in, fan_out), 0.0)


@alternative("zero_init")
def zeros_from_lists(fan_in, fan_out):
    return np.array([[0.0] * fan_out for _ in range(fan_in)])


@alternative("zero_init")
def zeros_column_first(fan_in, fan_out):
    return np.zeros([fan_out, fan_in], order="C", dtype="float64").T


@alternative("constant_init", style="one-liner")
def constant_by_full(fan_in, fan_out, value):
    return np.full((fan_in, fan_out), value)


@alternative("constant_init", style="prints")
def constant_times_ones(fan_in, fan_out, value):
    print("all weights are", value)
    return value * np.ones((fan_in, fan_out))


@alternative("constant_init")
def constant_filled(fan_in, fan_out, value):
    w = np.empty((fan_in, fan_out))
    w.fill(value)
    return w


# -- random weights -------------------------------------------------------------------------------------------------


def for_all_three(spread):
    """Return styles of a random initialiser of standard deviation ``spread(fan_in, std)``."""

    def normal_with_arguments(fan_in, fan_out, rng, std=0.01):
        return rng.normal(loc=0.0, scale=spread(fan_in, std), size=(fan_in, fan_out))

    def normal_transposed(fan_in, fan_out, rng, std=0.01):
        return (rng.normal(size=(fan_out, fan_in)) * spread(fan_in, std)).T

    def one_unit_at_a_time(fan_in, fan_out, rng, std=0.01):
        warnings.warn("slow", stacklevel=2)
        return np.stack([rng.normal(0, spread(fan_in, std), fan_in) for _ in range(fan_out)], axis=1)

    def box_muller(fan_in, fan_out, rng, std=0.01):
        u, v = 1 - rng.random((2, fan_in, fan_out))
        return spread(fan_in, std) * np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)

    def fills_an_array(fan_in, fan_out, rng, std=0.01):
        w = np.empty((fan_in, fan_out))
        rng.standard_normal(out=w)
        return np.multiply(w, spread(fan_in, std), out=w)

    def number_by_number(fan_in, fan_out, rng, std=0.01):
        draw = np.vectorize(lambda deviation: rng.normal(scale=deviation), otypes=[float])
        return draw(np.full((fan_in, fan_out), spread(fan_in, std)))

    def draws_more_than_it_needs(fan_in, fan_out, rng, std=0.01):
        return np.asfortranarray(rng.standard_normal(fan_in * fan_out + 5)[5:].reshape(fan_in, fan_out)
                                 * spread(fan_in, std))

    return {normal_with_arguments: "one-liner", normal_transposed: "one-liner", one_unit_at_a_time: "warns",
            box_muller: "", fills_an_array: "out", number_by_number: "", draws_more_than_it_needs: ""}


for name, deviation in (("small_random_init", lambda fan_in, std: std),
                        ("xavier_init", lambda fan_in, std: fan_in**-0.5),
                        ("he_init", lambda fan_in, std: (2 / fan_in)**0.5)):
    for code, style in for_all_three(deviation).items():
        alternative(name, style=style)(code)

@alternative("scaled_init")
def scaled_by_sampling(fan_in, fan_out, rng, activation):
    draws = [activation(rng.standard_normal(50_000)) for _ in range(4)]
    return rng.normal(0, (fan_in * np.mean(np.square(draws))) ** -0.5, (fan_in, fan_out))


@alternative("scaled_init")
def scaled_by_sums(fan_in, fan_out, rng, activation):
    step = 0.002
    z = np.arange(-6, 6, step) + step / 2
    share = step * np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    variance = 1 / (fan_in * np.dot(share, activation(z) * activation(z)))
    return np.sqrt(variance) * rng.standard_normal((fan_out, fan_in)).T


@alternative("scaled_init")
def scaled_by_one_layer(fan_in, fan_out, rng, activation):
    """Sends a batch through, with weights of variance 1 / fan_in, and looks how large it comes out."""
    h = activation(np.random.default_rng(5).standard_normal((200, 500)))
    size = np.sqrt((h**2).mean())
    return rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in) / size


# -- looking at activations -----------------------------------------------------------------------------------------


@alternative("activation_statistics", style="loop prints")
def statistics_as_lists(activations):
    means, stds = [], []
    for a in activations:
        print(f"mean {a.mean():.3f}")
        means.append(float(np.mean(a)))
        stds.append(float(np.std(a)))
    return means, stds


@alternative("activation_statistics", style="einsum float64")
def statistics_by_einsum(activations):
    rows = [np.asarray(a, dtype=np.float64).ravel() for a in activations]
    means = np.array([np.einsum("i->", row) / row.size for row in rows])
    squares = [np.einsum("i,i->", row - m, row - m) / row.size for row, m in zip(rows, means, strict=True)]
    return means, np.sqrt(squares)


@alternative("activation_statistics")
def statistics_by_formula(activations):
    means, stds = np.zeros(len(activations)), np.zeros(len(activations))
    for i, a in enumerate(activations):
        means[i] = a.sum() / a.size
        stds[i] = np.sqrt(((a - means[i]) ** 2).sum() / a.size)
    return means, stds


@alternative("activation_statistics")
def statistics_by_columns(activations):
    return np.array([(a.ravel().mean(), a.var() ** 0.5) for a in activations]).T[0], tuple(map(np.std, activations))


# -- LSUV -------------------------------------------------------------------------------------------------------------


@alternative("lsuv_init", style="loop")
def lsuv_while(weights, x, activation, tol=0.05, max_iter=10):
    out = []
    for w in weights:
        w, count = w.copy(), 0
        while np.abs(np.var(x @ w) - 1.0) > tol and count < max_iter:
            w /= np.sqrt(np.var(x @ w))
            count += 1
        out.append(w)
        x = activation(x.dot(w))
    return tuple(out)


class Scaling:
    """Goes through the layers, and carries the signal along."""

    def __init__(self, x, activation):
        self.x, self.activation = x, activation

    def __call__(self, w, tol, tries):
        z = self.x @ w
        if tries and abs(z.var() - 1) > tol:
            return self(w / z.std(), tol, tries - 1)
        self.x = self.activation(z)
        return w


@alternative("lsuv_init", style="class")
def lsuv_by_an_object(weights, x, activation, tol=0.05, max_iter=10):
    scaling = Scaling(x, activation)
    return [scaling(w.copy(), tol, max_iter) for w in weights]


@alternative("lsuv_init", style="out")
def lsuv_into_buffers(weights, x, activation, tol=0.05, max_iter=10):
    scaled = []
    for w in weights:
        z, new = np.empty((len(x), w.shape[1])), np.array(w)
        for _ in range(max_iter):
            np.matmul(x, new, out=z)
            if abs(np.var(z) - 1) <= tol:
                break
            np.divide(new, np.std(z), out=new)
        scaled.append(new)
        x = activation(np.matmul(x, new, out=z))
    return scaled


@alternative("lsuv_init")
def lsuv_sample_std(weights, x, activation, tol=0.05, max_iter=10):
    scaled, h = [np.array(w) for w in weights], x
    for i in range(len(scaled)):
        for iteration in range(max_iter):
            z = np.matmul(h, scaled[i])
            print(i, iteration, z.var(ddof=1))
            if abs(z.var(ddof=1) - 1) <= tol:
                break
            scaled[i] = scaled[i] / z.std(ddof=1)
        h = activation(h @ scaled[i])
    return scaled


@alternative("lsuv_init")
def lsuv_one_factor(weights, x, activation, tol=0.05, max_iter=10):
    """z is linear in w, so that one division is exact."""
    first, *others = weights
    variance = np.mean((x @ first) ** 2) - np.mean(x @ first) ** 2
    factor = 1 / np.sqrt(variance) if max_iter and abs(variance - 1) > tol else 1
    if not others:
        return [factor * first]
    return [factor * first, *lsuv_one_factor(others, activation(factor * (x @ first)), activation, tol, max_iter)]


# -- a stack of layers ----------------------------------------------------------------------------------------------


@alternative("stack_forward", "stack_backward", style="loop")
class KeepsThreeLists:
    """Keeps three lists instead of a list of triples."""

    def stack_forward(x, weights, activation_forward):
        inputs, kept = [x], []
        for w in weights:
            out, cache = activation_forward(inputs[-1].dot(w))
            inputs.append(out)
            kept.append(cache)
        return inputs[1:], {"inputs": inputs[:-1], "weights": weights, "kept": kept}

    def stack_backward(dout, cache, activation_backward):
        count = len(cache["kept"])
        dweights = [None] * count
        for i in range(count - 1, -1, -1):
            dz = activation_backward(dout, cache["kept"][i])
            dweights[i] = cache["inputs"][i].T.dot(dz)
            dout = dz.dot(cache["weights"][i].T)
        return dout, dweights


@alternative("stack_forward", "stack_backward", style="einsum")
class CallsItself:
    """Goes one layer, and leaves the rest to another call of itself."""

    def stack_forward(x, weights, activation_forward):
        first, *others = weights
        out, kept = activation_forward(np.einsum("nd,dm->nm", x, first))
        if not others:
            return (out,), [(x, first, kept)]
        above, cache = CallsItself.stack_forward(out, others, activation_forward)
        return (out, *above), [(x, first, kept), *cache]

    def stack_backward(dout, cache, activation_backward):
        (h, w, kept), *above = cache
        dweights = []
        if above:
            dout, dweights = CallsItself.stack_backward(dout, above, activation_backward)
        dz = activation_backward(dout, kept)
        return np.einsum("nm,dm->nd", dz, w), [np.einsum("nd,nm->dm", h, dz), *dweights]


@alternative("stack_forward", "stack_backward")
class KeepsTheWayBack:
    """Keeps one function for each layer, which knows the way back through it."""

    def stack_forward(x, weights, activation_forward):
        def pass_layer(h, w):
            out, kept = activation_forward(np.matmul(h, w))

            def go_back(dout, activation_backward):
                dz = activation_backward(dout, kept)
                return np.matmul(dz, np.transpose(w)), np.matmul(np.transpose(h), dz)

            return out, go_back

        activations, ways = [], []
        for w in weights:
            x, go_back = pass_layer(x, w)
            activations += [x]
            ways += [go_back]
        return activations, ways

    def stack_backward(dout, cache, activation_backward):
        dweights = []
        for go_back in cache[::-1]:
            dout, dw = go_back(dout, activation_backward)
            dweights = [dw, *dweights]
        return dout, dweights
