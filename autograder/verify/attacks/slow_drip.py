"""Class: time as a weapon: every call takes almost as long as it may. Expectation: all calls together have a limit."""

import time


def _drip(*args, **kwargs):
    time.sleep(0.8)
    return args[0], args[0]


tanh_forward = tanh_backward = leaky_relu_forward = leaky_relu_backward = elu_forward = elu_backward = _drip
prelu_forward = prelu_backward = maxout_forward = maxout_backward = saturated_fraction = _drip
