"""Hidden tests of ``cs231n_lib.babysitting`` (notebook 07_babysitting)."""

from functools import partial

import numpy as np

from autograder.hidden_tests import builders
from autograder.hidden_tests.builders import HINTS, build, passes
from autograder.hidden_tests.expectations import Mismatch, as_array, as_tuple, expect_unchanged
from autograder.hidden_tests.rubric import Question
from autograder.reference import load_aspects

A = load_aspects("babysitting")


def number(value, what="the result"):
    """Return a result that should be one number as a float; its shape is judged elsewhere."""
    array = as_array(value, what)
    if array.size != 1:
        message = f"expected {what} to be one number"
        raise Mismatch(f"{message}, got shape {array.shape}", hint=f"{message[0].upper()}{message[1:]}.")
    return float(array.reshape(()))


agree = partial(builders.agree, tol=1e-9)

# -- the loss at the start ----------------------------------------------------------------------------------------

expected_initial_loss = Question("expected_initial_loss")


def initial(functions, classes, *loss):
    """Return the expected initial loss as a float."""
    return number(functions.expected_initial_loss(classes, *loss), "the loss")


@expected_initial_loss.aspect(A.SOFTMAX, 0.5, hint=(
    "With equal scores the softmax gives every class the same probability. The loss is minus the (natural) logarithm "
    "of the "
    "right class's. softmax is also the default."))
def _(student, reference, rng):
    for classes in (2, int(rng.integers(5, 60)), 1000):
        for loss in ((), ("softmax",)):
            agree(initial(student, classes, *loss), initial(reference, classes, *loss))


@expected_initial_loss.aspect(A.SVM, 0.4, hint=(
    "With equal scores each wrong class misses the margin by all of it, 1. Count the wrong classes."))
def _(student, reference, rng):
    for classes in (2, int(rng.integers(5, 60)), 1000):
        agree(initial(student, classes, "svm"), initial(reference, classes, "svm"))


@expected_initial_loss.aspect(A.SHAPE, 0.1, hint="The loss is one number, not an array.")
def _(student, reference, rng, grading):
    def in_shape(*loss):
        got = student.expected_initial_loss(7, *loss)
        agree(number(got, "the loss"), initial(reference, 7, *loss))
        builders.expect_right_shape(got, 0.0, "the loss")

    errors = {A.SOFTMAX: passes(in_shape), A.SVM: passes(in_shape, "svm")}
    require_one_in_shape(errors, grading, Mismatch("neither loss is right", hint="counts once the numbers are right"))


def require_one_in_shape(errors, grading, none_is_right):
    """Raise an error of shape, and ``none_is_right`` if all are of numbers; those must be charged to their aspects."""
    for aspect, error in errors.items():
        if isinstance(error, builders.Misshapen):
            raise error
        grading.is_right(error, aspect)
    if all(errors.values()):
        raise none_is_right


# -- the size of an update ----------------------------------------------------------------------------------------

update_ratio = Question("update_ratio")


def updated(*shapes):
    """Return a draw of (w, next_w): the update is of another size than the weights, and no multiple of them."""
    def draw(rng):
        pairs = [(rng.standard_normal(s) + 0.5, rng.uniform(0.05, 0.5) * rng.standard_normal(s)) for s in shapes]
        return [(w, w + step) for w, step in pairs]
    return draw


def ratio(functions, inputs):
    """Return the ratio as a float."""
    return number(functions.update_ratio(*inputs), "the ratio")


def same_ratios(draw):
    """Return the test that the ratios of all drawn pairs agree."""
    def test(student, reference, rng):
        for inputs in draw(rng):
            agree(ratio(student, inputs), ratio(reference, inputs), "the ratio")
    return test


def ratio_edges(student, reference, rng):
    same_ratios(updated((5,), (2, 3, 4), (1, 1)))(student, reference, rng)
    ((w, next_w),) = updated((2, 3, 4))(rng)
    for old, new in zip(builders.in_other_memory(w), (next_w, next_w.astype(np.float32)), strict=True):
        builders.agree(ratio(student, (old, new)), ratio(reference, (old, new)), "the ratio", 1e-5)


def ratio_shape(student, reference, rng, grading):
    def in_shape(inputs):
        got = student.update_ratio(*inputs)
        agree(number(got, "the ratio"), ratio(reference, inputs))
        builders.expect_right_shape(got, 0.0, "the ratio")

    drawn = zip((A.VALUES, "edge sizes"), updated((6, 4), (5,))(rng), strict=True)
    errors = {aspect: passes(in_shape, inputs) for aspect, inputs in drawn}
    require_one_in_shape(errors, grading, Mismatch("no ratio is right", hint="counts once the number is right"))


def ratio_unchanged(student, reference, rng):
    (inputs,) = updated((6, 4))(rng)
    expect_unchanged(student.call("update_ratio", *inputs), inputs, ["w", "next_w"])


build(update_ratio, {A.VALUES: same_ratios(updated((6, 4), (3, 9))),
                     "edge sizes": ratio_edges,
                     A.SHAPE: ratio_shape, A.INPUTS: ratio_unchanged},
      {A.VALUES: 1.4, "edge sizes": 0.3, A.SHAPE: 0.1, A.INPUTS: 0.2},
      {**HINTS, A.VALUES: "Both sizes are Euclidean norms, the root of the sum of squares over all numbers: of the "
                          "change next_w "
                          "- w, and of w before the update.",
       "edge sizes": "This is right for a matrix but not for every parameter. Try a bias vector and an array with "
                     "three axes.",
       A.SHAPE: "The ratio is one number, not an array."})

# -- explosions ---------------------------------------------------------------------------------------------------

has_exploded = Question("has_exploded")

NAN, INF = float("nan"), float("inf")


def verdicts(exploded, fine):
    """Return a test that the verdicts agree on all these lists; ``None`` stands for a random finite loss."""
    def test(student, reference, rng):
        for pattern in exploded + fine:
            losses = [float(rng.uniform(0.5, 5)) if x is None else x for x in pattern]
            got, want = (bool(number(f.has_exploded(losses))) for f in (student, reference))
            if got != want:
                raise Mismatch(f"has_exploded({losses}) gave {got}, expected {want}")
    return test


FINE = [[None, None, None]]
build(has_exploded, {
    A.WITH_NAN: verdicts([[None, None, NAN]], FINE),
    A.WITH_INF: verdicts([[None, None, INF], [None, -INF]], FINE),
    # both kinds at once, so that missing one kind is not charged here
    "anywhere": verdicts([[None, INF, NAN, None], [INF, NAN, None, None]], FINE),
    "edge sizes": verdicts([[INF, NAN]], [[], [None], [None, 1e300], [-5.0, -1e5, None]]),
    A.INPUTS: lambda student, reference, rng: expect_unchanged(
        student.call("has_exploded", [1.5, 2.5]), [[1.5, 2.5]], ["losses"]),
}, {A.WITH_NAN: 0.3, A.WITH_INF: 0.3, "anywhere": 0.2, "edge sizes": 0.1, A.INPUTS: 0.1}, {
    **HINTS,
    A.WITH_NAN: "A loss that is NaN has exploded. NaN is not equal to anything, itself included: ask np.isnan or "
           "np.isfinite.",
    A.WITH_INF: "Infinity and minus infinity have exploded, too.",
    "anywhere": "One loss that is not finite is enough, wherever it stands.",
    "edge sizes": "A large loss is still finite, a negative one too; and no losses at all have not exploded."})

# -- the bracket --------------------------------------------------------------------------------------------------

bracket_learning_rate = Question("bracket_learning_rate")


def training(threshold):
    """Return brief training that explodes above a threshold, and the list of the rates it was called with.

    Just below the threshold the loss rises, but it stays finite. An exploded run holds infinity *and* NaN, so that a
    ``has_exploded`` that misses one of them is not charged once more here.
    """
    rates = []

    def train_briefly(rate):
        rates.append(float(rate))
        if not rates[-1] < threshold:
            return [2.3, INF, NAN]
        return [2.3, 40.0, 90.0] if rates[-1] > 0.3 * threshold else [2.3, 2.2, 1.9]

    return train_briefly, rates


def bracket(functions, threshold, *args):
    """Return (ok, exploded, number of calls)."""
    train_briefly, rates = training(threshold)
    ok, exploded = as_tuple(functions.bracket_learning_rate(train_briefly, *args), 2)
    return number(ok, "ok"), number(exploded, "exploded"), len(rates)


def compare_brackets(student, reference, threshold, *args):
    """Require both rates to agree."""
    agree_on_rates(*(bracket(f, threshold, *args) for f in (student, reference)))


def agree_on_rates(got, want):
    """Require both rates of two results of :func:`bracket` to agree."""
    for g, w, what in zip(got[:2], want[:2], ("ok", "exploded"), strict=True):
        agree(g, w, what)


def bracket_values(student, reference, rng):
    for low, high in ((1e-6, 1e6), (1e-4, 30.0)):
        threshold = low * (high / low) ** rng.uniform(0.2, 0.8)
        compare_brackets(student, reference, threshold, low, high, 8)


def bracket_conventions(student, reference, rng, grading):
    """Are steps used, is 8 their default, and is the training run that often?"""
    usual = (float(10 ** rng.uniform(-3, 3)), 1e-6, 1e6)
    right = grading.is_right(passes(compare_brackets, student, reference, *usual, 8), A.VALUES)
    for steps in ((), (3,), (12,)):
        got, want = (bracket(f, *usual, *steps) for f in (student, reference))
        if got[2] != want[2]:
            raise Mismatch(f"steps {steps}: train_briefly was called {got[2]} times, expected {want[2]}")
        if right:
            agree_on_rates(got, want)


def bracket_edges(student, reference, rng):
    usual = (float(10 ** rng.uniform(-3, 3)), 1e-6, 1e6)
    if error := passes(compare_brackets, student, reference, *usual, 8):
        raise error
    compare_brackets(student, reference, 0.0, 1e-6, 1e6, 8)  # every rate explodes
    compare_brackets(student, reference, INF, 1e-6, 1e6, 8)  # none does
    compare_brackets(student, reference, 1.0, 0.5, 0.7, 8)


build(bracket_learning_rate,
      {A.VALUES: bracket_values, "conventions": bracket_conventions, "edge sizes": bracket_edges},
      {A.VALUES: 2.2, "conventions": 0.9, "edge sizes": 0.9}, {
          A.VALUES: "Try the geometric mean of the two rates. If it explodes it is the new upper one, else the new "
                    "lower one. A "
                    "loss that rises but stays finite has not exploded. Return (ok, exploded).",
          "conventions": "train_briefly is called once per step, steps times in all; 8 is only the default.",
          "edge sizes": "Right for a threshold inside the range. Let every rate explode, then none: one of the two "
                        "rates comes "
                        "back as it was, the other moves towards it."})

# -- all together -------------------------------------------------------------------------------------------------

find_rate = Question("find_rate",
                     uses=("expected_initial_loss", "update_ratio", "has_exploded", "bracket_learning_rate"))


def descend(rate, curvature, steps=200):
    """Return the losses and the weights of gradient descent on half a curvature times a squared norm."""
    w = np.array([1.0, -2.0])
    losses, path = [], [w]
    for _ in range(steps):
        losses.append(float(0.5 * curvature * w @ w))
        w = w - rate * curvature * w
        path.append(w)
    return losses, path


@find_rate.aspect("rate", 1.0, hint=(
    "On a bowl, gradient descent explodes above a rate of 2 / curvature: bracket_learning_rate should enclose it, and "
    "has_exploded should tell its two ends apart."))
def _(student, reference, rng):
    curvature = float(10 ** rng.uniform(-1, 1))
    brief = lambda rate: descend(rate, curvature, 5000)[0]  # noqa: E731
    with np.errstate(all="ignore"):
        got, want = (as_tuple(f.bracket_learning_rate(brief, 1e-3, 1e3), 2) for f in (student, reference))
        for g, w in zip(got, want, strict=True):
            agree(number(g), number(w), "a rate")
            said, right = (bool(number(f.has_exploded(brief(number(w))))) for f in (student, reference))
            if said != right:
                raise Mismatch(f"has_exploded gave {said}, expected {right}")


@find_rate.aspect("update", 1.0, hint=(
    "update_ratio of a step along the path, and expected_initial_loss for the classes at hand, should be what they "
    "are alone."))
def _(student, reference, rng):
    _, path = descend(float(rng.uniform(0.01, 0.2)), 1.0)
    for w, next_w in zip(path[:3], path[1:4], strict=True):
        agree(ratio(student, (w, next_w)), ratio(reference, (w, next_w)))
    classes = int(rng.integers(3, 50))
    agree(initial(student, classes), initial(reference, classes))
