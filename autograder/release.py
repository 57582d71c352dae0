"""Release: from the instructor's sources to what a student gets.

For every assignment nbgrader's source folder is assembled (notebook and stripped module) and nbgrader's own
``generate_assignment`` makes the release. The student workspace is put together from the released notebooks, the
stripped package, the given code and the data, checked for leaks, and zipped.
"""

import hashlib
import json
import shutil
import zipfile

import nbformat
from nbgrader.apps import NbGraderAPI

from autograder import TOPICS, handout, leaks
from autograder.modules import source_of, stub, unmarked
from autograder.nbgrader_config import course_config, database, prepare_database, write_config
from autograder.reference import ROOT

GIVEN = ["requirements.txt", "LICENSE", "cs231n_lib/__init__.py", "cs231n_lib/lab/**/*",
         "datasets/*.npz", "datasets/*.md", "datasets/*.txt"]
WORKSPACE_README = ROOT / "autograder" / "workspace_README.md"
RECORD = ".release.json"
COMPLETE = ".complete"
"""In a course's ``release/``: every assignment is there, and in the gradebook."""


class ReleaseError(Exception):
    """The release cannot be made; the message says why."""


def sources():
    """Return assignment -> topic for every notebook of the course, or say which is missing."""
    missing = [a for a in TOPICS.values() if not (ROOT / "notebooks" / f"{a}.ipynb").exists()]
    if missing:
        raise ReleaseError(f"notebooks/{missing[0]}.ipynb does not exist")
    return {a: topic for topic, a in TOPICS.items()}


def assemble(course):
    """Write nbgrader's source folders; return whether anything in them changed."""
    changed = False
    for assignment, topic in sources().items():
        folder = course / "source" / assignment
        (folder / "cs231n_lib").mkdir(parents=True, exist_ok=True)
        texts = {folder / f"{assignment}.ipynb": (ROOT / "notebooks" / f"{assignment}.ipynb").read_text(),
                 folder / "cs231n_lib" / f"{topic}.py": stub(topic)}
        for path, text in texts.items():
            if not path.exists() or path.read_text() != text:
                (course / "release" / COMPLETE).unlink(missing_ok=True)
                path.write_text(text)
                changed = True
    return changed


def generate(course, force=False):
    """Make nbgrader's release of every assignment whose sources changed.

    Raises
    ------
    ReleaseError
        With nbgrader's own log, if it refuses.
    """
    course.mkdir(parents=True, exist_ok=True)
    write_config(course)
    changed = assemble(course)
    mark = course / "release" / COMPLETE
    done = mark.exists() and all((course / "release" / a / f"{a}.ipynb").exists() for a in sources())
    if done and not changed and not force:
        return
    prepare_database(course)
    mark.unlink(missing_ok=True)  # should we be killed, the release is made again
    api = NbGraderAPI(config=course_config(course))
    for assignment in sources():
        result = api.generate_assignment(assignment, force=True, create=True)
        if not result["success"]:
            raise ReleaseError(f"{assignment}: {result.get('log', '')}{result.get('error', '')}")
    mark.touch()


def workspace_files(course, solved=()):
    """Return path in the workspace -> bytes, for everything a student gets.

    Parameters
    ----------
    course : pathlib.Path
    solved : collection of str
        Topics whose module keeps its solutions.
    """
    try:
        home = handout.home()
    except ValueError as error:
        raise ReleaseError(str(error)) from None
    files = {"README.md": handout.readme(WORKSPACE_README.read_text(encoding="utf-8"), home).encode()}
    files |= handout.BINDER if home else {}
    for pattern in GIVEN:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
                files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    for assignment, topic in sources().items():
        released = (course / "release" / assignment / f"{assignment}.ipynb").read_bytes()
        files[f"{assignment}.ipynb"] = handout.notebook(released, assignment, home)
        files[f"cs231n_lib/{topic}.py"] = (unmarked(source_of(topic)) if topic in solved else stub(topic)).encode()
    return files


def release(course, build, solved=()):
    """Make the whole release.

    Parameters
    ----------
    course, build : pathlib.Path
        The course folder, and the folder that takes ``workspace/`` and ``cs231n-workbook.zip``.
    solved : collection of str
        Topics left solved.

    Returns
    -------
    archive : pathlib.Path

    Raises
    ------
    ReleaseError
        If nbgrader refuses, or if a solution or a hidden test would reach a student.
    """
    generate(course)
    files = workspace_files(course, solved)
    found = leaks.search(files, solved)
    if found:
        raise ReleaseError("the release would leak:\n" + "\n".join(found))
    workspace = build / "workspace"
    shutil.rmtree(workspace, ignore_errors=True)
    for name, data in files.items():
        (workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / name).write_bytes(data)
    return pack(files, build / "cs231n-workbook.zip")


def pack(files, archive):
    """Write a zip whose bytes depend on nothing but its contents."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in sorted(files.items()):
            zipped.writestr(zipfile.ZipInfo(f"cs231n-workbook/{name}", (2020, 1, 1, 0, 0, 0)), data,
                            zipfile.ZIP_DEFLATED)
    return archive


def merge(released, workspace):
    """Bring a released workspace into a student's, never overwriting their work.

    A file that the student has not changed since the last release is replaced; one they have changed stays, and the
    new version is put beside it as ``NAME.new`` if it differs from the last release.

    Returns
    -------
    kept : list of str
        Files that stayed because the student had changed them.
    """
    record = workspace / RECORD
    last = json.loads(record.read_text()) if record.exists() else {}
    now, kept = {}, []
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


def upcoming(course, topics):
    """Return the assignments among ``topics`` whose deadline has not passed (or is not set)."""
    from datetime import UTC, datetime

    from nbgrader.api import Gradebook, MissingEntry

    now, open_ = datetime.now(UTC).replace(tzinfo=None), []
    with Gradebook(database(course)) as gradebook:
        for topic in topics:
            try:
                due = gradebook.find_assignment(TOPICS[topic]).duedate
            except MissingEntry:
                due = None
            if due is None or due > now:
                open_.append(TOPICS[topic])
    return open_


def hidden_cells(course, assignment):
    """Return the notebook of an assignment with the instructor's locked cells, hidden regions included."""
    return nbformat.read(course / "source" / assignment / f"{assignment}.ipynb", as_version=4)
