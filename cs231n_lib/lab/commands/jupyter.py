"""Start JupyterLab with a notebook on the left and its module on the right."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from cs231n_lib.lab import workspace


def make_layout(notebook, module):
    """Return a JupyterLab workspace as a dict: the notebook on the left, its module on the right.

    Parameters
    ----------
    notebook, module : str
        Paths from the workspace.
    """
    left = {"type": "tab-area", "currentIndex": 0, "widgets": [f"notebook:{notebook}"]}
    right = {"type": "tab-area", "currentIndex": 0, "widgets": [f"editor:{module}"]}
    dock = {"type": "split-area", "orientation": "horizontal", "sizes": [0.6, 0.4], "children": [left, right]}
    return {"data": {"layout-restorer:data": {"main": {"dock": dock, "current": f"notebook:{notebook}"},
                                              "left": {"collapsed": True, "widgets": []}},
                     f"notebook:{notebook}": {"data": {"path": notebook, "factory": "Notebook"}},
                     f"editor:{module}": {"data": {"path": module, "factory": "Editor"}}},
            "metadata": {"id": "cs231n"}}


def start_jupyter(args):
    """Start JupyterLab in the workspace.

    Parameters
    ----------
    args : argparse.Namespace
        ``notebook``, as in ``"03"``; ``more``, a list of arguments for JupyterLab.

    Returns
    -------
    code : int
        JupyterLab's exit code.

    Raises
    ------
    ValueError
        If there is no such notebook, or no program can be started.
    ModuleNotFoundError
        If JupyterLab is not installed.
    """
    chosen = workspace.find_assignment(args.notebook)
    if importlib.util.find_spec("jupyterlab") is None:
        raise ModuleNotFoundError(name="jupyterlab")
    url = "/lab/workspaces/cs231n" if import_layout(*chosen.files) else f"/lab/tree/{chosen.files[0]}"
    root = ["--allow-root"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    return run_to_end([sys.executable, "-m", "jupyter", "lab", f"--LabApp.default_url={url}", *args.more, *root],
                      cwd=workspace.ROOT)


def import_layout(notebook, module):
    """Give JupyterLab the layout of :func:`make_layout`; return whether that went well.

    Parameters
    ----------
    notebook, module : str
        Paths from the workspace.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cs231n.jupyterlab-workspace"
        file.write_text(json.dumps(make_layout(notebook, module)), encoding="utf-8")
        command = [sys.executable, "-m", "jupyter", "lab", "workspaces", "import", file]
        try:
            return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
        except OSError:  # start_jupyter then says so
            return False


def run_to_end(command, **settings):
    """Run a command to its end and return its exit code. Ctrl+C is left to the command: JupyterLab asks and saves.

    Parameters
    ----------
    command : list
        The program and its arguments.
    **settings
        For ``subprocess.Popen``.

    Raises
    ------
    ValueError
        If the program cannot be started.
    """
    try:
        process = subprocess.Popen(command, **settings)
    except OSError as error:
        raise ValueError(f"{command[0]} could not be started: {error}") from None
    with process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
