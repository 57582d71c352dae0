"""Fixtures that several tests share."""

import pytest

from autograder import release


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """Return a course folder with a release in it; tests must not write to it."""
    folder = tmp_path_factory.mktemp("course") / "course"
    release.generate(folder)
    return folder
