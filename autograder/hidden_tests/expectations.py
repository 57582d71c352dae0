"""What hidden tests expect of a result: comparisons that raise :class:`Mismatch` with what is wrong."""

import numpy as np

from autograder.reference import load_comparisons
from autograder.sandbox.student import StudentError

arrays = load_comparisons()
relative_error = arrays.relative_error


class Mismatch(AssertionError):
    """The student's result is not what the aspect asks for. The message is for the instructor.

    Parameters
    ----------
    message : str
    hint : str, optional
        Safe to show to the student; replaces the aspect's own.
    values : dict of str to ndarray, optional
        Shown below the message, each under its name. They are written out when somebody reads it: most are not read.
    """

    def __init__(self, message: str, hint: str | None = None, values: dict[str, np.ndarray] | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        self.values = values or {}

    def __str__(self) -> str:
        return super().__str__() + "".join(f"; {name}\n{value}" for name, value in self.values.items())


# -- comparisons ------------------------------------------------------------------------------------------------


def as_array(value, what="the result"):
    """Return ``value`` as an ndarray of numbers, or raise :class:`Mismatch`."""
    if isinstance(value, (bool, int, float, np.ndarray, list)):
        array = arrays.as_numbers(value)
        if array is not None:
            return array
    message = f"expected {what} to be an array or a number, got {type(value).__name__}"
    raise Mismatch(message, hint=message)


def as_tuple(value, n):
    """Return ``value`` if it is a tuple (or list) of ``n`` things, or raise :class:`Mismatch`."""
    if isinstance(value, (tuple, list)) and len(value) == n:
        return value
    got = f"{len(value)} values" if isinstance(value, (tuple, list)) else type(value).__name__
    raise Mismatch(f"expected {n} return values, got {got}", hint=f"Return {n} values.")


MOST_PARTS, FEW_PARTS = 2**14, 400
"""Most things of which a result may be made where each is looked at by itself: numbers or points, of which ours need
8,000; and what costs the judge much more than to send, such as folds and layers, of which known mistakes need 200."""
MOST_NAMED = 20
"""Most parts of a result that a message names. An array stands in a message only in the shape that was expected: NumPy
writes out every number of one with many short axes, 280,000 of them in (6, 6, 6, 6, 6, 6, 6)."""


def as_parts(value, most=MOST_PARTS):
    """Return the things in a tuple, list, array or dict as a list, or raise :class:`Mismatch` if there are too many."""
    if len(value) > most:
        message = f"the result has more than {most:,} parts"
        raise Mismatch(message, hint=f"{message[0].upper()}{message[1:]}.")
    return list(value)


def other_shape(got, want, what="the result"):
    """Return the :class:`Mismatch` of a result in another shape.

    The hint names no length: one that the student's code chose could carry a hidden input out of the sandbox.
    """
    axis = arrays.find_other_axis(got, want)
    how = f"it has {len(got)} axes instead of {len(want)}" if axis is None else f"axis {axis} has another length"
    hint = f"{what[0].upper()}{what[1:]} has another shape than the docstring says: {how}."
    return Mismatch(f"expected {what} of shape {want}, got {got}", hint=hint)


def expect_close(got, want, tol=arrays.RELATIVE, what="the result"):
    """Require the values to agree up to a max-norm relative error of ``tol``.

    Axes of length one are not held against the values: the aspect "shape" sees to them.
    """
    got, want = as_array(got, what), np.asarray(want)
    if not arrays.have_same_long_axes(got, want):
        raise other_shape(got.shape, want.shape, what)
    got = got.reshape(want.shape)
    if not np.isfinite(got).all() and np.isfinite(want).all():
        bad = got[~np.isfinite(got)].flat[0]
        hint = f"{what} contains {bad}.".capitalize()
        raise Mismatch(f"{what} has {bad}", hint=hint, values={"expected": want})
    error = relative_error(got, want)
    if not error <= tol:
        raise Mismatch(f"{what}: relative error {error:.2g}", values={"got": got, "expected": want})


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
        if not arrays.are_equal(before, after):
            message = f"{name} was changed in place"
            raise Mismatch(message, hint=f"{message}: the caller still needs it.")


def expect_again(student, forward, backward, inputs, dout, compare, further=()):
    """Require of a backward that it is as right or wrong at a second call on the student's own cache as at the first.

    Parameters
    ----------
    forward, backward : str
        Names of the two functions.
    inputs : tuple
        Arguments of the forward.
    dout : ndarray
        Upstream gradient.
    compare : callable
        ``compare(got, out)`` raises if the gradients are not right; ``out`` is what the student's forward returned.
    further : tuple
        What the backward takes beside ``dout`` and the cache.
    """
    def judge(out, own_cache):
        try:
            compare(getattr(student, backward)(dout, own_cache, *further), out)
        except (Mismatch, StudentError) as error:
            return error
        return None

    try:
        own = as_tuple(getattr(student, forward)(*inputs), 2)
    except (Mismatch, StudentError):  # charged to the forward
        return
    first, again = judge(*own), judge(*own)
    if (first is None) != (again is None):  # what is wrong both times is charged where the gradients are judged
        hint = "A second call on the same cache gives another result: it was changed in place."
        raise Mismatch(f"one of two calls of {backward} on the student's own cache: {first or again}", hint=hint)


def on_reference_cache(student, reference, forward, backward, inputs, dout, compare, further=()):
    """Judge a backward on the reference's cache alone; see :func:`on_either_cache`."""
    cache = getattr(reference, forward)(*inputs)[1]
    compare(getattr(student, backward)(dout, cache, *further), getattr(reference, backward)(dout, cache, *further))


def on_either_cache(student, reference, forward, backward, inputs, dout, compare, further=()):
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
    further : tuple
        What the backward takes beside ``dout`` and the cache.
    """
    try:
        on_reference_cache(student, reference, forward, backward, inputs, dout, compare, further)
    except (Mismatch, StudentError) as first:
        want = getattr(reference, backward)(dout, getattr(reference, forward)(*inputs)[1], *further)
        try:
            own_cache = getattr(student, forward)(*inputs)[1]
            compare(getattr(student, backward)(dout, own_cache, *further), want)
        except (Mismatch, StudentError) as second:
            # A layout of their own breaks on our cache: what their own cache gives says more about the mistake.
            clearer = second if isinstance(first, StudentError) and isinstance(second, Mismatch) else first
            raise clearer from None
