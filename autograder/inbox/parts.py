"""From an upload as a source keeps it to its parts: loose files and archives, each for one assignment."""

from dataclasses import dataclass
from datetime import datetime

from autograder.course.text import clean_line
from autograder.course.topics import list_assignments
from autograder.inbox import archives
from autograder.inbox.archives import OTHER_ARCHIVES, cut_archive_suffix, is_archive, list_archive
from autograder.inbox.arrivals import Arrival, FoundFile
from autograder.inbox.assignment_names import KINDS, WORKSPACE_FOLDERS, find_kind, name_assignment
from autograder.inbox.contents import split_path
from autograder.inbox.system_files import is_system_path

MAX_ARCHIVES = 20
"""Most archives of one upload that are opened."""
MAX_LEVEL = 2
"""An archive may hold archives; those in them are named and stay closed."""


@dataclass(frozen=True)
class Part:
    """Files of one upload that belong together.

    Attributes
    ----------
    label : str
        Its name in the inbox, with that of an archive in it.
    assignment : str
        "" if no name says it.
    files : tuple of FoundFile
        Without folders around all of them.
    is_named : bool
        The assignment stands in the name of their folder or archive.
    attempt, order, time
        See :class:`~autograder.inbox.arrivals.Arrival`.
    remarks : tuple of str
        What instructor and student should know if it counts.
    """

    label: str
    assignment: str
    files: tuple[FoundFile, ...]
    is_named: bool = False
    attempt: str = ""
    order: tuple[float, ...] = ()
    time: datetime | None = None
    remarks: tuple[str, ...] = ()


class PartReader:
    """Reads the parts of one upload.

    Parameters
    ----------
    arrival : Arrival
    """

    def __init__(self, arrival: Arrival) -> None:
        self.arrival, self.archives_left, self.complaints = arrival, MAX_ARCHIVES, list[str]()

    def read(self) -> list[Part]:
        """Return the parts; ``complaints`` has what could not be opened."""
        arrival = self.arrival
        if not arrival.files:
            return [self.make_part(arrival.label, arrival.assignment, [], True)]
        return self.divide(list(arrival.files), arrival.assignment, clean_line(arrival.label), 1)

    def make_part(self, label: str, assignment: str, files: list[FoundFile], is_named: bool) -> Part:
        """Return a part of this upload."""
        arrival = self.arrival
        return Part(label, assignment, tuple(files), is_named, arrival.attempt, arrival.order, arrival.time)

    def divide(self, files: list[FoundFile], assignment: str, label: str, level: int) -> list[Part]:
        """Return the parts that some files make.

        Parameters
        ----------
        files : list of FoundFile
        assignment : str
            If it is known from outside.
        label : str
            What they are called in messages.
        level : int
            Of the archives among them.
        """
        around, files = strip_folders([file for file in files if not is_system_path(file.path)], assignment)
        loose, packed, parts = [], [], []
        folders: dict[str, list[FoundFile]] = {}
        for file in files:
            if not assignment and len(file.path) > 1 and file.path[0] in list_assignments():
                folders.setdefault(file.path[0], []).append(FoundFile(file.path[1:], file.read))
            elif is_archive(file.path[-1]):
                packed.append(file)
            elif file.path[-1].lower().endswith(OTHER_ARCHIVES):
                self.complain(label, file, "an archive that is not read (.zip, .tar.gz and .tgz are)")
            else:
                loose.append(file)
        for name, below in folders.items():
            parts += self.divide(below, name, f"{label}/{name}", level)
        for file in packed:
            parts += self.open_archive(file, assignment, label, level)
        if loose or not (packed or folders or self.complaints):
            found = assignment or find_assignment(loose)
            where = label if found else "/".join((label, *around))
            parts.append(self.make_part(where, found, loose, bool(assignment)))
        return parts

    def open_archive(self, file: FoundFile, assignment: str, label: str, level: int) -> list[Part]:
        """Return the parts of an archive in the upload; none, with a complaint, if it cannot be read."""
        name = "/".join(file.path)
        self.archives_left -= 1
        if level > MAX_LEVEL or self.archives_left < 0:
            self.complain(label, file, "an archive within archives, it was not opened")
            return []
        try:
            members = list_archive(file.read, file.path[-1])
        except Exception as error:  # a broken or hostile archive may raise anything
            self.complain(label, file, f"not a readable archive ({clean_line(str(error))})")
            return []
        files = [FoundFile(path, member.read) for member in members
                 if member.read is not None and (path := split_path(member.name))]
        kept = [found for found in files[:archives.MAX_MEMBERS] if len("/".join(found.path)) <= archives.MAX_NAME]
        is_whole = level == 1 and is_archive(self.arrival.label)
        where = label if is_whole else f"{label}/{clean_line(name)}"
        if len(kept) < len(files):
            self.complaints.append(f"{where}: has over {archives.MAX_MEMBERS} files or names of over "
                                   f"{archives.MAX_NAME} characters, they are left out")
        assignment = assignment or name_assignment(cut_archive_suffix(file.path[-1]))
        return self.divide(kept, assignment, where, level + 1)

    def complain(self, label: str, file: FoundFile, what: str) -> None:
        """Note what is wrong with a file."""
        name = clean_line("/".join(file.path))
        self.complaints.append(f"{label if label.endswith(name) else '/'.join((label, name))}: {what}")


def strip_folders(files: list[FoundFile], assignment: str) -> tuple[tuple[str, ...], list[FoundFile]]:
    """Return the folders around all notebooks and modules, and the files without them; others stay as they are.

    Parameters
    ----------
    files : list of FoundFile
    assignment : str
        If it is known; other assignments' folders, and those of a workspace, are not taken off.
    """
    work = [file.path for file in files if find_kind(file.path[-1])]
    work = work or [file.path for file in files]
    kept = {*WORKSPACE_FOLDERS, *list_assignments()} - {assignment}
    depth = 0
    while work and work[0][depth] not in kept and all(len(path) > depth + 1 and path[depth] == work[0][depth]
                                                      for path in work):
        depth += 1
    around = work[0][:depth] if work else ()
    return around, [FoundFile(file.path[depth:] if file.path[:depth] == around and len(file.path) > depth
                              else file.path, file.read) for file in files]


def find_assignment(files: list[FoundFile]) -> str:
    """Return the assignment that the names of files speak of, notebooks before modules; "" for none or several."""
    for kind in KINDS:
        named = {name_assignment(file.path[-1]) for file in files if find_kind(file.path[-1]) == kind} - {""}
        if named:
            return named.pop() if len(named) == 1 else ""
    return ""
