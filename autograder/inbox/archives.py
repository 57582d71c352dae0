"""Bytes out of folders and zips that anybody may have made: bounded, no link followed, nothing extracted."""

import os
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

from autograder.course.text import clean_line

MAX_ZIP = 32 * 2**20
MAX_MEMBERS = 20_000
"""Most files and folders of one student's zip or folder."""
MAX_DIRECTORY = 2 * 2**20
"""Longest table of contents of one student's zip, in bytes: all of it is read, however few members are wanted."""
MAX_NAME = 500
"""Longest path of a file in a submission, in characters; ours have 40."""
MAX_DEPTH = 16
READABLE_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How a member may be compressed: other ways are unpacked whole, however little of it is asked for."""

Reader = Callable[[int], bytes]
"""Reads a file: takes the most bytes to return."""


def list_entries(folder: Path, most: int = MAX_MEMBERS) -> list[os.DirEntry[str]]:
    """Return the entries of a folder, sorted, ``most`` of them; none if it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(islice(entries, most), key=lambda e: e.name)
    except OSError:
        return []


def list_files(root: Path, rejected: list[str]) -> Iterator[Path]:
    """Yield the files below a folder, as many and as deep as a submission can have; links are not followed.

    Parameters
    ----------
    root : path
    rejected : list of str
        Gets a line if there is more than that.
    """
    waiting, left = [(root, 0)], MAX_MEMBERS
    while waiting and left > 0:
        folder, depth = waiting.pop()
        for entry in list_entries(folder, left):
            left -= 1
            if not entry.is_dir(follow_symlinks=False):
                yield Path(entry.path)
            elif depth < MAX_DEPTH:
                waiting.append((Path(entry.path), depth + 1))
    if left <= 0:
        rejected.append(f"{clean_line('/'.join(root.parts[-2:]))}: {MAX_MEMBERS} files and folders are looked at, "
                        "what may be left is left out")


def file_reader(path: Path) -> Reader:
    """Return the reader of a regular file; for a link, device or pipe it raises an OSError."""

    def read(limit: int) -> bytes:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError("not a regular file")
            return file.read(limit)

    return read


def list_members(path: Path) -> list[zipfile.ZipInfo]:
    """Return the members of a zip; one that is broken or hostile may raise anything."""
    with zipfile.ZipFile(path) as archive:
        return archive.infolist()


def check_zip_size(path: Path) -> None:
    """Raise an OSError if one student's zip is larger than it may be, or its table of contents is."""
    if path.stat().st_size > MAX_ZIP:
        raise OSError(f"larger than {MAX_ZIP // 2**20} MiB")
    if measure_directory(path) > MAX_DIRECTORY:
        raise OSError("far too many files in it")


def measure_directory(path: Path) -> int:
    """Return how long a zip's table of contents says it is, in bytes, before any of it is read.

    The end of the file says it, once or, in the larger format, twice (PKWARE's APPNOTE 4.3.14, 4.3.16). What looks like
    one of these records is taken for one, so that nobody can hide a second one behind the first.
    """
    with open(path, "rb") as file:
        file.seek(max(path.stat().st_size - 2**17, 0))
        tail = file.read()
    claims = [0]
    for signature, number, offset in ((b"PK\5\6", "<I", 12), (b"PK\6\6", "<Q", 40)):
        for piece in tail.split(signature)[1:]:
            field = piece[offset - len(signature):][:struct.calcsize(number)].ljust(struct.calcsize(number), b"\0")
            claims += struct.unpack(number, field)
    return max(claim for claim in claims if claim != 2**32 - 1)


@lru_cache(8)
def open_zip(path: Path, _changed: int) -> zipfile.ZipFile:
    """Return an open zip; only the last few stay open, however many there are."""
    return zipfile.ZipFile(path)


def member_reader(path: Path, info: zipfile.ZipInfo) -> Reader:
    """Return the reader of a zip's member, which never unpacks more than it is asked for."""

    def read(limit: int) -> bytes:
        if stat.S_ISLNK(info.external_attr >> 16):
            raise OSError("a symbolic link")
        if info.compress_type not in READABLE_COMPRESSIONS:
            raise OSError("compressed in an unusual way")
        with open_zip(path, os.stat(path).st_mtime_ns).open(info) as file:
            return file.read(limit)

    return read
