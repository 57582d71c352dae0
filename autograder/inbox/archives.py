"""Bytes out of folders and archives that anybody may have made: bounded, no link followed, nothing extracted.

Archives are ``.zip``, ``.tar.gz`` and ``.tgz``, in any case of letters, as files or out of another archive.
"""

import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from autograder.course.text import clean_line
from autograder.inbox.system_files import is_system_file

MAX_ZIP = 32 * 2**20
MAX_STUDENTS = 200_000
"""Most folders and files at the top of an inbox."""
MAX_MEMBERS = 20_000
"""Most files and folders of one student's zip or folder."""
MAX_DIRECTORY, MAX_CLASS_DIRECTORY = 2 * 2**20, 128 * 2**20
"""Longest table of contents of the zip of one student and of a class, in bytes: all of it is read, however few members
are wanted."""
MAX_UNPACKED, MAX_UNPACKED_CLASS = 128 * 2**20, 2**30
"""Largest tar, unpacked, of one student and of a whole class: it has no table of contents and is unpacked whole."""
HEADERS_SHARE = 32
"""Of the bytes that a tar may have, one in so many may belong to long names and other attributes, which are parsed."""
MAX_NAME = 500
"""Longest path of a file in a submission, in characters; ours have 40."""
MAX_DEPTH = 16
READABLE_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How a member may be compressed: other ways are unpacked whole, however little of it is asked for."""

ZIPS, TARS = (".zip",), (".tar.gz", ".tgz")
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".tar.bz2", ".tar.xz", ".tbz2", ".txz")
UTF8_NAME = 0x800
"""Flag of a zip's member whose name is UTF-8 and says so (PKWARE's APPNOTE 4.4.4)."""

Reader = Callable[[int], bytes]
"""Reads a file: takes the most bytes to return."""


class Member(NamedTuple):
    """A file or folder of an archive: its path with slashes, and its reader; None for a folder."""

    name: str
    read: Reader | None


def is_archive(name: str) -> bool:
    """Is this the name of an archive that is read?"""
    return name.lower().endswith((*ZIPS, *TARS))


def cut_archive_suffix(name: str) -> str:
    """Return the name of an archive without its ending; other names as they are."""
    ending = next((suffix for suffix in (*ZIPS, *TARS) if name.lower().endswith(suffix)), "")
    return name[:len(name) - len(ending)]


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
            if is_system_file(entry.name):
                continue
            if not entry.is_dir(follow_symlinks=False):
                yield Path(entry.path)
            elif depth < MAX_DEPTH:
                waiting.append((Path(entry.path), depth + 1))
    if left <= 0:
        rejected.append(f"{clean_line('/'.join(root.parts[-2:]))}: {MAX_MEMBERS} files and folders are looked at, "
                        "what may be left is left out")


class FileReader:
    """The reader of a regular file; for a link, device or pipe it raises an OSError.

    Parameters
    ----------
    path : pathlib.Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, limit: int) -> bytes:
        """Read up to ``limit`` bytes."""
        fd = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError("not a regular file")
            return file.read(limit)


def list_archive(read: Reader, name: str, whole_class: bool = False) -> list[Member]:
    """Return what is in an archive; one that is broken or hostile may raise anything.

    Parameters
    ----------
    read : Reader
        Of the archive; if it is a file, only its table of contents is read.
    name : str
        Its name, whose ending says what kind it is.
    whole_class : bool
        It holds the submissions of a class, and may be as large as that.
    """
    path = read.path if isinstance(read, FileReader) else None
    if path is not None and not stat.S_ISREG(path.lstat().st_mode):
        raise OSError("not a regular file")
    if name.lower().endswith(TARS):
        return list_tar(path or read, MAX_UNPACKED_CLASS if whole_class else MAX_UNPACKED)
    if path is not None:
        check_zip_size(path, whole_class)
        return [make_member(info, member_reader(path, info)) for info in list_members(path)]
    with zipfile.ZipFile(open_inner_archive(read)) as archive:
        return [make_member(info, inner_member_reader(read, info)) for info in archive.infolist()]


def make_member(info: zipfile.ZipInfo, read: Reader) -> Member:
    """Return a zip's member; ``info.is_dir`` breaks on an empty name."""
    name = read_member_name(info)
    return Member(name, None if name.endswith("/") else read)


def read_member_name(info: zipfile.ZipInfo) -> str:
    """Return the path of a zip's member, with slashes, as its writer meant it.

    Some writers on Windows separate folders by backslashes, and some write UTF-8 without saying so.
    """
    name = info.filename[:MAX_NAME + 1]
    if not info.flag_bits & UTF8_NAME and not name.isascii():
        try:
            name = name.encode("cp437").decode()
        except ValueError:
            pass
    return name.replace("\\", "/")


def list_members(path: Path) -> list[zipfile.ZipInfo]:
    """Return the members of a zip; one that is broken or hostile may raise anything."""
    with zipfile.ZipFile(path) as archive:
        return archive.infolist()


def check_zip_size(path: Path, whole_class: bool = False) -> None:
    """Raise an OSError if a zip's table of contents is larger than it may be, or the whole zip of one student is."""
    if not whole_class and path.stat().st_size > MAX_ZIP:
        raise OSError(f"larger than {MAX_ZIP // 2**20} MiB")
    if measure_directory(path) > (MAX_CLASS_DIRECTORY if whole_class else MAX_DIRECTORY):
        raise OSError("far too many files in it")


def measure_directory(path: Path) -> int:
    """Return how long a zip's table of contents says it is, in bytes, before any of it is read."""
    with open(path, "rb") as file:
        return measure_directory_of(file, path.stat().st_size)


def measure_directory_of(file: BinaryIO, size: int) -> int:
    """Return how long the table of contents of an open zip of this size says it is.

    The end of the file says it, once or, in the larger format, twice (PKWARE's APPNOTE 4.3.14, 4.3.16). What looks like
    one of these records is taken for one, so that nobody can hide a second one behind the first.
    """
    file.seek(max(size - 2**17, 0))
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
        check_member(info)
        with open_zip(path, os.stat(path).st_mtime_ns).open(info) as file:
            return file.read(limit)

    return read


def check_member(info: zipfile.ZipInfo) -> None:
    """Raise an OSError for a link, and for what would be unpacked whole."""
    if stat.S_ISLNK(info.external_attr >> 16):
        raise OSError("a symbolic link")
    if info.compress_type not in READABLE_COMPRESSIONS:
        raise OSError("compressed in an unusual way")


@lru_cache(2)
def load_archive(read: Reader) -> bytes:
    """Return an archive out of another one, up to the size of one student's; the last ones are kept."""
    data = read(MAX_ZIP + 1)
    if len(data) > MAX_ZIP:
        raise OSError(f"larger than {MAX_ZIP // 2**20} MiB")
    return data


def open_inner_archive(read: Reader) -> io.BytesIO:
    """Return a zip out of another archive as an open file; an OSError if its table of contents is too long."""
    data = load_archive(read)
    file = io.BytesIO(data)
    if measure_directory_of(file, len(data)) > MAX_DIRECTORY:
        raise OSError("far too many files in it")
    return file


def inner_member_reader(outer: Reader, info: zipfile.ZipInfo) -> Reader:
    """Return the reader of a member of a zip that is in an archive itself."""

    def read(limit: int) -> bytes:
        check_member(info)
        with zipfile.ZipFile(io.BytesIO(load_archive(outer))) as archive, archive.open(info) as file:
            return file.read(limit)

    return read


@lru_cache(1)
def unpack_gzip(source: Path | Reader, most: int) -> bytes:
    """Return what a compressed file holds; an OSError if that is more than ``most`` bytes."""
    with file_of(source) as file, gzip.GzipFile(fileobj=file) as unpacked:
        data = unpacked.read(most + 1)
    if len(data) > most:
        raise OSError(f"larger than {most // 2**20} MiB when unpacked")
    return data


def file_of(source: Path | Reader) -> BinaryIO:
    """Return an archive as an open file."""
    return open(source, "rb") if isinstance(source, Path) else io.BytesIO(load_archive(source))


class TarHeader(tarfile.TarInfo):
    """A member's header. Python's parser takes seconds and memory for every megabyte of attributes in front of one.

    ``tarfile`` means ``_proc_member`` to be overridden; it is called for every header, whatever its kind.
    """

    left = 0  # bytes of attributes that may still come; a class of its own for every archive counts them

    def _proc_member(self, archive):
        """Process a header, as long as those that are parsed whole are not too long together."""
        if self.type in (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME,
                         tarfile.GNUTYPE_LONGLINK):
            type(self).left -= self.size
        if self.left < 0 or self.size < 0:  # a size below 0 would be read as all that there is
            raise OSError("far too long names and attributes in it")
        if self.type == tarfile.GNUTYPE_SPARSE and self._sparse_structs[1]:  # type: ignore[attr-defined]  # of tarfile's
            raise OSError("a sparse file of many pieces in it")
        return super()._proc_member(archive)  # type: ignore[misc]  # tarfile's own, not in the stubs

    def _proc_gnusparse_10(self, following, _attributes, _archive):
        """Note that a file is sparse, which nobody reads, and leave its map of any length unread."""
        following.sparse = []


def list_tar(source: Path | Reader, most: int) -> list[Member]:
    """Return the files of a tar; links, devices and sparse files are members that cannot be read."""
    header = type("Header", (TarHeader,), {"left": most // HEADERS_SHARE})
    with tarfile.open(fileobj=io.BytesIO(unpack_gzip(source, most)), mode="r:", tarinfo=header) as archive:
        infos = list(islice(archive, MAX_MEMBERS + 1))
    return [Member(info.name[:MAX_NAME + 1].replace("\\", "/"),
                   None if info.isdir() else tar_reader(source, most, info)) for info in infos]


def tar_reader(source: Path | Reader, most: int, info: tarfile.TarInfo) -> Reader:
    """Return the reader of a tar's member."""

    def read(limit: int) -> bytes:
        if not info.isreg() or info.issparse():
            raise OSError("not a regular file")
        return unpack_gzip(source, most)[info.offset_data:info.offset_data + min(limit, info.size)]

    return read
