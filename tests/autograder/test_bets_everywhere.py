"""A notebook with bets, from its release to the mark: every reader of cells knows what a bet is."""

import json
import shutil

import nbformat
import pytest
from small_stage import (  # noqa: F401
    ASSIGNMENT,
    BETS,
    QUESTIONS,
    make_notebook,
    make_released_notebook,
    make_small_course,
    small_questions,
    write_notebook,
)

from autograder import hidden_tests, rooms
from autograder.course import assignment, cells
from autograder.gradebook import records
from autograder.hidden_tests import Outcome
from autograder.hidden_tests import session as sessions
from autograder.release import leak_check, notebook_changes
from autograder.reports import explain, html
from autograder.runners import jobs, runner
from cs231n_lib.lab import cells as lab_cells
from cs231n_lib.lab import workspace
from cs231n_lib.lab.commands import progress, submit

pytestmark = pytest.mark.usefixtures("small_questions")
needs_bwrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)")


def place_bets(notebook, **bets):
    """Fill in bet cells of a released notebook."""
    for cell in notebook.cells:
        name = cell.id.replace("-", "_")
        if name in bets:
            cell.source = f"{name} = {bets[name]}"
    return notebook


def read_workspace(tmp_path, **bets):
    """Return the student's notebook as the commands of the workspace read it."""
    nbformat.write(place_bets(make_released_notebook(), **bets), tmp_path / f"{ASSIGNMENT}.ipynb")
    return workspace.read_assignment(ASSIGNMENT, tmp_path)


def grade_bets_of(course, **bets):
    """Return the job of a submission with these bets, and its result."""
    written = {name.replace("_", "-"): f"{name} = {source}" for name, source in bets.items()}
    released = assignment.load_assignment(course, ASSIGNMENT)
    job = jobs.make_job(course, ASSIGNMENT, released.select_written({k: [v] for k, v in written.items()}), "x = 1\n")
    return job, runner.run_job(job)


def test_released_bets_are_open_and_nothing_of_them_leaks():
    """Do students get ``bet_depth = ...`` and the visible call, and no trace of the literal?"""
    notebook = make_released_notebook()
    sources = {c.id: c.source for c in notebook.cells}
    assert [sources[name.replace("_", "-")] for name in BETS] == [f"{name} = ..." for name in BETS]
    assert sources["bets-placed"].strip() == f'check_bets("{ASSIGNMENT}")'
    files = {f"{ASSIGNMENT}.ipynb": nbformat.writes(notebook).encode(), "questions.py": QUESTIONS.encode()}
    assert leak_check.find_leaks(files) == []


def test_cells_of_a_bet_are_read_as_what_they_are():
    """Is a bet an answer cell of its kind, and the counting cell a test that grades answers?"""
    found = {c.id: c for c in make_notebook().cells}
    assert [lab_cells.read_kind(found[n]) for n in ("bet-depth", "depth-experiment", "bets-placed")] == ["bet", "", ""]
    assert cells.is_answer(found["bet-depth"]) and cells.is_test(found["bets-placed"])
    assert cells.read_test_kind(found["bets-placed"].source) == "answer"
    assert cells.read_question(found["bets-placed"].source) is None
    purpose = lab_cells.read_purpose("bets-placed", f'check_bets("{ASSIGNMENT}")')
    assert (purpose.kind, purpose.name) == ("bets", ASSIGNMENT)


@pytest.mark.parametrize("bets, state, note", [
    ({}, "open", "to place: bet_depth, bet_share, bet_order"),
    ({"bet_depth": "'a'", "bet_share": "3"}, "open", "to place: bet_order"),
    ({"bet_depth": "'a'", "bet_share": "1 + 2"}, "wrong", "bet_order, bet_share (write the answer itself"),
    ({"bet_depth": "'a'", "bet_share": "3", "bet_order": "'abc'"}, "done", ""),
])
def test_progress_and_submit_say_which_bets_are_missing(tmp_path, bets, state, note):
    """Is the counting cell done when all bets are valid, and does its note name the others?"""
    mine = read_workspace(tmp_path, **bets)
    item, = progress.list_items(mine)
    assert (item.kind, item.name, item.points, item.state) == ("bets", ASSIGNMENT, 1.5, state) and note in item.note
    told = [line for line in submit.list_missing(mine, tmp_path) if line.startswith("bets ")]
    assert bool(told) == (state != "done")


def test_bet_whose_variable_is_gone_is_read_from_its_own_cell(tmp_path):
    """Is the cell of the bet read, and not that of another one, where a student renamed the variable?"""
    nbformat.write(place_bets(make_released_notebook(), bet_share="3", bet_order="'abc'"),
                   tmp_path / f"{ASSIGNMENT}.ipynb")
    text = (tmp_path / f"{ASSIGNMENT}.ipynb").read_text().replace("bet_depth = ...", "my_bet = 'a'")
    (tmp_path / f"{ASSIGNMENT}.ipynb").write_text(text)
    item, = progress.list_items(workspace.read_assignment(ASSIGNMENT, tmp_path))
    assert item.state == "wrong" and "bet_depth (write one assignment, bet_depth = your answer" in item.note


@needs_bwrap
def test_bets_are_counted_by_the_runner(tmp_path):
    """Does the runner give each valid bet its share, and say of the others what the workspace says?"""
    course = make_small_course(tmp_path)
    _, result = grade_bets_of(course, bet_depth="'a'", bet_share="1 + 2", bet_order="...")
    found = result["cells"]["bets-placed"]
    assert found["score"] == 0.5 and result["status"] == "graded"
    assert [(o["aspect"], o["status"]) for o in found["outcomes"]] == [
        ("bet_depth", "passed"), ("bet_share", "failed"), ("bet_order", "not implemented")]
    item, = progress.list_items(read_workspace(tmp_path, bet_depth="'a'", bet_share="1 + 2"))
    assert f"bet_share ({found['outcomes'][1]['hint']})" in item.note
    _, result = grade_bets_of(course, bet_depth="'c'", bet_share="3", bet_order="('b', 'a', 'c')")
    assert result["cells"]["bets-placed"]["score"] == 1.5


def test_points_of_the_bets_are_read_from_the_notebook_in_a_plain_kernel(tmp_path, monkeypatch):
    """Does an instructor who runs the notebook see the marks that the grader gives?"""
    monkeypatch.setattr(rooms, "ROOT", tmp_path)
    write_notebook(tmp_path / "notebooks" / f"{ASSIGNMENT}.ipynb")
    monkeypatch.setattr(sessions, "current", None)
    assert hidden_tests.find_points(ASSIGNMENT) == 1.5
    mark = eval(f"grade_bets({ASSIGNMENT!r})", {"grade_bets": hidden_tests.grade_bets, "bet_depth": "a", "bet_share": 3,
                                                "bet_order": ...})
    assert mark == 1.0


@needs_bwrap
def test_bets_are_explained_by_what_stands_in_their_cells(tmp_path):
    """Does ``explain`` show each bet as it was placed?"""
    job, _ = grade_bets_of(make_small_course(tmp_path), bet_depth="'a'", bet_share="1 + 2")
    call = cells.read_graded_call(job["tests"][0][1])
    lines = explain.explain_answer(call, job)
    assert [line.strip().removeprefix("bets").strip() for line in lines] == [
        "bet_depth = 'a'", "bet_share = 1 + 2", "bet_order = ..."]


def test_records_know_the_counting_cell_and_a_student_s_bets(tmp_path):
    """Are the points listed, is a notebook without bets empty, and are its bets read for the reports?"""
    course = make_small_course(tmp_path)
    assert records.list_graded_cells(course, ASSIGNMENT) == [("bets-placed", "answer", 1.5)]
    written = records.parse_answers(json.dumps(place_bets(make_released_notebook(), bet_share="3")))
    assert written == {"bet-depth": "bet_depth = ...", "bet-share": "bet_share = 3", "bet-order": "bet_order = ..."}
    lost = [vars(Outcome("bet_depth", 0.0, 0.5, "not implemented"))] * 3
    assert html.is_empty(records.Mark("bets-placed", "answer", 0.0, 1.5, False, "", lost, 0.0), {})


def test_change_of_a_bet_s_kind_is_seen(tmp_path):
    """Does an update of a released notebook say that an answer became a bet?"""
    before, after = make_notebook(), make_notebook()
    del before.cells[3].metadata["cs231n"]
    assert before.cells[3].id == "bet-depth"
    assert notebook_changes.compare_notebooks(before, after).kinds == ["bet-depth: answer -> bet"]
