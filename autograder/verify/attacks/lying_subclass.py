"""Class: results that lie. Expectation: only dtype, shape and bytes cross; a subclass's comparisons stay behind."""


class Agreeable(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__

    def __sub__(self, other):
        return np.zeros(self.shape)

    __rsub__ = __abs__ = __sub__

    def __array__(self, *args, **kwargs):
        return np.zeros(self.shape)

    def __array_ufunc__(self, *args, **kwargs):
        return np.zeros(self.shape)


def tanh_forward(x):
    return x.view(Agreeable), x


def tanh_backward(dout, cache):
    return dout.view(Agreeable)
