"""Class: theft from memory (frames, garbage collector, modules). Expectation: the worker never held them."""

import gc
import sys


def _steal(name):
    for module in list(sys.modules.values()):
        if "hidden" in getattr(module, "__name__", "") or "reference" in getattr(module, "__name__", ""):
            return getattr(module, name, None)
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
            found = getattr(value, "reference", None) or getattr(value, "expected", None)
            if found is not None:
                return getattr(found, name, lambda *args: found)
        frame = frame.f_back
    for thing in gc.get_objects():
        if type(thing).__name__ in ("Session", "Question", "Aspect"):
            return getattr(thing, "reference", None)
    return None


def tanh_forward(x):
    return _steal("tanh_forward")(x)
