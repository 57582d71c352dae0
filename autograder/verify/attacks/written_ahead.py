"""Class: protocol abuse, messages written ahead into the pipe, so that the grader never has to wait for one.
Expectation: the call's deadline ends it; a call counts with all that is done for it."""

_grader = next(o for o in __import__("gc").get_objects() if type(o).__name__ == "Grader")


def tanh_forward(x):
    for _ in range(100):
        _grader.write(callback=0, args=[])
    while True:
        _grader.write(callback=0, args=[])
        _grader.read()


def tanh_backward(dout, cache):
    empty = np.zeros((2**13, 0)), np.zeros((0, 2**13))
    while True:
        _grader.write(callback=0, args=[*empty])
