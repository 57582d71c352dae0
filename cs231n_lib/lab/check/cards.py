"""The cards that say what a bet and what a step came to: HTML in a notebook, the same in words elsewhere."""

import html
from dataclasses import dataclass

from cs231n_lib.lab.check.report import EDGES, FRAME, render_badge

STATES = {"right": ("✓", "right", "ok"), "wrong": ("✗", "not this time", "note"),
          "unplaced": ("?", "no bet yet", "open"), "refused": ("!", "not a bet", "open"),
          "elsewhere": ("↯", "no verdict", "wrong"), "told": ("=", "measured", "open")}
"""State of a card -> its symbol, its word, and its colour, a key of ``report.EDGES``."""
WORDS = {"ok": "confirmed", "wrong": "not yet", "open": "to write"}
"""Status of a step -> the word that is shown; the colour repeats it."""


@dataclass(frozen=True)
class Card:
    """What a bet came to.

    Attributes
    ----------
    name : str
        The variable of the bet.
    state : str
        A key of ``STATES``.
    sentences : tuple of str
        What it says, in order.
    """

    name: str
    state: str
    sentences: tuple

    def __repr__(self):
        symbol, word, _ = STATES[self.state]
        return f"[{symbol} {word}] {' '.join(self.sentences)}"

    def _repr_html_(self):
        symbol, word, status = STATES[self.state]
        badge = render_badge(f'<span aria-hidden="true">{symbol}</span> {word}', status)
        first, *others = map(html.escape, self.sentences)
        below = "".join(f'<div style="margin-top:4px">{sentence}</div>' for sentence in others)
        return (f'<div class="cs231n-card" role="note" aria-label="{html.escape(self.name)}: {word}" '
                f'style="border-left:4px solid {EDGES[status]};margin:8px 0;color:inherit;break-inside:avoid;{FRAME}">'
                f"<div>{badge} {first}</div>{below}</div>")


class StepCard:
    """Shows whether a step is confirmed, as HTML or as one line of text.

    Parameters
    ----------
    name : str
        The variable.
    status : str
        A key of ``WORDS``.
    sentence : str
    """

    def __init__(self, name, status, sentence):
        self.name, self.status, self.sentence = name, status, sentence

    def __repr__(self):
        return f"{self.name}: {WORDS[self.status]}" + (f"; {self.sentence}" if self.sentence else "")

    def _repr_html_(self):
        badge = render_badge(WORDS[self.status], self.status)
        return (f'<div role="status" style="border-left:4px solid {EDGES[self.status]};{FRAME}">{badge} '
                f"<code>{html.escape(self.name)}</code> {html.escape(self.sentence)}</div>")
