"""A folder that several processes need and one of them makes: released courses in tests, the sample class."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path


def ensure_folder(folder: Path, fill: Callable[[Path], None], version: str = "") -> Path:
    """Return a folder; fill it first if it is missing, or if it was made from another version of its sources.

    Several processes may ask at the same time: one fills the folder under a lock, the others wait. The folder appears
    whole or not at all.

    Parameters
    ----------
    folder : pathlib.Path
        ``<folder>.lock``, ``.version`` and ``.part`` lie next to it.
    fill : callable
        ``fill(part)`` writes the contents into an empty folder, which is then renamed.
    version : str
        A hash of everything that the contents depend on.
    """
    lock_file, version_file, part = (folder.with_name(f"{folder.name}.{end}") for end in ("lock", "version", "part"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(lock_file, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists() and version_file.exists() and version_file.read_text() == version:
            return folder
        version_file.unlink(missing_ok=True)
        for unfinished in (part, folder):
            shutil.rmtree(unfinished, ignore_errors=True)
        part.mkdir()
        fill(part)
        part.rename(folder)
        version_file.write_text(version)
    return folder
