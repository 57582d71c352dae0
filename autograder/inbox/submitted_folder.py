"""A submission's folder in the course's ``submitted/``: only what admission wrote stays in it.

Uploads are placed there by :func:`autograder.inbox.uploads.place_upload`, which leaves a hash of them, the seal, in the
course's ``state/``. Files that a person, an unpacked archive or nbgrader's exchange put there have no seal, or another
one. Before something takes their place, the whole folder moves to the course's ``handed_in/``: nothing is lost.
"""

import contextlib
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

from autograder.course import cells
from autograder.course.files import make_private_folder, write_if_changed
from autograder.course.submission_state import state_path
from autograder.course.topics import topic_of
from autograder.errors import CourseError
from autograder.inbox.archives import FileReader, Reader, list_files
from autograder.reference import MODULES, load_lab_module

HANDED_IN = "handed_in"
"""Folder of the course with what was in ``submitted/`` and was not written by admission."""
TIMESTAMP = "timestamp.txt"
TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?"
                  r"( ?(UTC|Z)|[+-]\d\d:\d\d| [A-Za-z_]+/[A-Za-z0-9/_+-]{1,40})?\s*")
"""A time of arrival as nbgrader's exchange and we write it, as far as nbgrader reads it rightly: not with CEST."""
MAX_MODULE, MAX_NOTEBOOK, MAX_TIME = load_lab_module(MODULES).MAX_MODULE, cells.MAX_NOTEBOOK, 100
"""Largest files that are admitted, in bytes."""


class SubmittedFolder:
    """The folder of one submission.

    Parameters
    ----------
    course : path
    student, assignment : str

    Attributes
    ----------
    path : pathlib.Path
        It may not exist, and may be anything.
    """

    def __init__(self, course: str | Path, student: str, assignment: str) -> None:
        self.course, self.student, self.assignment = Path(course), student, assignment
        self.path = self.course / "submitted" / student / assignment
        self.notebook, self.module = f"{assignment}.ipynb", f"cs231n_lib/{topic_of(assignment)}.py"
        self.seal_file = state_path(course, student, assignment).with_name(f"{assignment}.seal")

    def list_readers(self, remarks: list[str]) -> list[tuple[str, Reader]]:
        """Return (name, reader) of the files in it, without a well-formed time of arrival.

        Parameters
        ----------
        remarks : list of str
            Gets a line if there are more files than are looked at.
        """
        self.refuse_links()
        files = sorted((file.relative_to(self.path).as_posix(), FileReader(file))
                       for file in list_files(self.path, remarks))
        return [(name, read) for name, read in files if name != TIMESTAMP or self.read_time() is None]

    def refuse_links(self) -> None:
        """Raise a CourseError if the folder, or the student's, is a link: what it leads to is somebody else's."""
        for path in (self.path.parent, self.path):
            if path.is_symlink():
                raise CourseError(f"{path.relative_to(self.course)} is a link, and links are not followed",
                                  "Put the folder itself in its place")

    def read_files(self) -> dict[str, bytes] | None:
        """Return name -> content of all that is in it but the time of arrival.

        None if there is something that admission never writes, or no notebook.
        """
        try:
            names = {self.notebook, *list_plain_files(self.path, {Path(self.module).parent.name})}
            if names - {self.notebook, self.module, TIMESTAMP}:
                return None
            if TIMESTAMP in names and self.read_time() is None:
                return None
            files = {name: FileReader(self.path / name)(MAX_NOTEBOOK + 1) for name in names - {TIMESTAMP}}
        except OSError:
            return None
        return files if all(len(data) <= MAX_NOTEBOOK for data in files.values()) else None

    def read_time(self) -> bytes | None:
        """Return the time of arrival as it stands there; None if there is none or it is not one."""
        try:
            data = FileReader(self.path / TIMESTAMP)(MAX_TIME + 1)
            return data if len(data) <= MAX_TIME and TIME.fullmatch(data.decode()) else None
        except (OSError, ValueError):
            return None

    def is_sealed(self) -> bool:
        """Does it hold what admission wrote, and nothing else?"""
        self.refuse_links()
        files = self.read_files()
        return files is not None and self.read_seal() == hash_files(files)

    def read_seal(self) -> str:
        """Return the hash of what admission wrote into it; "" if it has not yet."""
        try:
            return self.seal_file.read_text()
        except OSError:
            return ""

    def replace_files(self, files: Mapping[str, bytes], lost_notebook: bool = False) -> bool:
        """Have these files in it, sealed, and nothing else but the time of arrival; return whether anything changed.

        What was there before is set aside if it has a module or a notebook and none was handed in this time.

        Parameters
        ----------
        files : dict
            Name below the folder -> content.
        lost_notebook : bool
            The notebook among them is the released one, since none was handed in.
        """
        self.refuse_links()
        changed = self.read_files() != files
        if changed:
            with self.keep_what_is_not_ours(self.would_lose(files, lost_notebook)):
                for name, data in files.items():
                    write_if_changed(self.path / name, data)
                if self.module not in files:
                    (self.path / self.module).unlink(missing_ok=True)
        write_if_changed(self.seal_file, hash_files(files))
        return changed

    @contextlib.contextmanager
    def keep_what_is_not_ours(self, ours_too: bool = False) -> Iterator[None]:
        """Set aside what admission did not write, or all; if the block fails, it is back in its place."""
        if not os.path.lexists(self.path) or self.is_sealed() and not ours_too:
            yield
            return
        time, aside = self.read_time(), self.set_aside()
        try:
            if time is not None:
                write_if_changed(self.path / TIMESTAMP, time)
            yield
        except BaseException:
            shutil.rmtree(self.path, ignore_errors=True)
            os.rename(aside, self.path)
            raise

    def would_lose(self, files: Mapping[str, bytes], lost_notebook: bool) -> bool:
        """Does it hold a module or a notebook in the place of which nothing comes that was handed in?"""
        earlier, notebook = self.read_files() or {}, files[self.notebook]
        has_other = earlier.get(self.notebook, notebook) != notebook
        return lost_notebook and has_other or self.module in earlier and self.module not in files

    def list_set_aside(self) -> list[Path]:
        """Return the folders in ``handed_in/`` with what it held before."""
        return sorted((self.course / HANDED_IN / self.student).glob(f"{self.assignment}*"))

    def set_aside(self) -> Path:
        """Move the folder, with whatever is in it, to ``handed_in/``; return where it is."""
        make_private_folder(self.course / HANDED_IN)
        parent = self.course / HANDED_IN / self.student
        parent.mkdir(exist_ok=True)
        names = (self.assignment if n == 1 else f"{self.assignment}-{n}" for n in count(1))
        aside = next(parent / name for name in names if not os.path.lexists(parent / name))
        mode = self.path.lstat().st_mode
        if stat.S_ISDIR(mode) and mode & stat.S_IRWXU != stat.S_IRWXU:  # only then can it be moved
            self.path.chmod(stat.S_IMODE(mode) | stat.S_IRWXU)
        os.rename(self.path, aside)
        return aside


def list_plain_files(folder: Path, below: set[str]) -> Iterator[str]:
    """Yield the names of the files in a folder and in those of its folders that are named in ``below``.

    Raises
    ------
    OSError
        If there is anything that is neither a regular file nor one of these folders, or more than admission writes.
    """
    with os.scandir(folder) as entries:
        for number, entry in enumerate(entries):
            if number > 3:
                raise OSError("more than admission writes")
            if entry.name in below and entry.is_dir(follow_symlinks=False):
                yield from (f"{entry.name}/{name}" for name in list_plain_files(Path(entry.path), set()))
            elif entry.is_file(follow_symlinks=False):
                yield entry.name
            else:
                raise OSError("neither a file nor a folder that admission makes")


def hash_files(files: Mapping[str, bytes]) -> str:
    """Return the hash of some files."""
    parts = [f"{name} {hashlib.sha256(data).hexdigest()}" for name, data in sorted(files.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def read_module(path: Path) -> str | None:
    """Return the text of a student's module, or None if there is none that admission could have placed."""
    data = read_placed(path, MAX_MODULE)
    return None if data is None else data.decode("utf-8", errors="replace")


def read_placed(path: Path, most: int) -> bytes | None:
    """Return a file of ``submitted/``, or None if it is none that admission places: somebody may have put it there.

    Parameters
    ----------
    path : pathlib.Path
    most : int
        Bytes that it may have.
    """
    try:
        data = FileReader(path)(most + 1)
    except OSError:
        return None
    return data if len(data) <= most else None
