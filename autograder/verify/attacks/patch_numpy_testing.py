"""Class: tampering with the comparison. Expectation: nothing is gained, comparisons happen in another process."""

import builtins

import numpy.testing

for _name in ("assert_allclose", "assert_array_equal", "assert_almost_equal"):
    setattr(numpy.testing, _name, lambda *args, **kwargs: None)
np.allclose = np.array_equal = np.isclose = lambda *args, **kwargs: True
np.abs = np.max = lambda *args, **kwargs: 0.0
builtins.abs = lambda x: 0.0


def tanh_forward(x):
    return x * 0 + 1, x
