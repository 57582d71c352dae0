"""Known mistakes in ``cs231n_lib.babysitting``."""

from functools import partial

import numpy as np

from autograder import reference
from autograder.mistakes import mistake
from autograder.mistakes.beyond_the_check import register_misread
from autograder.mistakes.builders import wrong_formula

right = reference.load("babysitting")
A = reference.load_aspects("babysitting")
wrong = partial(wrong_formula, right)

# -- the loss at the start ----------------------------------------------------------------------------------------


def initial(name, loses, softmax, svm, teaches):
    """Register a wrong pair of formulas."""
    def code(num_classes, loss="softmax"):
        return softmax(num_classes) if loss == "softmax" else svm(num_classes)
    code.__name__ = name
    mistake("expected_initial_loss", loses, teaches)(code)


initial("common_logarithm", {A.SOFTMAX}, np.log10, lambda c: c - 1, "This is the logarithm to base 10. The loss uses "
                                                                    "the "
                                                                    "natural one, np.log.")
initial("binary_logarithm", {A.SOFTMAX}, np.log2, lambda c: c - 1, "This is the logarithm to base 2 (bits). The loss "
                                                                   "uses the "
                                                                   "natural one, np.log.")
initial("negative", {A.SOFTMAX}, lambda c: np.log(1 / c), lambda c: c - 1, "The sign is missing: the loss is *minus* "
                                                                           "the "
                                                                         "logarithm of a probability, so never "
                                                                         "negative.")
initial("probability", {A.SOFTMAX}, lambda c: 1 / c, lambda c: c - 1, "This is the probability of each class. The "
                                                                      "loss is minus "
                                                                      "its logarithm.")
initial("counts_the_right_class", {A.SVM}, np.log, lambda c: c, "The right class is counted, too. Only the wrong ones "
                                                                "have a "
                                                                "margin to miss.")
initial("one_margin", {A.SVM}, np.log, lambda c: 1.0, "This is the margin of one wrong class. The loss sums over all "
                                                      "of them.")
initial("mean_over_classes", {A.SVM}, np.log, lambda c: (c - 1) / c, "The margins are averaged over the classes. The "
                                                                     "SVM loss "
                                                                     "sums over them, and averages over examples only.")
initial("ignores_the_loss", {A.SVM}, np.log, np.log, "The argument loss is not used: the SVM starts elsewhere than "
                                                     "softmax.")


@mistake("expected_initial_loss", {A.SHAPE}, "This is an array with one element, a batch of losses. One number is "
                                             "asked for.")
def one_element_array(num_classes, loss="softmax"):
    return np.array([right.expected_initial_loss(num_classes, loss)])


# -- the size of an update ----------------------------------------------------------------------------------------

VALUES = {A.VALUES, "edge sizes"}
norm = np.linalg.norm

wrong("update_ratio", "over_the_new_weights", VALUES, lambda w, n: norm(n - w) / norm(n),
      "This divides by the weights after the update. Compare with what was there before it.")
wrong("update_ratio", "squared_norms", VALUES, lambda w, n: np.sum((n - w) ** 2) / np.sum(w**2),
      "These are squared norms: the roots are missing, so that 1e-3 shows as 1e-6.")
wrong("update_ratio", "upside_down", VALUES, lambda w, n: norm(w) / norm(n - w),
      "The fraction is upside down: about 1e-3 is asked for, this is about 1000.")
wrong("update_ratio", "difference_of_norms", VALUES, lambda w, n: abs(norm(n) - norm(w)) / norm(w),
      "This is the change of the norm. An update can turn the weights without making them longer: take the norm of "
      "the change.")
wrong("update_ratio", "new_over_old", VALUES, lambda w, n: norm(n) / norm(w),
      "This compares the weights after with the weights before. Compare the *change* with the weights before.")
wrong("update_ratio", "mean_of_ratios", VALUES, lambda w, n: np.mean(np.abs((n - w) / w)),
      "This is the mean of the ratios number by number, which one weight near 0 can blow up. Divide one norm by the "
      "other.")
wrong("update_ratio", "largest_entries", VALUES, lambda w, n: np.abs(n - w).max() / np.abs(w).max(),
      "These are the largest entries. The Euclidean norm takes all numbers into account.")
wrong("update_ratio", "one_number_per_column", VALUES, lambda w, n: norm(n - w, axis=0) / norm(w, axis=0),
      "axis=0 gives a ratio per unit. One ratio over the whole array is asked for.")


@mistake("update_ratio", {"edge sizes"}, "np.linalg.norm with ord or two axes is for matrices only. Without further "
                                         "arguments it "
                                         "takes any number of axes.")
def for_matrices_only(w, next_w):
    return norm(next_w - w, "fro") / norm(w, "fro")


@mistake("update_ratio", {A.VALUES}, "np.linalg.norm(..., 2) of a matrix is its largest singular value. The Euclidean "
                                     "norm of all "
                                     "numbers is what it gives without ord.")
def spectral_norm(w, next_w):
    order = 2 if w.ndim == 2 else None
    return norm(next_w - w, order) / norm(w, order)


@mistake("update_ratio", {A.SHAPE}, "keepdims=True makes an array of the ratio. One number is asked for.")
def keeps_dims(w, next_w):
    return norm(next_w - w, axis=None, keepdims=True) / norm(w, axis=None, keepdims=True)


@mistake("update_ratio", {A.INPUTS}, "next_w -= w changes the caller's weights. next_w - w makes a new "
                                                  "array.")
def subtracts_in_place(w, next_w):
    next_w -= w
    return float(norm(next_w) / norm(w))


# -- explosions ---------------------------------------------------------------------------------------------------

wrong("has_exploded", "only_nan", {A.WITH_INF}, lambda losses: bool(np.isnan(losses).any()),
      "np.isnan finds NaN only. A loss of infinity has exploded, too.")
NAN_MISSED = ("NaN is missed. It is not equal to anything, itself included: x == np.nan is always False; and np.isinf "
              "does not see it either.")
wrong("has_exploded", "only_infinity", {A.WITH_NAN}, lambda losses: bool(np.isinf(losses).any()), NAN_MISSED)
wrong("has_exploded", "equal_to_nan", {A.WITH_NAN},
      lambda losses: any(x == np.nan or abs(x) == np.inf for x in losses), NAN_MISSED)
wrong("has_exploded", "only_the_last", {"anywhere"},
      lambda losses: len(losses) > 0 and not bool(np.isfinite(losses[-1])),
      "Only the last loss is looked at. One that was not finite before it counts as well.")
wrong("has_exploded", "only_if_all", {A.WITH_NAN, A.WITH_INF, "anywhere"},
      lambda losses: len(losses) > 0 and not bool(np.isfinite(losses).any()),
      "This is True only if no loss is finite at all. One that is not is enough.")
wrong("has_exploded", "a_threshold", {A.WITH_NAN, "edge sizes"}, lambda losses: any(abs(x) > 1e4 for x in losses),
      "A threshold on the size misses NaN, for which every comparison is False, and calls large finite losses "
      "exploded.")
wrong("has_exploded", "needs_a_loss", {"edge sizes"},
      lambda losses: not np.isfinite(max(losses, key=abs) + sum(losses)),
      "An empty list raises an error here. No losses at all have not exploded.")
wrong("has_exploded", "only_plus_infinity", {A.WITH_INF},
      lambda losses: any(np.isnan(x) or x == np.inf for x in losses), "Minus infinity is not finite either.")


@mistake("has_exploded", {A.WITH_NAN, A.WITH_INF, "anywhere", "edge sizes"}, "True and False are exchanged: this "
                                                                           "says whether all is well.")
def turned_round(losses):
    return bool(np.all(np.isfinite(losses)))


@mistake("has_exploded", {A.INPUTS}, "losses.pop() takes the last loss out of the caller's list.")
def pops_from_the_list(losses):
    exploded = right.has_exploded(losses)
    if len(losses):
        losses.pop()
    return exploded


# -- the bracket --------------------------------------------------------------------------------------------------

BRACKET = {A.VALUES, "edge sizes"}


def bisect(train_briefly, low, high, steps, middle=lambda a, b: np.sqrt(a * b), exploded=right.has_exploded):
    """Bisect with another middle, or another verdict."""
    for _ in range(steps):
        rate = float(middle(low, high))
        if exploded(train_briefly(rate)):
            high = rate
        else:
            low = rate
    return low, high


@mistake("bracket_learning_rate", BRACKET, "The arithmetic mean of 1e-6 and 1e6 is 5e5: all steps are spent on the "
                                           "top decades. "
                                           "Take the geometric mean.")
def arithmetic_mean(train_briefly, low, high, steps=8):
    return bisect(train_briefly, low, high, steps, lambda a, b: (a + b) / 2)


@mistake("bracket_learning_rate", BRACKET, "The two sides are exchanged: a rate that explodes is an upper bound.")
def sides_exchanged(train_briefly, low, high, steps=8):
    return bisect(train_briefly, low, high, steps, exploded=lambda losses: not right.has_exploded(losses))


@mistake("bracket_learning_rate", BRACKET, "The order of the results is (ok, exploded), the lower rate first.")
def results_exchanged(train_briefly, low, high, steps=8):
    return bisect(train_briefly, low, high, steps)[::-1]


@mistake("bracket_learning_rate", BRACKET, "The exponents are returned, not the rates: take 10 or e to their power.")
def returns_exponents(train_briefly, low, high, steps=8):
    return tuple(np.log10(bisect(train_briefly, low, high, steps)))


@mistake("bracket_learning_rate", BRACKET, "np.log is undone by np.exp, np.log10 by 10**: here two bases are mixed, so "
                                           "the rate in the middle is none between the two ends.")
def mixes_bases(train_briefly, low, high, steps=8):
    return bisect(train_briefly, low, high, steps, lambda a, b: np.exp((np.log10(a) + np.log10(b)) / 2))


@mistake("bracket_learning_rate", BRACKET | {"conventions"},
         "One rate is returned. Two are asked for, (ok, exploded): the largest rate that did well, and the smallest "
         "that exploded.")
def one_rate(train_briefly, low, high, steps=8):
    return bisect(train_briefly, low, high, steps)[0]


@mistake("bracket_learning_rate", BRACKET, "A loss that rises counts as exploded here. It may come down again: "
                                              "only a loss that "
                                              "is not finite has exploded.")
def rising_is_exploded(train_briefly, low, high, steps=8):
    return bisect(train_briefly, low, high, steps, exploded=lambda x: right.has_exploded(x) or x[-1] > x[0])


@mistake("bracket_learning_rate", {A.VALUES, "edge sizes"}, "The rate that was tried last comes back twice. Return "
                                                            "the best known "
                                                            "rate of either side.")
def last_rate_twice(train_briefly, low, high, steps=8):
    tried = []

    def remember(rate):
        tried.append(rate)
        return train_briefly(rate)

    bisect(remember, low, high, steps)
    return tried[-1], tried[-1]


@mistake("bracket_learning_rate", {"conventions"}, "8 is written into the function. It is only the default of the "
                                                   "argument steps.")
def always_eight_steps(train_briefly, low, high, steps=8):
    return bisect(train_briefly, low, high, 8)


@mistake("bracket_learning_rate", {"conventions"}, "The two ends are tried as well. They are known already, and each "
                                                   "try costs a "
                                                   "training run.")
def tries_the_ends(train_briefly, low, high, steps=8):
    train_briefly(low)
    train_briefly(high)
    return bisect(train_briefly, low, high, steps)


@mistake("bracket_learning_rate", {"conventions"}, "Every rate is trained twice, once for each question. Keep the "
                                                   "losses of one run.")
def trains_twice(train_briefly, low, high, steps=8):
    def twice(rate):
        train_briefly(rate)
        return train_briefly(rate)
    return bisect(twice, low, high, steps)


@mistake("bracket_learning_rate", {"edge sizes"}, "The search stops as soon as two rates in a row behave alike. That "
                                                  "is what happens "
                                                  "near an end of the range: go on for all steps.")
def gives_up_at_an_end(train_briefly, low, high, steps=8):
    ok, exploded = bisect(train_briefly, low, high, steps)
    return (low, high) if ok == low or exploded == high else (ok, exploded)


# -- more of what is written by hand ------------------------------------------------------------------------------

initial("twice_the_margins", {A.SVM}, np.log, lambda c: (c - 1) / 2,
        "The SVM loss is halved. Each of the C - 1 wrong classes has a margin of 1, and no class is counted twice.")
initial("one_class_too_many", {A.SVM}, np.log, lambda c: c + 1.0,
        "One class is added. The SVM loss counts the C - 1 wrong classes.")
initial("no_loss_for_the_svm", {A.SVM}, np.log, lambda c: 0.0,
        "The SVM loss is 0 here. With equal scores every wrong class misses its margin by 1.")
initial("logarithm_of_one_class_less", {A.SOFTMAX},
        lambda c: np.log(c - 1), lambda c: c - 1.0,
        "The logarithm is of C - 1. At the start each of all C classes has the probability 1 / C.")

wrong("update_ratio", "standard_deviations", {"edge sizes", A.VALUES},
      lambda w, n: np.std(n - w) / np.std(w),
      "These are standard deviations, which are measured from the mean. The norm is measured from 0.")
wrong("update_ratio", "sums_of_absolute_values", {"edge sizes", A.VALUES},
      lambda w, n: np.abs(n - w).sum() / np.abs(w).sum(),
      "These are sums of absolute values. The Euclidean norm is the root of the sum of squares.")
wrong("update_ratio", "sums_with_signs", {"edge sizes", A.VALUES}, lambda w, n: (n - w).sum() / w.sum(),
      "These are plain sums, in which positive and negative numbers cancel. Take norms.")
wrong("update_ratio", "length_of_the_update", {"edge sizes", A.VALUES}, lambda w, n: norm(n - w),
      "This is the length of the update alone. Divide it by the norm of the weights before it.")
wrong("update_ratio", "norm_of_the_ratios", {"edge sizes", A.VALUES}, lambda w, n: norm((n - w) / w),
      "This divides number by number and takes the norm after. Divide one norm by the other.")
wrong("update_ratio", "one_norm_squared", {"edge sizes", A.VALUES},
      lambda w, n: norm(n - w) / np.sum(w**2), "The norm of the weights is squared: its root is missing.")

wrong("has_exploded", "true_for_none", {"anywhere", "edge sizes", A.WITH_INF, A.WITH_NAN},
      lambda losses: bool(np.all(~np.isfinite(losses))),
      "This is True only if no loss is finite at all. One that is not is enough.")
wrong("has_exploded", "equal_to_nan_or_infinity", {A.WITH_INF, A.WITH_NAN},
      lambda losses: any(x == np.nan or x == np.inf for x in losses), NAN_MISSED)
wrong("has_exploded", "last_of_at_least_one", {"anywhere", "edge sizes"},
      lambda losses: not np.isfinite(losses[-1]),
      "Only the last loss is looked at. One that was not finite before it counts as well.")
wrong("has_exploded", "last_is_nan", {"anywhere", A.WITH_INF},
      lambda losses: len(losses) > 0 and bool(np.isnan(losses[-1])),
      "Only the last loss is looked at, and only NaN is found. Any loss that is not finite counts.")
wrong("has_exploded", "last_is_nan_and_one_is_there", {"anywhere", "edge sizes", A.WITH_INF},
      lambda losses: bool(np.isnan(losses[-1])),
      "Only the last loss is looked at, and only NaN is found. Any loss that is not finite counts.")


for number, less in (("one_try_less", 1), ("one_try_more", -1)):
    def other_number_of_tries(train_briefly, low, high, steps=8, less=less):
        return bisect(train_briefly, low, high, steps - less)

    other_number_of_tries.__name__ = number
    mistake("bracket_learning_rate", {"conventions", "edge sizes", A.VALUES},
            f"There is one try too {'few' if less == 1 else 'many'}: steps says how often train_briefly is called.")(
                other_number_of_tries)


@mistake("bracket_learning_rate", {"edge sizes", A.VALUES},
         "The middle is always that of the first low and high, so the same rate is tried again and again. Take that "
         "of the bracket as it is now.")
def middle_of_the_start(train_briefly, low, high, steps=8):
    return bisect(train_briefly, low, high, steps, lambda a, b: np.sqrt(low * high))


@mistake("bracket_learning_rate", {"edge sizes", A.VALUES},
         "The upper end never moves. A run with a loss that is not finite, wherever in it, lowers it.")
def upper_end_never_moves(train_briefly, low, high, steps=8):
    return bisect(train_briefly, low, high, steps, exploded=lambda losses: np.isinf(losses[-1]))


@mistake("bracket_learning_rate", {"conventions", "edge sizes", A.VALUES},
         "The search ends at the first rate that explodes. Go on between it and the last good one, for all steps.")
def stops_at_the_first_explosion(train_briefly, low, high, steps=8):
    for _ in range(steps):
        rate = float(np.sqrt(low * high))
        if right.has_exploded(train_briefly(rate)):
            return low, rate
        low = rate
    return low, high


@mistake("bracket_learning_rate", {"edge sizes", A.VALUES},
         "The rate that is tried is not in the middle of the bracket on the log scale: take sqrt(low * high).")
def third_of_the_way(train_briefly, low, high, steps=8):
    return bisect(train_briefly, low, high, steps, lambda a, b: np.exp(np.log(a) + (np.log(b) - np.log(a)) / 3))


@mistake("bracket_learning_rate", {"edge sizes", A.VALUES},
         "2 / (1 / low + 1 / high) is close to twice low: all steps are spent on the lowest decades. Take the "
         "geometric mean.")
def harmonic_mean(train_briefly, low, high, steps=8):
    return bisect(train_briefly, low, high, steps, lambda a, b: 2 / (1 / a + 1 / b))

# -- what the inputs of the visible checks need not show --------------------------------------------------------------

register_misread(right, "update_ratio")
