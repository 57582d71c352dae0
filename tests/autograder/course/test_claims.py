"""Claims in the metadata: are they taken out before students get a notebook, by nbgrader's own pipeline?"""

import json

import nbformat
import nbformat.v4 as v4
from nbgrader.preprocessors import ComputeChecksums, SaveCells

from autograder.course import claims
from autograder.gradebook.config import GENERATE
from autograder.gradebook.preprocessors import ClearClaims
from autograder.release import leak_check

ENTRY = {"text": "0.22", "value": "ratios.mean()", "tolerance": 0.01}


def make_notebook():
    """Return a notebook with claims, exemptions and other entries in its cells."""
    metadata = [{"cs231n": {"claims": [ENTRY], "exempt": ["2015"]}, "tags": ["statement:a"]},
                {"cs231n": {"exempt": ["2015"], "figure": "still"}}, {}]
    return v4.new_notebook(cells=[v4.new_markdown_cell("0.22", id=f"c{i}", metadata=m) for i, m in enumerate(metadata)],
                           metadata={"cs231n": {"form": 2}})


def test_claims_are_cleared_and_everything_else_stays():
    """Do tags, other entries and the notebook's form stay where claims are taken out?"""
    notebook, _ = ClearClaims().preprocess(make_notebook(), {})
    assert [dict(c.metadata) for c in notebook.cells] == [
        {"tags": ["statement:a"]}, {"cs231n": {"figure": "still"}}, {}]
    assert notebook.metadata == {"cs231n": {"form": 2}}
    nbformat.validate(notebook)


def test_release_clears_claims_before_nbgrader_saves_cells():
    """Is the step a part of nbgrader's own pipeline, before checksums are taken and cells go into the gradebook?"""
    at = GENERATE.index(ClearClaims)
    assert at < GENERATE.index(ComputeChecksums) and at < GENERATE.index(SaveCells)


def test_leak_check_finds_claims_and_secrets_in_metadata():
    """Would a claim, a solution or a grader's name in the metadata of a released notebook be noticed?"""
    def find(notebook):
        return leak_check.find_leaks({"01_activations.ipynb": json.dumps(notebook).encode()})

    assert find(make_notebook()) == ["01_activations.ipynb holds claims in the metadata of its cells"]
    clean, _ = ClearClaims().preprocess(make_notebook(), {})
    assert find(clean) == []
    clean.cells[2].metadata["note"] = {"of": ["from autograder.hidden_tests import grade"]}
    assert any("'autograder.'" in leak for leak in find(clean))
    del clean.cells[2].metadata["note"]
    clean.metadata["solution"] = "return dout * cache * (1 - cache)"
    assert any("holds code of" in leak for leak in find(clean))


def test_exempt_texts_and_claims_are_read():
    """Are both read from a cell, and is a cell without them empty?"""
    first, _, last = make_notebook().cells
    assert claims.read_claims(first) == [claims.Claim(**ENTRY)] and claims.read_exempt(first) == ["2015"]
    assert claims.read_claims(last) == [] and claims.read_exempt(last) == [] and not claims.has_claims(last)
