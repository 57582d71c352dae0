"""Fixtures that several tests share."""

import os
import shutil
import sys

import pytest

import autograder  # noqa: F401  # before nbgrader: it spares every process the grammars that jsonschema would compile
from tools.shared_folder import ensure_folder

# Containers often set this variable. The tests start hundreds of processes, and each would compile all of ours again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """Return a course folder with a release in it; tests must not write to it. All workers of a run copy one."""
    from autograder.release import release

    base = tmp_path_factory.getbasetemp()
    made = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "released_course"
    ensure_folder(made, release.generate_release)
    return shutil.copytree(made, tmp_path_factory.mktemp("course") / "course")


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
