"""Hidden tests of ``cs231n_lib.label_smoothing`` (notebook 10_label_smoothing)."""

import numpy as np

from autograder.hidden_tests.builders import HINTS, agree, labels, passes
from autograder.hidden_tests.expectations import as_tuple, expect_unchanged
from autograder.hidden_tests.rubric import Question
from autograder.reference import load_aspects

A = load_aspects("label_smoothing")
PARTS = (A.LOSS, A.GRADIENT)

smoothing_loss = Question("smoothing_loss")


def draw(rng, n=7, classes=5):
    """Draw (log_p, y)."""
    scores = 2 * rng.standard_normal((n, classes))
    return scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True)), labels(n, classes, rng)


def compare(student, reference, part, *inputs):
    """Require one of the two results to be right."""
    got, want = (as_tuple(functions.smoothing_loss(*inputs), 2) for functions in (student, reference))
    agree(got[PARTS.index(part)], want[PARTS.index(part)], part)


@smoothing_loss.aspect(A.LOSS, 0.8, hint="Weigh the logarithms of a row with its targets, and take the mean over N.")
def _(student, reference, rng):
    compare(student, reference, A.LOSS, *draw(rng))


@smoothing_loss.aspect(A.GRADIENT, 1.0, hint="The gradient is (p - q) / N: the net's probability minus the target.")
def _(student, reference, rng):
    compare(student, reference, A.GRADIENT, *draw(rng))


@smoothing_loss.aspect(A.SMOOTHING, 0.5, hint="The caller may choose another share than 0.1, also 0: use the argument.")
def _(student, reference, rng, grading):
    usual = draw(rng)
    right = grading.keep_right({part: passes(compare, student, reference, part, *usual) for part in PARTS})
    for part in right:
        for smoothing in (*rng.uniform(0.3, 0.9, 2), 0.0):
            compare(student, reference, part, *usual, smoothing)


@smoothing_loss.aspect(A.INPUTS, 0.2, hint=HINTS[A.INPUTS])
def _(student, reference, rng):
    inputs = draw(rng)
    expect_unchanged(student.call("smoothing_loss", *inputs), inputs, ("log_p", "y"))
