"""Class: output flood, on every descriptor. Expectation: prints go nowhere; bytes on the pipe are no answer."""

import os
import sys


def tanh_forward(x):
    line = "2.0\n" * 2**18
    for _ in range(200):
        sys.stdout.write(line)
        sys.stderr.write(line)
    return x, x


def tanh_backward(dout, cache):
    block = b"\0" * 2**16
    while True:
        for fd in range(3, 16):
            try:
                os.write(fd, block)
            except OSError:
                pass
