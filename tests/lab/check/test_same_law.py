"""What is green at home is green at grading: every form of an answer and of a module, read in both places."""

import sys
from types import SimpleNamespace

import IPython
import pytest
from small_course import read_inbox
from small_jobs import job
from small_stage import ASSIGNMENT, TOPIC, small_questions  # noqa: F401

import cs231n_lib
from autograder import reference
from autograder.course import cells as grader_cells
from autograder.hidden_tests import judge_bet
from autograder.runners import runner
from autograder.sandbox import image
from autograder.sandbox.client import SandboxedModule
from cs231n_lib.lab import modules
from cs231n_lib.lab.check import NotRightYet, check_answer
from cs231n_lib.lab.check.bets import make_card
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.import_check import find_import_problem
from cs231n_lib.lab.check.judge import judge_file
from cs231n_lib.lab.check.questions import find_bet
from cs231n_lib.lab.check.shell import Caller
from cs231n_lib.lab.commands import progress, submit
from cs231n_lib.lab.workspace import WorkspaceAssignment

CALL = "check_answer(answer_a, (0, 1))"
GRADED = (f"{CALL}\nfrom autograder.hidden_tests import grade_answer\n"
          "grade_answer(answer_a, 0.25, points=1, hint='Look again.')")
WANTED = "write one assignment, answer_a = your answer, and nothing else in that cell: it is read and not run"
COMPUTED = 'write the answer itself, as in "a" or 0.25: a computation is not read'
UNPARSED = f"the answer cell does not parse (line {{}}): {WANTED}"

ACCEPTED_ANSWERS = [
    "answer_a = 0.25", "answer_a=0.25", "# why\nanswer_a = 0.25  # so", "(answer_a) = 0.25", "answer_a = (0.25)",
    "answer_a = 2.5e-1;", "answer_a = +0.25", "answer_a = \\\n    0.25", "\n\nanswer_a = 0.25\n",
    "answer_a = 0.25  " + "#" * 3900, "answer_a = 0.250_0", "answer_b = 'a'\n\nanswer_a = 0.25",
    "answer_a = 0.25\n\nanswer_b = 'a'", "answer_a = 1 / 4\nanswer_a = 0.25",
]
REFUSED_ANSWERS = {
    "answer_a: float = 0.25": WANTED, "answer_a = b = 0.25": WANTED, "b = answer_a = 0.25": WANTED,
    "answer_a, b = 0.25, 1": WANTED, "[answer_a] = [0.25]": WANTED, "answer_a = 0.2; answer_a += 0.05": WANTED,
    "if True:\n    answer_a = 0.25": WANTED, "import math\nanswer_a = 0.25": WANTED,
    "answer_a = 0.25\nanswer_a": WANTED,
    "(answer_a := 0.25)": WANTED, "for answer_a in [0.25]: pass": WANTED, "globals()['answer_a'] = 0.25": WANTED,
    "from math import pi as answer_a": WANTED, "def answer_a(): pass": WANTED, f"answer_a = 0.25\n{CALL}": WANTED,
    "%%time\nanswer_a = 0.25": UNPARSED.format(1), "%time answer_a = 0.25": UNPARSED.format(1),
    "answer_a = 0.25\n!ls": UNPARSED.format(2), "answer_a = 0.25 m": UNPARSED.format(1),
    "answer_a = 0.25\nanswer_b = answer_a": WANTED, "answer_a = 0.25\nanswer_a = 1 / 4": COMPUTED,
    "answer_a = 1 / 4": COMPUTED, "answer_a = b": COMPUTED, "answer_a = float('0.25')": COMPUTED,
    "answer_a = np.float64(0.25)": COMPUTED, "answer_a = 0.2 if 1 else 0": COMPUTED, "answer_a = f'{1}'": COMPUTED,
    "answer_a = 0.25  " + "#" * 4000: f"the answer cell is longer than 4000 characters: {WANTED}",
    "answer_a = 1" + "0" * 101: "the number is far too large to be an answer",
}
WRONG_KINDS = ["answer_a = [0.25]", "answer_a = '0.25'", "answer_a = True", "answer_a = None", "answer_a = 0.25 + 0j",
               "answer_a = 7", "answer_a = 0,25", "answer_a = -1e999", "answer_a = {}", "answer_a = b'a'"]


def check_at_home(monkeypatch, sources, value=0.25):
    """Return what check_answer says of a value in a notebook in which these cells were run."""
    shell = SimpleNamespace(history_manager=SimpleNamespace(input_hist_raw=["", *sources, CALL]))
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    try:
        exec(CALL, {"check_answer": check_answer, "answer_a": value})
    except NotRightYet as error:
        return str(error)
    return ""


def make_cell(source, grade_id, **flags):
    """Return a cell as the notebook's JSON has it."""
    return {"cell_type": "code", "source": source, "metadata": {"nbgrader": {"grade_id": grade_id, **flags}}}


def read_at_home(source):
    """Return (state, note) in ``progress``, and what ``submit`` says, of a notebook with this answer cell."""
    assignment = WorkspaceAssignment("01_activations", [make_cell(source, "a", solution=True),
                                                        make_cell(CALL, "a-test", grade=True, points=1)])
    item, = progress.list_items(assignment)
    return (item.state, item.note), [submit.describe_item(item)] if item.state != "done" else []


def grade(source):
    """Return (points, hint) of an answer cell."""
    graded = runner.run_job({**job(((GRADED, 1),)), "answers": {"answer_a": source}})["cells"]["t0"]
    return graded["score"], graded["outcomes"][0]["hint"]


@pytest.mark.parametrize("source", ACCEPTED_ANSWERS)
def test_answer_that_is_graded_is_noted(source, monkeypatch):
    """Is each form that earns the points noted in the notebook, done in the list, and no line before handing in?"""
    assert check_at_home(monkeypatch, [source]) == ""
    assert read_at_home(source) == (("done", ""), [])
    assert grade(source) == (1.0, "")


@pytest.mark.parametrize("source, words", REFUSED_ANSWERS.items(), ids=lambda v: v[:30])
def test_answer_that_is_refused_is_refused_everywhere_in_the_same_words(source, words, monkeypatch):
    """Are the words of the page with the marks also those of the check, of the list and of the way to hand in?"""
    assert check_at_home(monkeypatch, [source]) == f"answer not accepted: {words}"
    assert read_at_home(source) == (("wrong", words), [f"answer answer_a: wrong, {words} (1 points)"])
    assert grade(source) == (0.0, words)


@pytest.mark.parametrize("source", WRONG_KINDS)
def test_answer_of_another_kind_is_refused_everywhere(source, monkeypatch):
    """Is what can be read, but is no number within the range, refused at home and without points at grading?"""
    value = grader_cells.read_answer(source, "answer_a")
    said = check_at_home(monkeypatch, [source], value)
    (state, note), lines = read_at_home(source)
    assert said == f"answer not accepted: {note}" and state == "wrong" and note in lines[0]
    assert grade(source)[0] == 0


@pytest.mark.parametrize("sources, words", [
    (["answer_a = 0.2", "answer_a += 0.05"], WANTED), (["b = 0.25", "answer_a = b"], COMPUTED),
    (["answer_a = 0.25", "answer_a = 1 / 4"], COMPUTED), (["answer_a = 1 / 4", "answer_a = 0.25"], ""),
    (["answer_a = 0.25", "def f():\n    answer_a = 1 / 4"], ""), (["answer_a = 0.25", "print(answer_a == 0.25)"], ""),
    (["answer_a = 0.25", "%time print(answer_a == 1)"], ""),
    (["answer_a = 0.25", "answer_a = ..."], ""), (["answer_a = 1 / 4", "answer_a = ..."], COMPUTED),
    (["answer_a = 0.25", "[answer_a for answer_a in (1, 2)]"], ""),
    ([], WANTED), (["%run answers.py"], WANTED),
])
def test_cell_that_gave_the_variable_its_value_counts(sources, words, monkeypatch):
    """Is the last cell that was run and gives the variable a value the one that is judged?"""
    said = check_at_home(monkeypatch, sources)
    assert said == (f"answer not accepted: {words}" if words else "")


def test_open_answer_is_open_everywhere(monkeypatch):
    """Are the three dots, an empty cell and a lone comment no answer, and no fault?"""
    assert "replace the three dots by" in check_at_home(monkeypatch, ["answer_a = ..."], ...)
    for source in ("answer_a = ...", "", "# later"):
        assert read_at_home(source)[0] == ("open", "") and grade(source) == (0.0, "not answered yet")


# -- bets -----------------------------------------------------------------------------------------------------------


def read_bet_at_home(source):
    """Return what the card of a bet and what ``progress`` say of a notebook with this cell of a bet."""
    bet = make_cell(source, "bet-share", solution=True)
    bet["metadata"]["cs231n"] = {"kind": "bet"}
    item, = progress.list_items(WorkspaceAssignment(ASSIGNMENT, [
        bet, make_cell(f'check_bets("{ASSIGNMENT}")', "bets-placed", grade=True, points=1)]))
    value = Caller("", 0, [source], {"bet_share": 0.25}).read_value("bet_share")
    return make_card("bet_share", find_bet("bet_share"), value, 12.3, "12.3 %"), item.note


@pytest.mark.usefixtures("small_questions")
@pytest.mark.parametrize("source, words", [*((source, "") for source in ACCEPTED_ANSWERS), *REFUSED_ANSWERS.items()],
                         ids=lambda v: v[:30])
def test_form_of_a_bet_is_judged_alike_on_the_card_in_the_list_and_at_grading(source, words):
    """Does each form that counts count everywhere, and is each other one refused everywhere in the same words?"""
    source, words = (text.replace("answer_a", "bet_share") for text in (source, words))
    card, note = read_bet_at_home(source)
    assert (card.state == "refused") == bool(words) and words in repr(card)
    assert (f"bet_share ({words})" in note) == bool(words)
    graders = reference.load_questions(TOPIC).BETS["bet_share"]
    outcome = judge_bet("bet_share", graders, grader_cells.read_answer(source, "bet_share"), 1.0)
    assert (outcome.score, outcome.hint) == (0.0 if words else 1.0, words)


# -- modules --------------------------------------------------------------------------------------------------------

RELU = "import numpy as np\n\n\ndef relu_forward(x):\n    return np.maximum(0, x), x\n"
SAVE = "left out at grading: save it as UTF-8 (in the editor: Save with Encoding, or Save As)"
NULL = f"has null bytes in it, perhaps as it is saved as UTF-16, {SAVE}"
OTHER = f"is not UTF-8, perhaps Windows-1252, {SAVE}"
REMOVE = f"{SAVE}, and remove the line that says so"
UMLAUT = "# Gewichte für die Übung\n"
ACCEPTED_MODULES = {
    "plain": RELU.encode(), "UTF-8": (UMLAUT + RELU).encode(), "mark": b"\xef\xbb\xbf" + (UMLAUT + RELU).encode(),
    "Windows lines": RELU.replace("\n", "\r\n").encode(), "old Mac's lines": RELU.replace("\n", "\r").encode(),
    "cp1252 in a comment": (UMLAUT + RELU).encode("cp1252"),
    "cp1252 in a comment of a file that says UTF-8": ("# coding: utf-8\n" + UMLAUT + RELU).encode("cp1252"),
    "cp1252 that says so": ("# -*- coding: cp1252 -*-\ns = 'ü'\n" + RELU).encode("cp1252"),
    "latin-1 in the second line": ("\n# vim: set fileencoding=latin-1 :\ns = 'ü'\n" + RELU).encode("latin-1"),
    "gbk": ("# coding: gbk\ns = '学'\n" + RELU).encode("gbk"), "UTF-7": ("# coding: utf-7\n" + RELU).encode("utf-7"),
    "mark and word": b"\xef\xbb\xbf# coding: utf-8\n" + RELU.encode(),
}
REFUSED_MODULES = {
    "UTF-16": (RELU.encode("utf-16"), f"saved as UTF-16, {SAVE}"),
    "UTF-16 without a mark": (RELU.encode("utf-16-le"), NULL), "null byte": (b"# \0\n" + RELU.encode(), NULL),
    "cp1252 in a text": (("x = 1\ns = 'ü'\n" + RELU).encode("cp1252"), f"line 2 {OTHER}"),
    "cp1252 in a docstring": ((f'"""{UMLAUT}"""\n' + RELU).encode("cp1252"), f"line 1 {OTHER}"),
    "cp1252 in a name": (("für = 1\n" + RELU).encode("cp1252"), f"line 1 {OTHER}"),
    "said in the third line": (("\n\n# coding: cp1252\ns = 'ü'\n" + RELU).encode("cp1252"), f"line 4 {OTHER}"),
    "says ASCII": (("# coding: ascii\n" + UMLAUT).encode(), f"says that it is ascii, but is not, {REMOVE}"),
    "unknown": (b"# coding: klingon\nx = 1\n", f"says that it is klingon, which Python does not know, {REMOVE}"),
    "no text": (b"# coding: rot13\nx = 1\n", f"says that it is rot13, which Python does not know, {REMOVE}"),
    "mark and other word": (b"\xef\xbb\xbf# coding: cp1252\n" + RELU.encode(),
                            f"says that it is cp1252, but begins with the mark of UTF-8, {REMOVE}"),
    "halves": (b"# coding: unicode_escape\ns = '\\ud800'\n" + RELU.encode(), f"has halves of characters in it, {SAVE}"),
}
SIZE = "larger than 256 KiB, left out at grading: take out what is no code"
IMPORTS_ACCEPTED = [
    "import math, os.path", "from functools import cache", "import matplotlib.pyplot as plt", "from numpy import fft",
    "from cs231n_lib.activations import relu_forward as again", "from cs231n_lib import activations", "import PIL",
    "if __name__ == '__main__':\n    import pandas", "s = 'import torch'", "def f():\n    import json",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch",
]
IMPORTS_REFUSED = [
    "from cs231n_lib import dropout", "import cs231n_lib", "import cs231n_lib.dropout", "import dropout",
    "from cs231n_lib.lab import net",
    "from . import dropout", "from .dropout import dropout_forward", "from cs231n_lib.myutils import scale",
    "import myutils", "import scipy.stats as st", "import numpy, torch", "from sklearn import svm",
    "import tkinter", "import winreg", "np2 = __import__('pandas')",
]
LATER_IMPORTS = [
    "if __name__ != '__main__':\n    from cs231n_lib import dropout", "if 1 == 1.0 == True:\n    import torch",
    "if __name__ == '__main__':\n    pass\nelse:\n    import torch",
    "def f():\n    from cs231n_lib import dropout", "try:\n    import torch\nexcept ImportError:\n    torch = None",
    "import importlib\nd = importlib.import_module('cs231n_lib.dropout')",
]


def look_at_home(folder, data):
    """Return what is wrong with ``activations.py`` of a workspace, as check and as submit say it."""
    path = folder / "cs231n_lib" / "activations.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    lines = submit.list_refusals(WorkspaceAssignment("01_activations"), folder)
    return find_import_problem(path, "cs231n_lib.activations"), lines


def hand_in(folder, data):
    """Return (text, remarks) of a module that was handed in."""
    path = folder / "ada/01_activations/cs231n_lib/activations.py"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    upload = read_inbox(folder)[0][0]
    return upload.module, upload.remarks


def is_imported_by_python(data):
    """Does Python itself take these bytes for a module?"""
    try:
        return compile(data, "activations.py", "exec") is not None
    except (SyntaxError, ValueError):
        return False


@pytest.mark.parametrize("kind", ACCEPTED_MODULES)
def test_module_that_python_imports_is_graded(kind, tmp_path):
    """Is it admitted without a remark, with the meaning that it has at home, and is nothing said before handing in?"""
    data = ACCEPTED_MODULES[kind]
    assert look_at_home(tmp_path / "home", data) == ("", []) and is_imported_by_python(data)
    text, remarks = hand_in(tmp_path / "inbox", data)
    there, here = {}, {}
    exec(compile(data, "a", "exec"), here)
    exec(compile(text.encode(), "a", "exec"), there)  # as it is kept
    assert remarks == [] and here.get("s") == there.get("s") and "relu_forward" in there


@pytest.mark.parametrize("kind", ["cp1252 in a comment", "cp1252 that says so"])
def test_module_of_a_windows_editor_earns_its_points(kind, tmp_path):
    """Does the sandbox load what admission made of it?"""
    text, _ = hand_in(tmp_path, ACCEPTED_MODULES[kind])
    graded = runner.run_job(job(module=text))
    assert graded["status"] == "graded" and graded["cells"]["t0"]["score"] == 1


@pytest.mark.parametrize("kind", REFUSED_MODULES)
def test_module_that_python_does_not_import_is_refused_everywhere_in_the_same_words(kind, tmp_path):
    """Are the words of the remark those of check and submit, and do they say what to do?"""
    data, words = REFUSED_MODULES[kind]
    said = f"cs231n_lib/activations.py: {words}"
    assert look_at_home(tmp_path / "home", data) == (said, [said]) and not is_imported_by_python(data)
    assert hand_in(tmp_path / "inbox", data) == (None, [said])


@pytest.mark.parametrize("data", [b"#" * 256 * 1024 + b"\n", b"# coding: cp1252\n#" + b"\xfc" * 2**17 + b"\n"],
                         ids=["as it is", "as UTF-8"])
def test_module_that_is_too_large_is_refused_everywhere(data, tmp_path):
    """Is it refused at home, too, where Python would import it?"""
    said = f"cs231n_lib/activations.py: {SIZE}"
    assert look_at_home(tmp_path / "home", data) == (said, [said])
    assert hand_in(tmp_path / "inbox", data) == (None, [said])


@pytest.mark.parametrize("top", IMPORTS_ACCEPTED)
def test_import_that_the_grader_has_is_fine_everywhere(top, tmp_path):
    """Is nothing said of an import that works where modules are graded, or that is for another purpose?"""
    data = f"{RELU}{top}\n".encode()
    assert look_at_home(tmp_path / "home", data)[1] == []
    assert hand_in(tmp_path / "inbox", data) == (data.decode(), [])


@pytest.mark.parametrize("top", [*IMPORTS_REFUSED, *LATER_IMPORTS])
def test_import_that_the_grader_lacks_is_refused_everywhere_in_the_same_words(top, tmp_path):
    """Is it refused whatever is installed at home, also where it would fail later only, and is the line named?"""
    data = f"{top}\n{RELU}".encode()
    problem, lines = look_at_home(tmp_path / "home", data)
    text, remarks = hand_in(tmp_path / "inbox", data)
    assert [problem] == lines == remarks and text == data.decode()
    number = next(n for n, row in enumerate(top.split("\n"), 1) if "import" in row and "importlib\n" not in f"{row}\n")
    assert problem.startswith(f"cs231n_lib/activations.py, line {number}: `{top.split(chr(10))[number - 1].strip()}` ")
    assert "does not work where this is graded" in problem and "write what you need into this file" in problem


@pytest.mark.parametrize("top", [
    "from cs231n_lib import dropout", "import torch.nn", "from .dropout import x", "def f(x:"])
def test_module_that_does_not_load_is_told_in_the_same_words(top, tmp_path):
    """Is the reason on the page with the marks the first line of what check said at home?"""
    problem, _ = look_at_home(tmp_path, f"{top}\n{RELU}".encode())
    graded = runner.run_job(job(module=f"{top}\n{RELU}"))
    assert graded["status"] == "crashed" and problem.split("\n")[0] in graded["problem"]


OPTIONAL = {"msilib", "nis", "ossaudiodev", "spwd", "crypt", "dbm", "lzma", "readline"}
"""Parts of the standard library that only some builds of Python have."""
LOOK = """import importlib.util


def find_missing(names):
    return [name for name in names if importlib.util.find_spec(name) is None]
"""


def test_what_a_module_may_import_is_what_the_sandbox_has():
    """Are all packages that are allowed there, and all of the standard library but what is excepted?"""
    needed = sorted({n for n in sys.stdlib_module_names if n[0] != "_"} - modules.ELSEWHERE | modules.PACKAGES)
    refused = ["cs231n_lib.dropout", "scipy", "pandas", "nbgrader", "tkinter"]
    with SandboxedModule(LOOK, "activations") as student:
        assert set(student.value("find_missing", [needed], {})) <= OPTIONAL
        assert student.value("find_missing", [refused], {}) == refused
    assert {name.lower() for name in modules.PACKAGES} >= set(image.PACKAGES)


def test_check_refuses_what_the_grader_refuses(tmp_path, monkeypatch):
    """Does check itself say it, though the function would be right and the notebook has the module already?"""
    path = tmp_path / "activations.py"
    monkeypatch.setattr(cs231n_lib, "__path__", [str(tmp_path), *cs231n_lib.__path__])
    sibling = "from cs231n_lib import dropout"
    for data, words in [(f"{sibling}\n{RELU}".encode(), f"line 1: `{sibling}` does not work where this is graded"),
                        (REFUSED_MODULES["UTF-16"][0], "saved as UTF-16")]:
        path.write_bytes(data)
        monkeypatch.delitem(sys.modules, "cs231n_lib.activations", raising=False)
        report = judge_file(FUNCTIONS["relu_forward"])
        assert report.wrong and words in str(report)
