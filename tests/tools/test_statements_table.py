"""The table of what the course teaches: is every statement met, and does a gap show?"""

import nbformat.v4 as v4
import pytest

from autograder.course.topics import list_topics
from tools import statements_table


def notebook(*tagged):
    """Return a notebook with one section and cells of (kind, id, tags)."""
    found = [v4.new_markdown_cell("# Title\n\nAbout 2½ hours. 1 points.", id="title"),
             v4.new_markdown_cell("## 1. A section (5 minutes)", id="section")]
    for kind, id, tags in tagged:
        new = v4.new_markdown_cell if kind == "text" else v4.new_code_cell
        cell = new("explorers.Slope().show()", id=id)
        if kind == "test":
            cell.metadata["nbgrader"] = {"grade_id": id, "grade": True, "solution": False, "locked": True, "points": 1}
        cell.metadata["tags"] = [f"statement:{t}" for t in tags]
        found.append(cell)
    return v4.new_notebook(cells=found)


WHOLE = ("test", "q-test", ["a"]), ("code", "draw", ["a"]), ("text", "why", ["a"])


def located(*tagged):
    """Return (the statement "a", the complaints) after looking at a notebook."""
    statement = statements_table.Statement("a", "00", "text")
    return statement, list(statements_table.locate_statements([statement], notebook(*tagged)))


def test_statement_is_found_with_section_exercise_and_explorer():
    """Is a statement found with its section exercise and explorer?"""
    statement, complaints = located(*WHOLE)
    assert not complaints and not statement.missing
    assert statement.sections == ["1. A section"] and statement.exercises == ["q"] and statement.explorers == ["Slope"]


def test_what_is_for_practice_is_an_exercise():
    """Counts a function whose check stands in a cell for practice?"""
    statement, complaints = located(("code", "q-practice", ["a"]), *WHOLE[1:])
    assert not complaints and not statement.missing and statement.exercises == ["q"]


@pytest.mark.parametrize(("left_out", "missing"), [
    (0, "bet, prediction or answer"), (1, "experiment"), (2, "explanation")])
def test_missing_part_is_named(left_out, missing):
    """Is a missing part named?"""
    statement, _ = located(*(cell for i, cell in enumerate(WHOLE) if i != left_out))
    assert statement.missing == [missing]


def test_statement_that_is_only_told_needs_no_more_than_the_explanation():
    """Is nothing missing where a statement that is told has a text, and neither experiment nor exercise?"""
    statement = statements_table.Statement("a", "00", "text", told=True)
    list(statements_table.locate_statements([statement], notebook(WHOLE[2])))
    assert not statement.missing


def test_solution_that_no_student_gets_explains_nothing():
    """Is a tag at the solution of a transfer question refused, and the statement without an explanation then?"""
    statement, made = statements_table.Statement("a", "00", "text"), notebook(*WHOLE)
    made.cells[-1].metadata["cs231n"] = {"kind": "solution"}
    assert list(statements_table.locate_statements([statement], made)) == [
        "why: students do not get this cell, so it explains nothing"]
    assert statement.missing == ["explanation"]


def test_tag_that_names_no_statement_is_noticed():
    """Is a tag that names no statement noticed?"""
    _, complaints = located(("text", "why", ["b"]))
    assert complaints == ["why: the tag 'statement:b' is no statement of this notebook"]


@pytest.mark.parametrize(("text", "hours"), [
    ("2½ hours", 2.5), ("3 hours", 3), ("90 minutes", 1.5), ("1¾ hours", 1.75), ("45 minutes", 0.75)])
def test_stated_hours_are_read(text, hours):
    """Are the stated hours read?"""
    book = v4.new_notebook(cells=[v4.new_markdown_cell(f"# T\n\nAbout {text}. 1 points.")])
    assert statements_table.format_head(book)[2] == hours


def test_every_statement_is_met_and_the_table_up_to_date():
    """Is every statement of the course met and the table up to date?"""
    listed, heads, complaints = statements_table.survey_notebooks()
    assert complaints == [] and list(listed) == list(list_topics().values())
    assert statements_table.TABLE.read_text(encoding="utf-8") == statements_table.format_table(listed, heads)
