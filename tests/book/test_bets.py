"""Bets in the book: is there a form for each, a card for whatever a reader bets, and nothing that needs a kernel?"""

import html
import json
import re

import pytest
from small_stage import (  # noqa: F401
    ASSIGNMENT,
    MEASURED,
    execute_by_hand,
    find_cell,
    make_notebook,
    small_questions,
)

from autograder.release import leak_check
from book import bets, build
from cs231n_lib.lab.check import questions
from cs231n_lib.lab.check.bets import make_card

pytestmark = pytest.mark.usefixtures("small_questions")


@pytest.fixture
def page(tmp_path):
    """The page of the small notebook."""
    return build.Page(ASSIGNMENT, execute_by_hand(), tmp_path).render()


def read_cards(page, name):
    """Return the data of a bet's cards, as the script reads them."""
    return json.loads(re.search(rf'data-cards="{name}">(.*?)</script>', page)[1])


def test_each_bet_has_a_form_above_its_experiment(page):
    """Is the form hidden until a script covers what is below, and does it offer what is valid?"""
    for short, (name, _, _) in MEASURED.items():
        form = page.index(f'<form class="bet" data-bet="{name}" aria-label="Your bet" hidden>')
        assert page.index(f"the {short}?") < form < page.index(f'<div class="reveal" data-bet="{name}"')
    assert 'value="a" required> a: it &lt;shrinks&gt;' in page and page.count('type="radio"') == 3
    assert 'type="number" name="bet_share" min="0" max="100"' in page and 'pattern="[abc]{3}"' in page
    assert page.count("Show it without a bet") == 3


@pytest.mark.parametrize("line", ["- `a`: it <shrinks>", "- **a** it <shrinks>;", "* (a) it <shrinks>."])
def test_options_stand_in_the_form_and_not_above_it_as_well(tmp_path, line):
    """Is the list taken out of the question, and only there?"""
    notebook = execute_by_hand()
    question = f"**Bet.** What becomes of it?\n\n{line}\n- b: it stays\n\nBet now."
    find_cell(notebook, "bet-depth-question").source = question
    find_cell(notebook, "title").source = "# Title\n\n- it stays"
    text = build.Page(ASSIGNMENT, notebook, tmp_path).render()
    assert line not in text and "What becomes of it?" in text and "Bet now." in text and text.count("- it stays") == 1


def test_instructors_bet_and_what_the_kernel_said_about_it_are_not_in_the_book(page):
    """Is no literal, no card of the instructor's and no counting cell on the page, and does nothing leak?"""
    assert "bet_share = 20" not in page and "<b>You bet</b>" not in page and "check_bets" not in page.split("```")[-1]
    assert leak_check.find_leaks({"page.md": page.encode()}) == []


@pytest.mark.parametrize("name, value, outcome, said", [
    ("bet_depth", "a", "c", "1.50 per layer"), ("bet_depth", "c", "c", "1.50 per layer"),
    ("bet_order", "abc", ("b", "c", "a"), "a 3, b 1, c 2"), ("bet_order", "bca", ("b", "c", "a"), "a 3, b 1, c 2")])
def test_card_in_the_book_is_the_labs(page, name, value, outcome, said):
    """Is the card for a bet the one that a notebook shows?"""
    made = make_card(name, questions.find_bet(name), value, outcome, said)
    assert read_cards(page, name)["cards"][value] == made._repr_html_()


def test_card_of_a_number_is_the_labs(page):
    """Do the two sentences become the lab's once the bet and the distance are put in?"""
    data = read_cards(page, "bet_share")
    for value, off, state in ((16, "3.7", "right"), (20, "7.7", "wrong")):
        made = make_card("bet_share", questions.find_bet("bet_share"), value, 12.3, "12.3 %")
        assert made.state == state
        assert data[state].replace("{bet}", str(value)).replace("{off}", off) == made._repr_html_()


def test_reader_who_asks_is_told_what_was_measured(page):
    """Is that also what stands on the page where no script runs?"""
    told = read_cards(page, "bet_depth")["told"]
    assert "Measured: 1.50 per layer. That is c: it explodes quickly." in html.unescape(told)
    assert told in page and "You bet" not in told


def test_data_cannot_end_their_script(page, monkeypatch):
    """Is a closing tag in an option harmless?"""
    assert "</" not in re.search(r'data-cards="bet_depth">(.*?)</script>', page)[1]
    assert bets.render_form(find_cell(make_notebook(), "bet-depth")).count("<form") == 1
