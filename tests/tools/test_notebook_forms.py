"""The two forms of notebooks: does each declare its own, and does the list of old ones only shrink?"""

import nbformat.v4 as v4
import pytest

from cs231n_lib.lab import logbook
from tools import notebook_forms

FORM_1 = ["04_batchnorm",
          "05_dropout", "06_optimizers", "07_babysitting", "08_hyperparameters", "09_evaluation"]
"""Notebooks that are not written anew yet. Take out the one that you have written; never put one in."""


def test_notebooks_of_form_1_are_those_that_are_listed():
    """Is every notebook outside the list of form 2, so that all gates of form 2 look at it?"""
    assert notebook_forms.list_assignments(1) == FORM_1


def test_logbook_knows_which_notebooks_train_your_net():
    """Does the logbook name exactly the notebooks of form 2 as part of its story?"""
    assert list(logbook.TOLD) == [a[:2] for a in notebook_forms.list_assignments(2)]


@pytest.mark.parametrize("form", [1, 2])
def test_form_is_read_from_the_metadata(form):
    """Is the form what the notebook declares?"""
    assert notebook_forms.read_form(v4.new_notebook(metadata={"cs231n": {"form": form}})) == form


@pytest.mark.parametrize("metadata", [{}, {"cs231n": {}}, {"cs231n": {"form": 3}}, {"cs231n": {"form": "2"}},
                                      {"cs231n": {"form": True}}])
def test_notebook_without_a_form_is_refused(metadata):
    """Is a form that is missing or unknown an error, and not silently the old one?"""
    with pytest.raises(ValueError, match="form"):
        notebook_forms.read_form(v4.new_notebook(metadata=metadata))
