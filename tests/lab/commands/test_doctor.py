"""The doctor: does each thing that can be wrong with an installation get a line that says how to fix it?"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.reference import ROOT
from cs231n_lib.lab import data
from cs231n_lib.lab.commands import doctor


@pytest.fixture
def kernelspec(tmp_path, monkeypatch):
    """Return a function that makes the kernel of notebooks start ``command``."""

    def point_at(command):
        folder = tmp_path / "jupyter" / "kernels" / "python3"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "kernel.json").write_text(json.dumps({"argv": [command, "-m", "ipykernel_launcher"],
                                                        "display_name": "x", "language": "python"}))
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
        return doctor.check_kernel()

    return point_at


@pytest.mark.parametrize("command", ["/opt/old env/bin/python", str(Path(sys.executable).resolve()),
                                     "C:\\old\\python.exe"])
def test_kernel_of_another_python_is_noticed(kernelspec, command):
    """The second one is the file behind this environment's link: the same Python, without its packages."""
    if Path(command).parent == Path(sys.executable).parent:
        pytest.skip("this Python is not in an environment of its own, so there is no other one behind it")
    found = kernelspec(command)
    assert not found.fine and command in found.what and "kernelspec remove -f python3" in found.fix


@pytest.mark.parametrize("command", ["python", "python3", "python3.11", "python.exe", sys.executable])
def test_kernel_of_this_python_is_fine(kernelspec, command):
    """Is a kernel of this Python fine?"""
    assert kernelspec(command).fine


def test_broken_kernelspec_is_noticed(kernelspec, tmp_path):
    """Is a broken kernelspec noticed?"""
    kernelspec("python")
    (tmp_path / "jupyter/kernels/python3/kernel.json").write_text("{}")
    assert not doctor.check_kernel().fine


def test_missing_extensions_are_noticed(monkeypatch, tmp_path):
    """Are missing extensions noticed?"""
    monkeypatch.setattr(doctor, "list_jupyter_folders", lambda kind: [tmp_path])
    found = list(doctor.check_extensions())
    assert [f.fine for f in found] == [False] * 3
    assert [f.fix.split()[-3] for f in found] == ["jupyterlab_widgets", "nbgrader", "nbgrader"]


def test_unreadable_folder_is_skipped(monkeypatch, tmp_path):
    """Is a folder that cannot be read passed over?"""
    (tmp_path / "labextensions/@jupyter/nbgrader/package.json").mkdir(parents=True)  # a folder instead of a file
    monkeypatch.setattr(doctor, "list_jupyter_folders", lambda kind: [tmp_path, Path(sys.prefix, "share/jupyter")])
    assert [f.fine for f in doctor.check_extensions()][:2] == [True, True]


def test_missing_data_differ_from_a_package_that_fails_to_import(monkeypatch, tmp_path):
    """Is missing data and a package that cannot be imported told apart?"""
    def refuse(name):
        raise ImportError("DLL load failed\nand a page of advice", name="numpy")

    monkeypatch.setattr(data, "load", refuse)
    assert doctor.check_data(ROOT).what == "numpy cannot be imported: DLL load failed"
    monkeypatch.setattr(data, "load", lambda name: (_ for _ in ()).throw(OSError()))
    assert doctor.check_data(ROOT).what == "the bundled data: OSError" and "zip" in doctor.check_data(ROOT).fix


def test_folder_in_which_nothing_can_be_saved_is_noticed(monkeypatch, tmp_path):
    """Is a folder in which nothing can be saved noticed?"""
    assert doctor.check_folder(tmp_path).fine and list(tmp_path.iterdir()) == []

    def refuse(dir):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert "Permission denied" in doctor.check_folder(tmp_path).what


def test_empty_folder_is_no_workspace(tmp_path):
    """Is an empty folder no workspace?"""
    assert "no notebooks in" in doctor.check_files(tmp_path).what and not doctor.check_files(tmp_path).fine
    (found,) = doctor.check_packages(tmp_path)
    assert "requirements.txt cannot be read" in found.what


def test_path_is_quoted_and_a_missing_environment_leads_to_install(monkeypatch):
    """Is a path with a blank quoted and a student without environment sent to install?"""
    code = ("import sys; sys.executable = '/my äpps/python'\n"
            "from cs231n_lib.lab.commands import doctor; print(doctor.make_pip_command('x'))")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.startswith('"/my äpps/python" -m ')
    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    assert doctor.make_pip_command("x").endswith("-m cs231n_lib.lab install")
    monkeypatch.setattr(sys, "base_prefix", "/usr/elsewhere")
    assert doctor.make_pip_command("x").endswith("-m pip install x")


def test_exit_code_is_that_of_the_findings(monkeypatch, capsys):
    """Is the exit code that of the findings?"""
    from cs231n_lib.lab import __main__ as command

    good, bad = doctor.Finding(True, "a"), doctor.Finding(False, "b", "do this")
    for findings, code, says in (([good], 0, "all fine"), ([good, bad], 1, "1 to fix")):
        monkeypatch.setattr(doctor, "run_diagnostics", lambda found=findings: found)
        assert command.doctor(None) == code
        assert says in capsys.readouterr().out
