"""Hints: does each call give the next one, do all functions of a topic have three, and do they fit a screen?"""

import pytest

from autograder.course.topics import list_topics
from autograder.hidden_tests.session import load_questions
from cs231n_lib.lab.check import hints
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.hints import hint
from tests.not_yet_asked import EARLIER

WRITTEN = {topic: hints.read_hints(topic) for topic in list_topics() if hints.read_hints(topic)}


@pytest.fixture(autouse=True)
def forget(monkeypatch):
    """Begin every test as a new session."""
    monkeypatch.setattr(hints, "_given", {})


def test_each_call_gives_the_next_hint(capsys):
    """Does a call give hint 1, then 2, then 3, and from then on the last one?"""
    heads = []
    for _ in range(4):
        hint("he_init")
        heads.append(capsys.readouterr().out.splitlines()[0])
    assert [head.split(":")[0] for head in heads] == [f"he_init, hint {n} of 3" for n in (1, 2, 3, 3)]


def test_functions_are_counted_one_by_one(capsys):
    """Does a hint about one function leave the others at their first?"""
    hint("he_init")
    hint("xavier_init")
    assert "xavier_init, hint 1 of 3" in capsys.readouterr().out


def test_a_hint_can_be_read_again(capsys):
    """Does a level that is asked for come, and the next call go on from it?"""
    hint("he_init", 2)
    hint("he_init")
    out = capsys.readouterr().out
    assert "hint 2 of 3" in out and "hint 3 of 3" in out and "hint 1 of 3" not in out


def test_last_hint_says_that_it_is_the_last(capsys):
    """Does a student learn that there is no more, and how to see the first again?"""
    hint("he_init", 3)
    assert 'That was the last one; hint("he_init", 1)' in capsys.readouterr().out


def test_a_function_without_texts_is_answered_kindly(capsys):
    """Is a student sent to what can be read instead, without an error?"""
    name = next(n for n, f in FUNCTIONS.items() if n not in WRITTEN[f.topic])
    hint(name)
    out = capsys.readouterr().out
    assert f"There are no hints about {name} yet. Read" in out and f'check("{name}")' in out


@pytest.mark.parametrize("name, meant", [("he_int", "did you mean 'he_init'"), (3, "got 3")])
def test_an_unknown_name_is_an_error_that_helps(name, meant):
    """Is a name with a slip answered with the one that was meant?"""
    with pytest.raises(ValueError, match=meant):
        hint(name)


@pytest.mark.parametrize("level", [0, 4, "2"])
def test_an_unknown_level_is_refused(level):
    """Are levels 1, 2 and 3 the only ones?"""
    with pytest.raises(ValueError, match="level from 1 to 3"):
        hint("he_init", level)


def test_every_topic_has_hints():
    """Is nobody left alone with a function?"""
    assert WRITTEN.keys() == list_topics().keys()


@pytest.mark.parametrize("topic", WRITTEN)
def test_every_function_of_a_topic_has_three_hints(topic):
    """Do the texts name all functions of the topic that students write and no other, with three texts each?"""
    asked = load_questions(topic).keys() - set(EARLIER.get(topic, ()))
    assert WRITTEN[topic].keys() == asked & {n for n, f in FUNCTIONS.items() if f.topic == topic}
    assert all(len(texts) == 3 and all(text.strip() for text in texts) for texts in WRITTEN[topic].values())


@pytest.mark.parametrize("topic", WRITTEN)
def test_hints_fit_beside_a_module(topic):
    """Does no line have more than 80 columns, and no hint more than a screen of lines?"""
    for name, texts in WRITTEN[topic].items():
        for level, text in enumerate(texts, start=1):
            lines = hints.format_hint(name, level, text).splitlines()
            assert max(map(len, lines)) <= 80 and len(lines) <= 24, f"{name}, hint {level}"
