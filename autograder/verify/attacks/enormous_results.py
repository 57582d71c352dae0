"""Class: denial of service, results of a million numbers, as an array and as a list, with lengths as huge, and of as
many short axes as may cross. Expectation: the judge spends no time on them."""


def tanh_forward(x):
    return [[0, 1]] * 600_000, np.ones(10)


def tanh_backward(dout, cache):
    return np.arange(2**20) * 1.1


def leaky_relu_forward(x, alpha=0.01):
    return np.zeros((2**13, 0, 2**13)), x


def elu_forward(x, alpha=1.0):
    return {str(n): n for n in range(400_000)}, x


def elu_backward(dout, cache):
    return np.ones((6,) * 7)
