"""The rules for cells on the student's side: what a cell is for, which literal it assigns, what it asks for."""

import json
import subprocess
import sys

import nbformat
import pytest

from autograder.course import cells as grader_cells
from autograder.reference import CELLS, ROOT
from cs231n_lib.lab import cells, workspace

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
BEFORE_INSTALL = ("cells", "modules", "workspace", "commands.doctor", "commands.install", "commands.jupyter",
                  "notebook.colab", "__main__")


@pytest.mark.parametrize("module", BEFORE_INSTALL)
def test_module_needs_the_standard_library_only(module):
    """Can it be imported before anything is installed? (-S: without installed packages.)"""
    run = subprocess.run([sys.executable, "-S", "-c", f"import cs231n_lib.lab.{module}"], cwd=ROOT,
                         capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_kinds_of_cells_are_the_graders(path):
    """Is a cell of every notebook a test, an answer or a written answer here exactly where the grader says so?"""
    theirs = nbformat.read(path, as_version=4).cells
    for mine, theirs_ in zip(cells.read_cells(path), theirs, strict=True):
        assert cells.read_source(mine) == theirs_.source
        assert cells.is_test(mine) == grader_cells.is_test(theirs_)
        assert cells.is_answer(mine) == grader_cells.is_answer(theirs_)
        assert cells.is_written(mine) == grader_cells.is_written(theirs_)
        assert not (cells.is_experiment(mine) and grader_cells.read_flags(theirs_))


def test_the_grader_reads_by_this_file():
    """Are the rules here those of the grader, loaded from the checkout by the path?"""
    for name in ("read_answer", "is_test", "is_answer", "is_written", "read_flags", "read_kind", "parse_cells",
                 "decode_notebook"):
        assert getattr(grader_cells, name).__code__.co_filename == str(ROOT / CELLS) == cells.__file__


@pytest.mark.parametrize("metadata, kind", [
    ({"cs231n": {"kind": "bet"}}, "bet"), ({"cs231n": {"kind": "answer"}}, "answer"),
    ({"cs231n": {"kind": "scratch"}}, "scratch"), ({"cs231n": {"kind": "solution"}}, "solution"),
    ({}, ""), ({"cs231n": {}}, ""), ({"cs231n": "bet"}, ""), ({"cs231n": {"kind": ["bet"]}}, ""),
    ({"cs231n": {"kind": "other"}}, ""),
], ids=str)
def test_kind_is_read_from_whatever_the_metadata_hold(metadata, kind):
    """Is a kind read where one is named, and "" wherever it is not one of ours?"""
    assert cells.read_kind({"metadata": metadata}) == grader_cells.read_kind({"metadata": metadata}) == kind


@pytest.mark.parametrize("source, literal", [
    ("x = 0.25", 0.25), ("# why\nx = 'a'  # so", "a"), ("x = ...", ...), ("x = -3", -3), ("x = None", None),
    ("", ...),
], ids=lambda v: str(v)[:20])
def test_assignment_of_a_literal_is_read(source, literal):
    """Is a literal read?"""
    assert cells.read_answer(source, "x") == literal


@pytest.mark.parametrize("source", [
    "x = 1 / 4", "x = y", "x = 1\ny = z", "x", "x = (", "%magic", "x[0] = 1", "x = " + "-" * 100_000 + "1",
    "x = " + "(" * 1000 + "1" + ")" * 1000, "x = '\0'",
], ids=lambda v: str(v)[:20])
def test_anything_else_is_unreadable_however_deep_it_is_nested(source):
    """Is everything else refused with a reason?"""
    assert cells.read_answer(source, "x").reason


@pytest.mark.parametrize("source, purpose", [
    ('check("relu_forward")\n', cells.Purpose("function", "relu_forward")),
    ('check_answer(prediction_a, "abc")', cells.Purpose("prediction", "prediction_a", "abc")),
    ("check_answer(answer_a, (0, 1))", cells.Purpose("answer", "answer_a", (0, 1))),
    ("print(1)", cells.Purpose("all together", "deep-signal")),
])
def test_purpose_is_read_from_the_visible_call(source, purpose):
    """Is it told what a test cell asks for?"""
    assert cells.read_purpose("deep-signal-test", source) == purpose


def test_patterns_see_through_cells_that_do_not_parse():
    """Are a call and an assignment found beside a magic?"""
    assert cells.checks_function("%time check('relu_forward')", "relu_forward")
    assert not cells.checks_function('check("relu_forward")', "relu")
    assert cells.read_argument("%%time\ncheck_answer(answer_a, (0, 1))", 2, "check_answer") == "answer_a"
    assert cells.read_argument("check('relu_forward')", 1, "check_answer") == ""
    assert cells.read_argument("check_answer(5, (0, 1))", 1, "check_answer") == ""
    assert cells.assigns_variable("%%time\nanswer_a = 1", "answer_a")
    assert cells.assigns_variable("%time b, answer_a = 1, 2", "answer_a")
    assert not cells.assigns_variable("%%time\nif answer_a != 1: pass", "answer_a")
    assert not cells.assigns_variable("answer_a == 1", "answer_a")
    assert not cells.assigns_variable("%%time" + "\n" * 100_000, "answer_a")  # in no time


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": [1]}', '{"cells": 1}', '{"metadata": {}}', "[" * 10**5])
def test_file_that_is_no_notebook_is_named(text, tmp_path):
    """Is a damaged file named, with what to do?"""
    (tmp_path / "01_activations.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="01_activations.ipynb is damaged.*older copy"):
        cells.read_cells(tmp_path / "01_activations.ipynb")


def test_notebook_is_read_as_the_grader_reads_it(tmp_path):
    """Does a byte order mark cost nothing, and is a file that is too large named, with what to do?"""
    path = tmp_path / "01_activations.ipynb"
    path.write_bytes(b'\xef\xbb\xbf{"cells": [{"metadata": 1, "source": "x\0"}]}')
    assert cells.read_cells(path) == [{"metadata": {}, "source": "x"}]
    path.write_bytes(b" " * (cells.MAX_NOTEBOOK + 1))
    with pytest.raises(ValueError, match="01_activations.ipynb: larger than 65536 KiB.*clear its outputs"):
        cells.read_cells(path)


def test_source_may_be_a_list_of_lines(tmp_path):
    """Is a cell read as JupyterLab writes it, with its lines in a list, and as other programs do?"""
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": ["x = 1\n", "y = 2"]}, {"source": "z"}, {}]}))
    assert [cells.read_source(c) for c in cells.read_cells(path)] == ["x = 1\ny = 2", "z", ""]


@pytest.mark.parametrize("source, filled", [("", False), (" \n", False), ("YOUR ANSWER HERE", False), ("mine", True)])
def test_placeholder_is_no_written_answer(source, filled):
    """Is a written answer told from the placeholder that it was released with?"""
    assert cells.is_filled_in(source) is filled


@pytest.mark.parametrize("sources, chosen", [
    (["x = 1", "x = 2"], 1), (["x = 1", "x = 2 * 3"], 0), (["x = 1", "x = ..."], 0), (["x = 2 * 3"], 0),
    (["y = 1"], None),
    (["x = 2 * 3", "x = ..."], 0), (["x = 1\ny = 2", "y = 3"], 0), (["%time", "x = 1", "print(x)"], 1),
])
def test_last_readable_answer_of_a_saved_notebook_counts(sources, chosen):
    """Does the last literal count, and no later computation or open cell in its place?"""
    assert cells.choose_saved_answer(sources, "x") == (None if chosen is None else sources[chosen])


def test_answer_in_an_added_cell_is_read_at_home_as_at_grading():
    """Does `progress` see an answer that stands in a cell of the student's own, and none in a scratch cell?"""
    def cell(source, **metadata):
        return {"cell_type": "code", "source": source, "metadata": metadata}

    book = [cell("x = ...", nbgrader={"grade_id": "x", "solution": True}), cell("x = 0.25"), cell("x = 3 * 4"),
            cell("x = 7", cs231n={"kind": "scratch"})]
    assert workspace.WorkspaceAssignment("01_activations", book).read_answer("x-test", "x") == 0.25
