"""Class: protocol abuse, shapes that are no shapes. Expectation: a frame that is not understood, so no mark."""

import sys

_wire, _count = sys.modules["protocol"], [0]
_SHAPES = [[float("nan")], [1e3], [True], [-7, -5], [2**62, 4], [0, 2**26] * 8, ["7", "5"], [[7, 5]], "75", None,
           [7, 5.0], [0] * 17, {"l": [7, 5]}]


def _encode(value, blobs, depth=0):
    if isinstance(value, np.ndarray) and depth == 1:
        _count[0] += 1
        blobs.append(value.tobytes())
        return {"a": ["float64", _SHAPES[_count[0] % len(_SHAPES)], "CF"[_count[0] % 2]]}
    return _honest(value, blobs, depth)


_honest = _wire.encode


def tanh_forward(x):
    _wire.encode = _encode
    return x, x
