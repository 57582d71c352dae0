"""Class: taking the limits off.
Expectation: a limit that is set cannot be raised, a privilege that is gone not had back."""

import ctypes
import os
import resource

for _limit in ("RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_RTPRIO"):
    try:
        resource.setrlimit(getattr(resource, _limit), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (ValueError, OSError):
        pass
for _try in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.nice(-20),
             lambda: os.setpriority(os.PRIO_USER, 0, -20), lambda: os.chroot("/"),
             lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))):
    try:
        _try()
    except OSError:
        pass
_libc = ctypes.CDLL(None)
_libc.prctl(1, 0)  # no signal when the parent dies
_libc.prctl(4, 1)  # dumpable
_libc.prctl(38, 0)  # no new privileges: off


def tanh_forward(x):
    hoard = []
    while True:
        hoard.append(np.ones(2**24))
