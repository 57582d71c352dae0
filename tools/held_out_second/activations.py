"""Wrong implementations of activations, the second set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("sigmoid_forward",
          "The sign in the exponent is wrong: out is 1 / (1 + exp(x)), that is sigmoid(-x) (and the cache with it; "
          "exp(x) overflows for large x, which comes out as 0).")
def sigmoid_plus_exponent(x):
    s = 1.0 / (1.0 + np.exp(x))
    return s, s


@held_out("sigmoid_backward",
          "dx is wrong: the sigmoid is applied again to the cache, which already is the output of the sigmoid, so "
          "the slope is taken at the wrong place.")
def sigmoid_twice(dout, cache):
    sig = 1 / (1 + np.exp(-cache))
    dx = dout * sig * (1 - sig)
    return dx


@held_out("tanh_forward",
          "out is 2 * sigmoid(x) - 1, which is tanh(x / 2): the factor 2 inside the sigmoid is forgotten, in out "
          "and cache (exp(-x) overflows for very negative x, harmlessly).")
def tanh_by_sigmoid_no_two(x):
    res = 2.0 / (1.0 + np.exp(-x)) - 1.0
    return res, res


@held_out("tanh_backward",
          "dx is wrong: the output is not squared, the slope is taken as 1 - out instead of 1 - out**2.")
def tanh_not_squared(dout, cache):
    t = cache
    grad = np.ones_like(t) - t
    return grad * dout


@held_out("relu_backward",
          "dx is dout times max(0, x) instead of dout times the mask x > 0: the gradient is multiplied by the "
          "activation itself.")
def relu_times_activation(dout, cache):
    x = cache
    dx = dout * np.maximum(0, x)
    return dx


@held_out("relu_backward", "dx is masked by the sign of the upstream gradient (dout > 0) instead of by the sign of x.")
def relu_masks_by_dout(dout, cache):
    dx = dout.copy()
    dx[dout <= 0] = 0
    return dx


@held_out("leaky_relu_forward", "The argument alpha is ignored: out always has slope 0.01 on the negative side.")
def leaky_fixed_slope(x, alpha=0.01):
    out = np.maximum(x, 0.01 * x)
    cache = (x, alpha)
    return out, cache


@held_out("leaky_relu_backward",
          "On the negative side dx is alpha itself instead of alpha * dout: the upstream gradient is not multiplied"
          " in there.")
def leaky_alpha_without_dout(dout, cache):
    x, alpha = cache
    dx = np.array(dout)
    dx[x <= 0] = alpha
    return dx


@held_out("prelu_forward", "The branches are exchanged: out is a * x where x > 0 and x elsewhere.")
def prelu_branches(x, a):
    pos = x > 0
    out = x * ~pos + a * x * pos
    return out, (x, a)


@held_out("prelu_backward",
          "da is wrong: it collects dout * x over the positive inputs instead of over those <= 0. dx is right.")
def prelu_da_positive(dout, cache):
    x, a = cache
    dx = dout * np.where(x > 0, 1.0, a)
    da = dout * x * (x > 0)
    if np.ndim(a) == 0:
        return dx, np.sum(da)
    return dx, np.sum(da, axis=0)


@held_out("prelu_backward",
          "Two errors: da is averaged over the batch instead of summed, and dx lets the negative side through with "
          "slope 1 (it is just dout), without the factor a.")
def prelu_mean_and_plain_dx(dout, cache):
    x, a = cache
    dx = dout * 1.0
    neg = np.where(x > 0, 0, x)
    da = np.mean(dout * neg, axis=0) if np.ndim(a) else np.mean(dout * neg)
    return dx, da


@held_out("elu_forward",
          "alpha multiplies only the exponential and not the -1: the negative side of out is alpha * exp(x) - 1 "
          "instead of alpha * (exp(x) - 1).")
def elu_brackets(x, alpha=1.0):
    out = np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - 1)
    return out, (x, alpha)


@held_out("elu_backward",
          "On the negative side dx has slope alpha * (exp(x) - 1), the value of the function, instead of its "
          "derivative alpha * exp(x).")
def elu_value_for_slope(dout, cache):
    x, alpha = cache
    dx = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"])
    for v in it:
        i = it.multi_index
        if v > 0:
            dx[i] = dout[i]
        else:
            dx[i] = dout[i] * alpha * (np.exp(v) - 1)
    return dx


@held_out("maxout_forward", "out is the sum of the two affine functions instead of the larger of them.")
def maxout_adds(x, w1, b1, w2, b2):
    s1 = x.dot(w1) + b1
    s2 = x.dot(w2) + b2
    return s1 + s2, (x, w1, w2, s1 >= s2)


@held_out("maxout_backward",
          "dx goes back through the first affine function only: the term of w2 is overwritten/forgotten. The other "
          "gradients are right.")
def maxout_dx_one_path(dout, cache):
    x, w1, w2, first = cache
    d1 = np.where(first, dout, 0)
    d2 = np.where(first, 0, dout)
    dx = d1.dot(w1.T)
    return dx, x.T.dot(d1), d1.sum(0), x.T.dot(d2), d2.sum(0)


@held_out("maxout_backward",
          "Two errors: db1 and db2 are means over the batch instead of sums, and the gradients are returned in the "
          "order dx, dw1, dw2, db1, db2.")
def maxout_bias_mean_order(dout, cache):
    x, w1, w2, first = cache
    g1, g2 = dout * first, dout * np.logical_not(first)
    dw1, dw2 = x.T @ g1, x.T @ g2
    db1, db2 = g1.mean(axis=0), g2.mean(axis=0)
    dx = g1 @ w1.T + g2 @ w2.T
    return dx, dw1, dw2, db1, db2


@held_out("saturated_fraction",
          "margin is taken as an absolute distance from the bound, not as a share of the range high - low, so the "
          "fraction is wrong where the range is not 1 (tanh).")
def saturated_absolute_margin(out, low, high, margin=0.05):
    n = 0
    for v in out.ravel():
        if v <= low + margin or v >= high - margin:
            n += 1
    return n / out.size


@held_out("saturated_fraction", "Only the upper bound is looked at: activations near low are not counted.")
def saturated_high_only(out, low, high, margin=0.05):
    limit = high - margin * (high - low)
    return float((out >= limit).sum()) / out.size


@held_out("dead_units",
          "A unit is called dead when any example leaves it at zero, instead of when all do (any and all confused).")
def dead_if_any_zero(out):
    return np.any(out <= 0, axis=0)


@held_out("dead_units",
          "The wrong axis is reduced: the result has one entry per example (N,), saying which examples switch on no"
          " unit, instead of one per unit (H,).")
def dead_rows(out):
    dead = np.all(out == 0, axis=1)
    return dead


@held_out("elu_backward",
          "Two errors: the mask is the wrong way round (slope 1 where x <= 0, the exponential where x > 0), and "
          "alpha is left out of the exponential's slope.")
def elu_back_mask_and_alpha(dout, cache):
    x, alpha = cache
    slope = np.exp(x)
    slope[x <= 0] = 1
    return slope * dout


@held_out("leaky_relu_backward",
          "Two errors: the upstream gradient is ignored altogether (dx holds only slopes), and the slope on the "
          "negative side is -alpha instead of alpha.")
def leaky_back_slopes_only(dout, cache):
    x, alpha = cache
    dx = np.ones_like(x)
    dx[x < 0] = -alpha
    return dx


@held_out("prelu_backward",
          "da is summed over the units (axis 1, shape (N,)) instead of over the batch when there is one slope per "
          "unit; dx is right.")
def prelu_da_axis(dout, cache):
    x, a = cache
    negative = x <= 0
    dx = dout.copy()
    dx[negative] = (dout * a)[negative]
    da = dout * x * negative
    return dx, da.sum() if np.ndim(a) == 0 else da.sum(axis=1)
