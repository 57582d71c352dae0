"""The plain layout: folders and zips that are named after students and assignments.

Accepted are ``<student>/<assignment>/...``, ``<student>/<assignment>.zip``, ``<student>.zip``, an LMS's flat
``<student>_..._<assignment>.zip``, and one zip of everything; a zip holds the same names as the folder would.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipInfo

from autograder.course.text import clean_line
from autograder.course.topics import list_assignments
from autograder.inbox.archives import (
    MAX_MEMBERS,
    MAX_NAME,
    Reader,
    check_zip_size,
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
    strays = []
    for entry in sorted(os.scandir(root), key=lambda e: e.name):
        if entry.name.startswith("."):
            continue
        if entry.is_file(follow_symlinks=False) and entry.name.endswith(".zip"):
            yield from walk_zip(Path(entry.path), parse_zip_name(entry.name), rejected)
        elif entry.is_dir(follow_symlinks=False):
            yield from walk_student_folder(Path(entry.path), rejected)
        else:
            strays.append(f"{clean_line(entry.name)}: neither a folder nor a zip")
    rejected += limit_remarks(strays)


def parse_zip_name(name: str) -> tuple[str, ...]:
    """Read student and assignment from a zip's own name: ``ada.zip``, or ``ada_12_345_01_activations.zip``."""
    stem = name.removesuffix(".zip")
    for assignment in list_assignments():
        if stem.endswith(assignment) and stem != assignment:
            return (stem.split("_")[0], assignment)
    return (stem,)


def walk_student_folder(folder: Path, rejected: list[str]) -> Iterator[FoundFile]:
    """Yield the files of one student's folder."""
    complaints: list[str] = []
    for entry in list_entries(folder):
        where = (folder.name, entry.name.removesuffix(".zip"))
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield where, None
            for file in list_files(Path(entry.path), complaints):
                yield (*where, *file.relative_to(entry.path).parts), file_reader(file)
        elif entry.name.endswith(".zip") and entry.is_file(follow_symlinks=False):
            yield from walk_zip(Path(entry.path), where, complaints)
        else:
            complaints.append(f"{clean_line('/'.join((folder.name, entry.name)))}: not an assignment's folder")
    rejected += limit_remarks(complaints)


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
        if prefix:
            check_zip_size(path)
        members = list_members(path)
    except Exception as error:  # a broken or hostile zip may raise anything
        rejected.append(f"{clean_line(path.name)}: not a readable zip ({clean_line(str(error))})")
        return
    if len(prefix) == 2:
        yield prefix, None
    strays, left_out, counts = [], set(), Counter[str]()
    for info in members:
        full, is_file = place_member(info, prefix)
        counts[full[0] if full else ""] += 1
        if full and (counts[full[0]] > MAX_MEMBERS or len(info.filename) > MAX_NAME):
            left_out.add(full[0])
        elif is_file and len(full) > 2:
            yield full, member_reader(path, info)
        elif is_file:
            strays.append(f"{clean_line(path.name)}: {clean_line(info.filename)} is in no assignment's folder")
    rejected += limit_remarks(strays)
    rejected += [f"{clean_line(path.name)}: {clean_line(who)} has over {MAX_MEMBERS} files or names of over {MAX_NAME} "
                 "characters, they are left out" for who in sorted(left_out)]


def place_member(info: ZipInfo, prefix: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Return (student, assignment, *path) of a zip's member, as far as it says so, and whether it is a file.

    Parameters
    ----------
    info : zipfile.ZipInfo
    prefix : tuple of str
        See :func:`walk_zip`.
    """
    parts = [p for p in info.filename[:MAX_NAME + 1].split("/") if p]
    if len(prefix) == 2 and len(parts) > 1 and parts[0] == prefix[1]:
        parts = parts[1:]  # a zip of the folder rather than of what is in it
    # a name may be empty: ``info.is_dir`` breaks on it
    return (*prefix, *parts), bool(parts) and not info.filename.endswith("/")
