"""Do the known mistakes prove the rubric: is every aspect missed for itself by one of them?"""

import pytest

from autograder import mistakes
from autograder.course.topics import list_topics
from autograder.hidden_tests import session
from autograder.hidden_tests.rubric import Question
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
