"""Class: hooks into kernel and interpreter. Expectation: there is no kernel, and hooks reach only the worker."""

import atexit
import sys

try:
    from IPython import get_ipython

    get_ipython().events.register("post_run_cell", lambda result: setattr(result, "result", 100.0))
except Exception:
    pass
atexit.register(lambda: print("2.0"))
sys.displayhook = lambda value: sys.stdout.write("2.0\n")
sys.excepthook = lambda *args: None
sys.settrace(lambda *args: None)


def tanh_forward(x):
    raise KeyboardInterrupt
