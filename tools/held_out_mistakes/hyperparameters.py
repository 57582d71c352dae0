"""Wrong implementations of the hyperparameter search."""

import itertools

import numpy as np

from tools.held_out_mistakes import held_out


def _ordered(low, high):
    if not 0 < low < high:
        raise ValueError(f"expected 0 < low < high, got low {low} and high {high}")


def _fold_count(n, k):
    if not 2 <= k <= n:
        raise ValueError(f"expected 2 <= k <= n, got k {k} and n {n}")


@held_out("sample_log_uniform", "The exponents are returned, not 10 to their power.")
def log_uniform_exponents(low, high, size, rng):
    _ordered(low, high)
    return rng.uniform(np.log10(low), np.log10(high), size)


@held_out("sample_log_uniform", "The draw is uniform in the value itself.")
def log_uniform_linear(low, high, size, rng):
    _ordered(low, high)
    return low + (high - low) * rng.random(size)


@held_out("sample_log_uniform", "Bases are mixed: natural logarithms are raised as powers of 10.")
def log_uniform_mixed_base(low, high, size, rng):
    _ordered(low, high)
    exponent = rng.uniform(np.log(low), np.log(high), size=size)
    return 10**exponent


@held_out("sample_log_uniform", "The ends are used as exponents although they are values.")
def log_uniform_ends_as_exponents(low, high, size, rng):
    _ordered(low, high)
    return 10 ** rng.uniform(low, high, size)


@held_out("grid_points", "The upper end is left out.")
def grid_without_end(low, high, per_axis):
    axes = [np.linspace(lo, hi, per_axis, endpoint=False) for lo, hi in zip(low, high, strict=True)]
    return np.array(list(itertools.product(*axes)))


@held_out("grid_points", "The axes run together: only the diagonal of the grid is listed.")
def grid_diagonal(low, high, per_axis):
    return np.stack([np.linspace(low[i], high[i], per_axis) for i in range(len(low))], axis=1)


@held_out("grid_points", "One axis a row: the result is transposed.")
def grid_transposed(low, high, per_axis):
    axes = [np.linspace(a, b, per_axis) for a, b in zip(low, high, strict=True)]
    return np.array([g.ravel() for g in np.meshgrid(*axes)])


@held_out("grid_points", "reshape(-1, d) on the stacked mesh mixes the coordinates of different points.")
def grid_reshape_mix(low, high, per_axis):
    axes = [np.linspace(a, b, per_axis) for a, b in zip(low, high, strict=True)]
    return np.array(np.meshgrid(*axes)).reshape(-1, len(axes))


@held_out("random_points", "All axes share one random number a point: the points lie on a diagonal.")
def random_on_diagonal(low, high, n, rng):
    low, high = np.asarray(low), np.asarray(high)
    u = rng.random((n, 1))
    return low + u * (high - low)


@held_out("random_points", "low is not added: the box starts at the origin.")
def random_from_origin(low, high, n, rng):
    d = len(low)
    return rng.random((n, d)) * (np.asarray(high) - np.asarray(low))


@held_out("random_points", "It draws from N(middle, width): the points are Gaussian and leave the box.")
def random_gaussian(low, high, n, rng):
    low, high = np.asarray(low), np.asarray(high)
    centre, width = (low + high) / 2, high - low
    return centre + width * rng.standard_normal((n, len(low)))


@held_out("is_on_edge", "The distance is measured on the linear scale.")
def edge_linear(best, low, high, margin=0.1):
    width = high - low
    return bool(best < low + margin * width or best > high - margin * width)


@held_out("is_on_edge", "Only the lower end is looked at.")
def edge_low_only(best, low, high, margin=0.1):
    return bool((np.log10(best) - np.log10(low)) / (np.log10(high) - np.log10(low)) < margin)


@held_out("is_on_edge", "The answer is upside down: True in the middle.")
def edge_inverted(best, low, high, margin=0.1):
    place = np.log(best / low) / np.log(high / low)
    return bool(margin <= place <= 1 - margin)


@held_out("is_on_edge", "The margin counts in decades, not as a share of the log range.")
def edge_in_decades(best, low, high, margin=0.1):
    b, lo, hi = np.log10(best), np.log10(low), np.log10(high)
    return bool(b - lo < margin or hi - b < margin)


@held_out("refine_range", "The new range is linear: centred on best with a linear width.")
def refine_linear(best, low, high, shrink=0.25):
    half = shrink * (high - low) / 2
    return best - half, best + half


@held_out("refine_range", "It is clipped to the old range.")
def refine_clipped(best, low, high, shrink=0.25):
    width = shrink * (np.log(high) - np.log(low))
    new_low = np.exp(np.log(best) - width / 2)
    new_high = np.exp(np.log(best) + width / 2)
    return max(low, new_low), min(high, new_high)


@held_out("refine_range", "shrink is applied to each side, so the range is twice as wide as asked.")
def refine_twice_as_wide(best, low, high, shrink=0.25):
    r = (np.log10(high) - np.log10(low)) * shrink
    return float(10 ** (np.log10(best) - r)), float(10 ** (np.log10(best) + r))


@held_out("refine_range", "The range is centred on the old middle instead of on best.")
def refine_old_centre(best, low, high, shrink=0.25):
    middle = np.sqrt(low * high)
    half = (high / low) ** (shrink / 2)
    return middle / half, middle * half


@held_out("should_abandon", "The largest loss on the way counts, not the last.")
def abandon_on_peak(losses, factor=3.0):
    if len(losses) == 0:
        return False
    if not np.all(np.isfinite(losses)):
        return True
    return bool(max(losses) > factor * losses[0])


@held_out("should_abandon", "The last loss is compared with the smallest one, not with the first.")
def abandon_against_best(losses, factor=3.0):
    if len(losses) == 0:
        return False
    return bool(not np.isfinite(losses).all() or losses[-1] > factor * np.min(losses))


@held_out("should_abandon", "NaN slips through: no comparison with NaN is true.")
def abandon_nan_passes(losses, factor=3.0):
    if not len(losses):
        return False
    return bool(losses[-1] > factor * losses[0])


@held_out("should_abandon", "An empty list raises IndexError, and only the last loss is tested for being finite.")
def abandon_empty_crashes(losses, factor=3.0):
    last, first = losses[-1], losses[0]
    return bool(not np.isfinite(last) or last > factor * first)


@held_out("k_fold_indices", "There is no shuffling: the folds are contiguous blocks.")
def folds_unshuffled(n, k, rng):
    _fold_count(n, k)
    parts = np.array_split(np.arange(n), k)
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(k)]


@held_out("k_fold_indices", "With n // k examples a fold, the remainder is in no validation set.")
def folds_drop_remainder(n, k, rng):
    _fold_count(n, k)
    idx = rng.permutation(n)
    size = n // k
    folds = []
    for i in range(k):
        val = idx[i * size : (i + 1) * size]
        train = np.setdiff1d(idx, val)
        folds.append((train, val))
    return folds


@held_out("k_fold_indices", "Each pair is (val, train): the order is swapped.")
def folds_swapped(n, k, rng):
    _fold_count(n, k)
    folds = np.array_split(rng.permutation(n), k)
    out = []
    for i, fold in enumerate(folds):
        rest = np.hstack([f for j, f in enumerate(folds) if j != i])
        out.append((fold, rest))
    return out


@held_out("k_fold_indices", "A new permutation for each fold: some examples are validated twice, others never.")
def folds_reshuffled(n, k, rng):
    _fold_count(n, k)
    result = []
    for i in range(k):
        parts = np.array_split(rng.permutation(n), k)
        train = np.concatenate([p for j, p in enumerate(parts) if j != i])
        result.append((train, parts[i]))
    return result


@held_out("random_points", "It draws whole numbers: integers instead of uniform.")
def random_integers(low, high, n, rng):
    return rng.integers(np.floor(low), np.ceil(high) + 1, size=(n, len(low))).astype(float)


@held_out("random_points", "The shape is (d, n): one axis a row.")
def random_transposed(low, high, n, rng):
    return np.array([rng.uniform(a, b, n) for a, b in zip(low, high, strict=True)])


@held_out("is_on_edge", "Linear scale, and only the upper end.")
def edge_linear_top(best, low, high, margin=0.1):
    return bool((best - low) / (high - low) > 1 - margin)


@held_out("refine_range", "It multiplies best by 1 - shrink and 1 + shrink.")
def refine_percent(best, low, high, shrink=0.25):
    return best * (1 - shrink), best * (1 + shrink)


@held_out("k_fold_indices", "Unshuffled, and the remainder of n / k is in no validation set.")
def folds_unshuffled_remainder(n, k, rng):
    _fold_count(n, k)
    fold_size = n // k
    folds = []
    for i in range(k):
        val = np.arange(i * fold_size, (i + 1) * fold_size)
        train = np.array([j for j in range(n) if j not in val])
        folds.append((train, val))
    return folds


@held_out("k_fold_indices", "The training indices contain the validation fold: train is all of them.")
def folds_train_is_everything(n, k, rng):
    _fold_count(n, k)
    order = rng.permutation(n)
    return [(order, fold) for fold in np.array_split(order, k)]
