"""Wrong versions of babysitting, the fourth set."""

import numpy as np

from cs231n_lib.babysitting import has_exploded
from tools.held_out_mistakes import held_out


@held_out("expected_initial_loss",
          "The softmax loss is wrong: the logarithm to base 2 is taken instead of the natural "
          "one.")
def expected_initial_loss_log2(num_classes, loss="softmax"):
    if loss not in ("softmax", "svm"):
        raise ValueError(f'expected loss to be "softmax" or "svm", got {loss!r}')
    if loss == "softmax":
        return float(np.log2(num_classes))
    return float(num_classes - 1)


@held_out("expected_initial_loss",
          "The SVM loss is one too large: the right class is counted among those that add "
          "their margin, C instead of C - 1.")
def expected_initial_loss_counts_right_class(num_classes, loss="softmax"):
    if loss not in ("softmax", "svm"):
        raise ValueError(f'expected loss to be "softmax" or "svm", got {loss!r}')
    delta = 1.0
    if loss == "svm":
        total = 0.0
        for _ in range(num_classes):
            total += max(0, 0 - 0 + delta)
        return total
    return float(-np.log(1.0 / num_classes))


@held_out("expected_initial_loss",
          "The argument loss is ignored: the softmax value log C is returned for the SVM too, "
          "where C - 1 is right.")
def expected_initial_loss_ignores_loss(num_classes, loss="softmax"):
    if loss not in ("softmax", "svm"):
        raise ValueError(f'expected loss to be "softmax" or "svm", got {loss!r}')
    p = 1 / num_classes
    return float(-np.log(p))


@held_out("update_ratio",
          "The ratio is wrong: it is the mean of the elementwise ratios |next_w - w| / |w| instead of "
          "the ratio of the two Euclidean norms.")
def update_ratio_mean_of_ratios(w, next_w):
    update = next_w - w
    return float(np.mean(np.abs(update) / np.abs(w)))


@held_out("update_ratio",
          "The ratio is wrong for weight matrices: norm(..., ord=2) of a two-dimensional array is its "
          "largest singular value (the spectral norm), not the Euclidean norm over all numbers; arrays of more than "
          "two axes raise a ValueError.")
def update_ratio_spectral_norm(w, next_w):
    step = np.linalg.norm(next_w - w, ord=2)
    size = np.linalg.norm(w, ord=2)
    return float(step / size)


@held_out("has_exploded",
          "Infinite losses (inf and -inf) are not noticed: only NaN is looked for.")
def has_exploded_only_nan(losses):
    for value in losses:
        if np.isnan(value):
            return True
    return False


@held_out("has_exploded",
          "Two errors: only the last loss is looked at, so an earlier NaN or inf is missed; and an empty "
          "sequence raises an IndexError instead of giving False.")
def has_exploded_last_only(losses):
    last = losses[-1]
    return bool(np.isnan(last) or np.isinf(last))


@held_out("bracket_learning_rate",
          "The rate that is tried is the arithmetic mean of ok and exploded instead of their "
          "geometric mean, so the bisection is not in log space.")
def bracket_arithmetic_mean(train_briefly, low, high, steps=8):
    if not 0 < low < high:
        raise ValueError(f"expected 0 < low < high, got low {low} and high {high}")
    lo, hi = low, high
    for _i in range(steps):
        mid = (lo + hi) / 2
        if has_exploded(train_briefly(mid)):
            hi = mid
        else:
            lo = mid
    return lo, hi


@held_out("bracket_learning_rate",
          "The branches are swapped: a rate that explodes becomes the new ok, and one that "
          "works becomes the new exploded, so the search moves away from the boundary.")
def bracket_branches_swapped(train_briefly, low, high, steps=8):
    if not 0 < low < high:
        raise ValueError(f"expected 0 < low < high, got low {low} and high {high}")
    ok, exploded = low, high
    for _ in range(steps):
        lr = np.exp((np.log(ok) + np.log(exploded)) / 2)
        losses = train_briefly(lr)
        if has_exploded(losses):
            ok = float(lr)
        else:
            exploded = float(lr)
    return ok, exploded


@held_out("bracket_learning_rate",
          "Two errors: one try too few is made (steps - 1 instead of steps); and the two rates "
          "are returned in the wrong order, exploded first and ok second.")
def bracket_short_and_swapped_return(train_briefly, low, high, steps=8):
    if not 0 < low < high:
        raise ValueError(f"expected 0 < low < high, got low {low} and high {high}")
    good, bad = low, high
    n = 1
    while n < steps:
        middle = (good * bad) ** 0.5
        if has_exploded(train_briefly(middle)):
            bad = middle
        else:
            good = middle
        n += 1
    return bad, good
