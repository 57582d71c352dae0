"""Correct ways to write ``cs231n_lib.dropout`` other than the reference's."""

import itertools
import warnings

import numpy as np

from autograder.verify.alternatives import EDGES, alternative

PREPARES = {
    "training, p = 0.3": ("share kept", "values"),
    "training, p = 0.8": ("share kept", "values"),
    "training, p = 1": ("share kept", "values"),
    ("dropout_backward", "training, p = 0.4"): ("dx",),
    ("dropout_backward", "training, p = 0.8"): ("dx",),
    "on your own forward's cache": ("dx",),
    "any shape": EDGES,
    "output of another shape": EDGES,
    "n_samples = 1": EDGES,
    "passes that are all equal": ("spread",),
}

# -- forward passes: any generator, any way to compare ----------------------------------------------------------------


@alternative("vanilla_dropout_forward")
def vanilla_with_the_global_generator(x, dropout_param):
    p, mode, mask = dropout_param["p"], dropout_param["mode"], None
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])  # noqa: NPY002
    if mode == "train":
        mask = np.random.rand(*x.shape) < p  # noqa: NPY002
        out = x * mask
    elif mode == "test":
        out = x * p
    return out, (dropout_param, mask)


@alternative("vanilla_dropout_forward", style="out")
def vanilla_into_a_new_array(x, dropout_param):
    out, mask = np.empty_like(x), None
    if dropout_param["mode"] == "test":
        np.multiply(x, dropout_param["p"], out=out)
    else:
        uniform = np.empty(x.shape)
        np.random.default_rng(dropout_param.get("seed", None)).random(out=uniform)
        mask = np.less(uniform, dropout_param["p"], out=np.empty(x.shape, bool))
        np.multiply(x, mask, out=out)
    return out, (dropout_param, mask)


@alternative("vanilla_dropout_forward")
def vanilla_by_index(x, dropout_param):
    rng = np.random.RandomState(dropout_param.get("seed"))  # noqa: NPY002
    out = x.copy()
    if dropout_param["mode"] == "train":
        dropped = rng.binomial(1, 1 - dropout_param["p"], size=x.shape) == 1
        out[dropped] = 0
        return out, [dropout_param, (~dropped).astype(x.dtype)]
    out *= dropout_param["p"]
    return out, [dropout_param, None]


@alternative("vanilla_dropout_forward", style="loop prints")
def vanilla_one_by_one(x, dropout_param):
    import random

    draw = random.Random(dropout_param["seed"] if "seed" in dropout_param else None)
    print("p =", dropout_param["p"])
    if dropout_param["mode"] != "train":
        return np.multiply(x, np.float32(dropout_param["p"]), dtype=x.dtype) if x.dtype == np.float32 else (
            dropout_param["p"] * x), (dropout_param, None)
    mask = np.zeros(x.shape, dtype=int)
    for index in np.ndindex(*x.shape):
        mask[index] = 0 if draw.random() >= dropout_param["p"] else 1
    return np.where(mask, x, 0).astype(x.dtype), (dropout_param, mask)


@alternative("dropout_forward")
def inverted_as_in_cs231n(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])  # noqa: NPY002
    mask = None
    out = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p  # noqa: NPY002
        out = x * mask
    elif mode == "test":
        out = x
    cache = (dropout_param, mask)
    out = out.astype(x.dtype, copy=False)
    return out, cache


@alternative("dropout_forward", style="warns")
def inverted_by_where(x, dropout_param):
    warnings.warn("a warning does no harm", stacklevel=2)
    seed = dropout_param["seed"] if dropout_param.get("seed") is not None else None
    u = np.random.default_rng(seed).uniform(size=x.shape[::-1]).T
    train = dropout_param["mode"] == "train"
    mask = np.asfortranarray(np.where(u <= dropout_param["p"], 1 / dropout_param["p"], 0)).astype(x.dtype)
    return (x * mask if train else x + 0), [dropout_param, mask if train else None]


@alternative("dropout_forward")
def inverted_by_choice(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return np.array(x), (dropout_param, None)
    rng = np.random.default_rng(dropout_param.get("seed"))
    mask = rng.choice(np.array([0, 1 / p], dtype=x.dtype), size=x.shape, p=[1 - p, p])
    return np.multiply(mask, x), (dict(dropout_param), mask)


# -- caches of one's own ----------------------------------------------------------------------------------------------


@alternative("dropout_forward", "dropout_backward")
class BareMaskInTheCache:
    def dropout_forward(x, dropout_param):
        if dropout_param["mode"] == "test":
            return x, (dropout_param, None)
        if "seed" in dropout_param:
            np.random.seed(dropout_param["seed"])  # noqa: NPY002
        mask = np.random.rand(*x.shape) < dropout_param["p"]  # noqa: NPY002
        return x * mask / dropout_param["p"], (dropout_param, mask)

    def dropout_backward(dout, cache):
        dropout_param, mask = cache
        if dropout_param["mode"] == "test":
            return dout
        return dout * mask / dropout_param["p"]


class Layer:
    """Dropout as an object: how it treats x is decided once, for both directions."""

    def __init__(self, p, mode, seed=None):
        self.p, self.training, self.rng = p, mode == "train", np.random.default_rng(seed)

    def forward(self, x):
        kept = self.rng.random(x.shape) < self.p if self.training else np.ones(x.shape, bool)
        self.mask = np.divide(kept, self.p if self.training else 1, dtype=x.dtype)
        return self(x)

    def __call__(self, x):
        return x * self.mask


@alternative("dropout_forward", "dropout_backward", style="class")
class LayerInTheCache:
    def dropout_forward(x, dropout_param):
        layer = Layer(**dropout_param)
        return layer.forward(x), layer

    def dropout_backward(dout, cache):
        return cache(dout)


@alternative("dropout_forward", "dropout_backward")
class PlacesInTheCache:
    def dropout_forward(x, dropout_param):
        rng, p = np.random.default_rng(dropout_param.get("seed")), dropout_param["p"]
        if dropout_param["mode"] != "train":
            return x, {}
        dropped = np.nonzero(rng.random(x.shape) >= p)
        out = x / p
        out[dropped] = 0
        return out, {"zero": dropped, "scale": 1 / p}

    def dropout_backward(dout, cache):
        dx = dout * cache.get("scale", 1)
        if "zero" in cache:
            dx[cache["zero"]] = 0
        return dx


@alternative("dropout_forward", "dropout_backward")
class ClosureInTheCache:
    def dropout_forward(x, dropout_param):
        state = np.random.RandomState(dropout_param.get("seed"))  # noqa: NPY002
        mask = np.ones_like(x)
        if dropout_param["mode"] == "train":
            mask = (state.random_sample(x.shape) < dropout_param["p"]).astype(x.dtype) / dropout_param["p"]
        return x * mask, lambda dout: dout * mask

    def dropout_backward(dout, cache):
        return cache(dout)


# -- backward ---------------------------------------------------------------------------------------------------------


@alternative("dropout_backward")
def backward_as_in_cs231n(dout, cache):
    dropout_param, mask = cache
    mode = dropout_param["mode"]
    dx = None
    if mode == "train":
        dx = dout * mask
    elif mode == "test":
        dx = dout
    return dx


@alternative("dropout_backward", style="prints")
def backward_asks_for_the_mask(dout, cache):
    mask = cache[1]
    print("mask:", None if mask is None else mask.shape)
    return dout if mask is None else np.asfortranarray(np.where(mask == 0, 0, dout * mask)).astype(dout.dtype)


@alternative("dropout_backward", style="einsum one-liner")
def backward_by_einsum(dout, cache):
    return dout if cache[1] is None else np.einsum("...,...->...", dout, cache[1])


@alternative("dropout_backward")
def backward_returns_what_it_was_given(dout, cache):
    """A view at test time, which changes nothing: the caller's array is handed back as it is."""
    return dout[...] if cache[0]["mode"] == "test" else dout * cache[1]


@alternative("dropout_backward", style="float64 loop")
def backward_one_by_one(dout, cache):
    (param, mask), dx = cache, dout.astype(np.float64)
    if param["mode"] == "train":
        for index in itertools.product(*map(range, dout.shape)):
            dx[index] *= mask[index]
    return dx.astype(dout.dtype)


@alternative("dropout_backward")
def backward_with_p_from_the_settings(dout, cache):
    param, mask = cache
    if param["mode"] == "train":
        dx = dout.copy()
        dx[mask == 0] = 0.0
        dx /= param["p"]
        return dx
    return 1 * dout


# -- Monte-Carlo dropout ----------------------------------------------------------------------------------------------


@alternative("mc_dropout_mean", style="loop prints")
def two_running_sums(forward, x, n_samples):
    total, square = 0, 0
    for i in range(n_samples):
        out = forward(x)
        print("pass", i)
        total = total + out
        square = square + out**2
    mean = total / n_samples
    return mean, np.sqrt(np.maximum(square / n_samples - mean**2, 0))


class Moments:
    """Takes one pass after another."""

    def __init__(self):
        self.outs = []

    def push(self, out):
        self.outs.append(out)
        return self

    def result(self):
        mean = sum(self.outs) / len(self.outs)
        return mean, np.sqrt(sum((out - mean) ** 2 for out in self.outs) / len(self.outs))


@alternative("mc_dropout_mean", style="class loop")
def moments_by_an_object(forward, x, n_samples):
    moments = Moments()
    while len(moments.outs) < n_samples:
        moments.push(forward(x))
    return moments.result()


@alternative("mc_dropout_mean", style="einsum float64")
def moments_by_einsum(forward, x, n_samples):
    first, *others = [forward(x) for _ in range(n_samples)]
    outs = np.array([first, *others], dtype=np.float64)
    mean = np.einsum("k...->...", outs) / n_samples
    std = np.sqrt(np.einsum("k...,k...->...", outs - mean, outs - mean) / n_samples)
    return mean.astype(first.dtype), std.astype(first.dtype)


@alternative("mc_dropout_mean", style="one-liner")
def moments_in_one_line(forward, x, n_samples):
    return (lambda outs: (np.mean(outs, axis=0), np.std(outs, axis=0)))([forward(x) for _ in range(n_samples)])


@alternative("mc_dropout_mean", style="loop")
def welford(forward, x, n_samples):
    mean = forward(x.copy())
    m2 = np.zeros_like(mean)
    for k in range(2, n_samples + 1):
        out = forward(x.copy())
        delta = out - mean
        mean = mean + delta / k
        m2 += delta * (out - mean)
    return [mean, (m2 / n_samples) ** 0.5]


@alternative("mc_dropout_mean")
def last_axis(forward, x, n_samples):
    outs = np.array(list(forward(x) for i in range(n_samples)))
    outs = np.moveaxis(outs, 0, -1)
    mean = np.sum(outs, axis=-1) / n_samples
    return mean, np.sqrt(np.sum((outs - mean[..., np.newaxis]) ** 2, -1) / n_samples)
