"""Class: protocol abuse, the next question answered before it is asked.
Expectation: no mark more than the answer is worth."""

_grader = next(o for o in __import__("gc").get_objects() if type(o).__name__ == "Grader")


def tanh_forward(x):
    for number in range(1, 400):
        _grader.write(id=number, value=(x, __import__("protocol").Handle(0)), args=[x], kwargs={})
    return x, x


def tanh_backward(dout, cache):
    for number in range(1, 400):
        _grader.write(id=number, value=dout, args=[dout, cache], kwargs={})
    return dout
