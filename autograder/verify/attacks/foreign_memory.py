"""Class: reading memory that is not ours (ctypes, mmap, /dev/mem). Expectation: there is none but the worker's own."""

import ctypes
import mmap
import os


def tanh_forward(x):
    found = []
    for path in ("/dev/mem", "/dev/kmem", "/proc/kcore", "/dev/shm", "/proc/self/mem"):
        try:
            found.append(os.open(path, os.O_RDWR))
        except OSError:
            pass
    return float(len(found)), mmap.mmap(-1, 4096)


def tanh_backward(dout, cache):
    for address in range(0x7F0000000000, 0x7FFFFFFFF000, 2**32):
        ctypes.string_at(address, 64)
