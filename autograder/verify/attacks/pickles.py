"""Class: pickles. Expectation: nothing on the grader's side unpickles; an object that is not data is refused."""

import os
import pickle
import struct


class _Bomb:
    def __reduce__(self):
        return os.system, ("touch /tmp/cs231n-attack",)


_grader = next(o for o in __import__("gc").get_objects() if type(o).__name__ == "Grader")


def tanh_forward(x):
    return pickle.dumps(_Bomb()), _Bomb()


def tanh_backward(dout, cache):
    body = pickle.dumps({"id": 1, "value": _Bomb()})
    _grader.sink.write(struct.pack(">II", len(body), 0) + body)
    return np.array([_Bomb()], dtype=object)


def leaky_relu_forward(x, alpha=0.01):
    np.save("/tmp/x.npy", np.array([_Bomb()], dtype=object), allow_pickle=True)
    return _Bomb(), open("/tmp/x.npy", "rb").read()
