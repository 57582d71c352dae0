"""Hidden tests of ``cs231n_lib.dropout`` (notebook 05_dropout).

Masks are judged by statistics over many seeds, never by one order of random numbers. A tolerance is 5.5 standard errors
of the difference between two samples, the student's and the reference's: a false alarm has a chance below 1e-7.
"""

import numpy as np

from autograder.hidden_tests.common import HINTS, ORDINARY, SIZES, build, expect_same, in_other_memory, passes
from autograder.hidden_tests.masks import (
    DRAWS,
    SHAPE,
    always_the_same,
    away_from_zero,
    cache_fits,
    close,
    dependence,
    either_meaning,
    factors,
    judge_backward,
    masks,
    out_of_reach,
    patterns,
    range_of,
    refuse_identity,
    refuse_passing_on,
    right_modes,
    seeds,
    settings,
    standard_error,
)
from autograder.hidden_tests.rubric import (
    Mismatch,
    Question,
    StudentError,
    as_array,
    as_tuple,
    expect_close,
    expect_dtype,
    expect_shape,
    expect_unchanged,
)

DROPOUT_HINTS = {
    "share kept": "p is the probability of keeping: at p = 0.8 about 80 % of the numbers stay, at p = 1 all of them. "
                  "rng.random draws evenly from 0 to 1, rng.standard_normal does not.",
    "independence": "Every number is kept or dropped by itself: draw one random number for each entry of x, not one "
                    "for each row or column, and no fixed count.",
    "seed": "dropout_param['seed'], where there is one (0 is one, too), fixes the mask: the same seed gives the same "
            "mask, another seed another. Without it every call draws a new mask.",
    "dtype": "float32 in, float32 out: a mask divided by p is float64, and so is the product. Cast it to x.dtype.",
    "leaves inputs alone": "x *= mask writes into the caller's array, and dropout_param is the caller's, too: return "
                           "what you want to keep in the cache.",
}


# -- forward passes -----------------------------------------------------------------------------------------------

def forward_question(name, marks, hints):
    """Return the question of a forward pass."""

    def share_kept(student, reference, rng):
        for p in (0.3, 0.8, 1.0):
            drawn = seeds(rng, DRAWS)
            mine, theirs = (masks(f, name, SHAPE, p, drawn) for f in (student, reference))
            bound = 5.5 * np.hypot(standard_error(mine), standard_error(theirs))
            if not abs(mine.mean() - theirs.mean()) <= bound:
                raise Mismatch(f"share kept at p = {p}: {mine.mean():.3f}, expected {theirs.mean():.3f} ± {bound:.3f}")

    def values(student, reference, rng):
        def kept_factors(functions, p, drawn):
            found = np.stack([factors(functions, name, x, settings(p, seed=s)) for s in drawn])
            dependence(found.reshape(1, len(found), -1) != 0)  # something is dropped, and something kept
            return range_of(found[found != 0])

        def test(p, share):
            expect_close(kept_factors(student, p, drawn), kept_factors(reference, share, drawn), what="out / x")

        x = away_from_zero(ORDINARY, rng)
        for share in (0.4, 0.75):
            drawn = seeds(rng, 50)
            either_meaning(test, student, reference, name, rng, share)

    def test_mode(student, reference, rng):
        def test(p, share):
            got, want = (range_of(factors(f, name, x, settings(q, "test", 3))) for f, q in ((student, p),
                                                                                          (reference, share)))
            expect_close(got, want, what="out / x")

        x = away_from_zero((15, 10), rng)
        if not passes(factors, student, name, x, settings(0.5)):
            refuse_identity(student, name, x, rng)
        for share in (0.4, 0.75):
            either_meaning(test, student, reference, name, rng, share)

    def independence(student, reference, rng):
        drawn = seeds(rng, DRAWS)
        got, want = (patterns(masks(f, name, SHAPE, 0.5, drawn)) for f in (student, reference))
        expect_same(got, want, "sums scatter (too much in rows, columns, too little in rows, columns), fixed count")

    def seed(student, reference, rng):
        drawn = [0, *seeds(rng, 30)]

        def seen(functions):
            first, again, free = (masks(functions, name, (12, 12), 0.5, s) for s in (drawn, drawn, [None] * 30))
            return ([bool((a == b).all()) for a, b in zip(first, again, strict=True)],
                    always_the_same(first), always_the_same(free))

        expect_same(seen(student), seen(reference), "same mask for (the same seed, other seeds, no seed)")

    def edge_sizes(student, reference, rng):
        def used(x):  # the factors that occur in training, for what is kept, and at test time
            train = np.stack([factors(student, name, x, settings(0.5, seed=s)) for s in seeds(rng, 30)])
            if x.size > 20:
                dependence(train.reshape(1, 30, -1) != 0)  # something is dropped, and something kept
            return range_of(train[train != 0]), range_of(factors(student, name, x, settings(0.5, "test")))

        some = away_from_zero(ORDINARY, rng)
        usual = used(some)
        for x in (*(away_from_zero(shape, rng) for shape in SIZES[1:]), *in_other_memory(some)):
            for got, want in zip(used(x), usual, strict=True):  # those of an ordinary batch, whatever they are
                if want[0] == want[1] and got.any():
                    expect_close(got, want, what=f"out / x for {x.dtype} of shape {x.shape}")

    def shape(student, reference, rng):
        errors = []
        for size in SIZES:
            for mode in ("train", "test"):
                x, param = away_from_zero(size, rng), settings(0.5, mode, 1)
                errors.append(passes(factors, student, name, x, param))
                if not errors[-1]:
                    expect_shape(getattr(student, name)(x, param)[0], size, "out")
        if all(errors):
            raise errors[0]

    def dtype(student, reference, rng):
        x = away_from_zero(ORDINARY, rng).astype(np.float32)
        for mode in ("train", "test"):
            expect_dtype(as_tuple(getattr(student, name)(x, settings(0.6, mode, 1)), 2)[0], np.float32, "out")

    def unchanged(student, reference, rng):
        for mode in ("train", "test"):
            for some_seed in (None, 5):
                inputs = [away_from_zero(ORDINARY, rng), settings(0.6, mode, some_seed)]
                expect_unchanged(student.call(name, *inputs), inputs, ["x", "dropout_param"])

    tests = {"share kept": share_kept, "values": values, "test mode": test_mode, "independence": independence,
             "seed": seed, "cache": cache_fits, "edge sizes": edge_sizes, "shape": shape, "dtype": dtype,
             "leaves inputs alone": unchanged}
    return build(Question(name), tests, marks, {**HINTS, **DROPOUT_HINTS, **hints})


vanilla_dropout_forward = forward_question("vanilla_dropout_forward", marks={
    "share kept": 0.7, "values": 0.5, "test mode": 0.7, "independence": 0.35, "seed": 0.25, "edge sizes": 0.15,
    "shape": 0.1, "dtype": 0.05, "leaves inputs alone": 0.2}, hints={
        "values": "In training a number either stays as it is or becomes 0. Vanilla dropout leaves the scaling to the "
                  "test pass.",
        "test mode": "The test pass drops nothing. It multiplies by the share that training kept on average, so that "
                     "both have the same expected output."})

dropout_forward = forward_question("dropout_forward", marks={
    "share kept": 0.8, "values": 0.9, "test mode": 0.6, "independence": 0.4, "seed": 0.3, "cache": 0.3,
    "edge sizes": 0.2, "shape": 0.1, "dtype": 0.1, "leaves inputs alone": 0.3}, hints={
        "values": "In training a number either becomes 0 or is made larger, so that on average it is what it was. "
                  "Average the output over many calls and compare it with x.",
        "test mode": "Inverted dropout has done its scaling in training: the test pass returns x as it is.",
        "cache": "The backward pass works on the documented cache but not on yours: the cache is the pair "
                 "(dropout_param, mask), in both modes, and the mask is what x was multiplied by."})

# -- backward -------------------------------------------------------------------------------------------------------

dropout_backward = Question("dropout_backward")

BACK_HINTS = {
    "dx": "The forward pass multiplied every number by its entry of the mask. Its gradient is multiplied by the same "
          "entry: the mask is in the cache, with the 1 / p in it.",
    "test mode": "The test pass returned x as it was, so dout passes as it is. There the mask is None.",
}


@dropout_backward.aspect("dx", 1.6, hint=BACK_HINTS["dx"])
def _(student, reference, rng):
    for shape in ((12, 10), (10, 12)):
        judge_backward(student, reference, shape, "train", rng, close)


@dropout_backward.aspect("test mode", 0.6, hint=BACK_HINTS["test mode"])
def _(student, reference, rng):
    error = passes(refuse_passing_on, student, rng)
    if isinstance(error, Mismatch):
        raise error
    judge_backward(student, reference, ORDINARY, "test", rng, close)


@dropout_backward.aspect("edge sizes", 0.2, hint=HINTS["edge sizes"])
def _(student, reference, rng):
    for mode in right_modes(student, reference, rng, needed=("train",)):
        for shape, *memory in (*((shape,) for shape in SIZES), (ORDINARY, np.float64, "F"), (ORDINARY, np.float32)):
            error = passes(judge_backward, student, reference, shape, mode, rng, close, *memory)
            if error and not out_of_reach(student, reference, shape, mode, rng):
                raise error


@dropout_backward.aspect("shape", 0.1, hint=HINTS["shape"])
def _(student, reference, rng):
    def same_shape(got, want):
        if not passes(close, got, want):
            expect_shape(got, np.shape(want), "dx")

    for mode in right_modes(student, reference, rng):
        for shape in SIZES:
            error = passes(judge_backward, student, reference, shape, mode, rng, same_shape)
            if isinstance(error, Mismatch):
                raise error


@dropout_backward.aspect("dtype", 0.1, hint=HINTS["dtype"])
def _(student, reference, rng):
    judge_backward(student, reference, ORDINARY, "train", rng, lambda got, want: expect_dtype(got, np.float32, "dx"),
                   np.float32)


@dropout_backward.aspect("leaves inputs alone", 0.4, hint=HINTS["leaves inputs alone"])
def _(student, reference, rng):
    dout, mask = away_from_zero(ORDINARY, rng), (rng.random(ORDINARY) < 0.4) / 0.4
    try:
        given = [dout, (settings(0.4), mask)]
        reply = student.call("dropout_backward", *given)
    except StudentError:  # it keeps a cache of its own, which stays with the student
        given = [dout]
        reply = student.call("dropout_backward", dout, student.dropout_forward(dout, settings(0.4, seed=1))[1])
    expect_unchanged(reply, given, ["dout", "cache"])


# -- Monte-Carlo dropout ----------------------------------------------------------------------------------------------

mc_dropout_mean = Question("mc_dropout_mean")


def passes_of(outs, seen):
    """Return a forward that gives ``outs`` in turn, and then more of the kind; what it is given goes into ``seen``."""
    def forward(x):
        seen.append(np.array(x))
        if len(seen) <= len(outs):
            return outs[len(seen) - 1].copy("K")
        return outs[0] * np.random.default_rng(len(seen)).uniform(0, 2, outs[0].shape).astype(outs[0].dtype)
    return forward


def draw_outs(n, shape, rng, dtype=np.float64):
    """Draw what ``n`` passes with dropout give: each number around a level of its own, with a spread of its own."""
    level, spread = 3 * rng.standard_normal(shape), rng.uniform(0.5, 2, shape)
    return [(level + spread * rng.standard_normal(shape)).astype(dtype) for _ in range(n)]


def moments(functions, outs, x):
    """Return ({"mean": ..., "spread": ...}, what forward was called with)."""
    seen = []
    mean, std = as_tuple(functions.mc_dropout_mean(passes_of(outs, seen), x.copy(), len(outs)), 2)
    return {"mean": mean, "spread": std}, seen


def expect_moments(student, reference, outs, x, names, tol=1e-6):
    """Require the named moments, over n_samples passes or over those that were made; 1 is added to a std that is 0."""
    got, seen = moments(student, outs, x)
    made = outs[:len(seen)] if 1 < len(seen) < len(outs) else list(outs)
    more = [*map(passes_of(outs, []), [x] * min(len(seen), 1000))]
    for name in names:
        candidates = [outs, made, *([more, more[-len(outs):]] if len(more) > len(outs) else [])]
        errors = [passes(expect_close, as_array(got[name], name) + (name == "spread"),
                         np.asarray(moments(reference, o, x)[0][name]) + (name == "spread"), tol, name)
                  for o in candidates]
        if all(errors):
            raise errors[0]


def right_moments(student, reference, rng):
    """Return those of "mean" and "spread" that are right for ordinary passes; raise if neither is."""
    outs, x = draw_outs(6, (7, 5), rng), rng.standard_normal((7, 5))
    errors = {n: passes(expect_moments, student, reference, outs, x, [n]) for n in ("mean", "spread")}
    if all(errors.values()):
        raise errors["mean"]
    return [n for n, error in errors.items() if error is None]


@mc_dropout_mean.aspect("mean", 0.6, hint="The mean is taken over the passes, one number for each entry of the output.")
def _(student, reference, rng):
    expect_moments(student, reference, draw_outs(6, (7, 5), rng), rng.standard_normal((7, 5)), ["mean"])


@mc_dropout_mean.aspect("spread", 0.5, hint="The standard deviation is taken over the passes, entry by entry: the root "
                                            "of the mean squared distance from the mean, with the divisor n_samples.")
def _(student, reference, rng):
    expect_moments(student, reference, draw_outs(6, (7, 5), rng), rng.standard_normal((7, 5)), ["spread"])


@mc_dropout_mean.aspect("passes", 0.4, hint="Call forward(x) n_samples times, with x as it is: every call draws a new "
                                            "mask, one call copied does not.")
def _(student, reference, rng):
    for n in (4, 9):
        outs, x = draw_outs(n, (7, 5), rng), rng.standard_normal((7, 5))
        got, want = ([len(seen), all(s.shape == x.shape and np.allclose(s, x) for s in seen)]
                     for seen in (moments(f, outs, x)[1] for f in (student, reference)))
        expect_same(got, want, "(number of calls, all with x)")


@mc_dropout_mean.aspect("edge sizes", 0.2, hint="Right for ordinary passes, but not for all. Try an output whose shape "
                                                "is not that of x, a single pass, and passes that are all equal.")
def _(student, reference, rng):
    right = right_moments(student, reference, rng)
    for n, shape in ((5, (7, 3)), (5, (7,)), (4, (2, 3, 4)), (1, (7, 5)), (3, (1, 1))):
        expect_moments(student, reference, draw_outs(n, shape, rng), rng.standard_normal((7, 5)), right)
    expect_moments(student, reference, draw_outs(1, (30, 5), rng) * 3, rng.standard_normal((7, 5)), right)
    for outs in zip(*map(in_other_memory, draw_outs(5, (7, 3), rng)), strict=True):  # float32 in running sums: 1e-4
        expect_moments(student, reference, outs, rng.standard_normal((7, 5)), right, 1e-4)


@mc_dropout_mean.aspect("shape", 0.1, hint="Both results have the shape of one pass's output, a batch of one too.")
def _(student, reference, rng):
    right = right_moments(student, reference, rng)
    for shape in ((7, 5), (1, 5), (6, 1)):
        outs = draw_outs(4, shape, rng)
        got = moments(student, outs, outs[0])[0]
        for name in right:
            if as_array(got[name], name).squeeze().shape == np.empty(shape).squeeze().shape:
                expect_shape(got[name], shape, name)


@mc_dropout_mean.aspect("dtype", 0.05, hint="float32 passes give a float32 mean and std: np.zeros(shape) is float64.")
def _(student, reference, rng):
    outs = draw_outs(4, (7, 5), rng, np.float32)
    for value in moments(student, outs, outs[0])[0].values():
        expect_dtype(value, np.float32)


@mc_dropout_mean.aspect("leaves inputs alone", 0.15, hint=HINTS["leaves inputs alone"])
def _(student, reference, rng):
    outs, x = draw_outs(4, (7, 5), rng), rng.standard_normal((7, 5))
    reply = student.call("mc_dropout_mean", passes_of(outs, []), x, 4)
    expect_unchanged(reply, [None, x, 4], ["forward", "x", "n_samples"])


# -- all together -------------------------------------------------------------------------------------------------

dropout_step = Question("dropout_step", uses=("vanilla_dropout_forward", "dropout_forward", "dropout_backward",
                                              "mc_dropout_mean"))


def run_layer(functions, name, x, param):
    """Return (out, cache) of one dropout layer, the output as an array of the shape of x."""
    out, cache = as_tuple(getattr(functions, name)(x, param), 2)
    expect_shape(out, x.shape, "out")
    return as_array(out, "out"), cache


@dropout_step.aspect("expectation", 0.7, hint="Averaged over many masks, the training pass of either kind should give "
                                              "what its own test pass gives.")
def _(student, reference, rng):
    x, p, n = away_from_zero((8, 6), rng), 0.6, 200
    for name, scale in (("vanilla_dropout_forward", 1), ("dropout_forward", 1 / p)):
        outs = [run_layer(student, name, x, settings(p, seed=s))[0] for s in seeds(rng, n)]
        tested = run_layer(student, name, x, settings(p, "test"))[0]
        # of one number: variance (scale x)^2 p (1 - p); 48 means of 200 go beyond 5.5 standard errors with 2e-6
        bound = 5.5 * np.abs(scale * x) * np.sqrt(p * (1 - p) / n)
        worst = np.max(np.abs(np.mean(outs, axis=0) - tested) / bound)
        if not worst <= 1:
            raise Mismatch(f"{name}: the mean of training is {5.5 * worst:.1f} standard errors from the test pass")


@dropout_step.aspect("dx", 0.7, hint="The functions work alone but not one after another: each backward must use the "
                                     "mask in the cache that it is given, whatever was drawn in between.")
def _(student, reference, rng):
    x, w = rng.standard_normal((6, 8)), rng.standard_normal((8, 8))
    params = [settings(0.7, seed=s) for s in seeds(rng, 2)]

    def two_layers(x):
        h, first = run_layer(student, "dropout_forward", x, params[0])
        out, second = run_layer(student, "dropout_forward", h @ w, params[1])
        return out, first, second

    out, first, second = two_layers(x)
    dout, direction = rng.standard_normal(out.shape), rng.standard_normal(x.shape)
    dx = as_array(student.dropout_backward(as_array(student.dropout_backward(dout, second)) @ w.T, first), "dx")
    expect_shape(dx, x.shape, "dx")
    # with its masks fixed by the seeds the net is linear, so its slope along any direction is a difference
    expect_close(np.sum(dx * direction), np.sum(dout * (two_layers(x + direction)[0] - out)), what="slope")


@dropout_step.aspect("ensemble", 0.6, hint="The mean over many passes of a linear layer after dropout should come near "
                                           "its test pass, and their spread near the one that theory gives.")
def _(student, reference, rng):
    x, w, p, n = away_from_zero((5, 30), rng), rng.standard_normal((30, 4)), 0.7, 150
    outs = [run_layer(student, "dropout_forward", x, settings(p, seed=s))[0] @ w for s in seeds(rng, n)]
    mean, std = (as_array(v) for v in as_tuple(student.mc_dropout_mean(passes_of(outs, []), x, n), 2))
    tested = run_layer(student, "dropout_forward", x, settings(p, "test"))[0] @ w
    spread = np.sqrt(x**2 @ w**2 * (1 - p) / p)  # each entry of x has variance x^2 (1 - p) / p
    for got, want, error in ((mean, tested, spread / np.sqrt(n)), (std, spread, spread / np.sqrt(2 * n))):
        expect_shape(got, want.shape)
        if not np.all(np.abs(got - want) <= 5.5 * error):
            raise Mismatch(f"expected\n{want}\ngot\n{got}")
