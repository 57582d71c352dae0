"""Hidden tests of ``cs231n_lib.linear_classifier`` (notebook 00_linear_classifier)."""

from functools import partial

import numpy as np

from autograder.hidden_tests.builders import (
    HINTS,
    Misshapen,
    Pair,
    agree,
    backward_question,
    build,
    expect_right_shape,
    in_float64_or_32,
    labels,
    passes,
    same_seen,
    to_float32,
    value_question,
)
from autograder.hidden_tests.expectations import (
    Mismatch,
    as_array,
    as_tuple,
    expect_close,
    expect_dtype,
    expect_shape,
    expect_unchanged,
)
from autograder.hidden_tests.rubric import Question
from autograder.hidden_tests.transfer import Accepted
from autograder.reference import load_aspects
from autograder.sandbox.student import StudentError

A = load_aspects("linear_classifier")

# -- the affine layer -------------------------------------------------------------------------------------------


def affine_inputs(*sizes, bias=True):
    """Return a draw of (x, w, b); a size is the shape of x and the number of outputs.

    Without a bias, so that one forgotten is not charged where something else is looked at.
    """
    return lambda rng: [(rng.standard_normal(shape), rng.standard_normal((int(np.prod(shape[1:])), m)),
                         rng.standard_normal(m) * bias) for shape, m in sizes]


FLAT, IMAGES = ((6, 5), 4), ((4, 2, 3, 2), 3)
EDGES = (IMAGES, ((1, 2, 4), 3), ((1, 5), 4), ((3, 1), 2), ((5, 4), 1), ((1, 1), 1))

affine_forward = value_question(
    "affine_forward", {A.VALUES: affine_inputs(FLAT, ((3, 8), 2)), "edge sizes": affine_inputs(*EDGES, bias=False)},
    marks={A.VALUES: 1.2, "edge sizes": 0.4, A.SHAPE: 0.1, A.DTYPE: 0.1}, args=("x", "w", "b"), hints={
        A.VALUES: "Every example is a row of x: out = x @ w + b, and b is added to every row.",
        "edge sizes": "x may have any number of axes after the first: flatten each example to one row of D numbers, "
                      "for a batch of one, one feature or one output too.",
    })


@affine_forward.aspect(A.INPUTS, 0.2, hint=HINTS[A.INPUTS])
def _(student, reference, rng, grading):
    def unchanged(inputs):
        expect_unchanged(student.call("affine_forward", *inputs), inputs, ["x", "w", "b"])

    flat, images = (passes(unchanged, inputs) for inputs in affine_inputs(FLAT, IMAGES)(rng))
    for error, charged in ((flat, A.VALUES), (images, "edge sizes")):
        if isinstance(error, Mismatch) or all(isinstance(e, StudentError) for e in (flat, images)):
            raise error
        grading.is_right(error, charged)  # what does not run on images is charged there


affine_backward = backward_question(
    Pair("affine_forward", "affine_backward", ("dx", "dw", "db"), {k: (k,) for k in (A.DX, A.DW, A.DB)}),
    {"ordinary": affine_inputs(FLAT, ((3, 8), 2)), "edge sizes": affine_inputs(*EDGES)},
    marks={A.DX: 0.75, A.DW: 0.75, A.DB: 0.5, "edge sizes": 0.4, A.SHAPE: 0.15, A.DTYPE: 0.1,
           A.INPUTS: 0.35}, hints={
        A.DX: "dx = dout @ w.T: the only product of dout (N, M) and w (D, M) that has the shape of x.",
        A.DW: "dw = x.T @ dout, with the examples as rows of x: it sums over the batch, and has the shape of w.",
        A.DB: "b is added to every row, so db is the sum of dout over the rows: M numbers.",
        "edge sizes": "dx has the shape of x, whatever that is; dw needs x with each example flattened to one row.",
    })

# -- the losses ---------------------------------------------------------------------------------------------------


LOSS_HINTS = {
    "edge sizes": "Right for an ordinary batch, but not for every size. Try one example, one class, and labels among "
                  "which the last class does not occur: the number of classes is x.shape[1].",
    A.SHAPE: "The loss is one number, dx has the shape of x.",
}


def scores(n, c, rng):
    """Draw (x, y) with ``n`` examples and ``c`` classes."""
    return 1.5 * rng.standard_normal((n, c)), labels(n, c, rng)


def close(got, want, what, tol=1e-6):
    """Compare losses or gradients to an absolute ``tol``: either may be 0, where nothing is relative."""
    agree(np.asarray(as_array(got, what) + 1), np.asarray(want) + 1, what, tol)


def parts(functions, name, x, y):
    """Return the results of a loss by the names of their aspects."""
    return dict(zip((A.LOSS, A.GRADIENT), as_tuple(getattr(functions, name)(x, y), 2), strict=True))


def part_errors(got, want):
    """Return what is wrong with "loss" and with "gradient", None for nothing."""
    return {part: passes(close, got[part], want[part], part) for part in want}


def right_parts(student, reference, name, x, y, grading):
    """Return those of "loss" and "gradient" that are right on (x, y); raise if neither is."""
    return right_in(parts(student, name, x, y), parts(reference, name, x, y), grading)


def right_in(got, want, grading):
    """Return those of "loss" and "gradient" that are right in the results of a loss; raise if neither is."""
    errors = part_errors(got, want)
    if all(errors.values()):
        raise Mismatch(f"neither result is right on an ordinary example: {errors[A.LOSS]}",
                       hint="Counts once the loss or its gradient is right for one ordinary example.")
    return grading.keep_right(errors)


def loss_question(name, marks, hints, probe, stable=None):
    """Return the question of a loss ``f(x, y) -> (loss, dx)``.

    Further aspects are judged on batches of one, where averaging cannot go wrong, and only on that result (loss or
    gradient) which is right for the ordinary batch of one that ``probe(rng)`` draws.
    """

    def part(which):
        def test(student, reference, rng):
            for n, c in ((8, 4), (5, 3), (15, 5)):
                x, y = scores(n, c, rng)
                close(parts(student, name, x, y)[which], parts(reference, name, x, y)[which], which)
        return test

    def edge_sizes(student, reference, rng, grading):
        right = right_parts(student, reference, name, *probe(rng), grading)
        many, one_class = np.array([[-6.0, 3, 4, 5, 6, 7]]), rng.standard_normal((1, 1))
        for x in (many + 0.1 * rng.standard_normal(many.shape), one_class):  # the last class does not occur in y
            got, want = (parts(f, name, x, np.array([0])) for f in (student, reference))
            for which in right:
                close(got[which], want[which], which)
        for _ in range(3):  # in one batch alone, what float32 loses may cancel
            in_other_memory(student, reference, scores(8, 4, rng), grading)

    def in_other_memory(student, reference, usual, grading):
        errors = part_errors(*(parts(f, name, *usual) for f in (student, reference)))
        for which in (part for part, error in errors.items() if grading.is_right(error, part)):
            for inputs, tol in in_float64_or_32(usual):
                mine, theirs = (parts(f, name, *inputs)[which] for f in (student, reference))
                close(mine, theirs, which, min(tol, 4e-6))  # a mean over the batch: what single entries lose is small

    def shape(student, reference, rng, grading):
        drawn = [scores(7, 3, rng), probe(rng)]
        batch, single = ([parts(f, name, *inputs) for f in (student, reference)] for inputs in drawn)
        errors = part_errors(*batch)
        right = [part for part, error in errors.items() if grading.is_right(error, part)]
        for which in right:
            expect_shape(batch[0][which], np.shape(batch[1][which]), which)
        # where it is averaged in no or another way, a single example is looked at alone
        for which in right_in(*single, grading):
            if which in right or not right:
                expect_shape(single[0][which], np.shape(single[1][which]), which)

    def dtype(student, reference, rng):
        expect_dtype(parts(student, name, *to_float32(scores(6, 4, rng)))[A.GRADIENT], np.float32, "dx")

    def unchanged(student, reference, rng):
        inputs = scores(6, 4, rng)
        expect_unchanged(student.call(name, *inputs), inputs, ["x", "y"])

    tests = {A.LOSS: part(A.LOSS), A.GRADIENT: part(A.GRADIENT), A.STABLE: stable, "edge sizes": edge_sizes,
             A.SHAPE: shape, A.DTYPE: dtype, A.INPUTS: unchanged}
    return build(Question(name), tests, marks, {**HINTS, **LOSS_HINTS, **hints})


def one_row(rng):
    """Draw a single example of four classes, of the last one."""
    return 1.5 * rng.standard_normal((1, 4)), np.array([3])


def far_below(rng):
    """Draw a single example whose own class has the lowest score by far: every margin is active, whatever delta is."""
    return np.array([[5.0, 4, 3, -5]]) + 0.1 * rng.standard_normal((1, 4)), np.array([3])


def softmax_stable(student, reference, rng, grading):
    """Rows at ±1000: alone against the reference, in a batch against the same rows at ordinary height."""
    right = right_parts(student, reference, "softmax_loss", *one_row(rng), grading)
    for far in ([1000, 998.5, -998, -1000], [-1000, -1001, -999.5, -1000.5], [1000, 999, 1001, 1000.5]):
        x = np.array([far]) + 0.1 * rng.standard_normal((1, 4))
        got, want = (parts(f, "softmax_loss", x, np.array([3])) for f in (student, reference))
        for which in right:
            finite_like(got[which], want[which], which)
    x, y = scores(4, 4, rng)
    height = np.array([[1000], [-1000], [1000], [-1000]])
    (near, far), (near_ref, far_ref) = ([parts(f, "softmax_loss", x + h, y) for h in (0, height)]
                                        for f in (student, reference))
    for which in right:  # nothing may change, however the batch is averaged
        before, after = (as_array(result[which], which) for result in (near, far))
        if which == A.LOSS:
            before, after = before.mean(), after.mean()
        expect_shape(after, before.shape, which)
        finite_like(after - before, far_ref[which] - near_ref[which], which)


def finite_like(got, want, what):
    """Compare; where a known mistake in the reference's place is not finite, the result must not be either."""
    if np.isfinite(want).all():
        close(got, want, what)
    elif np.isfinite(as_array(got, what)).all():
        raise Mismatch(f"{what} is finite, and was not expected to be")


softmax_loss = loss_question("softmax_loss", probe=one_row, stable=softmax_stable, marks={
    A.LOSS: 1.3, A.GRADIENT: 1.3, A.STABLE: 0.5, "edge sizes": 0.2, A.SHAPE: 0.15, A.DTYPE: 0.15,
    A.INPUTS: 0.4}, hints={
        A.LOSS: "The loss is the mean over the batch of -log p of each example's own class, with p the softmax of its "
                "row. With all scores equal it is log C.",
        A.GRADIENT: "dx = (p - onehot(y)) / N: its rows sum to 0, and only the entry of the own class is negative.",
        A.STABLE: "Rows of ±1000 must give a finite and exact loss: subtract each row's own maximum, and use "
                  "log p = shifted - log(sum(exp(shifted))) instead of the logarithm of a p that has become 0."})

svm_loss = loss_question("svm_loss", probe=far_below, marks={
    A.LOSS: 1.4, A.GRADIENT: 1.6, "edge sizes": 0.3, A.SHAPE: 0.15, A.DTYPE: 0.15, A.INPUTS: 0.4}, hints={
        A.LOSS: "For each example sum max(0, x_j - x_y + 1) over the other classes j, then take the mean over the "
                "batch. With all scores equal it is C - 1.",
        A.GRADIENT: "Each positive margin of a row adds 1/N at its own class and takes 1/N from the right class: the "
                    "rows of dx sum to 0."})

# -- mini-batches -------------------------------------------------------------------------------------------------

sample_batch = Question("sample_batch")


def dataset(n, rng, shape=(3,)):
    """Draw ``n`` different examples with different labels."""
    return rng.standard_normal((n, *shape)), rng.permutation(3 * n)[:n]


def draw(functions, X, y, batch_size, seed):
    """Return (rows, yb): which rows of X were drawn, and the labels that came with them."""
    Xb, yb = as_tuple(functions.sample_batch(X, y, batch_size, np.random.default_rng(seed)), 2)
    Xb, yb = as_array(Xb, "Xb"), as_array(yb, "yb")
    if Xb.ndim == 0 or len(Xb) != batch_size:
        message = f"expected batch_size = {batch_size} rows, got Xb of shape {Xb.shape}"
        raise Mismatch(message, hint="Xb must have batch_size rows.")
    index = {tuple(row): i for i, row in enumerate(X.reshape(len(X), -1))}
    rows = [index.get(tuple(row)) for row in Xb.reshape(batch_size, int(np.prod(Xb.shape[1:])))]
    if None in rows:
        raise Mismatch("Xb has a row that is not one of X", hint="Each row of Xb must be a row of X as it is.")
    return np.array(rows), yb


@sample_batch.aspect(A.PAIRING, 0.5, hint="yb[i] must be the label of Xb[i]: draw the indices once and use them twice.")
def _(student, reference, rng):
    X, y = dataset(50, rng)
    for seed in rng.integers(2**31, size=5):
        (rows, got), (rows_ref, want) = (draw(f, X, y, 12, seed) for f in (student, reference))
        if not np.array_equal(y[rows_ref], want):  # a known mistake in the reference's place
            expect_close(got, want, what="yb")
        else:
            expect_close(got, y[rows], what="yb")


def few_rows_drawn_often(functions, X, y, seed, no_batch_is_charged):
    """Return which of five rows come too often or too rarely in a batch of 1000: a row more at an end shows here."""
    try:
        counts = np.bincount(draw(functions, X, y, 1000, seed)[0], minlength=5)
    except (Mismatch, StudentError):  # fewer than 1000 without replacement: charged there
        if not no_batch_is_charged:
            raise
        counts = np.full(5, 200)
    # binomial, mean 200, standard deviation sqrt(1000 * 0.2 * 0.8) = 12.6; beyond 6 of them as above
    return (np.sign(counts - 200) * (np.abs(counts - 200) > 6 * np.sqrt(160))).astype(int).tolist()


@sample_batch.aspect(A.DISTRIBUTION, 0.4, hint="Every row must be drawn equally often: indices run from 0 to "
                                               "len(X) - 1, both included.")
def _(student, reference, rng, grading):
    X, y = dataset(2000, rng, (1,))
    seed = rng.integers(2**31)

    def seen(functions):
        # 1000 rows in tenths of X: each count is binomial, mean 100, standard deviation sqrt(1000 * 0.1 * 0.9) = 9.5.
        # Beyond 6 of them: chance of a false alarm < 1e-6 (the upper tail is a little heavier than normal).
        counts = np.bincount(draw(functions, X, y, 1000, seed)[0] // 200, minlength=10)
        uneven = np.sign(counts - 100) * (np.abs(counts - 100) > 6 * np.sqrt(90))
        # n rows drawn from n: one certain row is missed in all 40 draws with probability < exp(-40).
        rows = [draw(functions, X[:n], y[:n], n, seed + n)[0] for n in range(2, 42)]
        return (*uneven.astype(int).tolist(), any(0 in r for r in rows), any(r.max() == len(r) - 1 for r in rows),
                *few_rows_drawn_often(functions, X[:5], y[:5], seed, grading.lost(A.REPLACEMENT)))

    same_seen(seen, student, reference, "some rows come more often than others")


@sample_batch.aspect(A.REPLACEMENT, 0.35, hint="The batch is drawn with replacement: the same row may come twice.")
def _(student, reference, rng):
    X, y = dataset(25, rng)
    seed = rng.integers(2**31)
    # 25 of 25 rows are all different with probability 25! / 25**25 = 2e-10
    same_seen(lambda f: len(set(draw(f, X, y, 25, seed)[0])) == 25, student, reference, "all rows are different")


@sample_batch.aspect(A.USES_RNG, 0.4, hint="Take every random number from the argument rng: the same generator state "
                                           "must give the same batch, and another state another batch.")
def _(student, reference, rng):
    X, y = dataset(500, rng)
    seed = int(rng.integers(2**31))

    def seen(functions):
        # two batches of 20 rows from 500 are equal with probability 500**-20
        a, again, b = (draw(functions, X, y, 20, s)[0] for s in (seed, seed, seed + 1))
        return np.array_equal(a, again), np.array_equal(a, b), np.array_equal(a, np.arange(20))

    same_seen(seen, student, reference, "(same state, same batch), (other state, same batch), (the first rows)")


@sample_batch.aspect(A.SHAPE, 0.1, hint="Xb keeps the shape of the examples, yb has one axis.")
def _(student, reference, rng):
    X, y = dataset(9, rng, (2, 3, 2))
    Xb, yb = as_tuple(student.sample_batch(X, y, 4, np.random.default_rng(0)), 2)
    expect_shape(Xb, (4, 2, 3, 2), "Xb")
    expect_shape(yb, (4,), "yb")


@sample_batch.aspect(A.DTYPE, 0.05, hint="Xb has the dtype of X and yb that of y: labels stay integers.")
def _(student, reference, rng):
    X, y = dataset(9, rng)
    Xb, yb = as_tuple(student.sample_batch(X.astype(np.float32), y, 4, np.random.default_rng(0)), 2)
    expect_dtype(Xb, np.float32, "Xb")
    expect_dtype(yb, y.dtype, "yb")


@sample_batch.aspect(A.INPUTS, 0.2, hint="X and y must keep their order: draw indices, do not shuffle.")
def _(student, reference, rng):
    inputs = [*dataset(30, rng), 6]
    expect_unchanged(student.call("sample_batch", *inputs, np.random.default_rng(0)), inputs, ["X", "y"])


# -- the training loop --------------------------------------------------------------------------------------------

class Batches:
    """Deals out batches one after the other and in turn, and counts them. A function must call it: objects are copied.
    """

    def __init__(self, batches):
        self.batches, self.count = batches, 0

    def __call__(self):
        self.count += 1
        return tuple(part.copy() for part in self.batches[(self.count - 1) % len(self.batches)])


def fixed_slope(V, G):
    """Return a loss that goes with the scores as V does, and gives G as its gradient, whatever the scores are.

    So what is wrong in one result of the training reaches no other: with G = 0 the data move nothing.
    """
    def loss(scores, y):
        scores = as_array(scores, "the scores")
        if scores.shape != V.shape:
            raise ValueError("scores have the shape (B, C)")
        return float(np.sum(scores * V) + np.sum(y)), G.copy()
    return loss


def linear_problem(rng, n=6, d=4, c=3):
    """Draw (batch, slope of the loss, w, b)."""
    return ((rng.standard_normal((n, d)), labels(n, c, rng)), rng.standard_normal((n, c)), rng.standard_normal((d, c)),
            rng.standard_normal(c))


def train(functions, batches, loss_fn, w, b, lr=0.1, reg=0.0, steps=4):
    """Return the results of train_linear by their aspects; copies are handed in."""
    results = functions.train_linear(lambda: batches(), loss_fn, w.copy(), b.copy(), lr, reg, steps)
    return dict(zip((A.W, A.B, A.LOSS), as_tuple(results, 3), strict=True))


def compare_trained(student, reference, rng, part, slope=1.0, size=(6, 4, 3), compare=close, **settings):
    """Require the same ``part`` (an aspect) of both, for a loss of fixed slope; all of ``settings`` are train's."""
    batch, V, w, b = linear_problem(rng, *size)
    got, want = (train(functions, Batches([batch]), fixed_slope(V, slope * V), w, b, **settings)
                 for functions in (student, reference))
    compare(got[part], want[part], part)


def linear_part(part, *runs, slope=1.0):
    """Return the test of one result; a run is (length, number of steps and strength of the penalty)."""
    def test(student, reference, rng):
        for lr, steps, reg in runs:
            compare_trained(student, reference, rng, part, slope, lr=lr, steps=steps, reg=reg)
    return test


ORDINARY_RUNS = {A.W: {}, A.B: {}, A.LOSS: {"slope": 0.0}}
"""Result of train_linear, by its aspect -> how it is trained where only its own numbers count."""


def linear_losses(student, reference, rng, grading):
    compare_trained(student, reference, rng, A.LOSS, **ORDINARY_RUNS[A.LOSS])
    compare_trained(student, reference, rng, A.LOSS, reg=0.3, steps=1)
    if not any(map(grading.lost, (A.W, A.B, A.REG))):
        compare_trained(student, reference, rng, A.LOSS, reg=0.3)


def right_linear_parts(student, reference, rng, grading):
    """Return those results that are right on an ordinary problem; raise if none is."""
    return grading.keep_right({part: passes(partial(compare_trained, **settings), student, reference, rng, part)
                               for part, settings in ORDINARY_RUNS.items()})


def linear_batches(student, reference, rng, grading):
    right = right_linear_parts(student, reference, rng, grading)
    batch, V, w, b = linear_problem(rng)
    batches = [batch, *(linear_problem(rng)[0] for _ in range(4))]
    mine, theirs = Batches(batches), Batches(batches)
    for part in right:
        mine.count = theirs.count = 0
        slope = ORDINARY_RUNS[part].get("slope", 1.0)
        got, want = (train(functions, drawn, fixed_slope(V, slope * V), w, b, steps=5)
                     for functions, drawn in ((student, mine), (reference, theirs)))
        if mine.count != theirs.count:
            raise Mismatch(f"5 steps drew {mine.count} batches, and {theirs.count} were expected")
        close(got[part], want[part], part)


def linear_sizes(student, reference, rng, grading):
    for part in right_linear_parts(student, reference, rng, grading):
        for size in ((1, 4, 3), (6, 1, 2), (5, 3, 1)):
            compare_trained(student, reference, rng, part, **ORDINARY_RUNS[part], size=size)


def linear_shape(student, reference, rng, grading):
    for part in right_linear_parts(student, reference, rng, grading):
        for size in ((6, 4, 3), (6, 2, 1), (1, 2, 3)):
            error = passes(partial(compare_trained, **ORDINARY_RUNS[part], size=size, compare=close_in_shape), student,
                           reference, rng, part)
            if isinstance(error, Misshapen):
                raise error
            grading.is_right(error, part, "edge sizes")


def close_in_shape(got, want, what):
    """Compare as :func:`close`, then require the shape."""
    close(got, want, what)
    expect_right_shape(got, want, what)


def linear_unchanged(student, reference, rng):
    batch, V, w, b = linear_problem(rng)
    inputs = [lambda: batch, fixed_slope(V, V), w, b]
    expect_unchanged(student.call("train_linear", *inputs, 0.1, 0.2, 3), inputs, ["draw_batch", "loss_fn", "w", "b"])


train_linear = build(Question("train_linear"), {
    A.W: linear_part(A.W, (0.1, 4, 0), (0.5, 1, 0)), A.B: linear_part(A.B, (0.1, 4, 0.5), (0.5, 1, 0)),
    A.REG: linear_part(A.W, (0.1, 4, 0.5), (0.1, 2, 2), slope=0.0), A.LOSS: linear_losses,
    A.NEW_BATCHES: linear_batches, "edge sizes": linear_sizes, A.SHAPE: linear_shape, A.INPUTS: linear_unchanged}, {
        A.W: 1.0, A.B: 0.6, A.REG: 0.6, A.LOSS: 0.7, A.NEW_BATCHES: 0.4, "edge sizes": 0.2, A.SHAPE: 0.1,
        A.INPUTS: 0.4},
    {**HINTS, **{
        A.W: "loss_fn says how the loss changes with the scores; from there it is one product to the weights. Each "
             "step goes against that, by lr.",
        A.B: "b is added to every row of scores, so all rows have a say in its gradient. The penalty has none.",
        A.REG: "The penalty is 0.5 * reg * sum(w**2): its slope belongs into every step of w.",
        A.LOSS: "Write down one number for each step: the loss on its batch plus the penalty, before w and b move.",
        A.NEW_BATCHES: "Call draw_batch once in every step, no more and no less.",
        "edge sizes": "Right for an ordinary batch, but not for every size. Try a batch of one, a single feature, a "
                      "single class, a single step.",
        A.SHAPE: "w and b have the shapes that they came with, losses has one number for each step."}})

# -- all together -------------------------------------------------------------------------------------------------

training_step = Question("training_step", uses=("affine_forward", "affine_backward", "softmax_loss", "svm_loss",
                                                "sample_batch"))


def step(student, loss, X, y, w, b, rng, again=False):
    """Sample, forward, loss, backward; return (rows, dw, db)."""
    rows, yb = draw(student, X, y, 15, rng.integers(2**31))
    expect_close(yb, y[rows], what="yb")
    return rows, *gradients(student, loss, X[rows], y[rows], w, b, again)


def gradients(functions, loss, Xb, yb, w, b, again=False):
    """Forward, loss, backward; return (dw, db). If ``again``, the forward is called once more before the backward."""
    out, cache = functions.affine_forward(Xb, w, b)
    if again:  # the backward must use the cache it is given
        functions.affine_forward(0.5 - Xb, w, b)
    _, dw, db = as_tuple(functions.affine_backward(as_tuple(getattr(functions, loss)(out, yb), 2)[1], cache), 3)
    expect_shape(dw, w.shape, "dw")
    expect_shape(db, b.shape, "db")
    return as_array(dw), as_array(db)


def clouds(rng, n=60, classes=3):
    """Draw ``n`` small images in ``classes`` clouds; return (X, y, w, b) with small weights."""
    y = labels(n, classes, rng)
    centres = np.linalg.qr(rng.standard_normal((6, classes)))[0].T  # at right angles, so that they lie apart
    X = 3 * centres[y] + rng.standard_normal((n, 6))
    return X.reshape(n, 2, 3), y, 0.01 * rng.standard_normal((6, classes)), np.zeros(classes)


@training_step.aspect(A.GRADIENT, 1.0, hint="The functions work alone but not one after another. What affine_backward "
                                            "needs must come out of the cache, not out of an earlier call.")
def _(student, reference, rng):
    X, y, w, b = clouds(rng)
    for loss in ("softmax_loss", "svm_loss"):
        rows, dw, db = step(student, loss, X, y, w, b, rng, again=True)
        want = gradients(reference, loss, X[rows], y[rows], w, b)
        expect_close(dw, want[0], what="dw")
        expect_close(db, want[1], what="db")


@training_step.aspect(A.LOSS, 1.0, hint="Thirty steps of sample, forward, loss, backward and update should more than "
                                        "halve the loss on three well separated clouds.")
def _(student, reference, rng):
    for loss in ("softmax_loss", "svm_loss"):
        X, y, w, b = clouds(rng)
        losses = []
        for _ in range(31):
            losses.append(getattr(reference, loss)(reference.affine_forward(X, w, b)[0], y)[0])
            _, dw, db = step(student, loss, X, y, w, b, rng)
            w, b = w - 0.3 * dw, b - 0.3 * db
        # in 300 draws the reference ended at 0.10 of the start (softmax; at most 0.23), at 0.02 (hinge; at most 0.12)
        if not losses[-1] < 0.5 * losses[0]:
            raise Mismatch(f"{loss} went from {losses[0]:.3g} to {losses[-1]:.3g} in 30 steps")


# -- transfer questions -----------------------------------------------------------------------------------------------

ACCEPTED = {
    "answer_alarm": Accepted("c", hint=(
        "Which of the explanations depends on the point, and not on h? Where does the SVM loss have no slope?")),
    "answer_columns": Accepted(8, "columns", hint=(
        "With tiny weights every class has the same probability. How many classes make the loss that he sees?")),
}
