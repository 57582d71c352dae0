"""Admission on nbgrader's own road: what ``submitted/`` holds is read by the inbox before nbgrader opens it.

``grade`` and ``collect`` place what they admitted, and leave a seal of it. What a person or nbgrader's exchange put
there has no seal. nbgrader calls :func:`admit_notebooks` before it copies or reads anything of a submission: the inbox
reads the folder within its limits, keeps it in ``handed_in/``, and puts the rebuilt notebook and the module in its
place. nbgrader goes on when such a hook fails, so :class:`AdmittedNotebookExporter`, which opens the notebook, refuses
what has no seal.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from traitlets.log import get_logger

from autograder.course import submission_state
from autograder.course.assignment import load_assignment
from autograder.course.settings import load_settings
from autograder.errors import CourseError
from autograder.inbox.assignment_names import find_misfit
from autograder.inbox.submitted_folder import HANDED_IN, SubmittedFolder
from autograder.inbox.uploads import Upload, note_reading, place_upload, read_upload


def admit_notebooks(course: str | Path, *, notebooks: Iterable[str], **_others: Any) -> None:
    """Admit the submission that nbgrader is about to autograde, unless admission wrote all that is in it.

    Parameters
    ----------
    course : path
    notebooks : iterable of str
        Paths of the notebooks that nbgrader found in ``submitted/<student>/<assignment>/``.
    **_others
        nbgrader also says what it was asked for, which may be a pattern for several submissions.
    """
    for folder in sorted({Path(notebook).parent for notebook in notebooks}):
        try:
            admit_folder(Path(course), folder.parent.name, folder.name)
        except Exception as error:
            get_logger().error("%s/%s: not admitted: %s", folder.parent.name, folder.name, error)
            raise


def admit_folder(course: Path, student: str, assignment: str) -> None:
    """Read the folder of a submission as an upload, and put what is admitted of it in its place.

    Parameters
    ----------
    course : pathlib.Path
    student, assignment : str
    """
    folder = open_folder(course, student, assignment)
    if folder.is_sealed():
        return
    remarks: list[str] = []
    outline = load_assignment(course, assignment).outline
    upload = read_upload((student, assignment), folder.list_readers(remarks), outline)
    upload.remarks += remarks
    if place_upload(upload, course):
        get_logger().warning("%s/%s was put into submitted/ by hand: it is kept in %s/, and what is admitted of it "
                             "takes its place", student, assignment, HANDED_IN)
    for remark in [*upload.doubts, *upload.remarks]:
        get_logger().warning("%s/%s: %s", student, assignment, remark)
    remember_reading(course, upload)


def open_folder(course: Path, student: str, assignment: str) -> SubmittedFolder:
    """Return the folder of a submission; a CourseError says if these are no names of one."""
    if complaint := find_misfit(student, assignment):
        raise CourseError(complaint)
    return SubmittedFolder(course, student, assignment)


def remember_reading(course: Path, upload: Upload) -> None:
    """Note in the course's state what was not admitted; until there is a result, the submission counts as not graded.

    Parameters
    ----------
    course : pathlib.Path
    upload : Upload
    """
    submission = upload.student, upload.assignment
    state = submission_state.read_state(course, *submission)
    if state is None and (upload.remarks or upload.doubts):
        state = submission_state.SubmissionState("infra-error", "grading did not come to its end")
    if state is not None:
        submission_state.write_state(course, *submission, note_reading(state, upload))


class AdmittedNotebookExporter(NotebookExporter):
    """nbgrader's exporter, which opens a notebook of ``submitted/`` only if admission wrote all that is beside it."""

    def from_filename(self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
                      ) -> tuple[NotebookNode, dict[str, Any]]:
        """Read and convert a notebook.

        Parameters
        ----------
        filename : str
        resources : dict
            nbconvert's, with what nbgrader says of the submission.
        **kw
            nbconvert's.

        Raises
        ------
        CourseError
            If the submission was not admitted, or the course's settings cannot be read.
        """
        converter: Any = self.parent
        load_settings(converter.coursedir.root)
        about, coursedir = (resources or {})["nbgrader"], converter.coursedir
        key = about["student"], about["assignment"]
        if Path(filename).parent != Path(coursedir.format_path(coursedir.autograded_directory, *key)):
            if not open_folder(Path(coursedir.root), *key).is_sealed():
                raise CourseError(
                    f"submitted/{'/'.join(key)} holds what admission did not write, and nothing of it was read",
                    "Run `python -m autograder collect --submissions submitted --course .` in the course's folder, "
                    "then autograde again")
        return super().from_filename(filename, resources=resources, **kw)
