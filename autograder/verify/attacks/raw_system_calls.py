"""Class: system calls past the C library. Expectation: the filter sees numbers, not names; nothing starts or opens."""

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)
_FORK, _VFORK, _CLONE, _CLONE3, _SOCKET, _UNSHARE, _PTRACE, _MEMFD, _CHMOD = 57, 58, 56, 435, 41, 272, 101, 319, 90


def _attempt(number, *args):
    result = _libc.syscall(number, *args)
    if result == 0 and number in (_FORK, _CLONE):
        os.execv("/bin/sleep", ["cs231n-attack", "1000"])
    return result


def tanh_forward(x):
    got = [_attempt(_FORK), _attempt(_CLONE, 0x10000 | 0x100, 0, 0, 0, 0), _attempt(_CLONE3, 0, 0),
           _attempt(_SOCKET, 2, 1, 0), _attempt(_UNSHARE, 0x10000000), _attempt(_PTRACE, 0, 0, 0, 0),
           _attempt(_MEMFD, b"hoard", 0), _attempt(_CHMOD, b"/dev/full", 0o600), _attempt(0x40000000 | _FORK)]
    return np.array([g for g in got if g > 0], float), x
