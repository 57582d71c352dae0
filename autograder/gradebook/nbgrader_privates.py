"""What we use of nbgrader that it may change without notice: private and undocumented members, in one list.

They are used in this wing alone. A test says which is missing in the installed nbgrader.
"""

from typing import NamedTuple

from nbgrader import api, converters, coursedir, preprocessors, utils


class PrivateMember(NamedTuple):
    """A member of nbgrader that it does not promise to keep.

    Attributes
    ----------
    owner : class or module of nbgrader
    name : str
    use : str
        What breaks without it.
    """

    owner: object
    name: str
    use: str


PRIVATE_MEMBERS = (
    PrivateMember(preprocessors.SaveAutoGrades, "_add_score", "preprocessors.SaveGrades keeps people's marks"),
    PrivateMember(preprocessors.SaveAutoGrades, "_add_comment", "preprocessors.SaveGrades says what was not found"),
    PrivateMember(preprocessors.SaveAutoGrades, "preprocess", "preprocessors.SaveGrades opens the gradebook by it"),
    PrivateMember(preprocessors.ClearSolutions, "preprocess_cell", "preprocessors.ClearAnswers opens answer cells"),
    PrivateMember(preprocessors.AssignLatePenalties, "plugin_class", "lateness.load_late_policy makes the plugin"),
    PrivateMember(converters.Autograde, "sanitize_preprocessors", "writer.make_graded_template runs the first part"),
    PrivateMember(converters.Autograde, "autograde_preprocessors", "writer.make_graded_template runs the second part"),
    PrivateMember(converters.Autograde, "pre_convert_hook", "admission.admit_notebooks comes before any reading"),
    PrivateMember(converters.Autograde, "exporter_class", "admission.AdmittedNotebookExporter refuses by it"),
    PrivateMember(converters.Autograde, "coursedir", "admission.AdmittedNotebookExporter knows the course by it"),
    PrivateMember(coursedir.CourseDirectory, "format_path", "writer.Writer finds the folders of a submission"),
    PrivateMember(coursedir.CourseDirectory, "get_existing_timestamp", "writer.Writer reads the time of arrival"),
    PrivateMember(utils, "determine_grade", "writer.Writer reads the mark of a cell"),
    PrivateMember(utils, "compute_checksum", "writer.Writer sees which cells are untouched"),
    PrivateMember(utils, "find_all_files", "writer.Writer copies what was handed in"),
    PrivateMember(utils, "is_task", "writer.Writer tells tasks from answers"),
    PrivateMember(utils, "is_solution", "manual_marks tells written answers from test cells"),
    PrivateMember(api, "new_uuid", "writer.Writer gives a row its id"),
    PrivateMember(api, "BaseCell", "records reads names of cells from its table"),
    PrivateMember(api, "SourceCell", "cell_rows adds and removes the cells that nbgrader knows of a notebook"),
    PrivateMember(utils, "is_locked", "cell_rows knows which cells nbgrader keeps the source of"),
    PrivateMember(preprocessors.SaveCells, "_create_notebook", "cell_rows leaves it nothing to refuse"),
    PrivateMember(api, "Course", "database.ensure_course_row adds it"),
    PrivateMember(api.Grade, "needs_manual_grade", "manual_marks asks a person by it"),
    PrivateMember(api.SubmittedNotebook, "late_submission_penalty", "lateness writes penalties into it"),
)


def list_missing_members() -> list[str]:
    """Return one sentence for every member that the installed nbgrader does not have."""
    return [f"nbgrader has no {getattr(m.owner, '__name__', m.owner)}.{m.name} any more: {m.use}"
            for m in PRIVATE_MEMBERS if not hasattr(m.owner, m.name)]
