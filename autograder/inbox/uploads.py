"""Intake: turn what students uploaded into what nbgrader may see.

Uploads stay where they are; they are read, never executed and never followed. For each assignment the manifest names
two files, ``NN_topic.ipynb`` and ``cs231n_lib/topic.py``; regular UTF-8 files of these names are admitted, up to a
size, and nothing else. What goes into the course's ``submitted/`` is always a valid notebook: the instructor's released
one, with only the source of solution cells taken over from the student's.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.assignment import collect_sources, load_assignment, read_cell_source
from autograder.course.cells import MAX_CELL, STUDENT_ID
from autograder.course.files import write_if_changed
from autograder.course.text import clean_line
from autograder.course.topics import list_assignments
from autograder.inbox.archives import limit_remarks, walk_files

MAX_MODULE = 256 * 1024
MAX_NOTEBOOK = 16 * 2**20


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
    uploads = [read_upload(key, files) for key, files in find_submissions(submissions, rejected).items()]
    return uploads, sorted(set(rejected))


def find_submissions(submissions, rejected):
    """Return (student, assignment) -> list of (name, read), sorted; nothing is read yet.

    Parameters
    ----------
    submissions : path
        See :func:`collect`.
    rejected : list of str
        Gets the names that stand for no student or assignment.
    """
    groups = {}
    for parts, read in sorted(walk_files(Path(submissions), rejected), key=lambda item: item[0]):
        student, assignment, *name = parts
        if not STUDENT_ID.fullmatch(student):
            rejected.append(f"{clean_line('/'.join(parts[:2]))}: not a student's name")
        elif assignment not in list_assignments():
            rejected.append(
                f"{student}/{clean_line(assignment)}: unknown assignment (known: {', '.join(list_assignments())})"
            )
        else:
            groups.setdefault((student, assignment), []).extend([("/".join(name), read)] if name else [])
    return groups


def read_upload(key, files):
    """Read the files of one submission, from :func:`found`, as an :class:`Upload`."""
    upload = Upload(*key)
    for name, read in files:
        admit_file(upload, name, read)
    upload.remarks = limit_remarks(upload.remarks)
    return upload


def admit_file(upload, name, read):
    """Take one file over into the upload, or remark why not."""
    topic = list_assignments()[upload.assignment]
    if name in (f"cs231n_lib/{topic}.py", f"{topic}.py"):
        text = read_text(upload, name, read, MAX_MODULE)
        upload.module = text if upload.module is None else upload.module
    elif name in (f"{upload.assignment}.ipynb", f"notebooks/{upload.assignment}.ipynb"):
        text = read_text(upload, name, read, MAX_NOTEBOOK)
        upload.sources = read_cell_sources(upload, text) if text is not None else None
    else:
        upload.remarks.append(f"{clean_line(name)}: not a file of this assignment, left out")


def read_text(upload, name, read, limit):
    """Read a file as UTF-8 text, or remark why not and return None."""
    try:
        data = read(limit + 1)
    except Exception as error:  # whatever a broken or hostile upload does to the reader
        reason = getattr(error, "strerror", None) or str(error)  # not the whole: it may name our folders
        upload.remarks.append(f"{name}: cannot be read ({clean_line(reason)})")
        return None
    if len(data) > limit:
        upload.remarks.append(f"{name}: larger than {limit // 1024} KiB, left out")
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    except UnicodeDecodeError:
        upload.remarks.append(f"{name}: not UTF-8 text, left out")
        return None


def read_cell_sources(upload, text):
    """Return name -> list of sources of a notebook's cells, or None with a remark if it is not a notebook."""
    try:
        notebook_cells = json.loads(text)["cells"]
    except (ValueError, RecursionError, KeyError, TypeError):
        notebook_cells = None
    if not isinstance(notebook_cells, list):
        upload.remarks.append(f"{upload.assignment}.ipynb: not a notebook (broken JSON?); its answers count as open")
        return None
    if too_long := sum(len(read_cell_source(cell) or "") > MAX_CELL for cell in notebook_cells):
        upload.remarks.append(f"{upload.assignment}.ipynb: {too_long} cells over {MAX_CELL} characters, left out")
    return collect_sources(notebook_cells)


def place_upload(upload, course):
    """Write an upload into the course's ``submitted/``; return whether anything changed there.

    Parameters
    ----------
    upload : Upload
    course : pathlib.Path
    """
    folder = course / "submitted" / upload.student / upload.assignment
    form = load_assignment(course, upload.assignment)
    notebook = form.submitted(form.written(upload.sources or {}))
    topic = list_assignments()[upload.assignment]
    changed = write_if_changed(folder / f"{upload.assignment}.ipynb", notebook)
    module = folder / "cs231n_lib" / f"{topic}.py"
    if upload.module is not None:
        return write_if_changed(module, upload.module) or changed
    changed |= module.exists()
    module.unlink(missing_ok=True)
    return changed
