"""The card that reveals what a bet came to: HTML in a notebook, the same in words elsewhere."""

import html
from dataclasses import dataclass

from cs231n_lib.lab.check.report import EDGES, FRAME, render_badge

STATES = {"right": ("✓", "right", "ok"), "wrong": ("✗", "not this time", "note"),
          "unplaced": ("?", "no bet yet", "open"), "refused": ("!", "not a bet", "open"),
          "elsewhere": ("↯", "no verdict", "wrong"), "told": ("=", "measured", "open")}
"""State of a card -> its symbol, its word, and its colour, a key of ``report.EDGES``."""


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
