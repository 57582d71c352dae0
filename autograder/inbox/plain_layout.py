"""The plain layout, ours: folders and archives that are named after students and assignments.

Accepted are ``<student>/<assignment>/...``, ``<student>/<assignment>.zip``, ``<student>.zip``,
``<student>_<assignment>.zip``, nbgrader's ``submitted/``, and the other way round, ``<assignment>/<student>/...``
and ``<assignment>/<student>.zip``. A student is the whole name, whatever stands in it, and no assignment's name.
"""

from collections.abc import Sequence

from autograder.course.topics import list_assignments
from autograder.inbox.archives import cut_archive_suffix, is_archive
from autograder.inbox.arrivals import Arrival, FoundFile, Item, Sender
from autograder.inbox.assignment_names import WORKSPACE_FOLDERS, find_kind


def read_items(items: Sequence[Item]) -> dict[str, list[Arrival]]:
    """Return name -> uploads of the folders and archives; a folder without files is an upload, too."""
    found: dict[str, list[Arrival]] = {}
    for item in items:
        if item.is_folder and item.name in list_assignments():
            found[item.name] = read_assignment_folder(item)
        elif item.is_folder:
            sender = make_sender(item.name)
            found[item.name] = [Arrival(item.name, (sender,), item.files)] if item.files else []
            full = {file.path[0] for file in item.files}
            found[item.name] += [Arrival(f"{item.name}/{folder}", (sender,), (), folder)
                                 for folder in item.folders if folder in list_assignments() and folder not in full]
        elif is_archive(item.name):
            student, assignment = split_name(cut_archive_suffix(item.name))
            found[item.name] = [Arrival(item.name, (make_sender(student),), item.files, assignment)]
    return found


def read_assignment_folder(item: Item) -> list[Arrival]:
    """Return the uploads of a folder that is named after an assignment: one for each student's folder or archive.

    Nobody knows whose the other files in it are, nor whose anything is if one submission's files stand in it.
    """
    is_submission = any(len(file.path) == 1 and find_kind(file.path[0]) for file in item.files)
    if is_submission or WORKSPACE_FOLDERS & set(item.folders):
        return [Arrival(item.name, (make_sender(item.name),), item.files, item.name)]
    files: dict[str, list[FoundFile]] = {folder: [] for folder in item.folders}
    for file in item.files:
        files.setdefault(file.path[0], []).append(FoundFile(file.path[1:] or file.path, file.read))
    arrivals = []
    for name, below in sorted(files.items()):
        student = item.name
        if name in item.folders or is_archive(name):
            student = name if name in item.folders else cut_archive_suffix(name)
        arrivals.append(Arrival(f"{item.name}/{name}", (make_sender(student),), tuple(below), item.name))
    return arrivals


def make_sender(name: str) -> Sender:
    """Return the sender of a folder or archive: an id of the roster, else a full name."""
    if name in list_assignments():
        return Sender(name)
    return Sender(name, own_id=name, ids=(("*", name),), full_name=name, groups=(name,), trusted_id=name)


def split_name(stem: str) -> tuple[str, str]:
    """Return student and assignment of an archive's name; the assignment is "" if it does not end with one."""
    for assignment in list_assignments():
        student = stem.removesuffix(f"_{assignment}")
        if student not in (stem, ""):
            return student, assignment
    return stem, ""
