"""Hidden tests of ``cs231n_lib.activations`` (notebook 01_activations).

Random inputs never hit a kink or a tie, so either subgradient there is accepted.
"""

import numpy as np

from autograder.hidden_tests.builders import (
    HINTS,
    ORDINARY,
    SIZES,
    Pair,
    agree,
    backward_question,
    passes,
    shaped,
    value_question,
)
from autograder.hidden_tests.expectations import as_tuple, expect_close, expect_shape
from autograder.hidden_tests.rubric import Question
from autograder.hidden_tests.transfer import Accepted
from autograder.reference import load_aspects

A = load_aspects("activations")


def elementwise(rng):
    """Draw arrays of many shapes, one of them not contiguous."""
    return [*shaped(*SIZES)(rng), (2 * rng.standard_normal((5, 6)).T,)]


def extremes(rng):
    """Draw an ordinary batch with a column of 1000 and one of -1000."""
    x = 2 * rng.standard_normal(ORDINARY)
    x[:, 0], x[:, -1] = 1000, -1000
    return [(x,)]


def slopes(rng):
    """Draw ordinary batches with an alpha that is not the default."""
    return [(2 * rng.standard_normal(ORDINARY), alpha) for alpha in rng.uniform(0.2, 0.8, 2)]


def learned_slopes(*shapes, single=False):
    """Return a draw of (x, a), with one slope for each unit, or a single one."""
    return lambda rng: [(2 * rng.standard_normal(s), rng.uniform(0.1, 0.5, () if single else s[1])) for s in shapes]


def two_affine(*sizes):
    """Return a draw of maxout's arguments for the sizes (N, D, M)."""
    return lambda rng: [tuple(rng.standard_normal(s) for s in ((n, d), (d, m), (m,), (d, m), (m,)))
                        for n, d, m in sizes]


# -- sigmoid and tanh -------------------------------------------------------------------------------------------

SQUASH = {A.VALUES: shaped(ORDINARY), A.STABLE: extremes, "edge sizes": elementwise}
SQUASH_BACK = {"ordinary": shaped(ORDINARY), A.STABLE: extremes, "edge sizes": elementwise}
TWO_POINTS = {A.VALUES: 1.0, A.STABLE: 0.4, "edge sizes": 0.2, A.SHAPE: 0.1, A.DTYPE: 0.1, A.INPUTS: 0.2}
BACK_TWO = {A.DX: 1.1, A.STABLE: 0.3, "edge sizes": 0.2, A.SHAPE: 0.1, A.DTYPE: 0.1, A.INPUTS: 0.2}

sigmoid_forward = value_question("sigmoid_forward", SQUASH, TWO_POINTS, hints={
    A.VALUES: "sigmoid(x) = 1 / (1 + exp(-x)) rises from 0 through 1/2 at x = 0 to 1. Mind the brackets and the sign.",
    A.STABLE: "At x = 1000 the sigmoid is 1, at x = -1000 it is 0. NaN is inf / inf; exp(-|x|) never overflows.",
})

sigmoid_backward = backward_question(Pair("sigmoid_forward", "sigmoid_backward"), SQUASH_BACK, BACK_TWO, hints={
    A.DX: "dx = upstream times local: dout times out * (1 - out), where out is the sigmoid's output.",
    A.STABLE: "Where the sigmoid is flat, at x = 1000 or -1000, the gradient is 0, and finite everywhere.",
})

tanh_forward = value_question("tanh_forward", SQUASH, hints={
    A.VALUES: "tanh goes from -1 through 0 at x = 0 to 1. NumPy has it.",
    A.STABLE: "At x = 1000 tanh is 1, at x = -1000 it is -1. A quotient of exponentials becomes inf / inf there.",
}, marks={A.VALUES: 0.5, A.STABLE: 0.2, "edge sizes": 0.1, A.SHAPE: 0.05, A.DTYPE: 0.05, A.INPUTS: 0.1})

tanh_backward = backward_question(Pair("tanh_forward", "tanh_backward"), SQUASH_BACK, BACK_TWO, hints={
    A.DX: "dx = upstream times local: dout times 1 - out**2, where out is tanh's output.",
    A.STABLE: "Where tanh is flat, at x = 1000 or -1000, the gradient is 0, and finite everywhere.",
})

# -- ReLU and its relatives -------------------------------------------------------------------------------------

BEND = {A.VALUES: shaped(ORDINARY), A.ALPHA: slopes, "edge sizes": elementwise}
BEND_BACK = {"ordinary": shaped(ORDINARY), A.ALPHA: slopes, "edge sizes": elementwise}

relu_forward = value_question("relu_forward", {A.VALUES: shaped(ORDINARY), "edge sizes": elementwise}, hints={
    A.VALUES: "ReLU keeps what is positive and zeroes the rest.",
}, marks={A.VALUES: 0.65, "edge sizes": 0.15, A.SHAPE: 0.05, A.DTYPE: 0.05, A.INPUTS: 0.1})

relu_backward = backward_question(
    Pair("relu_forward", "relu_backward"), {"ordinary": shaped(ORDINARY), "edge sizes": elementwise}, hints={
        A.DX: "The gradient passes unchanged where x > 0 and stops elsewhere. Look at x, not at dout.",
    }, marks={A.DX: 1.3, "edge sizes": 0.2, A.SHAPE: 0.1, A.DTYPE: 0.1, A.INPUTS: 0.3})

leaky_relu_forward = value_question("leaky_relu_forward", BEND, hints={
    A.VALUES: "x where x > 0, alpha * x elsewhere; called without alpha, it is 0.01.",
    A.ALPHA: "The caller may choose another slope than 0.01: use the argument alpha.",
}, marks={A.VALUES: 0.4, A.ALPHA: 0.3, "edge sizes": 0.1, A.SHAPE: 0.05, A.DTYPE: 0.05, A.INPUTS: 0.1})

leaky_relu_backward = backward_question(Pair("leaky_relu_forward", "leaky_relu_backward"), BEND_BACK, hints={
    A.DX: "The slope is 1 where x > 0 and alpha elsewhere; dx is dout times the slope.",
    A.ALPHA: "The slope of the backward pass is the one the forward pass was called with: it is in the cache.",
}, marks={A.DX: 0.9, A.ALPHA: 0.5, "edge sizes": 0.2, A.SHAPE: 0.1, A.DTYPE: 0.1, A.INPUTS: 0.2})

prelu_forward = value_question("prelu_forward", {
    A.VALUES: learned_slopes(ORDINARY),
    "conventions": learned_slopes(ORDINARY, (1, 4), single=True),
    "edge sizes": learned_slopes(ORDINARY, (1, 5), (6, 1), (1, 1), (4, 4)),
}, args=("x", "a"), hints={
    A.VALUES: "x where x > 0, a * x elsewhere; a of shape (D,) holds one slope for each column of x.",
    "conventions": "a may have shape (): then all units share one slope. Broadcasting serves both cases.",
}, marks={A.VALUES: 0.5, "conventions": 0.2, "edge sizes": 0.1, A.SHAPE: 0.05, A.DTYPE: 0.05,
          A.INPUTS: 0.1})

prelu_backward = backward_question(
    Pair("prelu_forward", "prelu_backward", ("dx", "da"), {A.DX: ("dx",), A.DA: ("da",)}), {
        "ordinary": learned_slopes(ORDINARY),
        "conventions": learned_slopes(ORDINARY, (1, 4), single=True),
        "edge sizes": learned_slopes((1, 5), (6, 1), (1, 1), (4, 4)),
    }, hints={
        A.DX: "The slope is 1 where x > 0 and a elsewhere; dx is dout times the slope.",
        A.DA: "a multiplies x where x <= 0, in every row: da is dout * x there, summed over the rows.",
        "conventions": "With a of shape () all units share one slope: da is then one number, summed over everything.",
    }, marks={A.DX: 0.9, A.DA: 1.0, "conventions": 0.4, "edge sizes": 0.2, A.SHAPE: 0.1, A.DTYPE: 0.1,
              A.INPUTS: 0.3})

elu_forward = value_question("elu_forward", {**BEND, A.STABLE: extremes}, hints={
    A.VALUES: "x where x > 0, alpha * (exp(x) - 1) elsewhere; called without alpha, it is 1.",
    A.ALPHA: "The caller may choose another alpha than 1: the output then bends towards -alpha.",
    A.STABLE: "At x = 1000 the output is 1000, at x = -1000 it is -alpha. An infinity times 0 is NaN: "
              "take the exponential of min(x, 0).",
}, marks={A.VALUES: 0.8, A.ALPHA: 0.4, A.STABLE: 0.3, "edge sizes": 0.1, A.SHAPE: 0.1, A.DTYPE: 0.1,
          A.INPUTS: 0.2})

elu_backward = backward_question(Pair("elu_forward", "elu_backward"), {**BEND_BACK, A.STABLE: extremes}, hints={
    A.DX: "The slope is 1 where x > 0 and alpha * exp(x) elsewhere; dx is dout times the slope.",
    A.ALPHA: "The slope on the negative side is alpha * exp(x), with the alpha of the forward pass.",
    A.STABLE: "At x = 1000 the slope is 1, at x = -1000 it is 0. An infinity times 0 is NaN: "
              "take the exponential of min(x, 0).",
}, marks={A.DX: 0.8, A.ALPHA: 0.4, A.STABLE: 0.3, "edge sizes": 0.1, A.SHAPE: 0.1, A.DTYPE: 0.1,
          A.INPUTS: 0.2})

# -- maxout -----------------------------------------------------------------------------------------------------

maxout_forward = value_question("maxout_forward", {
    A.VALUES: two_affine((7, 5, 4)),
    "edge sizes": two_affine((7, 5, 4), (1, 5, 4), (6, 1, 4), (6, 5, 1), (1, 1, 1), (4, 4, 4)),
}, args=("x", "w1", "b1", "w2", "b2"), hints={
    A.VALUES: "Compute both affine functions, x @ w1 + b1 and x @ w2 + b2, and take the larger, entry by entry.",
}, marks={A.VALUES: 1.4, "edge sizes": 0.2, A.SHAPE: 0.1, A.DTYPE: 0.1, A.INPUTS: 0.2})

maxout_backward = backward_question(
    Pair("maxout_forward", "maxout_backward", ("dx", "dw1", "db1", "dw2", "db2"),
         {A.DX: ("dx",), A.DW: ("dw1", "dw2"), A.DB: ("db1", "db2")}), {
        "ordinary": two_affine((7, 5, 4)),
        "edge sizes": two_affine((1, 5, 4), (6, 1, 4), (6, 5, 1), (1, 1, 1), (4, 4, 4)),
    }, hints={
        A.DX: "x feeds both affine functions: dx is the sum of what comes back through w1 and through w2.",
        A.DW: "Each entry of dout goes to the function that won it; then dw1 and dw2 are those of an affine layer.",
        A.DB: "Each entry of dout goes to the function that won it; b is added to every row, so db sums over the rows.",
    }, marks={A.DX: 1.0, A.DW: 0.8, A.DB: 0.6, "edge sizes": 0.2, A.SHAPE: 0.1, A.DTYPE: 0.1,
              A.INPUTS: 0.2})

# -- seeing them fail -------------------------------------------------------------------------------------------


def near_bounds(rng, shape, low, high, margin, share=(1 / 3, 1 / 3)):
    """Draw activations of which a share each lies near ``low`` and near ``high``, the rest clearly away from both."""
    width = high - low
    near, away = rng.uniform(0, 0.95 * margin, shape), rng.uniform(1.2 * margin, 1 - 1.2 * margin, shape)
    region = rng.permutation(np.linspace(0, 1, away.size, endpoint=False)).reshape(shape)
    at = np.where(region < share[0], near, np.where(region > 1 - share[1], 1 - near, away))
    return low + width * at


def counted_bounds(draws):
    """Return a test that judges activations near one bound only, for each bound that is counted in ordinary ones.

    ``draws(rng, share)`` returns argument tuples. Whether both bounds are counted is judged by "values".
    """
    def test(student, reference, rng, grading):
        def same_share(some, share):
            for inputs in some(rng, share):
                agree(student.saturated_fraction(*inputs), reference.saturated_fraction(*inputs))

        def ordinary(rng, share):
            return [(near_bounds(rng, (60, 1), 0, 1, 0.05, share), 0, 1)]

        errors = {share: passes(same_share, ordinary, share) for share in ((0, 0.5), (0.5, 0))}
        right = [share for share, error in errors.items() if grading.is_right(error, A.VALUES)]
        if not right:
            raise errors[0, 0.5]
        for low, high in right:
            for part in (1, 0.5):  # other counts, so that no one number is right for all
                same_share(draws, (part * low, part * high))
    return test


saturated_fraction = value_question("saturated_fraction", {
    A.VALUES: lambda rng: [(near_bounds(rng, (8, 6), 0, 1, 0.05), 0, 1)],
}, args=("out", "low", "high"), hints={
    A.VALUES: "Count the entries near the low bound and those near the high one, and divide by the number of entries.",
}, marks={A.VALUES: 1.1, A.INPUTS: 0.2})

saturated_fraction.aspect("conventions", 0.5, hint=(
    "Near means within margin * (high - low) of a bound: the same margin is twice as wide for tanh as for sigmoid. "
    "The caller may choose another margin than 0.05."))(counted_bounds(lambda rng, share: [
        (near_bounds(rng, (60, 1), low, high, margin[0] if margin else 0.05, share), low, high, *margin)
        for low, high, margin in ((-1, 1, ()), (2, 12, ()), (-1, 1, (0.2,)))]))

saturated_fraction.aspect("edge sizes", 0.2, hint=HINTS["edge sizes"])(counted_bounds(lambda rng, share: [
    (near_bounds(rng, shape, 0, 1, 0.05, share), 0, 1) for shape in ((8, 6), (12,), (1, 8), (8, 1), (2, 3, 4))]))


def clouds(*shapes):
    """Return a draw of post-ReLU activations in which unit 0 is dead, and unit 1 (if any) alive for one example only.

    The columns are then shuffled.
    """
    def draw(rng):
        outs = []
        for shape in shapes:
            out = np.maximum(0, rng.standard_normal(shape))
            out[:, :2] = 0
            out[rng.integers(shape[0]), 1:2] = 0.01
            outs.append((out[:, rng.permutation(shape[1])],))
        return outs
    return draw


def alive(rng):
    """Draw units all of which are alive, as many as there are, and a single one."""
    return [(rng.uniform(0.1, 1, shape),) for shape in ((6, 4), (6, 1), (1, 4))]


dead_units = value_question("dead_units", {
    A.VALUES: clouds((9, 6), (40, 5)),
    "edge sizes": lambda rng: [*clouds((9, 6), (1, 6), (6, 1), (1, 1), (4, 4))(rng), *alive(rng)],
}, args=("out",), dtype=bool, hints={
    A.VALUES: "A unit is a column. It is dead if no row at all is positive there: one example is enough to live.",
    A.DTYPE: "The answer to a yes-or-no question is a bool: an int array cannot be used as a mask or negated with ~.",
}, marks={A.VALUES: 1.4, "edge sizes": 0.2, A.SHAPE: 0.1, A.DTYPE: 0.1, A.INPUTS: 0.2})

# -- all together -------------------------------------------------------------------------------------------------

LAYERS = ("sigmoid", "relu", "tanh", "leaky_relu", "elu", "relu", "prelu", "maxout")
"""From input to output. Each forward is called once more: a backward must use the cache it is given, not the latest."""

MORE_GRADIENTS = {"prelu": 2, "maxout": 5}

activation_stack = Question("activation_stack", uses=tuple(
    f"{name}_{way}" for name in dict.fromkeys(LAYERS) for way in ("forward", "backward")),
    counted=("sigmoid_backward", "relu_forward", "relu_backward"))


def further_arguments(name, width, rng):
    """Draw what the activation takes besides x."""
    if name == "maxout":
        return tuple(rng.standard_normal(s) for s in ((width, width), width, (width, width), width))
    return {"leaky_relu": (0.2,), "elu": (0.7,), "prelu": (rng.uniform(0.1, 0.5, width),)}.get(name, ())


def run_stack(functions, x, layers, dout):
    """Run linear maps with activations forward and back; return the output and the gradients of all that goes in."""
    caches: list = []
    gradients: list = []
    for name, w, more in layers:
        z = (x - x.mean(axis=0)) @ w  # centred: otherwise the rows become more and more alike
        x, cache = getattr(functions, f"{name}_forward")(z, *more)
        expect_shape(x, dout.shape if name == "maxout" else z.shape)
        getattr(functions, f"{name}_forward")(0.5 - z, *more)  # a backward must use the cache it is given
        caches.append(cache)
    for (name, w, _), cache in zip(reversed(layers), reversed(caches), strict=True):
        dx = getattr(functions, f"{name}_backward")(dout, cache)
        dx, *more = as_tuple(dx, MORE_GRADIENTS[name]) if name in MORE_GRADIENTS else (dx,)
        expect_shape(dx, (len(x), len(w)))
        gradients += more
        dout = (dx - dx.mean(axis=0)) @ w.T
    return x, [dout, *gradients]


def draw_stack(rng, n=6, width=8):
    """Draw the arguments of :func:`run_stack`."""
    layers = [(name, 2 * rng.standard_normal((width, width)) / np.sqrt(width), further_arguments(name, width, rng))
              for name in LAYERS]
    return rng.standard_normal((n, width)), layers, rng.standard_normal((n, width))


@activation_stack.aspect(A.VALUES, 1.0, hint="The functions work alone but not one after another: does one of them "
                                             "keep something from an earlier call, or depend on the size of its input?")
def _(student, reference, rng):
    inputs = draw_stack(rng)
    expect_close(run_stack(student, *inputs)[0], run_stack(reference, *inputs)[0])


@activation_stack.aspect(A.DX, 1.0, hint="Each backward must work on the cache that its own forward returned, whatever "
                                         "was called in between. Do the two agree on what the cache holds?")
def _(student, reference, rng):
    inputs = draw_stack(rng)
    for got, want in zip(run_stack(student, *inputs)[1], run_stack(reference, *inputs)[1], strict=True):
        expect_close(got, want)


# -- transfer questions -------------------------------------------------------------------------------------------

ACCEPTED = {
    "answer_leak": Accepted(1230, "steps", within=185, hint=(
        "Multiply slope and steps for two slopes of the explorer. What stays nearly the same?")),
    "answer_numbers": Accepted(327800, hint=(
        "Count layer by layer. What does maxout have twice, and how many slopes has a layer of 100 units?")),
}
