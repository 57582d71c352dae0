"""Class: theft of solutions and hidden tests from disk. Expectation: the sandbox holds no file of the course."""

import os

_LOOT = {}
for _folder, _folders, _files in os.walk("/"):
    if _folder.startswith(("/proc", "/sys", "/usr")) or "/lib" in _folder:
        _folders.clear()
        continue
    for _file in _files:
        if _file in ("activations.py", "gradebook.db", "secret", "reference.py"):
            _path = os.path.join(_folder, _file)
            try:
                exec(open(_path).read(), _LOOT)
            except Exception:
                _LOOT[_path] = True
if "tanh_forward" in _LOOT:
    tanh_forward, tanh_backward = _LOOT["tanh_forward"], _LOOT["tanh_backward"]
