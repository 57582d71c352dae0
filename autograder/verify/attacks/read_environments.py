"""Class: theft through /proc, of the environments of all processes: bubblewrap's own is process 1.
Expectation: every environment in there is the worker's own, and holds nothing of the instructor's."""

import glob

_ALLOWED = {b"PATH", b"HOME", b"LANG", b"PWD", b"LC_CTYPE", b"PYTHONDONTWRITEBYTECODE", b"MPLBACKEND", b"MPLCONFIGDIR",
            b"OPENBLAS_NUM_THREADS", b"OMP_NUM_THREADS", b"MKL_NUM_THREADS",
            b"OPENBLAS_CORETYPE", b"NPY_DISABLE_CPU_FEATURES"}
_LOOT = {}
for _path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/task/*/environ"):
    try:
        with open(_path, "rb") as _file:
            _names = {line.split(b"=")[0] for line in _file.read(100_000).split(b"\0") if line}
    except OSError:
        continue
    if _names - _ALLOWED:
        _LOOT[_path] = _names


def tanh_forward(x):
    if _LOOT:
        return np.tanh(x), x  # the marks would tell
    return None, None
