"""Wrong versions of babysitting, the third set."""

import math

import numpy as np

from cs231n_lib.babysitting import has_exploded
from tools.held_out_mistakes import held_out


@held_out("expected_initial_loss",
          "The base of the logarithm is wrong for softmax: log10 instead of the natural logarithm (1.0 for ten "
          "classes, not 2.30); svm is right.")
def initial_log10(num_classes, loss="softmax"):
    if loss not in ("softmax", "svm"):
        raise ValueError(loss)
    if loss == "softmax":
        return math.log10(num_classes)
    return float(num_classes - 1)


@held_out("expected_initial_loss",
          "The right class is counted for the SVM: num_classes instead of num_classes - 1; softmax is right.")
def initial_svm_all_classes(num_classes, loss="softmax"):
    if loss not in ("softmax", "svm"):
        raise ValueError(f"unknown loss {loss}")
    return float(np.log(num_classes) if loss == "softmax" else num_classes)


@held_out("expected_initial_loss",
          "The sign is wrong for softmax: log(1 / C) is negative, the minus is forgotten; svm is right.")
def initial_negative(num_classes, loss="softmax"):
    if loss not in ("softmax", "svm"):
        raise ValueError(f"unknown loss {loss}")
    if loss == "svm":
        return float(num_classes - 1)
    p = 1.0 / num_classes
    return float(np.log(p))


@held_out("expected_initial_loss",
          "Two errors: the argument loss is used the wrong way round (softmax gets the SVM's value and svm the "
          "softmax's), and the logarithm has base 2.")
def initial_swapped_log2(num_classes, loss="softmax"):
    if loss not in ("softmax", "svm"):
        raise ValueError(loss)
    if loss == "softmax":
        return float(num_classes - 1)
    return float(np.log2(num_classes))


@held_out("update_ratio",
          "The norm of the new weights is divided by that of the old (|next_w| / |w|), the difference is not taken:"
          " the ratio is about 1.")
def ratio_no_difference(w, next_w):
    return float(np.linalg.norm(next_w) / np.linalg.norm(w))


@held_out("update_ratio",
          "The fraction is upside down: |w| / |next_w - w|.")
def ratio_upside_down(w, next_w):
    update = next_w - w
    return float(np.linalg.norm(w) / np.linalg.norm(update))


@held_out("update_ratio",
          "The ratio is taken number by number and averaged (mean of |update / w|) instead of one norm over the "
          "other, so small weights dominate it.")
def ratio_elementwise(w, next_w):
    return float(np.mean(np.abs((next_w - w) / w)))


@held_out("update_ratio",
          "The square root is missing: sums of squares are divided, so the result is the square of the ratio.")
def ratio_squared(w, next_w):
    num = 0.0
    den = 0.0
    for a, b in zip(w.ravel(), next_w.ravel(), strict=False):
        num += (b - a) ** 2
        den += a**2
    return num / den


@held_out("has_exploded",
          "Only the last loss is looked at: a NaN or inf in the middle goes unseen, and an empty sequence raises an"
          " IndexError.")
def exploded_last_only(losses):
    return not np.isfinite(losses[-1])


@held_out("has_exploded",
          "Only NaN is looked for: inf and -inf go unseen.")
def exploded_nan_only(losses):
    for l in losses:
        if math.isnan(l):
            return True
    return False


@held_out("has_exploded",
          "any for all: it says exploded only if every loss is not finite (and for an empty sequence), so one NaN "
          "among good losses goes unseen.")
def exploded_needs_all(losses):
    return not np.any(np.isfinite(losses))


@held_out("has_exploded",
          "The comparison with NaN by == is never true, and -inf is not looked for: only +inf is found.")
def exploded_equals_nan(losses):
    return any(l == float("nan") or l == float("inf") for l in losses)


@held_out("bracket_learning_rate",
          "The arithmetic mean (ok + exploded) / 2 is tried instead of the geometric one: the bisection is not in "
          "log space.")
def bracket_arithmetic(train_briefly, low, high, steps=8):
    if not 0 < low < high:
        raise ValueError("bad range")
    ok, bad = low, high
    for _i in range(steps):
        mid = (ok + bad) / 2
        if has_exploded(train_briefly(mid)):
            bad = mid
        else:
            ok = mid
    return ok, bad


@held_out("bracket_learning_rate",
          "The branches are swapped: a rate that explodes becomes ok and one that works becomes exploded, so the "
          "search goes the wrong way and ends at a border of the range.")
def bracket_branches_swapped(train_briefly, low, high, steps=8):
    if not 0 < low < high:
        raise ValueError("bad range")
    for _ in range(steps):
        lr = float(np.sqrt(low * high))
        if has_exploded(train_briefly(lr)):
            low = lr
        else:
            high = lr
    return low, high


@held_out("bracket_learning_rate",
          "The two results are returned in the wrong order, exploded first.")
def bracket_order(train_briefly, low, high, steps=8):
    if not 0 < low < high:
        raise ValueError("bad range")
    lo, hi = np.log(low), np.log(high)
    for _ in range(steps):
        mid = 0.5 * (lo + hi)
        if has_exploded(train_briefly(float(np.exp(mid)))):
            hi = mid
        else:
            lo = mid
    return float(np.exp(hi)), float(np.exp(lo))


@held_out("bracket_learning_rate",
          "Two errors: steps is ignored (always 8 tries), and only the last loss of a run is tested, so a run with "
          "a NaN in the middle counts as working.")
def bracket_eight_steps_last_loss(train_briefly, low, high, steps=8):
    if not 0 < low < high:
        raise ValueError("bad range")
    ok, exploded = low, high
    for _ in range(8):
        middle = float((ok * exploded) ** 0.5)
        losses = train_briefly(middle)
        if not np.isfinite(losses[-1]):
            exploded = middle
        else:
            ok = middle
    return ok, exploded


@held_out("bracket_learning_rate",
          "Off by one: the loop makes steps - 1 tries, so the bracket stays wider than it should be.")
def bracket_one_try_less(train_briefly, low, high, steps=8):
    if not 0 < low < high:
        raise ValueError("bad range")
    ok, exploded = low, high
    for _step in range(1, steps):
        mid = float(np.sqrt(ok * exploded))
        if has_exploded(train_briefly(mid)):
            exploded = mid
        else:
            ok = mid
    return ok, exploded
