"""Atomic writing: after a crash, a file has its old content or its new content, never half of it.

Content goes into a ``.part`` file that is then renamed. A killed process may leave that one; where only one process
writes at a time, its name is always the same, and the next run overwrites it. Nothing is forced to the disk
(``fsync``): this protects from a killed process and a full disk, not from a power cut.
"""

import contextlib
import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file, and its folder if need be; several processes may do so at the same time, and the last one wins."""
    with reserve_part(path, shared=True) as part:
        part.write_bytes(encode(content))
        os.replace(part, path)


def write_if_changed(path: Path, content: str | bytes) -> bool:
    """Write a file, by one process at a time, unless it has this content already; return whether it was written."""
    data = encode(content)
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        pass
    with reserve_part(path) as part:
        part.write_bytes(data)
        os.replace(part, path)
    return True


def write_secret_once(path: Path, content: str | bytes) -> None:
    """Write a file that only its owner can read, unless there is one: of two processes the first one wins."""
    with reserve_part(path, shared=True) as part:
        part.touch(mode=0o600)
        part.write_bytes(encode(content))
        with contextlib.suppress(FileExistsError):
            os.link(part, path)


@contextlib.contextmanager
def open_atomically(path: Path) -> Iterator[TextIO]:
    """Open a text file, for one process at a time, without translating newlines; it appears when the block ends."""
    with reserve_part(path) as part:
        with open(part, "w", newline="", encoding="utf-8") as file:
            yield file
        os.replace(part, path)


@contextlib.contextmanager
def reserve_part(path: Path, shared: bool = False) -> Iterator[Path]:
    """Yield the name of a temporary file next to ``path``, and remove the file at the end.

    If several processes or threads may write the file at the same time (``shared``), each has its own name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    owner = f".{os.getpid()}-{threading.get_ident()}" if shared else ""
    part = path.with_name(f"{path.name}{owner}.part")
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def make_private_folder(path: Path) -> None:
    """Have a folder that only its owner can read; one that more people could read is theirs no longer."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    keep_private(path)


def make_private_file(path: Path) -> None:
    """Have a file that only its owner can read: empty, or as it was."""
    path.touch(mode=0o600)
    keep_private(path)


def keep_private(path: Path) -> None:
    """Take from everybody but its owner what they may do with a file or folder; leave another user's as it is."""
    mode = path.stat().st_mode
    if mode & 0o077:
        with contextlib.suppress(PermissionError):
            path.chmod(mode & 0o7700)


def encode(content: str | bytes) -> bytes:
    """Return text as UTF-8."""
    return content.encode("utf-8") if isinstance(content, str) else content


def is_disk_full(error: BaseException) -> bool:
    """Does an error of the system or of SQLite mean that the disk is full?"""
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or any(
        words in str(error) for words in ("No space left on device", "database or disk is full"))
