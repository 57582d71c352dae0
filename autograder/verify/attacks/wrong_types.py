"""Class: protocol abuse, answers of the wrong types in every field. Expectation: crashed at worst, never the grader."""

_grader = next(o for o in __import__("gc").get_objects() if type(o).__name__ == "Grader")
_honest, _count = _grader.write, [0]
_VALUES = [None, True, -1, 1e400, "x", [], {}, [[1]], {"a": 1}, np.zeros(3), np.zeros((2, 2)), np.ones(2, bool)]


def _write(**message):
    _count[0] += 1
    value = _VALUES[_count[0] % len(_VALUES)]
    field = ("id", "value", "args", "kwargs", "error", "type", "line", "message", "callback")[_count[0] // 3 % 9]
    _honest(**{**message, field: value, **({"error": value} if field in ("type", "line", "message") else {})})




def tanh_forward(x):
    _grader.write = _write
    return x, x


def tanh_backward(dout, cache):
    raise ValueError(dout)
