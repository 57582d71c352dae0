"""Visible inputs for ``hyperparameters``."""

import numpy as np

from cs231n_lib.lab.check.aspects.common import VALUES
from cs231n_lib.lab.check.aspects.hyperparameters import (
    CENTRE,
    DISTRIBUTION,
    FACTOR,
    LOG_SCALE,
    MARGIN,
    NOT_FINITE,
    SHRINK,
    SHUFFLED,
    USES_RNG,
)
from cs231n_lib.lab.check.cases.builders import add_function
from cs231n_lib.lab.check.observe import Case
from cs231n_lib.lab.check.result_form import NUMBER, PAIRS, TRUTH


def use_of_rng(draw):
    """Return a run that asks whether ``draw(call, rng)`` follows its generator."""

    def run(call, seeds):
        same, moved = [], []
        for seed in seeds:
            rng = np.random.default_rng(seed)
            first = draw(call, rng)
            same.append(np.array_equal(first, draw(call, np.random.default_rng(seed))))
            moved.append(not np.array_equal(first, draw(call, rng)))
        return {"same rng, same numbers": all(same),
                "next call, other numbers": all(moved)}

    return run


# -- drawing on a logarithmic scale ---------------------------------------------------------------------------------

N, DRAWS = 2000, range(5)
"""Size of a sample, and the seeds: always these, so that a sample that is a single number gives the same one, too."""
DECADES = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2]


def decades(call, seeds):
    """Count the values in each of four factors of ten, and look outside."""
    drawn = [np.ravel(call(1e-6, 1e-2, N, np.random.default_rng(s))) for s in DRAWS]
    v = np.concatenate(drawn)
    shares = [np.mean((v >= a) & (v < b)) for a, b in zip(DECADES[:-1], DECADES[1:], strict=True)]
    return {"share in each factor of ten from 0.000001 to 0.01": shares,
            "none below low": v.min() > 0.999999e-6,
            "none above high": v.max() < 1.000001e-2,
            "all different": all(len(np.unique(d)) > 0.9 * N for d in drawn),
            "irregular, as random numbers are": all(map(irregular, drawn))}


def irregular(v):
    """Say whether some gap is much larger than the others: of 2000 random gaps, the largest is about eight times."""
    gaps = np.diff(np.log(np.abs(np.sort(v))))
    return gaps.max(initial=0) > 3 * gaps.mean()


def size_given(size):
    """Return a run that gives the shape of a sample."""
    return lambda call, seeds: {"shape": np.shape(call(1e-3, 1.0, size, np.random.default_rng(0)))}


# five standard deviations of a difference between two samples, here and below
FAIR = {"share in each factor of ten from 0.000001 to 0.01": (0, 5 * np.sqrt(2 * 0.25 * 0.75 / (5 * N)))}
add_function("hyperparameters", "sample_log_uniform", ("low", "high", "size", "rng"), ("values",), [
    Case("size = 7", run=size_given(7)),
    Case("size = (3, 4)", run=size_given((3, 4))),
    Case(DISTRIBUTION, run=decades, tol=FAIR),
    Case(USES_RNG, run=use_of_rng(lambda call, rng: np.ravel(call(1e-6, 1e-2, 9, rng)))),
])

# -- points in a box ------------------------------------------------------------------------------------------------

LOW, HIGH = np.array([-5.0, 0.5, -1.0]), np.array([-2.0, 0.75, 3.0])


def sorted_rows(d, per_axis):
    """Return a run that sorts the points of a grid: any order of the rows is right."""

    def run(call, seeds):
        points = np.asarray(call(LOW[:d], HIGH[:d], per_axis), float)
        rows = points[np.lexsort(points.T[::-1])] if points.ndim == 2 else points
        return {"shape of points": points.shape, "points, sorted": np.round(rows, 9) + 0.0}

    return run


add_function("hyperparameters", "grid_points", ("low", "high", "per_axis"), ("points",), [
    Case("two axes, three values each", run=sorted_rows(2, 3)),
    Case("three axes, two values each", run=sorted_rows(3, 2)),
    Case("one axis", run=sorted_rows(1, 4)),
])


def box_statistics(call, seeds):
    """Say where the points lie in the box, and whether its axes go together."""
    p = np.concatenate([np.asarray(call(LOW, HIGH, N, np.random.default_rng(s)), float) for s in DRAWS])
    thirds = [np.mean(p < LOW + (HIGH - LOW) * t, axis=0) for t in (1 / 3, 2 / 3)]
    return {"none below low, axis by axis": p.min(axis=0) >= LOW,
            "none above high, axis by axis": p.max(axis=0) <= HIGH,
            "share in the lower third, axis by axis": thirds[0],
            "share in the lower two thirds, axis by axis": thirds[1],
            "correlation of two axes": [np.corrcoef(p[:, i], p[:, j])[0, 1] for i, j in ((0, 1), (0, 2), (1, 2))]}


def cloud_shape(n, d):
    """Return a run that gives the shape of the points."""
    return lambda call, seeds: {"shape": np.shape(call(LOW[:d], HIGH[:d], n, np.random.default_rng(0)))}


THIRDS = (0, 5 * np.sqrt(2 * 2 / 9 / (5 * N)))
EVEN = {"share in the lower third, axis by axis": THIRDS, "share in the lower two thirds, axis by axis": THIRDS,
        "correlation of two axes": (0, 5 * np.sqrt(2 / (5 * N)))}
add_function("hyperparameters", "random_points", ("low", "high", "n", "rng"), ("points",), [
    Case("nine points, two axes", run=cloud_shape(9, 2)),
    Case("one point", run=cloud_shape(1, 3)),
    Case("one axis", run=cloud_shape(4, 1)),
    Case("fills the box", run=box_statistics, tol=EVEN),
    Case(USES_RNG, run=use_of_rng(lambda call, rng: call(LOW, HIGH, 5, rng))),
])

# -- where to look next ---------------------------------------------------------------------------------------------

add_function("hyperparameters", "is_on_edge", ("best", "low", "high", "margin"), ("on_edge",), [
    Case("at low", (1e-6, 1e-6, 1e-2)),
    Case("near low", (1.3e-6, 1e-6, 1e-2)), Case("near low", (3e-6, 1e-6, 1e-2)),
    Case("near high", (8e-3, 1e-6, 1e-2)), Case("near high", (3e-3, 1e-6, 1e-2)),
    Case(f"well inside, on the {LOG_SCALE}", (1e-4, 1e-6, 1e-2)),
    Case(f"well inside, on the {LOG_SCALE}", (1e-5, 1e-6, 1e-2)),
    Case("a range of a factor of two", (1.05, 1.0, 2.0)), Case("a range of a factor of two", (1.5, 1.0, 2.0)),
    Case("a range of a factor of two", (1.92, 1.0, 2.0)),
    Case(f"another {MARGIN}", (1e-5, 1e-6, 1e-2), {"margin": 0.3}),
    Case(f"another {MARGIN}", (6e-3, 1e-6, 1e-2), {"margin": 0.03}),
], forms={"on_edge": TRUTH})
add_function("hyperparameters", "refine_range", ("best", "low", "high", "shrink"), ("low", "high"), [
    Case(VALUES, (1e-4, 1e-6, 1e-2)),
    Case(f"off the {CENTRE}", (2e-3, 1e-6, 1e-2)),
    Case(f"another {SHRINK}", (1e-4, 1e-6, 1e-2), {"shrink": 0.5}),
    Case("best at low", (1e-6, 1e-6, 1e-2)),
    Case("best at high", (1e-2, 1e-6, 1e-2)),
], forms={"low": NUMBER, "high": NUMBER})

# -- when to give up ------------------------------------------------------------------------------------------------

NAN, INF = float("nan"), float("inf")
add_function("hyperparameters", "should_abandon", ("losses", "factor"), ("abandon",), [
    Case(VALUES, ([2.3, 2.1, 1.9],)), Case(VALUES, ([2.3, 5.0, 7.5],)),
    Case(VALUES, ([2.3, 9.0, 3.0],)), Case(VALUES, ([6.0, 1.0, 4.0],)),
    Case(VALUES, ([0.5, 0.9, 1.8],)), Case(VALUES, ([4.0, 6.0, 9.0],)),
    Case(NOT_FINITE, ([2.3, NAN],)), Case(NOT_FINITE, ([2.3, NAN, 2.0],)), Case(NOT_FINITE, ([2.3, INF, 2.0],)),
    Case(f"another {FACTOR}", ([2.0, 3.5], 1.5)), Case(f"another {FACTOR}", ([2.0, 9.0], 5.0)),
    Case("no loss yet", ([],)), Case("one loss", ([2.3],)),
], forms={"abandon": TRUTH})

# -- cross-validation -----------------------------------------------------------------------------------------------


def deal(n, k):
    """Return a run that describes the folds of ``n`` examples, in numbers that chance does not change."""

    def run(call, seeds):
        folds = [tuple(np.asarray(part) for part in fold) for fold in call(n, k, np.random.default_rng(0))]
        train, val = zip(*folds, strict=True)
        parts = [part for fold in folds for part in fold]
        times = [[sum(np.sum(p == i) for p in side) for i in range(n)] for side in (val, train)]
        return {"number of folds": len(folds),
                "sizes of val, sorted": sorted(v.size for v in val),
                "how often each example is in val": times[0],
                "how often each example is in train": times[1],
                "examples in train and val of one fold": sum(np.isin(v, t).sum() for t, v in folds),
                "all indices are integers": all(part.dtype.kind in "iu" for part in parts),
                "each part has one axis": all(part.ndim == 1 for part in parts)}

    return run


def neighbours(call, seeds):
    """Count how often two neighbours in the data are dealt to the same of four folds."""
    found = [np.mean(np.isin(np.asarray(v) + 1, v)) for s in seeds for _, v in call(800, 4, np.random.default_rng(s))]
    return {"share of examples whose neighbour is in their fold": np.mean(found)}


# a quarter of 4000 examples; were they independent, its deviation would be sqrt(3/16 / 4000): ten of them are safe
CHANCE = {"share of examples whose neighbour is in their fold": (0, 10 * np.sqrt(3 / 16 / 4000))}
add_function("hyperparameters", "k_fold_indices", ("n", "k", "rng"), ("folds",), [
    Case("12 examples in 3 folds", run=deal(12, 3)),
    Case("11 examples in 3 folds", run=deal(11, 3)),
    Case("as many folds as examples", run=deal(5, 5)),
    Case(SHUFFLED, run=neighbours, tol=CHANCE),
    Case(USES_RNG, run=use_of_rng(lambda call, rng: np.concatenate([np.ravel(v) for _, v in call(30, 3, rng)]))),
], forms={"folds": PAIRS})
