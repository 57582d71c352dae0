"""Where the files of a topic are: in the checkout, or in the folder ``topics`` of a course.

A topic has one file in each of several rooms. In the checkout a room is a folder that holds the files of all topics; a
course keeps all files of a topic of its own in one folder, by the names in :data:`OWN_NAMES`::

    course/topics/label_smoothing/10_label_smoothing.ipynb, module.py, hidden_tests.py, mistakes.py, ...

Whoever needs a file names its *place*, its path in the checkout, and asks :func:`find_file` where it really is. In the
zip for Gradescope and in what students get, files of either kind stand at their places. A process grades for one
course: :func:`open_course` names it, and the processes that it starts know it by :data:`VARIABLE`.
"""

import atexit
import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from autograder.errors import AutograderError, CourseError

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: the grader works from one only."""
VARIABLE = "CS231N_OWN_TOPICS"
"""The environment variable with the folder of a course's own topics."""
NOTEBOOK = re.compile(r"\d\d_([a-z]+(?:_[a-z]+)*)")
"""The name of an assignment, and the topic in it. Students' own commands know notebooks by the same form."""
CHECK = "cs231n_lib/lab/check"
OWN_NAMES = MappingProxyType({
    "module.py": "cs231n_lib/{topic}.py",
    "cases.py": f"{CHECK}/cases/{{topic}}.py",
    "aspects.py": f"{CHECK}/aspects/{{topic}}.py",
    "hints.py": f"{CHECK}/hints/{{topic}}.py",
    "questions.py": f"{CHECK}/questions/{{topic}}.py",
    "alt_texts.toml": "cs231n_lib/lab/alt_texts/{assignment}.toml",
    "hidden_tests.py": "autograder/hidden_tests/{topic}.py",
    "hidden_tests.npz": "autograder/hidden_tests/{topic}.npz",
    "mistakes.py": "autograder/mistakes/{topic}.py",
    "alternatives.py": "autograder/verify/alternatives/{topic}.py",
    "equivalents.toml": "autograder/verify/equivalents/{topic}.toml",
})
"""Name of a file in the folder of a course's own topic -> its place. The notebook has its own name there, too."""
NEEDED = ("module.py", "cases.py", "hidden_tests.py", "mistakes.py", "alternatives.py")
"""Files that no topic is without."""


@dataclass(frozen=True)
class OwnTopic:
    """A topic that a course has beside the workbook's.

    Attributes
    ----------
    name : str
        Of the graded module.
    assignment : str
    folder : pathlib.Path
    """

    name: str
    assignment: str
    folder: Path

    def list_files(self) -> dict[str, Path]:
        """Return place -> file, for the files that are there."""
        files = {f"notebooks/{self.assignment}.ipynb": self.folder / f"{self.assignment}.ipynb"}
        for name, place in OWN_NAMES.items():
            if (self.folder / name).is_file():
                files[place.format(topic=self.name, assignment=self.assignment)] = self.folder / name
        return files


# -- a course's own topics -------------------------------------------------------------------------------------------


def open_course(course: str | Path) -> None:
    """Let this process, and those that it starts, know the topics that a course has of its own, if it has any."""
    folder = Path(course).resolve() / "topics"
    if folder.is_dir():
        os.environ[VARIABLE] = str(folder)


def list_own_topics() -> Mapping[str, OwnTopic]:
    """Return name -> topic of the course's own, in the order of their notebooks.

    Raises
    ------
    CourseError
        If a folder there is no topic, or has the name of one of the workbook's.
    """
    folder = os.environ.get(VARIABLE)
    return read_own_topics(Path(folder)) if folder else MappingProxyType({})


@cache
def read_own_topics(folder: Path) -> Mapping[str, OwnTopic]:
    """Read a folder of own topics: :func:`list_own_topics`."""
    folders = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))]
    found = map(read_own_topic, sorted(folders))
    return MappingProxyType({topic.name: topic for topic in sorted(found, key=lambda topic: topic.assignment)})


def read_own_topic(folder: Path) -> OwnTopic:
    """Return the topic in a folder, which has a notebook and a module."""
    name = folder.name
    taken = find_taken(name)
    if taken:
        raise CourseError(f"{folder}: the workbook has {taken} already",
                          "Give the course's own topic another name, in its folder, its notebook and its files")
    notebooks = [path.stem for path in sorted(folder.glob("*.ipynb"))
                 if (match := NOTEBOOK.fullmatch(path.stem)) and match[1] == name]
    if len(notebooks) != 1:
        raise CourseError(f"{folder} is no topic: it needs one notebook NN_{name}.ipynb, and has {len(notebooks)}",
                          "`new-topic` makes a topic with all its files; whatever is none, move it away")
    check_files(folder)
    return OwnTopic(name, notebooks[0], folder)


def find_taken(name: str) -> str:
    """Return the place in the checkout that a topic of that name would hide, "" if there is none."""
    places = [f"cs231n_lib/{name}", *(place.format(topic=name, assignment="") for place in OWN_NAMES.values())]
    return next((place for place in places if (ROOT / place).exists()), "")


def check_files(folder: Path) -> None:
    """Raise a CourseError if a topic lacks a file, or has one under a name that nobody looks for."""
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise CourseError(f"{folder} has no {', '.join(missing)}", "`new-topic` shows what they hold")
    odd = [path.name for path in sorted(folder.iterdir()) if path.suffix in (".py", ".toml", ".npz")
           and path.name not in OWN_NAMES]
    if odd:
        raise CourseError(f"{folder}: {', '.join(odd)} would be used by nobody",
                          f"The files of a topic are {', '.join(OWN_NAMES)}, and its notebook")


def pack_topics() -> dict[str, bytes]:
    """Return path below the folder of own topics -> contents, for a process on another computer."""
    return {f"{topic.name}/{file.name}": file.read_bytes()
            for topic in list_own_topics().values() for file in topic.list_files().values()}


def unpack_topics(files: Mapping[str, bytes]) -> None:
    """Let this process know the own topics that :func:`pack_topics` packed elsewhere, and no others."""
    os.environ.pop(VARIABLE, None)
    if not files:
        return
    folder = Path(tempfile.mkdtemp(prefix="cs231n-topics-"))  # its owner's alone: hidden tests
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    os.environ[VARIABLE] = str(folder)


def forget_topics() -> None:
    """Read the folder of own topics once more when it is asked for: something was put there."""
    read_own_topics.cache_clear()


# -- files and modules -----------------------------------------------------------------------------------------------


def list_own_files() -> dict[str, Path]:
    """Return place -> file, for the files of the course's own topics."""
    return {place: file for topic in list_own_topics().values() for place, file in topic.list_files().items()}


def find_file(place: str) -> Path:
    """Return the file that is at a place, as in ``"autograder/mistakes/dropout.py"``, whether it exists or not."""
    return list_own_files().get(place, ROOT / place)


def list_room(folder: str, root: Path = ROOT) -> dict[str, Path]:
    """Return place -> file, for all files below a folder of the checkout, and the course's own that belong there.

    Parameters
    ----------
    folder : str
        As in ``"autograder/mistakes"``.
    root : path
        The checkout.
    """
    paths = (root / folder).rglob("*")
    files = {path.relative_to(root).as_posix(): path for path in paths
             if path.is_file() and "__pycache__" not in path.parts}
    return files | {place: file for place, file in list_own_files().items() if place.startswith(f"{folder}/")}


class OwnFinder(importlib.abc.MetaPathFinder):
    """Finds the modules of a course's own topics under the names that they would have in the checkout."""

    def find_spec(self, name, path=None, target=None):
        """See :class:`importlib.abc.MetaPathFinder`."""
        if VARIABLE not in os.environ or not name.startswith(("autograder.", "cs231n_lib.")):
            return None
        file = list_own_files().get(f"{name.replace('.', '/')}.py")
        if file is None:
            return None
        return importlib.util.spec_from_file_location(name, file, loader=OwnLoader(name, str(file)))


class OwnLoader(importlib.machinery.SourceFileLoader):
    """Loads a module of a course's own topic; what is wrong in it is said in one sentence."""

    def exec_module(self, module):
        """See :class:`importlib.abc.Loader`."""
        with name_errors(self.path):
            super().exec_module(module)


@contextlib.contextmanager
def name_errors(file: str | Path) -> Iterator[None]:
    """Let a file of a course's own topic that cannot be loaded be a CourseError that names the line.

    What goes wrong in a file of ours is a fault of ours, and stays as it is.
    """
    try:
        yield
    except AutograderError:
        raise
    except Exception as error:  # it is the instructor's code
        if Path(file) not in list_own_files().values():
            raise
        if isinstance(error, SyntaxError):
            raise CourseError(f"{file}, line {error.lineno}: {error.msg}") from error
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
        where = f"{file}, line {lines[-1]}" if lines else str(file)
        raise CourseError(f"{where}: {type(error).__name__}: {error}") from error


sys.meta_path.append(OwnFinder())  # after Python's own: nothing of the checkout is ever replaced
