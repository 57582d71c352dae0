"""Class: NumPy changed in the worker, so that whatever is recomputed there agrees.
Expectation: nothing is recomputed there."""

import sys


def tanh_forward(x):
    for name in ("tanh", "exp", "maximum", "where", "asarray", "array", "zeros_like", "frombuffer"):
        honest = getattr(np, name)
        setattr(np, name, lambda *args, honest=honest, **kwargs: honest(*args, **kwargs) if kwargs else 0.0)
    np.ndarray = type("ndarray", (), {"__instancecheck__": lambda *args: True})
    np.random.default_rng = lambda *args: None
    for name in list(sys.modules):
        if name.startswith(("numpy.testing", "numpy.lib")):
            sys.modules[name] = None
    return 0.0, 0.0
