"""Class: orphans that outlive the grading, forked twice in a session of their own. Expectation: none is born."""

import os
import subprocess
import sys

_SLEEP = ["cs231n-attack", "1000"]


def tanh_forward(x):
    for start in (os.fork, getattr(os, "forkpty", os.fork)):
        try:
            if start() == 0:
                os.setsid()
                if start() == 0:
                    os.execv("/bin/sleep", _SLEEP)
                os._exit(0)
        except OSError:
            pass
    return x, x


def tanh_backward(dout, cache):
    for more in ({"start_new_session": True}, {"preexec_fn": os.setsid}, {"close_fds": False}, {"shell": True}):
        try:
            subprocess.Popen(_SLEEP, executable="/bin/sleep", **more)
        except (OSError, subprocess.SubprocessError):
            pass
    try:
        os.posix_spawn(sys.executable, [sys.executable, "-c", "import time; time.sleep(1000)  # cs231n-attack"], {})
    except OSError:
        pass
    return dout
