"""The face of :mod:`autograder.gradebook.config`: what a course's ``nbgrader_config.py`` imports. The path stays."""

from autograder.gradebook.config import configure

__all__ = ["configure"]
