"""Are there correct implementations in every style, is each what it says, and does none of them lose a mark?"""

import ast
import contextlib
import inspect
import io
import re
import textwrap
import types
import warnings

import numpy as np
import pytest

from autograder import reference
from autograder.course.topics import list_topics
from autograder.hidden_tests.session import Session, load_questions
from autograder.sandbox.client import SandboxedModule
from autograder.sandbox.student import InProcessModule
from autograder.verify import alternatives, student_work
from autograder.verify.alternatives import STYLES, delivery

for some_topic in list_topics():
    alternatives.load_alternatives(some_topic)
STYLED = [(a, style) for a in alternatives.REGISTRY for style in sorted(a.styles)]


def lost(topic, names=None, **functions):
    """Return (question, aspect) of all marks that the reference loses with some functions replaced."""
    module = reference.load(topic)
    session = Session(
        topic, InProcessModule(types.SimpleNamespace(**{**vars(module), **functions})), module, b"styles"
    )
    return {(name, o.aspect) for name in names or session.questions for o in session.outcomes(name)
            if o.status != "passed"}


def topic_of(other):
    """Return the topic of an alternative."""
    return next(t for t in list_topics() if set(other.functions) <= set(load_questions(t)))


def test_every_topic_has_every_style():
    """Is there, for each topic, an alternative in each of the styles?"""
    found = {(topic_of(a), style) for a, style in STYLED}
    assert {(t, style) for t in list_topics() for style in STYLES} - found == set()


def test_styles_are_known():
    """Does no alternative claim a style that is not explained?"""
    assert {style for _, style in STYLED} <= set(STYLES)


# -- what a style says, read in the source or seen in a run -----------------------------------------------------------


def tree_of(code):
    """Return the syntax tree of a function."""
    return ast.parse(textwrap.dedent(inspect.getsource(code))).body[0]


def nodes(code, *kinds):
    """Return the nodes of some kinds in a function."""
    return [node for node in ast.walk(tree_of(code)) if isinstance(node, kinds)]


def is_one_line(code):
    """Is a return statement all there is, a docstring aside?"""
    statements = [s for s in tree_of(code).body
                  if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    return len(statements) == 1 and isinstance(statements[0], ast.Return)


def calls_a_class(code):
    """Does a function call a class that is defined beside it?"""
    return any(inspect.isclass(code.__globals__.get(node.id)) for node in nodes(code, ast.Name))


def runs(other):
    """Return what an alternative writes while it is graded, and the texts of its warnings."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text), warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        lost(topic_of(other), list(other.functions)[:1], **other.functions)
    return text.getvalue(), [str(entry.message) for entry in w if entry.category is UserWarning]


SHOWN = {
    "einsum": lambda a: any("np.einsum(" in inspect.getsource(f) for f in a.functions.values()),
    "loop": lambda a: any(nodes(f, ast.For, ast.While) for f in a.functions.values()),
    "out": lambda a: any(node.arg == "out" for f in a.functions.values() for node in nodes(f, ast.keyword)),
    "float64": lambda a: any(re.search(r"float64|astype\(float\)", inspect.getsource(f))
                             for f in a.functions.values()),
    "one-liner": lambda a: all(map(is_one_line, a.functions.values())),
    "class": lambda a: any(map(calls_a_class, a.functions.values())),
    "prints": lambda a: runs(a)[0] != "",
    "warns": lambda a: runs(a)[1] != [],
}
"""Style -> whether an alternative shows it."""


def test_every_alternative_is_what_it_says():
    """Does each alternative do what its style says, in its source or when it is called?"""
    assert [(a.name, style) for a, style in STYLED if not SHOWN[style](a)] == []


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_style_is_not_seen_where_it_is_not(style):
    """Do the checks above say no to an alternative that has no style at all?"""
    plain = next(a for a in alternatives.REGISTRY if a.name == "with_decimal_logarithms")
    assert not SHOWN[style](plain)


def body(code):
    """Return the statements of a function as text, without names and comments."""
    return ast.unparse(ast.Module(tree_of(code).body, []))


def test_no_alternative_is_there_twice():
    """Is every alternative other code than the reference's, and than all other ones'?"""
    written = [{n: body(f) for n, f in a.functions.items()} for a in alternatives.REGISTRY if not a.is_manner]
    right = [{n: body(f) for n, f in alternatives.public_functions(reference.load(t)).items()} for t in list_topics()]
    assert [w for i, w in enumerate(written) if w in written[:i]] == []
    assert [w for w in written for r in right if w.items() <= r.items()] == []


# -- manners ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", list_topics())
def test_every_manner_is_registered_for_all_graded_functions(topic):
    """Does verify find each manner of handing in, and does it hold every graded function of the topic?"""
    graded = {name for name, q in load_questions(topic).items() if not q.uses}
    found = [a for a in alternatives.REGISTRY if a.is_manner and set(a.functions) == graded]
    assert [a.name for a in found] == [m.__name__ for m in delivery.DELIVERIES]
    assert not any(a.is_manner for name in graded for a in alternatives.alternatives_of(name))


def wide(a):
    """Return decimal numbers as float64."""
    return a.astype(np.float64) if a.dtype.kind == "f" else a


def as_lists(a):
    """Return an array with axes as nested lists."""
    return a.tolist() if a.ndim else a


@pytest.mark.parametrize("topic", ["linear_classifier", "batchnorm", "dropout", "evaluation"])
@pytest.mark.parametrize("change", [wide, as_lists])
def test_float64_and_lists_cost_the_dtype_only(topic, change):
    """Do results in float64, or in lists, for float32 input lose the aspect dtype and nothing else?"""
    manner = delivery.delivered(delivery.for_arrays(change))
    functions = {n: manner(f) for n, f in alternatives.public_functions(reference.load(topic)).items()
                 if change is wide or n != "ema_update"}  # its result is a dict, in which lists are not looked for
    marks = lost(topic, **functions)
    assert {aspect for _, aspect in marks} == {"dtype"}


def test_named_tuples_and_partials_cross_the_pipe_into_the_grader():
    """Does a module with a partial, a named tuple and a subclass of ndarray get full marks in the sandbox, too?"""
    text = student_work.make_solved_module("linear_classifier") + """

import collections, functools


class Tagged(np.ndarray):
    pass


Gradients = collections.namedtuple("Gradients", "dx dw db")
affine_forward = functools.partial(affine_forward)
plain_backward = affine_backward
affine_backward = lambda *args: Gradients(*(g.view(Tagged) for g in plain_backward(*args)))
"""
    with SandboxedModule(text, "linear_classifier") as student:
        session = Session("linear_classifier", student, reference.load("linear_classifier"), b"styles")
        for name in ("affine_forward", "affine_backward"):
            assert [o.aspect for o in session.outcomes(name) if o.status != "passed"] == []
