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
from functools import lru_cache
from pathlib import Path

from autograder import TOPICS, cells, forms

MAX_MODULE = 256 * 1024
MAX_NOTEBOOK = 16 * 2**20
MAX_CELL = 20_000
"""Longest cell, in characters. Formgrader's Markdown takes a second for the worst of this length, and quadratically
more for a longer one."""
MAX_ZIP = 32 * 2**20
MAX_MEMBERS = 20_000  # of one student's zip or folder
MAX_DEPTH = 16
MAX_REMARKS = 10
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
    rejected = []
    uploads = [admitted(key, files) for key, files in found(submissions, rejected).items()]
    return uploads, sorted(set(rejected))


def found(submissions, rejected):
    """Return (student, assignment) -> list of (name, read), sorted; nothing is read yet.

    Parameters
    ----------
    submissions : path
        See :func:`collect`.
    rejected : list of str
        Gets the names that stand for no student or assignment.
    """
    groups = {}
    for parts, read in sorted(walk(Path(submissions), rejected), key=lambda item: item[0]):
        student, assignment, *name = parts
        if not STUDENT_ID.fullmatch(student):
            rejected.append(f"{printable('/'.join(parts[:2]))}: not a student's name")
        elif assignment not in ASSIGNMENTS:
            rejected.append(f"{student}/{printable(assignment)}: unknown assignment (known: {', '.join(ASSIGNMENTS)})")
        else:
            groups.setdefault((student, assignment), []).extend([("/".join(name), read)] if name else [])
    return groups


def admitted(key, files):
    """Read the files of one submission, from :func:`found`, as an :class:`Upload`."""
    upload = Upload(*key)
    for name, read in files:
        admit(upload, name, read)
    upload.remarks = few(upload.remarks)
    return upload


def few(lines):
    """Return the first lines, and how many there are beside them: a thousand files are not a thousand remarks."""
    more = len(lines) - MAX_REMARKS
    return [*lines[:MAX_REMARKS], f"and {more} more like these"] if more > 0 else lines


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
    for entry in entries(folder):
        where = (folder.name, entry.name.removesuffix(".zip"))
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield where, None
            for file in files_below(Path(entry.path)):
                yield (*where, *file.relative_to(entry.path).parts), regular(file)
        elif entry.name.endswith(".zip") and entry.is_file(follow_symlinks=False):
            yield from members(Path(entry.path), where, rejected)
        else:
            rejected.append(f"{printable('/'.join((folder.name, entry.name)))}: not an assignment's folder")


def entries(folder):
    """Return what is in a folder, sorted; nothing if it cannot be read."""
    try:
        return sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError:
        return []


def files_below(root):
    """Yield the files below a folder, as many and as deep as a submission can have; links are not followed."""
    waiting, count = [(root, 0)], 0
    while waiting:
        folder, depth = waiting.pop()
        for entry in entries(folder)[:MAX_MEMBERS]:
            if entry.is_dir(follow_symlinks=False):
                waiting += [(Path(entry.path), depth + 1)] * (depth < MAX_DEPTH)
            elif count < MAX_MEMBERS:
                count += 1
                yield Path(entry.path)


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
        if prefix and path.stat().st_size > MAX_ZIP:
            raise OSError(f"larger than {MAX_ZIP // 2**20} MiB")
        with zipfile.ZipFile(path) as archive:
            names = archive.infolist()
    except Exception as error:  # whatever a broken or hostile zip does to the reader
        rejected.append(f"{printable(path.name)}: not a readable zip ({printable(str(error))})")
        return
    if prefix and len(names) > MAX_MEMBERS:
        rejected.append(f"{printable(path.name)}: over {MAX_MEMBERS} files, the rest is left out")
        names = names[:MAX_MEMBERS]
    if len(prefix) == 2:
        yield prefix, None
    strays = []
    for info in names:
        parts = [p for p in info.filename.split("/") if p]
        if len(prefix) == 2 and len(parts) > 1 and parts[0] == prefix[1]:
            parts = parts[1:]  # a zip of the folder rather than of what is in it
        full = (*prefix, *parts)
        is_file = bool(parts) and not info.filename.endswith("/")  # a name may be empty: ``info.is_dir`` breaks on it
        if is_file and len(full) > 2:
            yield full, zipped(path, info)
        elif is_file:
            strays.append(f"{printable(path.name)}: {printable(info.filename)} is in no assignment's folder")
    rejected += few(strays)


PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How a member may be compressed: other ways are unpacked whole, however little of it is asked for."""


@lru_cache(8)
def opened(path, _changed):
    """Return an open zip; only the last few stay open, however many there are."""
    return zipfile.ZipFile(path)


def zipped(path, info):
    """Return a function that reads at most ``limit`` bytes of a zip's member, whatever its header promises."""

    def read(limit):
        if stat.S_ISLNK(info.external_attr >> 16):
            raise OSError("a symbolic link")
        if info.compress_type not in PACKED:
            raise OSError("compressed in an unusual way")
        with opened(path, os.stat(path).st_mtime_ns).open(info) as file:
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
        reason = getattr(error, "strerror", None) or str(error)  # not the whole: it may name our folders
        upload.remarks.append(f"{name}: cannot be read ({printable(reason)})")
        return None
    if len(data) > limit:
        upload.remarks.append(f"{name}: larger than {limit // 1024} KiB, left out")
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    except UnicodeDecodeError:
        upload.remarks.append(f"{name}: not UTF-8 text, left out")
        return None


def cell_sources(upload, text):
    """Return name -> list of sources of a notebook's cells, or None with a remark if it is not a notebook."""
    try:
        notebook_cells = json.loads(text)["cells"]
    except (ValueError, RecursionError, KeyError, TypeError):
        notebook_cells = None
    if not isinstance(notebook_cells, list):
        upload.remarks.append(f"{upload.assignment}.ipynb: not a notebook (broken JSON?); its answers count as open")
        return None
    if too_long := sum(len(source_of(cell) or "") > MAX_CELL for cell in notebook_cells):
        upload.remarks.append(f"{upload.assignment}.ipynb: {too_long} cells over {MAX_CELL} characters, left out")
    return sources_by_id(notebook_cells)


def sources_by_id(notebook_cells):
    """Return name -> list of the sources of all cells of that name, by nbgrader's grade_id or the cell's own id.

    A cell that is not one is passed over: it costs only what it is.
    """
    found = {}
    for cell in notebook_cells:
        source, name = source_of(cell), name_of(cell)
        if source is not None and name is not None and len(source) <= MAX_CELL:
            found.setdefault(name, []).append(source)
    return found


def source_of(cell):
    """Return the source of a cell, or None. Half a character, as JSON may hold, has no file: it becomes ``?``."""
    source = cell.get("source", "") if isinstance(cell, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return source.encode("utf-8", "replace").decode().replace("\0", "") if isinstance(source, str) else None


def name_of(cell):
    """Return the name of a cell, or None."""
    if not isinstance(cell, dict):
        return None
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = (nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None) or cell.get("id")
    return name if isinstance(name, str) else None


def rebuild(released, sources):
    """Put a student's solution cells into the released notebook; everything else is the instructor's.

    Parameters
    ----------
    released : NotebookNode
        Changed in place and returned.
    sources : dict
        From :func:`sources_by_id`.
    """
    for cell in released.cells:
        if cells.is_answer(cell) or cells.is_written(cell):
            cell.source = forms.chosen(sources.get(cells.grade_id(cell), []), cell.source)
    return released


def place(upload, course):
    """Write an upload into the course's ``submitted/``; return whether anything changed there.

    Parameters
    ----------
    upload : Upload
    course : pathlib.Path
    """
    folder = course / "submitted" / upload.student / upload.assignment
    form = forms.of(course, upload.assignment)
    notebook = form.submitted(form.written(upload.sources or {}))
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
