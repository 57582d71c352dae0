"""Where do two arrays differ, and how far? In words, as a map of characters, and as a small coloured table.

The map has a character for every number: ``.`` agrees, ``1`` to ``5`` says how far off it is, ``N`` and ``I`` that it
is not finite. The colours of the table only repeat the characters, so it can be read without them, too: in print, by
a screen reader, and where a viewer strips the styles.
"""

import html
from dataclasses import dataclass

import numpy as np

from cs231n_lib.lab.check.arrays import find_scale, measure_distances

ROWS, COLUMNS = 12, 24
"""The map has at most so many cells; in a larger array each cell stands for several numbers, and shows the worst."""

MARKS = {
    ".": "agrees",
    "1": "off by up to 1/1000 of the largest expected number",
    "2": "off by up to 1/100 of the largest expected number",
    "3": "off by up to 1/10 of the largest expected number",
    "4": "off by up to the largest expected number",
    "5": "off by more than the largest expected number",
    "x": "differs",
    "F": "finite, but should not be",
    "I": "infinite, but should not be",
    "N": "NaN (not a number), but should not be",
}
"""What each character of the map means, from good to bad."""

COLOURS = {".": ("transparent", "inherit"), "1": ("#fdeaa8", "#1a1a1a"), "2": ("#f9b641", "#1a1a1a"),
           "3": ("#ee7b30", "#1a1a1a"), "4": ("#a52c60", "#ffffff"), "5": ("#420a68", "#ffffff"),
           "x": ("#a52c60", "#ffffff"),
           "F": ("#d9d9d9", "#000000"), "I": ("#000000", "#ffffff"), "N": ("#000000", "#ffffff")}
"""Character -> (background, text): one scale from light to dark, so no hue needs to be told from another."""

DECADES = 1e-3, 1e-2, 1e-1, 1.0


@dataclass
class DifferenceMap:
    """What differs between two arrays of one shape.

    Attributes
    ----------
    name : str
        Of the result: ``"dx"``.
    got, want : ndarray
    differ : ndarray of bool
        Where they differ, by the tolerance of whoever compares.
    words : (str, str), optional
        What 0 and 1 stand for, where the arrays hold truth values.
    """

    name: str
    got: np.ndarray
    want: np.ndarray
    differ: np.ndarray
    words: tuple = ()

    @property
    def sentence(self):
        """How many numbers differ, and the one that is furthest off."""
        if self.want.ndim == 0 or not self.differ.any():
            return ""
        place = self.at(self.worst(np.ones(self.want.shape, bool)))
        if self.words:
            return f"{self.differ.sum()} of {self.differ.size} answers differ, the first at {place}"
        return f"{self.differ.sum()} of {self.differ.size} numbers differ, most at {place}"

    def at(self, place):
        """Say what is at one place, and what should be."""
        where = ", ".join(map(str, place))
        got, want = (self.words[int(v[place])] if self.words else f"{v[place]:.6g}" for v in (self.got, self.want))
        return f"[{where}]: {got} instead of {want}"

    def worst(self, among):
        """Return the index of the number that is furthest off where ``among`` is true."""
        size = np.where(self.differ, measure_distances(self.got, self.want), -1.0)
        return tuple(int(i) for i in np.unravel_index(np.argmax(np.where(among, size, -2.0)), size.shape))

    def marks(self):
        """Return a character for every number, in the shape of the arrays."""
        if self.words:
            return np.where(self.differ, "x", ".")
        with np.errstate(over="ignore"):
            level = np.digitize(measure_distances(self.got, self.want) / (find_scale(self.want) or 1.0), DECADES)
        marks = np.where(self.differ, np.array(list("12345"))[level], ".")
        marks[self.differ & ~np.isfinite(self.want)] = "F"
        marks[self.differ & np.isinf(self.got)] = "I"
        marks[self.differ & np.isnan(self.got)] = "N"
        return marks

    def cells(self):
        """Return the map as rows of (character, index of the number that it shows), and a line on how it is folded.

        No rows if a map would say nothing that the sentence does not: there is one number, or all are alike.
        """
        marks = self.marks()
        if self.want.ndim == 0 or self.want.size < 2 or (len(set(marks.flat)) == 1 and self.differ.all()):
            return [], ""
        flat = marks.reshape(-1, marks.shape[-1])  # a row has one row; of more than two axes all but the last are rows
        high, wide = -(-len(flat) // ROWS), -(-flat.shape[1] // COLUMNS)
        number = np.arange(flat.size).reshape(flat.shape)
        rows = []
        for top in range(0, len(flat), high):
            row = []
            for left in range(0, flat.shape[1], wide):
                block = number[top:top + high, left:left + wide]
                among = np.isin(number, block).reshape(self.want.shape)
                place = self.worst(among)
                row.append((str(marks[place]), place))
            rows.append(row)
        return rows, choose_folding(self.want.shape, high, wide)

    def has_agreement(self):
        """Do some numbers agree, so that a map shows a pattern?"""
        return not self.words and bool(self.cells()[0]) and not self.differ.all()

    def text(self):
        """Return the map as lines of text, without its legend; "" if there is none."""
        rows, fold = self.cells()
        if not rows:
            return ""
        return "\n".join([f"where{fold}:", *("  " + " ".join(mark for mark, _ in row) for row in rows)])

    def legend(self):
        """Return a line for each character of the map, best first."""
        return render_legend(self.cells()[0])

    def html(self):
        """Return the map as a small table with its legend, "" if there is none."""
        rows, fold = self.cells()
        if not rows:
            return ""
        label = html.escape(f"Map of {self.name}{fold}: {self.sentence}.", quote=True)
        body = "".join(f'<tr style="background:transparent">{"".join(self.cell(*c) for c in row)}</tr>' for row in rows)
        head = html.escape(f"where {self.name} differs{fold}")
        keys = "".join(f"<li>{render_chip(line[0])} {html.escape(line[4:])}</li>" for line in render_legend(rows))
        return (f'<div style="margin:4px 0">{head}</div><table role="img" aria-label="{label}" style="{MAP}"><tbody>'
                f'{body}</tbody></table><ul style="{KEYS}">{keys}</ul>')

    def cell(self, mark, place):
        """Return one cell; pointing at it says what is there."""
        says = f' title="{html.escape(self.at(place), quote=True)}"' if mark != "." else ""
        background, text = COLOURS[mark]
        return f'<td{says} style="{CELL};background:{background};color:{text}">{mark}</td>'


MAP = "border-collapse:collapse;margin:0;width:auto;font-family:monospace;border:1px solid currentColor"
CELL = "width:1.3em;min-width:1.3em;max-width:1.3em;padding:0;line-height:1.35;text-align:center"
KEYS = "list-style:none;margin:2px 0;padding:0;font-size:0.92em"


def render_chip(mark):
    """Return a character as it looks in the map."""
    background, text = COLOURS[mark]
    return (f'<span style="display:inline-block;width:1.3em;text-align:center;font-family:monospace;'
            f'background:{background};color:{text}">{mark}</span>')


def render_legend(rows):
    """Return a line for each character that occurs."""
    found = {mark for row in rows for mark, _ in row}
    return [f"{mark}   {meaning}" for mark, meaning in MARKS.items() if mark in found]


def choose_folding(shape, high, wide):
    """Say how an array of more than two axes, or of many numbers, became a small map; "" for a small matrix."""
    says = []
    if len(shape) > 2:
        says.append(f"each row is one index into the first {len(shape) - 1} axes of {shape}, in order")
    if high > 1 or wide > 1:
        says.append(f"each cell shows the worst of {high} by {wide} numbers")
    return f" ({'; '.join(says)})" if says else ""


def compare_arrays(name, got, want, largest, words=("False", "True")):
    """Compare two arrays of one shape number by number.

    Parameters
    ----------
    name : str
        Of the result.
    got, want : array_like
    largest : float
        The largest difference that two numbers may have and still agree.
    words : (str, str)
        How truth values are shown, if both arrays hold such.

    Returns
    -------
    differences : DifferenceMap
    """
    truth = np.asarray(got).dtype == np.asarray(want).dtype == bool
    got, want = np.asarray(got, float), np.asarray(want, float)
    return DifferenceMap(name, got, want, measure_distances(got, want) > largest, words if truth else ())


def compare_results(name, got, want, tol, words=("False", "True")):
    """Compare number by number, as far off as a tolerance allows the largest of them to be; None for other shapes.

    Parameters
    ----------
    name, got, want, words
        As in :func:`compare_arrays`.
    tol : (float, float)
        Relative and absolute.
    """
    if np.shape(got) != np.shape(want):
        return None
    return compare_arrays(name, got, want, max(tol[0] * find_scale(want), tol[1]), words)
