"""For a notebook that came without its folder, as on Colab: install what it needs, and say where the files are.

Standard library only at the top: packages may be what is missing.
"""

import importlib.util
import subprocess
import sys

from cs231n_lib.lab import workspace

NEEDED = ("numpy", "matplotlib", "ipywidgets", "pooch", "requests", "tqdm")
"""What the notebooks import. JupyterLab and nbgrader are not among them: such a notebook is open in another program."""


def list_missing(names=NEEDED):
    """Return the packages that are not installed.

    Parameters
    ----------
    names : sequence of str
        Which packages to look for.
    """
    return [name for name in names if importlib.util.find_spec(name) is None]


def list_requirements(names):
    """Return the lines of requirements.txt about these packages: each with its bounds.

    Not the exact versions of constraints.txt: they would replace what the host has, and its kernel runs on that.
    """
    lines = (workspace.ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.partition(">=")[0] in names]


def prepare_colab(assignment):
    """Install the packages that are missing, and print where the student's own work is.

    Parameters
    ----------
    assignment : str
        As in ``"01_activations"``.
    """
    missing = list_missing()
    if missing:
        install_packages(missing)
    print(f"The workbook is here. You write in cs231n_lib/{assignment[3:]}.py: open it from the file browser on the "
          "left.\nThis computer deletes its files when your session ends. Before you leave, download that file and "
          "this notebook: you hand in both.")


def install_packages(names):
    """Install packages with pip; where that fails, print the command that may work in a cell.

    Parameters
    ----------
    names : sequence of str
    """
    try:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *list_requirements(names)], check=True)
    except (OSError, subprocess.CalledProcessError):  # OSError: no process can be started, as in a browser's Python
        print(f"These packages are missing and could not be installed: {', '.join(names)}.\n"
              f"Try it in a cell of its own: %pip install {' '.join(names)}\n")
