"""Class: files that shadow: numpy.py, a package over the module, ``.so``, ``.pth``, sitecustomize, a configuration of
nbgrader.
Expectation: files of other names are left out, and the module is read as text."""


def submit(folder):
    here = folder / "01_activations"
    for name in ("numpy.py", "numpy/__init__.py", "cs231n_lib/activations/__init__.py", "cs231n_lib/__init__.py",
                 "sitecustomize.py",
                 "cs231n_lib/activations.cpython-311-x86_64-linux-gnu.so", "activations.so", "evil.pth",
                 "nbgrader_config.py", "course.toml",
                 "conftest.py", "jupyter_config.py", "cs231n_lib/lab/check.py",
                 "autograder/hidden_tests/activations.py",
                 "gradebook.db", "protocol.py", "pyvenv.cfg", "cs231n_lib/activations.pyc"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text("import os\nos.system('touch /tmp/cs231n-attack')\n")
