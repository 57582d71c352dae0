"""A call in this process and a call through the pipe: do hidden tests see the same of both?"""

import types

import numpy as np
import pytest

from autograder.reference import load_source
from autograder.sandbox import protocol
from autograder.sandbox.client import SandboxedModule
from autograder.sandbox.student import InProcessModule, LocalHandle, StudentError

SOURCE = """
import numpy as np

def double(x, times=2):
    return x * times

def spoil(x, config, rows):
    x[0] = 9
    config["t"] = [1, x]
    rows[0] = np.ma.masked_array([3.0])
    return x.sum(), config, {"rows": rows}

def hide(x, config):
    config["t"] = object()
    return x

def draw(rng):
    return rng.random(2)

def apply(f, x):
    return f(x) + 1

def add_forward(x, y):
    return x + y, {"x": x, "y": [y]}

def add_backward(dout, caches):
    return dout * caches["x"] if isinstance(caches, dict) else dout * caches[0][1]["x"]

def three_forward(x):
    return x, x, x

def list_forward(x):
    return [x, None]

def odd(x):
    return {1, 2}

def odd_forward(x):
    return object(), x

def unwritten(x):
    raise NotImplementedError

def fails(x):
    raise ValueError("no")
"""


@pytest.fixture(scope="module")
def both():
    """Return the same functions, called in this process and in a worker."""
    with SandboxedModule(SOURCE, "activations", unsafe=True) as student:
        yield InProcessModule(load_source(SOURCE, "own", "own.py")), student


def show(reply):
    """Return what a hidden test sees of a reply, as bytes: types, dtypes and the order in memory count, too."""
    value = reply.value
    if isinstance(value, tuple) and isinstance(value[-1], (protocol.Handle, LocalHandle)):
        value = (*value[:-1], "a handle")
    return protocol.pack({"value": value, "args": reply.args, "kwargs": reply.kwargs})


@pytest.mark.parametrize("name, args, kwargs", [
    ("double", [np.arange(3.0)], {}), ("double", [np.arange(3.0)], {"times": np.float32(3)}),
    ("double", [2], {"times": 4}), ("spoil", [np.zeros(2), {"t": 0}, [1, 2]], {}),
    ("spoil", [np.zeros(2)], {"config": {}, "rows": [(1,)]}),
    ("hide", [np.zeros(2), {"t": 0}], {}), ("draw", [np.random.default_rng(3)], {}),
    ("draw", [], {"rng": np.random.default_rng(3)}), ("apply", [np.negative, np.ones(2)], {}),
    ("apply", [], {"f": np.negative, "x": np.ones(2)}), ("add_forward", [np.ones(2), 3], {}), ("list_forward", [1], {}),
])
def test_value_and_arguments_after_the_call_are_the_same(both, name, args, kwargs):
    """Are the value, and the arguments as the call left them, the same of both?"""
    ours, theirs = (show(student.call(name, *args, **kwargs)) for student in both)
    assert ours == theirs


@pytest.mark.parametrize("name", ["three_forward", "odd", "odd_forward", "unwritten"])
def test_what_goes_wrong_is_said_in_the_same_words(both, name):
    """Are status, message and hint the same of both?"""
    said = []
    for student in both:
        with pytest.raises(StudentError) as caught:
            student.call(name, np.ones(2))
        said.append((caught.value.status, str(caught.value), caught.value.hint))
    assert said[0] == said[1]


@pytest.mark.parametrize("name, words", [("absent", "has no function absent"), ("fails", "no")])
def test_missing_and_failing_function_are_errors_of_both(both, name, words):
    """Is a function that is not there, or that raises, an error, said with where it is where that is known?"""
    for student in both:
        with pytest.raises(StudentError, match=words) as caught:
            student.call(name, np.ones(2))
        assert caught.value.status == "error"


@pytest.mark.parametrize("wrap", [lambda cache: cache, lambda cache: [(0, cache)]], ids=["alone", "in a list"])
def test_cache_is_passed_on_unseen(both, wrap):
    """Does a backward get the cache that its own forward made, also as a part of something else?"""
    for student in both:
        cache = student.add_forward(np.full(2, 3.0), 1)[1]
        assert student.add_backward(np.ones(2), wrap(cache)).tolist() == [3, 3]


def test_arguments_of_the_caller_stay_as_they_are(both):
    """Are a caller's arguments the same after a call that changes its own?"""
    for student in both:
        x, config, rows = np.zeros(2), {"t": 0}, [1, 2]
        assert student.call("spoil", x, config, rows).args[0][0] == 9
        assert (x.tolist(), config, rows) == ([0, 0], {"t": 0}, [1, 2])


def test_anything_with_functions_can_be_called():
    """Is a namespace a module, too?"""
    assert InProcessModule(types.SimpleNamespace(f=len)).f([1, 2]) == 2
