"""The hidden tests of ``evaluation`` that train: a new head on fixed features.

A trained head is judged where training ends: the problems are convex with one optimum, small and well conditioned, so
that any correct gradient descent is there after sixty steps, wherever it began. How many steps were made, and how
long they were, is asked of a loss with a constant gradient, against which the random start does not count.
"""

import numpy as np

from autograder.hidden_tests.common import HINTS, agree, at_most, build, in_other_memory, labels, passes, same_seen
from autograder.hidden_tests.rubric import Mismatch, Question, as_array, as_tuple, expect_shape, expect_unchanged


def squares(s, y):
    """Return half the mean squared distance from one-hot targets, and its gradient: one optimum, found in a formula."""
    off = s - np.eye(s.shape[1])[y]
    return 0.5 * np.sum(off**2) / len(y), off / len(y)


def softmax(s, y):
    """Return the mean cross-entropy and its gradient."""
    p = np.exp(s - s.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean(), (p - np.eye(s.shape[1])[y]) / len(y)


def constant_slope(a):
    """Return a loss that is linear in the scores: its gradient depends on the label alone."""
    return lambda s, y: (np.sum(a[y] * s) / len(y), a[y] / len(y))


def problem(rng, d=4, c=3, n=40, absent=0):
    """Draw (F, y, c): columns of F are centred and orthogonal, so that the optimum of w does not depend on b."""
    y = labels(n, c - absent, rng)
    F = rng.standard_normal((c, d))[y] + rng.standard_normal((n, d))
    F = np.linalg.qr(np.c_[np.ones(n), F])[0][:, 1:] * np.sqrt(n)
    return F * np.linspace(0.8, 1.3, d), y, c


def head(functions, F, y, c, loss, lr=0.5, steps=60, reg=0.0, seed=0):
    """Return (w, b), w as (D, C) however it is arranged."""
    w, b = as_tuple(functions.train_head(F, y, c, loss, lr, steps, reg, np.random.default_rng(seed)), 2)
    w, b, d = as_array(w, "w"), as_array(b, "b"), F.shape[1]
    if w.size != d * c or b.size != c:
        message = f"expected w of shape {(d, c)} and b of shape {(c,)}, got {w.shape} and {b.shape}"
        raise Mismatch(message, hint="w has shape (D, C) and b has shape (C,), with C = num_classes.")
    return (w.T if w.shape == (c, d) else w).reshape(d, c), b.ravel()


def compare_heads(student, reference, which, inputs, **named):
    """Require the reference's w (``which`` = 0) or b (1)."""
    agree(*(head(f, *inputs, squares, **named)[which] for f in (student, reference)), "wb"[which])


def head_weights(student, reference, rng):
    compare_heads(student, reference, 0, problem(rng))


def head_bias(student, reference, rng):
    compare_heads(student, reference, 1, problem(rng), reg=0.5)


def head_reg(student, reference, rng):
    for reg in (0.5, 0.1):
        compare_heads(student, reference, 0, problem(rng), reg=reg)


def head_steps(student, reference, rng):
    F, y, c = problem(rng)
    slope = constant_slope(1e9 * rng.standard_normal((c, c)))  # so steep that the random start does not count
    trains_b = passes(head_bias, student, reference, rng) is None
    for lr, steps in ((0.1, 1), (0.05, 4), (0.2, 7)):
        (w, b), (w_ref, b_ref) = (head(f, F, y, c, slope, lr, steps) for f in (student, reference))
        agree(w, w_ref, "w")
        if trains_b:
            agree(b, b_ref, "b")


def still(functions, rng, d=60, c=40, seed=0):
    """Return (w, b) after steps of length 0: the start."""
    return head(functions, rng.standard_normal((3, d)), np.arange(3), c, squares, lr=0.0, steps=2, seed=seed)


def head_start(student, reference, rng):
    (w, b), (v, b_ref) = (still(f, rng, seed=int(rng.integers(2**31))) for f in (student, reference))
    # n = 2400: standard errors of the difference of two means sqrt(2/n), of two log deviations 1/sqrt(n); 5.5 of them
    scale, scale_ref = w.std() or 1e-99, v.std() or 1e-99
    at_most(abs(w.mean() - v.mean()) / max(scale, scale_ref), 5.5 * np.sqrt(2 / w.size), "mean of w at the start")
    at_most(abs(np.log(scale / scale_ref)), 5.5 / np.sqrt(w.size), "log standard deviation of w at the start")
    if b.any() != b_ref.any():
        raise Mismatch("b at the start is not as expected", hint="b starts at 0.")


def head_uses_rng(student, reference, rng):
    seed, state = int(rng.integers(2**31)), int(rng.integers(2**31))

    def seen(functions):
        w, again, other = (still(functions, np.random.default_rng(state), 7, 5, s)[0] for s in (seed, seed, seed + 1))
        return np.array_equal(w, again), bool(w.any()) and np.array_equal(w, other)

    same_seen(seen, student, reference, "(same state, same start), (other state, same start)")


def head_of_any_size(student, reference, rng):
    right = passes(head_weights, student, reference, rng) is None
    for inputs in (problem(rng, c=5, absent=2), problem(rng, d=1), problem(rng, d=6, c=2, n=12)):
        head(student, *inputs, squares, steps=2)  # where the numbers are wrong anyway, their count is looked at
        if right:
            compare_heads(student, reference, 0, inputs)
    F, *more = problem(rng)
    for turned in in_other_memory(F) if right else ():
        agree(*(head(f, turned, *more, squares)[0] for f in (student, reference)), "w", 2e-5)
    if not any(passes(test, student, reference, rng) for test in (head_steps, head_unchanged)):  # charged there
        slope, one = constant_slope(1e9 * rng.standard_normal((3, 3))), (F[:1], np.array([2]), 3)
        agree(*(head(f, *one, slope, 0.1, 2)[0] for f in (student, reference)), "w")


def head_shape(student, reference, rng):
    for d, c in ((4, 3), (3, 5)):
        F, y, c = problem(rng, d, c)
        head(student, F, y, c, squares, steps=2)
        w, b = as_tuple(student.train_head(F, y, c, squares, 0.5, 2, 0.1, np.random.default_rng(0)), 2)
        expect_shape(w, (d, c), "w")
        expect_shape(b, (c,), "b")


def head_unchanged(student, reference, rng):
    F, y, c = problem(rng)
    expect_unchanged(student.call("train_head", F, y, c, squares, 0.5, 3, 0.1, np.random.default_rng(0)), [F, y],
                     ["F", "y"])


train_head = build(Question("train_head"), {
    "w": head_weights, "b": head_bias, "reg": head_reg, "steps": head_steps, "start": head_start,
    "uses rng": head_uses_rng, "edge sizes": head_of_any_size, "shape": head_shape,
    "leaves inputs alone": head_unchanged}, {
        "w": 1.0, "b": 0.5, "reg": 0.6, "steps": 0.5, "start": 0.3, "uses rng": 0.3, "edge sizes": 0.2, "shape": 0.2,
        "leaves inputs alone": 0.4}, {**HINTS, **{
            "w": "Descend: scores are F @ w + b, loss_fn gives dscores, and dw is that of an affine layer. After many "
                 "steps w must be where the loss is lowest.",
            "b": "b is added to every row, so its gradient is the sum of dscores over the rows. It is trained, but not "
                 "regularised.",
            "reg": "The penalty is 0.5 * reg * sum(w**2), so that its gradient is reg times w.",
            "steps": "Each step moves w by lr times the gradient against it, and there are exactly `steps` of them.",
            "start": "w starts small and random, with the standard deviation 0.01; b starts at 0.",
            "uses rng": "Take the random start from the argument rng: the same state must give the same head.",
            "edge sizes": "The number of classes is num_classes, also if the last ones do not occur in y; a single "
                          "feature is allowed.",
            "shape": "w has shape (D, C), one column a class; b has shape (C,)."}})
