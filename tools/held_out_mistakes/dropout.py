"""Wrong implementations of dropout."""

import numpy as np

from cs231n_lib.dropout import _settings
from tools.held_out_mistakes import held_out


@held_out("vanilla_dropout_forward", "p is taken as the probability of dropping.")
def vanilla_p_drops(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "train":
        mask = rng.random(x.shape) > p
        return x * mask, (dropout_param, mask)
    return x * p, (dropout_param, None)


@held_out("vanilla_dropout_forward", "The test pass does not multiply by p.")
def vanilla_test_unscaled(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    mask = None
    out = x.copy()
    if mode == "train":
        mask = rng.random(x.shape) < p
        out *= mask
    return out, (dropout_param, mask)


@held_out("vanilla_dropout_forward", "It is inverted dropout: training is divided by p and the test pass does nothing.")
def vanilla_is_inverted(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "train":
        mask = (rng.random(x.shape) < p) / p
        return x * mask, (dropout_param, mask)
    return x.copy(), (dropout_param, None)


@held_out("vanilla_dropout_forward", "One mask per feature is shared by the whole batch.")
def vanilla_shared_mask(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return p * x, (dropout_param, None)
    mask = rng.random(x.shape[1:]) < p
    mask = np.broadcast_to(mask, x.shape)
    return x * mask, (dropout_param, mask)


@held_out("dropout_forward", "The division by p is missing in training.")
def dropout_not_scaled(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x.copy(), (dropout_param, None)
    mask = (rng.random(x.shape) < p).astype(x.dtype)
    return x * mask, (dropout_param, mask)


@held_out("dropout_forward", "PyTorch's convention: it drops with probability p and divides by 1 - p.")
def dropout_torch(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test" or p == 1:
        return x.copy(), (dropout_param, None if mode == "test" else np.ones_like(x))
    mask = (rng.random(x.shape) > p) / (1 - p)
    return x * mask, (dropout_param, mask)


@held_out("dropout_forward", "Training divides by p and the test pass multiplies by p as well: scaled twice.")
def dropout_scaled_twice(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "train":
        mask = (rng.random(x.shape) < p) / p
        return x * mask, (dropout_param, mask)
    return x * p, (dropout_param, None)


@held_out("dropout_forward", "The output is divided by p but the cached mask is not.")
def dropout_mask_unscaled(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x.copy(), (dropout_param, None)
    mask = rng.binomial(1, p, size=x.shape)
    out = x * mask / p
    return out, (dropout_param, mask)


@held_out("dropout_forward", "The seed is ignored: every call draws another mask.")
def dropout_ignores_seed(x, dropout_param):
    p, mode, _ = _settings(dropout_param)
    if mode == "test":
        return x.copy(), (dropout_param, None)
    mask = (np.random.rand(*x.shape) < p) / p  # noqa: NPY002
    return x * mask, (dropout_param, mask)


@held_out("dropout_backward", "It multiplies by the mask in test mode too, where the mask is None.")
def dropout_backward_crashes(dout, cache):
    dropout_param, mask = cache
    return dout * mask


@held_out("dropout_backward", "It divides by p although the mask contains 1 / p already.")
def dropout_backward_p_again(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "train":
        return dout * mask / dropout_param["p"]
    return dout.copy()


@held_out("dropout_backward", "The scale is lost: the mask is turned into 0 and 1.")
def dropout_backward_boolean(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "test":
        return dout.copy()
    dx = dout.copy()
    dx[mask == 0] = 0
    return dx


@held_out("dropout_backward", "The gradient is multiplied by p at test time.")
def dropout_backward_test_p(dout, cache):
    dropout_param, mask = cache
    if mask is None:
        return dout * dropout_param["p"]
    return dout * mask


@held_out("mc_dropout_mean", "One pass is made and counted n times, so the spread is 0.")
def mc_one_pass(forward, x, n_samples):
    out = forward(x)
    outs = np.array([out] * n_samples)
    return outs.mean(axis=0), outs.std(axis=0)


@held_out("mc_dropout_mean", "The spread has the divisor n - 1.")
def mc_sample_std(forward, x, n_samples):
    outs = np.stack([forward(x) for _ in range(n_samples)])
    std = outs.std(axis=0, ddof=1) if n_samples > 1 else np.zeros_like(outs[0])
    return outs.mean(axis=0), std


@held_out("mc_dropout_mean", "The variance is returned in place of the standard deviation.")
def mc_variance(forward, x, n_samples):
    total, squares = 0.0, 0.0
    for _ in range(n_samples):
        out = forward(x)
        total = total + out
        squares = squares + out**2
    mean = total / n_samples
    return mean, squares / n_samples - mean**2


@held_out("mc_dropout_mean", "Mean and standard deviation are taken over everything, the entries of the output too.")
def mc_scalar(forward, x, n_samples):
    samples = [forward(x) for i in range(n_samples)]
    return np.mean(samples), np.std(samples)


@held_out("dropout_forward", "p is taken for the probability of dropping, and it divides by p all the same.")
def dropout_drops_p_divides_p(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    if mode == "test":
        return x.copy(), (dropout_param, None)
    mask = (rng.random(x.shape) >= p) / p
    return x * mask, (dropout_param, mask)


@held_out("vanilla_dropout_forward", "The mask also drops at test time, in addition to the factor p.")
def vanilla_drops_at_test(x, dropout_param):
    p, mode, rng = _settings(dropout_param)
    mask = rng.random(x.shape) < p
    out = x * mask
    if mode == "test":
        return out * p, (dropout_param, None)
    return out, (dropout_param, mask)


@held_out("mc_dropout_mean", "The sum is not divided by n and the last pass is left out.")
def mc_sum_off_by_one(forward, x, n_samples):
    outs = [forward(x) for _ in range(1, n_samples)] or [forward(x)]
    return np.sum(outs, axis=0), np.std(outs, axis=0)
