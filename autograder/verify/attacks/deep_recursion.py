"""Class: deep recursion and results nested without end.
Expectation: the worker fails alone; the grader does not descend."""

import struct
import sys

sys.setrecursionlimit(2**31 - 1)
_grader = next(o for o in __import__("gc").get_objects() if type(o).__name__ == "Grader")


def tanh_forward(x):
    return tanh_forward(x)


def tanh_backward(dout, cache):
    nested = []
    for _ in range(10**6):
        nested = [nested]
    return nested


def leaky_relu_forward(x, alpha=0.01):
    body = b'{"value":' + b'{"l":[' * 300_000 + b"]}" * 300_000 + b"}"
    _grader.sink.write(struct.pack(">II", len(body), 0) + body)
    loop = [x]
    loop.append(loop)
    return loop, loop
