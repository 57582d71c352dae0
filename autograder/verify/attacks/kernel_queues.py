"""Class: memory and timers of the kernel that no limit counts: asynchronous input and output, queues, timers, events.
Expectation: none can be made."""

import ctypes
import os
import select
import signal

_libc = ctypes.CDLL(None, use_errno=True)
_MACHINE = os.uname().machine
_NUMBERS = {"io_setup": 0, "timer_create": 107, "prctl": 167}
if _MACHINE == "x86_64":
    _NUMBERS = {"io_setup": 206, "timer_create": 222, "timerfd_create": 283, "signalfd4": 289, "seccomp": 317,
                "prctl": 157, "setitimer": 38}
_ARGUMENTS = {"io_setup": (64, ctypes.byref(ctypes.c_void_p())), "signalfd4": (-1, bytes(8), 8, 0),
              "timer_create": (1, None, ctypes.byref(ctypes.c_int())), "prctl": (15, b"hello"),
              "timerfd_create": (1, 0), "seccomp": (2, 0, b"\0")}
_MADE = [name for name, number in _NUMBERS.items() if _libc.syscall(number, *_ARGUMENTS.get(name, (0, 0, 0, 0))) >= 0]
for _attempt in (select.epoll, lambda: os.eventfd(0), lambda: signal.setitimer(signal.ITIMER_PROF, 60),
                 lambda: os.symlink("a", "/tmp/c"), lambda: os.mkfifo("/tmp/d")):
    try:
        _attempt()
        _MADE.append(_attempt)
    except OSError:
        pass


def tanh_forward(x):
    return (np.tanh(x), x) if _MADE else (None, None)
