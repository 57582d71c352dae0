"""Wrong versions of hyperparameters, the fourth set."""

import numpy as np

from tools.held_out_mistakes import held_out


@held_out("sample_log_uniform",
          "The values are wrong, many outside low..high: the exponents are drawn between natural "
          "logarithms, but 10 is raised to them instead of e (bases mixed).")
def sample_bases_mixed(low, high, size, rng):
    if not 0 < low < high:
        raise ValueError(f"expected 0 < low < high, got low {low} and high {high}")
    exponents = rng.uniform(np.log(low), np.log(high), size=size)
    return 10 ** exponents


@held_out("grid_points",
          "The upper end of every axis is left out: the steps are (high - low) / per_axis wide instead of "
          "(high - low) / (per_axis - 1), so the values are too close together and stop short of high.")
def grid_upper_end_missing(low, high, per_axis):
    axes = []
    for j in range(len(low)):
        step = (high[j] - low[j]) / per_axis
        axes.append(low[j] + step * np.arange(per_axis))
    grids = np.meshgrid(*axes, indexing="ij")
    return np.column_stack([g.ravel() for g in grids])


@held_out("grid_points",
          "The points are scrambled: the meshgrid arrays, of shape (d, ...), are reshaped directly to "
          "(-1, d) without moving the first axis to the end, so a row mixes values of one axis instead of holding one "
          "value of each axis.")
def grid_reshape_scramble(low, high, per_axis):
    d = len(low)
    axes = [np.linspace(low[i], high[i], per_axis) for i in range(d)]
    return np.array(np.meshgrid(*axes)).reshape(-1, d)


@held_out("random_points",
          "The points are wrong: one random number is drawn per point and used for all its coordinates, "
          "so all points lie on the diagonal of the box instead of being uniform in it.")
def random_points_on_diagonal(low, high, n, rng):
    low, high = np.asarray(low), np.asarray(high)
    t = rng.random((n, 1))
    return low + t * (high - low)


@held_out("is_on_edge",
          "The place of best is measured on the linear scale, (best - low) / (high - low), instead of the "
          "log scale, so on_edge is wrong for many values, above all small ones.")
def is_on_edge_linear(best, low, high, margin=0.1):
    frac = (best - low) / (high - low)
    return bool(frac < margin or frac > 1 - margin)


@held_out("refine_range",
          "low and high are wrong: the new range is twice as wide as asked for on the log scale, since "
          "shrink times the whole log width is put on either side of best instead of half of it.")
def refine_not_halved(best, low, high, shrink=0.25):
    width = shrink * (np.log(high) - np.log(low))
    return float(np.exp(np.log(best) - width)), float(np.exp(np.log(best) + width))


@held_out("refine_range",
          "The new range is clipped to the old one: where best is near an edge, low or high stops at the "
          "old end, although the range is meant to reach beyond it and stay centred on best.")
def refine_clipped(best, low, high, shrink=0.25):
    half = (high / low) ** (shrink / 2)
    new_low = max(low, best / half)
    new_high = min(high, best * half)
    return new_low, new_high


@held_out("should_abandon",
          "Runs are abandoned that have recovered: any loss (the largest one) above factor times the "
          "first is enough, instead of the last loss only.")
def should_abandon_any_loss(losses, factor=3.0):
    if len(losses) == 0:
        return False
    start = losses[0]
    for loss in losses:
        if not np.isfinite(loss):
            return True
        if loss > factor * start:
            return True
    return False


@held_out("k_fold_indices",
          "Each tuple is returned as (val, train) instead of (train, val): the one small part is given "
          "as training set and the rest as validation set.")
def k_fold_tuple_swapped(n, k, rng):
    if not 2 <= k <= n:
        raise ValueError(f"expected 2 <= k <= n, got k {k} and n {n}")
    order = rng.permutation(n)
    chunks = np.array_split(order, k)
    folds = []
    for i in range(k):
        val = chunks[i]
        train = np.hstack([chunks[j] for j in range(k) if j != i])
        folds.append((val, train))
    return folds


@held_out("k_fold_indices",
          "Two errors: the examples are not shuffled (rng is ignored, the folds are consecutive blocks); "
          "and each fold has n // k examples, so the remaining n % k examples are never in any validation set.")
def k_fold_unshuffled_remainder(n, k, rng):
    if not 2 <= k <= n:
        raise ValueError(f"expected 2 <= k <= n, got k {k} and n {n}")
    idx = np.arange(n)
    size = n // k
    result = []
    for f in range(k):
        val_idx = idx[f * size:(f + 1) * size]
        train_idx = np.concatenate([idx[:f * size], idx[(f + 1) * size:]])
        result.append((train_idx, val_idx))
    return result
