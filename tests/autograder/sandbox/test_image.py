"""The files of the sandbox: does a worker find what a module may import, and no path of this computer?"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder import reference
from autograder.sandbox import canary, image


def test_packages_are_those_that_students_have():
    """Are all packages of requirements.txt there but the servers?"""
    lines = (reference.ROOT / "requirements.txt").read_text().splitlines()
    given = {re.split(r"[<>= ]", line)[0] for line in lines if line and not line.startswith("#")}
    assert set(image.PACKAGES) == given - {"jupyterlab", "nbgrader"}


def test_no_file_holds_a_path_of_this_computer():
    """Is no path of environment, interpreter, home or checkout in any file, compiled modules included?"""
    root = image.prepare_image()
    names = image.list_names()
    assert os.fsencode(sys.prefix) in names
    holding = [path for path in root.rglob("*") if path.is_file() and any(n in path.read_bytes() for n in names)]
    assert not holding


@pytest.mark.parametrize("path, stand_in", [
    (b"/home/ada/course/.venv", b"/python///////////////"), (b"/home/a", b"/python"),
    (b"/home/ada/.pyenv/versions/3.11.7", b"/python///////////////////3.11.7"),
])
def test_stand_in_is_as_long_as_the_path_and_keeps_its_version(path, stand_in):
    """Is what stands for a path as long, and does it keep a version that a linker may have shared?"""
    assert image.make_stand_in(path) == stand_in and len(path) == len(stand_in)


def test_file_that_names_somebody_is_copied_and_another_one_linked(tmp_path, monkeypatch):
    """Is only a file copied that holds a path, and are its times kept: a compiled module is checked against them?"""
    monkeypatch.setattr(image, "list_names", lambda: [b"/home/ada/x"])
    for name, text in (("named", "at /home/ada/x/y"), ("plain", "at nowhere")):
        source = tmp_path / name
        source.write_text(text)
        os.utime(source, (1e9, 1e9))
        image.place_file(source, tmp_path / "image" / name)
    named, plain = tmp_path / "image/named", tmp_path / "image/plain"
    assert named.read_text() == "at /python/////y" and named.stat().st_mtime == 1e9
    assert (tmp_path / "named").read_text() == "at /home/ada/x/y" and plain.read_text() == "at nowhere"


def test_compiled_module_of_an_environment_that_was_moved_names_no_earlier_place(tmp_path):
    """Is the path at which a module was compiled replaced, though nothing lies there any more?"""
    (tmp_path / "module.py").write_text("x = 1\n")
    code = f"import py_compile; py_compile.compile({str(tmp_path / 'module.py')!r}, {str(tmp_path / 'm.pyc')!r},"
    subprocess.run([sys.executable, "-c", f"{code} dfile='/home/ada/earlier/module.py')"], check=True)
    image.place_file(tmp_path / "m.pyc", tmp_path / "image/m.pyc")
    content = (tmp_path / "image/m.pyc").read_bytes()
    assert b"ada" not in content and b"module.py" in content


def test_another_package_makes_another_image(monkeypatch, tmp_path):
    """Is the image another one when a package has come?"""
    packages = tmp_path / "site-packages"
    packages.mkdir()
    monkeypatch.syspath_prepend(str(packages))
    before = image.hash_environment()
    (packages / "new-1.0.dist-info").mkdir()
    assert image.hash_environment() != before


def test_image_lies_in_a_cache_where_the_environment_cannot_be_written(monkeypatch, tmp_path):
    """Is there a place for the image where the environment is another user's, and one that nobody else can write?"""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(image.os, "access", lambda path, mode: str(path) != sys.prefix)
    place = image.find_place("sandbox-image-none")
    assert place == tmp_path / "cs231n-grader" and place.stat().st_mode & 0o777 == 0o700
    place.chmod(0o777)
    assert image.find_place("sandbox-image-none") != place


def test_image_of_earlier_packages_goes_after_a_while(monkeypatch, tmp_path):
    """Does an image that nobody uses go, and one in use stay?"""
    monkeypatch.setattr(image, "fill_image", lambda root: None)
    old, used = (tmp_path / f"sandbox-image-{name}" for name in ("old", "used"))
    for folder in (old, used):
        folder.mkdir()
    os.utime(old, (1e9, 1e9))
    image.build_image(tmp_path / "sandbox-image-new")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["sandbox-image-new", "sandbox-image-used"]


def start_building(place):
    """Start a process that makes an image in a folder; return it as soon as there is a part of one."""
    code = ("import sys; from pathlib import Path; from autograder.sandbox import image\n"
            "image.build_image(Path(*sys.argv[1:]))")
    process = subprocess.Popen([sys.executable, "-c", code, str(place), "sandbox-image-x"], stderr=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while not list(place.glob("sandbox-image-part-*/python/bin/*")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    return process


def test_image_that_is_interrupted_leaves_nothing_behind(tmp_path):
    """Is no part of an image there after Control-C?"""
    process = start_building(tmp_path)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode and b"KeyboardInterrupt" in said and not list(tmp_path.iterdir())


def test_image_whose_maker_was_killed_is_never_taken_for_a_whole_one(tmp_path):
    """Is what a killed process left under another name, so that the next one begins anew?"""
    process = start_building(tmp_path)
    process.kill()
    process.communicate()
    assert not (tmp_path / "sandbox-image-x").exists()


@pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)")
def test_one_line_says_that_the_image_is_made(monkeypatch, tmp_path, capfd):
    """Does a person who waits read why, once, and does the doctor find no fault?"""
    monkeypatch.setattr(image, "find_place", lambda name: tmp_path)
    monkeypatch.setattr(canary, "prove", canary.prove.__wrapped__)
    image.prepare_image.cache_clear()
    try:
        assert canary.examine_sandbox() == (True, "the sandbox for submissions holds", "")
        assert capfd.readouterr() == ("", "preparing the sandbox's files for this Python environment (once)\n")
        assert canary.examine_sandbox()[0] and capfd.readouterr() == ("", "")
    finally:
        image.prepare_image.cache_clear()


def test_runner_says_nothing_of_the_image(monkeypatch, tmp_path, capfd):
    """Is the line not printed where nobody waits?"""
    monkeypatch.setattr(image, "fill_image", lambda root: None)
    monkeypatch.setattr(image.multiprocessing, "parent_process", object)
    image.build_image(tmp_path / "sandbox-image-x")
    assert capfd.readouterr() == ("", "")


def test_package_without_a_list_of_its_files_is_found():
    """Is a package found whose installer wrote no list of its files?"""
    numpy = image.list_distributions(["numpy"])[0]
    found = {Path(file).as_posix() for file in image.find_undeclared_files(numpy)}
    assert "numpy/__init__.py" in found
