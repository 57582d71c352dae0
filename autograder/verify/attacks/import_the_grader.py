"""Class: asking the grader's own packages.
Expectation: the course's code is not there; nbgrader, if installed, finds no course."""

import sys

_FOUND = {}
for _name in ("autograder", "autograder.reference", "autograder.hidden_tests", "cs231n_lib.lab.check",
              "cs231n_lib.activations", "tests.attacks"):
    try:
        _FOUND[_name] = __import__(_name, fromlist=["x"])
    except BaseException:
        pass
sys.modules["autograder"] = sys.modules["cs231n_lib"]


def tanh_forward(x):
    for module in list(_FOUND.values()):
        for maker in ("load", "source_of", "tanh_forward"):
            try:
                found = getattr(module, maker)
                return found("activations").tanh_forward(x) if maker == "load" else found(x)
            except Exception:
                pass
    return x, x


def tanh_backward(dout, cache):
    from nbgrader.api import Gradebook

    with Gradebook("sqlite:////tmp/gradebook.db") as gradebook:
        return float(len(gradebook.assignments))
