"""Wrong versions of dropout, the fourth set."""

import numpy as np

from cs231n_lib.dropout import _settings
from tools.held_out_mistakes import held_out


@held_out("vanilla_dropout_forward",
          "out is wrong at test time: x is returned as it is, the multiplication by p is "
          "forgotten.")
def vanilla_test_not_scaled(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    mask = None
    out = x.copy()
    if mode == "train":
        mask = rng.random(x.shape) < p
        out = out * mask
    return out, (dropout_param, mask)


@held_out("vanilla_dropout_forward",
          "out and mask are wrong in training: the comparison is the wrong way round (> p), so "
          "p is the probability of dropping a unit instead of keeping it.")
def vanilla_p_drops(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "train":
        keep = (rng.random(x.shape) > p).astype(x.dtype)
        return x * keep, (dropout_param, keep)
    return p * x, (dropout_param, None)


@held_out("vanilla_dropout_forward",
          "out is wrong in training: what is kept is also divided by p, as in inverted dropout "
          "(the mask holds 1/p instead of 1), although the test pass multiplies by p, so p is made up for twice.")
def vanilla_divides_in_training_too(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "train":
        M = (rng.random(x.shape) < p).astype(x.dtype) / p
        out = x * M
    else:
        M = None
        out = x * p
    return out, (dropout_param, M)


@held_out("dropout_forward",
          "out and mask are wrong in training: one row of random numbers is drawn and used for all "
          "examples, so every example drops the same units, instead of each number independently.")
def dropout_one_mask_for_all_rows(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x.copy(), (dropout_param, None)
    row = (rng.random(x.shape[1:]) < p).astype(x.dtype) / p
    mask = np.ones_like(x) * row
    return x * mask, (dropout_param, mask)


@held_out("dropout_forward",
          "out and mask are wrong in training: what is kept is divided by 1 - p instead of p.")
def dropout_divides_by_one_minus_p(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    mask = None
    if mode == "train":
        U = rng.random(x.shape)
        mask = (U < p).astype(x.dtype) / (1 - p)
        out = mask * x
    else:
        out = x.copy()
    return out, (dropout_param, mask)


@held_out("dropout_forward",
          "Two errors, vanilla instead of inverted dropout: in training what is kept is not divided by "
          "p (mask 0 or 1); and at test time out is x * p instead of x.")
def dropout_is_vanilla(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x * p, (dropout_param, None)
    mask = (rng.random(x.shape) < p).astype(x.dtype)
    return x * mask, (dropout_param, mask)


@held_out("dropout_backward",
          "dx is wrong in training: it is divided by p although the mask already holds 1/p, so the "
          "factor 1/p is counted twice.")
def dropout_backward_p_twice(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "train":
        dx = dout * mask / dropout_param["p"]
    else:
        dx = dout.copy()
    return dx


@held_out("dropout_backward",
          "dx is wrong at test time: it is dout * p, but the test pass of inverted dropout does "
          "nothing, so dout should come through unchanged.")
def dropout_backward_scales_in_test(dout, cache):
    dropout_param, mask = cache
    mode = dropout_param["mode"]
    if mode == "train":
        return np.multiply(mask, dout)
    elif mode == "test":
        return dout * dropout_param["p"]


@held_out("mc_dropout_mean",
          "std is wrong: the variance over the passes is returned, the square root is forgotten.")
def mc_variance_for_std(forward, x, n_samples):
    first = forward(x)
    total, total_sq = first.copy(), first ** 2
    for _ in range(n_samples - 1):
        o = forward(x)
        total = total + o
        total_sq = total_sq + o ** 2
    mean = total / n_samples
    return mean, total_sq / n_samples - mean ** 2


@held_out("mc_dropout_mean",
          "Two errors: forward is called only once and its output repeated n_samples times, so the "
          "mean is a single pass and the spread is zero; and the results are returned as (std, mean) instead of "
          "(mean, std).")
def mc_one_pass_swapped(forward, x, n_samples):
    preds = np.array([forward(x)] * n_samples)
    mean = np.mean(preds, axis=0)
    std = np.std(preds, axis=0)
    return std, mean
