"""Copies of solutions in hints: an expression of a solution is found even if its names are others.

Hints are texts, so they are compared as words and signs. Every expression of a solution gives a pattern: its tokens,
with the names of variables replaced by numbers in the order in which they come. A hint that holds the same pattern
gives the solution away.
"""

import ast
import builtins
import keyword
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import PurePosixPath

import numpy as np

from autograder import reference
from autograder.course.solution_regions import FUNCTION_START
from autograder.course.topics import list_topics

FOLDER = "cs231n_lib/lab/check/hints/"
WHOLE, PART = 7, 10
"""Fewest tokens of an expression that is compared: of a statement's own, and of a part of one."""
REGION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.S)
TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\*\*|//|[<>=!]=|[^\w\s]")

Pattern = tuple[str, ...]


def is_hint_file(name: str) -> bool:
    """Does a file of the workspace hold the hints of a topic?"""
    return name.startswith(FOLDER) and read_topic(name) in list_topics()


def read_topic(name: str) -> str:
    """Return the topic that a file with hints is about."""
    return PurePosixPath(name).stem


def find_copies(name: str, text: str) -> list[str]:
    """Return a line for each expression of a solution that a file with hints holds.

    Parameters
    ----------
    name : str
        Path of the file in the workspace; the topic is its last part.
    text : str
        Its source.
    """
    secret = list_patterns(read_topic(name))
    found = {secret[p] for hint in list_texts(text) for p in list_windows(hint, {len(p) for p in secret})
             if p in secret}
    return [f"{name} holds a copy of {where}" for where in sorted(found)]


@cache
def list_patterns(topic: str) -> dict[Pattern, str]:
    """Return pattern -> the expression and its function, for the solutions of a topic."""
    patterns = {}
    for block in FUNCTION_START.split(reference.read_module_source(topic))[1:]:
        function = block[4:block.index("(")]
        for expression in list_expressions("\n".join(REGION.findall(block))):
            patterns[normalize(tokenize(expression))] = f"{expression} of {function}"
    return patterns


def list_expressions(code: str) -> set[str]:
    """Return the expressions of some code that are long enough to be told from other code."""
    lines = code.splitlines()
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    tree, found = ast.parse("\n".join(["def f():", *(f"    {line[indent:]}" for line in lines), "    pass"])), set()
    for node in ast.walk(tree):
        whole = {id(child) for child in ast.iter_child_nodes(node)} if isinstance(node, ast.stmt) else set()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr) and not is_list_of_names(child):
                text = ast.unparse(child)
                if len(tokenize(text)) >= (WHOLE if id(child) in whole else PART):
                    found.add(text)
    return found


def is_list_of_names(node: ast.expr) -> bool:
    """Are these the targets of an assignment, or names that are returned together?"""
    return isinstance(node, (ast.Tuple, ast.List)) and all(isinstance(e, ast.Name) for e in node.elts)


def tokenize(text: str) -> list[str]:
    """Return the words and signs of code or of a text about code, without NumPy's own name."""
    return TOKEN.findall(re.sub(r"\b(?:np|numpy)\s*\.\s*", "", text))


def normalize(tokens: Sequence[str]) -> Pattern:
    """Return tokens with each variable's name replaced by a number, in the order in which they come."""
    names: dict[str, str] = {}
    around = zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False)
    return tuple(names.setdefault(token, f"name{len(names)}") if is_variable(before, token, after) else token
                 for before, token, after in around)


def is_variable(before: str, token: str, after: str) -> bool:
    """Is a token a name that its author has chosen, and neither an attribute nor a function of NumPy's or Python's?

    Parameters
    ----------
    before, token, after : str
        The token between its neighbours.
    """
    if not token.isidentifier() or keyword.iskeyword(token) or before == ".":
        return False
    return after != "(" or not (hasattr(np, token) or hasattr(builtins, token))


def list_windows(text: str, lengths: Iterable[int]) -> set[Pattern]:
    """Return the pattern of every run of tokens in a text that has one of the lengths."""
    tokens = tokenize(text)
    return {normalize(tokens[i:i + n]) for n in lengths for i in range(len(tokens) - n + 1)}


def list_texts(source: str) -> list[str]:
    """Return the texts in a Python file, and the file itself: a comment can give away as much."""
    texts = [node.value for node in ast.walk(ast.parse(source))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [source, *texts]
