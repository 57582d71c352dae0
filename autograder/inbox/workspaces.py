"""A whole workspace that somebody handed in: for which assignments there is work in it, by what its files hold.

Its notebooks and modules say themselves which ones they are (:mod:`autograder.inbox.uploads` recognises them in the
same way). An assignment whose files are as the course released them was not handed in. It is named, as everything
else that is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.course.assignment import Assignment, load_assignment, notebook_path
from autograder.course.recognition import normalise_text
from autograder.course.solution_regions import remove_markers
from autograder.course.text import clean_line
from autograder.course.topics import list_assignments, topic_of
from autograder.inbox.arrivals import FoundFile
from autograder.inbox.assignment_names import find_kind, name_assignment
from autograder.inbox.candidates import MOST_BYTES, MOST_SECONDS, is_given
from autograder.inbox.parts import Part
from autograder.inbox.remarks import limit_remarks
from autograder.inbox.submitted_folder import MAX_MODULE, MAX_NOTEBOOK
from autograder.inbox.uploads import DEFINITION, Upload, read_bytes, read_module_text, read_notebook
from autograder.reference import read_module_source
from autograder.sandbox.limited import count_seconds

MOST_READ = 100
"""Readings of files of one workspace; of what comes after them the name alone counts."""


@dataclass
class Share:
    """What a workspace holds of one assignment, and whether any of it is the student's."""

    files: list[FoundFile] = field(default_factory=list)
    has_work: bool = False


class WorkspaceReader:
    """Reads a workspace.

    Parameters
    ----------
    part : Part
        The workspace.
    course : path
        A course folder with the releases.

    Attributes
    ----------
    shares : dict
        Assignment -> :class:`Share`.
    others : list of FoundFile
        What belongs to no assignment of the course.
    """

    def __init__(self, part: Part, course: Path) -> None:
        self.part, self.course = part, course
        self.forms = {a: load_assignment(course, a) for a in list_assignments()
                      if all(notebook_path(course, kind, a).is_file() for kind in ("release", "source"))}
        self.shares: dict[str, Share] = {}
        self.others: list[FoundFile] = []
        self.readings_left, self.bytes_left = MOST_READ, MOST_BYTES
        self.stops = count_seconds() + MOST_SECONDS

    def divide(self) -> tuple[list[Part], list[str]]:
        """Return a part for each assignment that was handed in, and lines on what is left out.

        If there are files of one assignment alone, it was handed in, whether they were changed or not.
        """
        if not self.forms:
            return [], []
        for file in sorted(self.part.files, key=lambda file: (not name_assignment(file.path[-1]), file.path)):
            self.place_file(file)
        shares = dict(sorted(self.shares.items()))
        done = [a for a, share in shares.items() if share.has_work or len(shares) == 1]
        remarks = (f"out of a whole workspace, with work for {', '.join(done)}",) if len(shares) > 1 else ()
        parts = [replace(self.part, assignment=a, files=tuple(shares[a].files), remarks=remarks) for a in done]
        return parts, self.describe_rest([a for a in shares if a not in done]) if shares else []

    def place_file(self, file: FoundFile) -> None:
        """Add a file to the share of its assignment, or to the others."""
        assignment, has_work = "", False
        kind = "" if is_given("/".join(file.path)) else find_kind(file.path[-1])
        if kind:
            data = self.read_file(file, MAX_NOTEBOOK if kind == "notebook" else MAX_MODULE)
            recognise = self.recognise_notebook if kind == "notebook" else self.recognise_module
            named = name_assignment(file.path[-1])
            assignment, has_work = (named, True) if data is None else recognise(named, data)
        if assignment not in self.forms:
            self.others.append(file)
            return
        share = self.shares.setdefault(assignment, Share())
        share.files.append(file)
        share.has_work |= has_work

    def read_file(self, file: FoundFile, limit: int) -> bytes | None:
        """Return what a file holds; None if it cannot be read, or if enough was read of this workspace."""
        if self.has_read_enough() or self.bytes_left <= 0:
            return None
        data = read_bytes(self.make_upload(), "", file.read, min(limit, self.bytes_left))
        self.bytes_left -= len(data or b"")
        return data

    def has_read_enough(self) -> bool:
        """Were there as many readings of this workspace, or did they take as long, as there may be?"""
        return self.readings_left <= 0 or count_seconds() > self.stops

    def make_upload(self, assignment: str = "") -> Upload:
        """Return an upload that takes remarks which nobody reads: the file is read again with its submission."""
        return Upload("", assignment or next(iter(self.forms)))

    def recognise_notebook(self, named: str, data: bytes) -> tuple[str, bool]:
        """Return the assignment whose cells a notebook has, and whether there is work in it.

        Parameters
        ----------
        named : str
            What its name says; this counts if nothing can be recognised in it, and it is then to be looked at.
        data : bytes
        """
        best, most = (named, True), 0
        for assignment in sorted(self.forms, key=lambda a: (a != named, a)):
            self.readings_left -= 1
            form = self.forms[assignment]
            found = read_notebook(self.make_upload(assignment), "", data, form.outline)
            if found is None:
                break
            if found["known"] > most:
                best, most = (assignment, has_answers(found, form)), found["known"]
            marked = sum(cell["kind"] in ("answer", "written", "test") for cell in form.outline["cells"])
            if self.has_read_enough() or assignment == named and 2 * most > marked:
                break
        return best

    def recognise_module(self, named: str, data: bytes) -> tuple[str, bool]:
        """Return the assignment whose functions a module has, and whether it is another one than was handed out.

        Parameters
        ----------
        named : str
            What its name says; this counts unless it has the functions of another assignment alone.
        data : bytes
        """
        self.readings_left -= 1
        if named in self.forms and squeeze(data.decode("utf-8", "replace")) in self.list_given_modules(named):
            return named, False
        text = read_module_text(self.make_upload(named), "", data)
        if text is None:
            return named, True
        defined = set(DEFINITION.findall(text))
        counts = {a: len(defined & set(form.outline["functions"])) for a, form in self.forms.items()}
        best = max(sorted(counts, key=lambda a: (a != named, a)), key=lambda a: counts[a])
        assignment = best if counts[best] and not counts.get(named) else named
        return assignment, assignment in self.forms and squeeze(text) not in self.list_given_modules(assignment)

    def list_given_modules(self, assignment: str) -> list[str]:
        """Return the module of an assignment as students get it: open, or solved if it was handed out so."""
        topic = topic_of(assignment)
        open_module = notebook_path(self.course, "source", assignment).parent / "cs231n_lib" / f"{topic}.py"
        texts = [open_module.read_text(encoding="utf-8", errors="replace")] if open_module.is_file() else []
        return list(map(squeeze, [*texts, remove_markers(read_module_source(topic))]))

    def describe_rest(self, untouched: Sequence[str]) -> list[str]:
        """Return lines on what is left out: assignments without work, and files of none."""
        label, lines = clean_line(self.part.label), []
        if untouched:
            lines.append(f"{label}: as they were released, so not taken as handed in: {', '.join(untouched)}")
        names = ["/".join(file.path) for file in self.others]
        named = [name for name in names if find_kind(name) and not is_given(name)
                 and not name.endswith("__init__.py")]
        rest = [name for name in names if name not in named]
        lines += [f"{label}/{clean_line(name)}: a file of no assignment of this course, left out"
                  for name in limit_remarks(named)]
        if rest:
            shown = ", ".join(map(clean_line, rest[:3])) + (", ..." if len(rest) > 3 else "")
            lines.append(f"{label}: {len(rest)} files that no assignment asks for, left out ({shown})")
        return lines


def has_answers(found: Mapping[str, Any], form: Assignment) -> bool:
    """Is there anything of the student's in a notebook, or something missing, so that a person must look?"""
    return bool(found["not_found"] or found["pasted"]) or any(
        normalise_text(source) != normalise_text(form.solutions[name])
        for name, sources in found["sources"].items() for source in sources)


def squeeze(text: str) -> str:
    """Return a module without blanks and empty lines, which editors change."""
    return "".join(text.split())
