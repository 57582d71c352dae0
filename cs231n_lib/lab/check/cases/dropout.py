"""Visible inputs for ``dropout``. Masks are random, so they are judged by their statistics over several seeds."""

import numpy as np

from cs231n_lib.lab.check.aspects.common import DTYPE, TEST_MODE
from cs231n_lib.lab.check.aspects.dropout import CACHE, INDEPENDENCE, MEAN, PASSES, SEED, SPREAD
from cs231n_lib.lab.check.cases.builders import add_function, chirp, in_float32
from cs231n_lib.lab.check.observe import Case, Unwritten

X = chirp(40, 50)


def settings(p, mode="train", seed=None):
    """Return a dropout_param."""
    param = {"p": p, "mode": mode}
    if seed is not None:
        param["seed"] = seed
    return param


def factors(call, p, seeds, x=X):
    """Return out / x of several training passes, one after another."""
    return np.stack([np.reshape(call(x, settings(p, seed=s))[0], x.shape) / x for s in seeds])


def kept_numbers(p):
    """Return a run that describes what training keeps, and what becomes of it."""

    def run(call, seeds):
        found = factors(call, p, [s + 1 for s in seeds])
        kept = found[found != 0]
        low, high = (kept.min(), kept.max()) if kept.size else (0, 0)
        return {"share of numbers kept": np.mean(found != 0), "out / x of a kept number, smallest": low,
                "out / x of a kept number, largest": high}

    return run


def independence(call, seeds):
    """Compare how sums over the mask scatter with what independent numbers do."""
    kept = factors(call, 0.5, [s + 1 for s in seeds]) != 0
    spread = max(np.var(kept), 1e-3)  # of one number, if all are independent
    rows, units = np.var(kept.sum(axis=2)), np.var(kept.sum(axis=1))
    counts = {int(mask.sum()) for mask in kept}
    fixed = len(counts) == 1 and any((mask != kept[0]).any() for mask in kept)
    return {"scatter of units kept per row (independent: 1)": rows / spread / X.shape[1],
            "scatter of rows kept per unit (independent: 1)": units / spread / X.shape[0],
            "every mask keeps the same number": fixed}


def seed(call, seeds):
    """Say what the seed does."""
    some = [s + 1 for s in seeds]
    free = [None] * 20  # so many that one coin for a whole batch does not fall the same way every time
    first, again = factors(call, 0.5, some) != 0, factors(call, 0.5, some) != 0
    zero, zero_again, unseeded = (factors(call, 0.5, s) != 0 for s in ([0], [0], free))
    return {"same seed, same mask": (first == again).all(),
            "same seed 0, same mask": (zero == zero_again).all(),
            "other seeds, other masks": not (first == first[0]).all(),
            "no seed, a new mask each time": not (unseeded == unseeded[0]).all()}


def shapes(call, seeds):
    """Return the shapes of the outputs for inputs of several shapes."""
    return {f"shape of out for x of shape {s}": np.shape(call(chirp(*s), settings(0.5, seed=1))[0])
            for s in ((3, 4), (6,), (2, 3, 4), (1, 5))}


def unseeded_test(call, seeds):
    """Return the shape of the output at test time without a seed, which is optional there, too."""
    return {"shape of out without a seed": np.shape(call(chirp(3, 4), settings(0.6, "test"))[0])}


def output_dtypes(call, seeds):
    """Say whether float32 stays float32."""
    x, = in_float32(X)
    return {f"out is float32, as x is, in {mode} mode":
            np.asarray(call(x, settings(0.6, mode, 1))[0]).dtype == np.float32 for mode in ("train", "test")}


def cache_for_backward(call, seeds):
    """Try the forward's cache on a dropout_backward that is right on the documented one."""
    x, worst = chirp(6, 8, seed=3), 0.0
    for mode, mask in (("train", KEPT / 0.4), ("test", None)):
        out, cache = call(x, settings(0.4, mode, 5))
        try:
            right = call.other("dropout_backward", DOUT, (settings(0.4, mode), mask))
            if np.allclose(right, DOUT * (1 if mask is None else mask)):
                before, worst = worst, 1000.0  # if it fails on this cache
                worst = max(before, np.abs(call.other("dropout_backward", DOUT, cache) / DOUT - out / x).max())
        except Unwritten:
            raise
        except Exception:  # of another layout: the backward has a check of its own
            pass
    return {CACHE_FITS: np.round(worst, 9)}


CACHE_FITS = FIRST_CALL = "largest difference between dx / dout and out / x"
SECOND_CALL = "the same, at a second call with the same cache"
# Independent masks keep the share of five times 2000 numbers to within 0.025. It is left wider, so that a mask that is
# drawn row by row shows under "independence" only; scatters are chi-squared, with 5 * 40 degrees of freedom or more.
SHARE = {"share of numbers kept": (0, 0.12)}
SCATTER = {f"scatter of {what} (independent: 1)": (0, 0.85) for what in ("units kept per row", "rows kept per unit")}

for name in ("vanilla_dropout_forward", "dropout_forward"):
    add_function("dropout", name, ("x", "dropout_param"), ("out", "cache"), [
        Case("training, p = 0.3", run=kept_numbers(0.3), tol=SHARE),
        Case("training, p = 0.8", run=kept_numbers(0.8), tol=SHARE),
        Case("training, p = 1", run=kept_numbers(1.0), tol={"share of numbers kept": (0, 0.02)}),
        Case(INDEPENDENCE, run=independence, tol=SCATTER),
        Case(SEED, run=seed),
        Case(TEST_MODE, (chirp(3, 4), settings(0.6, "test", 1))),
        Case(TEST_MODE, (chirp(2, 3, 2, seed=1), settings(0.3, "test", 7))),
        Case(TEST_MODE, run=unseeded_test),
        Case("any shape", run=shapes),
        *([Case(CACHE, run=cache_for_backward)] if name == "dropout_forward" else []),
        Case(DTYPE, run=output_dtypes),
    ])

# -- backward: on the documented cache, or on that of the reader's own forward ------------------------------------

DOUT, KEPT = chirp(6, 8, seed=1), chirp(6, 8, seed=2) > 0.4


def ratios(call, p, mode):
    """Return (dx / dout, out / x) on the first cache for which the two agree, else on the documented one."""
    x, param = chirp(6, 8, seed=3), settings(p, mode, 5)
    used, problem, given = KEPT / p if mode == "train" else np.ones(KEPT.shape), None, []
    given.append(((param, used if mode == "train" else None), used))
    try:
        out, cache = call.other("dropout_forward", x, param)
        given.append((cache, np.reshape(out, x.shape) / x))
    except Exception:  # the forward has a check of its own
        pass
    found = []
    for cache, factor in given:
        try:
            found.append((np.reshape(call(DOUT, cache), DOUT.shape) / DOUT, factor))
        except Exception as error:
            problem = problem or error
            continue
        if np.allclose(*found[-1]):
            return found[-1]
    if not found:
        raise problem
    return found[0]


def gradient(p):
    """Return a run that tells what dout is multiplied by in training."""

    def run(call, seeds):
        ratio, factor = ratios(call, p, "train")
        kept, dropped = ratio[factor != 0], ratio[factor == 0]
        return {"dx / dout where a number was kept, smallest": kept.min(initial=np.inf),
                "dx / dout where a number was kept, largest": kept.max(initial=-np.inf),
                "dx / dout where a number was dropped, smallest": dropped.min(initial=0),
                "dx / dout where a number was dropped, largest": dropped.max(initial=0),
                "share of the kept numbers where dx is 0": np.mean(kept == 0),
                "every row of dx is 0 in the same places": ((ratio == 0) == (ratio[0] == 0)).all()}

    return run


def gradient_at_test(call, seeds):
    """Tell what dout is multiplied by in test mode."""
    ratio, _ = ratios(call, 0.4, "test")
    return {"dx / dout, smallest": ratio.min(), "dx / dout, largest": ratio.max()}


def own_cache(call, seeds):
    """Compare dx / dout on the cache of the reader's own forward with what that forward did: out / x.

    The forward runs once more before the backward, and the backward twice: what it needs is in the cache and stays
    there. There is a seed or none: a mask that is drawn again from it is the same by chance alone.
    """
    x, worst = chirp(6, 8, seed=3), {FIRST_CALL: 0.0, SECOND_CALL: 0.0}
    ratios(call, 0.4, "train")  # raises where neither cache can be used
    for param in (settings(0.4, "train", 5), settings(0.4), settings(0.4, "test")):
        try:
            out, cache = call.other("dropout_forward", x, param)
            call.other("dropout_forward", 2 * x, settings(0.4))
        except Unwritten:
            raise
        except Exception:  # the forward has a check of its own
            continue
        right = np.reshape(out, x.shape) / x
        worst[FIRST_CALL] = max(worst[FIRST_CALL], np.abs(call(DOUT, cache) / DOUT - right).max())
        try:
            call.on_originals(DOUT.copy(), cache)
            again = call.on_originals(DOUT.copy(), cache) / DOUT
            worst[SECOND_CALL] = max(worst[SECOND_CALL], np.abs(again - right).max())
        except Exception:  # the first call went well: what it left cannot be used again
            worst[SECOND_CALL] = 1000.0
    return {what: np.round(difference, 9) for what, difference in worst.items()}


def gradient_shapes(call, seeds):
    """Return the shapes of dx for several shapes, in test mode, where the cache holds no mask."""
    found = {}
    for s in ((3, 4), (6,), (2, 3, 4), (1, 5)):
        try:
            dx = call(chirp(*s), (settings(0.5), np.ones(s)))
        except Exception:
            dx = call(chirp(*s), call.other("dropout_forward", chirp(*s), settings(0.5, seed=1))[1])
        found[f"shape of dx for dout of shape {s}"] = np.shape(dx)
    return found


def gradient_dtype(call, seeds):
    """Say whether float32 stays float32."""
    dout, = in_float32(DOUT)
    try:
        dx = call(dout, (settings(0.5), (KEPT / 0.5).astype(np.float32)))
    except Exception:
        dx = call(dout, call.other("dropout_forward", dout, settings(0.5, seed=1))[1])
    return {"dx is float32, as dout is": np.asarray(dx).dtype == np.float32}


ANY = chirp(6, 8, seed=3), settings(0.4, seed=5)
add_function("dropout", "dropout_backward", ("dout", "cache"), ("dx",), [
    Case("training, p = 0.4", ANY, run=gradient(0.4)),
    Case("training, p = 0.8", ANY, run=gradient(0.8)),
    Case(TEST_MODE, ANY, run=gradient_at_test),
    Case("on your own forward's cache", ANY, run=own_cache, tol={FIRST_CALL: (0, 1e-9), SECOND_CALL: (0, 1e-9)}),
    Case("any shape", ANY, run=gradient_shapes),
    Case(DTYPE, ANY, run=gradient_dtype),
], forward="dropout_forward", inputs=("x", "dropout_param"))

# -- Monte-Carlo dropout ----------------------------------------------------------------------------------------------

INPUT = chirp(4, 3, seed=1)


def recorded(call, outs, n_samples):
    """Return (mean, std, inputs) for a forward that gives ``outs`` in turn, and notes what it is given."""
    given = []

    def forward(x):
        given.append(np.array(x))
        return outs[(len(given) - 1) % len(outs)].copy()

    mean, std = call(forward, INPUT, n_samples)
    return mean, std, given


def moments(which, *shape, n=5):
    """Return a run that gives the mean or the spread over ``n`` passes of the given shape."""
    outs = [chirp(*shape, seed=s) + s for s in range(n)]
    return lambda call, seeds: {("mean", "std")[which]: recorded(call, outs, n)[which]}


def number_of_passes(call, seeds):
    """Count the passes."""
    outs, found = [chirp(4, 3, seed=s) for s in range(8)], {}
    for n in (3, 8):
        given = recorded(call, outs, n)[2]
        found[f"calls of forward for n_samples = {n}"] = len(given)
        found[f"each call with x, n_samples = {n}"] = all(np.array_equal(g, INPUT) for g in given)
    return found


add_function("dropout", "mc_dropout_mean", ("forward", "x", "n_samples"), ("mean", "std"), [
    Case(MEAN, run=moments(0, 4, 3)),
    Case(SPREAD, run=moments(1, 4, 3)),
    Case(PASSES, run=number_of_passes),
    Case("output of another shape", run=moments(0, 4, 2)),
    Case("output of another shape", run=moments(1, 4, 2)),
    Case("n_samples = 1", run=moments(1, 4, 3, n=1), tol={"std": (0, 1e-6)}),
    Case(f"{PASSES} that are all equal", run=lambda call, seeds: {
        "std": recorded(call, [chirp(5, 6)], 3)[1]}, tol={"std": (0, 1e-6)}),
    Case(DTYPE, run=lambda call, seeds: {
        f"{name} is float32, as the passes are": np.asarray(value).dtype == np.float32
        for name, value in zip(("mean", "std"), recorded(call, in_float32(chirp(4, 3), chirp(4, 3, seed=2)), 2),
                               strict=False)}),
])
