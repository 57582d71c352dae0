"""Bets in the book: a form in the place of a bet's cell, and the card for whatever the reader bets, without a kernel.

Everything below a bet stays covered until one is placed or the reader asks for it (``_static/bets.js``). The cards are
those of the lab, made here for each possible bet from what the executed notebook measured. Without a script nothing is
covered, and each card says what was measured.
"""

import html
import json
import re
from itertools import permutations

from autograder.course import cells
from cs231n_lib.lab.check.bets import make_card, make_told_card
from cs231n_lib.lab.check.cards import Card
from cs231n_lib.lab.check.questions import find_bet

MOST_ORDERS = 120
"""Orders of a ranking for which cards are made: five items."""
SCRIPT = '<script src="_static/bets.js"></script>'


def render_form(cell):
    """Return the form in which a reader of the book places a bet, as Markdown; "" for a bet that nobody describes."""
    name = cells.read_answer_variable(cell.source)
    bet = find_bet(name)
    if bet is None:
        return ""
    choose = {"Choice": render_choice, "Number": render_number, "Ranking": render_ranking}[type(bet).__name__]
    return "\n".join([
        "```{raw} html", f'<form class="bet" data-bet="{name}" aria-label="Your bet" hidden>', choose(name, bet),
        '<button type="submit">Place the bet</button> <button type="button" data-ask>Show it without a bet</button>',
        '<button type="button" data-back hidden>Take it back</button> <output aria-live="polite"></output>', "</form>",
        SCRIPT, "```"])


def leave_out_options(text, cell):
    """Return a text without the list of options if the cell below it is a bet, whose form shows them.

    Parameters
    ----------
    text : str
        Markdown.
    cell : NotebookNode
        The cell below it.
    """
    bet = find_bet(cells.read_answer_variable(cell.source)) if cells.is_bet(cell) else None
    for option in getattr(bet, "options", {}).values():
        text = re.sub(rf"(?m)^[-*] .*{re.escape(option)}[.,;]?$\n?", "", text)
    return text


def render_choice(name, bet):
    """Return a button for each option."""
    return "\n".join(f'<label><input type="radio" name="{name}" value="{letter}" required> {letter}: '
                     f"{html.escape(text)}</label>" for letter, text in bet.options.items())


def render_number(name, bet):
    """Return a field for a number, with its unit."""
    return (f'<label>A number from {bet.low:g} to {bet.high:g} <input type="number" name="{name}" min="{bet.low!r}" '
            f'max="{bet.high!r}" step="any" required> {html.escape(bet.unit)}</label>')


def render_ranking(name, bet):
    """Return a field for the letters in their order, below what each of them stands for."""
    listed = "; ".join(f"{letter} {html.escape(text)}" for letter, text in bet.items.items())
    letters = "".join(bet.items)
    return (f'<label>{listed}. Your order: <input type="text" name="{name}" size="{len(letters) + 2}" '
            f'placeholder="{letters}" pattern="[{letters}]{{{len(letters)}}}" autocomplete="off" required></label>')


def render_reveal(noted):
    """Return the card of a bet as Markdown, with a card for each bet that a reader may place.

    Parameters
    ----------
    noted : dict
        What ``reveal`` noted beside its output in the executed notebook.
    """
    name, bet = noted["bet"], find_bet(noted["bet"])
    outcome = tuple(noted["outcome"]) if isinstance(noted["outcome"], list) else noted["outcome"]
    told = make_told_card(name, bet, outcome, noted["measured"])._repr_html_()
    data = json.dumps({"told": told, **list_cards(name, bet, outcome, noted["measured"])}).replace("<", "\\u003c")
    return "\n".join(["```{raw} html", f'<div class="reveal" data-bet="{name}" aria-live="polite">{told}</div>',
                      f'<script type="application/json" data-cards="{name}">{data}</script>', SCRIPT, "```"])


def list_cards(name, bet, outcome, said):
    """Return the cards for all bets, as data for the script: ``cards`` by bet, or for a number its two sentences.

    Parameters
    ----------
    name : str
    bet : cs231n_lib.lab.check.questions.kinds.Bet
    outcome : object
        What the executed notebook came to.
    said : str
        What it measured, in words.
    """
    if type(bet).__name__ == "Number":
        told = f"You bet {bet.add_unit('{bet}')}. Measured: {said}."
        right, wrong = (Card(name, state, (f"{told} {bet.describe_distance('{off}', state == 'right')}",))
                        for state in ("right", "wrong"))
        return {"outcome": outcome, "close": bet.close, "right": right._repr_html_(), "wrong": wrong._repr_html_()}
    values = list(bet.options) if type(bet).__name__ == "Choice" else [
        "".join(order) for order in permutations(bet.items)][:MOST_ORDERS]
    return {"cards": {value: make_card(name, bet, value, outcome, said)._repr_html_() for value in values}}
