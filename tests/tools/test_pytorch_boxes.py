"""Is what the notebooks say about PyTorch what PyTorch does?"""

import re

import pytest

from tools import notebook_forms

BOXES = [(assignment, "".join(re.findall(r"(?ms)^```python\n(.*?)^```", cell.source)))
         for assignment, notebook in notebook_forms.read_notebooks().items() for cell in notebook.cells
         if cell.cell_type == "markdown" and re.search(r"(?m)^#+ In PyTorch$", cell.source)]


def test_every_notebook_of_form_2_has_one_box():
    """Has each of them one box, with code?"""
    assert [assignment for assignment, _ in BOXES] == notebook_forms.list_assignments(2)
    assert all("torch" in code for _, code in BOXES)


@pytest.mark.parametrize("assignment, code", BOXES, ids=[assignment for assignment, _ in BOXES])
def test_code_of_the_box_runs(assignment, code):
    """Does the code run, and do its assertions hold?"""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: it comes with the extra bench only")
    torch.manual_seed(0)
    exec(compile(code, assignment, "exec"), {})
