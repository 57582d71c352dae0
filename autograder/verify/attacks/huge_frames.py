"""Class: protocol abuse, frames as large as they can be, or promised and never sent.
Expectation: bounded in time and memory."""

import struct

_grader = next(o for o in __import__("gc").get_objects() if type(o).__name__ == "Grader")


def tanh_forward(x):
    _grader.sink.write(struct.pack(">II", 2 * 2**20, 60 * 2**20) + b" " * 1000)
    _grader.sink.flush()
    while True:
        pass


def tanh_backward(dout, cache):
    body = b'{"id":1,"value":{"l":[' + b'{"l":[]},' * 400_000 + b"0]}}"
    _grader.sink.write(struct.pack(">II", len(body), 0) + body)
    _grader.sink.flush()
    return np.zeros(8 * 2**20 - 100)


def relu_forward(x):
    return np.zeros((2**20, 1)), np.zeros(10)
