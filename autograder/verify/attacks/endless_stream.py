"""Class: protocol abuse, a stream of callbacks that never ends. Expectation: the call's deadline ends it."""


_grader = next(o for o in __import__("gc").get_objects() if type(o).__name__ == "Grader")


def tanh_forward(x):
    number = 0
    while True:
        number += 1
        _grader.write(callback=[0, -1, 10**6, "0", None, x][number % 6], args=[x] * (number % 3))
        _grader.read()


def tanh_backward(dout, cache):
    while True:
        _grader.write(callback=0, args=[])  # never reads the answers
