"""Make ``.venv`` and install what the workbook needs into it."""

import json
import os
import platform
import shutil
import subprocess
import venv

from cs231n_lib.lab import workspace

COMMAND = f"{'py' if os.name == 'nt' else 'python3'} -m cs231n_lib.lab"
"""How a student types it: ``python`` alone is not there on many systems."""
VENV = workspace.ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
TESTED = "3.11 to 3.13"
"""The versions of Python that `make portability` has run."""
INSTRUCTORS = [f"@jupyter/nbgrader:{name}" for name in
               ("assignment-list", "course-list", "create-assignment", "formgrader", "menu")]
"""What nbgrader adds to JupyterLab for instructors; of its parts a student needs only Validate."""


def install_workbook(args):
    """Make .venv and install requirements.txt into it."""
    if not PYTHON.exists():
        print(f"making {VENV}", flush=True)
        try:
            venv.create(VENV, with_pip=True, symlinks=os.name != "nt")  # as python -m venv does
        except subprocess.CalledProcessError:
            shutil.rmtree(VENV, ignore_errors=True)  # half of one would be taken for a whole one
            raise ValueError("this Python cannot make an environment with pip in it. "
                             "On Debian and Ubuntu: sudo apt install python3-venv, then install again") from None
    print("installing what requirements.txt names; this takes a few minutes the first time", flush=True)
    # A NumPy without a wheel for this Python would be compiled for half an hour: that is better said at once.
    done = subprocess.run([PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet",
                           "--only-binary", "numpy", "-r", workspace.ROOT / "requirements.txt",
                           "-c", workspace.ROOT / "constraints.txt"])
    if done.returncode == 0:
        hide_instructors(VENV / "etc" / "jupyter")
    print(f"done: {COMMAND}" if done.returncode == 0 else
          f"pip failed: see above. This is Python {platform.python_version()}; the versions in constraints.txt were "
          f"tested with Python {TESTED}")
    return done.returncode


def hide_instructors(folder):
    """Switch off, in a folder of Jupyter's settings, what only instructors use."""
    file = folder / "labconfig" / "page_config.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"disabledExtensions": dict.fromkeys(INSTRUCTORS, True)}), encoding="utf-8")
