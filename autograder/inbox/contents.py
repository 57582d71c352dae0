"""What stands at the top of an inbox, whether it is a folder or an archive."""

from collections import Counter
from pathlib import Path

from autograder.course.text import clean_line
from autograder.errors import CourseError
from autograder.inbox import archives
from autograder.inbox.archives import (
    MAX_NAME,
    FileReader,
    Reader,
    is_archive,
    list_archive,
    list_entries,
    list_files,
)
from autograder.inbox.arrivals import FoundFile, Item
from autograder.inbox.remarks import limit_remarks
from autograder.inbox.system_files import is_system_file, is_system_path

CLONE_MARK = (".git", "HEAD")
"""The one file of a clone that is kept: it says that a folder is one."""


def list_items(root: Path, rejected: list[str]) -> list[Item]:
    """Return what stands at the top of an inbox, sorted by name; what a system puts there is left out.

    Parameters
    ----------
    root : path
        A folder or an archive.
    rejected : list of str
        Gets a line for what is more than a submission can have.
    """
    if root.is_dir():
        return list_folder(root, rejected)
    if not root.exists():
        raise CourseError(f"{root}: there is no such folder or archive")
    if not is_archive(root.name):
        raise CourseError(f"{root} is neither a folder nor an archive that is read (.zip, .tar.gz, .tgz)")
    try:
        members = list_archive(FileReader(root), root.name, whole_class=True)
    except Exception as error:  # a broken or hostile archive may raise anything
        raise CourseError(f"{root}: not a readable archive ({clean_line(str(error))})") from error
    return list_archive_items(members, root.name, rejected)


def list_folder(root: Path, rejected: list[str]) -> list[Item]:
    """Return the entries of a folder as items; of a student's folder as many files are listed as one may have."""
    items = []
    for entry in list_entries(root, archives.MAX_STUDENTS):
        if is_system_file(entry.name):
            continue
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            items.append(read_folder(path, rejected))
        else:
            items.append(Item(entry.name, (FoundFile((entry.name,), FileReader(path)),), False))
    return items


def read_folder(path: Path, rejected: list[str]) -> Item:
    """Return a folder as an item.

    Parameters
    ----------
    path : path
    rejected : list of str
        Gets a line for what is more than a submission can have.
    """
    complaints: list[str] = []
    files = [FoundFile(file.relative_to(path).parts, FileReader(file)) for file in list_files(path, complaints)]
    folders = tuple(below.name for below in list_entries(path) if below.is_dir(follow_symlinks=False))
    rejected += limit_remarks(complaints)
    return Item(path.name, tuple(sorted(files, key=lambda file: file.path)), True, folders, path)


def list_archive_items(members: list[archives.Member], name: str, rejected: list[str]) -> list[Item]:
    """Return the top of an archive's contents as items.

    Parameters
    ----------
    members : list of Member
    name : str
        Of the archive, for messages.
    rejected : list of str
    """
    paths = [(split_path(member.name), member.read) for member in members]
    left_out, items, counts = set(), [], Counter[str]()
    kept: dict[str, list[tuple[tuple[str, ...], Reader | None]]] = {}
    folders: dict[str, dict[str, None]] = {}
    for path, read in paths:
        if len(path) > 2 or len(path) == 2 and read is None:
            folders.setdefault(path[0], {})[path[1]] = None
        if not path or is_system_path(path) and path[-2:] != CLONE_MARK:
            continue
        counts[path[0]] += 1
        if counts[path[0]] > archives.MAX_MEMBERS or sum(map(len, path)) + len(path) > MAX_NAME + 1:
            left_out.add(path[0])
        else:
            kept.setdefault(path[0], []).append((path, read))
    for top, found in sorted(kept.items()):
        below = [FoundFile(path[1:], read) for path, read in found if len(path) > 1 and read is not None]
        if below or top in folders or found[-1][1] is None:
            items.append(Item(top, tuple(below), True, tuple(folders.get(top, ()))))
        else:
            items += [Item(top, (FoundFile((top,), read),), False) for path, read in found[-1:] if read is not None]
    rejected += [f"{clean_line(name)}: {clean_line(who)} has over {archives.MAX_MEMBERS} files or names of over "
                 f"{MAX_NAME} characters, they are left out" for who in sorted(left_out)]
    return items


def split_path(name: str) -> tuple[str, ...]:
    """Return the parts of a member's path."""
    return tuple(part for part in name.split("/") if part and part != ".")
