"""How nbgrader is set up, in one place that its command line, its Python API and formgrader's button all read.

The lists of preprocessors are nbgrader's own with our steps in them: :class:`Rebuild` comes before everything that
reads a submission, :class:`RunTrusted` replaces ``Execute``, :class:`SaveGrades` replaces ``SaveAutoGrades``.
"""

import contextlib
import os
import sys
import traceback
from functools import partial
from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader import preprocessors as stock
from traitlets.config import Config, PyFileConfigLoader

from autograder.course.settings import load_settings
from autograder.course.topics import list_topics
from autograder.errors import CourseError
from autograder.gradebook.admission import AdmittedNotebookExporter, admit_notebooks
from autograder.gradebook.late_policy import LatePolicy
from autograder.gradebook.preprocessors import (
    AssignPenalties,
    ClearAnswers,
    ClearClaims,
    ClearSolutionTexts,
    Rebuild,
    RunTrusted,
    SaveGrades,
)
from autograder.gradebook.safe_code import render_safe_code
from autograder.gradebook.safe_markdown import keep_addresses, render_safe_markdown
from autograder.rooms import open_course

GENERATE = [stock.IncludeHeaderFooter, ClearSolutionTexts, stock.LockCells, ClearAnswers, ClearClaims,
            stock.ClearOutput, stock.CheckCellMetadata, stock.ComputeChecksums, stock.SaveCells, stock.ClearHiddenTests,
            stock.ClearMarkScheme, stock.ComputeChecksums, stock.CheckCellMetadata]
SANITIZE = [Rebuild, stock.ClearOutput, stock.DeduplicateIds, stock.OverwriteKernelspec, stock.OverwriteCells,
            stock.CheckCellMetadata]
AUTOGRADE = [RunTrusted, stock.IgnorePattern, ClearMetadataPreprocessor, stock.LimitOutput, SaveGrades,
             AssignPenalties, stock.CheckCellMetadata]
FEEDBACK = [stock.GetGrades, stock.ClearHiddenTests, CSSHTMLHeaderPreprocessor]
CONFIG_FILE = "nbgrader_config.py"
CONFIG_TEXT = '''"""The course as nbgrader sees it. Your own settings go below: they stay."""

from pathlib import Path

from autograder.nbgrader_config import configure

c = configure(get_config(), Path(__file__).parent)  # noqa: F821

# Title, zone, due dates, what lateness costs: course.toml (docs/your_course.md). A setting here goes before it.
# c.CanvasExporter.columns = {"01_activations": "Activations (48151)"}
# c.MoodleExporter.identifier = "email"
# c.CourseDirectory.db_url = "postgresql+psycopg://user@host/database"  # docs/cluster.md
'''


def configure(c: Config, course: str | Path) -> Config:
    """Fill in the configuration of a course.

    Parameters
    ----------
    c : traitlets.config.Config
        As ``get_config()`` returns it in a configuration file; changed in place and returned.
    course : path
        Folder of the course: source, release, submitted, autograded, feedback, gradebook.db.
    """
    open_course(course)
    configure_paths(c, course)
    c.CourseDirectory.course_id = ""
    c.GenerateAssignment.preprocessors = GENERATE
    c.Autograde.pre_convert_hook = partial(admit_notebooks, Path(course).resolve())
    c.Autograde.exporter_class = AdmittedNotebookExporter
    c.Autograde.sanitize_preprocessors = SANITIZE
    c.Autograde.autograde_preprocessors = AUTOGRADE
    c.AssignLatePenalties.plugin_class = LatePolicy
    c.GenerateFeedback.preprocessors = FEEDBACK
    c.HTMLExporter.sanitize_html = True  # nbconvert's second look at outputs; nothing of ours rests on it
    c.HTMLExporter.filters = {"markdown2html": render_safe_markdown, "highlight_code": render_safe_code,
                              "strip_files_prefix": keep_addresses}
    # nbgrader goes on without a configuration that raises, and so without our sandbox. What is wrong with a course's
    # own topic is said as soon as somebody asks for an assignment.
    with contextlib.suppress(CourseError):
        c.Autograde.exclude_overwriting = {a: [f"cs231n_lib/{topic}.py"] for topic, a in list_topics().items()}
    # What is wrong in course.toml is an error of load_config and, when nbgrader itself grades, of
    # AdmittedNotebookExporter.
    with contextlib.suppress(CourseError):
        configure_lateness(c, course)
    return c


def configure_lateness(c: Config, course: str | Path) -> None:
    """Fill in what ``course.toml`` says about lateness."""
    settings = load_settings(course)
    c.LatePolicy.update(settings.late)
    if settings.zone:
        c.LatePolicy.timezone = settings.zone


def configure_paths(c: Config, course: str | Path) -> Config:
    """Fill in where the course is."""
    c.CourseDirectory.root = str(Path(course).resolve())
    c.Rebuild.course = c.RunTrusted.course = c.SaveGrades.course = c.CourseDirectory.root
    return c


def load_config(course: str | Path) -> Config:
    """Return the configuration of a course for nbgrader's Python API: ours, and what the course's file changes."""
    folder = os.path.dirname(sys.executable)  # nbgrader calls ``alembic`` by name and must find ours
    if folder not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + os.environ["PATH"]
    load_settings(course)  # what is wrong in it is an error here
    config = configure(Config(), course)
    if (Path(course) / CONFIG_FILE).exists():
        config.merge(run_config_file(Path(course) / CONFIG_FILE))
    return configure_paths(config, course)


def run_config_file(path: Path) -> Config:
    """Return what a course's configuration file sets; a CourseError names the line that does not run."""
    try:
        return PyFileConfigLoader(path.name, path=str(path.parent)).load_config()
    except SyntaxError as error:
        raise CourseError(f"{path}, line {error.lineno}: {error.msg}") from error
    except Exception as error:  # it is the instructor's code
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == os.path.abspath(path)]
        where = f"{path}, line {lines[-1]}" if lines else str(path)
        raise CourseError(f"{where}: {type(error).__name__}: {error}") from error


def write_config(course: str | Path) -> None:
    """Write ``nbgrader_config.py`` into a new course, where ``nbgrader`` and formgrader find it.

    An existing file is kept: what an instructor adds to it (penalties, another database) is theirs.
    """
    file = Path(course) / CONFIG_FILE
    if not file.exists():
        file.write_text(CONFIG_TEXT)
