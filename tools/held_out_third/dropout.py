"""Wrong versions of dropout, the third set."""

import numpy as np

from cs231n_lib.dropout import _settings
from tools.held_out_mistakes import held_out


@held_out("vanilla_dropout_forward",
          "p is taken for the probability of dropping: a unit is kept with probability 1 - p in training; the test "
          "pass is right.")
def vanilla_drops_p(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "train":
        mask = rng.random(x.shape) > p
        return x * mask, (dropout_param, mask)
    return p * x, (dropout_param, None)


@held_out("vanilla_dropout_forward",
          "The test pass does not multiply by p: it returns x as it is, too large by 1 / p against training.")
def vanilla_test_unscaled(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    mask = None
    if mode == "train":
        mask = rng.random(x.shape) < p
        out = x * mask
    else:
        out = x.copy()
    return out, (dropout_param, mask)


@held_out("vanilla_dropout_forward",
          "The test pass divides by p where it should multiply; training is right.")
def vanilla_test_divides(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x / p, (dropout_param, None)
    keep = (rng.random(x.shape) < p).astype(x.dtype)
    return x * keep, (dropout_param, keep)


@held_out("vanilla_dropout_forward",
          "Two errors: in training the kept numbers are already divided by p (inverted dropout), and the mask has "
          "one entry per column only, so whole columns are dropped for all examples together.")
def vanilla_inverted_columns(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x * p, (dropout_param, None)
    mask = (rng.random(x.shape[-1]) < p).astype(x.dtype) / p
    return x * mask, (dropout_param, mask * np.ones_like(x))


@held_out("dropout_forward",
          "The division by p is forgotten in training, and the test pass does nothing: the expected output of "
          "training is p * x instead of x.")
def inverted_not_scaled(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "train":
        mask = (rng.random(size=x.shape) < p).astype(x.dtype)
        out = x * mask
    else:
        mask = None
        out = x.copy()
    return out, (dropout_param, mask)


@held_out("dropout_forward",
          "The kept numbers are divided by 1 - p instead of p.")
def inverted_over_one_minus_p(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x.copy(), (dropout_param, None)
    u = rng.random(x.shape)
    mask = (u < p).astype(x.dtype) / (1.0 - p)
    return x * mask, (dropout_param, mask)


@held_out("dropout_forward",
          "The modes are swapped: units are dropped and scaled at test time, and training passes x through "
          "unchanged.")
def inverted_modes_swapped(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    mask, out = None, x.copy()
    if mode != "train":
        mask = (rng.random(x.shape) < p).astype(x.dtype) / p
        out = out * mask
    return out, (dropout_param, mask)


@held_out("dropout_forward",
          "Gaussian numbers (standard_normal) are compared with p instead of uniform ones, so a unit is kept with "
          "the probability Phi(p), not p (0.69 for p = 0.5), and the expected output in training is not x; the test"
          " pass is right.")
def inverted_randn(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x.copy(), (dropout_param, None)
    mask = (rng.standard_normal(x.shape) < p).astype(x.dtype) / p
    out = x * mask
    return out, (dropout_param, mask)


@held_out("dropout_forward",
          "Two errors: the seed is ignored (a fresh unseeded generator, so the same seed gives different masks), "
          "and the test pass multiplies by p although training has already divided by it.")
def inverted_unseeded_test_p(x, dropout_param):
    p, mode, _ = _settings(dropout_param)
    if mode == "train":
        rng = np.random.default_rng()
        mask = (rng.random(x.shape) < p).astype(x.dtype) / p
        return x * mask, (dropout_param, mask)
    return x * p, (dropout_param, None)


@held_out("dropout_backward",
          "The mask is not applied in training: dx is dout, as if nothing had been dropped.")
def back_no_mask(dout, cache):
    param, mask = cache
    dx = dout.copy()
    return dx


@held_out("dropout_backward",
          "The division by p is done a second time: the mask already holds 1 / p, so dx is too large by 1 / p in "
          "training.")
def back_scaled_twice(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "train":
        return dout * mask / dropout_param["p"]
    return dout.copy()


@held_out("dropout_backward",
          "The mask is made boolean first, so the factor 1 / p is lost: in training the kept entries of dx are dout"
          " and not dout / p.")
def back_boolean_mask(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "test":
        return dout.copy()
    dx = np.zeros_like(dout)
    kept = mask > 0
    dx[kept] = dout[kept]
    return dx


@held_out("dropout_backward",
          "The mode is not looked at: at test time the mask is None and the multiplication fails with a TypeError; "
          "training is right.")
def back_no_test_mode(dout, cache):
    _, mask = cache
    return dout * mask


@held_out("dropout_backward",
          "Two errors: in training the mask is inverted (the dropped entries get dout, the kept ones 0), and at "
          "test time dx is multiplied by p where it should be dout.")
def back_inverted_and_test_p(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "train":
        return dout * (mask == 0)
    return dout * dropout_param["p"]


@held_out("mc_dropout_mean",
          "forward is called once and its output repeated n_samples times: the mean is that of a single pass and "
          "std is 0.")
def mc_one_pass(forward, x, n_samples):
    out = forward(x)
    outs = np.array([out] * n_samples)
    return np.mean(outs, axis=0), np.std(outs, axis=0)


@held_out("mc_dropout_mean",
          "No axis: mean and std are taken over everything, passes, examples and units, and are two single numbers.")
def mc_no_axis(forward, x, n_samples):
    outs = []
    for _i in range(n_samples):
        outs.append(forward(x))
    return np.mean(outs), np.std(outs)


@held_out("mc_dropout_mean",
          "The variance is returned in the place of std (the square root is missing); the mean is right.")
def mc_variance(forward, x, n_samples):
    outs = [forward(x) for _ in range(n_samples)]
    mean = sum(outs) / n_samples
    var = sum((o - mean) ** 2 for o in outs) / n_samples
    return mean, var


@held_out("mc_dropout_mean",
          "Two errors: the loop runs n_samples - 1 times only while the sum is divided by n_samples, so the mean is"
          " too small, and std has the divisor of the number of passes minus 1 (ddof=1).")
def mc_off_by_one_ddof(forward, x, n_samples):
    outs = []
    for _ in range(1, n_samples):
        outs.append(forward(x))
    outs = np.stack(outs)
    mean = outs.sum(axis=0) / n_samples
    return mean, outs.std(axis=0, ddof=1)
