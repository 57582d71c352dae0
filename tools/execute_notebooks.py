"""Execute every notebook with its solutions and hidden tests, and fail on any error: ``make notebooks``.

Every test cell must give full marks, every claim must be confirmed (``tools.claims``), every bet must come to what is
expected (``tools.bets``), every step of a scratch cell must be confirmed, nothing may be written to standard error, and
a notebook may take 60 seconds: wall time, or on a busy computer the processor time of its kernel.

A notebook of form 2 trains *your net*, so it runs twice, each time in an empty folder: with an empty logbook, and with
one that holds a run of every notebook.
"""

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError

from autograder.course import cells
from autograder.course.claims import FIELD
from autograder.course.topics import list_topics
from autograder.reference import ROOT
from cs231n_lib.lab import logbook
from tools.bets import iter_false_outcomes
from tools.claims import ClaimsClient, iter_false_claims
from tools.notebook_forms import read_form
from tools.notebook_gates import iter_output_complaints

LIMIT = 60
CELL_LIMIT = 300  # seconds for one cell, which is taken to hang after that


def execute_notebook(path, folder=None):
    """Execute a notebook; return (notebook with outputs, seconds, seconds of processor time).

    Parameters
    ----------
    path : pathlib.Path
    folder : path, optional
        Where it runs; by default where it lies, where a search goes on that an earlier run left unfinished.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        At the first cell that fails.
    """
    notebook = nbformat.read(path, as_version=4)
    began, used = time.monotonic(), measure_processor_time()
    where = {"metadata": {"path": str(folder or path.parent)}}
    ClaimsClient(notebook, timeout=CELL_LIMIT, resources=where).execute()
    return notebook, time.monotonic() - began, measure_processor_time() - used


def measure_processor_time():
    """Return the processor time, in seconds, of the child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def iter_complaints(notebook):
    """Yield what is wrong with an executed notebook: lost marks, false claims and outcomes, text on standard error."""
    yield from iter_false_claims(notebook)
    yield from iter_false_outcomes(notebook)
    if notebook.metadata.get(FIELD, {}).get("form") == 2:
        yield from iter_output_complaints(notebook)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                yield f"{cell.id}: writes to standard error: {output.text.strip()[:200]}"
        if cells.is_test(cell):
            points = cell.metadata.nbgrader["points"]
            marks = [o["data"]["text/plain"] for o in cell.outputs if o.output_type == "execute_result"]
            if marks != [repr(float(points))]:
                yield f"{cell.id}: expected the mark {float(points)}, got {marks}"


def list_workspaces(path, folder=None, once=False):
    """Yield the folders that a notebook is to run in, each with words for what is special there.

    Parameters
    ----------
    path : pathlib.Path
        The notebook.
    folder : path, optional
        For a notebook of form 1, as in :func:`execute_notebook`.
    once : bool, default False
        For a notebook of form 2, only the folder with a full logbook.
    """
    if read_form(nbformat.read(path, as_version=4)) == 1:
        yield folder, ""
        return
    logbooks = (("full logbook", logbook.read_reference_runs()), ("empty logbook", {}))
    for words, runs in logbooks[:1] if once else logbooks[::-1]:
        with tempfile.TemporaryDirectory() as workspace:
            Path(workspace, logbook.FILE).write_text(logbook.format_runs(runs), encoding="utf-8")
            yield workspace, words


def run_notebooks(assignments, keep=None, folder=None, timed=True, jobs=1, once=False):
    """Execute the notebooks and print a line for each run; return the number of runs that failed.

    Parameters
    ----------
    assignments : list of str
    keep, folder, timed, once
        As in :func:`run_assignment`.
    jobs : int, default 1
        Notebooks at a time, each in a process of its own, which measures its processor time, and with one thread of
        linear algebra, because the others are busy.
    """
    run = partial(run_assignment, keep=keep, folder=folder, timed=timed, once=once)
    if jobs == 1:
        return sum(map(run, assignments))
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    spawn = multiprocessing.get_context("spawn")  # a fork would count what earlier children used
    with ProcessPoolExecutor(jobs, spawn, initializer=set_environment, initargs=(threads,)) as pool:
        return sum(pool.map(run, assignments))


def set_environment(variables):
    """Set environment variables of this process."""
    os.environ.update(variables)


def run_assignment(assignment, keep=None, folder=None, timed=True, once=False):
    """Execute one notebook, in each of its workspaces; return the number of runs that failed.

    Parameters
    ----------
    assignment : str
    keep : pathlib.Path, optional
        Write the executed notebooks there; of two runs the first, which has an empty logbook.
    folder : path, optional
        Where notebooks of form 1 run.
    timed : bool, default True
        Judge how long a notebook takes.
    once : bool, default False
        As in :func:`list_workspaces`.
    """
    failed, path = 0, ROOT / "notebooks" / f"{assignment}.ipynb"
    for count, (workspace, words) in enumerate(list_workspaces(path, folder, once)):
        notebook, is_right = run_notebook(path, workspace, words, timed)
        failed += not is_right
        if keep and notebook and count == 0:
            keep.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, keep / path.name)
    return failed


def run_notebook(path, workspace, words="", timed=True):
    """Execute a notebook and print a line about it; return it, None if a cell failed, and whether all is right.

    Parameters
    ----------
    path : pathlib.Path
    workspace : path, optional
        Where it runs.
    words : str
        What is special about this run.
    timed : bool, default True
    """
    try:
        notebook, seconds, used = execute_notebook(path, workspace)
    except CellExecutionError as error:
        print(f"{path.stem:24} FAILED {words}\n{error}", flush=True)
        return None, False
    found = list(iter_complaints(notebook))
    if timed and min(seconds, used) > LIMIT:
        found.append(f"took over {LIMIT} s")
    shown = [o.get("data", {}) for c in notebook.cells for o in c.get("outputs", [])]
    figures = sum("image/png" in data or "<img" in data.get("text/html", "") for data in shown)
    times = f"{seconds:5.1f} s (processor {used:5.1f} s)"
    outcome = "FAILED" if found else "ok"
    print(f"{path.stem:24} {times}  {figures:3} figures  {outcome} {words}".rstrip(), flush=True)
    print("".join(f"  {line}\n" for line in found), end="", flush=True)
    return notebook, not found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.execute_notebooks", description=__doc__)
    parser.add_argument("assignment", nargs="*", default=list(list_topics().values()), help="default: all")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write the executed notebooks to DIR")
    parser.add_argument("--fresh", action="store_true", help="go on with nothing that an earlier run left")
    parser.add_argument("--once", action="store_true", help="run notebooks of form 2 with a full logbook only")
    parser.add_argument("--untimed", action="store_true", help="do not judge how long a notebook takes")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="notebooks at a time (default: one per core)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        fresh = temporary if options.fresh else None
        failed = run_notebooks(options.assignment, options.keep, fresh, not options.untimed, options.jobs, options.once)
    sys.exit(1 if failed else 0)
