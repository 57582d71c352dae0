"""Class: results with a lying ``__array__``, generators, classes dressed as arrays. Expectation: only data crosses."""


class _Liar:
    shape, dtype, ndim, size = (7, 5), np.dtype(float), 2, 35
    __array_interface__ = {"shape": (2**40,), "typestr": "<f8", "data": (0, False), "version": 3}

    def __array__(self, *args, **kwargs):
        return np.zeros((7, 5))

    def __eq__(self, other):
        return True

    __hash__ = None
    __class__ = np.ndarray


class _Number(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__


class _Dict(dict):
    def items(self):
        while True:
            yield "x", 1.0


def tanh_forward(x):
    return _Liar(), (v for v in x)


def tanh_backward(dout, cache):
    return (row for row in dout)


def leaky_relu_forward(x, alpha=0.01):
    return _Number(1.0), x


def leaky_relu_backward(dout, cache):
    return _Dict(dx=dout)


def elu_forward(x, alpha=1.0):
    return np.ma.masked_array(x, mask=True), x


def elu_backward(dout, cache):
    return np.lib.stride_tricks.as_strided(dout, (10**5, 10**5), (0, 0))
