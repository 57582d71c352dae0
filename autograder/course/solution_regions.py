"""Strip solutions out of Python files with nbgrader's own preprocessor: the markers mean the same everywhere."""

import ast
import re
import textwrap
from collections.abc import Collection

from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import ClearSolutions

from autograder.course import cells
from autograder.reference import read_module_source

SCRATCH_REGION = re.compile(r"(?m)^([ \t]*)### BEGIN SOLUTION\n(.*?)^[ \t]*### END SOLUTION", re.S)
FUNCTION_START = re.compile(r"(?m)^(?=def )")


def make_stub(topic: str) -> str:
    """Return the module as it is released: without solutions."""
    return strip_solutions(read_module_source(topic))


def solve_functions(topic: str, keep: Collection[str]) -> str:
    """Return the module with only the functions in ``keep`` solved, the others as released."""
    head, *blocks = FUNCTION_START.split(read_module_source(topic))
    solved = [remove_markers(b) if b[4:b.index("(")] in keep else strip_solutions(b) for b in blocks]
    return head + "".join(solved)


def solve_nothing_else(topic: str, keep: Collection[str]) -> str:
    """Return the module with only the functions in ``keep`` solved, and those that are given today not written either.

    So it was released while students wrote them, and courses with the notebooks of then go on.
    """
    head, *blocks = FUNCTION_START.split(solve_functions(topic, keep))
    left_out = list_given_functions(topic) - set(keep)
    return head + "".join(strip_solutions(mark_body(b)) if b[4:b.index("(")] in left_out else b for b in blocks)


def mark_body(block: str) -> str:
    """Return a function that stands solved with markers around what follows its docstring."""
    node = ast.parse(block).body[0]
    assert isinstance(node, ast.FunctionDef)
    lines, first, end = block.split("\n"), node.body[1].lineno - 1, node.end_lineno
    begin, stop = "    ### BEGIN SOLUTION", "    ### END SOLUTION"
    return "\n".join([*lines[:first], begin, *lines[first:end], stop, *lines[end:]])


def list_given_functions(topic: str) -> set[str]:
    """Return the functions of a topic's module that stand solved: nobody writes them."""
    blocks = FUNCTION_START.split(read_module_source(topic))[1:]
    return {block[4:block.index("(")] for block in blocks if "### BEGIN SOLUTION" not in block}


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


def open_scratch_cell(source: str) -> str:
    """Return a scratch cell as it is released: ``...`` for each solution region.

    Where a region gives values to variables that the cell hands to ``confirm``, ``name = ...`` stands for each of them
    that has no value from elsewhere in the cell, so that the cell runs before anything is written.
    """
    given = set(cells.iter_bound_names(ast.parse(SCRATCH_REGION.sub(r"\1...", source))))
    confirmed = [name for name in cells.list_confirmed_variables(source) if name not in given]

    def open_region(region: re.Match[str]) -> str:
        indent, body = region.groups()
        bound = set(cells.iter_bound_names(ast.parse(textwrap.dedent(body))))
        awaited = [name for name in confirmed if name in bound] if not indent else []
        return "\n".join(f"{name} = ..." for name in awaited) or f"{indent}..."

    return SCRATCH_REGION.sub(open_region, source)
