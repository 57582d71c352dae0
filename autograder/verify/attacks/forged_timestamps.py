"""Class: forged clocks and file times.
Expectation: the grader reads its own clock and only the mtime of what it wrote."""

import os
import time

time.monotonic = time.time = time.perf_counter = time.process_time = lambda: 0.0
for _path in ("/grader/worker.py", "/grader/protocol.py", "/usr", "/tmp", np.__file__):
    try:
        os.utime(_path, (0, 0))
    except OSError:
        pass
try:
    time.clock_settime(time.CLOCK_REALTIME, 0.0)
except OSError:
    pass


def tanh_forward(x):
    while True:
        pass
