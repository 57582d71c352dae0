"""Class: a worker that lies about changed inputs.
Expectation: it gains no value; the aspect "leaves inputs alone" counts only beside a right answer (what a lie can
hide there, a copy would earn honestly: see SECURITY.md)."""

import sys

sys.modules["__main__"].state = lambda value: np.array(value) * 0 + 1
_plain = sys.modules["protocol"].as_plain
sys.modules["protocol"].as_plain = lambda value: _plain(np.zeros((7, 5)))


def tanh_forward(x):
    x *= 0
    return x + 1, x


def tanh_backward(dout, cache):
    dout *= 0
    return dout + 1
