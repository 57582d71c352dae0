"""How nbgrader is set up: one place that its command line, its Python API and formgrader's button all read.

The lists of preprocessors are nbgrader's own with our steps in them: :class:`Rebuild` before everything that reads a
submission, :class:`RunTrusted` in the place of ``Execute``.
"""

import os
import sys
from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader import preprocessors as stock
from traitlets.config import Config

from autograder import TOPICS
from autograder.preprocessors import ClearAnswers, Rebuild, RunTrusted

GENERATE = [stock.IncludeHeaderFooter, stock.LockCells, ClearAnswers, stock.ClearOutput, stock.CheckCellMetadata,
            stock.ComputeChecksums, stock.SaveCells, stock.ClearHiddenTests, stock.ClearMarkScheme,
            stock.ComputeChecksums, stock.CheckCellMetadata]
SANITIZE = [Rebuild, stock.ClearOutput, stock.DeduplicateIds, stock.OverwriteKernelspec, stock.OverwriteCells,
            stock.CheckCellMetadata]
AUTOGRADE = [RunTrusted, stock.IgnorePattern, ClearMetadataPreprocessor, stock.LimitOutput, stock.SaveAutoGrades,
             stock.AssignLatePenalties, stock.CheckCellMetadata]
FEEDBACK = [stock.GetGrades, stock.ClearHiddenTests, CSSHTMLHeaderPreprocessor]


def configure(c, course):
    """Fill in the configuration of a course.

    Parameters
    ----------
    c : traitlets.config.Config
        As ``get_config()`` returns it in a configuration file.
    course : path
        Folder of the course: source, release, submitted, autograded, feedback, gradebook.db.
    """
    course = str(Path(course).resolve())
    c.CourseDirectory.root = course
    c.CourseDirectory.course_id = ""
    c.Rebuild.course = c.RunTrusted.course = course
    c.GenerateAssignment.preprocessors = GENERATE
    c.Autograde.sanitize_preprocessors = SANITIZE
    c.Autograde.autograde_preprocessors = AUTOGRADE
    c.Autograde.exclude_overwriting = {a: [f"cs231n_lib/{topic}.py"] for topic, a in TOPICS.items()}
    c.GenerateFeedback.preprocessors = FEEDBACK
    c.HTMLExporter.sanitize_html = True
    return c


def course_config(course):
    """Return the configuration of a course as an object, for nbgrader's Python API."""
    folder = os.path.dirname(sys.executable)  # nbgrader calls ``alembic`` by name: it must find the one beside it
    if folder not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + os.environ["PATH"]
    return configure(Config(), course)


def database(course):
    """Return the address of a course's gradebook."""
    return f"sqlite:///{(Path(course) / 'gradebook.db').resolve()}"


def write_config(course):
    """Write ``nbgrader_config.py`` into the course, so that ``nbgrader`` and formgrader find all this by themselves."""
    text = ("from autograder.nbgrader_config import configure\n\n"
            f"configure(get_config(), {str(Path(course).resolve())!r})  # noqa: F821\n")
    (Path(course) / "nbgrader_config.py").write_text(text)
