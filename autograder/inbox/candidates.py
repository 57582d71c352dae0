"""Which file of a submission is the notebook and which the module: by their names, else by what is in them.

Browsers, Colab and Windows rename files, and unpacking puts them into other folders. So a file of another name is taken
if it has the assignment's cells, or defines its functions. Where several different files could be the one, the file of
the right name counts until a person has chosen, and the submission is to be looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Generic, TypeVar

from autograder.course.text import clean_line
from autograder.inbox.assignment_names import find_kind, name_assignment

MOST_TRIED, MOST_BYTES, MOST_SECONDS = 40, 128 * 2**20, 8.0
"""Files of other names that are read, of one submission, bytes of them together, and seconds of processor time after
which no further one is tried: a file of ours takes a hundredth of one."""
GIVEN = ("README.md", "LICENSE", "requirements.txt", "constraints.txt", "binder/requirements.txt", "binder/runtime.txt")
"""What stands at the top of a workspace beside the notebooks."""
PLAIN_SUFFIXES = ("", ".txt", ".json")
"""Of files that say nothing about what they are."""

Content = TypeVar("Content")


@dataclass(frozen=True)
class Candidate(Generic[Content]):
    """A file that may be the notebook, or the module.

    Attributes
    ----------
    name : str
        Its path in the submission.
    rank : int
        0 for the place where it belongs, higher for others.
    content : object
        What was read of it.
    """

    name: str
    rank: int
    content: Content


def rank_name(name: str, right_names: Sequence[str]) -> int:
    """Return the place of a name among the right ones; one more than the last for any other name."""
    return right_names.index(name) if name in right_names else len(right_names)


def may_be_notebook(name: str) -> bool:
    """May a file be a notebook, by its name?"""
    file = PurePosixPath(name.lower())
    return not is_hidden(name) and (".ipynb" in file.name or file.suffix in PLAIN_SUFFIXES)


def may_be_module(name: str) -> bool:
    """May a file be a module, by its name?"""
    file = PurePosixPath(name.lower())
    is_code = file.suffix == ".py" or ".py" in file.name and file.suffix in PLAIN_SUFFIXES
    return not is_hidden(name) and ".ipynb" not in file.name and (is_code or file.suffix in PLAIN_SUFFIXES)


def is_hidden(name: str) -> bool:
    """Does a system or an editor keep this file for itself, as in ``.ipynb_checkpoints`` and ``__MACOSX``?"""
    return any(part.startswith((".", "__MACOSX", "__pycache__")) for part in PurePosixPath(name).parts)


def is_given(name: str) -> bool:
    """Is a file one of the workspace that nobody writes: of the lab, a data set, or what stands at its top?"""
    folder, _, file = f"/{name}".rpartition("/")
    if "/cs231n_lib/lab/" in f"{folder}/":
        return not (folder.endswith("/lab") and name_assignment(file))  # somebody may have put a module there
    return name in GIVEN or folder.endswith("/datasets") and not find_kind(file)


def choose_candidate(candidates: Sequence[Candidate[Content]], right_name: str, remarks: list[str],
                     doubts: list[str]) -> Candidate[Content] | None:
    """Return the one that counts of the files that may be the one; None if there is none.

    Parameters
    ----------
    candidates : sequence of Candidate
    right_name : str
        Where the file belongs.
    remarks : list of str
        Gets a line if the file has another name.
    doubts : list of str
        Gets a line if there are several with different contents.
    """
    if not candidates:
        return None
    first, *others = sorted(candidates, key=lambda candidate: (candidate.rank, candidate.name))
    rivals = [clean_line(other.name) for other in others if other.content != first.content]
    if rivals:
        doubts.append(f"{clean_line(first.name)} and {', '.join(rivals)} may each be {right_name}: the first counts "
                      "until a person has chosen")
    elif first.name != right_name and PurePosixPath(first.name).name != PurePosixPath(right_name).name:
        remarks.append(f"{clean_line(first.name)}: taken as {right_name}, by what is in it")
    elif first.rank > 1:
        remarks.append(f"{clean_line(first.name)}: taken as {right_name}, though it is in another folder")
    return first
