"""Visible inputs for ``initialization``."""

from functools import partial

import numpy as np

from cs231n_lib.lab.check.aspects.common import DTYPE, DX, SHAPE, VALUES
from cs231n_lib.lab.check.aspects.initialization import DWEIGHTS, MEAN, SPREAD
from cs231n_lib.lab.check.cases.builders import add_function, chirp, in_float32
from cs231n_lib.lab.check.observe import Case
from cs231n_lib.lab.check.result_form import ARRAYS

add_function("initialization", "zero_init", ("fan_in", "fan_out"), ("w",), [
    Case(VALUES, (3, 5)), Case("one unit", (4, 1)), Case(DTYPE, (3, 5))])
add_function("initialization", "constant_init", ("fan_in", "fan_out", "value"), ("w",), [
    Case(VALUES, (3, 5, 0.25)), Case("a negative number", (2, 3, -1.5)), Case("zero", (2, 3, 0.0)),
    Case("one unit", (4, 1, 0.25)), Case(DTYPE, (3, 5, 0.25))])


def weight_statistics(fan_in, fan_out, **kwargs):
    """Return a run that draws weights for several seeds, and describes their distribution."""

    def run(call, seeds):
        drawn, same, moved = [], [], []
        for seed in seeds:
            rng = np.random.default_rng(seed)
            w = np.asarray(call(fan_in, fan_out, rng, **kwargs), float)
            drawn.append(w)
            same.append(np.array_equal(w, call(fan_in, fan_out, np.random.default_rng(seed), **kwargs)))
            moved.append(not np.array_equal(w, call(fan_in, fan_out, rng, **kwargs)))
        w = np.stack(drawn)
        spread = w.std() or 1.0
        return {"standard deviation": w.std(),
                "mean, in standard deviations": w.mean() / spread,
                "share within one standard deviation": np.mean(np.abs(w - w.mean()) <= spread),
                "same rng, same weights": all(same),
                "next call, other weights": all(moved)}

    return run


def weight_shape(call, seeds, **kwargs):
    """Return the shape of the weights."""
    return {"shape": np.shape(call(3, 5, np.random.default_rng(0), **kwargs))}


def weight_dtype(call, seeds, **kwargs):
    """Say whether the weights are an array of float64."""
    w = call(3, 5, np.random.default_rng(0), **kwargs)
    return {"w is an array of float64": isinstance(w, np.ndarray) and w.dtype == np.float64}


DRAWS = 5 * 50 * 80
GAUSSIAN = {  # five standard deviations of each statistic, for DRAWS normal numbers
    "standard deviation": (5 / np.sqrt(2 * DRAWS), 0),
    "mean, in standard deviations": (0, 5 / np.sqrt(DRAWS)),
    "share within one standard deviation": (0, 5 * np.sqrt(0.683 * 0.317 / DRAWS)),
}


def add_random(name, more=(), extra=(), tol=GAUSSIAN, **given):
    """Register an initialiser that draws; ``given`` is what it takes beside the sizes and the generator."""
    add_function("initialization", name, ("fan_in", "fan_out", "rng", *extra), ("w",), [
        Case(SHAPE, run=partial(weight_shape, **given)),
        Case("statistics, 50 inputs and 80 units", run=weight_statistics(50, 80, **given), tol=tol),
        Case("statistics, 80 inputs and 50 units", run=weight_statistics(80, 50, **given), tol=tol),
        *more,
        Case(DTYPE, run=partial(weight_dtype, **given)),
    ])


add_random("small_random_init", extra=("std",), more=[
    Case("std = 0.3", run=weight_statistics(50, 80, std=0.3), tol=GAUSSIAN)])
add_random("xavier_init")
add_random("he_init")


def limited(activation):
    """Return an activation that takes so many numbers at a time as the docstring says, and no more."""
    def given(z):
        if np.size(z) > 100_000:
            raise ValueError("an activation takes at most 100,000 numbers at a time")
        return activation(z)
    return given


MEASURED = GAUSSIAN | {"standard deviation": (0.01 + 5 / np.sqrt(2 * DRAWS), 0)}  # 1 % may be off, says the docstring
OTHER_ACTIVATIONS = {  # not the slope of a question: the expected number is printed
    "slope 0.25": lambda z: np.maximum(z, z / 4), "softplus": lambda z: np.log1p(np.exp(z)), "the square": np.square,
    "z + 1": lambda z: z + 1}  # none with a mean of 0: what divides by it would be rounding alone
add_random("scaled_init", extra=("activation",), tol=MEASURED, activation=limited(lambda z: np.maximum(z, 0)), more=[
    Case(name, run=weight_statistics(50, 80, activation=limited(code)), tol=MEASURED)
    for name, code in OTHER_ACTIVATIONS.items()])

LAYERS = [chirp(4, 3), 1 + chirp(4, 2, seed=1), 3 * chirp(4, 5, seed=2)]
add_function("initialization", "activation_statistics", ("activations",), ("means", "stds"), [
    Case(MEAN, (LAYERS,), only=("means",)),
    Case(SPREAD, (LAYERS,), only=("stds",)),
    Case("any shape", ([chirp(2, 2, 2, 3), chirp(7, seed=3)],)),
    Case("one layer", (LAYERS[1:2],)),
])


def variances(start, x, activation, **kwargs):
    """Return a run that gives the variance of each layer's pre-activations under the new weights."""

    def run(call, seeds):
        signal, found = x, {}
        for i, matrix in enumerate(call(start, x, activation, **kwargs)):
            found[f"variance of z in layer {i + 1}"] = np.var(signal @ matrix)
            signal = activation(signal @ matrix)
        return found

    return run


BATCH = chirp(40, 3)
DEEP = [chirp(3, 4, seed=5), 0.05 * chirp(4, 4, seed=6), 3 * chirp(4, 2, seed=7)]
# variances of 1.02, 1.08 and 1.18 on BATCH
NEAR_UNIT, LESS_NEAR, OFF_UNIT = [0.2632 * DEEP[0]], [0.2708 * DEEP[0]], [0.2831 * DEEP[0]]
# Dividing by n or by n - 1 is a matter of taste: it changes a standard deviation over 40 * 2 entries by 0.6 %.
SCALED = {f"weights[{i}]": (0.02, 0) for i in range(3)}
UNIT = {f"variance of z in layer {i + 1}": (0, 0.05) for i in range(3)}
add_function("initialization", "lsuv_init", ("weights", "x", "activation", "tol", "max_iter"), ("*weights",), [
    Case(SPREAD, run=variances(DEEP, BATCH, np.tanh), tol=UNIT),
    Case(VALUES, (DEEP, BATCH, np.tanh), tol=SCALED),
    Case("another activation", (DEEP, BATCH, np.abs), tol=SCALED),
    Case("near enough is left alone", (NEAR_UNIT, BATCH, np.tanh)),
    Case("not near enough", (LESS_NEAR, BATCH, np.tanh), tol=SCALED),
    Case("another tol", (OFF_UNIT, BATCH, np.tanh), {"tol": 0.3}),
    Case("max_iter = 0 changes nothing", (DEEP, BATCH, np.tanh), {"max_iter": 0}),
    Case("one layer", (DEEP[:1], BATCH, np.tanh), tol=SCALED),
    Case(DTYPE, (DEEP, BATCH, np.tanh), tol=SCALED),
], forms={"weights": ARRAYS})


def softsign_forward(z):
    """Return a curve like that of tanh; it keeps its output."""
    return z / (1 + np.abs(z)), z / (1 + np.abs(z))


def softsign_backward(dout, cache):
    """Return the gradient of :func:`softsign_forward`."""
    return dout * (1 - np.abs(cache))**2


def arctan_forward(z):
    """Return twice the arc tangent; it keeps a tuple, without its output."""
    return 2 * np.arctan(z), (2.0, z)


def arctan_backward(dout, cache):
    """Return the gradient of :func:`arctan_forward`."""
    return dout * cache[0] / (1 + cache[1]**2)


def list_stack_cases():
    """Return (aspect, arguments of the forward, dout, the activation's backward) for each case of the stack."""
    x, dout = chirp(3, 2), chirp(3, 2, seed=6)
    square, widening = [chirp(2, 2, seed=k) for k in (3, 4, 5)], [chirp(2, 3, seed=1), chirp(3, 2, seed=2)]
    (x32, dout32), widening32 = in_float32(x, dout), list(in_float32(*widening))
    return [
        (VALUES, (x, square, arctan_forward), dout, arctan_backward),
        ("layers of other widths", (x, widening, softsign_forward), dout, softsign_backward),
        ("one layer", (x, square[:1], softsign_forward), dout, softsign_backward),
        ("batch of one", (x[:1], widening, arctan_forward), dout[:1], arctan_backward),
        (DTYPE, (x32, widening32, softsign_forward), dout32, softsign_backward),
    ]


STACK = ("x", "weights", "activation_forward")
add_function("initialization", "stack_forward", STACK, ("*activations", "cache"),
    [Case(aspect, args) for aspect, args, _, _ in list_stack_cases()], forms={"activations": ARRAYS})
add_function("initialization", "stack_backward", ("dout", "cache", "activation_backward"), ("dx", "*dweights"),
    [Case(f"{DX}, {DWEIGHTS}" if aspect == VALUES else aspect, args, dout=dout, further=(backward,))
     for aspect, args, dout, backward in list_stack_cases()],
    forward="stack_forward", inputs=STACK, forms={"dweights": ARRAYS})
