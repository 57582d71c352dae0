"""Strip solutions out of Python files with nbgrader's own preprocessor: the markers mean the same everywhere."""

import re
from collections.abc import Collection

from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import ClearSolutions

from autograder.reference import read_module_source

FUNCTION_START = re.compile(r"(?m)^(?=def )")


def make_stub(topic: str) -> str:
    """Return the module as it is released: without solutions."""
    return strip_solutions(read_module_source(topic))


def solve_functions(topic: str, keep: Collection[str]) -> str:
    """Return the module with only the functions in ``keep`` solved, the others as released."""
    head, *blocks = FUNCTION_START.split(read_module_source(topic))
    solved = [remove_markers(b) if b[4:b.index("(")] in keep else strip_solutions(b) for b in blocks]
    return head + "".join(solved)


def remove_markers(source: str) -> str:
    """Return solved code without its markers."""
    return "\n".join(line for line in source.split("\n") if "### BEGIN" not in line and "### END" not in line)


def strip_solutions(source: str) -> str:
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
