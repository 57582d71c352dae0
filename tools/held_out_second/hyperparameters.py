"""Wrong implementations of hyperparameters, the second set."""

import numpy as np

from tools.held_out_mistakes import held_out


def _check(low, high):
    if not 0 < low < high:
        raise ValueError(f"expected 0 < low < high, got low {low} and high {high}")


@held_out("sample_log_uniform",
          "The values are drawn uniformly between low and high, not their logarithm: almost all land in the highest"
          " decade.")
def log_uniform_plain(low, high, size, rng):
    _check(low, high)
    return low + (high - low) * rng.random(size)


@held_out("sample_log_uniform",
          "The exponents (logarithms to base 10) are returned instead of the values: 10 ** is forgotten.")
def log_uniform_exponents(low, high, size, rng):
    _check(low, high)
    exponents = rng.uniform(np.log10(low), np.log10(high), size)
    return exponents


@held_out("sample_log_uniform",
          "The bases do not match: natural logarithms of the ends, but 10 ** the drawn exponent, so the values "
          "leave the range [low, high].")
def log_uniform_bases(low, high, size, rng):
    _check(low, high)
    lo, hi = np.log(low), np.log(high)
    return 10 ** rng.uniform(lo, hi, size=size)


@held_out("grid_points",
          "The values of an axis stop short of the upper end: the spacing is (high - low) / per_axis, so high is "
          "never included.")
def grid_no_end(low, high, per_axis):
    d = len(low)
    axes = []
    for i in range(d):
        step = (high[i] - low[i]) / per_axis
        axes.append(low[i] + step * np.arange(per_axis))
    grids = np.meshgrid(*axes, indexing="ij")
    return np.stack([g.ravel() for g in grids], axis=1)


@held_out("grid_points",
          "The stacked mesh is reshaped without moving the coordinate axis to the end, which scrambles the "
          "coordinates: a row mixes values of one axis with itself.")
def grid_scrambled(low, high, per_axis):
    axes = [np.linspace(l, h, per_axis) for l, h in zip(low, high, strict=False)]
    mesh = np.array(np.meshgrid(*axes))
    return mesh.reshape(-1, len(low))


@held_out("grid_points",
          "Only the diagonal is listed: per_axis points with the same position on every axis, instead of all "
          "per_axis**d combinations.")
def grid_diagonal(low, high, per_axis):
    points = []
    for i in range(per_axis):
        t = i / (per_axis - 1)
        points.append(np.asarray(low) + t * (np.asarray(high) - np.asarray(low)))
    return np.array(points)


@held_out("random_points",
          "One random number is shared by all axes of a point, so all points lie on the diagonal of the box.")
def random_diagonal(low, high, n, rng):
    low, high = np.asarray(low), np.asarray(high)
    u = rng.random((n, 1))
    return low + u * (high - low)


@held_out("random_points",
          "The draw is scaled by high instead of by high - low, so the points range over low .. low + high.")
def random_scaled_by_high(low, high, n, rng):
    pts = np.empty((n, len(low)))
    for i in range(n):
        for j in range(len(low)):
            pts[i, j] = low[j] + high[j] * rng.random()
    return pts


@held_out("is_on_edge",
          "The distances are measured on the linear scale instead of the log scale: (best - low) / (high - low).")
def edge_linear(best, low, high, margin=0.1):
    position = (best - low) / (high - low)
    return bool(position < margin or position > 1 - margin)


@held_out("is_on_edge", "Only the lower end is checked: a best value near high is not reported.")
def edge_low_only(best, low, high, margin=0.1):
    lo, hi, b = np.log10([low, high, best])
    return bool((b - lo) / (hi - lo) < margin)


@held_out("is_on_edge",
          "and instead of or: the value would have to be near both ends at once, so the answer is always False (for"
          " a margin below 0.5).")
def edge_and(best, low, high, margin=0.1):
    frac = (np.log(best) - np.log(low)) / (np.log(high) - np.log(low))
    return bool(frac < margin and frac > 1 - margin)


@held_out("refine_range",
          "shrink is not halved: best is multiplied and divided by (high / low)**shrink, so the new range is twice "
          "as wide (on the log scale) as it should be.")
def refine_not_halved(best, low, high, shrink=0.25):
    f = (high / low) ** shrink
    return best / f, best * f


@held_out("refine_range",
          "Two errors: the new range is computed on the linear scale (best -/+ shrink / 2 * (high - low)), and it "
          "is clipped to the old range.")
def refine_linear_clipped(best, low, high, shrink=0.25):
    half = shrink * (high - low) / 2
    return max(low, best - half), min(high, best + half)


@held_out("refine_range",
          "The new range is centred on the (geometric) middle of the old range instead of on best: best is ignored.")
def refine_ignores_best(best, low, high, shrink=0.25):
    mid = (np.log(low) + np.log(high)) / 2
    width = (np.log(high) - np.log(low)) * shrink
    return float(np.exp(mid - width / 2)), float(np.exp(mid + width / 2))


@held_out("should_abandon",
          "The last loss is compared with factor times the smallest loss so far instead of factor times the first.")
def abandon_vs_min(losses, factor=3.0):
    if len(losses) == 0:
        return False
    for l in losses:
        if not np.isfinite(l):
            return True
    return bool(losses[-1] > factor * min(losses))


@held_out("should_abandon",
          "A single loss above factor times the first is enough, even if the run has come down since: any loss is "
          "compared, not the last.")
def abandon_any(losses, factor=3.0):
    arr = np.array(losses, dtype=float)
    if arr.size == 0:
        return False
    return bool((~np.isfinite(arr)).any() or (arr > factor * arr[0]).any())


@held_out("should_abandon",
          "Two errors: losses that are not finite are not looked for (a NaN is never above anything, so the run "
          "goes on), and the argument factor is ignored, always 3.")
def abandon_no_nan_fixed(losses, factor=3.0):
    if not len(losses):
        return False
    return bool(losses[-1] > 3.0 * losses[0])


@held_out("k_fold_indices",
          "train and val are exchanged: each tuple is (val, train), so one trains on one fold and validates on the "
          "others.")
def folds_swapped(n, k, rng):
    if not 2 <= k <= n:
        raise ValueError(f"expected 2 <= k <= n, got k {k} and n {n}")
    parts = np.array_split(rng.permutation(n), k)
    res = []
    for i in range(k):
        rest = np.hstack([parts[j] for j in range(k) if j != i])
        res.append((parts[i], rest))
    return res


@held_out("k_fold_indices",
          "The validation fold is not taken out of the training set: train holds all n examples in every fold.")
def folds_leak(n, k, rng):
    if not 2 <= k <= n:
        raise ValueError(f"expected 2 <= k <= n, got k {k} and n {n}")
    idx = rng.permutation(n)
    return [(idx, part) for part in np.array_split(idx, k)]


@held_out("k_fold_indices",
          "Folds are cut with size n // k, so where k does not divide n the last n % k examples are never in a "
          "validation set.")
def folds_lose_rest(n, k, rng):
    if not 2 <= k <= n:
        raise ValueError(f"expected 2 <= k <= n, got k {k} and n {n}")
    perm = rng.permutation(n)
    size = n // k
    folds = []
    for f in range(k):
        val = perm[f * size:(f + 1) * size]
        train = np.setdiff1d(perm, val)
        folds.append((train, val))
    return folds


@held_out("k_fold_indices",
          "The examples are shuffled anew for every fold, so the validation sets overlap and some examples are "
          "never in one.")
def folds_reshuffled(n, k, rng):
    if not 2 <= k <= n:
        raise ValueError(f"expected 2 <= k <= n, got k {k} and n {n}")
    folds = []
    for i in range(k):
        parts = np.array_split(rng.permutation(n), k)
        folds.append((np.concatenate(parts[:i] + parts[i + 1:]), parts[i]))
    return folds


@held_out("is_on_edge",
          "Two errors: the comparison is the wrong way round (True in the middle of the range), and the margin is "
          "not a share of the log range but compared with the distance in decades (log10).")
def edge_inverted_decades(best, low, high, margin=0.1):
    return bool(np.log10(best / low) > margin and np.log10(high / best) > margin)


@held_out("random_points",
          "Two errors: the result is transposed, (d, n) instead of (n, d), and Gaussian numbers are drawn instead "
          "of uniform ones, so points fall outside the box.")
def random_gauss_transposed(low, high, n, rng):
    low, high = np.asarray(low, float), np.asarray(high, float)
    z = rng.standard_normal((n, len(low)))
    return (low + z * (high - low)).T


@held_out("k_fold_indices", "The indices are not shuffled: the folds are consecutive blocks and rng is ignored.")
def folds_in_order(n, k, rng):
    if not 2 <= k <= n:
        raise ValueError(f"expected 2 <= k <= n, got k {k} and n {n}")
    blocks = np.array_split(np.arange(n), k)
    return [(np.concatenate([b for j, b in enumerate(blocks) if j != i]), blocks[i]) for i in range(k)]
