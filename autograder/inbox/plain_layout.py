"""The plain layout, ours: folders and archives that are named after students and assignments.

Accepted are ``<student>/<assignment>/...``, ``<student>/<assignment>.zip``, ``<student>.zip``,
``<student>_<assignment>.zip``, and nbgrader's ``submitted/``. A student is the whole name, whatever stands in it.
"""

from collections.abc import Sequence

from autograder.course.topics import list_assignments
from autograder.inbox.archives import cut_archive_suffix, is_archive
from autograder.inbox.arrivals import Arrival, Item, Sender


def read_items(items: Sequence[Item]) -> dict[str, list[Arrival]]:
    """Return name -> uploads of the folders and archives; a folder without files is an upload, too."""
    found: dict[str, list[Arrival]] = {}
    for item in items:
        if item.is_folder:
            sender = make_sender(item.name)
            found[item.name] = [Arrival(item.name, (sender,), item.files)] if item.files else []
            full = {file.path[0] for file in item.files}
            found[item.name] += [Arrival(f"{item.name}/{folder}", (sender,), (), folder)
                                 for folder in item.folders if folder in list_assignments() and folder not in full]
        elif is_archive(item.name):
            student, assignment = split_name(cut_archive_suffix(item.name))
            found[item.name] = [Arrival(item.name, (make_sender(student),), item.files, assignment)]
    return found


def make_sender(name: str) -> Sender:
    """Return the sender of a folder or archive: an id of the roster, else a full name."""
    return Sender(name, own_id=name, ids=(("*", name),), full_name=name, group=name, trusted_id=name)


def split_name(stem: str) -> tuple[str, str]:
    """Return student and assignment of an archive's name; the assignment is "" if it does not end with one."""
    for assignment in list_assignments():
        student = stem.removesuffix(f"_{assignment}")
        if student not in (stem, ""):
            return student, assignment
    return stem, ""
