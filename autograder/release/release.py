"""Release: from the instructor's sources to what a student gets.

For every assignment the course keeps its own copy of the sources (notebook and stripped module) in nbgrader's source
folder, and nbgrader's own ``generate_assignment`` makes the release. The checkout may change afterwards: grading goes
by the course's copy, and a new release replaces it only where nobody has handed in, or where it is told to. The student
workspace is put together from the released notebooks, the stripped package, the given code and the data, checked for
leaks, and zipped.
"""

import contextlib
import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI

from autograder.course import submission_state
from autograder.course.assignment import notebook_path, read_notebook
from autograder.course.files import make_private_folder
from autograder.course.settings import SETTINGS_FILE, load_settings
from autograder.course.solution_regions import make_stub, remove_markers
from autograder.course.topics import assignment_of, list_assignments, list_topics, topic_of
from autograder.errors import LostSourcesError, ReleaseError
from autograder.gradebook import cell_rows
from autograder.gradebook.config import load_config, write_config
from autograder.gradebook.database import ensure_course_row, read_database_address
from autograder.gradebook.overrides import write_due_dates
from autograder.reference import ROOT, read_module_source
from autograder.release import known_results, leak_check, pinned_sources, source_changes, student_notebooks
from autograder.release.source_changes import SourceChange
from autograder.rooms import list_own_files, list_own_topics
from cs231n_lib.lab.check.known_results import RESULTS_FILE

GIVEN = ["requirements.txt", "constraints.txt", "LICENSE", "cs231n_lib/__init__.py", "cs231n_lib/lab/**/*",
         "datasets/*.npz", "datasets/*.md", "datasets/*.txt"]
WORKSPACE_README = Path(__file__).with_name("workspace_README.md")
LAB = "cs231n_lib/lab"
RESULTS = RESULTS_FILE.relative_to(ROOT).as_posix()
HASHES_FILE = ".release.json"
EXAMPLE = "03"
"""The notebook that the README's commands open."""
COMPLETE_FILE = ".complete"
"""In a course's ``release/``: every assignment is there, and in the gradebook."""


def list_sources(course: Path) -> Mapping[str, str]:
    """Return assignment -> topic for every notebook of the course; a ReleaseError names one that is missing."""
    mine = load_settings(course).select_assignments(list_assignments())
    missing = [a for a in mine if not pinned_sources.find_notebook(a).exists()]
    if missing:
        raise ReleaseError(f"notebooks/{missing[0]}.ipynb does not exist")
    return mine


def list_changes(course: Path) -> list[SourceChange]:
    """Return what an update of the release would change, assignment by assignment."""
    return source_changes.list_changes(course, list_sources(course))


def generate_release(course: Path, update: bool = False) -> list[SourceChange]:
    """Make nbgrader's release of every assignment whose sources changed.

    Parameters
    ----------
    course : pathlib.Path
    update : bool
        Take the checkout's sources also where students have handed in.

    Returns
    -------
    held_back : list of SourceChange
        The assignments that stay as they were released, because there are submissions.

    Raises
    ------
    ReleaseError
        With nbgrader's own log, if it refuses.
    """
    complete_release(course, update=update)
    changes = list_changes(course)
    wanted = [change for change in changes if update or not change.submissions]
    sources = {change.assignment: pinned_sources.read_checkout(change.assignment) for change in wanted}
    try_sources(sources)
    pinned_sources.stage_sources(course, sources)
    complete_release(course)
    return [change for change in changes if change not in wanted]


def complete_release(course: Path, force: bool = False, update: bool = False) -> None:
    """Make nbgrader's release by the sources that the course has; only what it lacks is taken from the checkout.

    An update that was interrupted is brought to its end.

    Parameters
    ----------
    course : pathlib.Path
    force : bool
        Generate every assignment again, as for a gradebook that was lost.
    update : bool
        Take the checkout's sources where those that were released are lost.

    Raises
    ------
    LostSourcesError
        If sources are lost, and students have handed in.
    """
    sources = list_sources(course)
    course.mkdir(parents=True, exist_ok=True)
    write_config(course)
    make_private_folder(course / "source")  # solutions and hidden tests
    if (course / "topics").is_dir():
        make_private_folder(course / "topics")
    staged, mark = pinned_sources.list_staged(course), course / "release" / COMPLETE_FILE
    anew = force or not mark.exists()
    missing = [a for a in sources if a not in staged and (anew or not has_release(course, a))]
    if not missing and not staged:
        return
    ensure_course_row(course)
    for assignment in staged:
        finish_update(course, assignment)
    lost = ensure_sources(course, missing)
    if lost and not update:
        raise LostSourcesError(f"the notebook that students got is no longer in the course ({', '.join(lost)})",
                               "Put its folder in source/ back from a copy; or grade by the checkout's: "
                               "`release --update`")
    pinned_sources.stage_sources(course, {assignment: pinned_sources.read_checkout(assignment) for assignment in lost})
    mark.unlink(missing_ok=True)  # if we are killed, the release is made again
    for assignment in missing:
        if assignment in lost:
            finish_update(course, assignment)
        else:
            generate_assignment(course, assignment)
    mark.touch()


def has_release(course: Path, assignment: str) -> bool:
    """Are the sources of an assignment in the course, and its release?"""
    return all(notebook_path(course, kind, assignment).is_file() for kind in ("source", "release"))


@contextlib.contextmanager
def lend_release(course: Path) -> Iterator[Callable[[], Path]]:
    """Give a function that returns a folder with the releases of a course; what it has not yet is the checkout's.

    The course is not touched. Where something is missing, a folder is made when it is first asked for, and is gone
    afterwards.
    """
    with contextlib.ExitStack() as stack:
        @cache
        def find_release() -> Path:
            sources = list_sources(course)
            there = [assignment for assignment in sources if has_release(course, assignment)]
            if len(there) == len(sources):
                return course
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            copy_releases(course, folder, there)
            complete_release(folder)
            return folder

        yield find_release


def copy_releases(course: Path, folder: Path, assignments: Iterable[str]) -> None:
    """Copy the settings of a course, and the sources and releases of some assignments, into an empty folder."""
    if (course / SETTINGS_FILE).is_file():
        shutil.copy(course / SETTINGS_FILE, folder)
    for assignment in assignments:
        for kind in ("source", "release"):
            shutil.copytree(course / kind / assignment, folder / kind / assignment)
        (folder / "release" / COMPLETE_FILE).touch()  # the others alone are missing


def ensure_sources(course: Path, assignments: Iterable[str]) -> list[str]:
    """Let the course have the sources of assignments; return those that are lost."""
    with Gradebook(read_database_address(course)) as gradebook:
        return [a for a in assignments if not pinned_sources.ensure_pinned(course, gradebook, a)]


def finish_update(course: Path, assignment: str) -> None:
    """Take the staged sources of an assignment into the course, its gradebook and its release.

    Every step may be repeated: after a kill, the next run does them again.
    """
    pinned_sources.take_staged(course, assignment)
    with Gradebook(read_database_address(course)) as gradebook:
        source = read_notebook(course, "source", assignment)
        cell_rows.update_cells(gradebook, assignment, source.cells, partial(source_changes.keep_removed_marks, course))
    generate_assignment(course, assignment)
    for student, graded in submission_state.list_graded(course):
        state = submission_state.read_state(course, student, graded) if graded == assignment else None
        if state is not None:  # what the gradebook holds was graded by the notebook before
            submission_state.write_state(course, student, graded, replace(state, graded_key=""))
    pinned_sources.drop_staged(course, assignment)


def generate_assignment(course: Path, assignment: str) -> None:
    """Let nbgrader make the release of one assignment; a ReleaseError has nbgrader's own log."""
    result = NbGraderAPI(config=load_config(course)).generate_assignment(assignment, force=True, create=True)
    if result.get("error", "").rstrip().endswith("KeyboardInterrupt"):
        raise KeyboardInterrupt  # nbgrader's API catches it as it catches errors, and gives back its traceback
    if not result["success"]:
        raise ReleaseError(f"{assignment}: {result.get('log', '')}{result.get('error', '')}")


def try_sources(sources: Mapping[str, pinned_sources.Sources]) -> None:
    """Let nbgrader release assignments in an empty course: if it refuses, nothing has happened to the real one."""
    with tempfile.TemporaryDirectory() as folder:
        pinned_sources.stage_sources(Path(folder), sources)
        for assignment in sources:
            pinned_sources.take_staged(Path(folder), assignment)
            generate_assignment(Path(folder), assignment)


def list_workspace_files(course: Path, solved: Collection[str] = ()) -> dict[str, bytes]:
    """Return path in the workspace -> bytes, for everything a student gets.

    Parameters
    ----------
    course : pathlib.Path
    solved : collection of str
        Topics whose module keeps its solutions.
    """
    home, mine = find_repository(course), list_sources(course)
    readme = make_workspace_readme(mine, load_settings(course).title)
    files = {"README.md": student_notebooks.make_readme(readme, home, next(iter(mine))).encode()}
    if home:
        files |= student_notebooks.BINDER
    for pattern in GIVEN:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
                files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    files |= list_own_given_files()
    for assignment in mine:
        released = (course / "release" / assignment / f"{assignment}.ipynb").read_bytes()
        files[f"{assignment}.ipynb"] = student_notebooks.make_student_notebook(released, assignment, home)
    for topic, assignment in list_topics().items():
        pinned = read_held_back(course, assignment) if assignment in mine else {}
        files[f"cs231n_lib/{topic}.py"] = (
            remove_markers(read_module_source(topic)) if topic in solved
            else pinned.get(f"cs231n_lib/{topic}.py") or make_stub(topic)
        ).encode()
    return files


def make_workspace_readme(assignments: Mapping[str, str], title: str = "") -> str:
    """Return the README of the workspace, with a line for each of its notebooks.

    Parameters
    ----------
    assignments : dict
        Assignment -> topic.
    title : str
        Of the course; "" for the workbook's own.
    """
    lines = [f"| `{assignment}.ipynb` | `cs231n_lib/{topic}.py` |" for assignment, topic in assignments.items()]
    text = WORKSPACE_README.read_text(encoding="utf-8").replace("{notebooks}", "\n".join(lines))
    if not any(name.startswith(EXAMPLE) for name in assignments):
        text = re.sub(rf"\b{EXAMPLE}\b", list(assignments)[-1][:2], text)
    return text if not title else f"# {title}\n" + text.partition("\n")[2]


def list_own_given_files() -> dict[str, bytes]:
    """Return path in the workspace -> bytes, for what the checks of the course's own topics need."""
    own = list_own_topics()
    files = {place: file.read_bytes() for place, file in list_own_files().items() if place.startswith(f"{LAB}/")}
    return files | {RESULTS: known_results.format_results(own)} if own else files


def find_repository(course: Path) -> student_notebooks.PublicRepository | None:
    """Return the public repository of the workspace: the course's own, or that of ``pyproject.toml``."""
    settings = load_settings(course)
    if settings.repository:
        return student_notebooks.PublicRepository(settings.repository, settings.branch)
    try:
        return student_notebooks.read_repository()
    except ValueError as error:
        raise ReleaseError(str(error)) from None


def list_solved(course: Path) -> list[str]:
    """Return the topics that ``course.toml`` hands out solved, or that others need and the course leaves out."""
    return [topic_of(name) for name in load_settings(course).select_solved(list_assignments())]


def read_held_back(course: Path, assignment: str) -> pinned_sources.Sources:
    """Return the course's sources of an assignment if they are not the checkout's: students got these; else nothing."""
    pinned = pinned_sources.read_pinned(course, assignment)
    return pinned if pinned != pinned_sources.read_checkout(assignment) else {}


def make_release(course: Path, build: Path, solved: Collection[str] = ()) -> Path:
    """Make the whole release.

    Parameters
    ----------
    course, build : pathlib.Path
        The course folder, and the folder that takes ``workspace/`` and ``cs231n-workbook.zip``.
    solved : collection of str
        Topics whose module keeps its solutions, beside those of :func:`list_solved`.

    Returns
    -------
    archive : pathlib.Path

    Raises
    ------
    ReleaseError
        If nbgrader refuses, or if a solution or a hidden test would reach a student.
    """
    generate_release(course)
    solved = {*solved, *list_solved(course)}
    files = list_workspace_files(course, solved)
    given = {f"source/{a}/{name}": text for a in list_sources(course)
             for name, text in read_held_back(course, a).items()}
    leaks = leak_check.find_leaks(files, solved, given)
    for topic in list_own_topics().keys() - solved:
        leaks += leak_check.find_told_solutions(topic, known_results.list_sentences(topic))
    if leaks:
        raise ReleaseError("the release would leak:\n" + "\n".join(leaks))
    workspace = build / "workspace"
    shutil.rmtree(workspace, ignore_errors=True)
    for name, data in files.items():
        (workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / name).write_bytes(data)
    return write_zip(files, build / "cs231n-workbook.zip")


def write_zip(files: Mapping[str, bytes], archive: Path) -> Path:
    """Write a zip whose bytes depend only on its contents."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in sorted(files.items()):
            zipped.writestr(zipfile.ZipInfo(f"cs231n-workbook/{name}", (2020, 1, 1, 0, 0, 0)), data,
                            zipfile.ZIP_DEFLATED)
    return archive


def merge_workspace(released: Path, workspace: Path) -> list[str]:
    """Copy a released workspace into a student's, never overwriting their work.

    A file that the student has not changed since the last release is replaced. One that they have changed is kept, and
    the new version is put next to it as ``NAME.new`` if it differs from the last release.

    Returns
    -------
    kept : list of str
        Files that the student had changed.
    """
    record = workspace / HASHES_FILE
    last = json.loads(record.read_text()) if record.exists() else {}
    now: dict[str, str] = {}
    kept = []
    for path in sorted(p for p in released.rglob("*") if p.is_file()):
        name, data = str(path.relative_to(released)), path.read_bytes()
        target, now[name] = workspace / name, hashlib.sha256(data).hexdigest()
        theirs = hashlib.sha256(target.read_bytes()).hexdigest() if target.exists() else None
        if theirs in (None, last.get(name), now[name]):
            target.parent.mkdir(parents=True, exist_ok=True)
            if theirs != now[name]:
                target.write_bytes(data)
        else:
            kept.append(name)
            if now[name] != last.get(name):
                target.with_name(target.name + ".new").write_bytes(data)
    record.write_text(json.dumps(now, indent=1))
    return kept


def list_not_yet_due(course: Path, topics: Iterable[str]) -> list[str]:
    """Return the assignments of ``topics`` whose due date has not passed or is not set."""
    now, open_ = datetime.now(UTC).replace(tzinfo=None), []
    with Gradebook(read_database_address(course)) as gradebook:
        write_due_dates(gradebook, course)
        for topic in topics:
            try:
                due = gradebook.find_assignment(assignment_of(topic)).duedate
            except MissingEntry:
                due = None
            if due is None or due > now:
                open_.append(assignment_of(topic))
    return open_
