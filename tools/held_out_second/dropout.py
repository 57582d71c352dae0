"""Wrong implementations of dropout, the second set."""

import numpy as np

from cs231n_lib.dropout import _settings
from tools.held_out_mistakes import held_out


@held_out("vanilla_dropout_forward", "At test time out is x unchanged: the multiplication by p is forgotten.")
def vanilla_test_unscaled(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "train":
        keep = rng.random(x.shape) < p
        return x * keep, (dropout_param, keep)
    return x.copy(), (dropout_param, None)


@held_out("vanilla_dropout_forward",
          "p is taken as the probability of dropping in training: a number is kept with probability 1 - p (mask is "
          "rng.random > p). The test pass is right.")
def vanilla_drops_p(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return p * x, (dropout_param, None)
    mask = rng.random(x.shape) > p
    out = x * mask
    return out, (dropout_param, mask)


@held_out("vanilla_dropout_forward", "At test time x is divided by p instead of multiplied by it.")
def vanilla_test_divides(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    mask = None
    if mode == "train":
        mask = (rng.random(x.shape) < p).astype(x.dtype)
        out = x * mask
    else:
        out = x / p
    return out, (dropout_param, mask)


@held_out("vanilla_dropout_forward",
          "The mask is drawn once for the last axis and shared by all examples (one row broadcast over the batch), "
          "so the numbers are not dropped independently.")
def vanilla_shared_mask(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x * p, (dropout_param, None)
    row = rng.random(x.shape[-1]) < p
    mask = np.broadcast_to(row, x.shape)
    return x * mask, (dropout_param, mask)


@held_out("dropout_forward", "The training output (and the mask) is divided by 1 - p instead of by p.")
def inverted_one_minus_p(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x.copy(), (dropout_param, None)
    mask = (rng.random(x.shape) < p).astype(x.dtype) / (1 - p)
    return x * mask, (dropout_param, mask)


@held_out("dropout_forward",
          "The test pass is multiplied by p although the training pass already divides by p: the scaling is made up"
          " for twice.")
def inverted_test_scaled(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "train":
        mask = (rng.random(size=x.shape) < p).astype(x.dtype) / p
        out = x * mask
    else:
        mask = None
        out = x * p
    return out, (dropout_param, mask)


@held_out("dropout_forward",
          "The mask that is stored in the cache lacks the factor 1 / p: out is right, but the mask is not what x "
          "was multiplied by, so the backward pass will be too small by the factor p.")
def inverted_cache_unscaled(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x.copy(), (dropout_param, None)
    mask = (rng.random(x.shape) < p).astype(x.dtype)
    out = x * mask / p
    return out, (dropout_param, mask)


@held_out("dropout_forward",
          "Two errors: the training pass is multiplied by p instead of divided by p, and the modes are confused: "
          "dropout is applied at test time and nothing is dropped in training.")
def inverted_modes_and_factor(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "train":
        return x.copy(), (dropout_param, None)
    mask = (rng.random(x.shape) < p).astype(x.dtype) * p
    return x * mask, (dropout_param, mask)


@held_out("dropout_forward",
          "The seed is ignored: the mask comes from NumPy's global generator, so the same seed does not give the "
          "same mask.")
def inverted_no_seed(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x.copy(), (dropout_param, None)
    mask = (np.random.rand(*x.shape) < p).astype(x.dtype) / p  # noqa: NPY002
    return x * mask, (dropout_param, mask)


@held_out("dropout_backward", "In training dx is divided by p once more, although the mask already holds 1 / p.")
def drop_back_p_twice(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "train":
        dx = dout * mask / dropout_param["p"]
    else:
        dx = dout.copy()
    return dx


@held_out("dropout_backward",
          "The mask is used only as a yes or no: dx is dout where a number was kept, without the factor 1 / p.")
def drop_back_binary(dout, cache):
    dropout_param, mask = cache
    if mask is None:
        return dout.copy()
    dx = np.zeros_like(dout)
    dx[mask != 0] = dout[mask != 0]
    return dx


@held_out("dropout_backward",
          "Two errors: in training dout goes back where the number was dropped (mask == 0) instead of where it was "
          "kept (scaled by 1 / p), and at test time dx is multiplied by p.")
def drop_back_inverse_and_test_p(dout, cache):
    dropout_param, mask = cache
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        return dout * (mask == 0) / p
    return dout * p


@held_out("mc_dropout_mean", "The second result is the variance over the passes instead of the standard deviation.")
def mc_variance(forward, x, n_samples):
    outs = []
    for _ in range(n_samples):
        outs.append(forward(x))
    outs = np.array(outs)
    return np.mean(outs, 0), np.var(outs, 0)


@held_out("mc_dropout_mean",
          "forward is called only once and the same output is repeated n_samples times: the mean is that of a "
          "single pass and std is 0.")
def mc_one_pass(forward, x, n_samples):
    out = forward(x)
    samples = np.stack([out] * n_samples)
    return samples.mean(axis=0), samples.std(axis=0)


@held_out("mc_dropout_mean",
          "The passes are added up but not divided by n_samples: mean is their sum (and std, taken as the root mean"
          " squared distance from that sum, is wrong as a consequence).")
def mc_sum(forward, x, n_samples):
    samples = [forward(x) for i in range(n_samples)]
    total = sum(samples)
    spread = np.sqrt(sum((s - total) ** 2 for s in samples) / n_samples)
    return total, spread


@held_out("mc_dropout_mean", "The divisor of std is n_samples - 1 instead of n_samples. The mean is right.")
def mc_ddof(forward, x, n_samples):
    preds = np.stack([forward(x) for _ in range(n_samples)], axis=-1)
    return preds.mean(axis=-1), preds.std(axis=-1, ddof=1)


@held_out("vanilla_dropout_forward",
          "Two errors: the training output is divided by p (as in inverted dropout; the mask is right), and at test"
          " time x is multiplied by 1 - p instead of p.")
def vanilla_scaled_both(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x * (1 - p), (dropout_param, None)
    mask = rng.random(x.shape) < p
    return x * mask / p, (dropout_param, mask)


@held_out("mc_dropout_mean",
          "Two errors: the results are returned in the wrong order (std, mean), and std is the standard error, "
          "divided by the square root of n_samples.")
def mc_order_and_error(forward, x, n_samples):
    ys = np.stack([forward(x) for _ in range(n_samples)])
    sd = ys.std(axis=0) / n_samples**0.5
    return sd, ys.mean(axis=0)
