"""Class: protocol abuse, messages written ahead into the pipe, so that the grader never has to wait for one.
Expectation: the call's deadline ends it; a call counts with all that is done for it."""

_grader = next(o for o in __import__("gc").get_objects() if type(o).__name__ == "Grader")


def _flood(args):
    protocol = __import__("sys").modules["protocol"]
    frame = protocol.pack({"callback": 0, "args": args})
    _grader.sink.write(20 * frame)
    while True:
        _grader.sink.write(frame)
        _grader.sink.flush()
        _grader.read()


def tanh_forward(x):
    _flood([list(range(300))] * 10)


def tanh_backward(dout, cache):
    _flood([[np.zeros((64, 0))] * 100])
