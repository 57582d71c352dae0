"""Fixtures that several tests share."""

import pytest

from autograder.release import release


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """Return a course folder with a release in it; tests must not write to it."""
    folder = tmp_path_factory.mktemp("course") / "course"
    release.generate_release(folder)
    return folder


class Handle:
    """What IPython's display handle does, as far as an explorer knows it."""

    def __init__(self):
        self.seen = []

    def update(self, bundle, raw):
        self.seen.append(bundle["text/html"])


@pytest.fixture
def handle():
    """Return a display handle that remembers what an explorer showed."""
    return Handle()


@pytest.fixture
def shown(request, handle):
    """Return the explorer that the test module names, as if it had been shown."""
    explorer = request.module.EXPLORER()
    explorer._handle = handle
    return explorer
