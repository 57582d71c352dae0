"""Does each gate of form 2 stop what it is for, and let everything else through?"""

import copy
from types import SimpleNamespace

import form_2_notebook
import nbformat.v4 as v4
import pytest
from small_cells import flag, make_written
from small_checkout import function_test

from autograder.hidden_tests import transfer
from tools import bets, notebook_forms, notebook_gates
from tools.execute_notebooks import iter_complaints

NOTEBOOKS = {a: n for a, n in notebook_forms.read_notebooks().items() if notebook_forms.read_form(n) == 2}


@pytest.mark.parametrize("assignment", NOTEBOOKS)
def test_notebook_of_form_2_passes_every_gate(assignment):
    """Does a notebook that is written anew pass?"""
    assert notebook_gates.list_complaints(assignment, NOTEBOOKS[assignment]) == []


def test_bets_that_nothing_counts_do_not_pass():
    """Does a notebook of form 2 without the cell that counts its bets have a complaint about them?"""
    notebook = copy.deepcopy(NOTEBOOKS["03_initialization"])
    notebook.cells = [cell for cell in notebook.cells if cell.id != bets.COUNTED]
    (line,) = (line for line in notebook_gates.list_complaints("03_initialization", notebook) if bets.COUNTED in line)
    assert line.startswith("expected one cell bets-placed")


def test_texts_of_figures_belong_to_one_notebook_each(tmp_path):
    """Is an id in two files named, and a file without a notebook? And are ours free of both?"""
    assert notebook_gates.list_shared_figures() == []
    for name in ("03_initialization", "04_batchnorm", "99_extra"):
        (tmp_path / f"{name}.toml").write_text("[walk]\nalt = 'A walk.'\n", encoding="utf-8")
    assert notebook_gates.list_shared_figures(tmp_path) == [
        "walk: described in 03_initialization.toml and in 04_batchnorm.toml",
        "99_extra.toml: there is no such notebook", "walk: described in 03_initialization.toml and in 99_extra.toml"]


def make_code(source, folded=False):
    """Return an experiment."""
    return v4.new_code_cell(source, id="experiment", metadata={"jupyter": {"source_hidden": True}} if folded else {})


@pytest.mark.parametrize("cell", [
    make_code("x = 1"), make_code("plots.show(fig, 'a-b')", folded=True), make_code("# " + "x" * 86),
    make_code("for x in y:\n    print(x)\nprint(f'{a:8.3f} {b:8.3f}')"), make_code("%time x = 1\nax = 3"),
    make_code("for x in y:\n    print(f'{x:.3f} and {y:.2%}')"),
    flag(v4.new_code_cell("check('a')\n### BEGIN HIDDEN TESTS\n# " + "x" * 99 + "\n### END HIDDEN TESTS", id="test"),
         grade=True, points=1),
])
def test_cell_that_is_fine_passes(cell):
    """Is nothing said about code that fits, a folded figure, a print in a loop, and a long hidden test?"""
    assert notebook_gates.list_cell_complaints(cell) == []


@pytest.mark.parametrize("cell, says", [
    (make_code("x" * 89), "89 columns"), (make_code("plots.show(fig, 'a-b')"), "folded"),
    (make_code("fig, ax = plt.subplots()"), "folded"), (make_code("axes[0].set_title('a')"), "folded"),
    (form_2_notebook.scratch(), "only an experiment"),
    (make_code("for a, b in c:\n    print(f'{a:8.3f} {b:8.3f}')"), "prints a table"),
    (make_code("for a, b in c:\n    print(f'{a:<10} {b:>{width}}')"), "prints a table"),
])
def test_cell_that_is_not_fine_is_named(cell, says):
    """Is a wide line named, plotting code in the open, a folded scratch cell, a table of prints?"""
    if says == "only an experiment":
        cell.metadata["jupyter"] = {"source_hidden": True}
    assert [line for line in notebook_gates.list_cell_complaints(cell) if says in line]


READS_ROWS = "def train():\n    return len(rows)"


@pytest.mark.parametrize("sources, names", [
    (["rows = 1", READS_ROWS, "rows = 2"], ["rows"]),
    (["rows = 1", READS_ROWS, "for rows in (1, 2):\n    pass"], ["rows"]),
    (["rows = 1", "f = lambda: rows", "rows, b = 2, 3"], ["rows"]),
    (["rows = 1", READS_ROWS, "a = [rows for rows in (1, 2)]"], []),
    (["rows = 1\nrows = 2", READS_ROWS, "def other():\n    rows = 3\n    return rows"], []),
    (["rows = 1", "def train():\n    rows = 2\n    return lambda: rows", "rows = 2"], []),
    (["rows = 1", "f = lambda n=rows: n", "rows = 2"], []),
    (["rows = 1", "def train(rows):\n    return rows", "rows = 2"], []),
])
def test_variable_of_a_function_that_a_later_cell_overwrites_is_named(sources, names):
    """Is a second value found that a function would use without a word, and no local name?"""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source, id=f"cell-{k}") for k, source in enumerate(sources)])
    assert [line.split(":")[0] for line in notebook_gates.list_overwritten_names(notebook)] == names


def make_whole(bets=4, answers=2, essays=1, functions=("a_forward", "a_backward", "b", "c"), points=20, bet_points=1):
    """Return a notebook with as many of each as its arguments say, and its functions' lengths."""
    made = [v4.new_markdown_cell("# Title")]
    for kind, many in (("bet", bets), ("answer", answers)):
        made += [form_2_notebook.own(flag(v4.new_code_cell("x = 1", id=f"{kind}-{k}"), solution=True), kind)
                 for k in range(many)]
    made += [make_written(f"why-{k}", 4) for k in range(essays)]
    made += [function_test(name, points / len(functions)) for name in functions]
    counted = "check_bets('a')\n### BEGIN HIDDEN TESTS\ngrade_bets('a', points=1)\n### END HIDDEN TESTS"
    made.append(flag(v4.new_code_cell(counted, id="bets-placed"), grade=True, points=bet_points))
    return v4.new_notebook(cells=made), {"a_forward": 3, "a_backward": 5, "b": 1, "c": 20, "given": 0}


def list_all(notebook, lengths):
    """Return the complaints about counts and points."""
    return (notebook_gates.list_count_complaints(notebook, lengths) + notebook_gates.list_point_complaints(notebook))


def test_notebook_within_the_ranges_passes():
    """Is nothing said about a notebook within all ranges, whose forward and backward are one task?"""
    notebook, lengths = make_whole()
    assert list_all(notebook, lengths) == []
    assert notebook_gates.count_parts(notebook, lengths)["tasks"] == 3


@pytest.mark.parametrize("changed, says", [
    ({"bets": 3}, "3 bets"), ({"bets": 7}, "7 bets"), ({"answers": 1}, "1 transfer"), ({"answers": 5}, "5 transfer"),
    ({"essays": 0}, "0 essays"), ({"essays": 3}, "3 essays"), ({"functions": ("b", "c", "given")}, "2 tasks"),
    ({"bets": 90}, "core cells"), ({"points": 7}, "functions have 58%"), ({"bet_points": 3}, "bets have")])
def test_notebook_outside_a_range_is_named(changed, says):
    """Is each count outside its range named, and a share of the points?"""
    assert [line for line in list_all(*make_whole(**changed)) if says in line]


@pytest.mark.parametrize("head, says", [
    ("20 points: functions 20, an essay 4, a transfer question 0, bets 1.", []), ("Core path: 2 h. 25 points.", []),
    ("functions 19.5, bets 1", ["the title states functions 19.5, and the cells have 20"]),
    ("an essay 3, transfer questions 2", ["the title states transfer questions 2, and the cells have 0",
                                          "the title states essay 3, and the cells have 4"])])
def test_title_states_the_points_that_the_cells_have(head, says):
    """Is a kind of cell named that the title gives other points?"""
    notebook, _ = make_whole()
    notebook.cells[0].source += f"\n\n*{head}*"
    assert notebook_gates.list_stated_points(notebook) == says


def test_nothing_below_the_recap_counts_for_marks():
    """Is each graded cell and each bet named that stands below the recap, and nothing above it or for practice?"""
    notebook, _ = make_whole()
    assert notebook_gates.list_marks_below_recap(notebook) == []
    practice = v4.new_code_cell('check("d")', id="d-practice")
    recap = v4.new_markdown_cell("## Recap\n\nIt grew.\n\n## Go deeper", id="recap")
    notebook.cells[1:1] = [practice, recap]
    counted = [cell.id for cell in notebook.cells[3:] if not cell.id.startswith("answer-")]
    assert counted[:4] == ["bet-0", "bet-1", "bet-2", "bet-3"] and {"why-0", "c-test", "bets-placed"} < set(counted)
    assert [line.split(":")[0] for line in notebook_gates.list_marks_below_recap(notebook)] == counted


def test_transfer_question_for_practice_is_confirmed_by_the_next_cell(monkeypatch):
    """Needs one that is not graded no solution, but a cell that confirms its answer, and the step in the table?"""
    form_2_notebook.add_questions(monkeypatch)
    steps = {**form_2_notebook.STEPS, "answer_wide": form_2_notebook.Step(3.1, "Look at the width.")}
    monkeypatch.setattr(notebook_gates, "read_questions", lambda topic: SimpleNamespace(
        BETS={}, ANSWERS=form_2_notebook.ANSWERS, STEPS=steps))
    monkeypatch.setattr(notebook_gates, "list_given_answers", lambda *tables: [])
    notebook = form_2_notebook.make_notebook()
    left_out = ("find-the-bug", "answer-wide-test", "answer-wide-solution")
    notebook.cells = [cell for cell in notebook.cells if cell.id not in left_out]
    place = [cell.id for cell in notebook.cells].index("answer-wide")
    for source, name, says in [
            ("confirm(answer_wide)", "answer-wide-practice", []),
            ("confirm(answer_wide)", "wide-practice",
             ["answer-wide: the next cell is answer-wide-practice, with confirm(answer_wide)"]),
            ("check_answer_form(answer_wide)", "answer-wide-practice",
             ["answer-wide: the next cell is answer-wide-practice, with confirm(answer_wide)",
              "answer_wide: in STEPS, and the notebook does not ask for it"])]:
        tried = copy.deepcopy(notebook)
        tried.cells.insert(place + 1, v4.new_code_cell(source, id=name))
        assert notebook_gates.list_question_complaints("activations", tried) == says


def test_figures_are_shown_by_ids_that_have_texts(tmp_path):
    """Is a text in the cell named, an id without texts, and texts without a figure?"""
    (tmp_path / "03_initialization.toml").write_text("[walk]\nalt = 'A.'\n[lost]\nalt = 'B.'\n", encoding="utf-8")
    source = "\n".join(f"plots.show(fig, {name})" for name in ("'walk'", "'The bars grow.'", "alt='gone'", "x"))
    again = v4.new_code_cell("plots.show(fig, 'walk')", id="again")
    notebook = v4.new_notebook(cells=[make_code(source), again])
    found = notebook_gates.list_figure_complaints("03_initialization", notebook, tmp_path)
    assert found == ["experiment: plots.show takes the figure's id; its text stands in 03_initialization.toml",
                     "experiment: 03_initialization.toml has no texts of gone",
                     "experiment: plots.show takes the figure's id; its text stands in 03_initialization.toml",
                     "walk: two figures have this id", "03_initialization.toml: no cell shows lost"]


def test_questions_agree_with_registry_and_hidden_tests(monkeypatch):
    """Is the small notebook fine, and each way in which it could not fit together named?"""
    form_2_notebook.add_questions(monkeypatch)
    monkeypatch.setattr(notebook_gates, "read_questions", form_2_notebook.questions.read_questions)
    made = form_2_notebook.make_notebook()
    made.cells = [cell for cell in made.cells if cell.id != "find-the-bug"]
    assert notebook_gates.list_question_complaints("activations", made) == []
    for name, change, says in [
            ("answer-wide", lambda cell: cell.update(id="wide-answer"), "has the id answer-wide"),
            ("answer-wide", lambda cell: cell.update(source="answer_new = 1"), "answer_new: missing in ANSWERS"),
            ("answer-wide", lambda cell: cell.update(source="answer_new = 1"), "answer_wide: in ACCEPTED"),
            ("answer-wide-test", lambda cell: cell.update(id="wide-test"), "the next cell is answer-wide-test"),
            ("answer-wide-solution", lambda cell: cell.metadata.clear(), "the cell after the test is its solution"),
            ("walk", lambda cell: cell.update(source="walk_std = 1"), "a scratch cell has a solution region"),
            ("walk", lambda cell: cell.update(source="walk_std = 1"), "walk_std: in STEPS")]:
        notebook = copy.deepcopy(made)
        change(next(cell for cell in notebook.cells if cell.id == name))
        assert [line for line in notebook_gates.list_question_complaints("activations", notebook) if says in line], says


@pytest.mark.parametrize("value, within, found", [
    (3.1, 0.2, 0), (0.03125, 0, 1), (0.7, 0.01, 1), (12.0, 0.5, 1), ("b", 0, 0)])
def test_accepted_answer_does_not_stand_in_what_students_get(value, within, found):
    """Is an answer named that is the result of a step, of a slip or of a bet in the lab's questions?"""
    tables = SimpleNamespace(STEPS=form_2_notebook.STEPS, BETS={"bet_a": SimpleNamespace(reference=12.2),
                                                                "bet_b": SimpleNamespace(reference="b")})
    accepted = {"answer_wide": transfer.Accepted(value, within=within)}
    assert len(notebook_gates.list_given_answers(accepted, tables)) == found


def make_executed(source, *outputs):
    """Return an executed notebook with one scratch cell."""
    cell = form_2_notebook.scratch(source)
    cell.outputs = list(outputs)
    return v4.new_notebook(cells=[cell], metadata={"cs231n": {"form": 2}})


def make_card(status):
    """Return the output of ``confirm``."""
    return v4.new_output("display_data", {"text/html": "x", "text/plain": "y" * 99},
                         metadata={"cs231n": {"step": "walk_std", "status": status}})


@pytest.mark.parametrize("outputs, says", [
    ([make_card("ok")], []), ([make_card("wrong")], ["walk: the instructor's walk_std is not confirmed"]),
    ([], ["walk: the instructor's walk_std is not confirmed"]),
    ([make_card("ok"), v4.new_output("stream", text="x" * 88 + "\n")], []),
    ([make_card("ok"), v4.new_output("stream", text="a\n" + "x" * 89)],
     [f"walk: prints a line of 89 columns, at most 88 fit: {'x' * 40}..."]),
    ([make_card("ok"), v4.new_output("execute_result", {"text/plain": "x" * 90})],
     [f"walk: prints a line of 90 columns, at most 88 fit: {'x' * 40}..."])])
def test_outputs_of_an_executed_notebook_are_gated(outputs, says):
    """Is a step that the instructor's own code does not confirm named, and a printed line that is too wide?"""
    executed = make_executed(form_2_notebook.SCRATCH, *outputs)
    assert list(iter_complaints(executed)) == says
