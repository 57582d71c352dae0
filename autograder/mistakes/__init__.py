"""Known mistakes: wrong implementations that real students write, each with the sentence that teaches.

``mistakes/<topic>.py`` holds one small function per mistake::

    @mistake("softmax_loss", loses={"gradient"}, teaches="This is N times too large: the loss is a mean over ...")
    def gradient_not_averaged(x, y): ...

They serve four times: their outputs on the visible checks' inputs ship to students as numbers, hidden tests recognise
them in a result, ``verify`` proves that each loses exactly the aspects it names, the class report counts them. Those in
``unseen.py`` do without the first.
"""

import functools
import importlib
import types
from dataclasses import dataclass

REGISTRY = {}


@dataclass(frozen=True)
class Mistake:
    """A wrong implementation of ``function`` that must lose exactly the aspects ``loses``.

    ``unseen`` ones are not in the fingerprints: the visible check need not notice them.
    """

    function: str
    name: str
    loses: frozenset
    teaches: str
    code: object
    unseen: bool = False

    def applied_to(self, module):
        """Return a copy of ``module`` in which the function is the wrong one."""
        return types.SimpleNamespace(**{**vars(module), self.function: self.code})


def mistake(function, loses, teaches, unseen=False):
    """Register the decorated wrong implementation of ``function``."""

    def register(code):
        REGISTRY.setdefault(function, []).append(Mistake(function, code.__name__, frozenset(loses), teaches, code,
                                                          unseen))
        return code

    return register


def mistakes_of(function):
    """Return the known mistakes of a function (its topic's module must have been loaded)."""
    return REGISTRY.get(function, [])


@functools.cache
def load_mistakes(topic):
    """Import the known mistakes of a topic, and register its unseen ones; return the module."""
    module = importlib.import_module(f"autograder.mistakes.{topic}")
    importlib.import_module("autograder.mistakes.beyond_the_check").register(topic)
    return module
