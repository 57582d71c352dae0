"""The student's desk: does it see what is done, hand in what intake reads, and say how to mend what is broken?"""

import json
import re
import subprocess
import sys
import zipfile

import nbformat
import pytest

from autograder import TOPICS, cells, intake, modules, release
from autograder.reference import ROOT
from cs231n_lib.lab import check, doctor, progress, submit, workspace

NUMBERS = [a[:2] for a in TOPICS.values()]


@pytest.fixture
def desk(course, tmp_path):
    """Return a student's workspace as released, with the notebooks and modules only."""
    for name, data in release.workspace_files(course).items():
        if name.endswith(".ipynb") or name.startswith("cs231n_lib/") and name.count("/") == 1:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
    return tmp_path


def fill(desk, assignment, values):
    """Write answers into a notebook of the workspace: variable -> literal."""
    path = desk / f"{assignment}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cells.is_answer(cell) and cells.answer_name(cell.source) in values:
            name = cells.answer_name(cell.source)
            cell.source = f"{name} = {values[name]!r}"
    nbformat.write(notebook, path)


def state(desk, number, name):
    """Return (state, note) of one item."""
    item = next(i for i in progress.progress(number, desk).items if i.name == name)
    return item.state, item.note


def runs(monkeypatch, right):
    """Let the checks judge nothing: the functions in ``right`` are right, the others not written."""
    rows = {True: check.Row("runs", "ok"), False: check.Row("runs", "wrong", "not implemented yet")}
    monkeypatch.setattr(check, "judge_file", lambda f: check.Report(f.name, f.file, [rows[f.name in right]]))


@pytest.mark.parametrize("number", NUMBERS)
def test_is_every_point_of_a_released_notebook_in_the_list_and_open(desk, monkeypatch, number):
    runs(monkeypatch, right=())
    found = progress.progress(number, desk)
    notebook = nbformat.read(next((ROOT / "notebooks").glob(f"{number}_*.ipynb")), as_version=4)
    points = sum(c.metadata.nbgrader["points"] for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade"))
    assert sum(i.points for i in found.items) == points
    assert {i.state for i in found.items} == {"open"} and found.next is found.items[0]


def test_is_a_readable_answer_done_and_an_unreadable_one_wrong(desk, monkeypatch):
    runs(monkeypatch, right=())
    fill(desk, "03_initialization", {"prediction_equal": 7, "prediction_small": "z", "answer_small": 0.2})
    assert state(desk, "03", "prediction_equal") == ("done", "")
    assert state(desk, "03", "answer_small") == ("done", "")
    said = state(desk, "03", "prediction_small")
    assert said[0] == "wrong" and "one letter of a, b or c" in said[1]


def test_does_an_unwritten_function_say_what_it_unlocks_and_the_pipeline_what_it_needs(desk, monkeypatch):
    runs(monkeypatch, right=("zero_init",))
    assert state(desk, "03", "zero_init") == ("done", "")
    assert re.fullmatch(r"unlocks \d+ experiments?", state(desk, "03", "small_random_init")[1])
    assert state(desk, "03", "deep-signal") == ("open", "needs 6 functions")


def test_are_everything_done_and_handing_in_the_last_advice(desk, monkeypatch):
    item = progress.Item("01_activations", "relu_forward", "function", 1.0, "done")
    assert "submit" in progress.Progress([item]).advice
    assert "relu_forward" in progress.Progress([progress.Item(*list(vars(item).values())[:4], "open")]).advice


def test_is_the_table_in_a_notebook_safe_and_told_without_colour(desk):
    item = progress.Item("01_activations", "<b>x</b>", "function", 1.0, "wrong", "<script>")
    shown = progress.Progress([item])._repr_html_()
    assert "<script>" not in shown and "<b>x" not in shown and ">wrong</strong>" in shown and 'scope="col"' in shown


def test_is_what_is_handed_in_admitted_by_intake_without_a_remark(desk, tmp_path):
    assignment = workspace.find("01", desk)
    archive = submit.pack(assignment, tmp_path / "inbox" / "ada", desk)
    (upload,), rejected = intake.collect(archive.parents[1])
    assert (upload.student, upload.assignment, upload.remarks, rejected) == ("ada", "01_activations", [], [])
    assert upload.module == (desk / "cs231n_lib/activations.py").read_text() and upload.sources


def test_does_handing_in_name_what_is_missing_and_pack_the_rest(desk, monkeypatch):
    runs(monkeypatch, right=())
    (desk / "cs231n_lib/activations.py").unlink()
    assignment = workspace.find("activations", desk)
    lines = submit.missing(assignment, desk)
    assert lines[0] == "cs231n_lib/activations.py does not exist" and any("relu_forward" in x for x in lines)
    assert zipfile.ZipFile(submit.pack(assignment, desk / "handin", desk)).namelist() == ["01_activations.ipynb"]
    (desk / "01_activations.ipynb").unlink()
    with pytest.raises(FileNotFoundError, match="neither"):
        submit.pack(assignment, desk / "handin", desk)


def test_is_a_broken_notebook_named_with_what_to_do(desk):
    (desk / "02_preprocessing.ipynb").write_text('{"cells": [')
    with pytest.raises(ValueError, match="02_preprocessing.ipynb is not a readable notebook"):
        workspace.assignments(desk)


@pytest.mark.parametrize("text", ["__import__('os').exit()", "x = 1; y = 2", "x, y = 1, 2", "for", "x = open('f')"])
def test_is_no_answer_cell_executed(text):
    assert workspace.literal(text) == {}


def test_does_the_doctor_say_how_to_mend_a_missing_package_and_a_missing_module(desk):
    (desk / "requirements.txt").write_text("numpy>=2.0\nnot-there>=1.0\nmatplotlib>=99  # too new\n")
    (found,) = doctor.packages(desk)
    assert not found.fine and "missing: not-there" in found.what and "matplotlib" in found.what
    assert "pip install --upgrade -r requirements.txt" in str(found)
    (desk / "cs231n_lib/dropout.py").unlink()
    assert "cs231n_lib/dropout.py missing" in doctor.files(desk).what


def test_is_the_doctor_content_with_this_installation():
    kinds = [doctor.interpreter(), *doctor.packages(ROOT), doctor.kernel(), *doctor.extensions(), doctor.data(ROOT)]
    assert all(f.fine for f in kinds), "\n".join(map(str, kinds))


@pytest.mark.parametrize("arguments, code, words", [
    (["check", "relu_forwrd"], 2, "there is no function 'relu_forwrd'"),
    (["check", "relu_forward"], 0, "all"),
    (["progress", "77"], 2, "there is no notebook '77'"),
    (["submit", "77", "--yes"], 2, "there is no notebook"),
    (["--help"], 0, "doctor"),
])
def test_does_every_command_answer_in_words(arguments, code, words):
    run = subprocess.run([sys.executable, "-m", "cs231n_lib.lab", *arguments], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == code and words in run.stdout + run.stderr and "Traceback" not in run.stderr


def test_does_the_layout_open_the_notebook_beside_its_module():
    from cs231n_lib.lab.__main__ import layout

    data = json.loads(json.dumps(layout("01_activations.ipynb", "cs231n_lib/activations.py")))["data"]
    shown = [area["widgets"] for area in data["layout-restorer:data"]["main"]["dock"]["children"]]
    assert shown == [["notebook:01_activations.ipynb"], ["editor:cs231n_lib/activations.py"]]
    assert {*shown[0], *shown[1]} < set(data)


def test_is_a_solved_module_all_right_by_progress(desk, monkeypatch):
    """Is the real check behind the list? Asked of the reference, in which preprocessing is right."""
    assert {i.state for i in progress.progress("02", desk).items if i.kind == "function"} == {"done"}
    assert "raise NotImplementedError" in modules.stub("preprocessing")
