"""Class: theft from a course, a checkout or an inbox that lies below a folder which the sandbox shows.
Expectation: nothing of this computer is shown: no notebook, no gradebook, no package but what a module may import."""

import os

_FOUND, _SEEN = [], 0
for _folder, _folders, _files in os.walk("/"):
    _folders[:] = [f for f in _folders if os.path.join(_folder, f) not in ("/proc", "/sys")]
    _SEEN += len(_files)
    if _SEEN > 20_000:
        _FOUND.append("more than the sandbox should show")
        break
    _FOUND += [os.path.join(_folder, f) for f in _files if f.endswith((".ipynb", ".db")) or f == "secret"
               or f.startswith(("__editable__", "cs231n_workbook", "nbgrader_config"))]
    _FOUND += [os.path.join(_folder, f) for f in _folders if f in ("nbgrader", "autograder", "submitted", "gradebook")]


def tanh_forward(x):
    return (np.tanh(x), x) if _FOUND else (None, None)
