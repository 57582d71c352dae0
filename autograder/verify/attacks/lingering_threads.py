"""Class: threads that go on between calls, answer by themselves, and take the neighbours' processors.
Expectation: none starts."""

import _thread
import threading

_ANSWERS = {}


def _burn():
    while True:
        _ANSWERS["x"] = np.ones((500, 500)) @ np.ones((500, 500))


for _ in range(64):
    try:
        threading.Thread(target=_burn, daemon=True).start()
        _thread.start_new_thread(_burn, ())
    except RuntimeError:
        break


def tanh_forward(x):
    return (np.tanh(x) if _ANSWERS else None), x  # a mark would tell that a thread ran
