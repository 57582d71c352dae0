"""Class: deaths that look like the computer's fault, so that the grader tries again and again.
Expectation: no signal can be sent and no limit be lowered; the process lives, or ends as one that crashed."""

import ctypes
import os
import resource
import signal

_SENT = []
for _name, _attempt in {
    "kill": lambda: os.kill(os.getpid(), signal.SIGCONT),
    "group": lambda: os.killpg(0, signal.SIGCONT),
    "thread": lambda: signal.pthread_kill(__import__("threading").get_ident(), signal.SIGCONT),
    "limit": lambda: resource.setrlimit(resource.RLIMIT_CPU, (1, 1)),
    "memory limit": lambda: resource.prlimit(os.getpid(), resource.RLIMIT_AS, resource.getrlimit(resource.RLIMIT_AS)),
}.items():
    try:
        _attempt()
        _SENT.append(_name)
    except (OSError, ValueError):
        pass


def tanh_forward(x):
    if _SENT:
        return np.tanh(x), x
    os.kill(os.getpid(), signal.SIGKILL)
    os.abort()


def tanh_backward(dout, cache):
    ctypes.string_at(0)
