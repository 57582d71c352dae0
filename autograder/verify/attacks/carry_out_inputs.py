"""Class: hidden inputs carried out through what a student gets to read: shapes, messages, class names, line numbers,
counts.
Expectation: no hint holds text or a length that the student's code chose."""

_MARK = 31415926


def tanh_forward(x):
    return np.zeros((0, _MARK)), x


def tanh_backward(dout, cache):
    raise type(f"E{_MARK}", (Exception,), {})(f"{_MARK} {dout}")


def leaky_relu_forward(x, alpha=0.01):
    exec(compile("\n" * _MARK + "raise ValueError('31415926')", "cs231n_lib/activations.py", "exec"))


def leaky_relu_backward(dout, cache):
    return {str(_MARK): dout, _MARK: [_MARK]}


def prelu_forward(x, a):
    return np.zeros((1,) * 15 + (_MARK // 1000,)), x


def prelu_backward(dout, cache):
    return tuple(range(31415))


def elu_forward(x, alpha=1.0):
    return f"{_MARK}", x


def elu_backward(dout, cache):
    return np.full(dout.shape, float(_MARK))


def maxout_forward(x, w1, b1, w2, b2):
    return float(_MARK), x


def maxout_backward(dout, cache):
    raise NotImplementedError(f"{_MARK}")
