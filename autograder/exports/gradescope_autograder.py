"""The same grader as a Gradescope autograder: its zip, and what runs in Gradescope's container.

The container holds the grader, one assignment's hidden tests and reference, and a secret that is derived from the
course's (which never leaves the course). Student code runs in the sandbox inside the container. If the canary finds
that the sandbox does not work there, ``results.json`` says that nothing could be graded and has no score, which is not
a zero. A zip built with ``unsafe`` runs student code without the sandbox, so that it can read and change all of this.

Format: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

import argparse
import contextlib
import hashlib
import hmac
import json
import sys
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder import errors
from autograder.course import submission_state
from autograder.course.assignment import load_assignment
from autograder.course.files import write_atomically
from autograder.course.settings import CourseSettings, load_settings
from autograder.course.solution_regions import make_stub
from autograder.course.topics import list_assignments, list_topics, topic_of
from autograder.exports import gradescope_results
from autograder.exports.gradescope_results import GradescopeResults
from autograder.gradebook.records import list_graded_cells
from autograder.inbox import reading, uploads
from autograder.inbox.assignment_names import name_assignment
from autograder.inbox.reading import Reading
from autograder.inbox.remarks import limit_remarks
from autograder.rooms import ROOT, find_file, list_room
from autograder.runners import runner
from autograder.runners.grader_hash import list_grader_files
from autograder.runners.jobs import check_questions, load_secret, make_job
from autograder.sandbox import canary

STUDENT = "student"
TRIES = 2
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
venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \\
  -r grader/autograder/requirements.lock
(cd grader && ../venv/bin/python -m autograder.sandbox.image)
"""
RUN = """#!/usr/bin/env bash
# Runs for every submission. The variables are for trying it outside Gradescope.
root="${AUTOGRADER_ROOT:-/autograder}"
cd "$root/source/grader" || exit 1
exec "${PYTHON:-$root/source/venv/bin/python}" -m autograder.exports.gradescope_autograder --root "$root"
"""
WINGS = ("course", "inbox", "sandbox", "hidden_tests", "mistakes", "runners", "gradebook", "reports", "exports")
"""Folders of the grader that the container needs; the others (verify, tools) are not in the zip."""
GIVEN = ("cs231n_lib/__init__.py", "autograder/requirements.lock")
"""What the container needs beside the wings and what marks depend on (:mod:`autograder.runners.grader_hash`)."""


# -- the zip ---------------------------------------------------------------------------------------------------------


def build_archive(course: Path | str, archive: Path | str, assignment: str | None = None,
                  unsafe: bool = False) -> Path:
    """Write the zip that Gradescope asks for under "Configure Autograder".

    Parameters
    ----------
    course : path
    archive : path
        The zip file to write.
    assignment : str, optional
        One assignment; the zip then has no solutions and hidden tests of other topics. All by default: the assignment
        of a submission is then recognised by its files, or by the title on Gradescope.
    unsafe : bool
        Grade without a sandbox.

    Returns
    -------
    archive : pathlib.Path
    """
    from autograder.release import release  # not in the zip, and this file runs in the container, too

    course, archive = Path(course), Path(archive)
    if assignment is not None and assignment not in list_assignments():
        raise errors.ReleaseError(f"unknown assignment {assignment!r} (known: {', '.join(list_assignments())})")
    release.generate_release(course)
    wanted = [assignment] if assignment else list(release.list_sources(course))
    for name in wanted:
        check_questions(course, name)
    files = list_archive_files([topic_of(a) for a in wanted]) | list_course_files(course, wanted)
    settings = {"assignment": assignment, "unsafe": unsafe, "points": dict(load_settings(course).points)}
    files |= {"setup.sh": SETUP, "run_autograder": RUN, "settings.json": json.dumps(settings)}
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            info.external_attr = (0o755 if name in ("setup.sh", "run_autograder") else 0o644) << 16
            zipped.writestr(info, data, zipfile.ZIP_DEFLATED)
    return archive


def list_archive_files(topics: Collection[str]) -> dict[str, bytes | str]:
    """Return name in the zip -> contents of the grader's files, without the files of topics that are not given."""
    others = set(list_topics()) - set(topics)
    found = {name: ROOT / name for name in GIVEN}
    found |= {f"autograder/{path.name}": path for path in (ROOT / "autograder").glob("*.py")}
    for topic in topics:
        found |= list_grader_files(topic)
    for wing in WINGS:
        room = list_room(f"autograder/{wing}")
        found |= {place: file for place, file in room.items() if Path(place).stem not in others}
    files: dict[str, bytes | str] = {f"grader/{place}": file.read_bytes() for place, file in sorted(found.items())}
    for topic, assignment in list_topics().items():
        solved = find_file(f"cs231n_lib/{topic}.py").read_text()
        files[f"grader/cs231n_lib/{topic}.py"] = solved if topic in topics else make_stub(topic)
        files[f"grader/notebooks/{assignment}.ipynb"] = ""  # topics are found by the names of their notebooks
    return files


def list_course_files(course: Path, assignments: Iterable[str]) -> dict[str, bytes | str]:
    """Return name in the zip -> contents of what grading needs of the course: two notebooks each, and a secret."""
    files: dict[str, bytes | str] = {"course/secret": derive_secret(course)}
    for assignment in assignments:
        for folder in ("source", "release"):
            name = f"{folder}/{assignment}/{assignment}.ipynb"
            files[f"course/{name}"] = (course / name).read_bytes()
    return files


def derive_secret(course: Path) -> str:
    """Return the secret for Gradescope: whoever reads it there learns nothing about the inputs used at home."""
    return hmac.digest(bytes.fromhex(load_secret(course)), b"gradescope", hashlib.sha256).hex()


# -- in the container ------------------------------------------------------------------------------------------------


def grade_submission(root: Path) -> GradescopeResults:
    """Grade the submission in a container; return the contents of ``results.json``.

    Parameters
    ----------
    root : pathlib.Path
        ``/autograder``, with ``source``, ``submission`` and ``submission_metadata.json`` in it.
    """
    settings = json.loads((root / "source" / "settings.json").read_text())
    about = read_metadata(root / "submission_metadata.json")
    course, wanted = root / "source" / "course", settings["assignment"] or ""
    found = reading.read_folder(root / "submission", STUDENT, wanted, lambda: course)
    key = choose_submission(found, about)
    if key is None:
        return make_unknown(found)
    if not settings["unsafe"]:
        canary.prove(course)
    assignment = key[1]
    upload = uploads.read_submission(key, found.submissions[key], load_assignment(course, assignment).outline)
    upload.remarks = limit_remarks([*upload.remarks, *found.rejected])
    result = run_with_retries(make_job_of_upload(upload, course), settings["unsafe"])
    graded = list_graded_cells(course, assignment)
    written = {grade_id: points for grade_id, kind, points in graded if kind == "written"}
    status = submission_state.name_status(result["status"], upload.doubts, bool(written))
    results = gradescope_results.make_results_of_job(result, upload, written, status)
    shown = CourseSettings(points=settings.get("points", {}))
    if assignment in shown.points:
        counted = shown.convert_points(assignment, results["score"], sum(points for _, _, points in graded))
        results = gradescope_results.count_in_course(results, *counted)
    results["extra_data"] = {
        "status": status,
        "assignment": assignment,
        "submission": about.get("id"),
        "time": about.get("created_at"),
        "sandbox": not settings["unsafe"],
    }
    return results


def choose_submission(found: Reading, about: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return (student, assignment) of what a folder was handed in for; None if nobody can say.

    Parameters
    ----------
    found : Reading
    about : dict
        Gradescope's metadata; where there is work for several assignments, the title there says which one is meant.
    """
    title = str((about.get("assignment") or {}).get("title", ""))
    named = [key for key in found.submissions if key[1] == name_assignment(title)]
    keys = named or list(found.submissions)
    return keys[0] if len(keys) == 1 else None


def make_unknown(found: Reading) -> GradescopeResults:
    """Return the results of a submission of which nobody can say what it is for."""
    several = ", ".join(assignment for _, assignment in found.submissions)
    what = f"There is work for several assignments ({several})" if several else (
        "There is no notebook and no module of an assignment")
    lines = [f"{what} in this submission: hand in NN_topic.ipynb and cs231n_lib/topic.py of one.", *found.rejected]
    return {"score": 0.0, "output": "\n".join(limit_remarks(lines)), "stdout_visibility": "hidden"}


def read_metadata(path: Path) -> dict[str, Any]:
    """Return Gradescope's metadata of the submission; an empty dict if they cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def make_job_of_upload(upload: uploads.Upload, course: Path) -> runner.Job:
    """Return the job that grades the submission."""
    written = load_assignment(course, upload.assignment).select_written(upload.sources or {})
    return make_job(course, upload.assignment, written, upload.module)


def run_with_retries(job: runner.Job, unsafe: bool) -> runner.Result:
    """Run the job, and run it again if it fails on our side, :data:`TRIES` times in all."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(errors.InfraError, OSError):
            return runner.run_job(job, unsafe)
    return runner.run_job(job, unsafe)


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade the submission in the container; errors are printed where only the instructor sees them."""
    parser = argparse.ArgumentParser(
        prog="python -m autograder.exports.gradescope_autograder", description=main.__doc__
    )
    parser.add_argument("--root", type=Path, default=Path("/autograder"))
    root = parser.parse_args(arguments).root
    try:
        results = grade_submission(root)
    except Exception as error:  # any error here is the grader's, and the student must not get a zero for it
        print(f"{type(error).__name__}: {error}")
        results = gradescope_results.make_failure()
    write_atomically(root / "results" / "results.json", json.dumps(results, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
