"""Class: theft of other students' work.
Expectation: the sandbox holds no submission but this one, and that as text only."""

import os

_FOUND = []
for _path, _folders, _files in os.walk("/"):
    if _path.startswith(("/proc", "/sys", "/usr", "/dev")) or "/lib" in _path:
        _folders.clear()
    else:
        _FOUND += [os.path.join(_path, f) for f in _files if f.endswith((".ipynb", ".db", ".zip", "activations.py"))]
for _path in _FOUND:
    try:
        exec(open(_path).read())
    except Exception:
        pass
