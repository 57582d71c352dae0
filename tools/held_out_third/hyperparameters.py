"""Wrong versions of hyperparameters, the third set."""

import itertools

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("sample_log_uniform",
          "The values are uniform, not log-uniform: nearly all of them lie in the highest factor of ten.")
def log_uniform_is_uniform(low, high, size, rng):
    if not 0 < low < high:
        raise ValueError("bad range")
    return rng.uniform(low, high, size)


@held_out("sample_log_uniform",
          "The exponents are returned and not the values: the exponential is missing.")
def log_uniform_exponents(low, high, size, rng):
    if not 0 < low < high:
        raise ValueError("bad range")
    exps = rng.uniform(np.log(low), np.log(high), size=size)
    return exps


@held_out("sample_log_uniform",
          "The bases are mixed: natural logarithms of the ends, but 10 to the power of the draw, so the values go "
          "far outside low..high.")
def log_uniform_mixed_base(low, high, size, rng):
    if not 0 < low < high:
        raise ValueError("bad range")
    u = rng.uniform(np.log(low), np.log(high), size)
    return 10**u


@held_out("grid_points",
          "The end of each axis is left out (endpoint=False, as with arange): the values are too close together and"
          " high is not among them.")
def grid_no_endpoint(low, high, per_axis):
    axes = []
    for a, b in zip(low, high, strict=False):
        axes.append(np.linspace(a, b, per_axis, endpoint=False))
    return np.array(list(itertools.product(*axes)))


@held_out("grid_points",
          "Only the diagonal: the axes are put side by side and not combined, so there are per_axis points instead "
          "of per_axis**d.")
def grid_diagonal(low, high, per_axis):
    return np.linspace(np.asarray(low), np.asarray(high), per_axis)


@held_out("grid_points",
          "The meshgrid arrays are stacked in front and then reshaped to (-1, d): the coordinates are scrambled, a "
          "row holds several values of the same axis instead of one of each.")
def grid_reshape_scramble(low, high, per_axis):
    axes = [np.linspace(l, h, per_axis) for l, h in zip(low, high, strict=False)]
    grid = np.array(np.meshgrid(*axes))
    return grid.reshape(-1, len(axes))


@held_out("random_points",
          "One number per point is drawn and used for all axes: the points lie on the diagonal of the box.")
def random_on_diagonal(low, high, n, rng):
    low, high = np.asarray(low), np.asarray(high)
    u = rng.random((n, 1))
    return low + u * (high - low)


@held_out("random_points",
          "Two errors: the width of the box is forgotten, the draw is multiplied by high and not by (high - low), "
          "and the result is transposed, of shape (d, n) instead of (n, d).")
def random_times_high_transposed(low, high, n, rng):
    low, high = np.array(low), np.array(high)
    pts = low + high * rng.random((n, len(low)))
    return pts.T


@held_out("is_on_edge",
          "The place is measured on the linear scale, (best - low) / (high - low), instead of the log scale.")
def edge_linear(best, low, high, margin=0.1):
    frac = (best - low) / (high - low)
    return bool(frac < margin or frac > 1 - margin)


@held_out("is_on_edge",
          "Only the lower end is looked at: a best value near high is not reported.")
def edge_low_only(best, low, high, margin=0.1):
    pos = (np.log10(best) - np.log10(low)) / (np.log10(high) - np.log10(low))
    return bool(pos < margin)


@held_out("is_on_edge",
          "and for or: a value cannot be near both ends, so the answer is always False (for margins up to a half).")
def edge_and(best, low, high, margin=0.1):
    t = np.log(best / low) / np.log(high / low)
    if t < margin and t > 1 - margin:
        return True
    return False


@held_out("refine_range",
          "The range is as wide as asked on each side of best: shrink instead of shrink / 2 in the exponent, so the"
          " new range is twice too wide on the log scale.")
def refine_twice_too_wide(best, low, high, shrink=0.25):
    ratio = (high / low) ** shrink
    return best / ratio, best * ratio


@held_out("refine_range",
          "The new range is cut off at the old ends, low and high, where it may reach beyond them.")
def refine_clipped(best, low, high, shrink=0.25):
    width = np.log(high / low) * shrink
    a = np.exp(np.log(best) - width / 2)
    b = np.exp(np.log(best) + width / 2)
    return float(max(a, low)), float(min(b, high))


@held_out("refine_range",
          "Two errors: it works on the linear scale (best plus or minus a share of high - low, which can be "
          "negative), and the ends are returned in the wrong order, high first.")
def refine_linear_swapped(best, low, high, shrink=0.25):
    half = shrink * (high - low) / 2
    return best + half, best - half


@held_out("should_abandon",
          "The largest loss so far is compared instead of the last one: a run that had a spike and recovered is "
          "abandoned.")
def abandon_max(losses, factor=3.0):
    if len(losses) == 0:
        return False
    losses = np.asarray(losses, dtype=float)
    if not np.isfinite(losses).all():
        return True
    return bool(losses.max() > factor * losses[0])


@held_out("should_abandon",
          "The losses are not tested for being finite: a NaN goes unseen (a comparison with NaN is False), and so "
          "does an inf that is not the last loss.")
def abandon_no_finite_test(losses, factor=3.0):
    if len(losses) == 0:
        return False
    return bool(losses[-1] > factor * losses[0])


@held_out("should_abandon",
          "Two errors: factor is ignored (3 is written into the code), and the last loss is compared with the one "
          "before it instead of the first.")
def abandon_fixed_factor_previous(losses, factor=3.0):
    if len(losses) == 0:
        return False
    if not np.all(np.isfinite(losses)):
        return True
    if len(losses) < 2:
        return False
    return bool(losses[-1] > 3 * losses[-2])


@held_out("k_fold_indices",
          "The examples are not shuffled: rng is ignored and the folds are consecutive blocks 0..n-1.")
def folds_not_shuffled(n, k, rng):
    if not 2 <= k <= n:
        raise ValueError("bad k")
    folds = np.array_split(np.arange(n), k)
    out = []
    for i in range(k):
        train = np.concatenate([folds[j] for j in range(k) if j != i])
        out.append((train, folds[i]))
    return out


@held_out("k_fold_indices",
          "The rest is lost: each fold has n // k examples, so where k does not divide n the last n % k of the "
          "permutation are in no validation set.")
def folds_drop_rest(n, k, rng):
    if not 2 <= k <= n:
        raise ValueError("bad k")
    perm = rng.permutation(n)
    size = n // k
    result = []
    for i in range(k):
        val = perm[i * size:(i + 1) * size]
        train = np.setdiff1d(perm, val)
        result.append((train, val))
    return result


@held_out("k_fold_indices",
          "The validation fold is not taken out of the training set: every train holds all n examples.")
def folds_leak(n, k, rng):
    if not 2 <= k <= n:
        raise ValueError("bad k")
    parts = np.array_split(rng.permutation(n), k)
    return [(np.concatenate(parts), val) for val in parts]


@held_out("k_fold_indices",
          "Two errors: a new permutation is drawn for each fold, so the validation sets overlap and miss examples, "
          "and the pairs are (val, train) instead of (train, val).")
def folds_redrawn_swapped(n, k, rng):
    if not 2 <= k <= n:
        raise ValueError("bad k")
    result = []
    for i in range(k):
        parts = np.array_split(rng.permutation(n), k)
        train = np.concatenate(parts[:i] + parts[i + 1:])
        result.append((parts[i], train))
    return result
