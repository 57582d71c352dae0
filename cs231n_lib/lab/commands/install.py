"""Make ``.venv`` and install what the workbook needs into it."""

import json
import os
import platform
import shutil
import subprocess
import venv

from cs231n_lib.lab import workspace

COMMAND = f"{'py' if os.name == 'nt' else 'python3'} -m cs231n_lib.lab"
"""How a student types it: many systems have no ``python``."""
VENV = workspace.ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
TESTED = "3.11 to 3.13"
"""The versions of Python that `make portability` has run."""
INSTRUCTORS = [f"@jupyter/nbgrader:{name}" for name in
               ("assignment-list", "course-list", "create-assignment", "formgrader", "menu")]
"""What nbgrader adds to JupyterLab for instructors; a student needs only Validate."""


def install_workbook(args):
    """Make .venv and install requirements.txt into it.

    Raises
    ------
    ValueError
        If this Python cannot make an environment; the message says why and what to do.
    """
    if not PYTHON.exists():
        make_environment()
    print("installing the packages in requirements.txt; this takes a few minutes the first time", flush=True)
    # A NumPy without a wheel for this Python would be compiled for half an hour: that is better said at once.
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--only-binary", "numpy",
               "-r", workspace.ROOT / "requirements.txt", "-c", workspace.ROOT / "constraints.txt"]
    try:
        code = subprocess.run(command).returncode
    except OSError as error:
        raise ValueError(f"pip could not be started: {error}") from None
    if code:
        print(f"pip failed: its messages above say why. This is Python {platform.python_version()}; the versions in "
              f"constraints.txt were tested with Python {TESTED}")
        return code
    hide_instructors(VENV / "etc" / "jupyter")
    print(f"installed. Start with: {COMMAND}")
    return 0


def make_environment():
    """Make .venv with pip in it, or leave nothing behind.

    Raises
    ------
    ValueError
        If it cannot be made; the message says why and what to do.
    """
    print(f"making {VENV}", flush=True)
    try:
        venv.create(VENV, with_pip=True, symlinks=os.name != "nt")  # as python -m venv does
    except (subprocess.CalledProcessError, OSError) as error:
        shutil.rmtree(VENV, ignore_errors=True)  # the next install would take half an environment for a whole one
        if isinstance(error, OSError):  # a full disk, a folder of somebody else, no way to start pip
            raise ValueError(f"no environment could be made in {VENV}: {error}") from None
        raise ValueError("this Python cannot make an environment with pip in it. "
                         "On Debian and Ubuntu: sudo apt install python3-venv, then install again") from None


def hide_instructors(folder):
    """Switch off what only instructors use.

    Parameters
    ----------
    folder : pathlib.Path
        A folder of Jupyter's settings, such as ``.venv/etc/jupyter``.
    """
    file = folder / "labconfig" / "page_config.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"disabledExtensions": dict.fromkeys(INSTRUCTORS, True)}), encoding="utf-8")
