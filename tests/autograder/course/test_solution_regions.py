"""Modules without solutions: as they are released today, and as they were when students wrote more of them."""

import ast

from autograder.course import solution_regions
from autograder.reference import load_source


def list_unwritten(source):
    """Return the functions of a module that do nothing but say that they are not written."""
    return {node.name for node in ast.parse(source).body
            if isinstance(node, ast.FunctionDef) and ast.unparse(node.body[-1]) == "raise NotImplementedError()"}


def test_nothing_but_what_is_kept_is_solved_and_every_docstring_stays():
    """Is a function that stands solved today unwritten, unless it is kept, with its arguments and its docstring?"""
    topic, keep = "activations", ["relu_forward", "tanh_backward"]
    source = solution_regions.solve_nothing_else(topic, keep)
    today = ast.parse(solution_regions.make_stub(topic)).body
    functions = {node.name: node for node in today if isinstance(node, ast.FunctionDef)}
    assert list_unwritten(source) == functions.keys() - set(keep)
    assert {"tanh_forward", "saturated_fraction"} <= solution_regions.list_given_functions(topic)
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            assert ast.unparse(node.args) == ast.unparse(functions[node.name].args)
            assert ast.get_docstring(node) == ast.get_docstring(functions[node.name])


def test_what_is_kept_works():
    """Does a kept function that stands solved today still compute?"""
    module = load_source(solution_regions.solve_nothing_else("activations", ["tanh_forward"]), "kept", "kept.py")
    assert module.tanh_forward(0.0)[0] == 0.0
