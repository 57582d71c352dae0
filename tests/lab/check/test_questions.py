"""The questions of the course: does each bet have a name of its own, and name functions that can be checked?"""

from collections import Counter

from autograder.reference import ROOT
from cs231n_lib.lab.check import questions
from cs231n_lib.lab.check.cases import FUNCTIONS


def test_names_are_unique_in_the_course():
    """Is there one question of each name, but for an answer that a practice cell confirms? All is found by its name."""
    names = Counter(name for topic in questions.list_topics()
                    for table in vars(questions.read_questions(topic)).values() for name in table)
    notebooks = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "notebooks").glob("*.ipynb"))
    twice = {name for name, count in names.items() if count > 1}
    practised = {name for name in twice if f'"id": "{name.replace("_", "-")}-practice"' in notebooks}
    assert twice == practised
    for name in twice:
        holders = [(topic, table) for topic in questions.list_topics()
                   for table, entries in vars(questions.read_questions(topic)).items() if name in entries]
        assert {table for _, table in holders} == {"ANSWERS", "STEPS"} and len({topic for topic, _ in holders}) == 1


def test_bets_name_functions_of_the_workbook_and_begin_with_bet():
    """Can a student run the checks that a card names?"""
    for topic in questions.list_topics():
        for name, bet in questions.read_questions(topic).BETS.items():
            assert name.startswith("bet_") and set(bet.functions) <= set(FUNCTIONS), name


def test_topic_without_questions_has_empty_dicts():
    """Can every notebook be asked, also one of form 1?"""
    none = questions.read_questions("no_such_topic")
    assert none.BETS == none.ANSWERS == none.STEPS == {}
