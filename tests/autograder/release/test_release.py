"""The release: is it a workspace that works, and is a student's own work safe from it?"""

import subprocess
import sys
import zipfile

import pytest
from nbgrader.converters import GenerateAssignment

from autograder import errors
from autograder.release import release


def small(tmp_path, text="one\n"):
    """Return a released folder with two files."""
    folder = tmp_path / "released"
    (folder / "cs231n_lib").mkdir(parents=True, exist_ok=True)
    (folder / "cs231n_lib" / "activations.py").write_text(text)
    (folder / "README.md").write_text(text)
    return folder


def test_later_release_never_overwrites_a_students_work(tmp_path):
    """Does a later release never overwrite a student's work?"""
    mine = tmp_path / "mine"
    mine.mkdir()
    assert release.merge_workspace(small(tmp_path), mine) == []
    (mine / "cs231n_lib" / "activations.py").write_text("my work\n")
    (mine / "notes.txt").write_text("my notes\n")
    assert release.merge_workspace(small(tmp_path, "two\n"), mine) == ["cs231n_lib/activations.py"]
    assert (mine / "cs231n_lib" / "activations.py").read_text() == "my work\n"
    assert (mine / "cs231n_lib" / "activations.py.new").read_text() == "two\n"
    assert (mine / "README.md").read_text() == "two\n"
    assert (mine / "notes.txt").read_text() == "my notes\n"


def test_merging_the_same_release_again_changes_nothing(tmp_path):
    """Does merging the same release again change nothing?"""
    mine = tmp_path / "mine"
    mine.mkdir()
    release.merge_workspace(small(tmp_path), mine)
    (mine / "README.md").write_text("mine\n")
    assert release.merge_workspace(small(tmp_path), mine) == ["README.md"]
    assert not list(mine.rglob("*.new"))


def test_zip_is_the_same_for_the_same_sources(course, tmp_path):
    """Is the zip the same for the same sources?"""
    first = release.write_zip(release.list_workspace_files(course), tmp_path / "a.zip").read_bytes()
    assert release.write_zip(release.list_workspace_files(course), tmp_path / "b.zip").read_bytes() == first


def test_unpacked_zip_imports_and_names_what_is_unwritten(course, tmp_path):
    """Does the unpacked zip import and say what is not written yet?"""
    archive = release.write_zip(release.list_workspace_files(course), tmp_path / "w.zip")
    zipfile.ZipFile(archive).extractall(tmp_path)
    code = ("from cs231n_lib.lab import data\nfrom cs231n_lib.lab.check import check\n"
            "print(data.load('photopatches').X_train.shape)\ncheck('relu_forward')")
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "cs231n-workbook", capture_output=True, text=True)
    assert run.returncode == 1
    assert ", 32, 32, 3)" in run.stdout
    assert "not implemented yet" in run.stdout


def test_command_names_open_deadlines_before_giving_solutions(course, tmp_path):
    """Does the command name open deadlines before it gives solutions away?"""
    command = [sys.executable, "-m", "autograder", "release", "--course", str(course), "--build", str(tmp_path),
               "--solved", "00,01"]
    run = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert run.returncode == 1 and "00_linear_classifier, 01_activations" in run.stdout
    assert "Nothing was released" in run.stdout and not list(tmp_path.iterdir())
    run = subprocess.run([*command, "--yes"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert run.returncode == 0 and "released" in run.stdout
    solved = (tmp_path / "workspace" / "cs231n_lib" / "activations.py").read_text()
    assert "NotImplementedError" not in solved


def test_failed_release_names_the_missing_notebook(monkeypatch, tmp_path):
    """Does a failed release say which notebook is missing?"""
    monkeypatch.setattr(release, "list_assignments", lambda: {"99_poetry": "poetry"})
    with pytest.raises(errors.ReleaseError, match="notebooks/99_poetry.ipynb"):
        release.list_sources(tmp_path)


def test_interrupt_while_nbgrader_works_is_an_interrupt(tmp_path, monkeypatch):
    """Does Ctrl-C end a release, and is it not told as an error of an assignment?"""

    def interrupt(app):
        raise KeyboardInterrupt

    monkeypatch.setattr(GenerateAssignment, "start", interrupt)
    with pytest.raises(KeyboardInterrupt):
        release.generate_assignment(tmp_path, "01_activations")
