"""Known mistakes: wrong implementations that real students write, each with the sentence that teaches.

``mistakes/<topic>.py`` holds one small function per mistake::

    @mistake("softmax_loss", loses={"gradient"}, teaches="This is N times too large: the loss is a mean over ...")
    def gradient_not_averaged(x, y): ...

They serve four times: their outputs on the visible checks' inputs ship to students as numbers, hidden tests recognise
them in a result, ``verify`` proves that each loses exactly the aspects it names, the class report counts them. Those
registered with ``unseen=True`` (the end of each file) do without the first: the visible check need not notice them.

What only one topic's students read is in that topic's file; ``builders.py`` and ``beyond_the_check.py`` hold what
several topics share, such as the sentence about a changed argument. A mistake may use the reference
(:mod:`autograder.reference`), and no other wing.
"""

import functools
import importlib
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

Code = TypeVar("Code", bound=Callable)


@dataclass(frozen=True)
class Mistake:
    """A wrong implementation of a function.

    Attributes
    ----------
    function : str
        The graded function.
    name : str
        Of the mistake; unique among the function's.
    loses : frozenset of str
        The aspects that it must lose, these and no others.
    teaches : str
        The sentence that a student reads whose results are the same.
    code : callable
        The wrong implementation.
    unseen : bool
        The visible check need not notice it, and its results do not ship to students.
    """

    function: str
    name: str
    loses: frozenset[str]
    teaches: str
    code: Callable
    unseen: bool = False

    def applied_to(self, module: types.ModuleType) -> types.SimpleNamespace:
        """Return a copy of ``module`` in which the function is the wrong one."""
        return types.SimpleNamespace(**{**vars(module), self.function: self.code})


REGISTRY: dict[str, list[Mistake]] = {}
"""Function -> its known mistakes, in the order in which a result is compared with them."""


def mistake(function: str, loses: Iterable[str], teaches: str, unseen: bool = False) -> Callable[[Code], Code]:
    """Register the decorated wrong implementation of ``function``; see :class:`Mistake` for the parameters.

    Parameters
    ----------
    function : str
    loses : set of str
    teaches : str
    unseen : bool
    """

    def register(code: Code) -> Code:
        known = Mistake(function, code.__name__, frozenset(loses), teaches, code, unseen)
        REGISTRY.setdefault(function, []).append(known)
        return code

    return register


def mistakes_of(function: str) -> list[Mistake]:
    """Return the known mistakes of a function; :func:`load_mistakes` must have been called for its topic."""
    return REGISTRY.get(function, [])


@functools.cache
def load_mistakes(topic: str) -> types.ModuleType:
    """Import the module with the known mistakes of a topic, which registers them, and return it."""
    return importlib.import_module(f"autograder.mistakes.{topic}")
