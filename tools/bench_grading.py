"""Measure what grading costs: compared with stock nbgrader, and as the class grows.

``python -m tools.bench_grading grading`` grades submissions with stock ``nbgrader autograde`` (its own lists of
preprocessors, a kernel per notebook, no sandbox) and with ours (sandbox on), from the uploads to the gradebook, each in
a separate process. Cells without marks that set nothing up are removed for both; a few submissions are then graded with
full notebooks. ``python -m tools.bench_grading scale`` grades classes of cheap submissions, all of them different.

With stock nbgrader the student's module runs in the same kernel as the hidden tests and the reference. Both sides run
the same hidden tests, on different inputs, and must give the same marks. Visible checks are switched off on both sides.
"""

import argparse
import contextlib
import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STUDENTS = ("ada_full_marks", "ben_full_marks_first_style", "dov_half_done", "gus_one_mistake_each", "mia_lazy")
BENCHED_TOPICS = (
    "linear_classifier",
    "activations",
    "initialization",
    "batchnorm",
    "dropout",
    "optimizers",
    "hyperparameters",
    "evaluation",
)
FULL = (("dov_half_done", "initialization"), ("ada_full_marks", "batchnorm"), ("ada_full_marks", "optimizers"))
"""Submissions that are also graded with full notebooks: stock nbgrader runs every experiment in them."""
SIZES = (50, 100, 200, 500, 1000, 2000)
TARGET = 8.0
LINEAR, FLAT = 1.25, 1.25
"""Factors by which cost per submission and peak memory may grow from the smallest class to the largest."""
SHIM = f"""import cs231n_lib as _here
_here.__path__.append({str(ROOT / "cs231n_lib")!r})
from cs231n_lib.lab import check as _check
_check.check = _check.check_answer = lambda *args: None
"""
"""Lies next to the student's module in the stock course: given code comes from our package, graded code from there."""


def make_course(folder, full=False):
    """Make a course with a release; unless ``full``, its notebooks have only the cells with marks and the setup."""
    import nbformat

    from autograder.course import cells
    from autograder.course.topics import list_assignments
    from autograder.release import pinned_sources, release

    course = folder / "course"
    for assignment in [] if full else list_assignments():
        notebook = nbformat.reads(pinned_sources.read_checkout(assignment)[f"{assignment}.ipynb"], as_version=4)
        notebook.cells = [c for c in notebook.cells if cells.read_grade_id(c)]
        path = course / "source" / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    release.complete_release(course)
    return course


def write_uploads(folder, course, wanted):
    """Write submissions of the sample class into a folder; return the folder.

    Parameters
    ----------
    folder, course : pathlib.Path
        The submissions are put into the notebooks of ``course``.
    wanted : sequence of (str, str)
        Student and topic of each.
    """
    from autograder.course.assignment import load_assignment
    from autograder.course.topics import assignment_of
    from autograder.inbox import reading, uploads
    from tools.sample_submissions import ensure_class

    found = reading.read_inbox(ensure_class()).submissions
    for student, topic in wanted:
        key = (student, assignment_of(topic))
        outline = load_assignment(course, key[1]).outline
        uploads.place_upload(uploads.read_upload(key, found[key].files, outline), course)
    shutil.move(course / "submitted", folder)
    return folder


def run_child(what, inbox, course):
    """Grade in a separate process.

    Parameters
    ----------
    what : str
        ``"ours"`` or ``"stock"``.
    inbox, course : pathlib.Path

    Returns
    -------
    seconds : float
        Wall time.
    report : dict
        What :func:`report_stages` printed, and ``cpu``, the processor time in seconds.
    """
    adopt_orphans()
    began, before = time.monotonic(), measure_cpu()
    command = [sys.executable, "-m", "tools.bench_grading", what, str(inbox), str(course)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    seconds = time.monotonic() - began
    if run.returncode:
        raise RuntimeError(f"{what} failed:\n{run.stdout[-2000:]}{run.stderr[-4000:]}")
    return seconds, json.loads(run.stdout.splitlines()[-1]) | {"cpu": measure_cpu() - before}


def adopt_orphans():
    """Become the parent of processes whose parent was killed, as a sandbox's is; else their time is not counted."""
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def measure_cpu():
    """Return the processor seconds of the processes that have been started and have ended."""
    until = time.monotonic() + 5
    with contextlib.suppress(ChildProcessError):  # raised when none is left of those that were adopted
        while time.monotonic() < until:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.01)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def grade_with_stock(inbox, course):
    """Grade with nbgrader as it comes; print the marks as JSON."""
    from nbgrader.apps import NbGraderAPI

    from autograder.gradebook.config import load_config

    for folder in sorted(inbox.glob("*/*")):
        shutil.copytree(folder, course / "submitted" / folder.parent.name / folder.name)
    for folder in (course / "source").iterdir():
        (folder / "cs231n_lib" / "__init__.py").write_text(SHIM)
    config = load_config(course)
    for name in ("sanitize_preprocessors", "autograde_preprocessors"):
        del config.Autograde[name]
    config.NbGraderAPI.log_level = "ERROR"
    nbgrader = NbGraderAPI(config=config)
    for assignment in sorted({f.name for f in inbox.glob("*/*")}):
        outcome = nbgrader.autograde(assignment, "*")
        if not outcome["success"]:
            sys.exit(outcome.get("error") or outcome.get("log"))
    report_stages(course)


def grade_with_ours(inbox, course):
    """Grade with our grader; print the marks, and where the time went, as JSON."""
    began = time.monotonic()
    clock = StageClock()
    with clock("imports"):
        from autograder import grade
        from autograder.gradebook import writer
        from autograder.runners import results, schedule
    clock.around(grade.canary, "prove", "sandbox proved")
    clock.around(grade, "prepare_course", "release checked")
    clock.around(grade.GradingRun, "admit_upload", "intake")
    clock.around(results.Results, "put", "results kept")
    clock.around(writer.Writer, "write", "gradebook")
    clock.around(writer.Writer, "commit", "gradebook")
    clock.around(schedule, "wait", "waiting for runners")
    grade.grade_class(inbox, course)
    clock.times["rest"] = time.monotonic() - began - sum(clock.times.values())
    report_stages(course, clock.times)


class StageClock:
    """Adds up the time spent in parts of a run."""

    def __init__(self):
        self.times = {}

    def __call__(self, part):
        self.part, self.began = part, time.monotonic()
        return self

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.times[self.part] = self.times.get(self.part, 0.0) + time.monotonic() - self.began

    def around(self, place, name, part):
        """Time every call of a function."""
        function = getattr(place, name)

        def timed(*args, **kwargs):
            began = time.monotonic()
            try:
                return function(*args, **kwargs)
            finally:
                self.times[part] = self.times.get(part, 0.0) + time.monotonic() - began

        setattr(place, name, timed)


def report_stages(course, times=None):
    """Print one line of JSON: marks by cell, seconds by stage, peak memory in MB, seconds of the runners."""
    from nbgrader.api import Gradebook

    from autograder.gradebook.database import read_database_address

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # of grading; reading all marks takes more
    with Gradebook(read_database_address(course)) as gradebook:
        marks = {f"{s.student_id}/{s.name}/{g.name}": g.auto_score for a in gradebook.assignments
                 for s in a.submissions for n in s.notebooks for g in n.grades if g.cell_type == "code"}
    seconds = [json.loads(f.read_text())["seconds"] for f in (course / "results").glob("*.json")]
    print("\n" + json.dumps({"marks": marks, "times": times or {}, "peak": peak, "runners": sum(seconds)}))


def compare_speed(folder, wanted, full=False):
    """Grade the same submissions with ours, with stock nbgrader, and with ours again.

    Parameters
    ----------
    folder : pathlib.Path
    wanted : sequence of (str, str)
        Student and topic of each submission.
    full : bool
        With full notebooks.

    Returns
    -------
    stock, ours : (float, dict)
        As :func:`run_child` returns it; the seconds of ours are the mean of both runs.
    """
    course = make_course(folder, full)
    inbox = write_uploads(folder / "inbox", course, wanted)
    runs = []
    for number, what in enumerate(("ours", "stock", "ours")):
        runs.append(run_child(what, inbox, shutil.copytree(course, folder / f"{what}{number}")))
    first, theirs, second = runs
    return theirs, ((first[0] + second[0]) / 2, second[1])


def bench_grading(submissions=None):
    """Print the comparison with stock nbgrader; return the exit code. ``submissions`` limits their number."""
    wanted = [(student, topic) for topic in BENCHED_TOPICS for student in STUDENTS][:submissions]
    full = () if submissions else FULL
    with tempfile.TemporaryDirectory() as folder:
        theirs, mine = compare_speed(Path(folder), wanted)
    cells, ratio = len(mine[1]["marks"]), theirs[0] / mine[0]
    print(f"{len(wanted)} submissions, {cells} graded cells, from the uploads to the gradebook\n")
    print("                          seconds   cells/s  per submission  CPU seconds")
    for name, (seconds, found) in (("stock nbgrader autograde", theirs), ("ours, sandbox on", mine)):
        print(f"{name:24} {seconds:8.1f} {cells / seconds:9.1f} {seconds / len(wanted):13.2f} s {found['cpu']:12.1f}")
    print(f"\nratio {ratio:.1f} (target: at least {TARGET:g})")
    same = print_agreement(theirs[1]["marks"], mine[1]["marks"])
    print_shares(mine, len(wanted))
    if full:
        with tempfile.TemporaryDirectory() as folder:
            theirs, mine = compare_speed(Path(folder), full, full=True)
        print(f"\nfull notebooks, {len(full)} submissions: stock {theirs[0]:.1f} s, ours {mine[0]:.1f} s, "
              f"ratio {theirs[0] / mine[0]:.1f}")
    return 0 if ratio >= TARGET and same else 1


def print_agreement(theirs, mine):
    """Print how many cells got the same mark on both sides, and which did not; return whether all did."""
    other = [name for name, mark in mine.items() if abs((theirs.get(name) or 0) - (mark or 0)) > 1e-6]
    print(f"{len(mine) - len(other)} of {len(mine)} cells have the same mark on both sides")
    for name in other:
        print(f"  {name}: {mine[name]}, with stock nbgrader {theirs.get(name)}")
    return not other


def print_shares(mine, count):
    """Print where our time goes, in the main process and in the runners; ``count`` is the number of submissions."""
    found = mine[1]
    total = sum(found["times"].values())
    print("\nwhere the time goes (main process)")
    for part, spent in sorted(found["times"].items(), key=lambda item: -item[1]):
        print(f"  {part:22} {spent:7.2f} s {spent / total:6.1%}")
    start = time_sandbox_start()
    each = found["runners"] / count
    print(f"runners, beside it: {found['runners']:.1f} s, {each:.2f} s for each submission; {start:.2f} s of that to "
          f"start its sandbox ({start / each:.0%}), the rest the tests")


def time_sandbox_start(times=5):
    """Return the seconds that a sandbox with an empty module takes to start: the median."""
    from statistics import median

    from autograder.sandbox.client import SandboxedModule

    found = []
    for _ in range(times):
        began = time.monotonic()
        with SandboxedModule("x = 1\n", "nothing") as student:
            student._ensure_worker()
        found.append(time.monotonic() - began)
    return median(found)


def make_class(folder, course, count, student="dov_half_done", topic="preprocessing"):
    """Write an inbox of cheap submissions; return it.

    Parameters
    ----------
    folder, course : pathlib.Path
    count : int
        Submissions. Each has a different comment, so that no result is found for it in the store.
    student, topic : str
        The submission of the sample class that they are copies of.
    """
    sample = next(write_uploads(folder / "sample", course, [(student, topic)]).glob("*/*"))
    for number in range(count):
        target = folder / "inbox" / f"student{number:05}" / sample.name
        shutil.copytree(sample, target)
        module = target / "cs231n_lib" / f"{topic}.py"
        module.write_text(f"{module.read_text()}\n# {number}\n")
    return folder / "inbox"


def bench_scale(sizes=SIZES):
    """Print what a submission costs in classes of several sizes; return the exit code."""
    print("submissions  seconds  per submission  writer's share  intake  peak memory", flush=True)
    costs, peaks = [], []
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder))
        for count in sizes:
            place = Path(folder) / str(count)
            place.mkdir()
            inbox, mine = make_class(place, course, count), shutil.copytree(course, place / "course")
            seconds, found = run_child("ours", inbox, mine)
            shares = [found["times"].get(part, 0.0) / seconds for part in ("gradebook", "intake")]
            costs.append((seconds - estimate_fixed_costs(found["times"])) / count)
            peaks.append(found["peak"])
            print(f"{count:11} {seconds:8.1f} {1000 * costs[-1]:12.1f} ms {shares[0]:15.1%} {shares[1]:7.1%} "
                  f"{peaks[-1]:9.0f} MB", flush=True)
            shutil.rmtree(place)
    return judge_ratios(sizes, costs, peaks)


def estimate_fixed_costs(times):
    """Return the seconds of a run that do not depend on the number of submissions."""
    return sum(times.get(part, 0.0) for part in ("imports", "sandbox proved", "release checked"))


def judge_ratios(sizes, costs, peaks):
    """Print whether cost per submission and memory stay the same as the class grows; return the exit code.

    Parameters
    ----------
    sizes : sequence of int
        Submissions of each class, the smallest first.
    costs : list of float
        Seconds per submission.
    peaks : list of float
        Peak memory in MB.
    """
    cost, peak = costs[-1] / costs[0], peaks[-1] / peaks[0]
    print(f"\nfrom {sizes[0]} to {sizes[-1]} submissions, the cost of one (without imports and set-up, which any class "
          f"has once) grew by a factor of {cost:.2f}: {'linear' if cost <= LINEAR else 'NOT LINEAR'}")
    print(f"and the peak memory by a factor of {peak:.2f}: {'flat' if peak <= FLAT else 'NOT FLAT'}")
    return 0 if cost <= LINEAR and peak <= FLAT else 1


def run_bench(what="grading", sizes=SIZES, submissions=None):
    """Run one of the benchmarks; return the exit code.

    Parameters
    ----------
    what : {"grading", "scale"}
    sizes : sequence of int
        Submissions of each class of "scale".
    submissions : int, optional
        Only the first so many of "grading".
    """
    return bench_grading(submissions) if what == "grading" else bench_scale(sizes)


def main():
    """Read the command line; ``ours`` and ``stock`` are the child processes of the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_grading", description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=("grading", "scale", "ours", "stock"))
    parser.add_argument("paths", nargs="*", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--sizes", type=lambda text: [int(n) for n in text.split(",")], default=SIZES,
                        help="classes of scale, as in 50,100,200")
    parser.add_argument("--submissions", type=int, help="a short run of grading with the first so many")
    args = parser.parse_args()
    if args.what == "ours":
        return grade_with_ours(*args.paths)
    if args.what == "stock":
        return grade_with_stock(*args.paths)
    return run_bench(args.what, args.sizes, args.submissions)


if __name__ == "__main__":
    sys.exit(main())
