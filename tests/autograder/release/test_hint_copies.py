"""Hints and solutions: is a solution found in a hint when its names are others, and are the hints free of any?"""

import ast
import re

import pytest

from autograder.course.topics import list_topics
from autograder.reference import ROOT
from autograder.release import hint_copies, leak_check

FILES = {p.relative_to(ROOT).as_posix(): p.read_bytes() for p in (ROOT / hint_copies.FOLDER).glob("*.py")}


def plant(topic, code):
    """Return the complaints about a file of hints that holds some code in a text."""
    text = f'HINTS = {{"f": ("idea", {"Do it: " + code + " and return it."!r}, "example")}}\n'
    return hint_copies.find_copies(f"{hint_copies.FOLDER}{topic}.py", text)


def rename(code):
    """Return code whose variables have other names."""
    class Renamer(ast.NodeTransformer):
        def visit_Name(self, node):
            node.id = f"{node.id}_of_mine" if node.id != "np" else "numpy"
            return node

    return re.sub(r"(\w+)_of_mine\(", r"\1(", ast.unparse(Renamer().visit(ast.parse(code))))


@pytest.mark.parametrize("topic, code, function", [
    ("activations", "grad = upstream * (a > 0)", "relu_backward"),
    ("activations", "numpy.where(u > 0, g, slope * g)", "prelu_backward"),
    ("activations", "alive = (h > 0).any(axis=0)", "dead_units"),
    ("activations", "d*s*(1-s)", "sigmoid_backward"),
    ("initialization", "generator.standard_normal((n, m)) / sqrt(n)", "xavier_init"),
    ("initialization", "rng.standard_normal((rows, columns)) * np.sqrt(2 / rows)", "he_init"),
    ("initialization", "weights / h.std()", "lsuv_init"),
    ("initialization", "abs(h.var() - 1) <= eps", "lsuv_init"),
])
def test_a_near_copy_in_a_hint_is_found(topic, code, function):
    """Is a line of a solution found under other names, and with other blanks?"""
    assert function in "\n".join(plant(topic, code))


@pytest.mark.parametrize("topic", list_topics())
def test_three_renamed_expressions_of_every_topic_are_found(topic):
    """Would the next topic's hints be held to the same?"""
    expressions = sorted({e.rpartition(" of ")[0] for e in hint_copies.list_patterns(topic).values()}, key=len)
    planted = [expressions[len(expressions) * k // 4] for k in (1, 2, 3)]
    assert len(set(planted)) == 3 and all(plant(topic, rename(code)) for code in planted)


@pytest.mark.parametrize("code", ["np.maximum(0, x)", "dout times the slope, entry by entry", "(N, D)", "x > 0",
                                  "6 and 0 become 1 / 2 * (3 + 4)", "the mean of out, the mean of z, and so on"])
def test_words_and_definitions_are_no_copies(code):
    """Are texts left alone that name a shape, a definition or a number?"""
    assert plant("activations", code) == []


def test_hints_hold_no_solution():
    """Are the hints that students get free of copies?"""
    assert len(FILES) >= 3 and leak_check.find_leaks(FILES) == []


def test_leak_check_looks_at_hints():
    """Does the release refuse a hint that holds a solution, unless the topic's solutions are given by intent?"""
    name = f"{hint_copies.FOLDER}activations.py"
    file = {name: b'HINTS = {"f": ("grad = upstream * (a > 0)", "", "")}\n'}
    assert any("a copy of dout * (cache > 0) of relu_backward" in leak for leak in leak_check.find_leaks(file))
    assert leak_check.find_leaks(file, solved={"activations"}) == []
