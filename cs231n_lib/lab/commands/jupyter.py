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
    """Return a JupyterLab workspace: the notebook on the left, its module beside it."""
    left = {"type": "tab-area", "currentIndex": 0, "widgets": [f"notebook:{notebook}"]}
    right = {"type": "tab-area", "currentIndex": 0, "widgets": [f"editor:{module}"]}
    dock = {"type": "split-area", "orientation": "horizontal", "sizes": [0.6, 0.4], "children": [left, right]}
    return {"data": {"layout-restorer:data": {"main": {"dock": dock, "current": f"notebook:{notebook}"},
                                              "left": {"collapsed": True, "widgets": []}},
                     f"notebook:{notebook}": {"data": {"path": notebook, "factory": "Notebook"}},
                     f"editor:{module}": {"data": {"path": module, "factory": "Editor"}}},
            "metadata": {"id": "cs231n"}}


def start_jupyter(args):
    """Start JupyterLab in the workspace."""
    chosen = workspace.find_assignment(args.notebook)
    if importlib.util.find_spec("jupyterlab") is None:
        raise ModuleNotFoundError(name="jupyterlab")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cs231n.jupyterlab-workspace"
        file.write_text(json.dumps(make_layout(*chosen.files)), encoding="utf-8")
        arranged = subprocess.run([sys.executable, "-m", "jupyter", "lab", "workspaces", "import", file],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    url = "/lab/workspaces/cs231n" if arranged else f"/lab/tree/{chosen.files[0]}"  # at least the notebook
    root = ["--allow-root"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    return run_to_end([sys.executable, "-m", "jupyter", "lab", f"--LabApp.default_url={url}", *args.more, *root],
                  cwd=workspace.ROOT)


def run_to_end(command, **settings):
    """Run a command to its end; Ctrl+C is for it to deal with, as JupyterLab does by asking."""
    with subprocess.Popen(command, **settings) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
