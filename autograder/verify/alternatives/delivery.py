"""Correct functions handed in in unusual manners. A manner is applied to all functions of a topic at once.

The code is the reference's. What differs is the object that is called (a partial, a method, a decorated function), what
else it does (it prints, it warns), or how its results are delivered: read-only, with strides, as a subclass of ndarray,
as another kind of number. None of it is forbidden, so none of it may cost a mark.
"""

import collections
import functools
import inspect
import typing
import warnings

import numpy as np

# -- what is called -----------------------------------------------------------------------------------------------


def partial_object(f):
    """Hand in a ``functools.partial``."""
    return functools.partial(f)


def lambda_with_a_name(f):
    """Hand in a lambda that was assigned to the name."""
    return lambda *args, **named: f(*args, **named)


class CallableObject:
    """An instance in the place of a function; it counts its calls."""

    def __init__(self, f):
        self.f, self.calls = f, 0

    def __call__(self, *args, **named):
        self.calls += 1
        return self.f(*args, **named)

    @classmethod
    def bound(cls, f):
        """Hand in a method of an instance."""
        return cls(f).__call__


def decorated(f):
    """Hand in a decorated function, which prints and warns at every call."""

    @functools.wraps(f)
    def wrapper(*args, **named):
        print("called", f.__name__)
        warnings.warn("a student's own warning", stacklevel=2)
        return f(*args, **named)

    return wrapper


def by_keyword(f):
    """Call the code with every argument by its keyword, defaults filled in."""

    def named_arguments(*args, **named):
        bound = inspect.signature(f).bind(*args, **named)
        bound.apply_defaults()
        return f(**bound.arguments)

    return named_arguments


def from_a_generator(f):
    """Let a generator compute the result."""

    def compute(*args, **named):
        yield f(*args, **named)

    return lambda *args, **named: next(compute(*args, **named))


# -- how results are delivered ------------------------------------------------------------------------------------


def delivered(change):
    """Return the manner that applies ``change`` to each single array or number in a result."""

    def manner(f):
        def wrapper(*args, **named):
            return throughout(change, f(*args, **named), f.__name__.endswith("_forward"))
        return wrapper

    manner.__name__ = change.__name__
    return manner


def throughout(change, value, is_forward=False):
    """Apply ``change`` within tuples and lists, and to arrays in dicts; the cache of a forward stays as it is."""
    if is_forward:
        return throughout(change, value[0]), value[1]
    if isinstance(value, dict):  # numbers in it are settings: as float64 arrays they would promote float32
        return {key: change(v) if np.ndim(v) else v for key, v in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(throughout(change, v) for v in value)
    return change(value)


def for_arrays(change):
    """Let ``change`` leave alone what is not an array."""
    return functools.wraps(change)(lambda value: change(value) if isinstance(value, np.ndarray) else value)


@for_arrays
def read_only(a):
    a = a.copy()
    a.flags.writeable = False
    return a


@for_arrays
def with_strides(a):
    """Every second entry of a larger array, in reverse."""
    return np.repeat(a[..., ::-1], 2, axis=-1)[..., ::-2] if a.ndim else a


@for_arrays
def other_byte_order(a):
    return a.astype(a.dtype.newbyteorder())


@for_arrays
def masked_array(a):
    return np.ma.array(a)


@for_arrays
def matrix(a):
    return np.asmatrix(a) if a.ndim == 2 else a


class Tagged(np.ndarray):
    """An ndarray that knows its unit."""

    unit = "cm"


@for_arrays
def subclass(a):
    return a.view(Tagged)


def zero_dimensional(value):
    """Numbers and truth values as arrays without axes."""
    return np.array(value) if isinstance(value, (bool, int, float, np.generic)) else value


def numpy_scalars(value):
    """Numbers and truth values as NumPy's scalars."""
    return np.asarray(value)[()] if isinstance(value, (bool, int, float)) or np.shape(value) == () else value


def python_numbers(value):
    """Arrays without axes and NumPy's scalars as Python's numbers. The dtype is judged for arrays with axes only."""
    return np.asarray(value).item() if isinstance(value, np.generic) and value.dtype != np.float32 else value


def lists_for_tuples(f):
    """Return several results in a list."""
    def wrapper(*args, **named):
        value = f(*args, **named)
        return list(value) if isinstance(value, tuple) else value
    return wrapper


def named_tuples(f):
    """Return several results in a named tuple, as NumPy's own linalg does."""
    def wrapper(*args, **named):
        value = f(*args, **named)
        if not isinstance(value, tuple):
            return value
        return typing.NamedTuple("Result", [(f"part_{i}", object) for i in range(len(value))])(*value)
    return wrapper


def other_dicts(f):
    """Return dicts as a subclass of dict."""
    def wrapper(*args, **named):
        value = f(*args, **named)
        if isinstance(value, tuple) and not f.__name__.endswith("_forward"):
            return tuple(collections.OrderedDict(v) if isinstance(v, dict) else v for v in value)
        return collections.defaultdict(float, value) if isinstance(value, dict) else value
    return wrapper


DELIVERIES = (partial_object, lambda_with_a_name, CallableObject, CallableObject.bound, decorated, by_keyword,
           from_a_generator, lists_for_tuples, named_tuples, other_dicts, *map(delivered, (
               read_only, with_strides, other_byte_order, masked_array, matrix, subclass, zero_dimensional,
               numpy_scalars, python_numbers)))
