"""Class: hidden inputs carried out by how the process ends: its exit code, or a signal, or what is wrong with a frame.
Expectation: a hint says that it ended, or that it was not understood, and no more."""

import os
import struct

_grader = next(o for o in __import__("gc").get_objects() if type(o).__name__ == "Grader")


def tanh_forward(x):
    os._exit(1 + int(abs(x.flat[0]) * 10**6) % 100)


def tanh_backward(dout, cache):
    body = (b'{"id":[]}', b"[", b'{"value":{"a":[]}}', b'{"value":{"d":[0]}}')[int(abs(dout.flat[0]) * 10**6) % 4]
    _grader.sink.write(struct.pack(">II", len(body), 0) + body)
    _grader.sink.flush()
    return dout
