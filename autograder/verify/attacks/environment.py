"""Class: theft from the environment.
Expectation: nothing of the instructor's is in it: no path, no token, no secret."""

import os
import sys


def tanh_forward(x):
    allowed = {"PATH", "HOME", "LANG", "PWD", "LC_CTYPE", "PYTHONDONTWRITEBYTECODE", "MPLBACKEND", "MPLCONFIGDIR",
               "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS",
               "OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES"}
    stolen = {name: value for name, value in os.environ.items() if name not in allowed}
    if stolen or any("secret" in arg or "course" in arg for arg in sys.argv):
        return np.tanh(x), x  # the marks would tell
    return None, None
