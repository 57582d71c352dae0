"""Class: hanging without using time (SIGSTOP to itself, a read that never ends). Expectation: a timeout, once each."""

import os
import signal


def tanh_forward(x):
    os.kill(os.getpid(), signal.SIGSTOP)


def tanh_backward(dout, cache):
    read, _ = os.pipe()
    os.read(read, 1)
