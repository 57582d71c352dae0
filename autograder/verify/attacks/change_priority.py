"""Class: taking the neighbours' processor by scheduling classes, priorities, affinities.
Expectation: none can be changed, up or down: the time limits are measured with them."""

import os

_DONE = []
for _attempt in (lambda: os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0)),
                 lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)),
                 lambda: os.sched_setparam(0, os.sched_param(0)),
                 lambda: os.setpriority(os.PRIO_PROCESS, 0, 19),
                 lambda: os.nice(1),
                 lambda: os.sched_setaffinity(0, os.sched_getaffinity(0))):
    try:
        _attempt()
        _DONE.append(_attempt)
    except OSError:
        pass


def tanh_forward(x):
    return (np.tanh(x), x) if _DONE else (None, None)
