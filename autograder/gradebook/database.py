"""The gradebook's database: its address (SQLite or PostgreSQL), and what its errors mean."""

import contextlib
import sqlite3
from pathlib import Path

from nbgrader.api import Course, Gradebook
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from autograder.course.files import make_private_file
from autograder.errors import CourseError
from autograder.gradebook.config import CONFIG_FILE, load_config


def read_database_address(course: str | Path) -> str:
    """Return the address of a course's gradebook: ``c.CourseDirectory.db_url`` of its settings, or ``gradebook.db``.

    Raises
    ------
    CourseError
        If it is not an address, or the driver that it needs is not installed.
    """
    own = f"sqlite:///{(Path(course) / 'gradebook.db').resolve()}"
    address = load_config(course).CourseDirectory.get("db_url", own)
    try:
        make_url(address).get_dialect().import_dbapi()
    except (ArgumentError, NoSuchModuleError) as error:
        raise CourseError(f"c.CourseDirectory.db_url in {Path(course) / CONFIG_FILE}: {error}; write it as in "
                          "postgresql+psycopg://user@host/database") from error
    except ImportError as error:
        raise CourseError(f"the gradebook needs its driver ({error}): postgresql+psycopg's comes "
                          "with requirements.lock") from error
    return address


def protect_gradebook(course: str | Path) -> None:
    """Let only its owner read the gradebook, before there is anything in it; a server looks after its own."""
    address = make_url(read_database_address(course))
    if address.get_backend_name() == "sqlite" and address.database:
        with contextlib.suppress(OSError):  # what cannot be made is told by whoever opens it
            make_private_file(Path(address.database))


def is_connection_lost(error: BaseException) -> bool:
    """Does an error mean that the gradebook's server is gone? SQLite has no server."""
    return (isinstance(error, DBAPIError) and not isinstance(error.orig, sqlite3.Error)
            and (error.connection_invalidated or error.statement is None))


def ensure_course_row(course: str | Path) -> None:
    """Add the course's own row to the gradebook if it is missing.

    nbgrader's assignments refer to it, but nbgrader does not create it if ``course_id`` is empty. Only SQLite accepts
    that.
    """
    protect_gradebook(course)
    with Gradebook(read_database_address(course)) as gradebook:
        if gradebook.db.get(Course, "") is None:
            gradebook.db.add(Course(id=""))
            gradebook.db.commit()
