"""Compare arrays and numbers, and tuples, lists and dicts of them: every check and every mark rests on these functions.

Whoever judges hidden inputs loads this file by itself, so it imports only NumPy.
"""

import numpy as np

RELATIVE, ABSOLUTE = 1e-6, 1e-12
"""Two results agree if they differ by at most RELATIVE of the largest entry (or by ABSOLUTE, where all is zero)."""

NUMBERS = "biuf"
"""Kinds of dtype that count as numbers: bool, integers with and without sign, floats."""
SIMPLE = (type(None), type(...), bool, int, float, complex, str, bytes, set, frozenset, np.generic)
"""Types whose values ``==`` compares."""


# -- one array with another -------------------------------------------------------------------------------------------


def as_numbers(value):
    """Return ``value`` as an array of numbers or truth values; None if it is something else."""
    try:
        array = np.asarray(value)
    except ValueError:  # rows of unequal length
        return None
    return array if array.dtype.kind in NUMBERS else None


def have_same_long_axes(got, want):
    """Have two arrays the same shape, up to axes of length one?"""
    return got.squeeze().shape == want.squeeze().shape


def find_other_axis(got, want):
    """Return the first axis that has another length in one shape than in the other.

    Parameters
    ----------
    got, want : tuple of int
        Shapes.

    Returns
    -------
    axis : int or None
        None if the shapes are the same, or have not the same number of axes.
    """
    if len(got) != len(want):
        return None
    return next((axis for axis, lengths in enumerate(zip(got, want, strict=True)) if len(set(lengths)) > 1), None)


def find_scale(*arrays):
    """Return the largest absolute value of all finite entries; 0 if there is none."""
    sizes = [np.abs(a).max(initial=0) for a in map(np.asarray, arrays)]
    if np.isfinite(sizes).all():
        return max(sizes)
    return max(np.abs(a[np.isfinite(a)]).max(initial=0) for a in map(np.asarray, arrays))


def measure_distances(got, want):
    """Return how far apart two arrays are, entry by entry.

    NaN and infinity are at distance 0 from themselves; NaN is further from a number than infinity is.

    Parameters
    ----------
    got, want : array_like of numbers, of one shape
    """
    got, want = np.asarray(got, float), np.asarray(want, float)
    with np.errstate(all="ignore"):
        apart = np.abs(got - want)
        if np.isfinite(apart).all():
            return apart
        apart = np.nan_to_num(apart, nan=np.inf)
        return np.where((got == want) | np.isnan(got) & np.isnan(want), 0.0, apart)


def is_close(got, want, tol=(RELATIVE, ABSOLUTE)):
    """Do two arrays of one shape agree, by the largest difference against the largest entry?

    What is not finite must be the same in both.

    Parameters
    ----------
    got, want : array_like of numbers
    tol : (float, float)
        Relative and absolute.
    """
    got, want = np.asarray(got, float), np.asarray(want, float)
    if got.shape != want.shape:
        return False
    return not (measure_distances(got, want) > tol[0] * find_scale(got, want) + tol[1]).any()


def relative_error(got, want):
    """Return the max-norm relative error ``max|got - want| / max(|got|, |want|)``.

    0 if both are zero everywhere, NaN if an entry is not finite.

    Parameters
    ----------
    got, want : array_like of numbers, of shapes that broadcast
    """
    got, want = np.asarray(got, float), np.asarray(want, float)
    if not (np.isfinite(got).all() and np.isfinite(want).all()):
        return np.nan
    scale = find_scale(got, want)
    return np.abs(got - want).max(initial=0) / scale if scale else 0.0


def zero_shared_nonfinite(got, want):
    """Return both arrays with 0 where ``want`` is not finite, if ``got`` has the same there; else both as they are.

    Parameters
    ----------
    got, want : ndarray of numbers, of one shape
    """
    strange = ~np.isfinite(want)
    if not strange.any() or not np.array_equal(got[strange], want[strange], equal_nan=True):
        return got, want
    return np.where(strange, 0, got), np.where(strange, 0, want)


# -- values that hold others ------------------------------------------------------------------------------------------


def are_equal(a, b, dtypes=False):
    """Are two values equal: numbers, text, arrays, random generators, and tuples, lists and dicts of them?

    NaN equals itself, a list equals a tuple, and a generator one in the same state. A part of ``a`` that cannot be
    looked into, such as a function, counts as equal.

    Parameters
    ----------
    a, b : object
    dtypes : bool, default False
        Must an array be met by an array of its dtype? Otherwise it may equal a number or a list.
    """
    if not isinstance(a, (np.ndarray, tuple, list, dict, np.random.Generator, *SIMPLE)):
        return True
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return are_equal_arrays(a, b, dtypes)
    if isinstance(a, (tuple, list)):
        return (isinstance(b, (tuple, list)) and len(a) == len(b)
                and all(are_equal(x, y, dtypes) for x, y in zip(a, b, strict=True)))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(are_equal(a[k], b[k], dtypes) for k in a)
    if isinstance(a, np.random.Generator):
        return isinstance(b, np.random.Generator) and are_equal(a.bit_generator.state, b.bit_generator.state)
    return isinstance(b, SIMPLE) and bool(a == b or (a != a and b != b))  # the last: NaN twice


def are_equal_arrays(a, b, dtypes):
    """Are two arrays equal, entry by entry? See :func:`are_equal`; without ``dtypes`` one may be a number or a list."""
    if dtypes and not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.dtype == b.dtype):
        return False
    try:
        a, b = np.asarray(a), np.asarray(b)
    except ValueError:  # rows of unequal length
        return False
    if a.shape != b.shape:
        return False
    if "O" in (a.dtype.kind, b.dtype.kind):
        return all(are_equal(x, y, dtypes) for x, y in zip(a.flat, b.flat, strict=True))
    same = a == b
    if a.dtype.kind == b.dtype.kind == "f":
        same |= np.isnan(a) & np.isnan(b)
    return bool(np.all(same))


def have_same_layout(a, b):
    """Have two caches the same layout: tuples or lists of the same length, arrays of the same shape and dtype?"""
    if isinstance(a, (tuple, list)) or isinstance(b, (tuple, list)):
        return type(a) is type(b) and len(a) == len(b) and all(map(have_same_layout, a, b))
    return getattr(a, "shape", ()) == getattr(b, "shape", ()) and getattr(a, "dtype", 0) == getattr(b, "dtype", 0)
