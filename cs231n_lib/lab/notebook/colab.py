"""For a notebook that came without its folder, as on Colab: what it needs is installed, and where things are is said.

Standard library only at the top: packages may be what is missing.
"""

import importlib.util
import subprocess
import sys

from cs231n_lib.lab import workspace

NEEDED = ("numpy", "matplotlib", "ipywidgets", "pooch", "requests", "tqdm")
"""What the notebooks import. JupyterLab and nbgrader are not among them: here is another desk than JupyterLab."""


def list_missing(names=NEEDED):
    """Return the packages that are not installed."""
    return [name for name in names if importlib.util.find_spec(name) is None]


def list_requirements(names):
    """Return the lines of requirements.txt about these packages: each with its bounds.

    Not the exact versions of constraints.txt: they would replace what the host has, and its kernel runs on that.
    """
    lines = (workspace.ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.partition(">=")[0] in names]


def prepare_colab(assignment):
    """Install what is missing, nothing that is there, and say where the student's own work will be.

    Parameters
    ----------
    assignment : str
        As in ``"01_activations"``.
    """
    absent = list_missing()
    if absent:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *list_requirements(absent)], check=True)
    module = f"cs231n_lib/{assignment[3:]}.py"
    print(f"The workbook is here. You write in {module}: open it from the file browser on the left.\n"
          "This computer is borrowed and forgets: before you leave, download that file and this notebook. "
          "Both are what you hand in.")
