"""Fixtures that several tests share."""

import fcntl
import os
import shutil
import sys
from pathlib import Path

import pytest

import autograder  # noqa: F401  # before nbgrader: it spares every process the grammars that jsonschema would compile

# Containers often set this variable. The tests start hundreds of processes, and each would compile all of ours again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def make_course(folder: Path) -> None:
    """Make a course folder with a release in it, once: whoever comes meanwhile waits."""
    from autograder.release import release

    with open(folder.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            release.generate_release(unfinished)
            unfinished.rename(folder)


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """Return a course folder with a release in it; tests must not write to it. All workers of a run copy one."""
    base = tmp_path_factory.getbasetemp()
    made = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "released_course"
    make_course(made)
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
