"""The workbook's commands, wherever there is Python: ``python -m cs231n_lib.lab COMMAND``

install    make .venv in this folder and install what the workbook needs
lab        open JupyterLab: the first notebook beside its module (the default)
check      check one function, as check("relu_forward") does in a notebook
progress   every function, prediction and answer: what is done, what comes next
submit     show what is missing, then make the zip to hand in
doctor     look at Python, packages, kernel, extensions and data; say how to mend what is wrong
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from cs231n_lib.lab import workspace

VENV = workspace.ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


COMMAND = f"{'py' if os.name == 'nt' else 'python3'} -m cs231n_lib.lab"
"""How a student types it: ``python`` alone is not there on many systems."""

INSTRUCTORS = [f"@jupyter/nbgrader:{name}" for name in
               ("assignment-list", "course-list", "create-assignment", "formgrader", "menu")]
"""What nbgrader adds to JupyterLab for instructors; of its parts a student needs only Validate."""


def install(args):
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
    done = subprocess.run([PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet",
                           "-r", workspace.ROOT / "requirements.txt"])
    if done.returncode == 0:
        hide_instructors(VENV / "etc" / "jupyter")
    print(f"done: {COMMAND}" if done.returncode == 0 else "pip failed: see above")
    return done.returncode


def hide_instructors(folder):
    """Switch off, in a folder of Jupyter's settings, what only instructors use."""
    file = folder / "labconfig" / "page_config.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"disabledExtensions": dict.fromkeys(INSTRUCTORS, True)}), encoding="utf-8")


def layout(notebook, module):
    """Return a JupyterLab workspace: the notebook on the left, its module beside it."""
    left = {"type": "tab-area", "currentIndex": 0, "widgets": [f"notebook:{notebook}"]}
    right = {"type": "tab-area", "currentIndex": 0, "widgets": [f"editor:{module}"]}
    dock = {"type": "split-area", "orientation": "horizontal", "sizes": [0.6, 0.4], "children": [left, right]}
    return {"data": {"layout-restorer:data": {"main": {"dock": dock, "current": f"notebook:{notebook}"},
                                              "left": {"collapsed": True, "widgets": []}},
                     f"notebook:{notebook}": {"data": {"path": notebook, "factory": "Notebook"}},
                     f"editor:{module}": {"data": {"path": module, "factory": "Editor"}}},
            "metadata": {"id": "cs231n"}}


def lab(args):
    """Start JupyterLab in the workspace."""
    chosen = workspace.find(args.notebook)
    if importlib.util.find_spec("jupyterlab") is None:
        raise ModuleNotFoundError(name="jupyterlab")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cs231n.jupyterlab-workspace"
        file.write_text(json.dumps(layout(*chosen.files)), encoding="utf-8")
        arranged = subprocess.run([sys.executable, "-m", "jupyter", "lab", "workspaces", "import", file],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    url = "/lab/workspaces/cs231n" if arranged else f"/lab/tree/{chosen.files[0]}"  # at least the notebook
    root = ["--allow-root"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    return follow([sys.executable, "-m", "jupyter", "lab", f"--LabApp.default_url={url}", *args.more, *root],
                  cwd=workspace.ROOT)


def follow(command, **settings):
    """Run a command to its end; Ctrl+C is for it to deal with, as JupyterLab does by asking."""
    with subprocess.Popen(command, **settings) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def check(args):
    """Check functions; with none named, all of a notebook."""
    from cs231n_lib.lab.check import judge_file
    from cs231n_lib.lab.check_cases import FUNCTIONS

    unknown = [name for name in args.functions if name not in FUNCTIONS]
    if unknown:
        raise ValueError(f"there is no function {unknown[0]!r} to check; known: {', '.join(FUNCTIONS)}")
    reports = [judge_file(FUNCTIONS[name]) for name in args.functions]
    print(*reports, sep="\n\n")
    return 1 if any(r.wrong for r in reports) else 0


def progress(args):
    """Show how far the student is."""
    from cs231n_lib.lab.todo import progress

    print(progress(args.notebook))
    return 0


def submit(args):
    """Make the zips."""
    from cs231n_lib.lab import submit

    chosen = [workspace.find(name) for name in args.notebooks] if args.notebooks else workspace.assignments()
    for assignment in chosen:
        lost = submit.missing(assignment)
        print(f"{assignment.name}: {'not done yet' if lost else 'all done'}", *lost, sep="\n  ")
    if not args.yes and not agreed("Make the zip as it is? Notebooks count as saved last. [Y/n] "):
        print("nothing was made")
        return 1
    for assignment in chosen:
        print(f"hand in: {submit.pack(assignment, args.output)}")
    return 0


def agreed(question):
    """Ask, and return whether the answer is not no; where nobody can answer it is no."""
    try:
        return not input(question).strip().lower().startswith("n")
    except EOFError:
        print("\nnobody there to answer: add --yes")
        return False


def doctor(args):
    """Look for what is wrong."""
    from cs231n_lib.lab import doctor

    wrong = 0
    for finding in doctor.examine():
        print(finding, flush=True)
        wrong += not finding.fine
    print(f"\n{wrong} to mend" if wrong else "\nall fine")
    return 1 if wrong else 0


def parser():
    """Return the argument parser."""
    top = argparse.ArgumentParser(prog="python -m cs231n_lib.lab", description=__doc__,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    top.set_defaults(run=lab, notebook="00", more=[])
    commands = top.add_subparsers(metavar="COMMAND")

    def command(run):
        sub = commands.add_parser(run.__name__, description=run.__doc__)
        sub.set_defaults(run=run)
        return sub

    command(install)
    p = command(lab)
    p.add_argument("notebook", nargs="?", default="00", help="as in 03 (default: 00)")
    p.add_argument("more", nargs="*", help="for jupyter lab, after --, as in -- --no-browser")
    command(check).add_argument("functions", nargs="+", metavar="FUNCTION", help="as in relu_forward")
    command(progress).add_argument("notebook", nargs="?", help="as in 03 (default: all)")
    p = command(submit)
    p.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="as in 03 (default: all)")
    p.add_argument("--output", type=Path, default=Path("handin"), metavar="DIR", help="default: handin")
    p.add_argument("--yes", action="store_true", help="do not ask")
    command(doctor)
    return top


def main():
    """Run one command, in .venv if there is one; a problem the user can mend is one line."""
    from cs231n_lib.lab.doctor import OLDEST

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a Windows console may lack a sign, which is no reason to stop
    if sys.version_info < OLDEST:
        print(f"the workbook needs Python {OLDEST[0]}.{OLDEST[1]} or newer, this is {sys.version.split()[0]}: "
              "see python.org", file=sys.stderr)
        return 2
    args = parser().parse_args()
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    if args.run is not install and not inside and PYTHON.exists() and sys.prefix == sys.base_prefix:
        return follow([PYTHON, "-m", "cs231n_lib.lab", *sys.argv[1:]])
    try:
        return args.run(args)
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed. First: {COMMAND} install", file=sys.stderr)
        return 2
    except (ValueError, OSError) as error:  # OSError: no such file, one that another program holds, disk full
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
