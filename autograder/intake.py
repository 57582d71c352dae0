"""Intake: turn what students uploaded into what nbgrader may see.

Uploads stay where they are; they are read, never executed and never followed. For each assignment the manifest names
two files, ``NN_topic.ipynb`` and ``cs231n_lib/topic.py``; regular UTF-8 files of these names are admitted, up to a
size, and nothing else. What goes into the course's ``submitted/`` is always a valid notebook: the instructor's released
one, with only the source of solution cells taken over from the student's.
"""

import json
import os
import re
import stat
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder import TOPICS, cells

MAX_MODULE = 256 * 1024
MAX_NOTEBOOK = 16 * 2**20
MAX_CELL = 100_000
STUDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
ASSIGNMENTS = {assignment: topic for topic, assignment in TOPICS.items()}


@dataclass
class Upload:
    """The admitted files of one student for one assignment.

    Attributes
    ----------
    module : str or None
        Text of ``cs231n_lib/topic.py``.
    sources : dict or None
        grade_id -> source of the notebook's cells; None if there is no readable notebook.
    remarks : list of str
        What was not admitted and why, for the instructor and the student.
    """

    student: str
    assignment: str
    module: str | None = None
    sources: dict | None = None
    remarks: list = field(default_factory=list)


def collect(submissions):
    """Read all uploads below a folder, or in a zip.

    Accepted layouts: ``<student>/<assignment>/...``, ``<student>/<assignment>.zip``, ``<student>.zip``, and an LMS's
    flat ``<student>_..._<assignment>.zip``; a zip holds the same names as the folder would.

    Parameters
    ----------
    submissions : path
        A folder, or one zip with the students' folders in it.

    Returns
    -------
    uploads : list of Upload
        Sorted by student and assignment.
    rejected : list of str
        Names that stand for no student or assignment, each with the reason.
    """
    uploads, rejected = {}, []
    for parts, read in sorted(walk(Path(submissions), rejected), key=lambda item: item[0]):
        student, assignment, *name = parts
        if not STUDENT_ID.fullmatch(student):
            rejected.append(f"{printable('/'.join(parts[:2]))}: not a student's name")
        elif assignment not in ASSIGNMENTS:
            rejected.append(f"{student}/{printable(assignment)}: unknown assignment (known: {', '.join(ASSIGNMENTS)})")
        else:
            upload = uploads.setdefault((student, assignment), Upload(student, assignment))
            if name:
                admit(upload, "/".join(name), read)
    return list(uploads.values()), sorted(set(rejected))


def walk(root, rejected):
    """Yield ((student, assignment, *path), read) for every file; a folder without files yields itself once."""
    if root.suffix == ".zip":
        yield from members(root, (), rejected)
        return
    for entry in sorted(os.scandir(root), key=lambda e: e.name):
        if entry.name.startswith(".") or entry.is_file(follow_symlinks=False) and not entry.name.endswith(".zip"):
            continue
        if entry.name.endswith(".zip") and entry.is_file(follow_symlinks=False):
            yield from members(Path(entry.path), lms_name(entry.name), rejected)
        elif entry.is_dir(follow_symlinks=False):
            yield from student_folder(Path(entry.path), rejected)
        else:
            rejected.append(f"{printable(entry.name)}: neither a folder nor a zip")


def lms_name(name):
    """Read student and assignment from a zip's own name: ``ada.zip``, or ``ada_12_345_01_activations.zip``."""
    stem = name.removesuffix(".zip")
    for assignment in ASSIGNMENTS:
        if stem.endswith(assignment) and stem != assignment:
            return (stem.split("_")[0], assignment)
    return (stem,)


def student_folder(folder, rejected):
    """Yield the files of one student's folder."""
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        where = (folder.name, entry.name.removesuffix(".zip"))
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield where, None
            for path, _, files in os.walk(entry.path):
                for name in files:
                    file = Path(path, name)
                    yield (*where, *file.relative_to(entry.path).parts), regular(file)
        elif entry.name.endswith(".zip") and entry.is_file(follow_symlinks=False):
            yield from members(Path(entry.path), where, rejected)
        else:
            rejected.append(f"{printable('/'.join((folder.name, entry.name)))}: not an assignment's folder")


def regular(path):
    """Return a function that reads at most ``limit`` bytes of a regular file: no link, no device, no pipe."""

    def read(limit):
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError("not a regular file")
            return file.read(limit)

    return read


def members(path, prefix, rejected):
    """Yield the members of a zip as :func:`walk` yields files; names are only compared, nothing is extracted."""
    try:
        archive = zipfile.ZipFile(path)
        names = archive.infolist()[:1000]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        rejected.append(f"{printable(path.name)}: not a readable zip ({error})")
        return
    if len(prefix) == 2:
        yield prefix, None
    for info in names:
        parts = [p for p in info.filename.split("/") if p]
        if len(prefix) == 2 and len(parts) > 1 and parts[0] == prefix[1]:
            parts = parts[1:]  # a zip of the folder rather than of what is in it
        full = (*prefix, *parts)
        if not info.is_dir() and len(full) > 2:
            yield full, zipped(archive, info)
        elif not info.is_dir():
            rejected.append(f"{printable(path.name)}: {printable(info.filename)} is in no assignment's folder")


def zipped(archive, info):
    """Return a function that reads at most ``limit`` bytes of a zip's member, whatever its header promises."""

    def read(limit):
        if stat.S_ISLNK(info.external_attr >> 16):
            raise OSError("a symbolic link")
        with archive.open(info) as file:
            return file.read(limit)

    return read


def admit(upload, name, read):
    """Take one file over into the upload, or remark why not."""
    topic = ASSIGNMENTS[upload.assignment]
    if name in (f"cs231n_lib/{topic}.py", f"{topic}.py"):
        text = text_of(upload, name, read, MAX_MODULE)
        upload.module = text if upload.module is None else upload.module
    elif name in (f"{upload.assignment}.ipynb", f"notebooks/{upload.assignment}.ipynb"):
        text = text_of(upload, name, read, MAX_NOTEBOOK)
        upload.sources = cell_sources(upload, text) if text is not None else None
    else:
        upload.remarks.append(f"{printable(name)}: not a file of this assignment, left out")


def text_of(upload, name, read, limit):
    """Read a file as UTF-8 text, or remark why not and return None."""
    try:
        data = read(limit + 1)
    except Exception as error:  # whatever a broken or hostile upload does to the reader
        upload.remarks.append(f"{name}: cannot be read ({printable(str(error))})")
        return None
    if len(data) > limit:
        upload.remarks.append(f"{name}: larger than {limit // 1024} KiB, left out")
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\0", "")
    except UnicodeDecodeError:
        upload.remarks.append(f"{name}: not UTF-8 text, left out")
        return None


def cell_sources(upload, text):
    """Return grade_id -> list of sources of a notebook's cells, or None with a remark if it is not a notebook."""
    try:
        notebook = json.loads(text)
        return sources_by_id(notebook["cells"])
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        upload.remarks.append(f"{upload.assignment}.ipynb: not a notebook (broken JSON?); its answers count as open")
        return None


def sources_by_id(notebook_cells):
    """Return name -> list of the sources of all cells of that name, by nbgrader's grade_id or the cell's own id."""
    found = {}
    for cell in notebook_cells:
        source = cell.get("source", "")
        source = "".join(source) if isinstance(source, list) else source
        name = (cell.get("metadata", {}).get("nbgrader") or {}).get("grade_id") or cell.get("id")
        if isinstance(name, str) and isinstance(source, str) and len(source) <= MAX_CELL:
            found.setdefault(name, []).append(source)
    return found


def rebuild(released, sources):
    """Put a student's solution cells into the released notebook; everything else is the instructor's.

    A cell that was deleted stays as released; of one that was duplicated, the first that was changed counts.

    Parameters
    ----------
    released : NotebookNode
        Changed in place and returned.
    sources : dict
        From :func:`sources_by_id`.
    """
    for cell in released.cells:
        if cells.is_answer(cell) or cells.is_written(cell):
            candidates = sources.get(cells.grade_id(cell), [])
            cell.source = next((s for s in candidates if s != cell.source), cell.source)
    return released


def place(upload, course):
    """Write an upload into the course's ``submitted/``; return whether anything changed there.

    Parameters
    ----------
    upload : Upload
    course : pathlib.Path
    """
    folder = course / "submitted" / upload.student / upload.assignment
    released = nbformat.read(course / "release" / upload.assignment / f"{upload.assignment}.ipynb", as_version=4)
    notebook = nbformat.writes(rebuild(released, upload.sources or {}))
    topic = ASSIGNMENTS[upload.assignment]
    changed = write_if_new(folder / f"{upload.assignment}.ipynb", notebook)
    module = folder / "cs231n_lib" / f"{topic}.py"
    if upload.module is not None:
        return write_if_new(module, upload.module) or changed
    changed |= module.exists()
    module.unlink(missing_ok=True)
    return changed


def write_if_new(path, text):
    """Write a text file, whole or not at all, unless it holds this text already."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
    return True


def printable(text):
    """Return text as one short line without control characters."""
    return "".join(c if c.isprintable() else "?" for c in text)[:200]
