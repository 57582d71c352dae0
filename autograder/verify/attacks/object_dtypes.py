"""Class: arrays of objects, records, strings, dates, complex numbers. Expectation: an error with a hint, no mark."""

_KINDS = [object, "U8", "S8", "V16", "M8[s]", "m8[s]", complex,
          np.longdouble, [("a", float), ("b", object)], np.float16]
_calls = iter(range(10**9))


def tanh_forward(x):
    return np.zeros(x.shape, _KINDS[next(_calls) % len(_KINDS)]), x


def tanh_backward(dout, cache):
    return np.asarray(dout, object)


def leaky_relu_forward(x, alpha=0.01):
    return np.array([[np.array(1.0), [x]], None], dtype=object), x
