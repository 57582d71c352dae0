"""Bytes out of folders and zips that anybody may have made: bounded, no link followed, nothing extracted."""

import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

MAX_ZIP = 32 * 2**20
MAX_MEMBERS = 20_000
"""Most files of one student's zip or folder."""
MAX_DEPTH = 16
READABLE_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How a member may be compressed: other ways are unpacked whole, however little of it is asked for."""

Reader = Callable[[int], bytes]
"""Reads a file: takes the most bytes to return."""


def list_entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return the entries of a folder, sorted; none if it cannot be read."""
    try:
        return sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError:
        return []


def list_files(root: Path) -> Iterator[Path]:
    """Yield the files below a folder, as many and as deep as a submission can have; links are not followed."""
    waiting, count = [(root, 0)], 0
    while waiting:
        folder, depth = waiting.pop()
        for entry in list_entries(folder)[:MAX_MEMBERS]:
            if entry.is_dir(follow_symlinks=False):
                if depth < MAX_DEPTH:
                    waiting.append((Path(entry.path), depth + 1))
            elif count < MAX_MEMBERS:
                count += 1
                yield Path(entry.path)


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
