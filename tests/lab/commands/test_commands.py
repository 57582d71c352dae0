"""The student's desk: does it see what is done, hand in what intake reads, and say how to fix what is broken?"""

import argparse
import ast
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import nbformat
import pytest
from small_course import read_inbox

from autograder.course import cells, solution_regions
from autograder.course.assignment import load_assignment
from autograder.course.topics import list_topics
from autograder.reference import ROOT
from autograder.release import release
from cs231n_lib.lab import cells as lab_cells
from cs231n_lib.lab import modules, workspace
from cs231n_lib.lab.check import judge, report
from cs231n_lib.lab.commands import doctor, progress, submit

NUMBERS = [a[:2] for a in list_topics().values()]


@pytest.fixture
def desk(course, tmp_path):
    """Return a student's workspace as released, with the notebooks and modules only."""
    for name, data in release.list_workspace_files(course).items():
        if name.endswith(".ipynb") or name.startswith("cs231n_lib/") and name.count("/") == 1:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
    return tmp_path


def fill(desk, assignment, values):
    """Write answers into a notebook of the workspace: variable -> literal."""
    path = desk / f"{assignment}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cells.is_answer(cell) and cells.read_answer_variable(cell.source) in values:
            name = cells.read_answer_variable(cell.source)
            cell.source = f"{name} = {values[name]!r}"
    nbformat.write(notebook, path)


def state(desk, number, name):
    """Return (state, note) of one item."""
    item = next(i for i in progress.read_progress(number, desk).items if i.name == name)
    return item.state, item.note


def runs(monkeypatch, right):
    """Let the checks judge nothing: the functions in ``right`` are right, the others not written."""
    rows = {True: report.Row("runs", "ok"), False: report.Row("runs", "wrong", "not implemented yet")}
    monkeypatch.setattr(judge, "judge_file", lambda f: report.Report(f.name, f.file, [rows[f.name in right]]))


@pytest.mark.parametrize("number", NUMBERS)
def test_every_point_of_a_released_notebook_is_listed_as_open(desk, monkeypatch, number):
    """Is every point of a released notebook in the list and open?"""
    runs(monkeypatch, right=())
    found = progress.read_progress(number, desk)
    notebook = nbformat.read(next((ROOT / "notebooks").glob(f"{number}_*.ipynb")), as_version=4)
    points = sum(c.metadata.nbgrader["points"] for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade"))
    assert sum(i.points for i in found.items) == points
    assert {i.state for i in found.items} == {"open"} and found.next is found.items[0]


def test_readable_answer_is_done_and_an_unreadable_one_wrong(desk, monkeypatch):
    """Is a readable answer done and an unreadable one wrong?"""
    runs(monkeypatch, right=())
    fill(desk, "04_batchnorm", {"prediction_running": 0.7, "prediction_eps": "z", "answer_running": 0.6})
    assert state(desk, "04", "prediction_running") == ("done", "")
    assert state(desk, "04", "answer_running") == ("done", "")
    said = state(desk, "04", "prediction_eps")
    assert said[0] == "wrong" and "one letter of a, b or c" in said[1]


def test_unwritten_function_says_what_it_unlocks(desk, monkeypatch):
    """Does an unwritten function say what it unlocks and the pipeline what it needs?"""
    runs(monkeypatch, right=("xavier_init",))
    assert state(desk, "03", "xavier_init") == ("done", "")
    assert re.fullmatch(r"unlocks \d+ experiments?", state(desk, "03", "he_init")[1])
    assert state(desk, "03", "deep-signal") == ("open", "needs he_init, lsuv_init")


def test_function_that_calls_an_unwritten_one_is_open(desk, monkeypatch):
    """Is a function that cannot be judged yet open, and is the one that it waits for named?"""
    open_row = report.Row("runs", "open", note="judged once xavier_init is written: it calls it")
    waiting = report.Report("he_init", "cs231n_lib/initialization.py", [open_row], waits_for="xavier_init")
    monkeypatch.setattr(judge, "judge_file", lambda f: waiting)
    assert state(desk, "03", "he_init") == ("open", "waits for xavier_init")


def test_handing_in_is_the_last_advice_when_all_is_done(desk, monkeypatch):
    """Are everything done and handing in the last advice?"""
    item = progress.ProgressItem("01_activations", "relu_forward", "function", 1.0, "done")
    assert "submit" in progress.Progress([item]).advice
    assert "relu_forward" in progress.Progress([progress.ProgressItem(*list(vars(item).values())[:4], "open")]).advice


def test_table_in_a_notebook_is_safe_and_readable_without_colour(desk):
    """Is the table in a notebook safe and told without colour?"""
    item = progress.ProgressItem("01_activations", "<b>x</b>", "function", 1.0, "wrong", "<script>")
    shown = progress.Progress([item])._repr_html_()
    assert "<script>" not in shown and "<b>x" not in shown and ">wrong</span>" in shown and 'scope="col"' in shown


def test_submission_is_admitted_by_the_inbox_without_a_remark(course, desk, tmp_path):
    """Is what is handed in admitted by intake without a remark?"""
    assignment = workspace.find_assignment("01", desk)
    archive = submit.write_zip(assignment, tmp_path / "inbox" / "ada", desk)
    (upload,), rejected = read_inbox(archive.parents[1], load_assignment(course, "01_activations").outline)
    assert (upload.student, upload.assignment, upload.remarks, rejected) == ("ada", "01_activations", [], [])
    assert upload.module == (desk / "cs231n_lib/activations.py").read_text() and upload.sources


def test_submit_names_what_is_missing_and_packs_the_rest(desk, monkeypatch):
    """Does handing in name what is missing and pack the rest?"""
    runs(monkeypatch, right=())
    (desk / "cs231n_lib/activations.py").unlink()
    assignment = workspace.find_assignment("activations", desk)
    lines = submit.list_missing(assignment, desk)
    assert lines[0] == "cs231n_lib/activations.py does not exist" and any("relu_forward" in x for x in lines)
    assert zipfile.ZipFile(submit.write_zip(assignment, desk / "handin", desk)).namelist() == ["01_activations.ipynb"]
    (desk / "01_activations.ipynb").unlink()
    with pytest.raises(FileNotFoundError, match="neither"):
        submit.write_zip(assignment, desk / "handin", desk)


def test_broken_notebook_is_named_with_what_to_do(desk):
    """Is a broken notebook named with what to do?"""
    (desk / "02_preprocessing.ipynb").write_text('{"cells": [')
    with pytest.raises(ValueError, match="02_preprocessing.ipynb is damaged"):
        workspace.list_assignments(desk)


def test_broken_notebook_keeps_no_other_back(desk, monkeypatch):
    """Is a whole notebook packed and listed beside a broken one, which is named and packed with its module?"""
    runs(monkeypatch, right=())
    (desk / "05_dropout.ipynb").write_text('{"cells": [')
    assert [a.name for a in workspace.choose_assignments(["03"], desk)] == ["03_initialization"]
    assert progress.read_progress("03", desk).items and workspace.find_assignment("03", desk).cells
    found = {a.name: submit.list_missing(a, desk) for a in workspace.choose_assignments(root=desk)}
    assert len(found) == len(NUMBERS) and "05_dropout.ipynb is damaged" in found["05_dropout"][0]
    assert not any("damaged" in line for name, lines in found.items() for line in lines if name != "05_dropout")
    broken, = workspace.choose_assignments(["05"], desk)
    assert zipfile.ZipFile(submit.write_zip(broken, desk / "handin", desk)).namelist() == broken.files
    item, *others = (i for i in progress.read_progress(root=desk).items if i.assignment == "05_dropout")
    assert (item.kind, item.state) == ("notebook", "wrong") and "older copy" in item.note and not others
    with pytest.raises(ValueError, match="damaged"):
        workspace.find_assignment("05", desk)


def test_submit_names_what_grading_refuses_and_packs_it(desk, monkeypatch, capsys):
    """Does the command name each refusal in a line, and make the zip all the same?"""
    from cs231n_lib.lab import __main__ as command

    runs(monkeypatch, right=())
    module = desk / "cs231n_lib/initialization.py"
    module.write_text("from cs231n_lib import dropout\n\nimport myutils\n" + module.read_text())
    choose = workspace.choose_assignments
    monkeypatch.setattr(workspace, "choose_assignments", lambda names: choose(names, desk))
    monkeypatch.setattr(submit, "list_missing", lambda a, find=submit.list_missing: find(a, desk))
    monkeypatch.setattr(submit, "write_zip", lambda a, folder, write=submit.write_zip: write(a, folder, desk))
    assert command.submit(argparse.Namespace(notebooks=["03"], yes=True, output=desk / "handin")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "where this is graded" in line] == [
        f"  {modules.describe_refused_import('cs231n_lib/initialization.py', n, source)}"
        for n, source in ((1, "from cs231n_lib import dropout"), (3, "import myutils"))]
    assert lines[-1].startswith("hand in this file: ") and (desk / "handin/03_initialization.zip").is_file()


def test_copy_of_a_notebook_is_named(desk, monkeypatch):
    """Do submit and doctor name a copy, in which the work may be?"""
    runs(monkeypatch, right=())
    names = ["03_initialization-Copy1.ipynb", "Copy of 03_initialization.ipynb"]
    for name in names:
        (desk / name).write_bytes((desk / "03_initialization.ipynb").read_bytes())
    lines = submit.list_missing(workspace.find_assignment("03", desk), desk)
    assert lines[:2] == [f"{name} looks like a copy: only 03_initialization.ipynb is handed in" for name in names]
    assert all(name in doctor.check_files(desk).what for name in names)
    assert not any("copy" in line for line in submit.list_missing(workspace.find_assignment("02", desk), desk))


@pytest.mark.parametrize("text", ["__import__('os').exit()", "x = 1; y = x", "x, y = 1, 2", "for", "x = open('f')"])
def test_no_answer_cell_is_executed(text):
    """Is no answer cell executed?"""
    assert isinstance(lab_cells.read_answer(text, "x"), lab_cells.Unreadable)


def test_doctor_says_how_to_get_missing_packages_and_modules(desk):
    """Does the doctor say how to fix a missing package and a missing module?"""
    (desk / "requirements.txt").write_text("numpy>=2.0\nnot-there>=1.0\nmatplotlib>=99  # too new\n")
    (found,) = doctor.check_packages(desk)
    assert not found.fine and "missing: not-there" in found.what and "matplotlib" in found.what
    assert "pip install --upgrade -r requirements.txt -c constraints.txt" in str(found)
    (desk / "cs231n_lib/dropout.py").unlink()
    assert "cs231n_lib/dropout.py missing" in doctor.check_files(desk).what


@pytest.mark.parametrize("version, bounds, within", [
    ("2.0", "2.0,<2.6", True), ("2.5.5", "2.0,<2.6", True), ("2.6.0", "2.0,<2.6", False), ("1.26.4", "2.0,<2.6", False),
    ("0.9.6", "0.9.5,<0.10", True), ("0.10.0", "0.9.5,<0.10", False), ("99", "1.0", True),
])
def test_doctor_takes_versions_within_the_bounds_only(version, bounds, within):
    """Is a version that is newer than what was tested noticed as one that is too old is?"""
    assert doctor.is_within(version, bounds) == within


def test_doctor_accepts_this_installation():
    """Is the doctor content with this installation?"""
    kinds = [
        doctor.check_interpreter(),
        *doctor.check_packages(ROOT),
        doctor.check_kernel(),
        *doctor.check_extensions(),
        doctor.check_data(ROOT),
    ]
    assert all(f.fine for f in kinds), "\n".join(map(str, kinds))


@pytest.mark.parametrize("arguments, code, words", [
    (["check", "relu_forwrd"], 2, "there is no function 'relu_forwrd'"),
    (["check", "relu_forward"], 0, "all"),
    (["progress", "77"], 2, "there is no notebook '77'"),
    (["submit", "77", "--yes"], 2, "there is no notebook"),
    (["--help"], 0, "doctor"),
])
def test_every_command_answers_in_words(arguments, code, words):
    """Does every command answer in words?"""
    run = subprocess.run([sys.executable, "-m", "cs231n_lib.lab", *arguments], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == code and words in run.stdout + run.stderr and "Traceback" not in run.stderr


def test_layout_opens_the_notebook_beside_its_module():
    """Does the layout open the notebook beside its module?"""
    from cs231n_lib.lab.commands.jupyter import make_layout

    data = json.loads(json.dumps(make_layout("01_activations.ipynb", "cs231n_lib/activations.py")))["data"]
    shown = [area["widgets"] for area in data["layout-restorer:data"]["main"]["dock"]["children"]]
    assert shown == [["notebook:01_activations.ipynb"], ["editor:cs231n_lib/activations.py"]]
    assert {*shown[0], *shown[1]} < set(data)


def test_lab_progress_answers_twice_in_a_notebook(course, tmp_path):
    """Does lab progress answer twice in a notebook?"""
    with zipfile.ZipFile(release.write_zip(release.list_workspace_files(course), tmp_path / "w.zip")) as archive:
        archive.extractall(tmp_path)
        desk = tmp_path / archive.namelist()[0].split("/")[0]
    asks = "from cs231n_lib import lab; print([lab.progress('00').advice for _ in range(2)])"
    run = subprocess.run([sys.executable, "-c", asks], cwd=desk, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    first, second = ast.literal_eval(run.stdout)
    assert first == second and "00_linear_classifier" in first


def test_progress_accepts_a_solved_module(desk, monkeypatch):
    """Is the real check behind the list? Asked of the reference, in which preprocessing is right."""
    assert {i.state for i in progress.read_progress("02", desk).items if i.kind == "function"} == {"done"}
    assert "raise NotImplementedError" in solution_regions.make_stub("preprocessing")

def test_second_install_begins_anew_after_a_failed_environment(tmp_path, monkeypatch):
    """Debian without python3-venv: the folder is there, pip is not."""
    from cs231n_lib.lab.commands import install

    def half(folder, **_):
        install.PYTHON.parent.mkdir(parents=True)
        install.PYTHON.touch()
        raise subprocess.CalledProcessError(1, "ensurepip")

    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(install.venv, "create", half)
    with pytest.raises(ValueError, match="python3-venv"):
        install.install_workbook(None)
    assert not (tmp_path / ".venv").exists()


def test_install_and_lab_say_so_where_no_process_can_be_started(tmp_path, monkeypatch):
    """Is a machine that starts no program named in words, and no half environment left?"""
    from cs231n_lib.lab.commands import install, jupyter

    def refuse(*_, **__):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(subprocess, "Popen", refuse)  # venv and subprocess.run start their processes with it, too
    with pytest.raises(ValueError, match="no environment could be made in .*Resource temporarily unavailable"):
        install.install_workbook(None)
    assert not (tmp_path / ".venv").exists()
    install.PYTHON.parent.mkdir(parents=True)
    install.PYTHON.touch()
    with pytest.raises(ValueError, match="pip could not be started: .*Resource temporarily unavailable"):
        install.install_workbook(None)
    assert not jupyter.import_layout("01_activations.ipynb", "cs231n_lib/activations.py")
    with pytest.raises(ValueError, match="some-program could not be started"):
        jupyter.run_to_end(["some-program"])


@pytest.mark.parametrize("system, interpreter, typed", [
    ("posix", "bin/python", "python3 -m"), ("nt", "Scripts/python.exe", "py -m")])
def test_environments_python_is_where_each_system_puts_it(monkeypatch, system, interpreter, typed):
    """Is the environment's Python where each system puts it?"""
    monkeypatch.setattr("os.name", system)
    source = (ROOT / "cs231n_lib/lab/commands/install.py").read_text(encoding="utf-8")
    lines = re.findall(r"^(?:PYTHON|COMMAND) = .*", source, re.M)
    found = {"os": __import__("os"), "VENV": PurePosixPath("my course/.venv")}
    exec("\n".join(lines), found)
    assert found["PYTHON"] == PurePosixPath("my course/.venv") / interpreter
    assert found["COMMAND"].startswith(typed)


def test_lab_opens_the_notebook_alone_without_a_layout(desk, monkeypatch):
    """Does the lab open the notebook alone where the layout cannot be arranged?"""
    from cs231n_lib.lab import workspace
    from cs231n_lib.lab.commands import jupyter

    started = []
    monkeypatch.setattr(workspace, "find_assignment", lambda name: workspace.list_assignments(desk)[1])
    monkeypatch.setattr(jupyter, "run_to_end", lambda arguments, **_: started.append(arguments) or 0)
    for arranged, url in ((0, "/lab/workspaces/cs231n"), (1, "/lab/tree/01_activations.ipynb")):
        monkeypatch.setattr(jupyter.subprocess, "run", lambda *_, a=arranged, **__: subprocess.CompletedProcess(_, a))
        assert jupyter.start_jupyter(argparse.Namespace(notebook="01", more=["--no-browser"])) == 0
        assert f"--LabApp.default_url={url}" in started[-1] and "--no-browser" in started[-1]
    monkeypatch.setattr(jupyter.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError):
        jupyter.start_jupyter(argparse.Namespace(notebook="01", more=[]))


def test_ctrl_c_leaves_the_end_to_the_started_program():
    """JupyterLab asks whether to stop, and saves: it must not be killed meanwhile."""
    code = ("import signal, subprocess, sys, threading, _thread\n"
            "from cs231n_lib.lab.commands.jupyter import run_to_end\n"
            "child = 'import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(1.5); '\\\n"
            "    'print(\"saved\")'\n"
            "threading.Timer(0.5, _thread.interrupt_main).start()\n"
            "sys.exit(run_to_end([sys.executable, '-c', child]))")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, "saved", "")


def test_question_nobody_can_answer_is_a_no_with_a_way_out(monkeypatch, capsys):
    """Is a question that nobody can answer a no with a way out?"""
    from cs231n_lib.lab import __main__ as command

    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert not command.ask("Make the zip? ") and "add --yes" in capsys.readouterr().out
    for typed, expected in (("", True), ("y", True), ("No", False), ("n", False)):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        assert command.ask("Make the zip? ") is expected


def test_console_without_all_signs_does_not_stop_a_command():
    """Is a console without all signs no reason to stop?"""
    code = ("import sys\nfrom cs231n_lib.lab import __main__ as command\n"
            "command.make_parser = lambda: type('P', (), {'parse_args': lambda self: self,\n"
            "                                        'run': lambda self, args: print('\\u2192 next') or 0})()\n"
            "sys.exit(command.main())")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT,
                         env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (run.returncode, run.stdout.strip()) == (0, b"? next"), run.stderr


def test_submit_packs_a_folder_with_a_blank_and_a_file_before_1980(desk, tmp_path):
    """Is a folder with a blank in its name and a file from before 1980 handed in?"""
    os.utime(desk / "01_activations.ipynb", (0, 0))
    archive = submit.write_zip(workspace.find_assignment("01", desk), tmp_path / "my hand-ins", desk)
    assert zipfile.ZipFile(archive).namelist() == ["01_activations.ipynb", "cs231n_lib/activations.py"]


def test_text_files_of_the_students_side_are_read_as_utf_8():
    """Windows would read them as cp1252."""
    careless = [f"{path.name}:{i}" for path in (ROOT / "cs231n_lib/lab").glob("*.py")
                for i, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
                if re.search(r"\.(read|write)_text\(", line) and "encoding" not in line]
    assert careless == []


def test_only_validate_is_left_of_nbgraders_additions(tmp_path):
    """Is only validate left of what nbgrader adds to JupyterLab?"""
    from cs231n_lib.lab.commands.install import hide_instructors

    hide_instructors(tmp_path)
    off = json.loads((tmp_path / "labconfig/page_config.json").read_text(encoding="utf-8"))["disabledExtensions"]
    source = Path(sys.prefix, "share/jupyter/labextensions/@jupyter/nbgrader/static")
    known = set(re.findall(r'"(@jupyter/nbgrader:[a-z-]+)"', "".join(p.read_text(encoding="utf-8")
                                                                     for p in source.glob("*.js"))))
    assert known - set(off) == {"@jupyter/nbgrader:validate-assignment"}
