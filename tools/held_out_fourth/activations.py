"""Wrong versions of activations, the fourth set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("sigmoid_backward",
          "dx is wrong: the cache already is the sigmoid's output, but it is put through the "
          "sigmoid once more before out * (1 - out) is formed, as if the cache were x.")
def sigmoid_backward_squashes_cache_again(dout, cache):
    x = cache
    s = 1 / (1 + np.exp(-x))
    ds = s * (1 - s)
    return dout * ds


@held_out("tanh_backward",
          "dx is wrong: the parentheses are misplaced, so the slope is (1 - out)**2 instead of "
          "1 - out**2.")
def tanh_backward_square_outside(dout, cache):
    t = cache
    dx = (1 - t) ** 2 * dout
    return dx


@held_out("relu_backward",
          "dx is wrong: the gradient is cut off where dout is not positive instead of where x is not "
          "positive; the cached x is never used.")
def relu_backward_masks_by_dout(dout, cache):
    _x = cache
    dx = np.array(dout, copy=True)
    dx[dout <= 0] = 0
    return dx


@held_out("leaky_relu_forward",
          "out is wrong for negative inputs: they are set to the constant alpha instead of being "
          "multiplied by alpha.")
def leaky_relu_forward_assigns_alpha(x, alpha=0.01):
    out = x.copy()
    out[out < 0] = alpha
    cache = (x, alpha)
    return out, cache


@held_out("prelu_backward",
          "Two errors: dx is zero where x <= 0, as for an ordinary ReLU, instead of a * dout; and da "
          "is averaged over the examples (over all entries for a single slope) instead of summed.")
def prelu_backward_plain_relu_and_mean(dout, cache):
    x, a = cache
    pos = (x > 0).astype(x.dtype)
    dx = dout * pos
    neg_part = dout * x * (1 - pos)
    if np.ndim(a) == 0:
        da = neg_part.mean()
    else:
        da = neg_part.mean(axis=0)
    return dx, da


@held_out("elu_forward",
          "out is wrong for negative inputs whenever alpha is not 1: the parentheses are missing, it is "
          "alpha * exp(x) - 1 instead of alpha * (exp(x) - 1).")
def elu_forward_no_parentheses(x, alpha=1.0):
    out = np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - 1)
    return out, (x, alpha)


@held_out("elu_backward",
          "dx is wrong for negative inputs: the slope there is taken to be the function's value "
          "alpha * (exp(x) - 1) instead of its derivative alpha * exp(x).")
def elu_backward_value_for_slope(dout, cache):
    x, alpha = cache
    grad = np.ones_like(x)
    idx = x <= 0
    grad[idx] = alpha * (np.exp(x[idx]) - 1)
    return dout * grad


@held_out("maxout_backward",
          "The gradients are returned in the wrong order: dx, dw1, dw2, db1, db2 instead of dx, dw1, "
          "db1, dw2, db2, so db1 and dw2 have changed places.")
def maxout_backward_weights_then_biases(dout, cache):
    x, w1, w2, first = cache
    d1 = np.where(first, dout, 0)
    d2 = np.where(first, 0, dout)
    dx = d1.dot(w1.T) + d2.dot(w2.T)
    dw1 = x.T.dot(d1)
    dw2 = x.T.dot(d2)
    db1 = np.sum(d1, axis=0)
    db2 = np.sum(d2, axis=0)
    return dx, dw1, dw2, db1, db2


@held_out("saturated_fraction",
          "The fraction is wrong where high - low is not 1 (for tanh, for example): margin is used "
          "as an absolute distance instead of being multiplied by high - low.")
def saturated_fraction_absolute_margin(out, low, high, margin=0.05):
    count = 0
    for value in out.ravel():
        if value <= low + margin or value >= high - margin:
            count += 1
    return count / out.size


@held_out("dead_units",
          "Too many units are called dead: a unit counts as dead as soon as one example does not switch it "
          "on, instead of only when no example does (all in place of any).")
def dead_units_all_for_any(out):
    active = (out > 0).all(axis=0)
    return np.logical_not(active)
