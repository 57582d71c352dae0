"""The format of a notebook: does every one keep to what CONTRIBUTING.md promises?"""

import ast
import re

import nbformat
import pytest

from autograder.course import cells
from autograder.course.topics import list_topics
from autograder.hidden_tests import session
from autograder.reference import ROOT
from cs231n_lib.lab.check import cases
from tests.not_yet_asked import EARLIER, NOT_YET_ASKED, PRACTICE
from tools import minutes, notebook_forms, statements_table

MAX_LINES = 15
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.S)
REGION = re.compile(r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n.*?### END (?:SOLUTION|HIDDEN TESTS)\n?", re.S)
GRADERS = {"grade", "grade_prediction", "grade_answer", "grade_capstone", "grade_bets", "grade_transfer"}
OLD, NEW = notebook_forms.list_assignments(1), notebook_forms.list_assignments(2)


def load(assignment):
    """Read a notebook of the course."""
    return nbformat.read(ROOT / "notebooks" / f"{assignment}.ipynb", as_version=nbformat.NO_CONVERT)


@pytest.fixture(params=list_topics().values())
def notebook(request):
    """Return each notebook in turn."""
    return load(request.param)


@pytest.fixture(params=OLD)
def old_notebook(request):
    """Return each notebook of form 1 in turn."""
    return load(request.param)


@pytest.fixture(params=NEW or [pytest.param("", marks=pytest.mark.skip(reason="all notebooks are of form 1"))])
def new_assignment(request):
    """Return the name of each notebook of form 2 in turn."""
    return request.param


def graded_cells(notebook):
    """Return grade_id -> test cell."""
    return {cells.read_grade_id(c): c for c in notebook.cells if cells.is_test(c)}


def hidden_call(cell):
    """Return the one call of a test cell's hidden region, as a syntax node."""
    (region,) = HIDDEN.findall(cell.source)
    *imports, last = ast.parse(region).body
    assert all(isinstance(i, ast.ImportFrom) and i.module == "autograder.hidden_tests" for i in imports), cell.id
    assert isinstance(last, ast.Expr) and isinstance(last.value, ast.Call), cell.id
    return last.value


def test_notebook_is_valid_format_4_5_without_outputs(notebook):
    """Is it a valid notebook of format 4 5 without outputs?"""
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None, cell.id


def test_cell_ids_are_unique_meaningful_and_nbgraders(notebook):
    """Are cell ids unique meaningful and the same as nbgrader's?"""
    ids = [c.id for c in notebook.cells]
    assert len(ids) == len(set(ids))
    for cell in notebook.cells:
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", cell.id) and not re.fullmatch(r"[0-9a-f]{8}", cell.id)
        assert cells.read_grade_id(cell) in (None, cell.id)


def test_notebook_opens_with_title_minutes_and_the_right_points(notebook):
    """Does it open with title minutes and the right number of points?"""
    title = notebook.cells[0]
    assert title.cell_type == "markdown" and title.source.startswith("# ")
    head = title.source.split("**You will**")[0]
    assert re.search(r"\b(minutes|hours?)\b", head) or minutes.read_stated_minutes(notebook)
    total = sum(c.metadata.nbgrader["points"] for c in notebook.cells if "points" in c.metadata.get("nbgrader", {}))
    assert f"{total:g} points" in head


def test_every_section_says_how_long_it_takes(old_notebook):
    """Does every section of form 1 say how long it takes? (Of form 2 a tool counts the minutes.)"""
    headings = [line for c in old_notebook.cells if c.cell_type == "markdown" for line in c.source.splitlines()
                if line.startswith("## ")]
    timeless = {"## Recap", "## Where this leads", "## Further reading", "## Try on your own"}
    assert len(headings) >= 5
    assert not [h for h in headings if "minute" not in h and h not in timeless]


def test_title_time_is_the_sum_of_the_sections(old_notebook):
    """Is the time in the title of form 1 the sum of the sections?"""
    text = "\n".join(c.source for c in old_notebook.cells if c.cell_type == "markdown")
    summed = sum(map(int, re.findall(r"^## .*\((\d+) minutes?\)$", text, re.M)))
    assert abs(60 * statements_table.format_head(old_notebook)[2] - summed) <= 8  # titles are in quarters of an hour


def test_notebook_closes_with_recap_reading_and_things_to_try(old_notebook):
    """Does one of form 1 close with recap reading and things to try?"""
    text = "\n".join(c.source for c in old_notebook.cells[-4:])
    for heading in ("## Recap", "## Further reading", "## Try on your own"):
        assert heading in text


def test_one_setup_cell_has_imports_and_no_magic(notebook):
    """Is there one setup cell of imports and no magic that the runner could not execute?"""
    setups = [c for c in notebook.cells if cells.is_setup(c)]
    assert [c.id for c in setups] == ["setup"]
    for statement in ast.parse(setups[0].source).body[:-1]:
        assert isinstance(statement, (ast.Import, ast.ImportFrom))
    assert setups[0].source.rstrip().endswith("lab.start()")


def test_every_code_cell_has_one_purpose_and_at_most_15_lines(notebook):
    """Has every code cell that is not folded one purpose and at most 15 lines?"""
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.metadata.get("jupyter", {}).get("source_hidden"):
            lines = [line for line in REGION.sub("", cell.source).splitlines() if line.strip()]
            assert len(lines) <= MAX_LINES, f"{cell.id}: {len(lines)} lines"


def test_graded_cell_ends_in_a_hidden_region_of_one_call(notebook):
    """Has every graded cell a hidden region of one call that ends it?"""
    for cell in graded_cells(notebook).values():
        assert hidden_call(cell).func.id in GRADERS
        assert cell.source.rstrip().endswith("### END HIDDEN TESTS")


@pytest.mark.parametrize("topic", list_topics())
def test_every_question_of_the_topic_is_asked_once_for_its_points(topic):
    """Is every question of the topic asked once for its points?"""
    asked = {}
    for cell in graded_cells(load(list_topics()[topic])).values():
        call = hidden_call(cell)
        if call.func.id == "grade":
            name = call.args[0].value
            assert name not in asked and cell.id == f"{name.replace('_', '-')}-test"
            asked[name] = cell.metadata.nbgrader["points"]
    points = {name: q.points for name, q in session.load_questions(topic).items()}
    others = [name for names in (NOT_YET_ASKED, PRACTICE, EARLIER) for name in names.get(topic, ())]
    waiting = {name: points[name] for name in others}
    assert {**asked, **waiting} == points and not asked.keys() & waiting.keys()


@pytest.mark.parametrize("topic", PRACTICE)
def test_what_is_for_practice_is_checked_below_the_core_path(topic):
    """Does each function have its check in an ungraded cell of "Go deeper"?"""
    notebook = load(list_topics()[topic])
    core = {cell.id for cell in minutes.list_core_cells(notebook)}
    checked = {cell.source: cell for cell in notebook.cells if cell.cell_type == "code"}
    for name in set(PRACTICE[topic]) & cases.FUNCTIONS.keys():
        cell = checked[f'check("{name}")']
        assert cell.id == f"{name.replace('_', '-')}-practice" and cell.id not in core and not cells.is_test(cell)


def test_points_of_answers_equal_the_metadata(notebook):
    """Do the points of answers stand in the call as in the metadata?"""
    for cell in graded_cells(notebook).values():
        call = hidden_call(cell)
        points = [k.value.value for k in call.keywords if k.arg == "points"]
        own = call.func.id in ("grade", "grade_bets")  # the grader knows, or reads, what these cells are worth
        assert points == ([] if own else [cell.metadata.nbgrader["points"]]), cell.id


def test_nothing_of_form_1_is_left_in_form_2(new_assignment):
    """Is no answer graded in the old way?"""
    notebook = load(new_assignment)
    called = {hidden_call(cell).func.id for cell in graded_cells(notebook).values()}
    assert not called & {"grade_prediction", "grade_answer"}
    assert "prediction_" not in "\n".join(c.source for c in notebook.cells)


def test_every_answer_cell_is_one_literal_that_a_test_asks_for(old_notebook):
    """Is every answer cell of form 1 one literal that the grader reads and a test asks for?"""
    sources = [c.source for c in graded_cells(old_notebook).values()]
    answers = [c for c in old_notebook.cells if cells.is_answer(c)]
    assert len(answers) >= 8
    for cell in answers:
        name = cells.read_answer_variable(cell.source)
        value = cells.read_answer("\n".join(x for x in cell.source.splitlines() if "###" not in x), name)
        assert value is not ... and not isinstance(value, cells.Unreadable), cell.id
        assert sum(name in source for source in sources) == 1, cell.id


def test_one_or_two_explanations_are_graded_by_a_person(notebook):
    """Are one or two explanations graded by a person with a model answer?"""
    written = [c for c in notebook.cells if cells.is_written(c)]
    assert 1 <= len(written) <= 2
    assert all("### BEGIN SOLUTION" in c.source and c.cell_type == "markdown" for c in written)


def test_everything_of_the_grader_is_in_hidden_regions(notebook):
    """Is everything of the grader's in hidden regions?"""
    for cell in notebook.cells:
        assert "autograder" not in HIDDEN.sub("", cell.source), cell.id
