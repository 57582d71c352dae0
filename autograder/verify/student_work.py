"""Modules and notebooks of students, built from our own sources: for the sample class, the attacks and the tests."""

import ast
import builtins
import inspect
import textwrap
import types

from autograder import reference
from autograder.course import cells, solution_regions
from autograder.course.assignment import read_notebook
from autograder.course.solution_regions import remove_markers
from autograder.reference import read_module_source


def replace_functions(topic, functions):
    """Return the text of the solved module with some functions replaced by other implementations.

    Parameters
    ----------
    topic : str
    functions : dict
        Name -> function object, of an alternative or a known mistake.
    """
    text = remove_markers(read_module_source(topic))
    for name, code in functions.items():
        text += f"\n\n{rename_function(code, name)}\n"
    return text


def rename_function(code, name):
    """Return the source of a function under another name, without its decorators."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.name, function.decorator_list = name, []
    return ast.unparse(function)


def is_self_contained(code):
    """Does a function use only NumPy, built-ins and names that it defines?"""
    known = list_attribute_names(code) | {"np"} | set(dir(builtins))
    return not code.__code__.co_freevars and list_names(code.__code__) <= known


def list_names(code):
    """Return the global and attribute names of compiled code, including those of functions inside it."""
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return set(code.co_names).union(*map(list_names, inner))


def list_attribute_names(code):
    """Return the attribute names a function uses: they need no definition of their own."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def make_solved_module(topic):
    """Return the module with the instructor's solutions."""
    return solution_regions.remove_markers(reference.read_module_source(topic))


def make_solved_notebook(course, assignment, answers=True, written="", whole=False):
    """Return a student's notebook.

    Parameters
    ----------
    course : pathlib.Path
    assignment : str
    answers : bool
        Fill the answer cells with the instructor's answers, and the scratch cells with the instructor's code.
    written : str
        The text of written answers; if it is empty, they are as released.
    whole : bool
        Keep all cells, or only those that are graded (to keep the sample class small).
    """
    released = read_notebook(course, "release", assignment)
    sources = {cells.read_grade_id(c): c.source for c in read_notebook(course, "source", assignment).cells}
    for cell in released.cells:
        if answers and (cells.is_answer(cell) or cells.is_scratch(cell)):
            lines = sources[cells.read_grade_id(cell)].splitlines()
            cell.source = "\n".join(line for line in lines if "### " not in line)
        elif written and cells.is_written(cell):
            cell.source = written
    if not whole:
        released.cells = [c for c in released.cells if cells.read_grade_id(c) and not cells.is_setup(c)]
    return released
