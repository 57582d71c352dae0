"""Judge one wrong function as ``check`` does it, all else being right: for tests with mistakes of real learners."""

import types

from autograder import mistakes, reference
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.judge import judge


def judge_code(name, code, **others):
    """Return the report on function ``name`` written as ``code``; ``others`` are functions that stand beside it."""
    function = FUNCTIONS[name]
    module = types.SimpleNamespace(**{**vars(reference.load(function.topic)), name: code, **others})
    return judge(function, module)


def expect_named(name, code, *known):
    """Require that ``code`` is red, and that what is said is the sentences of these known mistakes and nothing else."""
    mistakes.load_mistakes(FUNCTIONS[name].topic)
    sentences = {m.name: m.teaches for m in mistakes.mistakes_of(name)}
    report = judge_code(name, code)
    assert report.wrong
    assert set(report.diagnosis) == {sentences[k] for k in known}, f"{name} should be named {known}\n{report}"
