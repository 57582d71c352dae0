"""Wrong implementations of the babysitting functions."""

import numpy as np

from cs231n_lib.babysitting import has_exploded
from tools.held_out_mistakes import held_out


def _named(loss):
    if loss not in ("softmax", "svm"):
        raise ValueError(f'expected loss to be "softmax" or "svm", got {loss!r}')


def _ordered(low, high):
    if not 0 < low < high:
        raise ValueError(f"expected 0 < low < high, got low {low} and high {high}")


@held_out("expected_initial_loss", "The logarithm to base 10 is taken.")
def initial_log10(num_classes, loss="softmax"):
    _named(loss)
    if loss == "softmax":
        return float(-np.log10(1 / num_classes))
    return float(num_classes - 1)


@held_out("expected_initial_loss", "The SVM loss counts the correct class too: C instead of C - 1.")
def initial_svm_all(num_classes, loss="softmax"):
    _named(loss)
    return float(np.log(num_classes)) if loss == "softmax" else float(num_classes)


@held_out("expected_initial_loss", "The minus sign is missing: log(1 / C) is negative.")
def initial_negative(num_classes, loss="softmax"):
    _named(loss)
    if loss == "softmax":
        return float(np.log(1.0 / num_classes))
    else:
        return float(num_classes - 1)


@held_out("expected_initial_loss", "loss is ignored: the SVM gets the softmax's number.")
def initial_always_softmax(num_classes, loss="softmax"):
    _named(loss)
    return float(np.log(num_classes))


@held_out("update_ratio", "The norms are squared.")
def ratio_squared(w, next_w):
    update = next_w - w
    return float(np.sum(update**2) / np.sum(w**2))


@held_out("update_ratio", "The mean of the elementwise ratios is not the ratio of the norms.")
def ratio_elementwise(w, next_w):
    return float(np.mean(np.abs(next_w - w) / (np.abs(w) + 1e-12)))


@held_out("update_ratio", "It divides by the norm of the new weights.")
def ratio_over_new(w, next_w):
    return float(np.linalg.norm(w - next_w) / np.linalg.norm(next_w))


@held_out("update_ratio", "It is the relative change of the norm, not the norm of the change.")
def ratio_of_norm_change(w, next_w):
    before, after = np.linalg.norm(w), np.linalg.norm(next_w)
    return float(abs(after - before) / before)


@held_out("has_exploded", "It looks for NaN only and misses the infinities.")
def exploded_nan_only(losses):
    return bool(np.any(np.isnan(losses)))


@held_out("has_exploded", "It looks at the last loss only.")
def exploded_last_only(losses):
    if len(losses) == 0:
        return False
    return not np.isfinite(losses[-1])


@held_out("has_exploded", "A large loss is taken for an explosion.")
def exploded_by_threshold(losses):
    return any(not np.isfinite(value) or value > 100 for value in losses)


@held_out("has_exploded", "All losses must be non-finite for it to say so.")
def exploded_if_all(losses):
    losses = np.asarray(losses, dtype=float)
    return bool(losses.size > 0 and np.all(~np.isfinite(losses)))


@held_out("bracket_learning_rate", "The arithmetic mean is tried, so the search is not in log space.")
def bracket_arithmetic(train_briefly, low, high, steps=8):
    _ordered(low, high)
    for _ in range(steps):
        mid = (low + high) / 2
        if has_exploded(train_briefly(mid)):
            high = mid
        else:
            low = mid
    return low, high


@held_out("bracket_learning_rate", "The branches are swapped: a rate that explodes is taken for a working one.")
def bracket_swapped(train_briefly, low, high, steps=8):
    _ordered(low, high)
    ok, exploded = low, high
    for _ in range(steps):
        middle = float(np.sqrt(ok * exploded))
        losses = train_briefly(middle)
        if has_exploded(losses):
            ok = middle
        else:
            exploded = middle
    return ok, exploded


@held_out("bracket_learning_rate", "The two results are in the wrong order.")
def bracket_returns_reversed(train_briefly, low, high, steps=8):
    _ordered(low, high)
    lo, hi = np.log10(low), np.log10(high)
    for _ in range(steps):
        mid = (lo + hi) / 2
        if has_exploded(train_briefly(10**mid)):
            hi = mid
        else:
            lo = mid
    return float(10**hi), float(10**lo)


@held_out("bracket_learning_rate", "It tries one rate too many.")
def bracket_extra_step(train_briefly, low, high, steps=8):
    _ordered(low, high)
    i = 0
    while i <= steps:
        middle = float((low * high) ** 0.5)
        if has_exploded(train_briefly(middle)):
            high = middle
        else:
            low = middle
        i += 1
    return low, high


@held_out("expected_initial_loss", "Base 2 for the softmax, and C for the SVM.")
def initial_bits_and_all(num_classes, loss="softmax"):
    _named(loss)
    return {"softmax": float(np.log2(num_classes)), "svm": float(num_classes)}[loss]


@held_out("update_ratio", "It is the sum of absolute values in place of the Euclidean norm.")
def ratio_absolute(w, next_w):
    return float(np.abs(next_w - w).sum() / np.abs(w).sum())


@held_out("bracket_learning_rate", "The arithmetic mean is tried and the middle is returned twice.")
def bracket_returns_middle(train_briefly, low, high, steps=8):
    _ordered(low, high)
    for _ in range(steps):
        middle = 0.5 * (low + high)
        if np.isnan(train_briefly(middle)[-1]):
            high = middle
        else:
            low = middle
    return middle, middle
