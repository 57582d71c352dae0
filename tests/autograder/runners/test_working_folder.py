"""Runners that are started in a folder with a student's ``cs231n_lib``: is nothing of it executed?"""

import os
import re
import subprocess
import sys

import pytest

from autograder.reference import ROOT

POOL = """
from autograder.runners import local, runner

if __name__ == "__main__":
    with local.open_local_pool(1) as pool:
        print(repr(pool.submit(runner.run_job, {}).exception()))
"""


@pytest.fixture
def workspace(tmp_path):
    """Return a folder whose ``cs231n_lib``, a whole package, leaves a file behind when it is executed."""
    package = tmp_path / "workspace" / "cs231n_lib"
    for folder in (package, package / "lab"):
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'a').write(__name__)\n")
    return package.parent


def start(folder, *arguments):
    """Run Python in a folder; return all that was printed, and what the folder's package left."""
    run = subprocess.run([sys.executable, *arguments], cwd=folder, input="{}", capture_output=True, text=True,
                         env={**os.environ, "PYTHONPATH": str(ROOT)})
    left = folder.parent / "imported"
    return run.stdout + run.stderr, left.read_text() if left.exists() else ""


def test_runner_executes_nothing_of_the_working_folder(workspace):
    """Does a runner that is started in a student's workspace take the checkout's package?"""
    said, imported = start(workspace, "-m", "autograder.runners.runner", "--unsafe")
    assert "KeyError: 'topic'" in said and not imported


def test_local_pool_executes_nothing_of_the_working_folder(workspace):
    """Do the processes of a pool take the checkout's package, also where the path begins with the working folder?"""
    said, imported = start(workspace, "-c", POOL)
    assert "KeyError('topic')" in said and not imported


def test_no_documented_command_starts_the_grader_in_another_folder_unless_safely():
    """Is ``python -m autograder`` documented for the checkout only, and ``-P`` where one may be elsewhere?"""
    pages = [ROOT / "README.md", ROOT / "Makefile", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md")]
    blocks = [block for page in pages for block in page.read_text().split("\n\n")]
    moved = [block for block in blocks if re.search(r"^\s*(%?cd|pushd) (?!.*&& \$\(CURDIR\))", block, re.M)]
    assert moved and not [block for block in moved if re.search(r"python3? -m (autograder|dask)", block)]
    assert all("`python -P -m autograder`" in (ROOT / name).read_text() for name in ("README.md", "SECURITY.md"))


def test_package_is_the_checkouts_for_whoever_loads_a_stand_in(workspace):
    """Is the package that stands behind the stand-in the checkout's, with its modules in reach?"""
    code = ("import sys; sys.path.insert(0, ''); from autograder.runners import stand_in\n"
            "import cs231n_lib.lab.check.arrays as a; print(stand_in.cs231n_lib.__file__, a.__file__, sep='\\n')")
    said, imported = start(workspace, "-c", code)
    assert said.splitlines() == [str(ROOT / "cs231n_lib" / name) for name in ("__init__.py", "lab/check/arrays.py")]
    assert not imported
