"""Class: denial and signals between submissions, by locks, leases and watches on files that all of them see.
Expectation: no lock is granted, and nothing can be watched."""

import ctypes
import fcntl
import os

_libc = ctypes.CDLL(None, use_errno=True)


def _lock_by(call, argument):
    def attempt():
        with open("/tmp/shared", "w") as file:
            call(file, argument)
    return attempt


def _watch():
    if _libc.inotify_init1(0) < 0:
        raise OSError


def _notify():
    folder = os.open(os.path.dirname(os.__file__), os.O_RDONLY)
    fcntl.fcntl(folder, 1026, 1)  # F_NOTIFY, DN_ACCESS


def _lease():
    fcntl.fcntl(os.open("/tmp/lease", os.O_RDONLY | os.O_CREAT), 1024, fcntl.F_RDLCK)  # F_SETLEASE


def _own():
    fcntl.fcntl(0, 8, os.getpid())  # F_SETOWN: signals from a file


_GRANTED = []
_LOCKS = [_lock_by(fcntl.flock, fcntl.LOCK_EX), _lock_by(fcntl.lockf, fcntl.LOCK_EX)]
for _attempt in (*_LOCKS, _watch, _notify, _lease, _own):
    try:
        _attempt()
        _GRANTED.append(_attempt)
    except OSError:
        pass


def tanh_forward(x):
    return (np.tanh(x), x) if _GRANTED else (None, None)
