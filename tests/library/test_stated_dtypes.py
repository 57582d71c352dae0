"""What checks and grading ask of a function's dtype: is it said where a student reads it?"""

import importlib
import re

import pytest

from autograder.course.topics import list_topics
from autograder.hidden_tests import session
from cs231n_lib.lab.check import cases
from cs231n_lib.lab.check.aspects.common import DTYPE

SAID = re.compile(r"float32|float64|\bof (?:int|bool)\b")


@pytest.mark.parametrize("topic", list_topics())
def test_dtype_that_is_judged_stands_in_the_docstring_of_function_or_module(topic):
    """Does the function's own docstring, or that at the top of its file, ask for each dtype that can turn red?"""
    module, questions = importlib.import_module(f"cs231n_lib.{topic}"), session.load_questions(topic)
    judged = {name for name, question in questions.items() if any(a.name == DTYPE for a in question.aspects)}
    judged |= {name for name, function in cases.FUNCTIONS.items()
               if function.topic == topic and any(case.aspect == DTYPE for case in function.cases)}
    silent = [name for name in sorted(judged)
              if not SAID.search(module.__doc__ + getattr(module, name).__doc__.split("Parameters")[-1])]
    assert silent == []

