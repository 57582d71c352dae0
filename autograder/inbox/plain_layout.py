"""The plain layout: folders and zips that are named after students and assignments.

Accepted are ``<student>/<assignment>/...``, ``<student>/<assignment>.zip``, ``<student>.zip``, an LMS's flat
``<student>_..._<assignment>.zip``, and one zip of everything; a zip holds the same names as the folder would.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from autograder.course.text import clean_line
from autograder.course.topics import list_assignments
from autograder.inbox.archives import (
    MAX_MEMBERS,
    MAX_ZIP,
    Reader,
    file_reader,
    list_entries,
    list_files,
    list_members,
    member_reader,
)
from autograder.inbox.remarks import limit_remarks

FoundFile = tuple[tuple[str, ...], Reader | None]
"""((student, assignment, *path), reader). Without a path and a reader: the assignment was handed in."""


def walk_files(root: Path, rejected: list[str]) -> Iterator[FoundFile]:
    """Yield every file of every student; a submission without files is yielded, too.

    Parameters
    ----------
    root : path
        A folder, or one zip with the students' folders in it.
    rejected : list of str
        Gets what fits no layout, each with the reason.
    """
    if root.suffix == ".zip":
        yield from walk_zip(root, (), rejected)
        return
    for entry in sorted(os.scandir(root), key=lambda e: e.name):
        is_file, is_zip = entry.is_file(follow_symlinks=False), entry.name.endswith(".zip")
        if entry.name.startswith(".") or (is_file and not is_zip):
            continue
        if is_file:
            yield from walk_zip(Path(entry.path), parse_zip_name(entry.name), rejected)
        elif entry.is_dir(follow_symlinks=False):
            yield from walk_student_folder(Path(entry.path), rejected)
        else:
            rejected.append(f"{clean_line(entry.name)}: neither a folder nor a zip")


def parse_zip_name(name: str) -> tuple[str, ...]:
    """Read student and assignment from a zip's own name: ``ada.zip``, or ``ada_12_345_01_activations.zip``."""
    stem = name.removesuffix(".zip")
    for assignment in list_assignments():
        if stem.endswith(assignment) and stem != assignment:
            return (stem.split("_")[0], assignment)
    return (stem,)


def walk_student_folder(folder: Path, rejected: list[str]) -> Iterator[FoundFile]:
    """Yield the files of one student's folder."""
    for entry in list_entries(folder):
        where = (folder.name, entry.name.removesuffix(".zip"))
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield where, None
            for file in list_files(Path(entry.path)):
                yield (*where, *file.relative_to(entry.path).parts), file_reader(file)
        elif entry.name.endswith(".zip") and entry.is_file(follow_symlinks=False):
            yield from walk_zip(Path(entry.path), where, rejected)
        else:
            rejected.append(f"{clean_line('/'.join((folder.name, entry.name)))}: not an assignment's folder")


def walk_zip(path: Path, prefix: tuple[str, ...], rejected: list[str]) -> Iterator[FoundFile]:
    """Yield the members of a zip.

    Parameters
    ----------
    path : path
    prefix : tuple of str
        What is known from outside the zip: (), (student,) or (student, assignment).
    rejected : list of str
        Gets what fits no layout, each with the reason.
    """
    try:
        if prefix and path.stat().st_size > MAX_ZIP:
            raise OSError(f"larger than {MAX_ZIP // 2**20} MiB")
        members = list_members(path)
    except Exception as error:  # a broken or hostile zip may raise anything
        rejected.append(f"{clean_line(path.name)}: not a readable zip ({clean_line(str(error))})")
        return
    if prefix and len(members) > MAX_MEMBERS:
        rejected.append(f"{clean_line(path.name)}: over {MAX_MEMBERS} files, the rest is left out")
        members = members[:MAX_MEMBERS]
    if len(prefix) == 2:
        yield prefix, None
    strays = []
    for info in members:
        parts = [p for p in info.filename.split("/") if p]
        if len(prefix) == 2 and len(parts) > 1 and parts[0] == prefix[1]:
            parts = parts[1:]  # a zip of the folder rather than of what is in it
        full = (*prefix, *parts)
        is_file = bool(parts) and not info.filename.endswith("/")  # a name may be empty: ``info.is_dir`` breaks on it
        if is_file and len(full) > 2:
            yield full, member_reader(path, info)
        elif is_file:
            strays.append(f"{clean_line(path.name)}: {clean_line(info.filename)} is in no assignment's folder")
    rejected += limit_remarks(strays)
