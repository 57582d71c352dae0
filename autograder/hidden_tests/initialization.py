"""Hidden tests of ``cs231n_lib.initialization`` (notebook 03_initialization).

Random weights are judged by statistics of large layers, never by one order of random numbers. A tolerance is 5.5
standard errors of the difference between two samples, the student's and the reference's: a false alarm has a chance
below 1e-7. (Another sample stands where a known value could, so that a known mistake can take the reference's place.)
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from autograder.hidden_tests.builders import (
    HINTS,
    Misshapen,
    Pair,
    agree,
    at_most,
    backward_question,
    build,
    compare_parts,
    in_float64_or_32,
    largest_gap,
    passes,
    right_in_shape,
    to_float32,
)
from autograder.hidden_tests.expectations import (
    FEW_PARTS,
    MOST_NAMED,
    Mismatch,
    as_array,
    as_parts,
    as_tuple,
    expect_close,
    expect_dtype,
    expect_shape,
    expect_unchanged,
    relative_error,
)
from autograder.hidden_tests.rubric import Question
from autograder.hidden_tests.transfer import Accepted
from autograder.reference import load_aspects

A = load_aspects("initialization")

INIT_HINTS = {
    A.SHAPE: "Weights are (fan_in, fan_out): one row for each input, one column for each unit.",
    A.DTYPE: "Initial weights are float64, NumPy's default for decimal numbers.",
}

# -- the same number everywhere -----------------------------------------------------------------------------------


def fixed_question(name, draw, hint):
    """Return the question of an initialiser without randomness; ``draw(rng)`` gives its further arguments."""

    def values(student, reference, rng):
        for size in ((5, 3), (2, 7), (1, 4)):
            args = (*size, *draw(rng))
            expect_close(flat(getattr(student, name)(*args), size), flat(getattr(reference, name)(*args), size))

    def shape(student, reference, rng):
        for size in ((5, 3), (2, 7), (1, 4), (4, 1)):
            expect_shape(getattr(student, name)(*size, *draw(rng)), size)

    def dtype(student, reference, rng):
        expect_dtype(getattr(student, name)(5, 3, *draw(rng)), np.float64)

    return build(Question(name), {A.VALUES: values, A.SHAPE: shape, A.DTYPE: dtype},
                 {A.VALUES: 0.75, A.SHAPE: 0.2, A.DTYPE: 0.05}, {**INIT_HINTS, A.VALUES: hint})


def flat(w, size):
    """Return all entries of the weights in one row; their arrangement is judged elsewhere."""
    w = as_array(w, "the weights")
    if w.size != size[0] * size[1]:
        message = f"expected fan_in * fan_out = {size[0]} * {size[1]} weights, got shape {w.shape}"
        raise Mismatch(message, hint="There must be fan_in * fan_out weights.")
    return w.astype(float).ravel()


zero_init = fixed_question("zero_init", lambda rng: (), "Every weight is 0.")
constant_init = fixed_question("constant_init", lambda rng: (rng.uniform(0.1, 0.9),),
                               "Every weight is the number given as value.")

# -- random weights -------------------------------------------------------------------------------------------------

LAYERS = ((60, 350), (350, 60))
"""Not square, so that fan_in, fan_out and their mean can be told apart; n = 21000 weights each."""


def sample(functions, name, size, rng, **kwargs):
    """Return (weights, mean, standard deviation) of one layer drawn with a generator seeded from ``rng``."""
    w = flat(getattr(functions, name)(*size, np.random.default_rng(rng.integers(2**31)), **kwargs), size)
    if not w.std() > 0:
        raise Mismatch("the weights do not vary", hint="All weights are equal, or not finite: draw each by itself.")
    return w, w.mean(), w.std()


def pairs(student, reference, name, rng, **kwargs):
    """Yield a sample of the student's and one of the reference's for each of ``LAYERS``."""
    for size in LAYERS:
        yield [sample(f, name, size, rng, **kwargs) for f in (student, reference)]


def random_question(name, marks, hints, error=0.0, **given):
    """Return the question of a random initialiser.

    Parameters
    ----------
    name : str
    marks, hints : dict
        By aspects.
    error : float
        By how much the logarithm of the spread may be off, beside what chance does.
    **given
        What the initialiser takes beside the sizes and the generator.
    """

    def mean(student, reference, rng):
        for (w, m, s), (_, m_ref, s_ref) in pairs(student, reference, name, rng, **given):
            # in own units: the spread is judged apart; standard error 1/sqrt(n), of a difference sqrt(2/n)
            at_most(abs(m / s - m_ref / s_ref), 5.5 * np.sqrt(2 / len(w)), "mean, in standard deviations")

    def spread(student, reference, rng):
        for (w, _, s), (_, _, s_ref) in pairs(student, reference, name, rng, **given):
            # standard error of log s for normal numbers: 1/sqrt(2n); of a difference: 1/sqrt(n), 0.7 %; so 3.8 %
            at_most(abs(np.log(s / s_ref)), 5.5 / np.sqrt(len(w)) + error, "log standard deviation")

    def distribution(student, reference, rng):
        for (w, m, s), (v, m_ref, s_ref) in pairs(student, reference, name, rng, **given):
            # Kolmogorov-Smirnov, two samples: P(D > 2.9 sqrt(2/n) = 0.028) is about 2 exp(-2 * 2.9**2) = 1e-7, less
            # for standardised samples. A uniform distribution has D = 0.057.
            at_most(largest_gap((w - m) / s, (v - m_ref) / s_ref), 2.9 * np.sqrt(2 / len(w)), "distribution function")
            if len(np.unique(w)) < 0.9 * len(w):  # even in float32 fewer than one in a hundred meet
                raise Mismatch("many weights are equal", hint="Many weights are equal: draw each of them by itself.")

    def conventions(student, reference, rng, grading):
        small, large = ([sample(f, name, LAYERS[0], rng, std=std)[2] for f in (student, reference)]
                        for std in (0.02, 0.32))
        reads = [b / a > 2 for a, b in zip(small, large, strict=True)]  # 16, or 4 if it is taken for the variance
        if reads[0] != reads[1] and not grading.lost(A.SPREAD):  # without std, the usual spread is wrong
            raise Mismatch(f"std is {'' if reads[0] else 'not '}read")
        for mine, theirs in (small, large):
            if not grading.lost(A.SPREAD):  # how large exactly is charged there; the tolerance is that of "spread"
                at_most(abs(np.log(mine / theirs)), 5.5 / np.sqrt(np.prod(LAYERS[0])), "log standard deviation")

    def uses_rng(student, reference, rng):
        seed = int(rng.integers(2**31))

        def seen(functions):
            a, again, b = (flat(getattr(functions, name)(7, 5, np.random.default_rng(s), **given), (7, 5))
                           for s in (seed, seed, seed + 1))
            return np.array_equal(a, again), np.array_equal(a, b)

        if seen(student) != seen(reference):
            raise Mismatch(f"(same state, same weights), (other state, same weights): got {seen(student)}")

    def shape(student, reference, rng):
        for size in ((5, 3), (2, 7), (1, 4), (4, 1)):
            expect_shape(getattr(student, name)(*size, np.random.default_rng(0), **given), size)

    def dtype(student, reference, rng):
        expect_dtype(getattr(student, name)(5, 3, np.random.default_rng(0), **given), np.float64)

    tests = {A.MEAN: mean, A.SPREAD: spread, "distribution": distribution, "conventions": conventions,
             "uses rng": uses_rng, A.SHAPE: shape, A.DTYPE: dtype}
    return build(Question(name), tests, marks, {**INIT_HINTS, **RANDOM_HINTS, **hints})


RANDOM_HINTS = {
    A.MEAN: "The weights must scatter around 0, as many negative as positive: rng.standard_normal does, rng.random "
            "does not.",
    "distribution": "The weights come from a Gaussian, each drawn by itself: rng.standard_normal((fan_in, fan_out)).",
    "conventions": "Use the argument std: 0.01 is only its default.",
    "uses rng": "Take every random number from the argument rng: the same generator state must give the same weights, "
                "and another state other weights.",
}
MARKS = {A.MEAN: 0.25, A.SPREAD: 0.85, "distribution": 0.25, "uses rng": 0.35, A.SHAPE: 0.2, A.DTYPE: 0.1}

small_random_init = random_question("small_random_init", {
    A.MEAN: 0.25, A.SPREAD: 0.55, "distribution": 0.25, "conventions": 0.3, "uses rng": 0.35, A.SHAPE: 0.2,
    A.DTYPE: 0.1}, hints={
        A.SPREAD: "The standard deviation of the weights is std itself, 0.01 by default, whatever the layer's size. "
                  "Measure it: w.std()."})
xavier_init = random_question("xavier_init", MARKS, hints={
    A.SPREAD: "The variance is 1 / fan_in, so the standard deviation is its square root. Measure w.var() * fan_in on a "
              "layer that is not square."})
he_init = random_question("he_init", MARKS, hints={
    A.SPREAD: "The variance is 2 / fan_in, so the standard deviation is its square root. Measure w.var() * fan_in on a "
              "layer that is not square."})

MOST_AT_ONCE = 100_000


def limited(activation):
    """Return the activation for so many numbers at a time as the docstring allows: the wire has a limit, too."""
    def given(z):
        if np.size(z) > MOST_AT_ONCE:
            raise ValueError(f"an activation takes at most {MOST_AT_ONCE:,} numbers at a time")
        return activation(z)
    return given


def relu(z):
    """Stand in for the student's activation."""
    return np.maximum(0, z)


scaled_init = random_question("scaled_init", {
    A.MEAN: 0.15, A.SPREAD: 0.6, "distribution": 0.15, "uses rng": 0.3, A.SHAPE: 0.1, A.DTYPE: 0.1}, hints={
        A.SPREAD: "For ReLU the variance must come out as 2 / fan_in. Which mean of the activation's output is 1/2 for "
                  "ReLU, and what does the sum over fan_in products do with it?"},
    error=0.01, activation=limited(relu))


@scaled_init.aspect("any activation", 0.6, hint=(
    "Right for ReLU perhaps, but not for other activations. Let the given one tell you what it makes of a standard "
    "normal signal: apply it to many numbers."))
def _(student, reference, rng):
    slope = rng.uniform(0.5, 0.7)
    size = LAYERS[0]
    for activation in (lambda z: np.maximum(z, slope * z), np.tanh, lambda z: relu(z) + 0.5):
        mine, theirs = (np.divide(*(sample(functions, "scaled_init", size, rng, activation=limited(f))[2]
                                    for f in (activation, relu))) for functions in (student, reference))
        # compared with the same function's weights for ReLU, which are judged apart; the ratio of two standard
        # deviations, of a difference: 2 / sqrt(2 n), 1 %; beyond it, what may be off by 1 % each
        at_most(abs(np.log(mine / theirs)), 5.5 * np.sqrt(2 / np.prod(size)) + 0.02, "log ratio of the spreads")


# -- looking at activations -----------------------------------------------------------------------------------------

activation_statistics = Question("activation_statistics")


def layers(shapes, rng):
    """Draw one array of activations per shape, each with a mean and a spread of its own."""
    return [rng.uniform(-2, 2) + rng.uniform(0.5, 3) * rng.standard_normal(s) for s in shapes]


def statistics(functions, activations):
    """Return the means and standard deviations by the names of their aspects; a tuple is as good as a list."""
    means, stds = as_tuple(functions.activation_statistics(activations), 2)
    return {name: list(v) if isinstance(v, tuple) else v for name, v in ((A.MEAN, means), (A.SPREAD, stds))}


def compare_statistics(student, reference, activations, names, tol=1e-6):
    """Require the named statistics to agree; 1 is added because a spread may be 0."""
    got, want = statistics(student, activations), statistics(reference, activations)
    for name in names:
        what = {A.MEAN: "means", A.SPREAD: "stds"}[name]
        expect_close(as_array(got[name], what) + 1, np.asarray(want[name]) + 1, tol, what)


def right_statistics(student, reference, activations, grading):
    """Return those of "mean" and "spread" that are right on ordinary layers; raise if neither is."""
    return grading.keep_right({name: passes(compare_statistics, student, reference, activations, [name])
                               for name in (A.MEAN, A.SPREAD)})


SAME_WIDTH = ((9, 6),) * 4


@activation_statistics.aspect(A.MEAN, 0.7, hint="means[i] is the mean of all entries of layer i's activations.")
def _(student, reference, rng):
    compare_statistics(student, reference, layers(SAME_WIDTH, rng), [A.MEAN])


@activation_statistics.aspect(A.SPREAD, 0.6, hint="stds[i] is the standard deviation of all entries of layer i: the "
                                                  "root of the mean squared distance from the layer's mean.")
def _(student, reference, rng):
    compare_statistics(student, reference, layers(SAME_WIDTH, rng), [A.SPREAD])


@activation_statistics.aspect("edge sizes", 0.3, hint=(
    "Layers may differ in size and number of axes, and there may be only one: treat each array by itself, and all its "
    "entries alike."))
def _(student, reference, rng, grading):
    right = right_statistics(student, reference, layers(SAME_WIDTH, rng), grading)
    for shapes in (((7, 5), (7, 2), (1, 4)), ((3, 2, 4, 4), (6,)), ((8, 3),), ((1, 1), (5, 1))):
        compare_statistics(student, reference, layers(shapes, rng), right)
    for activations, tol in in_float64_or_32(layers(SAME_WIDTH, rng)):
        compare_statistics(student, reference, list(activations), right, tol)


@activation_statistics.aspect(A.SHAPE, 0.2, hint="Return two arrays with one number for each layer.")
def _(student, reference, rng, grading):
    right = right_statistics(student, reference, layers(SAME_WIDTH, rng), grading)
    for n in (4, 1):
        got = statistics(student, layers(SAME_WIDTH[:n], rng))
        for name in right:
            expect_shape(got[name], (n,), {A.MEAN: "means", A.SPREAD: "stds"}[name])


@activation_statistics.aspect(A.INPUTS, 0.2, hint=HINTS[A.INPUTS])
def _(student, reference, rng):
    activations = layers(SAME_WIDTH, rng)
    expect_unchanged(student.call("activation_statistics", activations), [activations], ["activations"])


# -- LSUV -------------------------------------------------------------------------------------------------------------

lsuv_init = Question("lsuv_init")


def net(widths, n, rng):
    """Draw (weights, x): scales far from right, in either direction."""
    scales = (0.05, 4, 0.2, 6)
    weights = [s * rng.standard_normal((a, b)) / np.sqrt(a)
               for s, a, b in zip(scales, widths[:-1], widths[1:], strict=False)]
    return weights, rng.standard_normal((n, widths[0]))


def lsuv(functions, weights, x, activation, **kwargs):
    """Return the new weights as a list of arrays, of the right number and shapes. A copy is handed in."""
    got = functions.lsuv_init([w.copy() for w in weights], x.copy(), activation, **kwargs)
    got = as_parts(got, FEW_PARTS) if isinstance(got, (list, tuple)) or np.ndim(got) else [got]
    shapes, want = [np.shape(as_array(w, "a weight array")) for w in got], [w.shape for w in weights]
    if shapes != want:
        raise Mismatch(f"expected weights of shapes {want}, got {shapes[:MOST_NAMED]}",
                       hint="Return a list with one array for each layer, of the shapes of the given weights.")
    return [as_array(w).astype(float) for w in got]


def variances(weights, x, activation):
    """Return the variance of each layer's pre-activations."""
    found = []
    for w in weights:
        found.append((x @ w).var())
        x = activation(x @ w)
    return np.array(found)


def unit_variance(student, reference, weights, x, activation):
    """Require unit variance up to the default tolerance; the reference, starting far off, has it up to rounding."""
    got, want = (variances(lsuv(f, weights, x, activation), x, activation) for f in (student, reference))
    at_most(np.abs(got - want).max(), 0.05, f"variances {got} of the pre-activations")


def only_rescaled(student, reference, weights, x, activation):
    """Require each matrix to be a positive multiple of the given one, and not to be the given one."""
    # three rescalings at most: an odd number, after which two that undo each other leave a change behind
    got, want = (lsuv(f, weights, x, activation, max_iter=3) for f in (student, reference))
    for w, w_got, w_want in zip(weights, got, want, strict=True):
        if relative_error(w_got, w) < 1e-6:
            raise Mismatch("the weights come back as they were", hint="The weights come back as they were.")
        expect_close(w_got / (np.linalg.norm(w_got) or 1), w_want / np.linalg.norm(w_want))


SQUARE = (12,) * 5


def off_centre(weights, x):
    """Return (weights, x) with means that are not 0: there a variance is neither a mean square nor that of a unit."""
    return [weights[0] + weights[0].std(), *weights[1:]], x + 1


@lsuv_init.aspect(A.SPREAD, 1.9, hint=(
    "Go through the layers in order: the pre-activations z = h @ w have variance 1 when w is divided by std(z); what "
    "goes on to the next layer is activation(z) under the new w."))
def _(student, reference, rng):
    for activation in (np.tanh, relu):
        unit_variance(student, reference, *net(SQUARE, 60, rng), activation)
    unit_variance(student, reference, *off_centre(*net(SQUARE, 60, rng)), np.tanh)


@lsuv_init.aspect(A.VALUES, 0.6, hint="LSUV multiplies each matrix by one positive number; it changes no direction.")
def _(student, reference, rng):
    only_rescaled(student, reference, *net(SQUARE, 60, rng), np.tanh)


PATIENCE = (0.1, 1), (0.02, 1), (0.01, 1), (0.01, 0)
"""(tol, max_iter) for a variance of 1.03; at 0.02 its root, 1.015, would do."""


@lsuv_init.aspect("conventions", 0.4, hint=(
    "A layer whose variance is within tol of 1 is left as it is; max_iter bounds the number of rescalings, with 0 "
    "there are none."))
def _(student, reference, rng):
    x, w = rng.standard_normal((60, 12)), rng.standard_normal((12, 12))
    x -= x.mean(axis=0)  # no unit has a mean: one who errs there has lost his marks above
    w -= w.mean()
    w *= np.sqrt(1.03) / (x @ w).std()  # a single linear layer, a little off: only the arguments make a difference

    def rescaled(functions):
        return [relative_error(lsuv(functions, [w], x, lambda z: z, tol=tol, max_iter=m)[0], w) > 1e-6
                for tol, m in PATIENCE]

    if rescaled(student) != rescaled(reference):
        raise Mismatch(f"rescaled at (tol, max_iter) = {PATIENCE}: got {rescaled(student)}")


@lsuv_init.aspect("edge sizes", 0.5, hint="Right for layers of one size, but not for others. Try layers of different "
                                          "widths, a single layer, a single unit, a batch of one.")
def _(student, reference, rng, grading):
    usual = net(SQUARE, 60, rng)
    tests = {A.SPREAD: unit_variance, A.VALUES: only_rescaled}
    errors = {aspect: passes(test, student, reference, *usual, np.tanh) for aspect, test in tests.items()}
    errors[A.SPREAD] = errors[A.SPREAD] or passes(unit_variance, student, reference, *off_centre(*usual), np.tanh)
    right = [tests[aspect] for aspect in grading.keep_right(errors)]
    for widths, n in (((9, 14, 7, 1), 80), ((6, 5), 40), ((8, 60), 1)):
        inputs = net(widths, n, rng)
        for test in right:
            test(student, reference, *inputs, np.tanh)
    (x, *weights), _ = next(iter(in_float64_or_32((usual[1], *usual[0]))))  # in another order in memory
    for test in right:
        test(student, reference, weights, x, np.tanh)


@lsuv_init.aspect(A.DTYPE, 0.2, hint=INIT_HINTS[A.DTYPE])
def _(student, reference, rng):
    for w in as_tuple(student.lsuv_init(*net(SQUARE, 60, rng), np.tanh), 4):
        expect_dtype(w, np.float64, "a weight array")


@lsuv_init.aspect(A.INPUTS, 0.4, hint="The given weights are the caller's: w = w / s makes a new array, w /= s does "
                                        "not; and the list is the caller's, too.")
def _(student, reference, rng):
    inputs = net(SQUARE, 60, rng)
    expect_unchanged(student.call("lsuv_init", *inputs, np.tanh), inputs, ["weights", "x"])


# -- a stack of layers ----------------------------------------------------------------------------------------------


def tanh_forward(z):
    """Return tanh; it keeps its output."""
    return np.tanh(z), np.tanh(z)


def tanh_backward(dout, cache):
    """Return the gradient of :func:`tanh_forward`."""
    return dout * (1 - cache**2)


def arctan_forward(z):
    """Return half as much again as the arc tangent; it keeps a tuple, without its output."""
    return 1.5 * np.arctan(z), (z, 1.5)


def arctan_backward(dout, cache):
    """Return the gradient of :func:`arctan_forward`."""
    return dout * cache[1] / (1 + cache[0]**2)


BACKWARD_OF = {tanh_forward: tanh_backward, arctan_forward: arctan_backward}
"""Smooth activations: with a kink, rounding could decide on which side of it a number lies."""


def stacks(*shapes):
    """Return a draw of (x, weights, activation) for each (widths, n)."""
    return lambda rng: [(rng.standard_normal((n, widths[0])), [1.2 * rng.standard_normal((a, b)) / np.sqrt(a)
                        for a, b in zip(widths[:-1], widths[1:], strict=True)], activation)
                        for widths, n in shapes for activation in BACKWARD_OF]


ORDINARY_STACK, OTHER_STACKS = ((5,) * 4, 7), (((4, 6, 3), 7), ((5, 3), 7), ((4, 5, 1), 1), ((1, 3), 1))


def draw_upstream(inputs, rng):
    """Draw a ``dout`` of the shape of a stack's last activations."""
    return rng.standard_normal((len(inputs[0]), inputs[1][-1].shape[1]))


@dataclass(frozen=True)
class StackPair(Pair):
    """The stack's forward, which returns all activations, and its backward."""

    def further(self, inputs):
        """Return the backward of the activation."""
        return (BACKWARD_OF[inputs[2]],)

    def upstream(self, reference, inputs, rng):
        """Draw a ``dout`` of the shape of the last activations."""
        return draw_upstream(inputs, rng)

    def follows_forward(self, student, reference, inputs, dout, aspect, grading):
        """Say no: a stack divides by nothing."""
        return False


STACK_EDGES = ("Right for layers of one size, but not for others. Try layers of different widths, a single layer, a "
               "single unit, a batch of one.")


def activations_of(functions, inputs):
    """Return the activations of the layers."""
    return as_tuple(functions.stack_forward(*inputs), 2)[0]


def compare_output(student, reference, inputs, compare=agree):
    """Require the last layer's activations to be right; they may have come alone, without those of the others."""
    got, want = activations_of(student, inputs), activations_of(reference, inputs)
    compare(got[-1] if isinstance(got, (list, tuple)) and got else got, want[-1], "the output")


def compare_hidden_layers(student, reference, inputs, compare=agree):
    """Require the activations of all layers but the last to be right, in a list with one array for each layer."""
    got, want = activations_of(student, inputs), activations_of(reference, inputs)
    if not isinstance(got, (list, tuple)) or len(got) != len(want):
        raise Mismatch(f"expected a list of {len(want)} arrays, got a {type(got).__name__}",
                       hint="Return a list with one array for each layer: what it puts out. x is not among them.")
    for mine, theirs in zip(got[:-1], want[:-1], strict=True):
        compare(mine, theirs, "the activations of a layer")


STACK_TESTS = {A.VALUES: compare_output, "each layer": compare_hidden_layers}


def right_tests(student, reference, inputs, grading):
    """Return those of ``STACK_TESTS`` that are passed on ordinary layers, by aspect; raise if none is."""
    right = grading.keep_right({aspect: passes(test, student, reference, inputs)
                                for aspect, test in STACK_TESTS.items()})
    return {aspect: STACK_TESTS[aspect] for aspect in right}


stack_forward = Question("stack_forward")


@stack_forward.aspect(A.VALUES, 0.8, hint=(
    "Each layer takes what the layer before has put out, multiplies it by its own weights and applies the activation."))
def _(student, reference, rng):
    for inputs in stacks(ORDINARY_STACK)(rng):
        compare_output(student, reference, inputs)


@stack_forward.aspect("each layer", 0.25, hint=(
    "Return the activations of every layer: a list with one array for each, in the order of the layers."))
def _(student, reference, rng):
    for inputs in stacks(ORDINARY_STACK)(rng):
        compare_hidden_layers(student, reference, inputs)


@stack_forward.aspect("edge sizes", 0.2, hint=STACK_EDGES)
def _(student, reference, rng, grading):
    usual = stacks(ORDINARY_STACK)(rng)[0]
    right = right_tests(student, reference, usual, grading).values()
    for inputs in stacks(*OTHER_STACKS)(rng):
        for test in right:
            test(student, reference, inputs)
    for inputs, tol in in_float64_or_32(usual):
        for test in right:
            test(student, reference, inputs, partial(agree, tol=tol))


@stack_forward.aspect(A.SHAPE, 0.1, hint=HINTS[A.SHAPE])
def _(student, reference, rng, grading):
    usual, *others = stacks(ORDINARY_STACK, *OTHER_STACKS)(rng)
    for aspect, test in right_tests(student, reference, usual, grading).items():
        for inputs in (usual, *others):
            error = passes(test, student, reference, inputs, right_in_shape)
            if isinstance(error, Misshapen):
                raise error
            grading.is_right(error, aspect, "edge sizes")


@stack_forward.aspect(A.DTYPE, 0.05, hint=HINTS[A.DTYPE])
def _(student, reference, rng):
    inputs = to_float32(stacks(ORDINARY_STACK)(rng)[0])
    got = activations_of(student, inputs)
    for activations in as_parts(got, FEW_PARTS) if isinstance(got, (list, tuple)) else [got]:
        expect_dtype(activations, np.float32, "the activations of a layer")


@stack_forward.aspect(A.INPUTS, 0.1, hint=(
    "x and the weights are the caller's: h @ w makes a new array, x[:] = ... and w *= ... write into theirs."))
def _(student, reference, rng):
    for inputs in stacks(ORDINARY_STACK)(rng):
        expect_unchanged(student.call("stack_forward", *inputs), inputs, ["x", "weights"])


stack_backward = backward_question(
    StackPair("stack_forward", "stack_backward", ("dx", "dweights"), {A.DX: ("dx",), A.DWEIGHTS: ("dweights",)}),
    {"ordinary": stacks(ORDINARY_STACK), "edge sizes": stacks(*OTHER_STACKS)},
    marks={A.DX: 0.8, A.DWEIGHTS: 1.05, "edge sizes": 0.25, A.SHAPE: 0.1, A.DTYPE: 0.1, A.INPUTS: 0.2},
    hints={
        A.DX: "The gradient goes through the layers from the last to the first: in each of them first through the "
              "activation, then through the product. What the first layer hands on is dx.",
        A.DWEIGHTS: "Each layer's gradient is made of that layer's input and of what has come back through its "
                    "activation. The list is in the order of the weights.",
        "edge sizes": STACK_EDGES,
    })

# -- all together -----------------------------------------------------------------------------------------------------

deep_signal = Question("deep_signal", uses=("xavier_init", "he_init", "activation_statistics", "lsuv_init"))

DEPTH, WIDTH = 5, 200


def stack(functions, init, activation, x, rng):
    """Return the weights of a deep net and the activations of its layers."""
    weights, activations = [], []
    for _ in range(DEPTH):
        w = getattr(functions, init)(WIDTH, WIDTH, np.random.default_rng(rng.integers(2**31)))
        expect_shape(w, (WIDTH, WIDTH))
        weights.append(as_array(w).astype(float))
        x = activation(x @ weights[-1])
        activations.append(x)
    return weights, activations


@deep_signal.aspect(A.SPREAD, 1.0, hint=(
    "Xavier under tanh and He under ReLU should carry a signal through five layers, and activation_statistics should "
    "show it."))
def _(student, reference, rng):
    x = rng.standard_normal((50, WIDTH))
    for init, activation in (("xavier_init", np.tanh), ("he_init", relu)):
        (_, mine), (_, theirs) = (stack(f, init, activation, x, rng) for f in (student, reference))
        compare_statistics(student, reference, mine, [A.MEAN, A.SPREAD])
        # One ReLU layer multiplies an example's mean square by a factor of relative variance 5/WIDTH (He et al., 2015:
        # E z^4 = 3), tanh by less; over DEPTH layers the variance of its logarithm is 5 DEPTH/WIDTH, twice that for
        # a difference. A factor of 2 per layer is log 2 * DEPTH = 3.5; five standard deviations are 2.5.
        last, last_ref = (np.log(np.mean(a[-1] ** 2)) for a in (mine, theirs))
        at_most(abs(last - last_ref), 5 * np.sqrt(2 * 5 * DEPTH / WIDTH), "log mean square of the last layer")


@deep_signal.aspect(A.VALUES, 1.0, hint=(
    "lsuv_init on He's weights should give every layer pre-activations of variance 1."))
def _(student, reference, rng):
    x = rng.standard_normal((50, WIDTH))
    weights = lsuv(student, stack(student, "he_init", np.tanh, x, rng)[0], x, np.tanh)
    z = [x @ weights[0]]
    for w in weights[1:]:
        z.append(np.tanh(z[-1]) @ w)
    stds = as_array(statistics(student, z)[A.SPREAD], "stds")
    at_most(np.abs(stds - 1).max(initial=0), 0.03, "standard deviations of the pre-activations")


deep_gradient = Question("deep_gradient", uses=("stack_forward", "stack_backward"))


@deep_gradient.aspect(A.GRADIENT, 1.0, hint=(
    "stack_backward needs the cache that your own stack_forward made, and another stack may have gone forward in the "
    "meantime."))
def _(student, reference, rng):
    for inputs in stacks(ORDINARY_STACK, OTHER_STACKS[0])(rng):
        dout = draw_upstream(inputs, rng)
        own, right = (as_tuple(functions.stack_forward(*inputs), 2)[1] for functions in (student, reference))
        student.stack_forward(*stacks(OTHER_STACKS[1])(rng)[0])
        got, want = (as_tuple(functions.stack_backward(dout, cache, BACKWARD_OF[inputs[2]]), 2)
                     for functions, cache in ((student, own), (reference, right)))
        for name, mine, theirs in zip(("dx", "dweights"), got, want, strict=True):
            compare_parts(agree, mine, theirs, name)


# -- transfer questions -----------------------------------------------------------------------------------------------

ACCEPTED = {
    "answer_wide": Accepted(4.4, "%", within=0.5, hint=(
        "By what factor does one such layer multiply the standard deviation, and how many layers lie between the "
        "output of layer 1 and that of layer 10?")),
    "answer_slope": Accepted(1.6, within=0.02, hint=(
        "Which share of E[z^2] does each half of z leave behind a leaky ReLU? With a slope of 0 the rule must be He's, "
        "with 1 Xavier's.")),
}
