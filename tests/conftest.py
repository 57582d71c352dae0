"""Fixtures that several tests share."""

import gc
import os
import shutil
import sys

if "PYTEST_XDIST_WORKER" in os.environ:
    # As many workers as cores run at once. With as many threads of linear algebra each, they would wait for each other.
    for _library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

import pytest

import autograder  # noqa: F401  # before nbgrader: it spares every process the grammars that jsonschema would compile
from tools.shared_folder import ensure_folder

# Containers often set this variable. The tests start hundreds of processes, and each would compile all of ours again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

gc.disable()  # until all tests are collected: what is imported and collected until then stays to the end


def pytest_collection_finish():
    """Collect garbage from here on, and do not look through imported modules and collected tests each time."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def shared_base(tmp_path_factory):
    """Return the folder for what all workers of a run share (``tools.shared_folder.ensure_folder`` makes it once)."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def course(shared_base, tmp_path_factory):
    """Return a course folder with a release in it; tests must not write to it. All workers of a run copy one."""
    from autograder.release import release

    made = ensure_folder(shared_base / "released_course", release.generate_release)
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
