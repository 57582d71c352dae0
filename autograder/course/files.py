"""TODO autograder.course.files."""

import errno
import os
import threading


def write_if_changed(path, text):
    """Write a text file, whole or not at all, unless it holds this text already."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
    return True


def write_atomically(file, text):
    """Write a text file: whole or not at all, whoever else writes it at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)


def is_disk_full(error):
    """Does an error, the system's or SQLite's, say that the disk is full?"""
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or any(
        words in str(error) for words in ("No space left on device", "database or disk is full"))
