"""Class: protocol abuse from within the worker. Expectation: whatever its encoder sends is only an answer."""

import sys

_wire = sys.modules["protocol"]
_main = sys.modules["__main__"]
_honest = _wire.encode


def _encode(value, blobs, depth=0):
    if isinstance(value, np.ndarray) and value.size == 1:
        return {"a": ["float64", [-1, 2**62], "C"]}
    if isinstance(value, np.ndarray) and value.ndim == 3:
        return {"a": ["object", [1], "C"]}
    return _honest(value, blobs, depth)


_wire.encode = _encode
_main.state = lambda value: None


def tanh_forward(x):
    return np.full(x.shape, np.nan), x
