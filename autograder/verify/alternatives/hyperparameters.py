"""Correct ways to write ``cs231n_lib.hyperparameters`` other than the reference's."""

import dataclasses
import itertools
import math
import random
import warnings

import numpy as np

from autograder.verify.alternatives import EDGES, alternative

PREPARES = {
    "size = 7": ("shape",),
    "size = (3, 4)": ("shape",),
    "two axes, three values each": ("values", "combinations"),
    "three axes, two values each": ("values", "combinations"),
    "one axis": EDGES,
    "nine points, two axes": ("range", "shape"),
    "one point": EDGES,
    "fills the box": ("range", "distribution", "independence"),
    "at low": ("low end",),
    "near low": ("low end",),
    "near high": ("high end",),
    "well inside, on the log scale": ("log scale",),
    "a range of a factor of two": ("log scale",),
    "another margin": ("margin",),
    ("refine_range", "values"): ("centre", "width"),
    "off the centre": ("centre",),
    "another shrink": ("shrink",),
    "best at low": ("beyond the old range",),
    "best at high": ("beyond the old range",),
    "another factor": ("factor",),
    "no loss yet": EDGES,
    "one loss": EDGES,
    "12 examples in 3 folds": ("partition", "train"),
    "11 examples in 3 folds": ("partition", *EDGES),
    "as many folds as examples": EDGES,
}

# -- drawing on a logarithmic scale -----------------------------------------------------------------------------------


@alternative("sample_log_uniform", style="one-liner")
def powers_of_ten(low, high, size, rng):
    return 10.0 ** rng.uniform(np.log10(low), np.log10(high), size=size)


@alternative("sample_log_uniform", style="out float64")
def filled_in_place(low, high, size, rng):
    out = np.empty(size, dtype=np.float64)
    rng.random(out=out)
    out *= np.log(high) - np.log(low)
    out += np.log(low)
    return np.exp(out, out=out)


@alternative("sample_log_uniform")
def power_of_the_ratio(low, high, size, rng):
    u = rng.random(size)
    return np.asfortranarray(low * (high / low) ** u)


@alternative("sample_log_uniform", style="loop warns")
def one_at_a_time(low, high, size, rng):
    warnings.warn("slow", stacklevel=2)
    out = np.empty(size)
    for i in np.ndindex(out.shape):
        out[i] = math.exp(math.log(low) + (math.log(high) - math.log(low)) * rng.random())
    return out


@alternative("sample_log_uniform", style="prints")
def downwards_with_base_two(low, high, size, rng):
    exponents = math.log2(high) - rng.random(size) * (math.log2(high) - math.log2(low))
    print("exponents", exponents.min(), exponents.max())
    return np.exp2(exponents)


# -- points in a box --------------------------------------------------------------------------------------------------


@alternative("grid_points", style="one-liner")
def with_product(low, high, per_axis):
    return np.array(list(itertools.product(*(np.linspace(a, b, per_axis) for a, b in zip(low, high, strict=True)))))


@alternative("grid_points")
def by_digits(low, high, per_axis):
    low, high = np.asarray(low), np.asarray(high)
    digits = np.arange(per_axis ** len(low))[:, None] // per_axis ** np.arange(len(low)) % per_axis
    return np.asfortranarray(low + digits * (high - low) / (per_axis - 1))


@alternative("grid_points")
def by_recursion(low, high, per_axis):
    first = np.linspace(low[0], high[0], per_axis)
    if len(low) == 1:
        return first[:, np.newaxis]
    rest = by_recursion(low[1:], high[1:], per_axis)
    return np.vstack([np.insert(rest, 0, value, axis=1) for value in first])


@alternative("grid_points", style="loop")
def as_lists_from_high_to_low(low, high, per_axis):
    points = [[]]
    for a, b in zip(low, high, strict=True):
        points = [[*p, float(b + i * (a - b) / (per_axis - 1))] for i in range(per_axis) for p in points]
    return points


@alternative("grid_points", style="loop")
def with_indices_of_ndindex(low, high, per_axis):
    d = len(low)
    out = np.zeros((per_axis**d, d))
    for row, index in enumerate(np.ndindex(*[per_axis] * d)):
        for axis in range(d):
            out[row, axis] = low[axis] * (1 - index[axis] / (per_axis - 1)) + high[axis] * index[axis] / (per_axis - 1)
    return out


@alternative("grid_points")
def with_mgrid(low, high, per_axis):
    return np.mgrid[tuple(slice(a, b, per_axis * 1j) for a, b in zip(low, high, strict=True))].reshape(len(low), -1).T


@alternative("random_points", style="one-liner")
def stretched(low, high, n, rng):
    return low + (high - low) * rng.random((n, len(low)))


@alternative("random_points", style="einsum")
def by_einsum(low, high, n, rng):
    return low + np.einsum("nd,d->nd", rng.random((n, len(low))), high - low)


@dataclasses.dataclass
class Box:
    """Where to search."""

    low: np.ndarray
    high: np.ndarray

    def point(self, rng):
        return self.low + (self.high - self.low) * rng.random(len(self.low))


@alternative("random_points", style="class")
def by_a_class(low, high, n, rng):
    box = Box(low, high)
    return np.array([box.point(rng) for _ in range(n)])


@alternative("random_points", style="prints")
def a_point_at_a_time(low, high, n, rng):
    print(n, "points")
    return np.array([[rng.uniform(a, b) for a, b in zip(low, high, strict=True)] for _ in range(n)])


@alternative("random_points")
def an_axis_at_a_time(low, high, n, rng):
    return np.column_stack([rng.uniform(a, b, n) for a, b in zip(low, high, strict=True)])


@alternative("random_points")
def own_generator_from_rng(low, high, n, rng):
    child = random.Random(int(rng.integers(2**63)))
    return [[child.uniform(float(a), float(b)) for a, b in zip(low, high, strict=True)] for _ in range(n)]


# -- where to look next -----------------------------------------------------------------------------------------------


@alternative("is_on_edge")
def with_decimal_logarithms(best, low, high, margin=0.1):
    a, b, x = math.log10(low), math.log10(high), math.log10(best)
    return x - a <= margin * (b - a) or b - x <= margin * (b - a)


@alternative("is_on_edge", style="prints")
def with_powers(best, low, high, margin=0.1):
    step = (high / low) ** margin
    print(low * step, best, high / step)
    return not low * step < best < high / step


@alternative("is_on_edge")
def distance_from_the_middle(best, low, high, margin=0.1):
    share = (np.log2(best) - np.log2(low)) / (np.log2(high) - np.log2(low))
    return np.array(np.abs(share - 0.5) > 0.5 - margin)


@alternative("is_on_edge")
def by_the_refined_range(best, low, high, margin=0.1):
    """Functions that call each other: the range around best reaches over an end of the range."""
    below, above = with_math(best, low, high, 2 * margin)
    return below < low or above > high


@alternative("is_on_edge")
def nearest_end(best, low, high, margin=0.1):
    return int(min(np.log(best / low), np.log(high / best)) / np.log(high / low) < margin)


@alternative("refine_range")
def with_exponents(best, low, high, shrink=0.25):
    centre, width = np.log10(best), shrink * (np.log10(high) - np.log10(low))
    return 10 ** (centre - width / 2), 10 ** (centre + width / 2)


@alternative("refine_range")
def with_one_array(best, low, high, shrink=0.25):
    return tuple(np.exp(np.log(best) + 0.5 * shrink * np.log(high / low) * np.array([-1, 1])))


@alternative("refine_range", style="prints")
def with_math(best, low, high, shrink=0.25):
    factor = math.exp(shrink * math.log(high / low) / 2)
    print(f"factor {factor:.3g}")
    return [best / factor, best * factor]


# -- when to give up --------------------------------------------------------------------------------------------------


@alternative("should_abandon", style="loop")
def loop_over_losses(losses, factor=3.0):
    for loss in losses:
        if math.isnan(loss) or math.isinf(loss):
            return True
    return bool(losses) and losses[-1] / losses[0] > factor


@alternative("should_abandon")
def with_arrays(losses, factor=3.0):
    v = np.array(losses, float)
    if v.size == 0:
        return np.False_
    return ~np.isfinite(v).all() | (v[-1] > v[0] * factor)


@alternative("should_abandon")
def zero_or_one(losses, factor=3.0):
    if not losses:
        return 0
    return 1 - int(math.isfinite(sum(abs(v) for v in losses)) and losses[-1] <= factor * losses[0])


@alternative("should_abandon")
def tries(losses, factor=3.0):
    try:
        return any(not np.isfinite(v) for v in losses) or not losses[-1] <= factor * losses[0]
    except IndexError:
        return False


# -- cross-validation -------------------------------------------------------------------------------------------------


@alternative("k_fold_indices")
def dealt_in_turn_from_a_random_order(n, k, rng):
    order = rng.permutation(n)
    return [(np.delete(order, np.s_[i::k]), order[i::k]) for i in range(k)]


@alternative("k_fold_indices")
def sorted_from_labels(n, k, rng):
    fold = np.arange(n) % k
    rng.shuffle(fold)
    return tuple((np.where(fold != i)[0], np.where(fold == i)[0]) for i in range(k))


@alternative("k_fold_indices", style="loop prints")
def with_plain_lists(n, k, rng):
    order, folds = list(map(int, rng.permutation(n))), []
    for i in range(k):
        val = order[i * n // k:(i + 1) * n // k]
        folds.append([[j for j in order if j not in set(val)], val])
    print(len(folds), "folds")
    return folds


class Dealer:
    """Deals cards to k players, one each in turn."""

    def __init__(self, cards, k):
        self.hands = [[] for _ in range(k)]
        for i, card in enumerate(cards):
            self.hands[i % k].append(card)

    def against_all_others(self, i):
        return np.array([card for hand in self.hands[:i] + self.hands[i + 1:] for card in hand])


@alternative("k_fold_indices", style="class")
def dealt_by_an_object(n, k, rng):
    dealer = Dealer(rng.permutation(n).tolist(), k)
    return [(dealer.against_all_others(i), np.array(hand)) for i, hand in enumerate(dealer.hands)]


@alternative("k_fold_indices")
def by_random_keys(n, k, rng):
    order = np.argsort(rng.random(n)).astype(np.int32)
    sizes = np.full(k, n // k)
    sizes[:n % k] += 1
    stops = np.cumsum(sizes)
    return [(np.setdiff1d(order, order[b - m:b]), order[b - m:b]) for b, m in zip(stops, sizes, strict=True)]
