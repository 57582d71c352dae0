"""Wrong implementations of the activation functions."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("sigmoid_forward", "exp(x) overflows for large x and inf / inf gives NaN.")
def sigmoid_nan_at_large(x):
    e = np.exp(x)
    out = e / (1 + e)
    return out, out


@held_out("sigmoid_forward", "The exponent has the wrong sign, so the curve falls instead of rising.")
def sigmoid_falling(x):
    z = np.exp(-np.abs(x))
    out = np.where(x >= 0, z / (1 + z), 1 / (1 + z))
    return out, out


@held_out("sigmoid_backward", "The sigmoid is applied again to the cache, which already is the output.")
def sigmoid_backward_twice(dout, cache):
    s = 1 / (1 + np.exp(-cache))
    return dout * s * (1 - s)


@held_out("sigmoid_backward", "The upstream gradient is ignored: only the local derivative is returned.")
def sigmoid_backward_local_only(dout, cache):
    out = cache
    dx = out * (1.0 - out)
    return dx


@held_out("tanh_forward", "The quotient of exponentials overflows: inf / inf is NaN for large x.")
def tanh_by_exponentials(x):
    ep, em = np.exp(x), np.exp(-x)
    out = (ep - em) / (ep + em)
    return out, out


@held_out("tanh_forward", "It should be the sigmoid of 2x: the curve is too flat by a factor of two.")
def tanh_forgets_inner_two(x):
    e = np.exp(-np.abs(x))
    sig = np.where(x >= 0, 1 / (1 + e), e / (1 + e))
    out = 2 * sig - 1
    return out, out


@held_out("tanh_backward", "The derivative of the sigmoid is used in place of that of tanh.")
def tanh_backward_from_sigmoid(dout, cache):
    out = cache
    return dout * out * (1 - out)


@held_out("tanh_backward", "tanh is applied a second time to the cache, which already is the output.")
def tanh_backward_retanh(dout, cache):
    x = cache
    return dout * (1 - np.tanh(x) ** 2)


@held_out("tanh_backward", "The square is missing: 1 - out instead of 1 - out**2.")
def tanh_backward_no_square(dout, cache):
    return (1 - cache) * dout


@held_out("relu_forward", "The negative entries of the caller's array are overwritten.")
def relu_overwrites(x):
    x[x < 0] = 0
    return x, x


@held_out("relu_backward", "The mask is made from dout where it should be made from x.")
def relu_backward_masks_dout(dout, cache):
    x = cache
    dx = np.maximum(0, dout)
    assert dx.shape == x.shape
    return dx


@held_out("relu_backward", "dout is multiplied by the activation instead of by 0 or 1.")
def relu_backward_times_value(dout, cache):
    return dout * np.maximum(cache, 0)


@held_out("relu_backward", "The upstream gradient is changed in place.")
def relu_backward_edits_dout(dout, cache):
    dx = dout
    dx[cache <= 0] = 0
    return dx


@held_out("leaky_relu_forward", "It takes the maximum with alpha itself and not with alpha * x.")
def leaky_max_with_alpha(x, alpha=0.01):
    out = np.maximum(alpha, x)
    return out, (x, alpha)


@held_out("leaky_relu_forward", "alpha is ignored: the slope is always 0.01.")
def leaky_fixed_slope(x, alpha=0.01):
    out = np.where(x > 0, x, 0.01 * x)
    return out, (x, alpha)


@held_out("leaky_relu_forward", "The negative side is multiplied by -alpha, so it rises again.")
def leaky_bent_up(x, alpha=0.01):
    out = x.copy()
    out[x < 0] = alpha * np.abs(x[x < 0])
    return out, (x, alpha)


@held_out("leaky_relu_backward", "On the negative side alpha itself is returned, without dout.")
def leaky_backward_bare_alpha(dout, cache):
    x, alpha = cache
    dx = np.where(x > 0, dout, alpha)
    return dx


@held_out("leaky_relu_backward", "It is the plain ReLU's gradient: nothing passes on the negative side.")
def leaky_backward_plain(dout, cache):
    x, alpha = cache
    dx = np.array(dout, copy=True)
    dx[x <= 0] = 0
    return dx


@held_out("leaky_relu_backward", "The negative side is multiplied by x as well, as if it were a gradient for alpha.")
def leaky_backward_times_x(dout, cache):
    x, alpha = cache
    mask = x > 0
    return dout * mask + dout * alpha * x * ~mask


@held_out("prelu_forward", "The negative part enters with a minus sign.")
def prelu_minus_negative_part(x, a):
    out = np.maximum(0, x) - a * np.minimum(0, x)
    return out, (x, a)


@held_out("prelu_backward", "da is summed over the batch only, so a shared slope gets (D,) numbers.")
def prelu_backward_da_per_unit(dout, cache):
    x, a = cache
    neg = x <= 0
    dx = dout * np.where(neg, a, 1)
    da = np.sum(dout * x * neg, axis=0)
    return dx, da


@held_out("prelu_backward", "da is collected where x is positive, where the slope plays no part.")
def prelu_backward_da_positive(dout, cache):
    x, a = cache
    dx = np.where(x > 0, dout, a * dout)
    da = dout * x * (x > 0)
    if np.ndim(a) == 0:
        da = da.sum()
    else:
        da = da.sum(axis=0)
    return dx, da


@held_out("prelu_backward", "da does not contain dout.")
def prelu_backward_da_no_dout(dout, cache):
    x, a = cache
    dx = np.where(x > 0, dout, a * dout)
    da = np.where(x > 0, 0, x).sum(axis=0 if np.ndim(a) else None)
    return dx, da


@held_out("elu_forward", "A misplaced bracket: alpha * exp(x) - 1 instead of alpha * (exp(x) - 1).")
def elu_bracket(x, alpha=1.0):
    out = np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - 1)
    return out, (x, alpha)


@held_out("elu_forward", "The -1 is missing on the negative side.")
def elu_without_minus_one(x, alpha=1.0):
    out = np.array(x)
    neg = x <= 0
    out[neg] = alpha * np.exp(x[neg])
    return out, (x, alpha)


@held_out("elu_backward", "The negative slope is that of the leaky ReLU, alpha, instead of alpha * exp(x).")
def elu_backward_leaky(dout, cache):
    x, alpha = cache
    return np.where(x > 0, dout, dout * alpha)


@held_out("elu_backward", "The function's value alpha * (exp(x) - 1) is used as the slope.")
def elu_backward_value(dout, cache):
    x, alpha = cache
    slope = np.ones_like(x)
    slope[x <= 0] = alpha * (np.exp(x[x <= 0]) - 1)
    return dout * slope


@held_out("elu_backward", "alpha is missing in the slope on the negative side.")
def elu_backward_no_alpha(dout, cache):
    x, alpha = cache
    return dout * np.where(x > 0, 1, np.exp(np.minimum(x, 0)))


@held_out("maxout_forward", "The maximum is taken before the biases are added, and only b1 is added.")
def maxout_bias_late(x, w1, b1, w2, b2):
    z1, z2 = x @ w1, x @ w2
    out = np.maximum(z1, z2) + b1
    return out, (x, w1, w2, z1 >= z2)


@held_out("maxout_backward", "dx lacks the way through the second function.")
def maxout_backward_half_dx(dout, cache):
    x, w1, w2, first = cache
    d1 = np.where(first, dout, 0)
    d2 = np.where(first, 0, dout)
    dx = d1 @ w1.T
    return dx, x.T @ d1, d1.sum(0), x.T @ d2, d2.sum(0)


@held_out("maxout_backward", "The whole of dout is sent to both functions, as if they had been added.")
def maxout_backward_to_both(dout, cache):
    x, w1, w2, first = cache
    dx = dout.dot(w1.T) + dout.dot(w2.T)
    dw1 = x.T.dot(dout)
    dw2 = x.T.dot(dout)
    db1 = dout.sum(axis=0)
    db2 = dout.sum(axis=0)
    return dx, dw1, db1, dw2, db2


@held_out("saturated_fraction", "The margin is not scaled by high - low.")
def saturated_absolute_margin(out, low, high, margin=0.05):
    near_low = out < low + margin
    near_high = out > high - margin
    return float(np.logical_or(near_low, near_high).sum() / out.size)


@held_out("saturated_fraction", "Only the upper bound is looked at.")
def saturated_top_only(out, low, high, margin=0.05):
    threshold = high - margin * (high - low)
    return float((out >= threshold).mean())


@held_out("saturated_fraction", "The result is in percent, where a share between 0 and 1 is asked for.")
def saturated_percent(out, low, high, margin=0.05):
    width = margin * (high - low)
    hits = np.count_nonzero(out <= low + width) + np.count_nonzero(out >= high - width)
    return 100.0 * hits / out.size


@held_out("dead_units", "The reduction runs over the units: one answer per example comes out.")
def dead_examples(out):
    return np.all(out <= 0, axis=1)


@held_out("dead_units", "It marks a unit dead if any one example leaves it off.")
def dead_if_any_zero(out):
    return (out == 0).any(axis=0)


@held_out("dead_units", "It returns the units that are alive.")
def dead_is_alive(out):
    return np.sum(out > 0, axis=0) > 0


@held_out("sigmoid_backward", "The factor out is missing in out * (1 - out).")
def sigmoid_backward_one_factor(dout, cache):
    return np.multiply(dout, 1 - cache)


@held_out("prelu_backward", "dx has a where dout * a belongs, and da is averaged over the batch.")
def prelu_backward_two_slips(dout, cache):
    x, a = cache
    dx = np.where(x > 0, dout, a)
    da = (dout * np.minimum(x, 0)).mean(axis=0 if np.ndim(a) else None)
    return dx, da


@held_out("maxout_backward", "The sides are swapped, and the bias gradients are averages.")
def maxout_backward_swapped_mean(dout, cache):
    x, w1, w2, first = cache
    g2 = dout * first
    g1 = dout * np.logical_not(first)
    dx = g1 @ w1.T + g2 @ w2.T
    return dx, x.T @ g1, g1.mean(axis=0), x.T @ g2, g2.mean(axis=0)


@held_out("saturated_fraction", "The bounds of the tanh are taken for granted and the margin is not scaled.")
def saturated_like_tanh(out, low, high, margin=0.05):
    return float(np.mean(np.abs(out) >= high - margin))


@held_out("elu_backward", "alpha is missing and x is taken for the output: the slope is 1 + x on the negative side.")
def elu_backward_from_output(dout, cache):
    x, alpha = cache
    return dout * np.where(x > 0, 1.0, x + 1.0)
