"""The workbook's commands, wherever there is Python: ``python -m cs231n_lib.lab COMMAND``

install    make .venv in this folder and install what the workbook needs
lab        open JupyterLab, with a notebook on the left and its module on the right (the default)
check      check one function, as check("relu_forward") does in a notebook
progress   list every function, prediction and answer: what is done, and what comes next
submit     show what is missing, then make the zips to hand in
doctor     look at Python, packages, kernel, extensions and data; say how to fix what is wrong
"""

import argparse
import difflib
import sys
from pathlib import Path

from cs231n_lib.lab.commands.install import COMMAND, PYTHON, VENV, install_workbook
from cs231n_lib.lab.commands.jupyter import run_to_end, start_jupyter


def check(args):
    """Check one or more functions."""
    from cs231n_lib.lab.check.cases import FUNCTIONS
    from cs231n_lib.lab.check.judge import judge_file

    unknown = [name for name in args.functions if name not in FUNCTIONS]
    if unknown:
        near = difflib.get_close_matches(unknown[0], FUNCTIONS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(FUNCTIONS)}"
        raise ValueError(f"there is no function {unknown[0]!r} to check; {hint}")
    reports = [judge_file(FUNCTIONS[name]) for name in args.functions]
    print(*reports, sep="\n\n")
    return 0 if all(r.done for r in reports) else 1


def progress(args):
    """Show how far the student is."""
    from cs231n_lib.lab.commands.progress import read_progress

    print(read_progress(args.notebook))
    return 0


def submit(args):
    """Show what is missing, then make the zips to hand in."""
    from cs231n_lib.lab import workspace
    from cs231n_lib.lab.commands import submit

    chosen = workspace.choose_assignments(args.notebooks)
    for assignment in chosen:
        missing = submit.list_missing(assignment)
        print(f"{assignment.name}: {'not done yet' if missing else 'all done'}", *missing, sep="\n  ")
    if not args.yes and not ask("Make the zip now? It takes the files as you last saved them, whatever is named above. "
                                "[Y/n] "):
        print("no zip was made")
        return 1
    for assignment in chosen:
        print(f"hand in this file: {submit.write_zip(assignment, args.output)}")
    return 0


def ask(question):
    """Ask a question and return whether the answer is yes, or just Enter; no if nobody can answer."""
    try:
        return not input(question).strip().lower().startswith("n")
    except EOFError:
        print("\nnobody answered; to make the zip without this question, add --yes")
        return False


def doctor(args):
    """Look for what is wrong with the installation."""
    from cs231n_lib.lab.commands import doctor

    return doctor.report_findings(doctor.run_diagnostics())


def make_parser():
    """Return the argument parser."""
    top = argparse.ArgumentParser(prog="python -m cs231n_lib.lab", description=__doc__,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    top.set_defaults(run=start_jupyter, notebook="00", more=[])
    commands = top.add_subparsers(metavar="COMMAND")

    def command(name, run):
        sub = commands.add_parser(name, description=run.__doc__)
        sub.set_defaults(run=run)
        return sub

    command("install", install_workbook)
    p = command("lab", start_jupyter)
    p.add_argument("notebook", nargs="?", default="00", help="as in 03 (default: 00)")
    p.add_argument("more", nargs="*", help="for jupyter lab, after --, as in -- --no-browser")
    command("check", check).add_argument("functions", nargs="+", metavar="FUNCTION", help="as in relu_forward")
    command("progress", progress).add_argument("notebook", nargs="?", help="as in 03 (default: all)")
    p = command("submit", submit)
    p.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="as in 03 (default: all)")
    p.add_argument("--output", type=Path, default=Path("handin"), metavar="DIR", help="default: handin")
    p.add_argument("--yes", action="store_true", help="do not ask")
    command("doctor", doctor)
    return top


# The commands import what they need only when they run: install, doctor and lab must work before NumPy is installed.


def main():
    """Run one command, in .venv if there is one, and return its exit code. A problem the user can solve is one line."""
    from cs231n_lib.lab.commands.doctor import OLDEST

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a Windows console may lack a character
    if sys.version_info < OLDEST:
        print(f"the workbook needs Python {OLDEST[0]}.{OLDEST[1]} or newer, this is {sys.version.split()[0]}: "
              "see python.org", file=sys.stderr)
        return 2
    args = make_parser().parse_args()
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    try:
        if args.run is not install_workbook and not inside and PYTHON.exists() and sys.prefix == sys.base_prefix:
            return run_to_end([PYTHON, "-m", "cs231n_lib.lab", *sys.argv[1:]])
        return args.run(args)
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed. Run this first: {COMMAND} install", file=sys.stderr)
        return 2
    except (ValueError, OSError) as error:  # OSError: no such file, one that another program holds, disk full
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
