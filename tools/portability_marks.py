"""Marks that must be the same on every machine: those of students of the sample class who hand in every assignment.

``write_jobs`` describes the submissions once; ``python -m tools.portability_marks --jobs FILE`` grades them, each in
the sandbox, and compares the marks with ``tools/sample_class/expected.csv``. The first student has the reference: these
are the notebooks' graded cells with it. Submissions that wait for a limit, or did not arrive whole, are left out.
"""

import argparse
import csv
import json
import sys
import tempfile
from pathlib import Path

from autograder.course.topics import list_topics
from autograder.release import release
from autograder.runners import runner
from autograder.runners.jobs import make_job
from autograder.verify.student_work import make_solved_notebook
from tools import sample_submissions

STUDENTS = sample_submissions.STYLES | {"gus_one_mistake_each": sample_submissions.make_mistaken_module}
FAST = ("ada_full_marks", "gus_one_mistake_each")


def write_jobs(path: Path, fast: bool = False) -> None:
    """Write the jobs of the students of :data:`STUDENTS`, or of :data:`FAST`."""
    jobs = []
    with tempfile.TemporaryDirectory() as temporary:
        course = Path(temporary) / "course"
        release.generate_release(course)
        for student in FAST if fast else STUDENTS:
            for topic, assignment in list_topics().items():
                book = make_solved_notebook(course, assignment, whole=student.startswith("ada"))
                written = {c.metadata.nbgrader["grade_id"]: c.source for c in book.cells if "nbgrader" in c.metadata}
                jobs.append([student, assignment, make_job(course, assignment, written, STUDENTS[student](topic))])
    path.write_text(json.dumps(jobs))


def read_expected() -> dict:
    """Return (student, assignment) -> grade_id -> mark, as the table has it."""
    expected: dict = {}
    with open(sample_submissions.EXPECTED_MARKS, newline="") as file:
        for student, assignment, grade_id, score, _ in list(csv.reader(file))[1:]:
            expected.setdefault((student, assignment), {})[grade_id] = score
    return expected


def compare_marks(result: runner.Result, expected: dict) -> list[str]:
    """Return what is not as expected in the marks of one submission."""
    if result["status"] != "graded":
        return [f"{result['status']} {result['problem']}".strip()]
    return [f"{grade_id}: {mark}, expected {expected.get(grade_id)}"
            for grade_id, cell in result["cells"].items()
            if (mark := f"{round(cell['score'], 4):g}") != expected.get(grade_id)]


def main(arguments=None) -> int:
    """Grade the jobs of a file and name the marks that are not as expected."""
    parser = argparse.ArgumentParser(prog="python -m tools.portability_marks", description=main.__doc__)
    parser.add_argument("--jobs", type=Path, required=True, metavar="FILE", help="as write_jobs wrote it")
    parser.add_argument("--fast", action="store_true", help="only the students of the fast part")
    args = parser.parse_args(arguments)
    expected, differences = read_expected(), 0
    for student, assignment, job in json.loads(args.jobs.read_text()):
        if args.fast and student not in FAST:
            continue
        for difference in compare_marks(runner.run_job(job), expected[student, assignment]):
            print(f"DIFFERS {student} {assignment} {difference}", flush=True)
            differences += 1
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
