"""The hidden tests of ``hyperparameters`` that ask where to try: one number, a grid, random points in a box."""

import numpy as np

from autograder.hidden_tests.common import HINTS, at_most, largest_gap, passes, same_seen
from autograder.hidden_tests.rubric import (
    Mismatch,
    Question,
    as_array,
    expect_close,
    expect_shape,
    expect_unchanged,
)
from autograder.student import Student

USES_RNG = ("Take every random number from the argument rng: the same generator state must give the same result, and "
            "the next call another one.")
DRAWS = 8000
CHANCE = 2.9 * np.sqrt(2 / DRAWS)
"""Largest gap between the distribution functions of two samples of DRAWS: by chance above this with P = 1e-7."""


def moved_on(functions, name, args, rng):
    """Call a function whose last argument is ``rng``; return its result and the generator as the call left it."""
    if not isinstance(functions, Student):
        return getattr(functions, name)(*args, rng), rng
    reply = functions.call(name, *args, rng)
    after = reply.args[-1]
    return reply.value, after if isinstance(after, np.random.Generator) else rng


def compare_use_of_rng(student, reference, name, args, read, rng):
    """Require the same result for the same state, and others for another state and for the next call."""
    seed = int(rng.integers(2**31))

    def seen(functions):
        calls = [moved_on(functions, name, args, np.random.default_rng(s)) for s in (seed, seed, seed + 1)]
        calls.append(moved_on(functions, name, args, calls[0][1]))
        first, again, other, later = (read(value) for value, _ in calls)
        flags = [np.array_equal(first, v) for v in (again, other, later)]
        ordered = flags != [True, False, False] and bool((np.diff(first) >= 0).all())  # tells known mistakes apart
        return *flags, ordered

    same_seen(seen, student, reference, "(same state, other state, next call) give the same result, in order")


def inside_and_reaching(v, low, high):
    """Say whether values are within [low, high], and whether they come near both ends."""
    near = 0.02 * (high - low)  # 0.98**DRAWS is 1e-70; half as dense, 1e-35
    return (bool(v.min() >= low - 1e-9 * near), bool(v.max() <= high + 1e-9 * near), bool(v.min() < low + near),
            bool(v.max() > high - near))


def same_range(v, w, low, high):
    """Require both samples to fill the range; a known mistake in the reference's place, to have one distribution."""
    got, want = inside_and_reaching(v, low, high), inside_and_reaching(w, low, high)
    if got != want:
        raise Mismatch(f"(above low, below high, near low, near high): got {got} from {v.min():.3g} to {v.max():.3g}")
    if not all(want):
        at_most(largest_gap(v, w), CHANCE, "distribution function")


def truth(value):
    """Return a yes-or-no result as a bool; 0 and 1, and arrays of one entry, are as good."""
    answer = as_array(value, "the answer")
    if answer.size != 1 or answer.item() not in (0, 1):
        raise Mismatch(f"expected True or False, got {answer}", hint="Return True or False.")
    return bool(answer.item())


def as_sequence(value):
    """Return a tuple, or an array of things, as a list."""
    return list(value) if isinstance(value, tuple) or (isinstance(value, np.ndarray) and value.ndim) else value


# -- drawing on a logarithmic scale -----------------------------------------------------------------------------------

sample_log_uniform = Question("sample_log_uniform")


def ends(rng, decades):
    """Draw (low, high), that many decades apart."""
    low = float(10 ** rng.uniform(-5, -3))
    return low, low * 10**decades


def drawn(functions, low, high, rng, size=DRAWS):
    """Return a sample in one row."""
    v = as_array(functions.sample_log_uniform(low, high, size, np.random.default_rng(rng.integers(2**31))))
    if v.size != np.prod(size):
        message = f"expected size = {size} values, got shape {v.shape}"
        raise Mismatch(message, hint="Draw as many values as size says, each by itself.")
    return v.astype(float).ravel()


@sample_log_uniform.aspect("range", 0.4, hint="The values lie between low and high, and come close to both: return "
                                              "the values themselves, not their logarithms.")
def _(student, reference, rng):
    low, high = ends(rng, 0.3)  # a factor of 2, over which a linear scale fills both ends, too
    same_range(*(drawn(f, low, high, rng) for f in (student, reference)), low, high)


@sample_log_uniform.aspect("distribution", 0.9, hint=(
    "Each factor of ten must get the same share: draw the logarithm uniformly, then undo the logarithm. A histogram of "
    "np.log10(values) is flat."))
def _(student, reference, rng):
    low, high = ends(rng, 4)
    v, w = (drawn(f, low, high, rng) for f in (student, reference))
    at_most(largest_gap(v, w), CHANCE, "distribution function")
    few, few_ref = (len(np.unique(u)) < 0.9 * DRAWS for u in (v, w))
    if few != few_ref:
        raise Mismatch("many values are equal", hint="Many values are equal: draw each of them by itself.")


@sample_log_uniform.aspect("uses rng", 0.4, hint=USES_RNG)
def _(student, reference, rng):
    compare_use_of_rng(student, reference, "sample_log_uniform", (*ends(rng, 3), 20),
                       lambda v: as_array(v).ravel(), rng)


@sample_log_uniform.aspect("shape", 0.3, hint="size is the shape of the result: a number for one axis, a tuple for "
                                              "several.")
def _(student, reference, rng):
    for size, shape in ((7, (7,)), ((3, 4), (3, 4)), (1, (1,)), ((2, 1, 5), (2, 1, 5))):
        expect_shape(student.sample_log_uniform(*ends(rng, 2), size, np.random.default_rng(0)), shape)


# -- points in a box --------------------------------------------------------------------------------------------------


def box(d, rng, decimals=3):
    """Draw (low, high) of ``d`` axes, of different places and lengths. Without decimals they are whole numbers."""
    low = np.round(rng.uniform(-6, -2, d), decimals)
    high = low + np.round(rng.uniform(2.2, 3, d) + np.arange(d), decimals)
    return (low, high) if decimals else (low.astype(int), high.astype(int))


def as_rows(value, d):
    """Return points as rows of ``d`` numbers, however they are arranged: (n, d), (d, n), or with more axes."""
    points = as_array(as_sequence(value), "points").astype(float)
    if d > 1 and points.ndim > 1 and points.shape[-1] != d and points.shape[0] == d:
        points = points.reshape(d, -1).T
    if points.size == 0 or points.size % d or (d > 1 and points.shape[-1:] != (d,)):
        raise Mismatch(f"expected points of shape (n, {d}), got {points.shape}",
                       hint="Return one point a row, with one number for each axis of the box.")
    if not np.isfinite(points).all():
        raise Mismatch("points are not finite", hint="Some coordinates are not finite.")
    return points.reshape(-1, d)

grid_points = Question("grid_points")


def levels(column):
    """Return the distinct values of a column, ascending, up to rounding, and for each entry which it is."""
    ordered = np.sort(column)
    values = ordered[np.r_[True, np.diff(ordered) > 1e-7 * (ordered[-1] - ordered[0])]]
    return values, np.searchsorted(values, column, "right") - 1


def grid(functions, d, per_axis, rng):
    """Return the points of a grid in a box drawn from ``rng``."""
    return as_rows(functions.grid_points(*box(d, rng), per_axis), d)


def same_levels(points, want):
    """Require the same values on each axis, in whatever combinations."""
    for i, (column, column_ref) in enumerate(zip(points.T, want.T, strict=True)):
        expect_close(levels(column)[0], levels(column_ref)[0], what=f"the values on axis {i}")


def every_combination(points, want):
    """Require that all combinations of the points' own values are there, each as often as in ``want``: once."""
    def seen(p):
        found = [levels(column) for column in p.T]
        places, counts = np.unique(np.stack([which for _, which in found]), axis=1, return_counts=True)
        sizes = [len(values) for values, _ in found]
        if min(sizes) > 1 and places.shape[1] == np.prod(sizes) and counts.max() == 1:
            return "all, once"
        return len(p), sizes, places.shape[1], sorted(counts)

    if seen(points) != seen(want):
        raise Mismatch(f"combinations (points, values per axis, different points, how often): {seen(points)}")


def compare_grids(student, reference, d, per_axis, rng, test):
    """Put one box to both functions and compare the grids."""
    seed = rng.integers(2**31)
    test(*(grid(f, d, per_axis, np.random.default_rng(seed)) for f in (student, reference)))


@grid_points.aspect("values", 0.8, hint="On each axis the values run from its own low to its own high, equally far "
                                        "apart, with both ends among them: per_axis of them.")
def _(student, reference, rng):
    for d, per_axis in ((2, 3), (2, 5), (3, 4)):
        compare_grids(student, reference, d, per_axis, rng, same_levels)


@grid_points.aspect("combinations", 0.6, hint="Every value of one axis must meet every value of the others, once: "
                                              "per_axis**d points.")
def _(student, reference, rng):
    for d, per_axis in ((2, 3), (2, 5), (3, 4)):
        compare_grids(student, reference, d, per_axis, rng, every_combination)


@grid_points.aspect("edge sizes", 0.2, hint="Right for some boxes, but not for every number of axes. Try a single "
                                            "axis, and four.")
def _(student, reference, rng):
    errors = {test: passes(compare_grids, student, reference, 2, 3, rng, test)
              for test in (same_levels, every_combination)}
    if all(errors.values()):
        raise errors[same_levels]
    for test in (t for t, error in errors.items() if error is None):
        for d, per_axis in ((1, 5), (1, 2), (4, 2), (3, 3)):
            compare_grids(student, reference, d, per_axis, rng, test)
        test(*(as_rows(f.grid_points(np.array([0, 3]), np.array([5, 4]), 4), 2) for f in (student, reference)))


@grid_points.aspect("shape", 0.2, hint="One point a row, one column for each axis, also if there is only one axis.")
def _(student, reference, rng):
    for d, per_axis in ((2, 3), (3, 4), (1, 4)):
        low, high = box(d, rng)
        try:
            n = len(as_rows(student.grid_points(low, high, per_axis), d))  # too few or many are charged elsewhere
        except Mismatch:
            n = per_axis**d
        except Exception:
            if d in (2, 3):
                raise
            continue  # what does not run for one axis is charged under "edge sizes"
        expect_shape(student.grid_points(low, high, per_axis), (n, d), "points")


@grid_points.aspect("leaves inputs alone", 0.2, hint=HINTS["leaves inputs alone"])
def _(student, reference, rng):
    inputs = [*box(2, rng), 3]
    expect_unchanged(student.call("grid_points", *inputs), inputs, ["low", "high"])


random_points = Question("random_points")


def cloud(functions, rng, decimals=3, d=3):
    """Return (points, low, high): DRAWS points in a box drawn from ``rng``."""
    low, high = box(d, rng, decimals)
    points = as_rows(functions.random_points(low, high, DRAWS, np.random.default_rng(rng.integers(2**31))), d)
    if len(points) != DRAWS:
        raise Mismatch(f"expected n = {DRAWS} points, got {len(points)}", hint="Draw n points, each by itself.")
    return points, low, high


def clouds(student, reference, rng, decimals=3):
    """Return the points of both, in the same box, and the box."""
    seed = rng.integers(2**31)
    (points, low, high), (want, _, _) = (cloud(f, np.random.default_rng(seed), decimals) for f in (student, reference))
    return points, want, low, high


@random_points.aspect("range", 0.4, hint="Axis i runs from low[i] to high[i]: each axis has its own ends, and the "
                                         "points come close to both.")
def _(student, reference, rng):
    for decimals in (3, 0):
        points, want, low, high = clouds(student, reference, rng, decimals)
        for i in range(len(low)):
            same_range(points[:, i], want[:, i], low[i], high[i])


@random_points.aspect("distribution", 0.4, hint="All of the box is equally likely: a histogram of each coordinate is "
                                                "flat, and no value comes twice.")
def _(student, reference, rng):
    points, want, *_ = clouds(student, reference, rng)
    for column, column_ref in zip(points.T, want.T, strict=True):  # in own units: the range is judged apart
        v, w = ((c - c.min()) / (np.ptp(c) or 1) for c in (column, column_ref))
        at_most(largest_gap(v, w), CHANCE, "distribution function")
        if (len(np.unique(v)) < 0.9 * DRAWS) != (len(np.unique(w)) < 0.9 * DRAWS):
            raise Mismatch("many coordinates are equal", hint="Many coordinates are equal: draw each point by itself.")


@random_points.aspect("independence", 0.4, hint=(
    "The axes must not move together: draw each coordinate of each point by itself, n times d numbers in all."))
def _(student, reference, rng):
    points, want, *_ = clouds(student, reference, rng)

    def together(p):
        ranks = [np.unique(column, return_inverse=True)[1] for column in p.T]
        # rank correlations of independent columns have standard deviation 1/sqrt(n): six of them
        return (~(np.abs(np.corrcoef(ranks)[np.triu_indices(len(ranks), 1)]) < 6 / np.sqrt(DRAWS))).tolist()

    if together(points) != together(want):
        raise Mismatch(f"pairs of axes that move together: {together(points)}")


@random_points.aspect("uses rng", 0.4, hint=USES_RNG)
def _(student, reference, rng):
    compare_use_of_rng(student, reference, "random_points", (*box(2, rng), 12), lambda v: as_rows(v, 2)[:, 0], rng)


@random_points.aspect("shape", 0.2, hint="One point a row, one column for each axis: (n, d), for a single point or a "
                                         "single axis too.")
def _(student, reference, rng):
    for n, d in ((9, 2), (5, 3), (6, 1), (1, 3)):
        expect_shape(student.random_points(*box(d, rng), n, np.random.default_rng(0)), (n, d), "points")


@random_points.aspect("leaves inputs alone", 0.2, hint=HINTS["leaves inputs alone"])
def _(student, reference, rng):
    inputs = [*box(2, rng), 6]
    expect_unchanged(student.call("random_points", *inputs, np.random.default_rng(0)), inputs, ["low", "high"])
