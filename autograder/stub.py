"""Strip solutions out of Python files with nbgrader's own preprocessor: the markers mean the same everywhere."""

from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import ClearSolutions


def strip_solutions(source):
    """Return ``source`` with every solution region replaced by nbgrader's stub.

    Parameters
    ----------
    source : str
        A Python file with ``### BEGIN SOLUTION`` ... ``### END SOLUTION`` regions.

    Returns
    -------
    stub : str
    """
    notebook = new_notebook(cells=[new_code_cell(source)])
    notebook, _ = ClearSolutions(enforce_metadata=False).preprocess(notebook, {})
    return notebook.cells[0].source
