"""What is wrong with this installation, and how can it be repaired? ``python -m cs231n_lib.lab doctor``

Standard library only at the top: the doctor must also run where NumPy is missing.
"""

import importlib.metadata
import json
import platform
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cs231n_lib.lab import workspace

OLDEST = (3, 11)
PYTHON = f'"{sys.executable}"' if " " in sys.executable else sys.executable
"""This interpreter as one types it in a command."""
REQUIRED = "-r requirements.txt -c constraints.txt"
"""What pip is told to install: the packages, in the versions that were tested."""
UNPACK = "unpack the workbook's zip again next to this folder, and copy the files that are missing or damaged into it"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    fine : bool
    what : str
        What was looked at, and what was found.
    fix : str
        What to do if it is not fine: a command where there is one.
    """

    fine: bool
    what: str
    fix: str = ""

    def __str__(self):
        return f"ok     {self.what}" if self.fine else f"WRONG  {self.what}\n       to fix it: {self.fix}"


def make_pip_command(options):
    """Return the command that installs something with pip; outside an environment, the workbook's own install.

    Parameters
    ----------
    options : str
        What pip is to install, and how.
    """
    if sys.prefix == sys.base_prefix:  # the system's pip may refuse, and should not be used anyway
        return f"{PYTHON} -m cs231n_lib.lab install"
    return f"{PYTHON} -m pip install {options}"


def check_interpreter():
    """Is Python new enough?"""
    fine = sys.version_info >= OLDEST
    return Finding(fine, f"Python {platform.python_version()} ({sys.executable})",
                   f"install Python {OLDEST[0]}.{OLDEST[1]} or newer (python.org), then run install again")


def check_packages(root):
    """Yield a finding about the packages in requirements.txt: how many are fine, which are missing or out of bounds."""
    missing, other, fine = [], [], 0
    try:
        lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        yield Finding(False, f"requirements.txt cannot be read: {error.strerror}", UNPACK)
        return
    for line in lines:
        name, _, bounds = line.partition("#")[0].strip().partition(">=")
        try:
            found = importlib.metadata.version(name) if name else None
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
            continue
        if name and not is_within(found, bounds):
            other.append(f"{name} {found} (needs >={bounds})")
        fine += bool(name)
    yield Finding(not missing and not other, f"{fine} of {fine + len(missing)} packages installed"
                  + "".join(f"; {what}: {', '.join(names)}"
                            for what, names in (("missing", missing), ("too old or too new", other)) if names),
                  make_pip_command(f"--upgrade {REQUIRED}"))


def is_within(version, bounds):
    """Return whether a version is within bounds as requirements.txt writes them behind ``>=``: ``2.0,<2.6``."""
    least, _, below = bounds.partition(",<")
    found = parse_version(version)
    return parse_version(least) <= found and (not below or found < parse_version(below))


def parse_version(version):
    """Return a version as a tuple of its leading numbers, for comparison."""
    return tuple(int(n) for n in re.findall(r"\d+", version)[:3])


def check_kernel():
    """Does the kernel that notebooks start run in this interpreter?"""
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        spec = KernelSpecManager().get_kernel_spec("python3")
        command = spec.argv[0]
    except Exception as error:  # whatever Jupyter finds wrong with itself is the finding
        return Finding(False, f"no kernel for notebooks ({type(error).__name__})",
                       make_pip_command("--force-reinstall ipykernel -c constraints.txt"))
    if is_this_python(command):
        return Finding(True, "notebooks run in this Python")
    return Finding(False, f"notebooks run in {command}, which is not this Python (set in {spec.resource_dir})",
                   f"{PYTHON} -m jupyter kernelspec remove -f python3; then restart JupyterLab")


def is_this_python(command):
    """Does a kernel's command start this interpreter?

    Folders are compared, not files: two environments may link to the same file. Jupyter replaces a bare name such as
    ``python3`` by the interpreter that it runs in itself.

    Parameters
    ----------
    command : str
    """
    if re.fullmatch(r"python(3(\.\d+)?)?(\.exe)?", command):
        return True
    return Path(command).parent.resolve() == Path(sys.executable).parent.resolve()


def check_extensions():
    """Yield a finding for each extension that the notebooks use: widgets, and nbgrader's Validate with its server."""
    for name, package in (("@jupyter-widgets/jupyterlab-manager", "jupyterlab_widgets"),
                          ("@jupyter/nbgrader", "nbgrader")):
        found = next(filter(None, (read_json(p / "labextensions" / name / "package.json")
                                   for p in list_jupyter_folders("path"))), {})
        yield Finding("version" in found, f"JupyterLab extension {name} {found.get('version', 'is missing')}",
                      make_pip_command(f"--force-reinstall {package} -c constraints.txt"))
    fine = any(read_json(p / "jupyter_server_config.d" / "nbgrader.json") for p in list_jupyter_folders("config_path"))
    what = "nbgrader's server extension, which the Validate button needs"
    yield Finding(fine, what if fine else f"{what}, is missing",
                  make_pip_command("--force-reinstall nbgrader -c constraints.txt"))


def list_jupyter_folders(kind):
    """Return the folders in which Jupyter looks, for data ("path") or for settings ("config_path")."""
    try:
        from jupyter_core import paths
    except ImportError:
        return [Path(sys.prefix) / ("share/jupyter" if kind == "path" else "etc/jupyter")]
    return [Path(p) for p in getattr(paths, f"jupyter_{kind}")()]


def read_json(path):
    """Return what a JSON file holds, {} if it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def check_folder(root):
    """Can work be saved here?"""
    try:
        with tempfile.TemporaryFile(dir=root):
            return Finding(True, f"work can be saved in {root}")
    except OSError as error:
        return Finding(False, f"nothing can be saved in {root}: {error.strerror}",
                       "move the folder to a place where you may write, such as your home folder, and not inside a zip")


def check_data(root):
    """Can the bundled images be read?"""
    try:
        from cs231n_lib.lab.data import BUNDLED, load

        for name in BUNDLED:
            load(name)
        return Finding(True, f"data sets {', '.join(BUNDLED)}")
    except ImportError as error:
        return Finding(False, f"{error.name or 'a package'} cannot be imported: {read_first_line(error)}",
                       make_pip_command(f"--force-reinstall {REQUIRED}"))
    except Exception as error:  # whatever is wrong with the files is the finding
        return Finding(False, f"the bundled data: {read_first_line(error)}", UNPACK)


def read_first_line(error):
    """Return the first line of what an error says, or its name."""
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def check_files(root):
    """Are the notebooks and modules there and readable?"""
    try:
        found = workspace.list_assignments(root)
    except ValueError as error:
        return Finding(False, "a notebook cannot be read", str(error))
    missing = [name for a in found for name in a.files if not (root / name).is_file()]
    if not found:
        return Finding(False, f"no notebooks in {root}", UNPACK)
    state = f"{', '.join(missing)} missing" if missing else "each with its module"
    copies = [name for a in found for name in workspace.list_copies(a.name, root)]
    if copies:
        state += f"; copies, which are not handed in: {', '.join(copies)}"
    return Finding(not missing, f"{len(found)} notebooks, {state}", UNPACK)


def run_diagnostics(root=workspace.ROOT):
    """Yield every :class:`Finding` about this installation.

    Parameters
    ----------
    root : path
        The workspace.
    """
    yield check_interpreter()
    yield from check_packages(root)
    yield check_kernel()
    yield from check_extensions()
    yield check_data(root)
    yield check_folder(root)
    if not (root / "notebooks").is_dir():  # the instructor's repository has no workspace at its root
        yield check_files(root)


def report_findings(findings):
    """Print findings as they come; return the exit code: 1 if something is wrong.

    Parameters
    ----------
    findings : iterable of Finding
    """
    wrong = 0
    for finding in findings:
        print(finding, flush=True)
        wrong += not finding.fine
    print(f"\n{wrong} to fix" if wrong else "\nall fine")
    return 1 if wrong else 0
