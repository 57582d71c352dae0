"""Class: protocol abuse, frames written past the worker. Expectation: not understood, so no mark."""

import json
import os
import struct


def _frame(message):
    body = json.dumps(message).encode()
    return struct.pack(">II", len(body), 0) + body


def tanh_forward(x):
    for fd in range(3, 64):
        try:
            for number in range(100):
                os.write(fd, _frame({"id": number, "value": 2.0, "score": 2.0, "args": [], "kwargs": {}}))
        except OSError:
            pass
    return x, x


def tanh_backward(dout, cache):
    for fd in range(3, 64):
        try:
            os.write(fd, struct.pack(">II", 2**32 - 1, 2**32 - 1) + b"x" * 4096)
            os.write(fd, b"[" * 100000)
        except OSError:
            pass
    return dout
