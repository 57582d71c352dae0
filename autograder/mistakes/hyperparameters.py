"""Known mistakes in ``cs231n_lib.hyperparameters``."""

from functools import partial

import numpy as np

from autograder import reference
from autograder.mistakes import mistake
from autograder.mistakes.builders import wrong_formula

right = reference.load("hyperparameters")
A = reference.load_aspects("hyperparameters")
wrong = partial(wrong_formula, right)

GLOBAL = "The random numbers do not come from rng, so nobody can repeat your search. Use rng's methods, not np.random."
SEEDED = "Every call gives the same result: a generator is seeded inside the function. Use the argument rng."


def global_generator():
    """Return a generator that the argument rng knows nothing of."""
    return np.random.default_rng()


# -- drawing on a logarithmic scale -----------------------------------------------------------------------------------

wrong("sample_log_uniform", "uniform_on_a_linear_scale", {A.DISTRIBUTION},
      lambda low, high, size, rng: rng.uniform(low, high, size),
      "These values are uniform themselves: nine of ten lie in the highest factor of ten. Let their logarithm be "
      "uniform.")
wrong("sample_log_uniform", "returns_exponents", {"range", A.DISTRIBUTION},
      lambda low, high, size, rng: rng.uniform(np.log10(low), np.log10(high), size),
      "These are exponents. Return the values themselves: ten to the power of them (or e, for natural logarithms).")
wrong("sample_log_uniform", "crowds_at_high", {A.DISTRIBUTION},
      lambda low, high, size, rng: low + high - np.exp(rng.uniform(np.log(low), np.log(high), size)),
      "The ends are swapped: most values lie near high. On a log scale most lie near low.")
wrong("sample_log_uniform", "takes_ends_for_exponents", {"range", A.DISTRIBUTION},
      lambda low, high, size, rng: 10 ** rng.uniform(low, high, size),
      "low and high are taken for exponents. They are values: take their logarithms first.")
wrong("sample_log_uniform", "mixes_two_bases", {"range", A.DISTRIBUTION},
      lambda low, high, size, rng: 10 ** rng.uniform(np.log(low), np.log(high), size),
      "np.log is undone by np.exp, np.log10 by 10**: here two bases are mixed.")
wrong("sample_log_uniform", "gaussian_exponents", {A.DISTRIBUTION},
      lambda low, high, size, rng: low * (high / low) ** np.clip(rng.normal(0.5, 0.25, size), 0, 1),
      "The logarithm is Gaussian and cut off at the ends. It should be uniform: no exponent is preferred.")
wrong("sample_log_uniform", "one_value_repeated", {"range", A.DISTRIBUTION},
      lambda low, high, size, rng: np.full(size, np.exp(rng.uniform(np.log(low), np.log(high)))),
      "One value was drawn and repeated. Hand size to rng.uniform, so that each is drawn by itself.")
wrong("sample_log_uniform", "forgets_size", {"range", A.DISTRIBUTION, A.SHAPE},
      lambda low, high, size, rng: np.exp(rng.uniform(np.log(low), np.log(high))),
      "A single number was drawn. Hand size to rng.uniform.")
wrong("sample_log_uniform", "a_regular_list", {A.USES_RNG},
      lambda low, high, size, rng: np.geomspace(low, high, np.prod(size)).reshape(size),
      "These values are regular, not random: the same ones with every call. Draw the logarithms with rng.uniform.")
wrong("sample_log_uniform", "global_random", {A.USES_RNG},
      lambda low, high, size, rng: right.sample_log_uniform(low, high, size, global_generator()), GLOBAL)
wrong("sample_log_uniform", "seeds_its_own", {A.USES_RNG},
      lambda low, high, size, rng: right.sample_log_uniform(low, high, size, np.random.default_rng(0)), SEEDED)
wrong("sample_log_uniform", "flattens", {A.SHAPE},
      lambda low, high, size, rng: right.sample_log_uniform(low, high, int(np.prod(size)), rng),
      "size may be a tuple: it is the shape of the result.")

# -- points in a box --------------------------------------------------------------------------------------------------


def mesh(axes):
    """Return every combination of the values on the axes, one a row."""
    return np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, len(axes))


def axes_of(low, high, per_axis):
    """Return the values on each axis."""
    return [np.linspace(a, b, per_axis) for a, b in zip(low, high, strict=True)]


wrong("grid_points", "leaves_out_high", {A.VALUES},
      lambda low, high, per_axis: mesh(axes_of(low, high - (high - low) / per_axis, per_axis)),
      "high is not among the values: np.arange and endpoint=False stop before it. Both ends belong to the grid.")
wrong("grid_points", "middles_of_cells", {A.VALUES},
      lambda low, high, per_axis: low + (high - low) * (mesh([np.arange(per_axis) + 0.5] * len(low))) / per_axis,
      "These are the middles of per_axis cells. The grid has both ends of each axis among its values.")
wrong("grid_points", "numbers_of_the_points", {A.VALUES},
      lambda low, high, per_axis: mesh([np.arange(per_axis) * 1.0] * len(low)),
      "These are the numbers 0, 1, 2... of the points, not the points: run from low to high on each axis.")
wrong("grid_points", "unit_box", {A.VALUES},
      lambda low, high, per_axis: mesh([np.linspace(0, 1, per_axis)] * len(low)),
      "The grid covers the unit box. Stretch each axis to run from its low to its high.")
wrong("grid_points", "first_axis_for_all", {A.VALUES},
      lambda low, high, per_axis: mesh([np.linspace(low[0], high[0], per_axis)] * len(low)),
      "All axes have the ends of the first one. Axis i runs from low[i] to high[i].")
wrong("grid_points", "powers_of_ten", {A.VALUES},
      lambda low, high, per_axis: 10 ** mesh(axes_of(low, high, per_axis)),
      "The points are raised to powers of ten. Return them as they are: the caller knows which axes are logarithmic.")
wrong("grid_points", "one_value_too_many", {A.VALUES},
      lambda low, high, per_axis: mesh(axes_of(low, high, per_axis + 1)),
      "Each axis has one value too many: per_axis counts the values, not the gaps between them.")
wrong("grid_points", "diagonal_only", {"combinations"},
      lambda low, high, per_axis: np.stack(axes_of(low, high, per_axis), axis=1),
      "These points lie on the diagonal: all axes move together. Every value of one axis must meet every value of the "
      "others; np.meshgrid or itertools.product does that.")
wrong("grid_points", "diagonal_repeated", {"combinations"},
      lambda low, high, per_axis: np.repeat(np.stack(axes_of(low, high, per_axis), 1), per_axis ** (len(low) - 1), 0),
      "There are per_axis**d points, but some come several times and other combinations are missing. np.repeat on one "
      "axis goes with np.tile on the other.")


@mistake("grid_points", {"combinations"},
         "These are per_axis * d points: one axis is varied at a time, the others stay at low. A grid has every "
         "combination: per_axis**d.")
def one_axis_at_a_time(low, high, per_axis):
    points = np.tile(low, (per_axis * len(low), 1)).astype(float)
    for i, values in enumerate(axes_of(low, high, per_axis)):
        points[i * per_axis:(i + 1) * per_axis, i] = values
    return points


@mistake("grid_points", {"edge sizes"},
         "This works for two or three axes only. low and high may have any number of entries: take it from len(low).")
def loops_for_two_or_three_axes(low, high, per_axis):
    if len(low) == 2:
        a, b = axes_of(low, high, per_axis)
        return np.array([(x, y) for x in a for y in b])
    a, b, c = axes_of(low, high, per_axis)
    return np.array([(x, y, z) for x in a for y in b for z in c])


wrong("grid_points", "grid_transposed", {A.SHAPE}, lambda low, high, per_axis: mesh(axes_of(low, high, per_axis)).T,
      "These points are columns, of shape (d, n). Put one point in a row: (n, d).")
wrong("grid_points", "keeps_the_mesh", {A.SHAPE},
      lambda low, high, per_axis: np.stack(np.meshgrid(*axes_of(low, high, per_axis)), axis=-1),
      "The points still lie in the shape of the mesh. Reshape them to (per_axis**d, d), one point a row.")


@mistake("grid_points", {A.INPUTS}, "high -= low changes the caller's box. Write width = high - low.")
def subtracts_in_place(low, high, per_axis):
    high -= low
    return low + high * mesh([np.linspace(0, 1, per_axis)] * len(low))


wrong("random_points", "random_unit_box", {"range"}, lambda low, high, n, rng: rng.random((n, len(low))),
      "The points lie in the unit box. Stretch each axis to run from its low to its high.")
wrong("random_points", "first_range_for_all", {"range"},
      lambda low, high, n, rng: rng.uniform(low[0], high[0], (n, len(low))),
      "All axes have the ends of the first one. Axis i runs from low[i] to high[i].")
wrong("random_points", "forgets_to_subtract_low", {"range"},
      lambda low, high, n, rng: low + high * rng.random((n, len(low))),
      "The width of an axis is high - low, not high: low + (high - low) * u, with u between 0 and 1.")
wrong("random_points", "gaussian_points", {"range", A.DISTRIBUTION},
      lambda low, high, n, rng: (low + high) / 2 + (high - low) / 4 * rng.standard_normal((n, len(low))),
      "These points are Gaussian: they crowd in the middle and some lie outside. Use rng.uniform.")
wrong("random_points", "whole_numbers", {"range", A.DISTRIBUTION},
      lambda low, high, n, rng: rng.integers(np.ceil(low).astype(int), np.floor(high).astype(int) + 1, (n, len(low))),
      "The coordinates are whole numbers. Every number between low and high may come: use rng.uniform.")
wrong("random_points", "one_draw_for_all_axes", {"independence"},
      lambda low, high, n, rng: low + (high - low) * rng.random((n, 1)),
      "One random number serves all axes, so the points lie on the diagonal of the box. Draw n times d numbers.")
wrong("random_points", "one_point_repeated", {"range", A.DISTRIBUTION, "independence"},
      lambda low, high, n, rng: np.tile(rng.uniform(low, high), (n, 1)),
      "One point was drawn and repeated n times. Draw n of them: size=(n, d).")
wrong("random_points", "regular_diagonal", {"independence", A.USES_RNG},
      lambda low, high, n, rng: np.linspace(low, high, n),
      "These points are regular and on the diagonal of the box. Draw them with rng.uniform.")
wrong("random_points", "points_from_global_random", {A.USES_RNG},
      lambda low, high, n, rng: right.random_points(low, high, n, global_generator()), GLOBAL)
wrong("random_points", "points_from_a_fixed_seed", {A.USES_RNG},
      lambda low, high, n, rng: right.random_points(low, high, n, np.random.default_rng(42)), SEEDED)
wrong("random_points", "points_transposed", {A.SHAPE},
      lambda low, high, n, rng: right.random_points(low, high, n, rng).T,
      "These points are columns, of shape (d, n). Put one point in a row: (n, d).")
wrong("random_points", "points_squeezed", {A.SHAPE},
      lambda low, high, n, rng: right.random_points(low, high, n, rng).squeeze(),
      "np.squeeze drops every axis of length one: a single point, or a single axis, must stay a table of rows.")


@mistake("random_points", {A.INPUTS}, "high -= low changes the caller's box. Write width = high - low.")
def width_in_place(low, high, n, rng):
    high -= low
    return low + high * rng.random((n, len(low)))

# -- where to look next -----------------------------------------------------------------------------------------------


def place(best, low, high):
    """Return where best lies on the log range: 0 at low, 1 at high."""
    return np.log(best / low) / np.log(high / low)


wrong("is_on_edge", "linear_scale", {A.LOG_SCALE},
      lambda best, low, high, margin=0.1: not margin < (best - low) / (high - low) < 1 - margin,
      "The distance is measured on the linear scale, where nearly all of a range over many decades is close to low. "
      "Take logarithms.")
wrong("is_on_edge", "low_end_only", {"high end"}, lambda best, low, high, margin=0.1: place(best, low, high) < margin,
      "Only the low end is looked at. A best value near high is on the edge, too.")
wrong("is_on_edge", "high_end_only", {"low end"},
      lambda best, low, high, margin=0.1: place(best, low, high) > 1 - margin,
      "Only the high end is looked at. A best value near low is on the edge, too.")
wrong("is_on_edge", "ignores_margin", {A.MARGIN},
      lambda best, low, high, margin=0.1: abs(place(best, low, high) - 0.5) > 0.4,
      "0.1 is written into the function. It is only the default of the argument margin.")
wrong("is_on_edge", "half_a_margin", {"low end", "high end", A.MARGIN},
      lambda best, low, high, margin=0.1: abs(place(best, low, high) - 0.5) > 0.5 - margin / 2,
      "The margin is halved. At either end the whole margin counts as the edge.")
wrong("is_on_edge", "margin_in_decades", {"low end", "high end", A.MARGIN},
      lambda best, low, high, margin=0.1: min(np.log10(best / low), np.log10(high / best)) < margin,
      "margin is taken for a number of decades. It is a share of the log range: divide by the log of high / low.")
wrong("is_on_edge", "margin_of_the_value", {"low end", "high end", A.LOG_SCALE, A.MARGIN},
      lambda best, low, high, margin=0.1: best < (1 + margin) * low or best > (1 - margin) * high,
      "Within a tenth of low itself is another thing: margin is a share of the log range, log(high / low).")
wrong("is_on_edge", "only_the_ends_themselves", {"low end", "high end", A.LOG_SCALE, A.MARGIN},
      lambda best, low, high, margin=0.1: best in (low, high),
      "Only low and high themselves count here. A sampled best value never hits them exactly: hence margin.")
wrong("is_on_edge", "says_the_contrary", {"low end", "high end", A.LOG_SCALE, A.MARGIN},
      lambda best, low, high, margin=0.1: margin < place(best, low, high) < 1 - margin,
      "The answer is the wrong way round: True means that best is near an end.")
wrong("is_on_edge", "both_ends_at_once", {"low end", "high end", A.LOG_SCALE, A.MARGIN},
      lambda best, low, high, margin=0.1: margin > place(best, low, high) > 1 - margin,
      "No value is near both ends at once: near one of them is enough, so the two comparisons are joined by `or`.")


def around(best, half):
    """Return the range from best / half to best * half."""
    return best / half, best * half


wrong("refine_range", "refines_linearly", {A.CENTRE, "width"},
      lambda best, low, high, shrink=0.25: (best - shrink / 2 * (high - low), best + shrink / 2 * (high - low)),
      "The new range is centred on the linear scale, so low falls below 0. Multiply and divide instead of adding.")
wrong("refine_range", "shrink_on_either_side", {"width"},
      lambda best, low, high, shrink=0.25: around(best, (high / low) ** shrink),
      "The new range is twice too wide: shrink is the whole width, so half of it lies on either side of best.")
wrong("refine_range", "divides_by_shrink", {"width", A.SHRINK, "beyond the old range"},
      lambda best, low, high, shrink=0.25: around(best, (high / low) ** (1 / shrink / 2)),
      "The range grows: the old width is divided by shrink. Multiply, so that 0.25 leaves a quarter.")
wrong("refine_range", "mixes_bases", {"width"},
      lambda best, low, high, shrink=0.25: around(best, 10 ** (shrink / 2 * np.log(high / low))),
      "np.log is undone by np.exp, np.log10 by 10**: here two bases are mixed, and the range is too wide.")
wrong("refine_range", "factor_of_the_ratio", {"width", A.SHRINK},
      lambda best, low, high, shrink=0.25: around(best, shrink * high / low),
      "high / low itself is multiplied by shrink. The width on the log scale is log(high / low): shrinking it takes a "
      "power of high / low.")
wrong("refine_range", "ignores_shrink", {A.SHRINK},
      lambda best, low, high, shrink=0.25: around(best, (high / low) ** 0.125),
      "0.25 is written into the function. It is only the default of the argument shrink.")
wrong("refine_range", "around_the_old_centre", {A.CENTRE, "beyond the old range"},
      lambda best, low, high, shrink=0.25: around(np.sqrt(low * high), (high / low) ** (shrink / 2)),
      "The new range lies around the middle of the old one. Put best in its middle.")
wrong("refine_range", "one_side_only", {A.CENTRE, "beyond the old range"},
      lambda best, low, high, shrink=0.25: (best, best * (high / low) ** shrink),
      "The new range begins at best. best belongs in its middle: lower values may be better, too.")


@mistake("refine_range", {"beyond the old range"},
         "The new range is cut off at the old ends. A best value at an edge says that better ones may lie beyond: let "
         "the range reach over it.")
def clipped_to_the_old_range(best, low, high, shrink=0.25):
    new_low, new_high = right.refine_range(best, low, high, shrink)
    return max(new_low, low), min(new_high, high)


@mistake("refine_range", {"beyond the old range"},
         "The new range is pushed back inside the old one. A best value at an edge says that better ones may lie "
         "beyond: leave best in the middle.")
def pushed_inside(best, low, high, shrink=0.25):
    half = (high / low) ** (shrink / 2)
    return around(min(max(best, low * half), high / half), half)


wrong("refine_range", "returns_log_ends", {A.CENTRE, "width", "beyond the old range"},
      lambda best, low, high, shrink=0.25: tuple(np.log10(right.refine_range(best, low, high, shrink))),
      "These are the logarithms of the new ends. Return the ends themselves.")
wrong("refine_range", "one_number", {A.CENTRE, "width", A.SHRINK, "beyond the old range"},
      lambda best, low, high, shrink=0.25: (high / low) ** (shrink / 2),
      "This is the factor between best and an end. Return the two ends, best divided by it and best times it.")
wrong("refine_range", "high_before_low", {"width", A.SHRINK, "beyond the old range"},
      lambda best, low, high, shrink=0.25: right.refine_range(best, low, high, shrink)[::-1],
      "The two ends are in the wrong order: low first, then high.")

# -- when to give up --------------------------------------------------------------------------------------------------


def give_up(high_losses):
    """Return a rule that gives up on non-finite losses, and where ``high_losses(losses, factor)`` says so."""
    def rule(losses, factor=3.0):
        return len(losses) > 0 and (not np.isfinite(losses).all() or bool(high_losses(losses, factor)))
    return rule


wrong("should_abandon", "highest_loss", {A.VALUES}, give_up(lambda v, factor: max(v) > factor * v[0]),
      "The highest loss is compared. A run that came down again is worth going on with: look at the last one.")
wrong("should_abandon", "mean_loss", {A.VALUES, A.FACTOR}, give_up(lambda v, factor: np.mean(v) > factor * v[0]),
      "The mean of the losses is compared. What counts is where the run is now: the last one.")
wrong("should_abandon", "against_the_previous", {A.VALUES},
      give_up(lambda v, factor: len(v) > 1 and v[-1] > factor * v[-2]),
      "The last loss is compared with the one before it, so a slow rise goes unnoticed. Compare it with the first.")
wrong("should_abandon", "against_the_lowest", {A.VALUES}, give_up(lambda v, factor: v[-1] > factor * min(v)),
      "The last loss is compared with the lowest so far. CS231n's rule looks at the original cost: the first loss.")
wrong("should_abandon", "difference", {A.VALUES}, give_up(lambda v, factor: v[-1] - v[0] > factor),
      "The difference is compared with factor. The rule is a ratio: factor times the first loss.")
wrong("should_abandon", "the_contrary", {A.VALUES, A.NOT_FINITE, A.FACTOR, "edge sizes"},
      lambda losses, factor=3.0: not right.should_abandon(losses, factor),
      "The answer is the wrong way round: True means to give up.")
wrong("should_abandon", "blind_to_nan", {A.NOT_FINITE},
      lambda losses, factor=3.0: len(losses) > 0 and losses[-1] > factor * losses[0],
      "A NaN goes unnoticed, since every comparison with NaN is False. Ask np.isfinite of all losses.")
wrong("should_abandon", "looks_at_the_last_only", {A.NOT_FINITE},
      lambda losses, factor=3.0: len(losses) > 0 and not losses[-1] <= factor * losses[0],
      "A loss in the middle that is not finite goes unnoticed. Ask np.isfinite of all losses.")
wrong("should_abandon", "ignores_factor", {A.FACTOR}, lambda losses, factor=3.0: right.should_abandon(losses),
      "3 is written into the function. It is only the default of the argument factor.")
wrong("should_abandon", "breaks_on_empty", {"edge sizes"},
      lambda losses, factor=3.0: not np.isfinite(losses).all() or losses[-1] > factor * losses[0],
      "Without any loss there is no first one: losses[0] raises. An empty list means: go on.")
wrong("should_abandon", "gives_up_on_empty", {"edge sizes"},
      lambda losses, factor=3.0: len(losses) == 0 or right.should_abandon(losses, factor),
      "An empty list means that nothing has gone wrong yet: go on.")


@mistake("should_abandon", {A.INPUTS},
         "losses.pop takes an entry out of the caller's list. losses[0] and losses[-1] read without changing.")
def pops_the_first(losses, factor=3.0):
    answer = right.should_abandon(losses, factor)
    if losses:
        losses.pop(0)
    return answer


# -- cross-validation -------------------------------------------------------------------------------------------------


def parts_of(n, k, rng):
    """Return the k parts of a random order."""
    return np.array_split(rng.permutation(n), k)


def against_rest(n, vals):
    """Return each of ``vals`` with all other examples before it."""
    return [(np.setdiff1d(np.arange(n), val), val) for val in vals]


def each_fold(function):
    """Return the folds with ``function(train, val)`` in place of each."""
    return lambda n, k, rng: [function(*fold) for fold in right.k_fold_indices(n, k, rng)]


folds = partial(wrong, "k_fold_indices")


folds("shuffles_for_each_fold", {"partition"},
      lambda n, k, rng: against_rest(n, [parts_of(n, k, rng)[i] for i in range(k)]),
      "The examples are shuffled anew for each fold, so some are in several vals and others in none. Shuffle once, "
      "before the loop.")
folds("the_same_fold_k_times", {"partition"}, lambda n, k, rng: against_rest(n, parts_of(n, k, rng)[:1] * k),
      "All folds are the same one: the loop's index is not used.")
folds("overlapping_folds", {"partition"},
      lambda n, k, rng: (lambda p: against_rest(n, [np.r_[a, b] for a, b in zip(p, p[1:] + p[:1], strict=True)]))(
          parts_of(n, k, rng)),
      "The vals overlap: each holds part of the next one, too. Fold i ends where fold i + 1 begins.")
folds("val_and_train_swapped", {"partition"}, each_fold(lambda train, val: (val, train)),
      "train and val are swapped: train is the larger one, and comes first.")
folds("folds_of_size_k", {"partition"},
      lambda n, k, rng: against_rest(n, [*rng.permutation(n)[:n // k * k].reshape(-1, k)]),
      "k is taken for the size of a fold. It is the number of folds.")
folds("a_single_split", {"partition"}, lambda n, k, rng: right.k_fold_indices(n, k, rng)[:1],
      "There is only one fold: return in the loop ends it. Collect all k in a list first.")
folds("train_holds_all", {"train"}, each_fold(lambda train, val: (np.concatenate([train, val]), val)),
      "train holds the examples of val, too. Then the validation accuracy says nothing about unseen images.")
folds("train_is_one_part", {"train"},
      lambda n, k, rng: (lambda p: list(zip(p[1:] + p[:1], p, strict=True)))(parts_of(n, k, rng)),
      "train is only one of the other parts. It should be all k - 1 of them, joined.")
folds("counts_from_one", {"partition", "train", "edge sizes"}, each_fold(lambda train, val: (train + 1, val + 1)),
      "The indices run from 1 to n. Python counts from 0 to n - 1.")
folds("drops_the_remainder", {"edge sizes"},
      lambda n, k, rng: against_rest(n, np.split(rng.permutation(n)[:n // k * k], k)),
      "With n // k examples in each fold, what is left over is never validated on. np.array_split deals all of them.")
folds("remainder_to_the_last", {"edge sizes"},
      lambda n, k, rng: against_rest(n, np.split(rng.permutation(n), [i * (n // k) for i in range(1, k)])),
      "The last fold takes all that is left over. Sizes should differ by at most one: np.array_split does that.")
folds("not_shuffled", {A.SHUFFLED, A.USES_RNG}, lambda n, k, rng: against_rest(n, np.array_split(np.arange(n), k)),
      "The folds are blocks of neighbours. Where a data set is sorted by class, a fold then lacks whole classes: deal "
      "at random.")
folds("dealt_in_turn", {A.SHUFFLED, A.USES_RNG},
      lambda n, k, rng: against_rest(n, [np.arange(n)[i::k] for i in range(k)]),
      "The examples are dealt in turn, without any chance. Take a random order first.")
folds("blocks_in_random_order", {A.SHUFFLED},
      lambda n, k, rng: against_rest(n, np.array_split((np.arange(n) + rng.integers(n)) % n, k)),
      "Blocks of neighbours make the folds, only begun at a random place. Deal the examples one by one at random.")
folds("folds_from_global_random", {A.USES_RNG},
      lambda n, k, rng: right.k_fold_indices(n, k, global_generator()), GLOBAL)
folds("folds_from_a_fixed_seed", {A.USES_RNG},
      lambda n, k, rng: right.k_fold_indices(n, k, np.random.default_rng(0)), SEEDED)
folds("two_lists", {A.SHAPE}, lambda n, k, rng: tuple(map(list, zip(*right.k_fold_indices(n, k, rng), strict=True))),
      "These are all trains and then all vals. Return a list of pairs, so that `for train, val in folds` works.")
folds("columns", {A.SHAPE}, each_fold(lambda train, val: (train[:, None], val[:, None])),
      "The indices stand in a column. With one axis, X[train] has the shape of X.")
folds("masks", {A.DTYPE},
      lambda n, k, rng: [(~np.isin(np.arange(n), val), np.isin(np.arange(n), val)) for val in parts_of(n, k, rng)],
      "These are masks of True and False. Return indices: np.flatnonzero(mask).")
folds("decimal_indices", {A.DTYPE}, each_fold(lambda train, val: (train * 1.0, val * 1.0)),
      "The indices are decimal numbers: np.zeros, np.empty and np.append to an empty list make those. NumPy does not "
      "accept them as indices.")

# -- more of what is written by hand ------------------------------------------------------------------------------


def scrambled(indexing):
    """Return a grid that is folded without moving the axis of the coordinates to the end."""
    def scrambled_grid(low, high, per_axis):
        axes = [np.linspace(a, b, per_axis) for a, b in zip(low, high, strict=True)]
        return np.array(np.meshgrid(*axes, indexing=indexing)).reshape(-1, len(low))

    scrambled_grid.__name__ += f"_{indexing}"
    return scrambled_grid


for indexing in ("ij", "xy"):
    mistake("grid_points", {"combinations", "edge sizes", A.VALUES},
            "reshape(-1, d) of the stacked mesh mixes up the coordinates: a row holds several values of one axis. Move "
            "the axis of the coordinates to the end first: np.stack(mesh, axis=-1).")(scrambled(indexing))


@mistake("grid_points", {A.VALUES},
         "The values lie on a log scale, or on another curve. They are evenly spaced: np.linspace.")
def log_spaced(low, high, per_axis):
    axes = [a + (b - a) * (10 ** np.linspace(0, 1, per_axis) - 1) / 9 for a, b in zip(low, high, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(low))


@mistake("random_points", {"range"},
         "The points lie between 0 and the width of the box: low is not added.")
def width_from_zero(low, high, n, rng):
    return rng.random((n, len(low))) * (high - low)


wrong("refine_range", "width_of_best", {"width", A.CENTRE},
      lambda best, low, high, shrink=0.25: (best * (1 - shrink / 2), best * (1 + shrink / 2)),
      "The new range is a share of best on either side. It is a share of the old range's width on the log scale.")
wrong("refine_range", "shrinks_the_ends", {"beyond the old range", "width", A.CENTRE},
      lambda best, low, high, shrink=0.25: (best - (best - low) * shrink, best + (high - best) * shrink),
      "The distance to either end is shrunk on the linear scale. Take logarithms: the range covers decades.")
wrong("refine_range", "shrinks_towards_best", {"beyond the old range", A.CENTRE},
      lambda best, low, high, shrink=0.25: (best * (low / best)**shrink, best * (high / best)**shrink),
      "The distance to either end is shrunk, so best is no longer in the middle unless it was. The new range lies "
      "evenly around best.")
wrong("refine_range", "one_minus_shrink", {"width", A.SHRINK},
      lambda best, low, high, shrink=0.25: around(best, (high / low) ** ((1 - shrink) / 2)),
      "The new width is 1 - shrink of the old one. shrink itself is what is left.")

# -- what the inputs of the visible checks need not show --------------------------------------------------------------


def whole_numbers(search):
    """Return a search of points whose array takes the dtype of the box."""
    def takes_the_dtype_of_the_box(low, *more):
        return search(low, *more).astype(np.asarray(low).dtype)
    return takes_the_dtype_of_the_box


for name, aspect in (("grid_points", "edge sizes"), ("random_points", "range")):
    mistake(name, {aspect}, "The array of points has the dtype of low, which may be whole numbers: they cut off "
                            "the decimals of what is put in.", unseen=True)(whole_numbers(getattr(right, name)))


@mistake("is_on_edge", {"low end", "high end", A.MARGIN},
         "A best value at low or high itself is on the edge, too: the margin begins at the end.", unseen=True)
def leaves_out_the_ends(best, low, high, margin=0.1):
    return low < best < high and right.is_on_edge(best, low, high, margin)
