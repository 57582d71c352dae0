"""Known mistakes: wrong implementations that real students write, each with the sentence that teaches.

``mistakes/<topic>.py`` holds one small function per mistake::

    @mistake("softmax_loss", loses={"gradient"}, teaches="This is N times too large: the loss is a mean over ...")
    def gradient_not_averaged(x, y): ...

They serve four times: their outputs on the visible checks' inputs ship to students as numbers, hidden tests recognise
them in a result, ``verify`` proves that each loses exactly the aspects it names, the class report counts them.
"""

import importlib
import types
from dataclasses import dataclass

REGISTRY = {}


@dataclass(frozen=True)
class Mistake:
    """A wrong implementation of ``function`` that must lose exactly the aspects ``loses``."""

    function: str
    name: str
    loses: frozenset
    teaches: str
    code: object

    def applied_to(self, module):
        """Return a copy of ``module`` in which the function is the wrong one."""
        return types.SimpleNamespace(**{**vars(module), self.function: self.code})


def mistake(function, loses, teaches):
    """Register the decorated wrong implementation of ``function``."""

    def register(code):
        REGISTRY.setdefault(function, []).append(Mistake(function, code.__name__, frozenset(loses), teaches, code))
        return code

    return register


def of(function):
    """Return the known mistakes of a function (its topic's module must have been loaded)."""
    return REGISTRY.get(function, [])


def load(topic):
    """Import the known mistakes of a topic; return the module."""
    return importlib.import_module(f"autograder.mistakes.{topic}")
