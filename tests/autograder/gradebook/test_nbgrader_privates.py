"""What we use of nbgrader that it may change: is it there, and is it used in one wing alone?"""

import ast
import re
from pathlib import Path

import nbgrader
import pytest
from nbgrader import api
from sqlalchemy import inspect

from autograder.gradebook import nbgrader_privates
from autograder.gradebook.nbgrader_privates import PRIVATE_MEMBERS, list_missing_members
from autograder.reference import ROOT

WING = "autograder/gradebook/"


def list_private_names():
    """Return the private names that nbgrader's own sources define, and what SQLAlchemy puts into its classes."""
    names = {"__table__", "__mapper__"}
    for path in Path(nbgrader.__file__).parent.rglob("*.py"):
        if "tests" not in path.parts:
            names |= set(re.findall(r"(?m)^\s+def (_[a-z]\w*)\(", path.read_text(encoding="utf-8")))
    return names


def list_private_uses():
    """Return file -> private names of nbgrader's that it uses or overrides, for every file that imports nbgrader."""
    private, uses = list_private_names(), {}
    for wing in ("autograder", "tools", "book"):
        for path in sorted((ROOT / wing).rglob("*.py")):
            name, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
            if "import" not in text or "nbgrader" not in text or name.startswith("autograder/verify/attacks"):
                continue
            tree = ast.parse(text)
            imports = [n for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
            if any("nbgrader" in ast.unparse(n).replace("autograder.nbgrader", "") for n in imports):
                used = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
                used |= {f.name for c in ast.walk(tree) if isinstance(c, ast.ClassDef) for f in c.body
                         if isinstance(f, ast.FunctionDef)}
                if used & private:
                    uses[name] = used & private
    return uses


def test_every_private_member_is_there():
    """Does the installed nbgrader have all that we use? The message names what it lacks and what breaks."""
    assert list_missing_members() == []


def test_missing_member_is_named(monkeypatch):
    """Does the message say what nbgrader lacks, and what of ours needs it?"""
    monkeypatch.delattr(nbgrader_privates.preprocessors.SaveAutoGrades, "_add_score")
    assert list_missing_members() == [
        "nbgrader has no SaveAutoGrades._add_score any more: preprocessors.SaveGrades keeps people's marks"]


def test_private_members_are_used_in_this_wing_alone_and_listed():
    """Could a change in nbgrader reach another wing, or one that nobody listed?"""
    uses = list_private_uses()
    found = {"_add_score", "_add_comment"}
    assert uses.get(WING + "preprocessors.py") == found  # the search finds something
    assert [name for name in uses if not name.startswith(WING)] == []
    assert set().union(*uses.values()) <= {m.name for m in PRIVATE_MEMBERS}


@pytest.mark.parametrize("member", PRIVATE_MEMBERS, ids=lambda member: member.name)
def test_listed_member_is_used(member):
    """Is nothing listed that this wing has given up? (``_create_notebook`` is called by nbgrader alone.)"""
    if member.name == "_create_notebook":
        return
    files = [path for path in (ROOT / WING).glob("*.py") if path.name != "nbgrader_privates.py"]
    assert any(re.search(rf"\b{member.name}\b", path.read_text(encoding="utf-8")) for path in files)


@pytest.mark.parametrize("column", ["id", "name"])
def test_the_table_of_cells_has_the_columns_that_records_reads(column):
    """Has nbgrader's table of cells the columns that we name in queries?"""
    assert column in inspect(api.BaseCell).local_table.c
