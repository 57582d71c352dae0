"""Correct ways to write ``cs231n_lib.activations`` other than the reference's."""

import math
import sys
import warnings

import numpy as np

from autograder.verify.alternatives import EDGES, alternative

PREPARES = {
    "dx, da": ("dx", "da"),
    "dx, dw, db": ("dx", "dw", "db"),
    "any shape": EDGES,
    "batch of one": EDGES,
    "one feature": EDGES,
    "as many rows as units": ("conventions", "values", "da"),
    "stable at ±1000": ("stable", "values", "dx"),
    "alpha = 0.3": ("alpha",),
    "alpha = 0.5": ("alpha",),
    "one slope for all": ("conventions",),
    "bounds -1 and 1": ("conventions",),
    "bounds -2 and 2": ("conventions",),
    "another margin": ("conventions",),
    "all and none": ("values",),
    "tiny is not dead": ("values",),
}

# -- sigmoid and tanh -------------------------------------------------------------------------------------------


@alternative("sigmoid_forward", "sigmoid_backward")
class TextbookSigmoid:
    """exp overflows to infinity with a warning, and 1 / inf is the right 0. Keeps x and computes again."""

    def sigmoid_forward(x):
        return 1 / (1 + np.exp(-x)), x

    def sigmoid_backward(dout, cache):
        s = 1 / (1 + np.exp(-cache))
        return dout * s * (1 - s)


@alternative("sigmoid_forward", "sigmoid_backward", style="out")
class SigmoidByTanh:
    def sigmoid_forward(x):
        out = 0.5 * (1 + np.tanh(0.5 * x))
        return out, {"out": out}

    def sigmoid_backward(dout, cache):
        dx = np.empty_like(dout)
        np.multiply(dout, cache["out"], out=dx)
        return np.multiply(dx, 1 - cache["out"], out=dx)


@alternative("sigmoid_forward", "sigmoid_backward")
class SigmoidByMasks:
    def sigmoid_forward(x):
        out, positive = np.zeros_like(x), x >= 0
        out[positive] = 1 / (1 + np.exp(-x[positive]))
        z = np.exp(x[~positive])
        out[~positive] = z / (1 + z)
        return out, [out, x]

    def sigmoid_backward(dout, cache):
        out, _ = cache
        return (out - out**2) * dout


@alternative("sigmoid_forward", style="loop prints")
def sigmoid_in_a_loop_that_prints(x):
    print("sigmoid of", x.shape)
    out = np.empty_like(x)
    for i, value in np.ndenumerate(x):
        out[i] = 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))
    return out, out


@alternative("sigmoid_backward", style="float64")
def sigmoid_slope_in_float64(dout, cache):
    out = cache.astype(np.float64)
    return (dout.astype(np.float64) * out * (1.0 - out)).astype(dout.dtype)


@alternative("sigmoid_forward")
def sigmoid_clipped_far_out(x):
    out = 1.0 / (1.0 + np.exp(-np.clip(x, -80, 80)))
    return out, out


class TanhLayer:
    """A layer as an object, which the functions below keep as their cache."""

    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return (1 - self.out) * (1 + self.out) * dout


@alternative("tanh_forward", "tanh_backward", style="class")
class TanhByALayer:
    def tanh_forward(x):
        layer = TanhLayer()
        return layer.forward(x), layer

    def tanh_backward(dout, cache):
        return cache.backward(dout)


@alternative("tanh_forward", "tanh_backward", style="one-liner")
class TanhFromX:
    """cosh(1000) is infinite, and 1 / inf the right 0."""

    def tanh_forward(x):
        return 1 - 2 / (np.exp(2 * x) + 1), x

    def tanh_backward(dout, cache):
        return dout / np.cosh(cache)**2


@alternative("tanh_forward", "tanh_backward")
class TanhInFloat64:
    def tanh_forward(x):
        out = np.vectorize(math.tanh, otypes=[np.float64])(x).astype(x.dtype)
        return out, (out,)

    def tanh_backward(dout, cache):
        (out,) = cache
        slope = np.ones_like(out)
        slope -= np.square(out)
        return np.multiply(slope, dout)


@alternative("tanh_forward", style="out warns")
def tanh_into_a_new_array(x):
    warnings.warn("a student's warning", stacklevel=1)
    out = np.empty_like(x)
    np.tanh(x, out=out)
    return out, out


# -- ReLU and leaky ReLU ----------------------------------------------------------------------------------------


@alternative("relu_forward", "relu_backward")
class KeepsTheMask:
    def relu_forward(x):
        mask = x > 0
        return x * mask, mask

    def relu_backward(dout, cache):
        return np.where(cache, dout, 0)


@alternative("relu_forward", "relu_backward")
class ReluOnACopy:
    """Takes 1 as the subgradient at 0, and keeps a list."""

    def relu_forward(x):
        out = x.copy()
        out[out < 0] = 0
        return out, [x]

    def relu_backward(dout, cache):
        dx = np.array(dout)
        dx[cache[0] < 0] = 0
        return dx


@alternative("relu_forward", "relu_backward", style="loop")
class ReluInLoops:
    def relu_forward(x):
        flat = [max(0.0, v) for v in x.ravel().tolist()]
        return np.array(flat, dtype=x.dtype).reshape(x.shape), {"x": x, "shape": x.shape}

    def relu_backward(dout, cache):
        dx, x = np.zeros_like(dout), cache["x"]
        for i in np.ndindex(*cache["shape"]):
            if x[i] > 0:
                dx[i] = dout[i]
        return dx


@alternative("relu_forward", style="one-liner")
def relu_by_clip(x):
    return np.clip(x, 0, None), x


@alternative("relu_backward")
def relu_slope_by_heaviside(dout, cache):
    return np.heaviside(cache, np.float32(0.5)).astype(dout.dtype) * dout


@alternative("leaky_relu_forward", "leaky_relu_backward")
class KeepsTheSlope:
    def leaky_relu_forward(x, alpha=0.01):
        slope = np.ones_like(x)
        slope[x < 0] = alpha
        return slope * x, slope

    def leaky_relu_backward(dout, cache):
        return cache * dout


@alternative("leaky_relu_forward", "leaky_relu_backward")
class LeakyByTwoHalves:
    def leaky_relu_forward(x, alpha=0.01):
        return np.maximum(x, 0) + alpha * np.minimum(x, 0), [x, alpha]

    def leaky_relu_backward(dout, cache):
        x, alpha = cache
        dx = dout.copy()
        dx[x <= 0] *= alpha
        return dx


@alternative("leaky_relu_forward")
def leaky_by_maximum(x, alpha=0.01):
    return np.maximum(x, alpha * x), (x, alpha)


@alternative("leaky_relu_backward")
def leaky_slope_by_mask(dout, cache):
    on = cache[0] > 0
    return dout * on + cache[1] * dout * ~on


# -- PReLU and ELU ----------------------------------------------------------------------------------------------


@alternative("prelu_forward", "prelu_backward", style="einsum")
class PreluByEinsum:
    def prelu_forward(x, a):
        low = np.minimum(x, 0)
        return x - low + a * low, {"low": low, "a": a}

    def prelu_backward(dout, cache):
        low, a = cache["low"], cache["a"]
        da = np.einsum("nd,nd->d", dout, low)
        dx = dout * np.where(low < 0, a, np.ones_like(a))
        return dx, da if a.shape else float(np.sum(da))


@alternative("prelu_forward", "prelu_backward")
class PreluInLoops:
    def prelu_forward(x, a):
        each = np.broadcast_to(a, x.shape[1:])
        out = x.copy()
        for n, row in enumerate(x):
            for d, v in enumerate(row):
                if v < 0:
                    out[n, d] = each[d] * v
        return out, (x, each, a.ndim)

    def prelu_backward(dout, cache):
        x, each, ndim = cache
        dx, da = dout.copy(), np.zeros_like(each)
        for n, d in np.argwhere(x < 0):
            dx[n, d] *= each[d]
            da[d] += dout[n, d] * x[n, d]
        return [dx, da if ndim else da.sum()]


@alternative("prelu_forward")
def prelu_by_mask(x, a):
    on = x > 0
    return x * on + a * x * ~on, (x, a)


@alternative("prelu_backward")
def prelu_summed_over_what_was_broadcast(dout, cache):
    x, a = cache
    grad = np.where(x > 0, np.zeros_like(x), dout * x)
    while grad.ndim > a.ndim:
        grad = grad.sum(axis=0)
    return np.where(x >= 0, dout, dout * a), grad


@alternative("elu_forward", "elu_backward")
class EluFromItsOutput:
    """np.where with an overflowing branch that it does not take: right, with a warning."""

    def elu_forward(x, alpha=1.0):
        out = np.where(x > 0, x, alpha * (np.exp(x) - 1))
        return out, (out, alpha)

    def elu_backward(dout, cache):
        out, alpha = cache
        return np.where(out > 0, dout, dout * (out + alpha))


@alternative("elu_forward", "elu_backward")
class EluByMasks:
    def elu_forward(x, alpha=1.0):
        out, low = x.copy(), x <= 0
        out[low] = alpha * np.expm1(x[low])
        return out, {"x": x, "low": low, "alpha": alpha}

    def elu_backward(dout, cache):
        dx, low = dout.copy(), cache["low"]
        dx[low] *= cache["alpha"] * np.exp(cache["x"][low])
        return dx


@alternative("elu_forward", style="prints")
def elu_by_two_halves(x, alpha=1.0):
    print("elu", file=sys.stderr)
    return np.maximum(x, 0) + alpha * (np.exp(np.minimum(x, 0)) - 1), (x, alpha)


@alternative("elu_backward")
def elu_slope_in_float64(dout, cache):
    x, alpha = cache
    slope = [1.0 if v > 0 else alpha * math.exp(v) for v in x.astype(float).ravel()]
    return (dout * np.reshape(slope, x.shape)).astype(dout.dtype)


# -- maxout -----------------------------------------------------------------------------------------------------


@alternative("maxout_forward", "maxout_backward", style="einsum")
class MaxoutStacked:
    """Both functions in one array, and the winner's number for the cache."""

    def maxout_forward(x, w1, b1, w2, b2):
        w, b = np.stack([w1, w2]), np.stack([b1, b2])
        z = np.einsum("nd,kdm->knm", x, w) + b[:, None, :]
        return z.max(axis=0), {"x": x, "w": w, "winner": z.argmax(axis=0)}

    def maxout_backward(dout, cache):
        x, w = cache["x"], cache["w"]
        dz = np.stack([dout * (cache["winner"] == k) for k in (0, 1)])
        dw, db = np.einsum("nd,knm->kdm", x, dz), dz.sum(axis=1)
        return np.einsum("knm,kdm->nd", dz, w), dw[0], db[0], dw[1], db[1]


@alternative("maxout_forward", "maxout_backward", style="loop")
class MaxoutInLoops:
    """Keeps everything, and gives a tie to the second function."""

    def maxout_forward(x, w1, b1, w2, b2):
        out = np.empty((len(x), len(b1)), x.dtype)
        for n in range(len(x)):
            for m in range(len(b1)):
                out[n, m] = max(np.dot(x[n], w1[:, m]) + b1[m], np.dot(x[n], w2[:, m]) + b2[m])
        return out, [x, w1, b1, w2, b2]

    def maxout_backward(dout, cache):
        x, w1, b1, w2, b2 = cache
        dx, dw1, db1, dw2, db2 = (np.zeros_like(v) for v in cache)
        second = x @ w2 + b2 >= x @ w1 + b1
        for n, m in np.ndindex(*dout.shape):
            w, dw, db = (w2, dw2, db2) if second[n, m] else (w1, dw1, db1)
            dx[n] += dout[n, m] * w[:, m]
            dw[:, m] += dout[n, m] * x[n]
            db[m] += dout[n, m]
        return [dx, dw1, db1, dw2, db2]


@alternative("maxout_forward")
def maxout_as_relu_of_the_difference(x, w1, b1, w2, b2):
    z1, z2 = np.matmul(x, w1), np.matmul(x, w2)
    z1 += b1
    z2 += b2
    return z2 + np.maximum(z1 - z2, 0), (x, w1, w2, z1 > z2)


@alternative("maxout_backward")
def maxout_by_copies(dout, cache):
    x, w1, w2, first = cache
    dz1, dz2 = dout.copy(), dout.copy()
    dz1[~first] = 0
    dz2[first] = 0
    dx = dz1.dot(w1.T)
    dx += dz2.dot(w2.T)
    return dx, np.dot(x.T, dz1), np.sum(dz1, 0), np.dot(x.T, dz2), np.sum(dz2, 0)


# -- saturated_fraction and dead_units --------------------------------------------------------------------------


@alternative("saturated_fraction")
def saturated_by_distance(out, low, high, margin=0.05):
    return np.mean(np.minimum(out - low, high - out) <= margin * (high - low))


@alternative("saturated_fraction")
def saturated_counted_in_a_loop(out, low, high, margin=0.05):
    count, near = 0, margin * (high - low)
    for value in out.flat:
        if value < low + near or value > high - near:
            count += 1
    return count / out.size


@alternative("saturated_fraction")
def saturated_after_scaling(out, low, high, margin=0.05):
    scaled = (np.asarray(out, np.float64) - low) / (high - low)
    return np.array(1 - ((scaled > margin) & (scaled < 1 - margin)).mean())


@alternative("dead_units")
def dead_if_the_largest_is_not_positive(out):
    return out.max(axis=0) <= 0


@alternative("dead_units")
def dead_if_all_are_zero(out):
    return np.all(out == 0, axis=0)


@alternative("dead_units")
def dead_if_none_counts(out):
    return [not np.count_nonzero(out[:, j]) for j in range(out.shape[1])]
