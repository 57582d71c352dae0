"""What is wrong with this installation, and how is it mended? ``python -m cs231n_lib.lab doctor``

Standard library only at the top: it must say something where NumPy is what is missing.
"""

import importlib.metadata
import importlib.util
import json
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from cs231n_lib.lab import workspace

OLDEST = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    fine : bool
    what : str
        What was looked at, and what was found.
    mend : str
        What to do if it is not fine: a command where there is one.
    """

    fine: bool
    what: str
    mend: str = ""

    def __str__(self):
        return f"ok     {self.what}" if self.fine else f"WRONG  {self.what}\n       mend: {self.mend}"


def interpreter():
    """Is Python new enough?"""
    fine = sys.version_info >= OLDEST
    return Finding(fine, f"Python {platform.python_version()} ({sys.executable})",
                   f"install Python {OLDEST[0]}.{OLDEST[1]} or newer (python.org), then run install again")


def packages(root):
    """Yield findings about what requirements.txt names: what is missing or too old, and how many are fine."""
    missing, old, fine = [], [], 0
    for line in (root / "requirements.txt").read_text().splitlines():
        name, _, least = line.partition("#")[0].strip().partition(">=")
        try:
            found = importlib.metadata.version(name) if name else None
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
            continue
        if name and numbers(found) < numbers(least):
            old.append(f"{name} {found} (needs {least})")
        fine += bool(name)
    yield Finding(not missing and not old, f"{fine} of {fine + len(missing)} packages installed"
                  + "".join(f"; {what}: {', '.join(names)}" for what, names in (("missing", missing), ("too old", old))
                            if names), f"{sys.executable} -m pip install --upgrade -r requirements.txt")


def numbers(version):
    """Return a version as a tuple of its leading numbers, for comparison."""
    return tuple(int(n) for n in re.findall(r"\d+", version)[:3])


def kernel():
    """Does the kernel that notebooks start run in this interpreter?"""
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        command = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except Exception as error:  # whatever Jupyter finds wrong with itself is the finding
        return Finding(False, f"no kernel for notebooks ({type(error).__name__})",
                       f"{sys.executable} -m pip install --force-reinstall ipykernel")
    same = command == "python" or Path(command).resolve() == Path(sys.executable).resolve()
    return Finding(same, f"notebooks run in {command}",
                   f"{sys.executable} -m ipykernel install --sys-prefix --name python3")


def extensions():
    """Yield a finding for each JupyterLab extension that the notebooks use: widgets, and nbgrader's Validate."""
    for name, package in (("@jupyter-widgets/jupyterlab-manager", "jupyterlab_widgets"),
                          ("@jupyter/nbgrader", "nbgrader")):
        places = [Path(sys.prefix) / "share/jupyter/labextensions" / name / "package.json"]
        found = next((json.loads(p.read_text(encoding="utf-8"))["version"] for p in places if p.is_file()), None)
        yield Finding(found is not None, f"JupyterLab extension {name} {found or 'is missing'}",
                      f"{sys.executable} -m pip install --force-reinstall {package}")


def data(root):
    """Can the bundled images be read whole?"""
    try:
        from cs231n_lib.lab.data import BUNDLED, load

        for name in BUNDLED:
            load(name)
        return Finding(True, f"data sets {', '.join(BUNDLED)}")
    except Exception as error:  # an import that fails is a finding, too
        said = str(error).strip().splitlines()[0]
        return Finding(False, f"the bundled data: {said}", "if all packages are fine, unpack the workbook's zip again "
                       "and copy its folder datasets over this one")


def files(root):
    """Are the notebooks and modules there and readable?"""
    try:
        found = workspace.assignments(root)
    except ValueError as error:
        return Finding(False, str(error), "see above")
    lost = [name for a in found for name in a.files if not (root / name).is_file()]
    state = f"{', '.join(lost)} missing" if lost else "each with its module"
    return Finding(bool(found) and not lost, f"{len(found)} notebooks, {state}",
                   "unpack the zip of the workbook beside this folder and copy what is missing")


def sandbox():
    """Can submissions be graded here? Only asked where the grader is (the instructor's repository)."""
    from autograder import sandbox

    try:
        sandbox.prove()
        return Finding(True, "the sandbox for submissions holds")
    except sandbox.SandboxError as error:
        return Finding(False, "the sandbox for submissions", str(error))


def examine(root=workspace.ROOT):
    """Yield every :class:`Finding` about this installation.

    Parameters
    ----------
    root : path
        The workspace.
    """
    yield interpreter()
    yield from packages(root)
    yield kernel()
    yield from extensions()
    yield data(root)
    if (root / "autograder").is_dir():
        yield sandbox()
    else:
        yield files(root)
