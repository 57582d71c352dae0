"""Builders for the aspects that many hidden tests share.

Inputs come from *draws*: a draw takes the random generator and returns a list of argument tuples. A question is
then a dict of draws, one for each aspect in which values are compared::

    relu_forward = value_question("relu_forward", marks={"values": 0.7, "edge sizes": 0.1, "shape": 0.05, ...},
                                  cases={"values": shaped((7, 5)), "edge sizes": shaped(*SIZES)},
                                  hints={"values": "ReLU keeps what is positive and zeroes the rest."})

No mistake is charged twice. "shape" is judged only where the numbers are right up to axes of length one; the further
aspects of a backward are judged only on those gradients that are right for ordinary input. What is left out there must
have lost its marks in this grading (:class:`~autograder.hidden_tests.rubric.Grading`).
"""

from dataclasses import dataclass, field

import numpy as np

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
    on_either_cache,
    on_reference_cache,
)
from autograder.hidden_tests.rubric import Question
from autograder.reference import load_aspects
from autograder.sandbox.student import StudentError

A = load_aspects()

ORDINARY = (7, 5)
SIZES = (ORDINARY, (1, 5), (6, 1), (1, 1), (5,), (2, 3, 4))
"""Shapes for elementwise functions; the ordinary one comes first, so that what is wrong there is wrong here too."""

HINTS = {
    "edge sizes": "This is right for an ordinary batch but not for every size. Try a batch of one, a single "
                  "feature, and every number of axes that the docstring allows.",
    A.SHAPE: "The numbers are right, their arrangement is not: compare the shape with the docstring's, for a batch "
             "of one too.",
    A.DTYPE: "float32 in, float32 out. np.zeros(shape) and np.where(mask, 1.0, 0.0) make float64; "
             "np.zeros_like(x) and multiplying by the mask itself do not.",
    A.INPUTS: "The arguments must be the same after the call as before it: write into a new array.",
}


def shaped(*shapes, scale=2.0, then=()):
    """Return a draw of normal arrays of the given shapes, each followed by the further arguments ``then``."""
    return lambda rng: [(scale * rng.standard_normal(shape), *then) for shape in shapes]


def agree(got, want, what="the result", tol=1e-6):
    """Compare as ``expect_close`` does, but let NaN and infinity agree with themselves.

    The reference has neither. A known mistake in its place may, and is to be recognised by it.
    """
    got, want = as_array(got, what), np.asarray(want)
    if arrays.have_same_long_axes(got, want):
        got, want = arrays.zero_shared_nonfinite(got.reshape(want.shape), want)
    expect_close(got, want, tol, what)


def cast_floats(args, dtype):
    """Return the arguments with every float array in this dtype, those in lists, too."""
    return tuple(map_arrays(a, lambda array: array.astype(dtype) if array.dtype.kind == "f" else array) for a in args)


def map_arrays(value, change):
    """Return ``change(value)`` of an array, a list with each of its arrays changed; anything else as it is."""
    if isinstance(value, list):
        return [map_arrays(part, change) for part in value]
    return change(value) if isinstance(value, np.ndarray) else value


def to_float32(args):
    """Return the arguments with every float array in float32."""
    return cast_floats(args, np.float32)


def in_other_memory(a):
    """Return the array as after a transposition, its numbers in another order in memory, and in float32."""
    return np.asfortranarray(a), a.astype(np.float32)


ROUGH = 4e-5
"""Relative error that float32 may have; half precision has ten times as much."""


def in_float64_or_32(inputs):
    """Return (arguments, tolerance) twice: each array in the other order in memory, then in float32."""
    turned = [map_arrays(a, lambda array: np.asfortranarray(array) if array.ndim > 1 else array) for a in inputs]
    return (turned, 1e-6), (to_float32(inputs), ROUGH)


def passes(test, *args):
    """Return None if ``test(*args)`` passes, and what it raised if not."""
    try:
        test(*args)
    except (Mismatch, StudentError) as error:
        return error


class Misshapen(Mismatch):
    """The numbers of a result are right, its shape is not."""


def expect_right_shape(got, want, what="the result"):
    """Require of a result with the right numbers the shape of ``want``; raise :class:`Misshapen`."""
    if error := passes(expect_shape, got, np.shape(want), what):
        raise Misshapen(str(error), hint=error.hint)


def wrong_anyway(error):
    """Return ``error`` with a hint for the aspect "shape", which is not judged on numbers that are wrong."""
    return Mismatch(str(error), hint="counts once the numbers are right") if isinstance(error, Mismatch) else error


def compare_parts(compare, got, want, name="the result"):
    """Call ``compare(got, want, name)``; where a list of arrays is wanted, for each of them."""
    if not isinstance(want, list):
        compare(got, want, name)
        return
    if not isinstance(got, (list, tuple)) or len(got) != len(want):
        count = f" of {len(got)}" if isinstance(got, (list, tuple)) else ""
        raise Mismatch(f"expected {name}, a list of {len(want)} arrays, got a {type(got).__name__}{count}",
                       hint=f"Return {name} as a list with one array for each layer.")
    for mine, theirs in zip(got, want, strict=True):
        compare(mine, theirs, name)


def right_in_shape(got, want, name):
    """Compare as :func:`agree`, then require exactly the shape of ``want``: in one and the same result."""
    agree(got, want, name)
    expect_right_shape(got, want, name)


# -- what cannot be compared number by number -----------------------------------------------------------------------


def expect_same(got, want, message):
    """Require ``got == want``: properties that do not depend on the order of random numbers."""
    if got != want:
        raise Mismatch(f"{message}: got {got}, expected {want}")


def same_seen(seen, student, reference, message):
    """Require ``seen(student) == seen(reference)``."""
    expect_same(seen(student), seen(reference), message)


def at_most(difference, bound, what):
    """Require ``difference <= bound``; NaN is more."""
    if not difference <= bound:
        raise Mismatch(f"{what}: {difference:.3g} from the expected, at most {bound:.3g} is chance")


def largest_gap(a, b):
    """Return the largest distance between the distribution functions of two samples."""
    below = np.searchsorted(np.sort(b), np.sort(a), "right")
    return np.abs(np.arange(1, len(a) + 1) / len(a) - below / len(b)).max()


SCALES = np.concatenate([sign * 2 ** np.linspace(-3, 3, 25) for sign in (1, -1)])
"""Factors of an argument that are looked for. Beyond them what bends looks straight, or like a step."""


def fit_factor(function, want):
    """Return the factor in the range of :data:`SCALES` with which ``function(factor)`` is nearest to ``want``."""
    def miss(c):
        return np.sum((function(c) - want)**2)

    middle = min(SCALES, key=miss)
    low, high = middle / 2**0.25, middle * 2**0.25
    for _ in range(90):  # a third of the bracket goes each time: 1e-16 of it is left
        a, b = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, b) if miss(a) < miss(b) else (a, high)
    return (low + high) / 2


def labels(n, c, rng):
    """Draw ``n`` labels in 0..c-1, each class as often as the others: the last one is always there."""
    return rng.permutation(np.arange(n) % c)


# -- a function with one result, or a forward (whose cache is not looked into) ----------------------------------


def value_question(name, cases, marks, hints, args=("x",), dtype=np.float32):
    """Return the question of a function with one result, or of a forward.

    Parameters
    ----------
    name : str
    cases : dict
        Aspect -> draw, for the aspects in which values are compared; "values" is the first.
    marks : dict
        Aspect -> marks, for the aspects in ``cases`` and any of "shape", "dtype", "leaves inputs alone".
    hints : dict
        Aspect -> hint; :data:`HINTS` has the rest.
    args : tuple of str
        Names of the arguments, for the message when one was changed.
    dtype : type
        What to return for float32 input.
    """
    question, hints = Question(name), {**HINTS, **hints}
    first = cases[A.VALUES]

    def result(functions, inputs):
        value = getattr(functions, name)(*inputs)
        return value[0] if name.endswith("_forward") else value

    def compare(student, reference, inputs, tol=1e-6):
        agree(result(student, inputs), result(reference, inputs), tol=tol)

    def right_shape(student, reference, inputs):
        got, want = result(student, inputs), result(reference, inputs)
        agree(got, want)
        expect_right_shape(got, want)

    def values(draw):
        def test(student, reference, rng):
            for inputs in draw(rng):
                compare(student, reference, inputs)
        return test

    def edge_sizes(draw):
        def test(student, reference, rng, grading):
            values(draw)(student, reference, rng)
            usual = first(rng)[0]
            if grading.is_right(passes(compare, student, reference, usual), A.VALUES):
                for inputs, tol in in_float64_or_32(usual):
                    compare(student, reference, inputs, tol)
        return test

    def shape(student, reference, rng, grading):
        wrong, drawn = [], [(aspect, inputs) for aspect, draw in cases.items() for inputs in draw(rng)]
        for aspect, inputs in drawn:
            error = passes(right_shape, student, reference, inputs)
            if isinstance(error, Misshapen):
                raise error
            if not grading.is_right(error, aspect):
                wrong.append(error)
        if len(wrong) == len(drawn):
            raise wrong_anyway(wrong[0])

    def dtypes(student, reference, rng):
        for inputs in first(rng):
            expect_dtype(result(student, to_float32(inputs)), dtype)

    def unchanged(student, reference, rng):
        for inputs in first(rng):
            expect_unchanged(student.call(name, *inputs), inputs, args)

    makers = {aspect: edge_sizes if aspect == "edge sizes" else values for aspect in cases}
    tests = {**{aspect: make_test(cases[aspect]) for aspect, make_test in makers.items()},
             A.SHAPE: shape, A.DTYPE: dtypes, A.INPUTS: unchanged}
    return build(question, tests, marks, hints)


def build(question, tests, marks, hints):
    """Give ``question`` the aspects in ``marks``, in their order; return it."""
    for aspect, worth in marks.items():
        question.aspect(aspect, worth, hints[aspect])(tests[aspect])
    return question


# -- a backward ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """A backward with its forward.

    Attributes
    ----------
    forward, backward : str
    gradients : tuple of str
        What the backward returns, in order.
    aspects : dict
        Aspect -> names of the gradients it judges.
    """

    forward: str
    backward: str
    gradients: tuple = ("dx",)
    aspects: dict = field(default_factory=lambda: {A.DX: ("dx",)})

    def further(self, inputs):
        """Return what the backward takes beside ``dout`` and the cache."""
        return ()

    def judge(self, student, reference, inputs, dout, aspect, compare, on=on_either_cache):
        """Require ``compare(got, want, name)`` to pass for the gradients of one aspect, on either cache."""
        names = self.aspects[aspect]

        def each(got, want):
            got, want = self.named(got), self.named(want)
            for name in names:
                compare_parts(compare, got[name], want[name], name)

        on(student, reference, self.forward, self.backward, inputs, dout, each, self.further(inputs))

    def judge_once(self, student, reference, inputs, dout, aspect, compare, grading):
        """Judge as :meth:`judge` does, but not what is charged to the forward: see :meth:`follows_forward`."""
        error = passes(self.judge, student, reference, inputs, dout, aspect, compare)
        if error and (isinstance(error, Misshapen)
                      or not self.follows_forward(student, reference, inputs, dout, aspect, grading)):
            raise error

    def follows_forward(self, student, reference, inputs, dout, aspect, grading):
        """Say whether gradients are not right because the forward has a wrong scale, and fit that forward.

        That is charged to the forward, if it has lost its marks. The gradients must then be the slopes of the
        student's own forward, by finite differences in float64.
        """
        if not any(grading.lost(charged, self.forward) for charged in (A.VALUES, "eps")):
            return False
        inputs, dout = cast_floats(inputs, np.float64), dout.astype(np.float64)
        tests = (self.expect_other_scale, student, reference, inputs), (self.expect_own_slopes, student, inputs, dout,
                                                                        aspect)
        return not any(passes(*test) for test in tests)

    def expect_other_scale(self, student, reference, inputs):
        """Require the forward's output to be the right one up to one factor, or that of an argument times a factor."""
        got, want = self.output(student, inputs), self.output(reference, inputs)
        expect_shape(got, want.shape)
        factor = np.sum(got * want) / np.sum(want**2)
        if factor > 0 and passes(agree, got, factor * want) is None:
            return
        for k, value in enumerate(inputs):
            if isinstance(value, float) or getattr(value, "dtype", None) == np.float64:
                def scaled(c, k=k, value=value):
                    return self.output(reference, (*inputs[:k], c * value, *inputs[k + 1:]))

                if passes(agree, got, scaled(fit_factor(scaled, got))) is None:
                    return
        raise Mismatch("the output is not the right one at another scale")

    def output(self, functions, inputs):
        """Return what the forward gives, without its cache."""
        return as_array(as_tuple(getattr(functions, self.forward)(*inputs), 2)[0])

    def expect_own_slopes(self, student, inputs, dout, aspect):
        """Require the gradients to be the slopes of the student's own forward, by finite differences."""
        def weighed(k, value):
            out = self.output(student, (*inputs[:k], value, *inputs[k + 1:]))
            expect_shape(out, dout.shape)
            return np.sum(out * dout)

        got = self.named(getattr(student, self.backward)(dout, getattr(student, self.forward)(*inputs)[1]))
        for name in self.aspects[aspect]:
            k = self.gradients.index(name)
            step = 1e-4 * np.median(np.abs(inputs[k]))
            want = np.empty(np.shape(inputs[k]))
            for index in np.ndindex(want.shape):
                nudge = np.zeros(want.shape)
                nudge[index] = step
                want[index] = (weighed(k, inputs[k] + nudge) - weighed(k, inputs[k] - nudge)) / (2 * step)
            expect_shape(got[name], want.shape, name)
            expect_close(got[name], want, 1e-5, name)

    def named(self, value):
        """Return the gradients as a dict: name -> array."""
        count = len(self.gradients)
        return dict(zip(self.gradients, as_tuple(value, count) if count > 1 else (value,), strict=True))

    def right(self, student, reference, inputs, dout, grading):
        """Return the aspects whose gradients are right; raise what went wrong with the first if there is none."""
        return grading.keep_right({aspect: passes(self.judge_once, student, reference, inputs, dout, aspect, agree,
                                                  grading) for aspect in self.aspects})

    def out_of_reach(self, student, reference, usual, dout, aspect, inputs, case, grading):
        """Say whether ``inputs`` cannot be asked: the forward does not run there, and only it makes the cache to use.

        That is charged to the forward, in its aspect of the same name, ``case``. The cache layout is the student's own
        if the documented cache gives wrong gradients for the ``usual`` inputs, too.
        """
        return (grading.lost(case, self.forward)
                and isinstance(passes(getattr(student, self.forward), *inputs), StudentError)
                and passes(self.judge, student, reference, usual, dout, aspect, agree, on_reference_cache) is not None)

    def upstream(self, reference, inputs, rng):
        """Draw a ``dout`` of the shape of the output."""
        return rng.standard_normal(np.shape(getattr(reference, self.forward)(*inputs)[0]))


def roughly(got, want, name):
    """Compare as far as float32 goes."""
    agree(got, want, name, ROUGH)


def in_float32(got, want, name):
    """Require dtype float32."""
    expect_dtype(got, np.float32, name)


def backward_question(pair, cases, marks, hints):
    """Return the question of a backward.

    Parameters
    ----------
    pair : Pair
    cases : dict
        "ordinary" -> the draw of the forward's arguments on which each gradient is judged; further aspects -> theirs.
    marks : dict
        Aspect -> marks: the gradients', the further cases', and any of "shape", "dtype", "leaves inputs alone".
    hints : dict
        Aspect -> hint; :data:`HINTS` has the rest.
    """
    question, hints = Question(pair.backward), {**HINTS, **hints}
    ordinary = cases["ordinary"]

    def gradient(aspect):
        def test(student, reference, rng, grading):
            for inputs in ordinary(rng):
                dout = pair.upstream(reference, inputs, rng)
                pair.judge_once(student, reference, inputs, dout, aspect, agree, grading)
        return test

    def further(case, draw):
        def test(student, reference, rng, grading):
            usual = ordinary(rng)[0]
            usual_dout = pair.upstream(reference, usual, rng)
            right = pair.right(student, reference, usual, usual_dout, grading)
            for inputs in draw(rng):
                dout = pair.upstream(reference, inputs, rng)
                for aspect in right:
                    error = passes(pair.judge_once, student, reference, inputs, dout, aspect, agree, grading)
                    if error and not pair.out_of_reach(student, reference, usual, usual_dout, aspect, inputs, case,
                                                       grading):
                        raise error
        return test

    def edge_sizes(case, draw):
        def test(student, reference, rng, grading):
            further(case, draw)(student, reference, rng, grading)
            usual = ordinary(rng)[0]
            dout = pair.upstream(reference, usual, rng)
            for aspect in pair.right(student, reference, usual, dout, grading):
                for (*inputs, upstream), tol in in_float64_or_32((*usual, dout)):
                    compare = agree if tol < ROUGH else roughly
                    pair.judge_once(student, reference, inputs, upstream, aspect, compare, grading)
        return test

    def shape(student, reference, rng, grading):
        usual = ordinary(rng)[0]
        usual_dout = pair.upstream(reference, usual, rng)
        try:
            right = pair.right(student, reference, usual, usual_dout, grading)
        except Mismatch as error:
            raise wrong_anyway(error) from None
        for case, inputs in [(case, inputs) for case, draw in cases.items() for inputs in draw(rng)]:
            dout = pair.upstream(reference, inputs, rng)
            for aspect in right:
                error = passes(pair.judge_once, student, reference, inputs, dout, aspect, right_in_shape, grading)
                if isinstance(error, Misshapen):
                    raise error
                if error and not pair.out_of_reach(student, reference, usual, usual_dout, aspect, inputs, case,
                                                   grading):
                    grading.is_right(error, aspect, case)

    def dtype(student, reference, rng):
        inputs = to_float32(ordinary(rng)[0])
        dout = pair.upstream(reference, inputs, rng).astype(np.float32)
        for aspect in pair.aspects:
            pair.judge(student, reference, inputs, dout, aspect, in_float32)

    def unchanged(student, reference, rng):
        inputs = ordinary(rng)[0]
        dout, cache = pair.upstream(reference, inputs, rng), getattr(reference, pair.forward)(*inputs)[1]
        further = pair.further(inputs)
        try:
            reply, given = student.call(pair.backward, dout, cache, *further), [dout, cache]
        except StudentError:  # it keeps a cache of its own, which stays with the student
            own = getattr(student, pair.forward)(*inputs)[1]
            reply, given = student.call(pair.backward, dout, own, *further), [dout]
        expect_unchanged(reply, given, ["dout", "cache"])
        want = pair.named(getattr(reference, pair.backward)(dout, cache, *further))

        def right(got, out):
            for name, gradient in pair.named(got).items():
                compare_parts(agree, gradient, want[name], name)

        expect_again(student, pair.forward, pair.backward, inputs, dout, right, further)

    makers = {aspect: edge_sizes if aspect == "edge sizes" else further for aspect in cases if aspect != "ordinary"}
    tests = {**{aspect: gradient(aspect) for aspect in pair.aspects},
             **{aspect: make_test(aspect, cases[aspect]) for aspect, make_test in makers.items()},
             A.SHAPE: shape, A.DTYPE: dtype, A.INPUTS: unchanged}
    return build(question, tests, marks, hints)
