"""Class: ending the process. Expectation: the worker dies alone, other functions keep their marks."""

import os


def tanh_forward(x):
    os._exit(0)


def tanh_backward(dout, cache):
    os.kill(os.getpid(), 9)
