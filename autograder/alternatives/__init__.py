"""Correct implementations in other styles: each must get full marks.

``alternatives/<topic>.py`` holds them. A function stands for itself; a pair that shares a cache layout of its own
is a class used as a namespace::

    @alternative("relu_forward")
    def with_where(x): ...

    @alternative("relu_forward", "relu_backward")
    class KeepsTheMask:
        def relu_forward(x): ...
        def relu_backward(dout, cache): ...
"""

import importlib
import types
from dataclasses import dataclass

REGISTRY = []


@dataclass(frozen=True)
class Alternative:
    """A correct implementation of one function or of several that belong together."""

    name: str
    functions: dict

    def applied_to(self, module):
        """Return a copy of ``module`` with these functions in place of its own."""
        return types.SimpleNamespace(**{**vars(module), **self.functions})


def alternative(*names):
    """Register the decorated function (one name) or class of functions (several names)."""

    def register(code):
        functions = {n: vars(code)[n] for n in names} if isinstance(code, type) else {names[0]: code}
        REGISTRY.append(Alternative(code.__name__, functions))
        return code

    return register


def of(function):
    """Return the alternatives that implement a function (its topic's module must have been loaded)."""
    return [a for a in REGISTRY if function in a.functions]


def load(topic):
    """Import the alternatives of a topic; return the module."""
    return importlib.import_module(f"autograder.alternatives.{topic}")
