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
from autograder.course.assignment import load_assignment
from autograder.course.files import write_atomically
from autograder.course.solution_regions import make_stub
from autograder.course.topics import list_assignments, list_topics, topic_of
from autograder.exports import gradescope_results
from autograder.exports.gradescope_results import GradescopeResults
from autograder.gradebook.records import list_graded_cells
from autograder.inbox import archives, uploads
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
    wanted = [assignment] if assignment else list(list_assignments())
    for name in wanted:
        check_questions(course, name)
    files = list_archive_files([topic_of(a) for a in wanted]) | list_course_files(course, wanted)
    settings = {"assignment": assignment, "unsafe": unsafe}
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
    course = root / "source" / "course"
    assignment = settings["assignment"] or find_assignment(root / "submission", about, course)
    if assignment is None:
        return {"score": 0.0, "output": "There is no notebook and no module of an assignment in this submission, or of "
                "more than one: hand in NN_topic.ipynb and cs231n_lib/topic.py.", "stdout_visibility": "hidden"}
    if not settings["unsafe"]:
        canary.prove(course)
    upload = read_upload(root / "submission", course, assignment)
    result = run_with_retries(make_job_of_upload(upload, course), settings["unsafe"])
    written = {
        grade_id: points for grade_id, kind, points in list_graded_cells(course, assignment) if kind == "written"
    }
    results = gradescope_results.make_results_of_job(result, upload, written)
    results["extra_data"] = {
        "status": "to-look-at" if upload.doubts and result["status"] == "graded" else result["status"],
        "assignment": assignment,
        "submission": about.get("id"),
        "time": about.get("created_at"),
        "sandbox": not settings["unsafe"],
    }
    return results


def read_metadata(path: Path) -> dict[str, Any]:
    """Return Gradescope's metadata of the submission; an empty dict if they cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def find_assignment(folder: Path, about: Mapping[str, Any], course: Path) -> str | None:
    """Return the assignment that a submission is for: by its files, or the title in Gradescope's metadata; else None.

    Parameters
    ----------
    folder : pathlib.Path
        Of the submission.
    about : dict
        Gradescope's metadata.
    course : pathlib.Path
        Where files are recognised by what is in them, if none has the name of an assignment's.
    """
    names = {file.name for file in archives.list_files(folder, [])}
    found = [a for a, topic in list_assignments().items() if names & {f"{a}.ipynb", f"{topic}.py"}]
    found = found or [a for a in list_assignments() if is_recognised(folder, course, a)]
    title = str((about.get("assignment") or {}).get("title", ""))
    named = [a for a in found if a in title] if len(found) > 1 else found
    return named[0] if len(named) == 1 else None


def is_recognised(folder: Path, course: Path, assignment: str) -> bool:
    """Is there a file in a submission that has an assignment's cells or functions?"""
    upload = read_upload(folder, course, assignment)
    return upload.module is not None or upload.sources is not None


def read_upload(folder: Path, course: Path, assignment: str) -> uploads.Upload:
    """Read the submission by the rules of :mod:`autograder.inbox.uploads`: no link is followed, nothing is executed."""
    files: list[tuple[str, archives.Reader]] = []
    rejected: list[str] = []
    for file in sorted(archives.list_files(folder, rejected)):
        parts = file.relative_to(folder).parts
        parts = parts[1:] if len(parts) > 1 and parts[0] == assignment else parts
        files.append(("/".join(parts), archives.FileReader(file)))
    upload = uploads.read_upload((STUDENT, assignment), files, load_assignment(course, assignment).outline)
    upload.remarks += rejected
    return upload


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
