"""Atomic writing: old or new, never half, and nothing left over."""

import os
import stat
import threading

import pytest

from autograder.course import files

CONTENTS = ["short\n", "π\n" * 10_000, b"\x00\xff"]


@pytest.mark.parametrize("content", CONTENTS, ids=["text", "long", "bytes"])
def test_a_file_holds_what_was_written(tmp_path, content):
    """Do text and bytes come out as they went in, in a folder that was made for them?"""
    path = tmp_path / "new" / "file"
    files.write_atomically(path, content)
    assert path.read_bytes() == files.encode(content) and os.listdir(path.parent) == ["file"]


def test_an_unchanged_file_is_not_written(tmp_path):
    """Does the time of a file stay if its content does?"""
    path = tmp_path / "file"
    assert files.write_if_changed(path, "a") is True
    before = path.stat().st_ino
    assert files.write_if_changed(path, "a") is False and path.stat().st_ino == before
    assert files.write_if_changed(path, b"\xff") is True and files.write_if_changed(path, "b") is True
    assert path.read_text() == "b"


def test_a_secret_is_written_once_and_for_its_owner_only(tmp_path):
    """Does the first of two writers win, and may nobody else read the file?"""
    path = tmp_path / "secret"
    files.write_secret_once(path, "first")
    files.write_secret_once(path, "second")
    assert path.read_text() == "first" and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["secret"]


def write_streaming(path, text):
    """Write a file by the variant that takes it piece by piece."""
    with files.open_atomically(path) as file:
        file.write(text)


@pytest.mark.parametrize("write", [files.write_atomically, files.write_if_changed, write_streaming])
@pytest.mark.parametrize("moment", ["replace", "write"])
def test_a_crash_in_between_leaves_the_old_file(tmp_path, monkeypatch, write, moment):
    """Is the old content still there, and no half file beside it, whenever the crash comes?"""
    path = tmp_path / "file"
    path.write_text("old")

    def crash(*args, **kwargs):
        raise OSError(28, "No space left on device")

    if moment == "replace":
        monkeypatch.setattr(files.os, "replace", crash)
    else:
        monkeypatch.setattr("pathlib.Path.write_bytes", crash)
        monkeypatch.setattr(files, "open", crash, raising=False)
    with pytest.raises(OSError) as caught:
        write(path, "new")
    assert files.is_disk_full(caught.value)
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("write", [files.write_if_changed, write_streaming])
def test_what_a_killed_run_left_is_gone_after_the_next(tmp_path, write):
    """Do the tables and pages of a run that was killed and repeated look like those of one that was not?"""
    (tmp_path / "file.part").write_text("half")
    write(tmp_path / "file", "whole")
    assert os.listdir(tmp_path) == ["file"] and (tmp_path / "file").read_text() == "whole"


def test_an_error_of_the_caller_leaves_the_old_file(tmp_path):
    """Is a table that fails in the middle dropped?"""
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(KeyError), files.open_atomically(path) as file:
        file.write("half")
        raise KeyError("line 2")
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["file"]


def test_many_writers_leave_one_whole_file(tmp_path):
    """Is the file that of one of the writers, whoever writes at the same time?"""
    path, contents = tmp_path / "file", [str(i) * 100_000 for i in range(8)]
    threads = [threading.Thread(target=files.write_atomically, args=(path, text)) for text in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_text() in contents and os.listdir(tmp_path) == ["file"]
