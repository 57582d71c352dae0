"""The sources that a course released: its own copies in ``source/``, by which it grades however the checkout changes.

New sources are first laid out as a whole in the course's ``update/``. As long as that folder exists, what is in it has
been decided on: whoever prepares the course next brings it to an end (:func:`list_staged`, :func:`take_staged`), so an
interrupted update is never left half done.
"""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, Notebook

from autograder.course.assignment import UPDATE_FOLDER, notebook_path, read_notebook
from autograder.course.files import make_private_folder, write_if_changed
from autograder.course.solution_regions import make_stub
from autograder.course.topics import topic_of
from autograder.gradebook import cell_rows
from autograder.rooms import ROOT, list_own_files

NOTEBOOKS = ROOT / "notebooks"
MOST_READ = 2 * 2**20
"""Largest notebook of a student's that is read to find the released one in it, in bytes: admission's have 100 KB."""
Sources = Mapping[str, str]
"""Path below an assignment's folder -> text: its notebook, with solutions, and its module, without."""


def find_notebook(assignment: str) -> Path:
    """Return the instructor's notebook of an assignment, whether it exists or not."""
    return list_own_files().get(f"notebooks/{assignment}.ipynb", NOTEBOOKS / f"{assignment}.ipynb")


def read_checkout(assignment: str) -> Sources:
    """Return the sources of an assignment as the checkout has them."""
    topic = topic_of(assignment)
    notebook = find_notebook(assignment).read_text(encoding="utf-8")
    return {f"{assignment}.ipynb": notebook, f"cs231n_lib/{topic}.py": make_stub(topic)}


def read_pinned(course: Path, assignment: str) -> Sources:
    """Return the sources that the course has of an assignment; nothing of what is missing."""
    names = (f"{assignment}.ipynb", f"cs231n_lib/{topic_of(assignment)}.py")
    files = {name: course / "source" / assignment / name for name in names}
    return {name: path.read_text(encoding="utf-8", errors="replace") for name, path in files.items() if path.is_file()}


def is_pinned(course: Path, assignment: str) -> bool:
    """Does the course have its own copy of the assignment's notebook?"""
    return notebook_path(course, "source", assignment).is_file()


def list_submitters(course: Path, gradebook: Gradebook, assignment: str) -> set[str]:
    """Return the students who have handed in: by the gradebook, or by ``submitted/`` if the gradebook was lost."""
    placed = {folder.parent.name for folder in (course / "submitted").glob(f"*/{assignment}") if folder.is_dir()}
    return placed | cell_rows.list_submitters(gradebook, assignment)


# -- changing them ---------------------------------------------------------------------------------------------------


def stage_sources(course: Path, sources: Mapping[str, Sources]) -> None:
    """Lay out new sources of assignments in ``update/``: all of them appear there at once, or none."""
    if not sources:
        return
    part, staged = course / f"{UPDATE_FOLDER}.part", course / UPDATE_FOLDER
    shutil.rmtree(part, ignore_errors=True)
    make_private_folder(part)  # solutions and hidden tests
    for assignment, texts in sources.items():
        for name, text in texts.items():
            (part / assignment / name).parent.mkdir(parents=True, exist_ok=True)
            (part / assignment / name).write_text(text, encoding="utf-8")
    part.rename(staged)


def list_staged(course: Path) -> list[str]:
    """Return the assignments whose new sources wait in ``update/``."""
    return sorted(folder.name for folder in (course / UPDATE_FOLDER).glob("*"))


def take_staged(course: Path, assignment: str) -> None:
    """Make the new sources of an assignment the course's own; they stay in ``update/``, too."""
    folder = course / UPDATE_FOLDER / assignment
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            write_if_changed(course / "source" / assignment / path.relative_to(folder), path.read_bytes())


def drop_staged(course: Path, assignment: str) -> None:
    """Remove an assignment from ``update/``: its update has come to its end."""
    shutil.rmtree(course / UPDATE_FOLDER / assignment, ignore_errors=True)
    if not list_staged(course):
        shutil.rmtree(course / UPDATE_FOLDER, ignore_errors=True)


# -- courses of earlier versions -------------------------------------------------------------------------------------


def ensure_pinned(course: Path, gradebook: Gradebook, assignment: str) -> bool:
    """See that the course has the sources of an assignment, those that its submissions were written for.

    Earlier versions wrote the checkout's notebooks into ``source/`` at every run. Where nbgrader then refused to
    generate the release, ``source/`` does not fit the gradebook, and what was released is put together again from the
    release or a submission, and from the sources that the gradebook keeps.

    Returns
    -------
    found : bool
        False if there are submissions and what was released for them cannot be found.
    """
    notebook, name = cell_rows.find_notebook(gradebook, assignment), f"{assignment}.ipynb"
    texts = {**read_checkout(assignment)}
    if not is_lost(course, notebook, assignment):
        texts |= read_pinned(course, assignment)
    elif not fits(notebook, nbformat.reads(texts[name], as_version=4)):
        recovered = recover_notebook(course, notebook, assignment)
        if recovered is None:
            return False
        texts[name] = recovered
    for path, text in texts.items():
        write_if_changed(course / "source" / assignment / path, text)
    return True


def is_lost(course: Path, notebook: Notebook | None, assignment: str) -> bool:
    """Has the course no notebook that its submissions were written for?

    Parameters
    ----------
    course : pathlib.Path
    notebook : nbgrader.api.Notebook, optional
        Its row in the gradebook.
    assignment : str
    """
    if notebook is None or not notebook.submissions:
        return False
    return not is_pinned(course, assignment) or not fits(notebook, read_notebook(course, "source", assignment))


def fits(notebook: Notebook | None, source: NotebookNode) -> bool:
    """Can nbgrader release a notebook, as far as the submissions in the gradebook are concerned?"""
    return notebook is None or not notebook.submissions or cell_rows.has_cells(notebook, source.cells)


def recover_notebook(course: Path, notebook: Notebook, assignment: str) -> str | None:
    """Return the text of the notebook that was released, from what is left of it; None if that is not enough.

    Parameters
    ----------
    course : pathlib.Path
    notebook : nbgrader.api.Notebook
        Its row in the gradebook, with submissions.
    assignment : str
    """
    for path in iter_copies(course, assignment):
        try:
            book = nbformat.read(path, as_version=4)
        except Exception:  # nbformat has no common class of errors
            continue
        if path.is_relative_to(course / "submitted"):  # other cells may be the student's
            book.cells = [c for c in book.cells if c.metadata.get("nbgrader", {}).get("grade_id")]
        if cell_rows.has_cells(notebook, book.cells) and restore_sources(book, notebook):
            return nbformat.writes(book)
    return None


def iter_copies(course: Path, assignment: str) -> Iterable[Path]:
    """Yield the notebooks that have the released cells in them: the release itself, then the submissions."""
    released = notebook_path(course, "release", assignment)
    if released.is_file():
        yield released
    for path in sorted((course / "submitted").glob(f"*/{assignment}/{assignment}.ipynb")):
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= MOST_READ:
            yield path


def restore_sources(book: NotebookNode, notebook: Notebook) -> bool:
    """Give every cell the source and the points that the gradebook keeps; return whether they are its own kinds."""
    sources, grades = cell_rows.read_rows(notebook, "source"), cell_rows.read_rows(notebook, "grade")
    for cell in book.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name is None:
            continue
        if cell.cell_type != sources[name].cell_type:
            return False
        cell.source = sources[name].source
        if name in grades:
            cell.metadata.nbgrader["points"] = grades[name].max_score
    return True
