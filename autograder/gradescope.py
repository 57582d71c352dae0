"""The same grader as a Gradescope autograder: its zip, and what runs in Gradescope's container.

The container holds the grader, one assignment's hidden tests and reference, and a secret of its own, made from the
course's, which never leaves the course. Student code runs in the sandbox inside the container. Where the canary finds
that no sandbox can be had there, ``results.json`` says that nothing could be graded and carries no score: that is not a
zero. A zip built with ``unsafe`` runs student code beside all this, unprotected.

Format: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

import argparse
import hashlib
import hmac
import json
import os
import sys
import zipfile
from pathlib import Path

import nbformat

from autograder import TOPICS, intake, runner, sandbox
from autograder.intake import ASSIGNMENTS
from autograder.preprocessors import job_for, secret
from autograder.reference import ROOT
from autograder.state import write_whole

STUDENT = "student"
TRIES = 2
COULD_NOT = ("This submission could not be graded: a problem of the grader, not of your work. "
             "It has no mark yet, which is not a zero. Please tell your instructor.")
SETUP = """#!/usr/bin/env bash
# Runs once, as root, when Gradescope builds the image.
set -euo pipefail
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq bubblewrap libseccomp2
for python in python3.13 python3.12 python3.11; do
  if apt-get install -y -qq "$python" "$python-venv"; then break; fi
done
"$python" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check -c grader/requirements.lock \\
  -r grader/requirements.txt -r grader/autograder/requirements.txt
"""
RUN = """#!/usr/bin/env bash
# Runs for every submission. The variables are for trying it outside Gradescope.
root="${AUTOGRADER_ROOT:-/autograder}"
cd "$root/source/grader" || exit 1
exec "${PYTHON:-$root/source/venv/bin/python}" -m autograder.gradescope --root "$root"
"""
WHOLE = ["cs231n_lib/__init__.py", "cs231n_lib/lab/**/*.py", "cs231n_lib/lab/*.npz", "datasets/*.npz",
         "requirements.txt", "requirements.lock", "autograder/requirements.txt", "autograder/*.py",
         "autograder/heldout/*.npz", "autograder/hidden_tests/*.py", "autograder/mistakes/*.py"]
TOPICAL = ("autograder/hidden_tests", "autograder/mistakes", "autograder/heldout")


# -- the zip ---------------------------------------------------------------------------------------------------------


def build(course, archive, assignment=None, unsafe=False):
    """Write the zip that Gradescope asks for under "Configure Autograder".

    Parameters
    ----------
    course, archive : path
    assignment : str, optional
        One assignment; nothing of the other topics' solutions and hidden tests is in the zip then. All by default:
        which one a submission is for is read from its files, or from the title on Gradescope.
    unsafe : bool
        Grade without a sandbox.

    Returns
    -------
    archive : pathlib.Path
    """
    from autograder import release  # imports nbgrader's apps, which the container has no use for

    course, archive = Path(course), Path(archive)
    if assignment is not None and assignment not in ASSIGNMENTS:
        raise release.ReleaseError(f"unknown assignment {assignment!r} (known: {', '.join(ASSIGNMENTS)})")
    release.generate(course)
    wanted = [assignment] if assignment else list(ASSIGNMENTS)
    files = grader_files([ASSIGNMENTS[a] for a in wanted]) | course_files(course, wanted)
    settings = {"assignment": assignment, "unsafe": unsafe}
    files |= {"setup.sh": SETUP, "run_autograder": RUN, "settings.json": json.dumps(settings)}
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            info.external_attr = (0o755 if name in ("setup.sh", "run_autograder") else 0o644) << 16
            zipped.writestr(info, data, zipfile.ZIP_DEFLATED)
    return archive


def grader_files(topics):
    """Return name in the zip -> contents of the grader: of the topics' own files only those of ``topics``."""
    from autograder.modules import stub

    files = {}
    for path in sorted({p for pattern in WHOLE for p in ROOT.glob(pattern)}):
        name = path.relative_to(ROOT).as_posix()
        other = next((t for t in TOPICS if t not in topics and path.stem == t), None)
        if "__pycache__" not in path.parts and not (other and name.startswith(TOPICAL)):
            files[f"grader/{name}"] = path.read_bytes()
    for topic in TOPICS:
        path = ROOT / "cs231n_lib" / f"{topic}.py"
        files[f"grader/cs231n_lib/{topic}.py"] = path.read_text() if topic in topics else stub(topic)
    return files


def course_files(course, assignments):
    """Return name in the zip -> contents of what grading needs of the course: two notebooks each, and a secret."""
    files = {"course/secret": derived_secret(course)}
    for assignment in assignments:
        for folder in ("source", "release"):
            name = f"{folder}/{assignment}/{assignment}.ipynb"
            files[f"course/{name}"] = (course / name).read_bytes()
    return files


def derived_secret(course):
    """Return Gradescope's secret: whoever reads it there learns nothing of the inputs used at home."""
    return hmac.digest(bytes.fromhex(secret(course)), b"gradescope", hashlib.sha256).hex()


# -- in the container ------------------------------------------------------------------------------------------------


def grade(root):
    """Grade the submission in a container.

    Parameters
    ----------
    root : pathlib.Path
        ``/autograder``: with ``source``, ``submission`` and ``submission_metadata.json`` in it.

    Returns
    -------
    results : dict
        As Gradescope reads it.
    """
    settings = json.loads((root / "source" / "settings.json").read_text())
    about = metadata(root / "submission_metadata.json")
    assignment = settings["assignment"] or which(root / "submission", about)
    if assignment is None:
        return {"score": 0.0, "output": "There is no notebook and no module of an assignment in this submission, or of "
                "more than one: hand in NN_topic.ipynb and cs231n_lib/topic.py.", "stdout_visibility": "hidden"}
    if not settings["unsafe"]:
        sandbox.prove()
    course = root / "source" / "course"
    upload = read_upload(root / "submission", assignment)
    result = attempt(job_of(upload, course), settings["unsafe"])
    return of_result(result, upload, written(course, assignment)) | {
        "extra_data": {"status": result["status"], "assignment": assignment, "submission": about.get("id"),
                       "time": about.get("created_at"), "sandbox": not settings["unsafe"]}}


def metadata(path):
    """Return what Gradescope says about the submission; nothing if it says nothing readable."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def which(folder, about):
    """Return the assignment that a submission is for: by its files, else by the title on Gradescope."""
    names = {name for _, _, files in os.walk(folder) for name in files}
    found = [a for a, topic in ASSIGNMENTS.items() if names & {f"{a}.ipynb", f"{topic}.py"}]
    title = str((about.get("assignment") or {}).get("title", ""))
    named = [a for a in found if a in title] if len(found) > 1 else found
    return named[0] if len(named) == 1 else None


def read_upload(folder, assignment):
    """Read the submission as :mod:`autograder.intake` reads any other: nothing followed, nothing executed."""
    upload = intake.Upload(STUDENT, assignment)
    for path, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            file = Path(path, name)
            parts = file.relative_to(folder).parts
            parts = parts[1:] if len(parts) > 1 and parts[0] == assignment else parts
            intake.admit(upload, "/".join(parts), intake.regular(file))
    return upload


def job_of(upload, course):
    """Place the submission and describe its job to the runner."""
    intake.place(upload, course)
    assignment = upload.assignment
    folder = course / "submitted" / upload.student / assignment
    placed = nbformat.read(folder / f"{assignment}.ipynb", as_version=4)
    notebook = nbformat.read(course / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    return job_for(course, assignment, intake.rebuild(notebook, intake.sources_by_id(placed.cells)), folder)


def attempt(job, unsafe):
    """Run the job; what fails on our side is tried again."""
    for left in reversed(range(TRIES)):
        try:
            return runner.run(job, unsafe)
        except (runner.InfraError, OSError):
            if not left:
                raise


def written(course, assignment):
    """Return grade_id -> points of the answers that a person grades."""
    from autograder import cells

    book = nbformat.read(course / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    return {cells.grade_id(c): float(c.metadata.nbgrader["points"]) for c in book.cells if cells.is_written(c)}


# -- results.json ----------------------------------------------------------------------------------------------------

SAYS = {"graded": "", "missing": "Nothing was handed in.",
        "manual-pending": "So far: written answers are still to be read.",
        "timeout": "A function ran out of time.", "memory": "A function ran out of memory.",
        "crashed": "The module could not be run.", "infra-error": "Not graded yet: a problem of the grader."}
"""Status -> what a student reads. (The remark on a submission may quote text of the student's own making: an error
message that carries a hidden input out. It is for the instructor.)"""


def of_result(result, upload, open_answers):
    """Return the results of a job that the runner ran."""
    tests = [t for number, (name, cell) in enumerate(result["cells"].items(), 1)
             for t in entries(number, name, cell["outcomes"])]
    count = len(result["cells"])
    tests += [entry(f"{count + i}", f"{name}: written answer", hint=f"A person reads this answer ({points:g} points).")
              for i, (name, points) in enumerate(open_answers.items(), 1)]
    score = sum(cell["score"] for cell in result["cells"].values())
    return whole(score, tests, [SAYS[result["status"]], *upload.remarks], result["seconds"])


def of_record(record):
    """Return the results of a submission that the course has graded; without a score after an infra-error.

    Parameters
    ----------
    record : autograder.records.Record
    """
    extra = {"extra_data": {"status": record.status, "assignment": record.assignment, "student": record.student}}
    if record.status == "infra-error":
        return could_not() | extra
    tests = []
    for number, mark in enumerate(record.marks, 1):
        if mark.kind == "written":
            points = {} if mark.needs_manual else {"score": mark.score, "max_score": mark.max_score}
            hint = mark.comment or "A person reads this answer." * mark.needs_manual
            tests.append(entry(str(number), f"{mark.grade_id}: written answer", hint=hint, **points))
        else:
            tests += entries(number, mark.grade_id, mark.outcomes)
            change = mark.score - sum(o["score"] for o in mark.outcomes)
            if abs(change) > 1e-6:
                tests.append(entry(str(number), f"{question(mark.grade_id)}: changed by a person", score=change,
                                   hint=mark.comment))
    late = [f"Late: {record.late_penalty:g} points off."] * bool(record.late_penalty)
    return whole(record.score, tests, [*late, SAYS[record.status]], record.seconds) | extra


def entries(number, grade_id, outcomes):
    """Return the tests of one graded cell: one per aspect, with the hint that a student may read and nothing else."""
    return [entry(f"{number}.{i}", f"{question(grade_id)}: {o['aspect']}", o["hint"], score=o["score"],
                  max_score=o["max_score"], status="passed" if o["score"] >= o["max_score"] else "failed")
            for i, o in enumerate(outcomes, 1)]


def entry(number, name, hint="", **points):
    """Return one test of results.json."""
    rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in points.items()}
    return {"number": number, "name": name, "output": hint, "output_format": "text", "visibility": "visible", **rounded}


def question(grade_id):
    """Return the name of a cell as a student knows it."""
    return grade_id.removesuffix("-test").replace("-", "_")


def whole(score, tests, remarks, seconds):
    """Return results.json around the tests."""
    return {"score": round(score, 4), "execution_time": round(seconds), "output": "\n".join(filter(None, remarks)),
            "output_format": "text", "visibility": "visible", "stdout_visibility": "hidden", "tests": tests}


def could_not():
    """Return the results of a grading that failed on our side: no score, and no test that could be taken for one."""
    return {"output": COULD_NOT, "output_format": "text", "visibility": "visible", "stdout_visibility": "hidden",
            "extra_data": {"status": "infra-error"}}


def main(arguments=None):
    """Grade what is in the container; what went wrong is printed, where only the instructor sees it."""
    parser = argparse.ArgumentParser(prog="python -m autograder.gradescope", description=main.__doc__)
    parser.add_argument("--root", type=Path, default=Path("/autograder"))
    root = parser.parse_args(arguments).root
    try:
        results = grade(root)
    except Exception as error:  # whatever it is, it is ours, and the student must not get a zero for it
        print(f"{type(error).__name__}: {error}")
        results = could_not()
    write_whole(root / "results" / "results.json", json.dumps(results, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
