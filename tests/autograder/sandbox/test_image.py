"""The files of the sandbox: does a worker find what a module may import, and no path of this computer?"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import reference
from autograder.sandbox import image


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


def test_package_without_a_list_of_its_files_is_found():
    """Is a package found whose installer wrote no list of its files?"""
    numpy = image.list_distributions(["numpy"])[0]
    found = {Path(file).as_posix() for file in image.find_undeclared_files(numpy)}
    assert "numpy/__init__.py" in found
