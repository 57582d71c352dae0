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


# -- what the inputs of the visible checks need not show --------------------------------------------------------------

register_misread(right, "update_ratio")
