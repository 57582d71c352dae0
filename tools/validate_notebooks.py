"""Run nbgrader's Validate on released notebooks: ``python -m tools.validate_notebooks [NAME ...]``

Validate runs a notebook in a new kernel and shows every graded cell that failed. In an untouched notebook it must name
every graded cell, in words that a student understands; in a solved one it must find nothing.
"""

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbgrader.validator import Validator

from autograder.course import cells
from autograder.course.topics import list_assignments, list_topics
from autograder.release import release
from autograder.verify import student_work

LONGEST = 300
"""Most characters that a student may have to read about one cell."""
WORDS = re.compile(r"NotRightYet: (\w+: not implemented yet|answer not accepted: \S.*|bets not placed: \S.*)|"
                   r"You did not provide a response\.")
"""What Validate says about a cell in which nothing was done."""


def write_workspaces(course, folder, solved):
    """Write a student's workspace.

    Parameters
    ----------
    course : pathlib.Path
        With a release in it.
    folder : pathlib.Path
    solved : bool
        With the instructor's functions and answers, or as released.
    """
    for name, data in release.list_workspace_files(course, tuple(list_topics()) if solved else ()).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    for assignment in list_assignments() if solved else ():
        book = student_work.make_solved_notebook(course, assignment, written="Because.", whole=True)
        nbformat.write(book, folder / f"{assignment}.ipynb")


def validate_notebook(folder, assignment):
    """Return what the Validate button shows: (source of the cell, message) for each cell that failed.

    Raises
    ------
    ValueError
        If Validate complains about the notebook itself instead, as about a test cell that was changed.
    """
    found = Validator().validate(str(folder / f"{assignment}.ipynb"))
    if set(found) - {"failed"}:
        raise ValueError(f"{assignment}: Validate says {', '.join(found)}")
    return [(f["source"], f["raw_error"]) for f in found.get("failed", [])]


def list_complaints(folder, assignment, solved):
    """Return what is wrong with the messages of Validate, a line each.

    Parameters
    ----------
    folder : pathlib.Path
        The workspace.
    assignment : str
    solved : bool
        Does the workspace hold the instructor's solutions?
    """
    failed = validate_notebook(folder, assignment)
    if solved:
        return [f"{source}: {said.splitlines()[0]}" for source, said in failed]
    book = nbformat.read(folder / f"{assignment}.ipynb", as_version=4)
    checked = {c.source.strip() for c in book.cells if cells.is_written(c) or cells.is_test(c) and "check" in c.source}
    lines = [f"{source}: not named" for source in checked - {source for source, _ in failed}]
    return lines + [f"{source}: says {said!r}" for source, said in failed
                    if not WORDS.fullmatch(said.strip()) or len(said) > LONGEST]


def run_validation(assignments):
    """Validate notebooks one after the other and print a line each; return the number of those with complaints."""
    wrong = 0
    with tempfile.TemporaryDirectory() as temporary:
        course = Path(temporary) / "course"
        release.generate_release(course)
        for solved in (False, True):
            folder = Path(temporary) / ("solved" if solved else "untouched")
            write_workspaces(course, folder, solved)
            for assignment in assignments:
                began = time.monotonic()
                lines = list_complaints(folder, assignment, solved)
                wrong += bool(lines)
                print(f"{assignment:22} {folder.name:10} {time.monotonic() - began:5.1f} s  "
                      f"{'FAILED' if lines else 'ok'}", *lines, sep="\n  ", flush=True)
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.validate_notebooks", description=__doc__)
    parser.add_argument("assignment", nargs="*", default=list(list_assignments()), help="default: all")
    sys.exit(1 if run_validation(parser.parse_args().assignment) else 0)
