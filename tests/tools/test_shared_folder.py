"""A folder that one process makes and others wait for."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tools.shared_folder import ensure_folder


def test_folder_is_filled_once_for_all_who_ask(tmp_path):
    """Do several that ask at the same time get one folder, filled once?"""
    fills, barrier = [], Barrier(4)

    def fill(folder):
        fills.append(folder)
        (folder / "file").write_text("content")

    def ask(_):
        barrier.wait()
        return (ensure_folder(tmp_path / "below" / "made", fill) / "file").read_text()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(4))) == ["content"] * 4
    assert len(fills) == 1


def test_folder_is_made_again_from_another_version(tmp_path):
    """Is a folder of another version replaced as a whole, and one of the same version kept?"""
    folder = tmp_path / "made"
    for version, name in (("1", "a"), ("1", "b"), ("2", "c")):
        ensure_folder(folder, lambda part, name=name: (part / name).touch(), version)
        assert [p.name for p in folder.iterdir()] == ["c" if version == "2" else "a"]


def test_folder_that_was_cut_short_is_made_again(tmp_path):
    """Does a folder whose making failed stay away, and is it made the next time?"""
    def fail(part):
        (part / "half").touch()
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        ensure_folder(tmp_path / "made", fail)
    assert not (tmp_path / "made").exists()
    ensure_folder(tmp_path / "made", lambda part: (part / "whole").touch())
    assert [p.name for p in (tmp_path / "made").iterdir()] == ["whole"]
