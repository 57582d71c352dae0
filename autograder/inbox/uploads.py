"""Uploads: which files of a submission are admitted, how they are read, and how they get into the course.

Of each assignment two files are admitted, ``NN_topic.ipynb`` and ``cs231n_lib/topic.py``: regular files up to a size,
nothing else; how they are read is the lab's rule (``cs231n_lib/lab/cells.py``, ``modules.py``), at home as here. What
goes into the course's ``submitted/`` is always a valid notebook: the released one, with only the source of the cells
that students write in taken from theirs.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.assignment import load_assignment, parse_cell_sources
from autograder.course.cells import STUDENT_ID, decode_notebook
from autograder.course.text import clean_line, clean_message
from autograder.course.topics import list_assignments, topic_of
from autograder.inbox.archives import Reader
from autograder.inbox.plain_layout import walk_files
from autograder.inbox.remarks import limit_remarks
from autograder.inbox.submitted_folder import MAX_MODULE, MAX_NOTEBOOK, SubmittedFolder
from autograder.reference import MODULES, load_lab_module
from autograder.sandbox.limited import LimitError, run_limited

SubmissionFiles = Sequence[tuple[str, Reader]]
"""(name below the assignment's folder, reader) of each file of a submission."""


@dataclass
class Upload:
    """The admitted files of one student for one assignment.

    Attributes
    ----------
    module : str or None
        Text of ``cs231n_lib/topic.py``.
    sources : dict or None
        grade_id -> sources of the notebook's cells of that name; None if there is no readable notebook.
    remarks : list of str
        What was not admitted and why, for the instructor and the student.
    """

    student: str
    assignment: str
    module: str | None = None
    sources: Mapping[str, Sequence[str]] | None = None
    remarks: list[str] = field(default_factory=list)


def find_submissions(submissions: str | Path, rejected: list[str]) -> dict[tuple[str, str], SubmissionFiles]:
    """Return (student, assignment) -> files of every submission, sorted; nothing is read yet.

    Parameters
    ----------
    submissions : path
        A folder or a zip; see :mod:`autograder.inbox.plain_layout` for what may be in it.
    rejected : list of str
        Gets the names that belong to no student or assignment, each with the reason.
    """
    submitted: dict[tuple[str, str], list[tuple[str, Reader]]] = {}
    complaints: dict[str, dict[str, None]] = {}
    for parts, read in sorted(walk_files(Path(submissions), rejected), key=lambda item: item[0]):
        student, assignment, *name = parts
        if complaint := find_misfit(student, assignment):
            complaints.setdefault(student, {})[complaint] = None
        else:
            files = submitted.setdefault((student, assignment), [])
            if name and read is not None:
                files.append(("/".join(name), read))
    for lines in complaints.values():
        rejected += limit_remarks(list(lines))
    return dict(submitted)


def find_misfit(student: str, assignment: str) -> str:
    """Return why names from an upload are not those of a student and an assignment, or ""."""
    if not STUDENT_ID.fullmatch(student):
        return f"{clean_line('/'.join((student, assignment)))}: not a student's name"
    if assignment not in list_assignments():
        return f"{student}/{clean_line(assignment)}: unknown assignment (known: {', '.join(list_assignments())})"
    return ""


def read_upload(key: tuple[str, str], files: SubmissionFiles) -> Upload:
    """Read the files of one submission; ``key`` is (student, assignment).

    Of several files of one name, which a zip can hold, the last one counts, as with ``unzip``; only that one is read.
    """
    upload = Upload(*key)
    copies = Counter(name for name, _ in files)
    upload.remarks += [f"{clean_line(name)}: {n} files of this name, the last one counts"
                       for name, n in copies.items() if n > 1]
    for name, read in dict(files).items():
        admit_file(upload, name, read)
    upload.remarks = limit_remarks(upload.remarks)
    return upload


def admit_file(upload: Upload, name: str, read: Reader) -> None:
    """Take one file into the upload, or add a remark that says why not.

    Parameters
    ----------
    upload : Upload
        Changed in place.
    name : str
        Path of the file below the assignment's folder, with slashes.
    read : callable
        Takes the most bytes to return.
    """
    topic = topic_of(upload.assignment)
    if name in (f"cs231n_lib/{topic}.py", f"{topic}.py"):
        data = read_bytes(upload, name, read, MAX_MODULE)
        text = read_module_text(upload, name, data) if data is not None else None
        upload.module = text if upload.module is None else upload.module
    elif name in (f"{upload.assignment}.ipynb", f"notebooks/{upload.assignment}.ipynb"):
        data = read_bytes(upload, name, read, MAX_NOTEBOOK)
        upload.sources = read_notebook_sources(upload, name, data) if data is not None else None
    else:
        upload.remarks.append(f"{clean_line(name)}: not a file of this assignment, left out")


def read_bytes(upload: Upload, name: str, read: Reader, limit: int) -> bytes | None:
    """Return what a file holds, up to one byte more than it may; None with a remark if it cannot be read."""
    try:
        return read(limit + 1)
    except Exception as error:  # a broken or hostile upload may raise anything
        reason = getattr(error, "strerror", None) or str(error)  # not the whole: it may name our folders
        upload.remarks.append(f"{name}: cannot be read ({clean_line(reason)})")
        return None


def read_module_text(upload: Upload, name: str, data: bytes) -> str | None:
    """Return the text of a module, with a remark for each import that it cannot have; None, with a remark, if refused.

    Parameters
    ----------
    upload : Upload
    name : str
        Of the file, for a remark.
    data : bytes
    """
    try:
        found = run_limited(decode_module, data.decode("latin-1"))  # JSON has no bytes
    except LimitError as error:
        found = {"text": None, "problem": f"cannot be read, {error}, left out"}
    if found["text"] is None:
        upload.remarks.append(f"{name}: {clean_message(found['problem'])}")
        return None
    if "import" in found["text"]:
        try:
            refusals = run_limited(list_refusals, found["text"], topic_of(upload.assignment))
        except LimitError:  # what cannot be parsed is the sandbox's to say
            refusals = []
        upload.remarks += map(clean_message, refusals)
    return found["text"]


def decode_module(data: str) -> dict[str, str | None]:
    """Return the ``text`` of a module, or the ``problem`` for which it is refused; ``data`` has a character a byte."""
    try:
        return {"text": load_lab_module(MODULES).read_module(data.encode("latin-1")), "problem": None}
    except ValueError as error:
        return {"text": None, "problem": str(error)}


def list_refusals(text: str, topic: str) -> list[str]:
    """Return a sentence for each import that fails where the module is graded."""
    return load_lab_module(MODULES).find_refusals(text, topic)


def read_notebook_sources(upload: Upload, name: str, data: bytes) -> dict[str, list[str]] | None:
    """Return name -> list of sources of a notebook's cells, or None with a remark if it is not a notebook.

    Parameters
    ----------
    upload : Upload
    name : str
        Of the file, for a remark.
    data : bytes
    """
    try:
        return read_cell_sources(upload, decode_notebook(data))
    except ValueError as error:
        upload.remarks.append(f"{name}: {error}")
        return None


def read_cell_sources(upload: Upload, text: str) -> dict[str, list[str]] | None:
    """Return name -> list of sources of a notebook's cells, or None with a remark if it is not a notebook."""
    name = f"{upload.assignment}.ipynb"
    try:
        found = run_limited(parse_cell_sources, text)
    except LimitError as error:
        found = {"sources": None, "problems": [f"cannot be read, {error}"]}
    open_too = "; its answers count as open" if found["sources"] is None else ""
    upload.remarks += [f"{name}: {problem}{open_too}" for problem in found["problems"]]
    return found["sources"]


def place_upload(upload: Upload, course: Path) -> bool:
    """Write an upload into the course's ``submitted/``, and nothing beside it; return whether anything changed there.

    What admission did not write there is kept in ``handed_in/`` (:mod:`autograder.inbox.submitted_folder`).
    """
    folder = SubmittedFolder(course, upload.student, upload.assignment)
    assignment = load_assignment(course, upload.assignment)
    files = {folder.notebook: assignment.format_submission(assignment.select_written(upload.sources or {}))}
    if upload.module is not None:
        files[folder.module] = upload.module
    return folder.replace_files({name: text.encode() for name, text in files.items()})
