"""Uploads: which files of a submission are admitted, how they are read, and how they get into the course.

Of each assignment two files are admitted, ``NN_topic.ipynb`` and ``cs231n_lib/topic.py``, or what is recognised as
these (:mod:`autograder.inbox.candidates`): regular files up to a size, nothing else. How they are read is the lab's
rule (``cs231n_lib/lab/cells.py``, ``modules.py``), at home as here. What goes into the course's ``submitted/`` is
always a valid notebook: the released one, with only the source of the cells that students write in taken from theirs.
"""

import codecs
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.course.assignment import load_assignment, parse_cell_sources
from autograder.course.cells import decode_notebook
from autograder.course.recognition import Outline, describe_found
from autograder.course.submission_state import SubmissionState
from autograder.course.text import clean_line, clean_message
from autograder.course.topics import topic_of
from autograder.inbox.archives import Reader
from autograder.inbox.assignment_names import find_kind, name_assignment
from autograder.inbox.candidates import (
    MOST_BYTES,
    MOST_SECONDS,
    MOST_TRIED,
    Candidate,
    choose_candidate,
    is_given,
    may_be_module,
    may_be_notebook,
    rank_name,
)
from autograder.inbox.copies import Submission
from autograder.inbox.remarks import limit_remarks
from autograder.inbox.submitted_folder import HANDED_IN, MAX_MODULE, MAX_NOTEBOOK, SubmittedFolder
from autograder.reference import MODULES, load_lab_module
from autograder.sandbox.limited import LimitError, count_seconds, run_limited

MOST_NAMED = 3
"""Files that a remark names of those which a workspace has anyway."""
EARLIER = f"what was handed in before is kept in {HANDED_IN}/ and does not count by itself"
SubmissionFiles = Sequence[tuple[str, Reader]]
"""(name below the assignment's folder, reader) of each file of a submission."""
DEFINITION = re.compile(r"^def +(\w+)", re.MULTILINE)
"""The name of a function that a module defines."""


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
    doubts : list of str
        For what a person has to look at the submission.
    not_found : list of str
        grade_ids of the cells that students write in and that were not recognised: they wait for a person.
    members : tuple of str
        The students of a group who handed it in together.
    taken : dict
        The name that a file should have -> the name of the file that counts as this one.
    answers : int
        Number of cells that students write in.
    """

    student: str
    assignment: str
    module: str | None = None
    sources: Mapping[str, Sequence[str]] | None = None
    remarks: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    not_found: list[str] = field(default_factory=list)
    members: tuple[str, ...] = ()
    taken: dict[str, str] = field(default_factory=dict)
    answers: int = 0


def read_upload(key: tuple[str, str], files: SubmissionFiles, outline: Outline) -> Upload:
    """Read the files of one submission.

    Of several files of one name, which a zip can hold, the last one counts, as with ``unzip``; only that one is read.

    Parameters
    ----------
    key : (str, str)
        (student, assignment).
    files : sequence of (str, callable)
    outline : Outline
        What notebook and module are recognised by (``load_assignment(...).outline``).
    """
    upload = Upload(*key)
    copies = Counter(name for name, _ in files)
    upload.remarks += [f"{clean_line(name)}: {n} files of this name, the last one counts"
                       for name, n in copies.items() if n > 1]
    reading = SubmissionReader(upload, outline)
    for name, read in sorted(dict(files).items(), key=lambda item: not reading.is_named_alike(item[0])):
        reading.admit_file(name, read)
    reading.choose_files()
    upload.remarks = limit_remarks(upload.remarks)
    return upload


class SubmissionReader:
    """Reads the files of one submission, and then says which of them count.

    Parameters
    ----------
    upload : Upload
        Changed in place.
    outline : Outline
        See :func:`read_upload`.
    """

    def __init__(self, upload: Upload, outline: Outline) -> None:
        topic = topic_of(upload.assignment)
        self.upload, self.outline = upload, outline
        self.module_names = (f"cs231n_lib/{topic}.py", f"{topic}.py")
        self.notebook_names = (f"{upload.assignment}.ipynb", f"notebooks/{upload.assignment}.ipynb")
        self.modules: list[Candidate[str]] = []
        self.notebooks: list[Candidate[dict[str, Any]]] = []
        self.tried, self.bytes_left = 0, MOST_BYTES
        self.stops = count_seconds() + MOST_SECONDS
        self.given, self.left_out = list[str](), list[str]()

    def is_named_alike(self, name: str) -> bool:
        """Has a file the topic in its name? Such files are looked at before others."""
        return topic_of(self.upload.assignment) in name.rpartition("/")[2].lower()

    def admit_file(self, name: str, read: Reader) -> None:
        """Take one file as a candidate, or add a remark that says why not.

        Parameters
        ----------
        name : str
            Path of the file below the assignment's folder, with slashes.
        read : callable
            Takes the most bytes to return.
        """
        upload = self.upload
        if name in self.module_names:
            data = read_bytes(upload, name, read, MAX_MODULE)
            text = read_module_text(upload, name, data) if data is not None else None
            if text is not None:
                self.modules.append(Candidate(name, rank_name(name, self.module_names), text))
        elif name in self.notebook_names:
            data = read_bytes(upload, name, read, MAX_NOTEBOOK)
            found = read_notebook(upload, name, data, self.outline) if data is not None else None
            if found is not None:
                self.notebooks.append(Candidate(name, rank_name(name, self.notebook_names), found))
        elif is_given(name):
            self.given.append(clean_line(name))
        elif not self.recognise_file(name, read):
            self.left_out.append(clean_line(name))

    def recognise_file(self, name: str, read: Reader) -> bool:
        """Take a file of another name as a candidate if it has the assignment's cells or functions; say whether."""
        may_go_on = self.tried < MOST_TRIED and count_seconds() <= self.stops
        if not may_go_on or not (may_be_notebook(name) or may_be_module(name)):
            return False
        self.tried += 1
        quiet = Upload(self.upload.student, self.upload.assignment)  # for remarks that matter only if it is ours
        if may_be_notebook(name) and (data := self.try_bytes(quiet, name, read, MAX_NOTEBOOK)) is not None:
            found = read_notebook(quiet, clean_line(name), data, self.outline) if looks_like_json(data) else None
            if found and self.has_cells(name, found):
                self.upload.remarks += quiet.remarks
                self.notebooks.append(Candidate(name, rank_name(name, self.notebook_names), found))
                return True
        if may_be_module(name) and (data := self.try_bytes(quiet, name, read, MAX_MODULE)) is not None:
            text = read_module_text(quiet, clean_line(name), data)
            if text is not None and set(DEFINITION.findall(text)) & set(self.outline["functions"]):
                self.upload.remarks += quiet.remarks
                self.modules.append(Candidate(name, rank_name(name, self.module_names), text))
                return True
        is_told = self.is_named_alike(name) and bool(quiet.remarks)  # why it cannot be read: it was meant to be
        self.upload.remarks += quiet.remarks if is_told else []
        return is_told

    def has_cells(self, name: str, found: Mapping[str, Any]) -> bool:
        """Has a notebook of another name the assignment's cells?

        Notebooks of the course have some in common. One that is named after another assignment must have most of them.
        """
        marked = sum(cell["kind"] in ("answer", "written", "test") for cell in self.outline["cells"])
        named = name_assignment(name.rpartition("/")[2])
        return found["known"] > (0 if named in ("", self.upload.assignment) else marked / 2)

    def try_bytes(self, quiet: Upload, name: str, read: Reader, limit: int) -> bytes | None:
        """Return what :func:`read_bytes` does, as long as the files of other names are not too much together."""
        data = read_bytes(quiet, name, read, min(limit, self.bytes_left)) if self.bytes_left > 0 else None
        self.bytes_left -= len(data or b"")
        return data

    def choose_files(self) -> None:
        """Put the module and the notebook that count into the upload; note for what a person has to look at it."""
        upload = self.upload
        module = choose_candidate(self.modules, self.module_names[0], upload.remarks, upload.doubts)
        several = len(upload.doubts)
        notebook = choose_candidate(self.notebooks, self.notebook_names[0], upload.remarks, upload.doubts)
        upload.taken = {right: clean_line(chosen.name) for right, chosen in (
            (self.notebook_names[0], notebook), (self.module_names[0], module)) if chosen is not None}
        upload.module = module.content if module is not None else None
        self.note_answers(notebook.content if notebook is not None else None, len(upload.doubts) > several)
        self.name_rest()

    def name_rest(self) -> None:
        """Add remarks on what is left out: a line for each file, and one for all that a workspace has anyway."""
        remarks = self.upload.remarks
        ours = ("", self.upload.assignment)
        others = [name for name in self.left_out
                  if find_kind(name) and name_assignment(name.rpartition("/")[2]) not in ours]
        others = others if len(others) > MOST_NAMED else []
        remarks += [f"{name}: not a file of this assignment, left out" for name in self.left_out if name not in others]
        if others:
            remarks.append(f"{len(others)} files of other assignments, left out: {', '.join(others[:MOST_NAMED])}, ...")
        if self.given:
            names = ", ".join(self.given[:MOST_NAMED]) + (", ..." if len(self.given) > MOST_NAMED else "")
            remarks.append(f"{len(self.given)} files of the workspace that nobody hands in, left out: {names}")

    def note_answers(self, found: dict[str, Any] | None, is_conflict: bool) -> None:
        """Put into the upload which answers the notebook has.

        Parameters
        ----------
        found : dict or None
            What was recognised in the notebook that counts.
        is_conflict : bool
            Nobody knows which notebook is meant.
        """
        upload = self.upload
        upload.sources = found["sources"] if found is not None else None
        answers = [cell["name"] for cell in self.outline["cells"] if cell["kind"] in ("answer", "written")]
        upload.answers = len(answers)
        if found is None and answers:
            upload.doubts.append("there is no notebook of this assignment in the submission that can be read")
        upload.not_found = found["not_found"] if found is not None else answers
        if is_conflict:
            upload.not_found = answers
        elif found is not None:
            upload.doubts += filter(None, [describe_found(found, self.outline)])
            upload.remarks += map(clean_message, found["remarks"])
            self.point_at_pasted(found["pasted"])

    def point_at_pasted(self, pasted: Sequence[str]) -> None:
        """Add a remark on functions that stand in the notebook and, in the module, are missing or not written yet."""
        text = self.upload.module or ""
        lost = [name for name in pasted if name not in DEFINITION.findall(text)
                or re.search(rf"^def +{name}\b(?:(?!^def ).)*?^ +raise NotImplementedError", text, re.M | re.S)]
        if lost:
            self.upload.remarks.append(f"the notebook defines {', '.join(lost)}, which the grader looks for in "
                                       f"{self.module_names[0]} only")


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


def read_notebook(upload: Upload, name: str, data: bytes, outline: Outline) -> dict[str, Any] | None:
    """Return what :func:`parse_cell_sources` finds in a notebook, or None with a remark if it is not a notebook.

    Parameters
    ----------
    upload : Upload
    name : str
        Of the file, for a remark.
    data : bytes
    outline : Outline
        See :func:`read_upload`.
    """
    try:
        found = run_limited(parse_cell_sources, decode_notebook(data), outline)
    except LimitError as error:
        found = {"sources": None, "problems": [f"cannot be read, {error}"]}
    except ValueError as error:
        found = {"sources": None, "problems": [str(error)]}
    upload.remarks += [f"{name}: {problem}" for problem in found["problems"]]
    return found if found["sources"] is not None else None


def looks_like_json(data: bytes) -> bool:
    """Does a file begin as a notebook does?"""
    return data.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{"


def read_submission(key: tuple[str, str], submission: Submission, outline: Outline) -> Upload:
    """Read the files of a submission that the inbox chose, with what is to be said of copies of them.

    Parameters
    ----------
    key : (str, str)
        (student, assignment).
    submission : Submission
    outline : Outline
        See :func:`read_upload`.
    """
    upload = read_upload(key, submission.files, outline)
    upload.members = submission.members
    upload.doubts = [*submission.doubts, *upload.doubts]
    upload.remarks = [*submission.remarks, *upload.remarks]
    return upload


def note_reading(state: SubmissionState, upload: Upload) -> SubmissionState:
    """Return the state of a submission with what its files left to say: remarks, doubts, answers not found, members."""
    return replace(state, remarks=upload.remarks, doubts=upload.doubts, not_found=upload.not_found,
                   members=list(upload.members))


def place_upload(upload: Upload, course: Path) -> bool:
    """Write an upload into the course's ``submitted/``, and nothing beside it; return whether anything changed there.

    What admission did not write there is kept in ``handed_in/`` (:mod:`autograder.inbox.submitted_folder`).
    """
    folder = SubmittedFolder(course, upload.student, upload.assignment)
    assignment = load_assignment(course, upload.assignment)
    files = {folder.notebook: assignment.format_submission(assignment.select_written(upload.sources or {}))}
    if upload.module is not None:
        files[folder.module] = upload.module
    is_lost = upload.sources is None and bool(assignment.solutions)
    changed = folder.replace_files({name: text.encode() for name, text in files.items()}, is_lost)
    has_no_module = upload.module is None and bool(assignment.outline["functions"])
    if (is_lost or has_no_module) and folder.list_set_aside() and EARLIER not in upload.doubts:
        upload.doubts.append(EARLIER)
    return changed
