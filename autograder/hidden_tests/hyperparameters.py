"""Hidden tests of ``cs231n_lib.hyperparameters`` (notebook 08_hyperparameters).

Random functions are judged by statistics of large samples, the student's against the reference's, never by one order of
random numbers; yes-or-no functions by a list of inputs that holds both answers, none of them at a tie.
"""

import numpy as np

from autograder.hidden_tests.builders import HINTS, at_most, largest_gap, passes, same_seen
from autograder.hidden_tests.expectations import (
    FEW_PARTS,
    MOST_PARTS,
    Mismatch,
    as_array,
    as_parts,
    as_tuple,
    expect_close,
    expect_dtype,
    expect_shape,
    expect_unchanged,
)
from autograder.hidden_tests.rubric import Question
from autograder.reference import load_aspects
from autograder.sandbox.student import StudentError, StudentModule

A = load_aspects("hyperparameters")

USES_RNG = ("Take every random number from the argument rng: the same generator state must give the same result, and "
            "the next call another one.")
DRAWS = 8000
CHANCE = 2.9 * np.sqrt(2 / DRAWS)
"""Largest gap between the distribution functions of two samples of DRAWS: by chance above this with P = 1e-7."""


def moved_on(functions, name, args, rng):
    """Call a function whose last argument is ``rng``; return its result and the generator as the call left it."""
    if not isinstance(functions, StudentModule):
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
        got = answer.item() if answer.size == 1 else f"shape {answer.shape}"
        raise Mismatch(f"expected True or False, got {got}", hint="Return True or False.")
    return bool(answer.item())


def as_sequence(value, most=MOST_PARTS):
    """Return a tuple, or an array of things, as a list; there may be ``most`` of them."""
    is_sequence = isinstance(value, (tuple, list)) or (isinstance(value, np.ndarray) and value.ndim)
    return as_parts(value, most) if is_sequence else value


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


@sample_log_uniform.aspect(A.DISTRIBUTION, 0.9, hint=(
    "Each factor of ten must get the same share: draw the logarithm uniformly, then undo the logarithm. A histogram of "
    "np.log10(values) is flat."))
def _(student, reference, rng):
    low, high = ends(rng, 4)
    v, w = (drawn(f, low, high, rng) for f in (student, reference))
    at_most(largest_gap(v, w), CHANCE, "distribution function")
    few, few_ref = (len(np.unique(u)) < 0.9 * DRAWS for u in (v, w))
    if few != few_ref:
        raise Mismatch("many values are equal", hint="Many values are equal: draw each of them by itself.")


@sample_log_uniform.aspect(A.USES_RNG, 0.4, hint=USES_RNG)
def _(student, reference, rng):
    compare_use_of_rng(student, reference, "sample_log_uniform", (*ends(rng, 3), 20),
                       lambda v: as_array(v).ravel(), rng)


@sample_log_uniform.aspect(A.SHAPE, 0.3, hint="size is the shape of the result: a number for one axis, a tuple for "
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
            return ("all, once",)
        return len(p), sizes, places.shape[1], sorted(counts)

    if seen(points) != seen(want):
        raise Mismatch(f"combinations (points, values per axis, different points): {seen(points)[:3]}")


def compare_grids(student, reference, d, per_axis, rng, test):
    """Put one box to both functions and compare the grids."""
    seed = rng.integers(2**31)
    test(*(grid(f, d, per_axis, np.random.default_rng(seed)) for f in (student, reference)))


@grid_points.aspect(A.VALUES, 0.8, hint="On each axis the values run from its own low to its own high, equally far "
                                        "apart, with both ends among them: per_axis of them.")
def _(student, reference, rng):
    for d, per_axis in ((2, 3), (2, 5), (3, 4)):
        compare_grids(student, reference, d, per_axis, rng, same_levels)


@grid_points.aspect("combinations", 0.6, hint="Every value of one axis must meet every value of the others, once: "
                                              "per_axis**d points.")
def _(student, reference, rng):
    for d, per_axis in ((2, 3), (2, 5), (3, 4)):
        compare_grids(student, reference, d, per_axis, rng, every_combination)
    same_seen(lambda f: len(grid(f, 2, 3, rng)) != len(grid(f, 2, 6, rng)), student, reference, "per_axis is used")


@grid_points.aspect("edge sizes", 0.2, hint="Right for some boxes, but not for every number of axes. Try a single "
                                            "axis, and four.")
def _(student, reference, rng, grading):
    tests = {A.VALUES: same_levels, "combinations": every_combination}
    errors = {aspect: passes(compare_grids, student, reference, 2, 3, rng, test) for aspect, test in tests.items()}
    for test in (tests[aspect] for aspect in grading.keep_right(errors)):
        for d, per_axis in ((1, 5), (1, 2), (4, 2), (3, 3)):
            compare_grids(student, reference, d, per_axis, rng, test)
        test(*(as_rows(f.grid_points(np.array([0, 3]), np.array([5, 4]), 4), 2) for f in (student, reference)))


@grid_points.aspect(A.SHAPE, 0.2, hint="One point a row, one column for each axis, also if there is only one axis.")
def _(student, reference, rng, grading):
    for d, per_axis in ((2, 3), (3, 4), (1, 4)):
        low, high = box(d, rng)
        try:
            points = student.grid_points(low, high, per_axis)
        except StudentError:
            if d == 1 and grading.lost("edge sizes"):  # what does not run for one axis is charged there
                continue
            raise
        n = per_axis**d
        if any(map(grading.lost, (A.VALUES, "combinations", "edge sizes"))) and not passes(as_rows, points, d):
            n = len(as_rows(points, d))  # too few or many are charged there
        expect_shape(points, (n, d), "points")


@grid_points.aspect(A.INPUTS, 0.2, hint=HINTS[A.INPUTS])
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


@random_points.aspect(A.DISTRIBUTION, 0.4, hint="All of the box is equally likely: a histogram of each coordinate is "
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
        return (
            ~(np.abs(np.atleast_2d(np.corrcoef(ranks))[np.triu_indices(len(ranks), 1)]) < 6 / np.sqrt(DRAWS))
        ).tolist()

    if together(points) != together(want):
        raise Mismatch(f"pairs of axes that move together: {together(points)}")


@random_points.aspect(A.USES_RNG, 0.4, hint=USES_RNG)
def _(student, reference, rng):
    compare_use_of_rng(student, reference, "random_points", (*box(2, rng), 12), lambda v: as_rows(v, 2)[:, 0], rng)


@random_points.aspect(A.SHAPE, 0.2, hint="One point a row, one column for each axis: (n, d), for a single point or a "
                                         "single axis too.")
def _(student, reference, rng):
    for n, d in ((9, 2), (5, 3), (6, 1), (1, 3)):
        expect_shape(student.random_points(*box(d, rng), n, np.random.default_rng(0)), (n, d), "points")


@random_points.aspect(A.INPUTS, 0.2, hint=HINTS[A.INPUTS])
def _(student, reference, rng):
    inputs = [*box(2, rng), 6]
    expect_unchanged(student.call("random_points", *inputs, np.random.default_rng(0)), inputs, ["low", "high"])


sample_log_uniform, grid_points, random_points = (
    sample_log_uniform, grid_points, random_points)
# -- where to look next -----------------------------------------------------------------------------------------------

is_on_edge = Question("is_on_edge")
NARROW, WIDE = 1.2, 1e10
"""high / low: over a factor of 1.2 a linear scale says nearly the same, over ten decades it does not."""


def edges(functions, places, low, ratio, **named):
    """Return the answers for best values at these shares of the log range."""
    return [truth(functions.is_on_edge(low * ratio**place, low, low * ratio, **named)) for place in places]


def end(side, places):
    """Return places counted from the end ``side``: 0 for low, 1 for high."""
    return [abs(side - place) for place in places]


def one_end(functions, side, low):
    """Return the answers along the range from one end to the middle, and just before the other margin."""
    return edges(functions, end(side, (0, 1e-4, 0.04, 0.075, 0.125, 0.2, 0.35, 0.5)), low, NARROW)


@is_on_edge.aspect("low end", 0.6, hint="A best value within margin (a tenth of the log range) of low is on the edge, "
                                        "one in the middle is not.")
def _(student, reference, rng):
    low = float(rng.uniform(0.1, 3))
    same_seen(lambda f: one_end(f, 0, low), student, reference, "answers")


@is_on_edge.aspect("high end", 0.6, hint="A best value within margin (a tenth of the log range) of high is on the "
                                         "edge, one in the middle is not.")
def _(student, reference, rng):
    low = float(rng.uniform(0.1, 3))
    same_seen(lambda f: one_end(f, 1, low), student, reference, "answers")


@is_on_edge.aspect(A.LOG_SCALE, 0.4, hint="Over many decades 0.001 lies in the middle between 0.000001 and 1: measure "
                                          "the distance from an end in logarithms, as a share of log(high / low).")
def _(student, reference, rng, grading):
    low = float(1e-5 * rng.uniform(0.3, 3))

    def seen(functions):
        inner, outer = (edges(functions, places, low, WIDE) for places in (
            (0.12, 0.3, 0.5, 0.7, 0.88), (0.001, 0.006, 0.994, 0.999)))
        ends = {"low end": all(outer[:2]), "high end": all(outer[2:])}
        needed = [works for aspect, works in ends.items() if works or not grading.lost(aspect)]
        # one end that works will do if the other is charged under its own name
        return "right" if not any(inner) and needed and all(needed) else (inner, outer)

    same_seen(seen, student, reference, "answers")


@is_on_edge.aspect(A.MARGIN, 0.4, hint="0.1 is only the default: use the argument margin.")
def _(student, reference, rng, grading):
    low = float(rng.uniform(0.1, 3))
    errors = [passes(same_seen, lambda f, s=side: one_end(f, s, low), student, reference, "answers") for side in (0, 1)]
    right = [side for side, aspect in enumerate(("low end", "high end")) if grading.is_right(errors[side], aspect)]
    if not right:
        if isinstance(errors[0], StudentError) or errors[0].hint:  # not written, raises, no number: that says more
            raise errors[0]
        raise Mismatch("neither end is right with the default margin",
                       hint="Counts once one end is right with the default margin.")
    for side in right:
        same_seen(lambda f, s=side: [answer for margin in (0.03, 0.3) for answer in edges(
            f, end(s, (0.01, 0.055, 0.2, 0.26, 0.34, 0.5)), low, NARROW, margin=margin)], student, reference, "answers")


refine_range = Question("refine_range")


def refined(functions, best, low, high, **named):
    """Return (low, high) of the new range."""
    value = functions.refine_range(best, low, high, **named)
    new = [as_array(v, "an end of the range") for v in as_tuple(as_sequence(value), 2)]
    if any(v.size != 1 for v in new):
        raise Mismatch("the ends are not single numbers", hint="Return two numbers, low and high.")
    return [float(v.item()) for v in new]


def search_range(rng):
    """Draw (best, low, high): a range of three to five decades with the best value well inside."""
    low, high = ends(rng, rng.uniform(3, 5))
    return float(low * (high / low) ** rng.uniform(0.4, 0.6)), low, float(high)


def log_ends(functions, *args, **named):
    """Return the decimal logarithms of the new ends; what has none (0 or less) lies far away."""
    new = refined(functions, *args, **named)
    return np.array([np.log10(v) if v > 0 else -1e3 * (1 + abs(v)) for v in new])


@refine_range.aspect(A.CENTRE, 0.6, hint="On the log scale best is in the middle: high / best equals best / low.")
def _(student, reference, rng):
    for _ in range(3):
        args = search_range(rng)
        got, want = (log_ends(f, *args) for f in (student, reference))
        if abs(np.diff(got)[0]) < 1e-9:  # best returned twice is centred on best
            raise Mismatch("the new range is a single point", hint="The two ends are equal: that is no range.")
        expect_close(got.mean(), want.mean(), what="log10 of the centre")


@refine_range.aspect("width", 0.7, hint="log(high / low) of the new range is shrink times that of the old one: half of "
                                        "it on either side of best.")
def _(student, reference, rng):
    for _ in range(3):
        args = search_range(rng)
        got, want = (np.diff(log_ends(f, *args))[0] for f in (student, reference))
        expect_close(got, want, what="log10(high / low)")


@refine_range.aspect(A.SHRINK, 0.3, hint="0.25 is only the default: use the argument shrink.")
def _(student, reference, rng, grading):
    low = float(rng.uniform(2, 4))  # a factor of 3: a linear scale has no end below 0 here

    def width(functions, **named):
        return np.diff(log_ends(functions, 1.7 * low, low, 3 * low, **named))[0]

    def seen(functions):
        usual, wide, narrow = (width(functions, **n) for n in ({}, {A.SHRINK: 0.5}, {A.SHRINK: 0.1}))
        read = bool(wide > 1.5 * usual > 0), bool(0 < narrow < 0.6 * usual)  # 2 and 0.4 times
        # how wide exactly is charged under "width"
        return read if grading.lost("width") else (*read, *np.round((usual, wide, narrow), 6))

    same_seen(seen, student, reference, "(wider with 0.5, narrower with 0.1)")


@refine_range.aspect("beyond the old range", 0.4, hint=(
    "Where best is at an end of the old range, the new one reaches beyond it: better values may lie there."))
def _(student, reference, rng):
    low, high = ends(rng, 3)

    def seen(functions):
        below, above = (refined(functions, best, low, high) for best in (1.02 * low, high / 1.02))
        flags = bool(below[0] < 0.9 * low), bool(below[1] < high), bool(above[0] > low), bool(above[1] > 1.1 * high)
        return "right" if all(flags) else (*flags, *(round(v / w, 6) for v, w in zip(below + above, (low, high) * 2,
                                                                                      strict=True)))

    same_seen(seen, student, reference, "reaches beyond the old range")


# -- when to give up --------------------------------------------------------------------------------------------------

should_abandon = Question("should_abandon")
SMOOTH = (2.3, 2.1, 1.9, 1.6)


def abandoned(functions, runs, scale=1.0, **named):
    """Return the answers for lists of losses, each ``scale`` times as large."""
    return [truth(functions.should_abandon([scale * loss for loss in losses], **named)) for losses in runs]


@should_abandon.aspect(A.VALUES, 0.4, hint="Compare the last loss with the first: above factor times as large, the "
                                           "run is not worth going on with, whatever lies between.")
def _(student, reference, rng):
    runs = (SMOOTH, (1, 2, 4, 7, 11), (1, 9, 8, 1.2), (5, 1, 4.5), (1, 1, 1, 1, 3.3), (1, 2.7), (2, 0.5, 7),
            (1, 0.2, 0.1, 0.5, 2), (1, 20, 2.5), (0.4, 0.9, 1.5))
    for scale in rng.uniform((0.01, 20), (0.05, 50)):  # a difference of 3 is another thing than a factor of 3
        same_seen(lambda f, s=float(scale): abandoned(f, runs, s), student, reference, "answers")


@should_abandon.aspect(A.NOT_FINITE, 0.2, hint="A loss that is NaN or infinite never recovers: give up, wherever in "
                                               "the list it stands. A comparison with NaN is always False.")
def _(student, reference, rng):
    nan, inf = float("nan"), float("inf")
    same_seen(lambda f: abandoned(f, (SMOOTH, (2.3, 2, nan), (2.3, 2, inf), (2.3, nan, 1), (2.3, inf, 1.5, 1),
                                         (nan, 2, 1), (inf, 2, 1))), student, reference, "answers")


@should_abandon.aspect(A.FACTOR, 0.2, hint="3 is only the default: use the argument factor.")
def _(student, reference, rng):
    same_seen(lambda f: [answer for factor in (1.5, 10.0) for answer in abandoned(
        f, ((1, 1.2), (1, 2.6), (1, 7), (1, 14)), factor=factor)], student, reference, "answers")


@should_abandon.aspect("edge sizes", 0.1, hint="Without any loss, with the first one only, or at exactly factor "
                                                "times the first, a run goes on.")
def _(student, reference, rng):
    same_seen(lambda f: abandoned(f, ((), (2.3,), (0.1, 8.0), (1, 3))), student, reference, "answers")


@should_abandon.aspect(A.INPUTS, 0.1, hint="The list must be the same afterwards: losses.pop and "
                                                        "losses.sort change the caller's.")
def _(student, reference, rng):
    for losses in (list(SMOOTH), [1.0, 5.0, 2.0]):
        expect_unchanged(student.call("should_abandon", losses), [losses], ["losses"])


# -- cross-validation -------------------------------------------------------------------------------------------------

k_fold_indices = Question("k_fold_indices")


def indices(part, n):
    """Return one side of a fold as integers, be it a list or, charged elsewhere, a mask or decimal numbers."""
    part = as_array(as_sequence(part), "the indices").ravel()
    part = np.flatnonzero(part) if part.dtype == bool and part.size == n else part.astype(float)
    if not np.array_equal(part, np.round(part)):
        raise Mismatch("the indices are not whole numbers", hint="train and val hold indices: whole numbers.")
    return part.astype(int)


def pairs_of(value, k):
    """Return the folds as a list of pairs; (all trains, all vals) is charged under "shape"."""
    folds = as_sequence(value, FEW_PARTS) if isinstance(value, (list, tuple, np.ndarray)) else []
    if len(folds) == 2 != k and all(isinstance(f, (list, tuple)) and len(f) == k for f in folds):
        folds = list(zip(*folds, strict=True))
    if not folds:
        raise Mismatch("no folds", hint="Return a list of k tuples (train, val).")
    return [as_tuple(as_sequence(f), 2) for f in folds]


def folds_of(functions, n, k, seed):
    """Return the folds as a list of (train, val), arrays of int."""
    value = functions.k_fold_indices(n, k, np.random.default_rng(seed))
    return [tuple(indices(part, n) for part in fold) for fold in pairs_of(value, k)]


def dealt(folds, n, k):
    """Say whether there are k folds of nearly equal size, with each example in ``val`` once."""
    together = np.sort(np.concatenate([val for _, val in folds]))
    sizes = [len(val) for _, val in folds]
    return len(folds) == k and max(sizes) - min(sizes) <= 1 and np.array_equal(together, np.arange(n))


def rest(folds, n, k):
    """Say whether each ``train`` holds what ``val`` does not, once."""
    return all(np.array_equal(np.sort(train), np.setdiff1d(np.arange(n), val)) and np.ptp(np.r_[0, n, val]) == n
               for train, val in folds)


def compare_folds(student, reference, n, k, test, seed):
    """Require ``test`` of the student's folds; of a known mistake in the reference's place, the same shares."""
    def seen(functions):
        folds = folds_of(functions, n, k, seed)
        return True if test(folds, n, k) else [  # what does not depend on the order of random numbers
            (len(train), len(val), len(np.intersect1d(train, val)) / max(len(val), 1) > 0.99,
             len(np.intersect1d(val, folds[0][1])) / max(len(val), 1) > 0.99) for train, val in folds]

    same_seen(seen, student, reference, f"{n} examples in {k} folds")


@k_fold_indices.aspect("partition", 0.9, hint="Deal the examples once, before the folds: every example 0..n-1 is in "
                                              "exactly one val, and the k vals are of one size.")
def _(student, reference, rng):
    for n, k in ((12, 3), (60, 5), (10, 2)):
        compare_folds(student, reference, n, k, dealt, int(rng.integers(2**31)))


@k_fold_indices.aspect("train", 0.7, hint="train holds every example that is not in val: no example in both, none in "
                                          "neither.")
def _(student, reference, rng):
    for n, k in ((12, 3), (60, 5), (10, 2)):
        compare_folds(student, reference, n, k, rest, int(rng.integers(2**31)))


@k_fold_indices.aspect("edge sizes", 0.4, hint="n need not be a multiple of k: the folds then differ by one example, "
                                               "and none is left over. With k = n each val is a single example.")
def _(student, reference, rng, grading):
    seed = int(rng.integers(2**31))
    tests = {"partition": dealt, "train": rest}
    right = grading.keep_right({aspect: passes(compare_folds, student, reference, 12, 3, test, seed)
                                for aspect, test in tests.items()})
    for n, k in ((11, 3), (23, 5), (14, 4), (7, 7), (9, 2), (2, 2)):
        for test in (tests[aspect] for aspect in right):
            compare_folds(student, reference, n, k, test, seed)


@k_fold_indices.aspect(A.SHUFFLED, 0.3, hint="Neighbours in a data set are often alike: deal the examples in a random "
                                             "order, not in blocks or in turn.")
def _(student, reference, rng):
    n, k = 800, 4
    seed = int(rng.integers(2**31))

    def seen(functions):
        # Of m examples drawn from n, m(m-1)/n stand next to another on average, with a standard deviation of
        # sqrt(n) p(1-p) < sqrt(n)/4 = 7, p = m/n. Six of them; blocks have m - 1 such pairs, dealing in turn none.
        folds = folds_of(functions, n, k, seed)
        if len(np.unique(np.concatenate([part for fold in folds for part in fold]))) < n / 2:
            raise Mismatch("most examples are in no fold")
        vals = [np.unique(val) for _, val in folds]
        off = [(np.diff(val) == 1).sum() - len(val) * (len(val) - 1) / n for val in vals]
        signs = [int(np.sign(d)) if abs(d) > 1.5 * np.sqrt(n) else 0 for d in off]
        return signs if any(signs) else "by chance"

    same_seen(seen, student, reference, "neighbours in one fold")


@k_fold_indices.aspect(A.USES_RNG, 0.35, hint=USES_RNG)
def _(student, reference, rng):
    def read(value):
        return np.concatenate([indices(val, 40) for _, val in pairs_of(value, 4)])

    compare_use_of_rng(student, reference, "k_fold_indices", (40, 4), read, rng)


@k_fold_indices.aspect(A.SHAPE, 0.2, hint="Return a list with one tuple (train, val) a fold, each with one axis.")
def _(student, reference, rng):
    value = student.k_fold_indices(12, 4, np.random.default_rng(0))
    folds = pairs_of(value, 4)
    if len(folds) != len(value):
        raise Mismatch("two lists instead of a list of pairs")
    for part in (part for fold in folds for part in fold):
        expect_shape(as_sequence(part), (np.size(part),), "the indices")


@k_fold_indices.aspect(A.DTYPE, 0.15, hint="Indices are integers: neither decimal numbers nor True and False.")
def _(student, reference, rng):
    folds = pairs_of(student.k_fold_indices(12, 4, np.random.default_rng(0)), 4)
    for part in (as_array(as_sequence(part)) for fold in folds for part in fold):
        if part.dtype.kind not in "iu":
            expect_dtype(part, np.int64, "the indices")


# -- all together -----------------------------------------------------------------------------------------------------

search = Question("search", uses=("sample_log_uniform", "grid_points", "random_points", "is_on_edge", "refine_range",
                                  "should_abandon", "k_fold_indices"))


def losses_at(rate, best):
    """Return the losses of a run: the nearer the rate is to the best, in decades, the lower; far above, it blows up."""
    off = np.log10(rate / best)
    if off > 1.5:
        return [2.3, 4.0, float("nan")]
    return [2.3, 2.3 + 9 * off] if off > 1 else [2.3, float(off**2)]


def stage(functions, low, high, best, rng):
    """Draw 200 rates, give up on bad ones, return the best of the others."""
    rates = drawn(functions, low, high, rng, size=200)
    kept = [r for r in rates if not truth(functions.should_abandon(losses_at(r, best)))]
    return float(min(kept or rates, key=lambda r: losses_at(r, best)[-1]))


@search.aspect("coarse to fine", 0.8, hint="Two stages of sampling, giving up and refining should find the best rate, "
                                           "also a little outside the range where the search began.")
def _(student, reference, rng):
    low, high = ends(rng, 6)
    for place, at_edge in ((rng.uniform(0.4, 0.6), False), (-0.02, True)):
        best = low * (high / low) ** place
        coarse = stage(student, low, high, best, rng)
        # none of 200 rates within the next 0.5 of 6 decades: P = 3e-8. The second stage spans 1.5 decades.
        if truth(student.is_on_edge(coarse, low, high)) != at_edge:
            raise Mismatch(f"is_on_edge is {not at_edge}")
        fine = stage(student, *refined(student, coarse, low, high), best, rng)
        at_most(abs(np.log10(fine / best)), 0.1, "decades from the best")


def left_out_error(functions, x, y, penalty):
    """Return the mean squared error of ridge regression on examples left out one at a time: no fold is random."""
    folds, errors = folds_of(functions, len(x), len(x), 0), []
    if not (dealt(folds, len(x), len(x)) and rest(folds, len(x), len(x))):
        raise Mismatch("folds of one example each are not as they should be")
    for train, val in folds:
        a = x[train].T @ x[train] + penalty * np.eye(x.shape[1])
        errors.append(np.mean((x[val] @ np.linalg.solve(a, x[train].T @ y[train]) - y[val]) ** 2))
    return np.mean(errors)


@search.aspect("cross-validation", 0.6, hint="Leaving out one example at a time gives the same errors whatever the "
                                             "order: check what k_fold_indices gives for k = n.")
def _(student, reference, rng):
    x = rng.standard_normal((14, 5))
    y = x[:, 0] + rng.standard_normal(14)
    exponents = np.sort(as_rows(student.grid_points(np.array([-2.0]), np.array([2.0]), 5), 1)[:, 0])
    expect_close(exponents, np.linspace(-2, 2, 5), what="exponents")
    expect_close(*([left_out_error(f, x, y, 10**e) for e in exponents] for f in (student, reference)))


@search.aspect("random against grid", 0.6, hint="Where one axis alone matters, nine grid points try three values of it "
                                                "and nine random ones nine.")
def _(student, reference, rng):
    low, high = box(2, rng)
    tried = [[len(levels(column)[0]) for column in as_rows(points, 2).T] for points in (
        student.grid_points(low, high, 3), student.random_points(low, high, 9, np.random.default_rng(0)))]
    if tried != [[3, 3], [9, 9]]:
        raise Mismatch(f"values tried on each axis, of the grid and of the random points: {tried}")
