"""Hidden tests of ``cs231n_lib.dropout`` (notebook 05_dropout).

Masks are judged by statistics over many seeds, never by one order of random numbers. A tolerance is 5.5 standard errors
of the difference between two samples, the student's and the reference's: a false alarm has a chance below 1e-7.
"""

import numpy as np

from autograder.hidden_tests.builders import (
    HINTS,
    ORDINARY,
    SIZES,
    at_most,
    build,
    expect_same,
    in_other_memory,
    passes,
)
from autograder.hidden_tests.expectations import (
    Mismatch,
    arrays,
    as_array,
    as_tuple,
    expect_again,
    expect_close,
    expect_dtype,
    expect_shape,
    expect_unchanged,
    relative_error,
)
from autograder.hidden_tests.rubric import Question
from autograder.reference import load_aspects
from autograder.sandbox.student import StudentError

A = load_aspects("dropout")


def away_from_zero(shape, rng):
    """Draw numbers of both signs, none nearer to 0 than 0.5."""
    return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 2, shape)


def settings(p, mode="train", seed=None):
    """Return a dropout_param."""
    return {"p": float(p), "mode": mode} | ({} if seed is None else dict(seed=int(seed)))


def seeds(rng, count):
    """Draw seeds."""
    return rng.integers(1, 2**31, count)


def factors(functions, name, x, param):
    """Return out / x, in the shape of x: what each number was multiplied by."""
    return factors_in(as_tuple(getattr(functions, name)(x.copy("K"), dict(param)), 2)[0], x)


def factors_in(out, x):
    """Return out / x of an output, in the shape of x."""
    out = as_array(out, "out")
    if not arrays.have_same_long_axes(out, x):  # axes of length one are judged under "shape"
        message = f"expected out of shape {x.shape}, got {out.shape}"
        raise Mismatch(message, hint="The output has the shape of x: what is dropped becomes 0, and stays where it is.")
    return out.reshape(x.shape) / x


def masks(functions, name, shape, p, some_seeds):
    """Return which numbers were kept, one mask for each seed (None is no seed): bool (K, *shape)."""
    x = away_from_zero(shape, np.random.default_rng(0))
    # A division by 1 - p = 0 gives NaN for what is dropped.
    return np.stack([np.nan_to_num(factors(functions, name, x, settings(p, seed=s))) != 0 for s in some_seeds])


def inverted(functions, name, rng):
    """Does the function drop with probability p where it should keep?"""
    return all(abs(masks(functions, name, (40, 40), p, seeds(rng, 5)).mean() - (1 - p)) < 0.2 for p in (0.2, 0.8))


def either_meaning(test, student, name, rng, share, grading):
    """Require ``test(p, share)`` to pass, with p = share or, of those who take p for the other one, p = 1 - share.

    That is charged under "share kept".
    """
    error = passes(test, share, share)
    if not grading.is_right(error, "share kept") and not (
            inverted(student, name, rng) and passes(test, 1 - share, share) is None):
        raise error


def range_of(values):
    """Return the least and the largest, both 0 if there is none: one factor for all, or not."""
    return np.array([values.min(), values.max()] if values.size else [0.0, 0.0])


SHAPE, DRAWS = (30, 30), 30


def dependence(kept):
    """Return how much the sums over rows, and those over columns, scatter against those of independent numbers."""
    k, n, d = kept.shape
    share = kept.mean()
    if share in (0, 1):
        raise Mismatch(f"a share of {share:g} is kept", hint="In training some numbers are dropped, and some kept.")
    single = share * (1 - share)
    return kept.sum(axis=2).var() / (d * single), kept.sum(axis=1).var() / (n * single)


def always_the_same(kept):
    """Are all masks equal?"""
    return bool((kept == kept[0]).all())


def standard_error(kept):
    """Return that of the share kept, whatever part of the mask is drawn only once."""
    share = kept.mean()
    if share in (0, 1):
        return 0.0
    rows, columns = dependence(kept)
    draws = kept.size / max(rows, 1) / max(columns, 1) / (len(kept) if always_the_same(kept) else 1)
    return np.sqrt(share * (1 - share) / draws)


def patterns(kept):
    """Return what tells masks from independent ones: sums that scatter too much or too little, a fixed count."""
    # Variances of at least 30 independent sums: chi-squared with 29 degrees of freedom is below 1/8 of its mean, or
    # above 3.5 times, with a chance of 1e-8. Counts of 900 have a standard deviation of 15: 30 are never equal.
    counts = kept.sum(axis=(1, 2))
    fixed_count = bool((counts == counts[0]).all()) and not always_the_same(kept)
    return *(bool(s > 3.5) for s in dependence(kept)), *(bool(s < 0.12) for s in dependence(kept)), fixed_count


def refuse_identity(functions, name, x, rng):
    """Raise if the function returns x in every mode: nothing is to be earned with that."""
    params = [settings(0.5, "test"), *(settings(0.5, seed=s) for s in seeds(rng, 3))]
    if all(relative_error(factors(functions, name, x, param), 1) < 1e-6 for param in params):
        raise Mismatch("out is always x", hint="Counts once the training pass does not return x as it is.")


def cache_fits(student, reference, rng, grading):
    """Judge what ``dropout_forward`` puts into the cache: the student's backward must fit the student's forward.

    Not judged where that backward has lost its own marks, and is wrong on the documented cache, too.
    """
    x, dout = away_from_zero((12, 10), rng), away_from_zero((12, 10), rng)
    dependence(masks(student, "dropout_forward", x.shape, 0.5, seeds(rng, 20)))  # some are dropped, some kept

    def ratio(functions, given):
        dx = as_array(functions.dropout_backward(dout, given), "dx")
        expect_shape(dx, dout.shape, "dx")
        return dx / dout

    def misfit(functions, mode, p=0.4):
        """Return the range of dx / dout where numbers were dropped, and where they were kept; None if all is well."""
        param = settings(p, mode, rng.integers(2**31))
        kept = rng.permutation(np.arange(x.size) < p * x.size).reshape(x.shape)
        documented = (dict(param), kept / p if mode == "train" else None)
        want = kept / p if mode == "train" else np.ones(x.shape)
        aspect = A.DX if mode == "train" else A.TEST_MODE
        if passes(lambda: expect_close(ratio(functions, documented), want)) and grading.lost(
                aspect, "dropout_backward"):
            return None
        out, own = as_tuple(functions.dropout_forward(x.copy(), dict(param)), 2)
        used = factors_in(out, x)
        got = ratio(functions, own)
        right = (used, (used != 0) / p) if mode == "train" else (np.ones(x.shape),)
        if any(passes(expect_close, got, r) is None for r in right):
            return None
        return [*range_of(got[used == 0]), *range_of(got[used != 0])]

    for mode in ("train", "test"):
        want, got = misfit(reference, mode), misfit(student, mode)
        if (want is None) != (got is None):
            raise Mismatch(f"in mode {mode} dx / dout where dropped and where kept: {got}")
        if want is not None:
            expect_close(np.array(got), np.array(want))


def judge_backward(student, reference, shape, mode, rng, grading, compare, dtype=np.float64, order="C"):
    """Require ``compare(got, want)`` on the documented cache, or on that of the student's own forward."""
    dout, x = (away_from_zero(shape, rng).astype(dtype, order=order) for _ in range(2))
    share, seed = 0.4, rng.integers(2**31)

    def want(kept):
        given = settings(share, mode), (kept / share).astype(dtype) if mode == "train" else None
        return reference.dropout_backward(dout.copy(), given), given

    def on_documented():
        right, given = want(rng.random(shape) < share)
        compare(student.dropout_backward(dout, given), right)

    def on_own(p):
        out, own = student.dropout_forward(x, settings(p, mode, seed))
        student.dropout_forward(2 * x, settings(p, mode, seed + 1))  # the mask of an earlier call, not of the latest
        compare(student.dropout_backward(dout, own), want(factors_in(out, x) != 0)[0])

    def on_wrong_scale():
        out, own = student.dropout_forward(x, settings(share, mode, seed))
        used = factors_in(out, x)
        low, high = range_of(used[used != 0])
        at_most(abs(high - low), 1e-4 * abs(high), "the largest factor against the smallest")
        if used.size > 20 and np.mean(used != 0) in (0, 1):
            raise Mismatch("nothing is dropped, or all")
        compare(student.dropout_backward(dout, own), (dout * used).astype(dtype))

    first = passes(on_documented)
    if first and mode == "train" and grading.lost(A.VALUES, "dropout_forward") and passes(on_wrong_scale) is None:
        return  # the forward divides by a wrong number, which is charged to it, and the backward fits it
    if first and (second := passes(on_own, share)):
        charged = mode == "train" and grading.lost("share kept", "dropout_forward")  # p for 1 - p
        if not charged or passes(inverted, student, "dropout_forward", rng) or not inverted(
                student, "dropout_forward", rng) or passes(on_own, 1 - share):
            # A layout of their own breaks on our cache: what their own cache gives says more about the mistake.
            clearer = second if isinstance(first, StudentError) and isinstance(second, Mismatch) else first
            raise clearer


def out_of_reach(student, reference, shape, mode, rng, grading):
    """Say whether a shape cannot be asked: the forward does not run there, and only it makes the cache to use.

    That is charged to the forward, under "edge sizes". The cache layout is the student's own if the documented cache
    gives wrong gradients for an ordinary batch, too.
    """
    error = passes(student.dropout_forward, away_from_zero(shape, rng), settings(0.4, mode))
    if not isinstance(error, StudentError) or not grading.lost("edge sizes", "dropout_forward"):
        return False
    dout = away_from_zero((12, 10), rng)
    given = settings(0.4, mode), (rng.random(dout.shape) < 0.4) / 0.4 if mode == "train" else None
    want = reference.dropout_backward(dout.copy(), given)
    return passes(lambda: close(student.dropout_backward(dout, given), want)) is not None


def refuse_passing_on(student, rng):
    """Raise if the training pass backward returns dout: nothing is to be earned with that."""
    dout, kept = away_from_zero((12, 10), rng), rng.random((12, 10)) < 0.4  # never all of them
    dx = as_array(student.dropout_backward(dout, (settings(0.4), kept / 0.4)), "dx")
    if dx.shape == dout.shape and relative_error(dx, dout) < 1e-6:
        raise Mismatch("dx is always dout", hint="Counts once the training pass does not return dout as it is.")


def close(got, want):
    """Compare gradients."""
    expect_close(got, want, what="dx")


def right_modes(student, reference, rng, grading, needed=()):
    """Return the modes in which the gradient of an ordinary batch is right; raise if there is none, or not those."""
    modes = {A.DX: "train", A.TEST_MODE: "test"}
    errors = {aspect: passes(judge_backward, student, reference, (12, 10), mode, rng, grading, close)
              for aspect, mode in modes.items()}
    right = [modes[aspect] for aspect in grading.keep_right(errors)]
    if not set(needed) <= set(right):
        raise errors[A.DX]
    return right


DROPOUT_HINTS = {
    "share kept": "p is the probability of keeping: at p = 0.8 about 80 % of the numbers stay, at p = 1 all of them. "
                  "rng.random draws evenly from 0 to 1, rng.standard_normal does not.",
    A.INDEPENDENCE: "Every number is kept or dropped by itself: draw one random number for each entry of x, not one "
                    "for each row or column, and no fixed count.",
    A.SEED: "dropout_param['seed'], where there is one (0 is one, too), fixes the mask: the same seed gives the same "
            "mask, another seed another. Without it every call draws a new mask.",
    A.DTYPE: "float32 in, float32 out: a mask divided by p is float64, and so is the product. Cast it to x.dtype.",
    A.INPUTS: "x *= mask writes into the caller's array, and dropout_param is the caller's, too: return "
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

    def values(student, reference, rng, grading):
        def kept_factors(functions, p, drawn):
            found = np.stack([factors(functions, name, x, settings(p, seed=s)) for s in drawn])
            dependence(found.reshape(1, len(found), -1) != 0)  # something is dropped, and something kept
            return range_of(found[found != 0])

        def test(p, share):
            expect_close(kept_factors(student, p, drawn), kept_factors(reference, share, drawn), what="out / x")

        x = away_from_zero(ORDINARY, rng)
        for share in (0.4, 0.75):
            drawn = seeds(rng, 50)
            either_meaning(test, student, name, rng, share, grading)

    def test_mode(student, reference, rng, grading):
        def test(p, share):
            got, want = (range_of(factors(f, name, x, settings(q, "test", 3))) for f, q in ((student, p),
                                                                                          (reference, share)))
            expect_close(got, want, what="out / x")

        x = away_from_zero((15, 10), rng)
        wrong = grading.error(A.VALUES)
        if wrong and not isinstance(wrong, StudentError):  # training runs, but may return x as it is
            refuse_identity(student, name, x, rng)
        for share in (0.4, 0.75):
            either_meaning(test, student, name, rng, share, grading)

    def independence(student, reference, rng):
        drawn = seeds(rng, DRAWS)
        got, want = (patterns(masks(f, name, SHAPE, 0.5, drawn)) for f in (student, reference))
        expect_same(got, want, "sums scatter (too much in rows, columns, too little in rows, columns), fixed count")

    def seed(student, reference, rng, grading):
        drawn = [0, *seeds(rng, 30)]

        def seen(functions):
            first, again, free = (masks(functions, name, (12, 12), 0.5, s) for s in (drawn, drawn, [None] * 30))
            return ([bool((a == b).all()) for a, b in zip(first, again, strict=True)],
                    always_the_same(first), always_the_same(free))

        expect_same(seen(student), seen(reference), "same mask for (the same seed, other seeds, no seed)")
        unseeded = passes(getattr(student, name), away_from_zero((12, 12), rng), settings(0.5, "test"))
        grading.is_right(unseeded, A.TEST_MODE)

    def edge_sizes(student, reference, rng, grading):
        def used(functions, x):  # the factors that occur in training, for what is kept, and at test time
            train = np.stack([factors(functions, name, x, settings(0.5, seed=s)) for s in seeds(rng, 30)])
            if x.size > 20:
                dependence(train.reshape(1, 30, -1) != 0)  # something is dropped, and something kept
            return {A.VALUES: range_of(train[train != 0]),
                    A.TEST_MODE: range_of(factors(functions, name, x, settings(0.5, "test", 3)))}

        some = away_from_zero(ORDINARY, rng)
        usual, right = used(student, some), used(reference, some)
        odd_masks = any(map(grading.lost, ("share kept", A.INDEPENDENCE, A.SEED)))  # they may keep nothing of a few
        for x in (*(away_from_zero(shape, rng) for shape in SIZES[1:]), *in_other_memory(some)):
            for aspect, got in used(student, x).items():
                lost = grading.lost(aspect)
                want = usual[aspect] if lost else right[aspect]  # that of an ordinary batch, whatever it is
                if want[0] == want[1] and (got.any() or not (lost or odd_masks)):
                    expect_close(got, want, what=f"out / x for {x.dtype} of shape {x.shape}")

    def shape(student, reference, rng, grading):
        errors = []
        for size in SIZES:
            for mode, aspect in (("train", A.VALUES), ("test", A.TEST_MODE)):
                x, param = away_from_zero(size, rng), settings(0.5, mode, 1)
                errors.append(passes(factors, student, name, x, param))
                if grading.is_right(errors[-1], aspect, "edge sizes"):
                    expect_shape(getattr(student, name)(x, param)[0], size, "out")
        if all(errors):
            raise errors[0]

    def dtype(student, reference, rng):
        x = away_from_zero(ORDINARY, rng).astype(np.float32)
        for mode in ("train", "test"):
            expect_dtype(as_tuple(getattr(student, name)(x, settings(0.6, mode, 1)), 2)[0], np.float32, "out")

    def unchanged(student, reference, rng, grading):
        def judge(inputs):
            expect_unchanged(student.call(name, *inputs), inputs, ["x", "dropout_param"])

        for mode in ("train", "test"):
            for some_seed in (None, 5):
                error = passes(judge, [away_from_zero(ORDINARY, rng), settings(0.6, mode, some_seed)])
                charged = [A.SEED] if some_seed is None and isinstance(error, StudentError) else []
                grading.is_right(error, *charged)

    tests = {"share kept": share_kept, A.VALUES: values, A.TEST_MODE: test_mode, A.INDEPENDENCE: independence,
             A.SEED: seed, A.CACHE: cache_fits, "edge sizes": edge_sizes, A.SHAPE: shape, A.DTYPE: dtype,
             A.INPUTS: unchanged}
    return build(Question(name), tests, marks, {**HINTS, **DROPOUT_HINTS, **hints})


vanilla_dropout_forward = forward_question("vanilla_dropout_forward", marks={
    "share kept": 0.7, A.VALUES: 0.5, A.TEST_MODE: 0.7, A.INDEPENDENCE: 0.35, A.SEED: 0.25, "edge sizes": 0.15,
    A.SHAPE: 0.1, A.DTYPE: 0.05, A.INPUTS: 0.2}, hints={
        A.VALUES: "In training a number either stays as it is or becomes 0. Vanilla dropout leaves the scaling to the "
                  "test pass.",
        A.TEST_MODE: "The test pass drops nothing. It multiplies by the share that training kept on average, so that "
                     "both have the same expected output."})
dropout_forward = forward_question("dropout_forward", marks={
    "share kept": 0.8, A.VALUES: 0.9, A.TEST_MODE: 0.6, A.INDEPENDENCE: 0.4, A.SEED: 0.3, A.CACHE: 0.3,
    "edge sizes": 0.2, A.SHAPE: 0.1, A.DTYPE: 0.1, A.INPUTS: 0.3}, hints={
        A.VALUES: "In training a number either becomes 0 or is made larger, so that on average it is what it was. "
                  "Average the output over many calls and compare it with x.",
        A.TEST_MODE: "Inverted dropout has done its scaling in training: the test pass returns x as it is.",
        A.CACHE: "The backward pass works on the documented cache but not on yours: the cache is the pair "
                 "(dropout_param, mask), in both modes, and the mask is what x was multiplied by."})
# -- backward -------------------------------------------------------------------------------------------------------

dropout_backward = Question("dropout_backward")
BACK_HINTS = {
    A.DX: "The forward pass multiplied every number by its entry of the mask. Its gradient is multiplied by the same "
          "entry: the mask is in the cache, with the 1 / p in it.",
    A.TEST_MODE: "The test pass returned x as it was, so dout passes as it is. There the mask is None.",
}


@dropout_backward.aspect(A.DX, 1.6, hint=BACK_HINTS[A.DX])
def _(student, reference, rng, grading):
    for shape in ((12, 10), (10, 12)):
        judge_backward(student, reference, shape, "train", rng, grading, close)


@dropout_backward.aspect(A.TEST_MODE, 0.6, hint=BACK_HINTS[A.TEST_MODE])
def _(student, reference, rng, grading):
    if not grading.lost(A.DX):  # then training is right here, too
        judge_backward(student, reference, (12, 10), "train", rng, grading, close)
    elif isinstance(error := passes(refuse_passing_on, student, rng), Mismatch):
        raise error
    judge_backward(student, reference, ORDINARY, "test", rng, grading, close)


@dropout_backward.aspect("edge sizes", 0.2, hint=HINTS["edge sizes"])
def _(student, reference, rng, grading):
    for mode in right_modes(student, reference, rng, grading, needed=("train",)):
        for shape, *memory in (*((shape,) for shape in SIZES), (ORDINARY, np.float64, "F"), (ORDINARY, np.float32)):
            error = passes(judge_backward, student, reference, shape, mode, rng, grading, close, *memory)
            if error and not out_of_reach(student, reference, shape, mode, rng, grading):
                raise error


@dropout_backward.aspect(A.SHAPE, 0.1, hint=HINTS[A.SHAPE])
def _(student, reference, rng, grading):
    def same_shape(got, want):
        if grading.is_right(passes(close, got, want), "edge sizes"):
            expect_shape(got, np.shape(want), "dx")

    for mode in right_modes(student, reference, rng, grading):
        for shape in SIZES:
            error = passes(judge_backward, student, reference, shape, mode, rng, grading, same_shape)
            if isinstance(error, Mismatch):
                raise error
            if error and not out_of_reach(student, reference, shape, mode, rng, grading):
                grading.is_right(error, "edge sizes")


@dropout_backward.aspect(A.DTYPE, 0.1, hint=HINTS[A.DTYPE])
def _(student, reference, rng, grading):
    judge_backward(student, reference, ORDINARY, "train", rng, grading,
                   lambda got, want: expect_dtype(got, np.float32, "dx"), np.float32)


@dropout_backward.aspect(A.INPUTS, 0.4, hint=HINTS[A.INPUTS])
def _(student, reference, rng):
    dout, mask = away_from_zero(ORDINARY, rng), (rng.random(ORDINARY) < 0.4) / 0.4
    try:
        given = [dout, (settings(0.4), mask)]
        reply = student.call("dropout_backward", *given)
    except StudentError:  # it keeps a cache of its own, which stays with the student
        given = [dout]
        reply = student.call("dropout_backward", dout, student.dropout_forward(dout, settings(0.4, seed=1))[1])
    expect_unchanged(reply, given, ["dout", "cache"])
    expect_again(student, "dropout_forward", "dropout_backward", (dout, settings(0.4, seed=1)), dout,
                 lambda got, out: expect_close(got, factors_in(out, dout) * dout))


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
    seen: list = []
    mean, std = as_tuple(functions.mc_dropout_mean(passes_of(outs, seen), x.copy(), len(outs)), 2)
    return {A.MEAN: mean, A.SPREAD: std}, seen


def expect_moments(student, reference, outs, x, names, grading, tol=1e-6):
    """Require the named moments, over n_samples passes; 1 is added to a std that is 0.

    If another number of passes is charged under "passes", over those that were made will do.
    """
    got, seen = moments(student, outs, x)
    candidates = [outs]
    if grading.lost(A.PASSES):
        more = [*map(passes_of(outs, []), [x] * min(len(seen), 1000))]
        candidates += [outs[:len(seen)]] if 1 < len(seen) < len(outs) else []
        candidates += [more, more[-len(outs):]] if len(more) > len(outs) else []
    for name in names:
        errors = [passes(expect_close, as_array(got[name], name) + (name == A.SPREAD),
                         np.asarray(moments(reference, o, x)[0][name]) + (name == A.SPREAD), tol, name)
                  for o in candidates]
        if all(errors):
            raise errors[0]


def right_moments(student, reference, rng, grading):
    """Return those of "mean" and "spread" that are right for ordinary passes; raise if neither is."""
    outs, x = draw_outs(6, (7, 5), rng), rng.standard_normal((7, 5))
    return grading.keep_right({n: passes(expect_moments, student, reference, outs, x, [n], grading)
                               for n in (A.MEAN, A.SPREAD)})


@mc_dropout_mean.aspect(A.MEAN, 0.6, hint="The mean is taken over the passes, one number for each entry of the output.")
def _(student, reference, rng, grading):
    expect_moments(student, reference, draw_outs(6, (7, 5), rng), rng.standard_normal((7, 5)), [A.MEAN], grading)


@mc_dropout_mean.aspect(A.SPREAD, 0.5, hint="The standard deviation is taken over the passes, entry by entry: the root "
                                            "of the mean squared distance from the mean, with the divisor n_samples.")
def _(student, reference, rng, grading):
    expect_moments(student, reference, draw_outs(6, (7, 5), rng), rng.standard_normal((7, 5)), [A.SPREAD], grading)


@mc_dropout_mean.aspect(A.PASSES, 0.4, hint="Call forward(x) n_samples times, with x as it is: every call draws a new "
                                            "mask, one call copied does not.")
def _(student, reference, rng):
    for n in (4, 9):
        outs, x = draw_outs(n, (7, 5), rng), rng.standard_normal((7, 5))
        got, want = ([len(seen), all(s.shape == x.shape and np.allclose(s, x) for s in seen)]
                     for seen in (moments(f, outs, x)[1] for f in (student, reference)))
        expect_same(got, want, "(number of calls, all with x)")


@mc_dropout_mean.aspect("edge sizes", 0.2, hint="Right for ordinary passes, but not for all. Try an output whose shape "
                                                "is not that of x, a single pass, and passes that are all equal.")
def _(student, reference, rng, grading):
    right = right_moments(student, reference, rng, grading)
    for n, shape in ((5, (7, 3)), (5, (7,)), (4, (2, 3, 4)), (1, (7, 5)), (3, (1, 1))):
        expect_moments(student, reference, draw_outs(n, shape, rng), rng.standard_normal((7, 5)), right, grading)
    expect_moments(student, reference, draw_outs(1, (30, 5), rng) * 3, rng.standard_normal((7, 5)), right, grading)
    for outs in zip(*map(in_other_memory, draw_outs(5, (7, 3), rng)), strict=True):  # float32 in running sums: 1e-4
        expect_moments(student, reference, outs, rng.standard_normal((7, 5)), right, grading, 1e-4)


@mc_dropout_mean.aspect(A.SHAPE, 0.1, hint="Both results have the shape of one pass's output, a batch of one too.")
def _(student, reference, rng, grading):
    right = right_moments(student, reference, rng, grading)
    for shape in ((7, 5), (1, 5), (6, 1)):
        outs = draw_outs(4, shape, rng)
        got = moments(student, outs, outs[0])[0]
        for name in right:
            same_but_for_ones = arrays.have_same_long_axes(as_array(got[name], name), np.empty(shape))
            if same_but_for_ones or not grading.lost("edge sizes"):
                expect_shape(got[name], shape, name)


@mc_dropout_mean.aspect(A.DTYPE, 0.05, hint="float32 passes give a float32 mean and std: np.zeros(shape) is float64.")
def _(student, reference, rng):
    outs = draw_outs(4, (7, 5), rng, np.float32)
    for value in moments(student, outs, outs[0])[0].values():
        expect_dtype(value, np.float32)


@mc_dropout_mean.aspect(A.INPUTS, 0.15, hint=HINTS[A.INPUTS])
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


@dropout_step.aspect(A.DX, 0.7, hint="The functions work alone but not one after another: each backward must use the "
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
