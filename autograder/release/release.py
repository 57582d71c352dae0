"""Release: from the instructor's sources to what a student gets.

For every assignment nbgrader's source folder is assembled (notebook and stripped module) and nbgrader's own
``generate_assignment`` makes the release. The student workspace is put together from the released notebooks, the
stripped package, the given code and the data, checked for leaks, and zipped.
"""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI

from autograder.course.files import make_private_folder
from autograder.course.solution_regions import make_stub, remove_markers
from autograder.course.topics import assignment_of, list_topics
from autograder.errors import ReleaseError
from autograder.gradebook.config import load_config, write_config
from autograder.gradebook.database import ensure_course_row, read_database_address
from autograder.reference import ROOT, read_module_source
from autograder.release import leak_check, student_notebooks

GIVEN = ["requirements.txt", "constraints.txt", "LICENSE", "cs231n_lib/__init__.py", "cs231n_lib/lab/**/*",
         "datasets/*.npz", "datasets/*.md", "datasets/*.txt"]
WORKSPACE_README = Path(__file__).with_name("workspace_README.md")
HASHES_FILE = ".release.json"
COMPLETE_FILE = ".complete"
"""In a course's ``release/``: every assignment is there, and in the gradebook."""


def list_sources() -> dict[str, str]:
    """Return assignment -> topic for every notebook of the course; a ReleaseError names one that is missing."""
    missing = [a for a in list_topics().values() if not (ROOT / "notebooks" / f"{a}.ipynb").exists()]
    if missing:
        raise ReleaseError(f"notebooks/{missing[0]}.ipynb does not exist")
    return {a: topic for topic, a in list_topics().items()}


def assemble_sources(course: Path) -> bool:
    """Write nbgrader's source folders; return whether anything in them changed."""
    changed = False
    make_private_folder(course / "source")  # solutions and hidden tests
    for assignment, topic in list_sources().items():
        folder = course / "source" / assignment
        (folder / "cs231n_lib").mkdir(parents=True, exist_ok=True)
        texts = {folder / f"{assignment}.ipynb": (ROOT / "notebooks" / f"{assignment}.ipynb").read_text(),
                 folder / "cs231n_lib" / f"{topic}.py": make_stub(topic)}
        for path, text in texts.items():
            if not path.exists() or path.read_text() != text:
                (course / "release" / COMPLETE_FILE).unlink(missing_ok=True)
                path.write_text(text)
                changed = True
    return changed


def generate_release(course: Path, force: bool = False) -> None:
    """Make nbgrader's release of every assignment, if the sources changed or ``force`` asks for it.

    Raises
    ------
    ReleaseError
        With nbgrader's own log, if it refuses.
    """
    course.mkdir(parents=True, exist_ok=True)
    write_config(course)
    changed = assemble_sources(course)
    mark = course / "release" / COMPLETE_FILE
    done = mark.exists() and all((course / "release" / a / f"{a}.ipynb").exists() for a in list_sources())
    if done and not changed and not force:
        return
    ensure_course_row(course)
    mark.unlink(missing_ok=True)  # if we are killed, the release is made again
    api = NbGraderAPI(config=load_config(course))
    for assignment in list_sources():
        result = api.generate_assignment(assignment, force=True, create=True)
        if not result["success"]:
            raise ReleaseError(f"{assignment}: {result.get('log', '')}{result.get('error', '')}")
    mark.touch()


def list_workspace_files(course: Path, solved: Collection[str] = ()) -> dict[str, bytes]:
    """Return path in the workspace -> bytes, for everything a student gets.

    Parameters
    ----------
    course : pathlib.Path
    solved : collection of str
        Topics whose module keeps its solutions.
    """
    try:
        home = student_notebooks.read_repository()
    except ValueError as error:
        raise ReleaseError(str(error)) from None
    files = {"README.md": student_notebooks.make_readme(WORKSPACE_README.read_text(encoding="utf-8"), home).encode()}
    if home:
        files |= student_notebooks.BINDER
    for pattern in GIVEN:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
                files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    for assignment, topic in list_sources().items():
        released = (course / "release" / assignment / f"{assignment}.ipynb").read_bytes()
        files[f"{assignment}.ipynb"] = student_notebooks.make_student_notebook(released, assignment, home)
        files[f"cs231n_lib/{topic}.py"] = (
            remove_markers(read_module_source(topic)) if topic in solved else make_stub(topic)
        ).encode()
    return files


def make_release(course: Path, build: Path, solved: Collection[str] = ()) -> Path:
    """Make the whole release.

    Parameters
    ----------
    course, build : pathlib.Path
        The course folder, and the folder that takes ``workspace/`` and ``cs231n-workbook.zip``.
    solved : collection of str
        Topics whose module keeps its solutions.

    Returns
    -------
    archive : pathlib.Path

    Raises
    ------
    ReleaseError
        If nbgrader refuses, or if a solution or a hidden test would reach a student.
    """
    generate_release(course)
    files = list_workspace_files(course, solved)
    leaks = leak_check.find_leaks(files, solved)
    if leaks:
        raise ReleaseError("the release would leak:\n" + "\n".join(leaks))
    workspace = build / "workspace"
    shutil.rmtree(workspace, ignore_errors=True)
    for name, data in files.items():
        (workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / name).write_bytes(data)
    return write_zip(files, build / "cs231n-workbook.zip")


def write_zip(files: Mapping[str, bytes], archive: Path) -> Path:
    """Write a zip whose bytes depend only on its contents."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in sorted(files.items()):
            zipped.writestr(zipfile.ZipInfo(f"cs231n-workbook/{name}", (2020, 1, 1, 0, 0, 0)), data,
                            zipfile.ZIP_DEFLATED)
    return archive


def merge_workspace(released: Path, workspace: Path) -> list[str]:
    """Copy a released workspace into a student's, never overwriting their work.

    A file that the student has not changed since the last release is replaced. One that they have changed is kept, and
    the new version is put next to it as ``NAME.new`` if it differs from the last release.

    Returns
    -------
    kept : list of str
        Files that the student had changed.
    """
    record = workspace / HASHES_FILE
    last = json.loads(record.read_text()) if record.exists() else {}
    now: dict[str, str] = {}
    kept = []
    for path in sorted(p for p in released.rglob("*") if p.is_file()):
        name, data = str(path.relative_to(released)), path.read_bytes()
        target, now[name] = workspace / name, hashlib.sha256(data).hexdigest()
        theirs = hashlib.sha256(target.read_bytes()).hexdigest() if target.exists() else None
        if theirs in (None, last.get(name), now[name]):
            target.parent.mkdir(parents=True, exist_ok=True)
            if theirs != now[name]:
                target.write_bytes(data)
        else:
            kept.append(name)
            if now[name] != last.get(name):
                target.with_name(target.name + ".new").write_bytes(data)
    record.write_text(json.dumps(now, indent=1))
    return kept


def list_not_yet_due(course: Path, topics: Iterable[str]) -> list[str]:
    """Return the assignments of ``topics`` whose due date has not passed or is not set."""
    now, open_ = datetime.now(UTC).replace(tzinfo=None), []
    with Gradebook(read_database_address(course)) as gradebook:
        for topic in topics:
            try:
                due = gradebook.find_assignment(assignment_of(topic)).duedate
            except MissingEntry:
                due = None
            if due is None or due > now:
                open_.append(assignment_of(topic))
    return open_
