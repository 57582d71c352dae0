"""Is what ``docs/how_to_write_a_section.ipynb`` shows a section of form 2, and does it run and go out as it says?"""

import contextlib
import io
import linecache
import re

import nbformat
import pytest
import small_checkout

from autograder import hidden_tests, reference
from autograder.course import cells, claims
from autograder.course.assignment import read_notebook
from autograder.hidden_tests import transfer
from autograder.reference import ROOT
from autograder.release import release
from cs231n_lib.lab import plots
from cs231n_lib.lab.check import bets as lab_bets
from cs231n_lib.lab.check import questions
from tools import bets, minutes, notebook_forms, notebook_gates, spoilers
from tools.claims import list_complaints, read_stated_number

PATH = ROOT / "docs/how_to_write_a_section.ipynb"
ASSIGNMENT, TOPIC = "03_initialization", "initialization"
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS\n?", re.S)


@pytest.fixture
def section():
    """Return the notebook."""
    return nbformat.read(PATH, as_version=nbformat.NO_CONVERT)


@pytest.fixture(autouse=True)
def files(section, tmp_path, monkeypatch):
    """Put the files that the notebook shows where they belong; return path in the repository -> text."""
    shown = "\n".join(cell.source for cell in section.cells if cell.cell_type == "markdown")
    blocks = re.findall(r"```\w+\n# (\S+)\n(.*?)```", shown, re.S)
    for path, text in blocks:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    found = dict(blocks)
    monkeypatch.setattr(plots, "ALT_TEXTS", tmp_path / "cs231n_lib/lab/alt_texts")
    asked, hidden = {}, {}
    exec(found[f"{reference.QUESTIONS}/{TOPIC}.py"], asked)
    exec(found[f"autograder/hidden_tests/{TOPIC}.py"], hidden)
    tables = type("Tables", (), {name: asked[name] for name in ("BETS", "ANSWERS", "STEPS")})
    for module in (questions, lab_bets, bets, notebook_gates, spoilers):
        monkeypatch.setattr(module, "read_questions", lambda topic: tables)
    monkeypatch.setattr(questions, "list_topics", lambda: [TOPIC])
    for module in (hidden_tests, transfer):
        monkeypatch.setattr(module, "load_accepted", lambda topic: hidden["ACCEPTED"])
    return found


def test_files_are_those_that_a_section_has(files):
    """Are the places named in the notebook those where the course looks?"""
    assert files.keys() == {f"{reference.QUESTIONS}/{TOPIC}.py", f"autograder/hidden_tests/{TOPIC}.py",
                            f"cs231n_lib/lab/alt_texts/{ASSIGNMENT}.toml"}


def test_section_passes_the_gates(section):
    """Is it of form 2, without outputs, spoilers and unconfirmed numbers, with questions and figures that fit?"""
    nbformat.validate(section)
    assert notebook_forms.read_form(section) == 2
    assert not [cell.id for cell in section.cells if cell.get("outputs") or cell.get("execution_count")]
    assert [line for cell in section.cells for line in notebook_gates.list_cell_complaints(cell)] == []
    assert notebook_gates.list_question_complaints(TOPIC, section) == []
    assert notebook_gates.list_figure_complaints(ASSIGNMENT, section, plots.ALT_TEXTS) == []
    assert bets.list_bet_complaints(ASSIGNMENT, section) == []
    assert list_complaints(section) == []
    assert spoilers.list_spoilers(ASSIGNMENT, section) == []
    accepted = transfer.load_accepted(TOPIC)["answer_ice"]
    assert transfer.judge_transfer(9.0, make_form(), accepted) == (True, "")


def make_form():
    """Return the form of the section's answer, as the grader loads it."""
    rules = reference.load_lab_module(reference.ANSWER_FORMS)
    return rules.NumberForm(**vars(questions.read_questions(TOPIC).ANSWERS["answer_ice"]))


def test_minutes_and_points_are_those_of_the_title(section):
    """Does the title state the minutes as they are counted, and the points?"""
    assert minutes.list_complaints(minutes.measure_core_path(section), minutes.read_stated_minutes(section)) == []
    points = sum(cells.read_flags(cell).get("points", 0) for cell in section.cells)
    assert f"{points:g} points" in section.cells[0].source


def run_section(section):
    """Run the code of a notebook as one script; return its variables and what it printed."""
    source = "\n".join(HIDDEN.sub("", cell.source) for cell in section.cells if cell.cell_type == "code")
    linecache.cache["<section>"] = len(source), None, source.splitlines(keepends=True), "<section>"
    variables, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, "<section>", "exec"), variables)
    return variables, printed.getvalue()


def test_section_runs_and_its_numbers_hold(section, monkeypatch):
    """Does the bet's card appear, is the step confirmed and the answer noted, and does each claim hold?"""
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle["text/plain"]))
    variables, printed = run_section(section)
    assert "[✗ not this time] You bet b" in printed and "hundred_steps: confirmed" in printed
    assert "answer noted" in printed and "all 1 bets placed" in printed
    assert len(shown) == 2 and shown[0].startswith("[figure: Distance against the number of steps")
    found = [claim for cell in section.cells for claim in claims.read_claims(cell)]
    assert len(found) == 3
    for claim in found:
        assert abs(eval(claim.value, variables) - read_stated_number(claim)) <= claim.tolerance, claim.text


def test_section_is_released_open(section, tmp_path, monkeypatch):
    """Do students get the open cells, and no solution?"""
    made = small_checkout.use(monkeypatch, tmp_path / "notebooks")
    nbformat.write(section, made.file)
    release.generate_release(tmp_path / "course")
    released = {cell.id: cell.source for cell in read_notebook(tmp_path / "course", "release",
                                                               small_checkout.ASSIGNMENT).cells}
    assert released["bet-walk"] == "bet_walk = ..." and released["answer-ice"] == "answer_ice = ..."
    assert released["hundred-steps"].splitlines()[1:] == ["hundred_steps = ...", "confirm(hundred_steps)"]
    assert "answer-ice-solution" not in released and "grade_transfer" not in released["answer-ice-test"]
