"""Correct implementations in other styles: each must get full marks.

``alternatives/<topic>.py`` holds them. A function stands for itself; a pair that shares a cache layout of its own
is a class used as a namespace. ``style`` names what an alternative is there for, see :data:`STYLES`::

    @alternative("relu_forward", style="one-liner")
    def with_where(x): ...

    @alternative("relu_forward", "relu_backward")
    class KeepsTheMask:
        def relu_forward(x): ...
        def relu_backward(dout, cache): ...

``delivery.py`` holds ways to hand in any function; loading a topic registers its reference in each of them. What else
the proofs ask a topic stands there, too: ``TRIED`` says why a function has few alternatives or mistakes, ``PREPARES``
what the lines of its checks prepare for (:mod:`autograder.verify.preparation`).
"""

import functools
import importlib
import inspect
import types
from dataclasses import dataclass

from autograder import reference
from autograder.verify.alternatives.delivery import DELIVERIES

REGISTRY = []
EDGES = ("edge sizes", "shape")
"""What an unusual size of the input prepares for, of which some functions have one only. It is asked everywhere, also
where no known mistake shows."""
STYLES = {
    "einsum": "calls np.einsum",
    "loop": "has a for or a while statement",
    "out": "passes an array to be filled as the argument out",
    "float64": "computes in float64, whatever it is given",
    "one-liner": "is one return statement",
    "class": "is a thin shell around a class",
    "prints": "writes to stdout or stderr",
    "warns": "issues a warning",
}
"""Style -> what an alternative that claims it does. Every topic has each of them."""


@dataclass(frozen=True)
class Alternative:
    """A correct implementation of one function or of several that belong together.

    Attributes
    ----------
    name : str
    functions : dict
        Name of a graded function -> code.
    styles : frozenset of str
        Keys of :data:`STYLES`.
    is_manner : bool
        Is it the whole reference module, handed in in one of the manners of ``delivery.py``?
    """

    name: str
    functions: dict
    styles: frozenset = frozenset()
    is_manner: bool = False

    def applied_to(self, module):
        """Return a copy of ``module`` with these functions in place of its own."""
        return types.SimpleNamespace(**{**vars(module), **self.functions})


def alternative(*names, style=""):
    """Register the decorated function (one name) or class of functions (several names), with its styles in words."""

    def register(code):
        functions = {n: vars(code)[n] for n in names} if isinstance(code, type) else {names[0]: code}
        REGISTRY.append(Alternative(code.__name__, functions, frozenset(style.split())))
        return code

    return register


def alternatives_of(function):
    """Return the alternatives written for a function (its topic's module must have been loaded)."""
    return [a for a in REGISTRY if function in a.functions and not a.is_manner]


@functools.cache
def load_alternatives(topic):
    """Import the alternatives of a topic and register its reference in every manner; return the module."""
    functions = public_functions(reference.load(topic))
    for manner in DELIVERIES:
        REGISTRY.append(Alternative(manner.__name__, {n: manner(f) for n, f in functions.items()}, is_manner=True))
    return importlib.import_module(f"autograder.verify.alternatives.{topic}")


def public_functions(module):
    """Return name -> function of the graded functions of a module."""
    return {n: f for n, f in vars(module).items() if inspect.isfunction(f) and not n.startswith("_")}
