"""nbgrader's Validate button: does it name what is not done, in words, and does it find nothing where all is done?

One notebook here, without its experiments; ``python -m tools.validate_notebooks`` presses it on all ten as they are.
"""

import nbformat
import pytest

from autograder.course import cells
from tools import validate_notebooks

FAST = "00_linear_classifier"


@pytest.mark.parametrize("solved", [False, True])
def test_validate_tells_the_truth_about_a_notebook(course, tmp_path, solved):
    """Does validate tell the truth about a notebook?"""
    validate_notebooks.write_workspaces(course, tmp_path, solved)
    book = nbformat.read(tmp_path / f"{FAST}.ipynb", as_version=4)
    book.cells = [c for c in book.cells if cells.read_flags(c)]
    nbformat.write(book, tmp_path / f"{FAST}.ipynb")
    assert validate_notebooks.list_complaints(tmp_path, FAST, solved) == []


def test_what_validate_leaves_out_or_garbles_is_a_complaint(course, tmp_path, monkeypatch):
    """Is what validate leaves out or garbles a complaint?"""
    validate_notebooks.write_workspaces(course, tmp_path, solved=False)
    book = nbformat.read(tmp_path / f"{FAST}.ipynb", as_version=4)
    first, second, *_ = [c.source for c in book.cells if cells.is_test(c)]
    monkeypatch.setattr(
        validate_notebooks, "validate_notebook", lambda *_: [(first, "Traceback (most recent call last)")]
    )
    found = validate_notebooks.list_complaints(tmp_path, FAST, solved=False)
    assert f"{first}: says 'Traceback (most recent call last)'" in found and f"{second}: not named" in found
    assert validate_notebooks.list_complaints(tmp_path, FAST, solved=True) == [
        f"{first}: Traceback (most recent call last)"
    ]


def test_validate_names_a_known_mistake_without_a_table(monkeypatch):
    """Does validate name a known mistake for it shows no table?"""
    from autograder.mistakes import linear_classifier
    from cs231n_lib import linear_classifier as module
    from cs231n_lib.lab import check

    monkeypatch.setattr(module, "affine_forward", linear_classifier.forgets_bias)
    monkeypatch.setattr(check, "show", lambda report: None)
    with pytest.raises(check.NotRightYet) as here:
        check.check("affine_forward")
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    with pytest.raises(check.NotRightYet) as there:
        check.check("affine_forward")
    assert "The bias is missing" not in str(here.value) and "\nKnown mistake: The bias is missing" in str(there.value)
