"""Student modules put together from our own sources: for the sample class, the attacks and the tests."""

import ast
import builtins
import inspect
import re
import textwrap
import types

from autograder.reference import ROOT
from autograder.stub import strip_solutions

FUNCTION = re.compile(r"(?m)^(?=def )")


def source_of(topic):
    """Return the instructor's module as text."""
    return (ROOT / "cs231n_lib" / f"{topic}.py").read_text()


def stub(topic):
    """Return the module as released: nothing written in it."""
    return strip_solutions(source_of(topic))


def partly_solved(topic, keep):
    """Return the module with only the functions in ``keep`` written, the others as released."""
    head, *blocks = FUNCTION.split(source_of(topic))
    solved = [unmarked(b) if b[4:b.index("(")] in keep else strip_solutions(b) for b in blocks]
    return head + "".join(solved)


def unmarked(source):
    """Return solved code without its markers."""
    return "\n".join(line for line in source.split("\n") if "### BEGIN" not in line and "### END" not in line)


def with_functions(topic, functions):
    """Return the solved module with some functions in another implementation.

    Parameters
    ----------
    topic : str
    functions : dict
        Name -> function object, of an alternative or a known mistake.
    """
    text = unmarked(source_of(topic))
    for name, code in functions.items():
        text += f"\n\n{renamed(code, name)}\n"
    return text


def renamed(code, name):
    """Return the source of a function under another name, without its decorators."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    function = tree.body[0]
    function.name, function.decorator_list = name, []
    return ast.unparse(function)


def is_self_contained(code):
    """Does a function use nothing but NumPy, built-ins and its own names?"""
    known = names_on_numpy(code) | {"np"} | set(dir(builtins))
    return not code.__code__.co_freevars and names(code.__code__) <= known


def names(code):
    """Return the global and attribute names of compiled code, of functions and comprehensions within it, too."""
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return set(code.co_names).union(*map(names, inner))


def names_on_numpy(code):
    """Return the attribute names a function uses: they need no definition of their own."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
