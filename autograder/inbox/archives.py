"""TODO autograder.inbox.archives."""

import os
import stat
import zipfile
from functools import lru_cache
from pathlib import Path

from autograder.course.text import clean_line
from autograder.course.topics import list_assignments

MAX_ZIP = 32 * 2**20
MAX_MEMBERS = 20_000  # of one student's zip or folder
MAX_DEPTH = 16
MAX_REMARKS = 10


def limit_remarks(lines):
    """Return the first lines, and how many there are beside them: a thousand files are not a thousand remarks."""
    more = len(lines) - MAX_REMARKS
    return [*lines[:MAX_REMARKS], f"and {more} more like these"] if more > 0 else lines


def walk_files(root, rejected):
    """Yield ((student, assignment, *path), read) for every file; a folder without files yields itself once."""
    if root.suffix == ".zip":
        yield from list_members(root, (), rejected)
        return
    for entry in sorted(os.scandir(root), key=lambda e: e.name):
        if entry.name.startswith(".") or entry.is_file(follow_symlinks=False) and not entry.name.endswith(".zip"):
            continue
        if entry.name.endswith(".zip") and entry.is_file(follow_symlinks=False):
            yield from list_members(Path(entry.path), parse_zip_name(entry.name), rejected)
        elif entry.is_dir(follow_symlinks=False):
            yield from walk_student_folder(Path(entry.path), rejected)
        else:
            rejected.append(f"{clean_line(entry.name)}: neither a folder nor a zip")


def parse_zip_name(name):
    """Read student and assignment from a zip's own name: ``ada.zip``, or ``ada_12_345_01_activations.zip``."""
    stem = name.removesuffix(".zip")
    for assignment in list_assignments():
        if stem.endswith(assignment) and stem != assignment:
            return (stem.split("_")[0], assignment)
    return (stem,)


def walk_student_folder(folder, rejected):
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
            yield from list_members(Path(entry.path), where, rejected)
        else:
            rejected.append(f"{clean_line('/'.join((folder.name, entry.name)))}: not an assignment's folder")


def list_entries(folder):
    """Return what is in a folder, sorted; nothing if it cannot be read."""
    try:
        return sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError:
        return []


def list_files(root):
    """Yield the files below a folder, as many and as deep as a submission can have; links are not followed."""
    waiting, count = [(root, 0)], 0
    while waiting:
        folder, depth = waiting.pop()
        for entry in list_entries(folder)[:MAX_MEMBERS]:
            if entry.is_dir(follow_symlinks=False):
                waiting += [(Path(entry.path), depth + 1)] * (depth < MAX_DEPTH)
            elif count < MAX_MEMBERS:
                count += 1
                yield Path(entry.path)


def file_reader(path):
    """Return a function that reads at most ``limit`` bytes of a regular file: no link, no device, no pipe."""

    def read(limit):
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError("not a regular file")
            return file.read(limit)

    return read


def list_members(path, prefix, rejected):
    """Yield the members of a zip as :func:`walk` yields files; names are only compared, nothing is extracted."""
    try:
        if prefix and path.stat().st_size > MAX_ZIP:
            raise OSError(f"larger than {MAX_ZIP // 2**20} MiB")
        with zipfile.ZipFile(path) as archive:
            names = archive.infolist()
    except Exception as error:  # whatever a broken or hostile zip does to the reader
        rejected.append(f"{clean_line(path.name)}: not a readable zip ({clean_line(str(error))})")
        return
    if prefix and len(names) > MAX_MEMBERS:
        rejected.append(f"{clean_line(path.name)}: over {MAX_MEMBERS} files, the rest is left out")
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
            yield full, member_reader(path, info)
        elif is_file:
            strays.append(f"{clean_line(path.name)}: {clean_line(info.filename)} is in no assignment's folder")
    rejected += limit_remarks(strays)


READABLE_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How a member may be compressed: other ways are unpacked whole, however little of it is asked for."""


@lru_cache(8)
def open_zip(path, _changed):
    """Return an open zip; only the last few stay open, however many there are."""
    return zipfile.ZipFile(path)


def member_reader(path, info):
    """Return a function that reads at most ``limit`` bytes of a zip's member, whatever its header promises."""

    def read(limit):
        if stat.S_ISLNK(info.external_attr >> 16):
            raise OSError("a symbolic link")
        if info.compress_type not in READABLE_COMPRESSIONS:
            raise OSError("compressed in an unusual way")
        with open_zip(path, os.stat(path).st_mtime_ns).open(info) as file:
            return file.read(limit)

    return read
