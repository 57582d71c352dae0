"""Wrong versions of activations, the third set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("sigmoid_forward",
          "The two branches are swapped (z / (1 + z) for x >= 0 and 1 / (1 + z) for x < 0): out is 1 - sigmoid(x), "
          "a falling curve.")
def sigmoid_falling(x):
    z = np.exp(-np.abs(x))
    s = np.where(x >= 0, z / (1 + z), 1 / (1 + z))
    return s, s


@held_out("sigmoid_forward",
          "Only the branch for x >= 0 is there: out is 1 / (1 + exp(-|x|)) for every x, so negative inputs give the"
          " value of the positive ones; the z / (1 + z) branch is missing.")
def sigmoid_abs_everywhere(x):
    z = np.exp(-np.abs(x))
    out = 1 / (1 + z)
    cache = out
    return out, cache


@held_out("sigmoid_backward",
          "The cache is already the output, but the sigmoid is applied to it once more before s * (1 - s): dx is "
          "wrong.")
def sigmoid_twice(dout, cache):
    x = cache
    s = 1 / (1 + np.exp(-x))
    dx = dout * s * (1 - s)
    return dx


@held_out("tanh_forward",
          "The factor 2 inside the sigmoid is forgotten: out is 2 * sigmoid(x) - 1, which is tanh(x / 2).")
def tanh_half(x):
    z = np.exp(-np.abs(x))
    sig = np.where(x >= 0, 1, z) / (1 + z)
    out = 2 * sig - 1
    return out, out


@held_out("tanh_backward",
          "The square is missing: dx is dout * (1 - out) instead of dout * (1 - out**2).")
def tanh_no_square(dout, cache):
    t = cache
    return dout * (1 - t)


@held_out("relu_backward",
          "dout is multiplied by max(0, x) itself and not by the indicator x > 0, so dx is scaled by the input.")
def relu_times_input(dout, cache):
    x = cache
    dx = dout * np.maximum(0, x)
    return dx


@held_out("relu_backward",
          "The mask tests dout and not x: the negative entries of the upstream gradient are zeroed, whatever the "
          "sign of x.")
def relu_masks_dout(dout, cache):
    dx = dout.copy()
    dx[dout <= 0] = 0
    return dx


@held_out("relu_forward",
          "np.max(x, 0) is the largest number along axis 0 and not np.maximum(0, x): out has one number per column "
          "instead of x's shape, and nothing is compared with 0.")
def relu_max_for_maximum(x):
    out = np.max(x, 0)
    return out, x


@held_out("leaky_relu_forward",
          "The argument alpha is ignored in out: the slope 0.01 is written into the code, which is wrong for any "
          "other alpha.")
def leaky_fixed_slope(x, alpha=0.01):
    out = np.where(x > 0, x, 0.01 * x)
    return out, (x, alpha)


@held_out("leaky_relu_backward",
          "Where x is negative, dx is alpha itself instead of alpha * dout: the upstream gradient is lost there.")
def leaky_forgets_dout(dout, cache):
    x, alpha = cache
    dx = np.array(dout, copy=True)
    dx[x <= 0] = alpha
    return dx


@held_out("prelu_forward",
          "On the negative side a * x is added to x instead of replacing it: the slope there is 1 + a, not a.")
def prelu_slope_one_plus_a(x, a):
    neg = np.minimum(x, 0)
    out = x + a * neg
    return out, (x, a)


@held_out("prelu_backward",
          "da is averaged over the batch where it should be summed; dx is right.")
def prelu_da_mean(dout, cache):
    x, a = cache
    dx = np.where(x > 0, dout, dout * a)
    g = np.where(x > 0, 0, dout * x)
    da = g.mean(axis=0) if np.ndim(a) else g.mean()
    return dx, da


@held_out("prelu_backward",
          "da collects dout * x over all entries, the positive ones too, where the slope has no part; dx is right.")
def prelu_da_unmasked(dout, cache):
    x, a = cache
    mask = x > 0
    dx = dout * mask + a * dout * ~mask
    da = dout * x
    if np.ndim(a) == 0:
        da = da.sum()
    else:
        da = da.sum(axis=0)
    return dx, da


@held_out("prelu_backward",
          "Two errors: dx is 0 on the negative side (ReLU's derivative, the slope a is forgotten), and da collects "
          "dout without the factor x.")
def prelu_relu_dx_and_da(dout, cache):
    x, a = cache
    dx = dout * (x > 0)
    neg = dout * (x <= 0)
    da = np.sum(neg) if np.ndim(a) == 0 else np.sum(neg, axis=0)
    return dx, da


@held_out("elu_forward",
          "The brackets are missing: the negative side is alpha * exp(x) - 1 instead of alpha * (exp(x) - 1), which"
          " is wrong unless alpha is 1.")
def elu_brackets(x, alpha=1.0):
    out = np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - 1)
    return out, (x, alpha)


@held_out("elu_backward",
          "The function's value is used for its derivative: on the negative side the slope is alpha * (exp(x) - 1) "
          "instead of alpha * exp(x), so dx is wrong there.")
def elu_value_as_slope(dout, cache):
    x, alpha = cache
    grad = np.ones_like(x)
    neg = x <= 0
    grad[neg] = alpha * (np.exp(x[neg]) - 1)
    return dout * grad


@held_out("maxout_forward",
          "The minimum of the two affine functions is taken in out instead of the maximum; the mask in the cache is"
          " right.")
def maxout_takes_min(x, w1, b1, w2, b2):
    a = x.dot(w1) + b1
    c = x.dot(w2) + b2
    out = np.minimum(a, c)
    return out, (x, w1, w2, a >= c)


@held_out("maxout_backward",
          "dx has only the part that goes through w1; the part through w2 (dz2 @ w2.T) is missing. The gradients of"
          " the weights and biases are right.")
def maxout_dx_half(dout, cache):
    x, w1, w2, first = cache
    d1 = np.where(first, dout, 0)
    d2 = np.where(first, 0, dout)
    dx = d1.dot(w1.T)
    dw1, dw2 = x.T.dot(d1), x.T.dot(d2)
    return dx, dw1, d1.sum(0), dw2, d2.sum(0)


@held_out("maxout_backward",
          "The results come in the wrong order: (dx, dw1, dw2, db1, db2) instead of (dx, dw1, db1, dw2, db2).")
def maxout_order(dout, cache):
    x, w1, w2, first = cache
    dz1 = dout * first
    dz2 = dout * ~first
    dx = dz1 @ w1.T + dz2 @ w2.T
    dw1 = x.T @ dz1
    dw2 = x.T @ dz2
    db1 = np.sum(dz1, axis=0)
    db2 = np.sum(dz2, axis=0)
    return dx, dw1, dw2, db1, db2


@held_out("saturated_fraction",
          "The margin is used as an absolute distance and not multiplied by (high - low): for tanh's bounds -1 and "
          "1 the band is half as wide as it should be.")
def saturated_absolute_margin(out, low, high, margin=0.05):
    count = 0
    for v in out.ravel():
        if v <= low + margin or v >= high - margin:
            count += 1
    return count / out.size


@held_out("saturated_fraction",
          "Two errors: only the upper bound is looked at, the activations near low are not counted, and what is "
          "returned is the number of activations rather than their share.")
def saturated_upper_count(out, low, high, margin=0.05):
    near = margin * (high - low)
    saturated = out >= high - near
    return float(np.sum(saturated))


@held_out("dead_units",
          "The wrong axis: axis 1 finds the examples (N,) for which every unit is off, not the units (H,) that are "
          "off for every example.")
def dead_examples(out):
    return np.all(out <= 0, axis=1)


@held_out("dead_units",
          "any for all: a unit is called dead as soon as one example leaves it at zero.")
def dead_if_any_zero(out):
    H = out.shape[1]
    dead = np.zeros(H, dtype=bool)
    for j in range(H):
        dead[j] = np.any(out[:, j] == 0)
    return dead
