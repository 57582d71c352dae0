"""What a course's ``nbgrader_config.py`` imports: the path is in files of instructors and must not change."""

from autograder.gradebook.config import configure

__all__ = ["configure"]
