"""How hidden tests look at the masks of dropout: by statistics over many seeds, never by one order of random numbers.

Inputs are never 0, so an output of 0 is a number that was dropped.

Taking p for the probability of dropping is charged once, under "share kept": who does so throughout is asked the rest
with 1 - p.
"""

import numpy as np

from autograder.hidden_tests.common import passes
from autograder.hidden_tests.rubric import (
    Mismatch,
    StudentError,
    as_array,
    as_tuple,
    expect_close,
    expect_shape,
    relative_error,
)


def away_from_zero(shape, rng):
    """Draw numbers of both signs, none nearer to 0 than 0.5."""
    return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 2, shape)


def settings(p, mode="train", seed=None):
    """Return a dropout_param."""
    return {"p": float(p), "mode": mode} | ({} if seed is None else {"seed": int(seed)})


def seeds(rng, count):
    """Draw seeds."""
    return rng.integers(1, 2**31, count)


def factors(functions, name, x, param):
    """Return out / x, in the shape of x: what each number was multiplied by."""
    return factors_in(as_tuple(getattr(functions, name)(x.copy("K"), dict(param)), 2)[0], x)


def factors_in(out, x):
    """Return out / x of an output, in the shape of x."""
    out = as_array(out, "out")
    if out.squeeze().shape != x.squeeze().shape:  # axes of length one are judged under "shape"
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


def either_meaning(test, student, reference, name, rng, share):
    """Require ``test(p, share)`` to pass, with p = share or, of those who take p for the other one, p = 1 - share."""
    error = passes(test, share, share)
    if error and not (inverted(student, name, rng) and passes(test, 1 - share, share) is None):
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


def cache_fits(student, reference, rng):
    """Judge what ``dropout_forward`` puts into the cache: the student's backward must fit the student's forward.

    Not judged where that backward is wrong on the documented cache, too: then the fault is its own.
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
        if passes(lambda: expect_close(ratio(functions, documented), want)):
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


def judge_backward(student, reference, shape, mode, rng, compare, dtype=np.float64, order="C"):
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

    first = passes(on_documented)
    if first and (second := passes(on_own, share)):
        turned = passes(inverted, student, "dropout_forward", rng)
        if mode == "test" or turned or not inverted(student, "dropout_forward", rng) or passes(on_own, 1 - share):
            # A layout of their own breaks on our cache: what their own cache gives says more about the mistake.
            raise second if isinstance(first, StudentError) and isinstance(second, Mismatch) else first


def out_of_reach(student, reference, shape, mode, rng):
    """Say whether a shape cannot be asked: the forward does not run there, and only it makes the cache to use.

    That is charged to the forward. The cache layout is the student's own if the documented cache gives wrong gradients
    for an ordinary batch, too.
    """
    if not isinstance(passes(student.dropout_forward, away_from_zero(shape, rng), settings(0.4, mode)), StudentError):
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


def right_modes(student, reference, rng, needed=()):
    """Return the modes in which the gradient of an ordinary batch is right; raise if there is none, or not those."""
    errors = {mode: passes(judge_backward, student, reference, (12, 10), mode, rng, close)
              for mode in ("train", "test")}
    if all(errors.values()) or any(errors[mode] for mode in needed):
        raise errors["train"]
    return [mode for mode, error in errors.items() if error is None]
