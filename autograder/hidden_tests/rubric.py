"""What a hidden test is made of: a question, its aspects, and comparisons that say what is wrong.

A question is one graded function. An aspect is one thing that can be right or wrong about it, worth some marks and
carrying a hint that a student may read; it is a plain function ``test(student, reference, rng)`` that raises when the
aspect is missed::

    relu_forward = Question("relu_forward")

    @relu_forward.aspect("values", 0.8, hint="ReLU keeps what is positive and zeroes the rest.")
    def _(student, reference, rng):
        x = rng.standard_normal((7, 5))
        expect_close(student.relu_forward(x)[0], reference.relu_forward(x)[0])

The marks of a question are the sum over its aspects.
"""

import hashlib
import hmac
from dataclasses import dataclass, replace

import numpy as np

from autograder import mistakes
from autograder.student import LocalStudent, StudentError

SIDE_ASPECTS = {"shape", "dtype", "leaves inputs alone"}
"""How an answer is delivered. Worth nothing unless some other aspect shows that there is an answer."""


class Mismatch(AssertionError):
    """The student's result is not what the aspect asks for. The message is for the instructor.

    ``hint``, where given, is safe to show to the student and replaces the aspect's own.
    """

    def __init__(self, message, hint=None):
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Aspect:
    """One thing that can be right or wrong about a function."""

    name: str
    marks: float
    hint: str
    test: object


@dataclass(frozen=True)
class Outcome:
    """One aspect of one function, judged."""

    aspect: str
    score: float
    max_score: float
    status: str  # passed, failed, not implemented, error, timeout, memory, crashed
    hint: str = ""  # for the student
    message: str = ""  # for the instructor: may show hidden inputs and expected values
    mistake: str = ""  # name of the known mistake that gives the same result


class Question:
    """A graded function and its aspects.

    Parameters
    ----------
    name : str
        The function, or for an integration question a name of its own.
    uses : tuple of str
        For an integration question: the functions it puts together. Those that have lost marks are replaced by the
        reference, so that no mistake is charged twice; at least half of them must earn marks.
    """

    def __init__(self, name, uses=()):
        self.name, self.uses, self.aspects = name, uses, []

    @property
    def points(self):
        """Marks of the whole question."""
        return round(sum(a.marks for a in self.aspects), 6)

    def aspect(self, name, marks, hint):
        """Register the decorated function as the test of one aspect."""

        def register(test):
            if any(a.name == name for a in self.aspects):
                raise ValueError(f"{self.name} already has an aspect {name!r}")
            self.aspects.append(Aspect(name, marks, hint, test))
            return test

        return register

    def grade(self, student, reference, secret):
        """Judge every aspect; return a list of :class:`Outcome` that sums to the question's mark."""
        return gated([judge(self, a, student, reference, secret) for a in self.aspects])


def stream(secret, question, aspect):
    """Return the random generator of one aspect: the same for every student, unknown to all."""
    digest = hmac.digest(secret, f"{question}/{aspect}".encode(), hashlib.sha256)
    return np.random.default_rng(int.from_bytes(digest, "big"))


def judge(question, aspect, student, reference, secret):
    """Run one aspect's test and say how it went."""
    blank = Outcome(aspect.name, 0.0, aspect.marks, "failed", aspect.hint)
    try:
        with np.errstate(all="ignore"):
            aspect.test(student, reference, stream(secret, question.name, aspect.name))
    except Mismatch as error:
        known = recognise(question, aspect, student, reference, secret)
        hint = known.teaches if known else error.hint or aspect.hint
        return replace(blank, hint=hint, message=str(error), mistake=known.name if known else "")
    except StudentError as error:
        hint = error.hint if error.status != "error" else f"{error.hint}. {aspect.hint}"
        return replace(blank, status=error.status, hint=hint, message=str(error))
    except Exception as error:
        if not reference_passes(question, aspect, reference, secret):
            raise
        return replace(blank, message=f"the test stumbled over the result: {type(error).__name__}: {error}"[:500])
    return replace(blank, score=aspect.marks, status="passed", hint="")


def reference_passes(question, aspect, reference, secret):
    """Does the reference pass an aspect? Then what broke its test is the student's result, not the test."""
    try:
        with np.errstate(all="ignore"):
            aspect.test(LocalStudent(reference), reference, stream(secret, question.name, aspect.name))
    except Exception:  # whatever it is, it is ours, and the first error says more
        return False
    return True


def recognise(question, aspect, student, reference, secret):
    """Return the known mistake that gives the student's result on this aspect, or None.

    The aspect is asked again with the mistake in the reference's place: if it passes, the two agree.
    """
    for known in mistakes.of(question.name):
        if aspect.name not in known.loses or aspect.name in SIDE_ASPECTS:
            continue
        try:
            with np.errstate(all="ignore"):
                aspect.test(student, known.applied_to(reference), stream(secret, question.name, aspect.name))
        except Exception:  # a mistake in the reference's place may fail in any way: then it is not this one
            continue
        return known
    return None


def gated(outcomes):
    """Take back the marks of side aspects where no other aspect was earned."""
    if any(o.score > 0 for o in outcomes if o.aspect not in SIDE_ASPECTS):
        return outcomes
    hint = "counts once the function computes something of what is asked"
    return [replace(o, score=0.0, status="failed", hint=hint) if o.score > 0 else o for o in outcomes]


# -- comparisons ------------------------------------------------------------------------------------------------


def as_array(value, what="the result"):
    """Return ``value`` as an ndarray of numbers, or raise :class:`Mismatch`."""
    if isinstance(value, (bool, int, float, np.ndarray, list)):
        try:
            array = np.asarray(value)
        except ValueError:
            array = np.empty(0, object)
        if array.dtype.kind in "biuf":
            return array
    message = f"expected {what} to be an array or a number, got {type(value).__name__}"
    raise Mismatch(message, hint=message)


def as_tuple(value, n):
    """Return ``value`` if it is a tuple (or list) of ``n`` things, or raise :class:`Mismatch`."""
    if isinstance(value, (tuple, list)) and len(value) == n:
        return value
    got = f"{len(value)} values" if isinstance(value, (tuple, list)) else type(value).__name__
    raise Mismatch(f"expected {n} return values, got {got}", hint=f"Return {n} values.")


def other_shape(got, want, what="the result"):
    """Return the :class:`Mismatch` of a result in another shape.

    The hint names no length: one that the student's code chose could carry a hidden input out of the sandbox.
    """
    how = f"it has {len(got)} axes instead of {len(want)}"
    if len(got) == len(want):
        first = next(i for i, lengths in enumerate(zip(got, want, strict=True)) if len(set(lengths)) > 1)
        how = f"axis {first} has another length"
    hint = f"{what[0].upper()}{what[1:]} has another shape than the docstring says: {how}."
    return Mismatch(f"expected {what} of shape {want}, got {got}", hint=hint)


def relative_error(got, want):
    """Return the max-norm relative error ``max|got - want| / max(|got|, |want|)``; 0 if both are zero."""
    got, want = np.asarray(got, float), np.asarray(want, float)
    scale = max(np.abs(got).max(initial=0), np.abs(want).max(initial=0))
    return np.abs(got - want).max(initial=0) / scale if scale else 0.0


def expect_close(got, want, tol=1e-6, what="the result"):
    """Require the values to agree up to a max-norm relative error of ``tol``.

    Axes of length one are not held against the values: the aspect "shape" sees to them.
    """
    got, want = as_array(got, what), np.asarray(want)
    if got.squeeze().shape != want.squeeze().shape:
        raise other_shape(got.shape, want.shape, what)
    got = got.reshape(want.shape)
    if not np.isfinite(got).all() and np.isfinite(want).all():
        bad = got[~np.isfinite(got)].flat[0]
        raise Mismatch(f"{what} has {bad}; expected\n{want}", hint=f"{what} contains {bad}.".capitalize())
    error = relative_error(got, want)
    if not error <= tol:
        raise Mismatch(f"{what}: relative error {error:.2g}; got\n{got}\nexpected\n{want}")


def expect_shape(got, shape, what="the result"):
    """Require exactly ``shape``."""
    got = as_array(got, what)
    if got.shape != tuple(shape):
        raise other_shape(got.shape, tuple(shape), what)


def expect_dtype(got, dtype, what="the result"):
    """Require the dtype."""
    got = as_array(got, what)
    if got.dtype != np.dtype(dtype):
        message = f"expected {what} of dtype {np.dtype(dtype)}, got {got.dtype}"
        raise Mismatch(message, hint=message[0].upper() + message[1:] + ".")


def expect_unchanged(reply, args, names):
    """Require that a call left its arguments alone; ``names`` are theirs, in order, for the message."""
    for name, before, after in zip(names, args, reply.args, strict=False):
        if not same(before, after):
            message = f"{name} was changed in place"
            raise Mismatch(message, hint=f"{message}: the caller still needs it.")


def same(a, b):
    """Are two plain values equal, arrays element by element, NaN equal to itself?"""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f")
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return callable(a) or a == b or (a != a and b != b)  # the last: NaN twice


def on_reference_cache(student, reference, forward, backward, inputs, dout, compare):
    """Judge a backward on the reference's cache alone; see :func:`on_either_cache`."""
    cache = getattr(reference, forward)(*inputs)[1]
    compare(getattr(student, backward)(dout, cache), getattr(reference, backward)(dout, cache))


def on_either_cache(student, reference, forward, backward, inputs, dout, compare):
    """Judge a backward on the reference's cache and on the cache of the student's own forward; the better counts.

    A wrong forward is so charged once, and a backward may keep its own cache layout. Both are compared with the
    reference's gradient.

    Parameters
    ----------
    forward, backward : str
        Names of the two functions.
    inputs : tuple
        Arguments of the forward.
    dout : ndarray
        Upstream gradient.
    compare : callable
        ``compare(got, want)`` raises if the student's gradients are not the reference's.
    """
    try:
        on_reference_cache(student, reference, forward, backward, inputs, dout, compare)
    except (Mismatch, StudentError) as first:
        want = getattr(reference, backward)(dout, getattr(reference, forward)(*inputs)[1])
        try:
            own_cache = getattr(student, forward)(*inputs)[1]
            compare(getattr(student, backward)(dout, own_cache), want)
        except (Mismatch, StudentError) as second:
            # A layout of their own breaks on our cache: what their own cache gives says more about the mistake.
            clearer = isinstance(first, StudentError) and isinstance(second, Mismatch)
            raise second if clearer else first from None


__all__ = ["LocalStudent", "Mismatch", "Question", "StudentError", "as_array", "as_tuple", "expect_close",
           "expect_dtype", "expect_shape", "expect_unchanged", "on_either_cache", "on_reference_cache",
           "relative_error", "same"]
