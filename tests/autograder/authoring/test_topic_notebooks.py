"""Do the template's notebook and the example's pass the gates of form 2, run, and state what they measure?"""

import contextlib
import io
import linecache
import re
import shutil

import nbformat
import pytest
from own_topics import without_own_topics

from autograder import rooms
from autograder.authoring import new_topic
from autograder.course import cells, claims
from autograder.hidden_tests.session import load_questions
from autograder.release import hint_copies
from cs231n_lib.lab.check import questions
from tools import bets, minutes, notebook_forms, notebook_gates, spoilers
from tools.claims import list_complaints, read_stated_number

HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS\n?", re.S)
MADE = {"example": ("label_smoothing", "smoothing_loss"), "template": ("row_shifting", "shift_rows")}


@pytest.fixture(params=MADE)
def topic(request, tmp_path):
    """Return a course's own topic, as the example has it or as ``new-topic`` begins it; it is forgotten afterwards."""
    name, function = MADE[request.param]
    with without_own_topics():
        new_topic.make_topic(name, function, tmp_path)
        if request.param == "example":
            shutil.copytree(rooms.ROOT / "docs" / "example_topic", tmp_path / "topics" / name, dirs_exist_ok=True)
        yield rooms.list_own_topics()[name]


@pytest.fixture
def notebook(topic):
    """Return its notebook."""
    return nbformat.read(topic.folder / f"{topic.assignment}.ipynb", as_version=nbformat.NO_CONVERT)


def test_notebook_passes_the_gates(topic, notebook):
    """Is it of form 2, without outputs, spoilers and unconfirmed numbers, and are its points those of the tests?"""
    nbformat.validate(notebook)
    assert notebook_forms.read_form(notebook) == 2
    assert not [cell.id for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]
    assert [line for cell in notebook.cells for line in notebook_gates.list_cell_complaints(cell)] == []
    assert notebook_gates.list_question_complaints(topic.name, notebook) == []
    assert notebook_gates.list_figure_complaints(topic.assignment, notebook) == []
    assert bets.list_bet_complaints(topic.assignment, notebook) == []
    assert list_complaints(notebook) == []
    assert spoilers.list_spoilers(topic.assignment, notebook) == []
    points = {cells.read_question(cell.source): cells.read_flags(cell)["points"]
              for cell in notebook.cells if cells.is_test(cell)}
    asked = {name: question.points for name, question in load_questions(topic.name).items()}
    assert {name: worth for name, worth in points.items() if name} == asked
    assert f"{sum(points.values()):g} points" in notebook.cells[0].source


def test_minutes_are_those_of_the_title(topic, notebook):
    """Does the title state the length of the core path as it is counted?"""
    module = (topic.folder / "module.py").read_text()
    assert minutes.list_complaints(minutes.measure_core_path(notebook, module),
                                   minutes.read_stated_minutes(notebook)) == []


def test_hints_hold_no_solution(topic):
    """Are the three hints about each function no copy of it, and at most 80 columns wide?"""
    place = f"cs231n_lib/lab/check/hints/{topic.name}.py"
    text = (topic.folder / "hints.py").read_text()
    assert hint_copies.is_hint_file(place) and hint_copies.find_copies(place, text) == []
    assert max(map(len, text.partition("HINTS")[2].splitlines())) <= 80 + 8


def test_notebook_runs_and_the_bet_comes_out_as_the_registry_says(topic, notebook, monkeypatch):
    """Is the function's experiment what the bet's reference says, and does each claim hold?

    Checks are left out: the numbers that they compare with come with a release (``test_walk_through``).
    """
    shown = []
    monkeypatch.setattr(questions, "list_topics", lambda: [topic.name])
    monkeypatch.setattr("cs231n_lib.lab.check.bets.show", lambda card, **meta: shown.append(meta["cs231n"]))
    source = "\n".join(HIDDEN.sub("", cell.source) for cell in notebook.cells if cell.cell_type == "code")
    source = re.sub(r"(?m)^check\(.*\n", "", source)
    linecache.cache["<topic>"] = len(source), None, source.splitlines(keepends=True), "<topic>"
    variables, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, "<topic>", "exec"), variables)
    assert [meta["state"] for meta in shown] == ["right"]
    for claim in (claim for cell in notebook.cells for claim in claims.read_claims(cell)):
        assert abs(eval(claim.value, variables) - read_stated_number(claim)) <= claim.tolerance, claim.text
