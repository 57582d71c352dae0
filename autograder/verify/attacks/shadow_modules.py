"""Class: module shadowing.
Expectation: what is planted is never imported by the grader, and is gone in the next worker."""

import os
import sys

_EVIL = "def __getattr__(name):\n    return lambda *args, **kwargs: 1.0\nMAX_FRAME = 2**40\n"
_PLACES = ("/tmp", "/grader", ".", os.path.dirname(os.path.dirname(np.__file__)), sys.prefix, os.path.expanduser("~"))
for _folder in _PLACES:
    for _name in ("numpy.py", "protocol.py", "worker.py", "sitecustomize.py", "usercustomize.py", "evil.pth",
                  "numpy/__init__.py", "cs231n_lib/__init__.py", "cs231n_lib/activations/__init__.py"):
        try:
            os.makedirs(os.path.join(_folder, os.path.dirname(_name)), exist_ok=True)
            with open(os.path.join(_folder, _name), "w") as _file:
                _file.write("import os; os.environ['PWNED'] = '1'\n" if _name.endswith(".pth") else _EVIL)
        except OSError:
            pass
sys.path.insert(0, "/tmp")


def tanh_forward(x):
    os._exit(0)  # the next worker starts among the planted files


def tanh_backward(dout, cache):
    import numpy.linalg  # noqa: F401

    return dout if "PWNED" in os.environ else None
