"""Wrong implementations of babysitting, the second set."""

import numpy as np

from cs231n_lib.babysitting import has_exploded
from tools.held_out_mistakes import held_out


def _check(loss):
    if loss not in ("softmax", "svm"):
        raise ValueError(f'expected loss to be "softmax" or "svm", got {loss!r}')


def _check_range(low, high):
    if not 0 < low < high:
        raise ValueError(f"expected 0 < low < high, got low {low} and high {high}")


@held_out("expected_initial_loss",
          "The softmax loss is taken with the logarithm to base 10 instead of the natural one.")
def initial_log10(num_classes, loss="softmax"):
    _check(loss)
    if loss == "softmax":
        return float(-np.log10(1.0 / num_classes))
    return float(num_classes - 1)


@held_out("expected_initial_loss", "The SVM loss counts the correct class too: C instead of C - 1.")
def initial_svm_counts_all(num_classes, loss="softmax"):
    _check(loss)
    if loss == "svm":
        total = 0.0
        for _ in range(num_classes):
            total += max(0, 0 - 0 + 1)
        return total
    return float(np.log(num_classes))


@held_out("expected_initial_loss",
          "Two errors: the softmax loss has the wrong sign (log(1 / C), negative), and the SVM loss is divided by "
          "the number of classes ((C - 1) / C).")
def initial_sign_and_mean(num_classes, loss="softmax"):
    _check(loss)
    p = 1 / num_classes
    if loss == "softmax":
        return float(np.log(p))
    return (num_classes - 1) * p


@held_out("expected_initial_loss", "The argument loss is ignored: log C is returned for the SVM as well.")
def initial_ignores_kind(num_classes, loss="softmax"):
    _check(loss)
    return float(np.log(num_classes))


@held_out("update_ratio", "The ratio is upside down: |w| / |next_w - w|.")
def ratio_inverted(w, next_w):
    update = next_w - w
    return float(np.linalg.norm(w) / np.linalg.norm(update))


@held_out("update_ratio", "The square roots are missing: the ratio is that of the squared norms.")
def ratio_of_squares(w, next_w):
    delta = next_w - w
    return float(np.sum(delta**2) / np.sum(w**2))


@held_out("update_ratio",
          "The difference of the norms is taken instead of the norm of the difference: | |next_w| - |w| | / |w|.")
def ratio_difference_of_norms(w, next_w):
    before = np.sqrt((w * w).sum())
    after = np.sqrt((next_w * next_w).sum())
    return float(abs(after - before) / before)


@held_out("update_ratio", "w is not subtracted: the ratio is |next_w| / |w|, about 1, instead of that of the update.")
def ratio_no_difference(w, next_w):
    return float(np.linalg.norm(next_w.ravel()) / np.linalg.norm(w.ravel()))


@held_out("has_exploded", "Only NaN is looked for: inf and -inf are not recognised as an explosion.")
def exploded_only_nan(losses):
    return bool(np.isnan(np.asarray(losses, dtype=float)).any())


@held_out("has_exploded",
          "all instead of any: True only if every loss is not finite, so a run that explodes midway is missed (and "
          "the empty sequence counts as exploded).")
def exploded_needs_all(losses):
    return all(not np.isfinite(v) for v in losses)


@held_out("has_exploded", "The answer is negated: True when all losses are finite.")
def exploded_negated(losses):
    ok = True
    for l in losses:
        if np.isnan(l) or np.isinf(l):
            ok = False
    return ok


@held_out("bracket_learning_rate",
          "The middle is the arithmetic mean instead of the geometric one: the bisection is not in log space.")
def bracket_arithmetic(train_briefly, low, high, steps=8):
    _check_range(low, high)
    lo, hi = low, high
    for _i in range(steps):
        mid = (lo + hi) / 2
        if has_exploded(train_briefly(mid)):
            hi = mid
        else:
            lo = mid
    return lo, hi


@held_out("bracket_learning_rate",
          "The two branches are exchanged: a rate that explodes takes the place of ok, and one that works that of "
          "exploded, so the bracket closes in on the wrong place.")
def bracket_branches(train_briefly, low, high, steps=8):
    _check_range(low, high)
    ok, exploded = low, high
    while steps > 0:
        m = float(np.sqrt(ok * exploded))
        losses = train_briefly(m)
        if has_exploded(losses):
            ok = m
        else:
            exploded = m
        steps -= 1
    return ok, exploded


@held_out("bracket_learning_rate",
          "Two errors: one try too few (steps - 1), and the two rates are returned in the wrong order (exploded, "
          "ok).")
def bracket_short_and_swapped(train_briefly, low, high, steps=8):
    _check_range(low, high)
    good, bad = float(low), float(high)
    for _ in range(1, steps):
        trial = (good * bad) ** 0.5
        if has_exploded(train_briefly(trial)):
            bad = trial
        else:
            good = trial
    return bad, good


@held_out("bracket_learning_rate",
          "The middle is always computed from the original low and high, not from the current bracket, so the same "
          "rate is tried again and again and nothing narrows after the first step.")
def bracket_stuck(train_briefly, low, high, steps=8):
    _check_range(low, high)
    ok, exploded = low, high
    for _ in range(steps):
        lr = np.exp((np.log(low) + np.log(high)) / 2)
        if has_exploded(train_briefly(lr)):
            exploded = lr
        else:
            ok = lr
    return float(ok), float(exploded)


@held_out("update_ratio",
          "Two errors: the sum of the differences is taken without absolute values or squares (so they cancel, and "
          "the ratio can be negative), and it is divided by the norm of next_w instead of that of w.")
def ratio_sum_over_next(w, next_w):
    change = (next_w - w).sum()
    return float(change / np.linalg.norm(next_w))


@held_out("bracket_learning_rate",
          "Two errors: only the last loss of a run is looked at, and only for being NaN, so a run that has exploded"
          " earlier or that ends in inf counts as working and the bracket closes in on a rate that is too high.")
def bracket_last_nan(train_briefly, low, high, steps=8):
    _check_range(low, high)
    ok, bad = low, high
    for _ in range(steps):
        middle = float(np.exp(0.5 * (np.log(ok) + np.log(bad))))
        history = train_briefly(middle)
        if np.isnan(history[-1]):
            bad = middle
        else:
            ok = middle
    return ok, bad
