"""Do the known mistakes prove the rubric: is every aspect missed for itself by one of them?"""

import pytest

from autograder import mistakes, reference
from autograder.course import solution_regions
from autograder.course.topics import list_topics
from autograder.hidden_tests import session
from autograder.hidden_tests.rubric import SIDE_ASPECTS, Question
from autograder.sandbox.student import InProcessModule
from autograder.verify import rubric_proofs


@pytest.mark.parametrize("topic", list_topics())
def test_every_aspect_is_lost_alone_by_a_known_mistake(topic):
    """Is every aspect lost for itself by a known mistake?"""
    questions = [q for q in session.load_questions(topic).values() if not q.uses]
    assert questions and not [
        (q.name, said) for q in questions for said in rubric_proofs.iter_uncovered(q, mistakes.mistakes_of(q.name))
    ]


@pytest.mark.parametrize(("loses", "said"), [
    (["values", "dtype"], []),
    (["values"], ["no known mistake loses 'dtype'"]),
    (["values", "values dtype"], ["no known mistake loses 'dtype' and nothing else"]),
    (["dtype"], ["no known mistake loses 'values'"]),
    (["values edge", "dtype"], ["every known mistake loses both or neither of 'values' and 'edge'"]),
])
def test_aspect_without_its_mistake_is_named(loses, said):
    """Is an aspect without its mistake named?"""
    question = Question("f")
    for aspect in ("values", "dtype", *(["edge"] if "values edge" in loses else [])):
        question.aspect(aspect, 1.0, "")(None)
    known = [mistakes.Mistake("f", names, frozenset(names.split()), "", None) for names in loses]
    assert list(rubric_proofs.iter_uncovered(question, known)) == said


@pytest.mark.parametrize("topic", list_topics())
def test_every_aspect_of_a_stub_says_that_it_is_not_written(topic):
    """Does a student who has not begun read nothing about what an aspect depends on?"""
    stub = InProcessModule(reference.load_source(solution_regions.make_stub(topic), "stub", "stub.py"))
    for name, question in session.load_questions(topic).items():
        if not question.uses and name not in solution_regions.list_given_functions(topic):
            outcomes = question.grade(stub, reference.load(topic), b"stub")
            assert {o.status for o in outcomes if o.aspect not in SIDE_ASPECTS} == {"not implemented"}, name
