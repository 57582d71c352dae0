"""The report that :func:`cs231n_lib.lab.check.check` shows: HTML in a notebook, plain text elsewhere.

Both say the same in one order: the verdict, the reason if it is known, the first wrong aspect with its numbers, then
what else is wrong, not judged and right in a line each. The text has at most ``MOST_LINES`` lines, so that it fits on
a screen; HTML folds what the text leaves out.
"""

import html
import re
import textwrap
from dataclasses import dataclass, field
from itertools import zip_longest

import numpy as np

from cs231n_lib.lab.check.difference_map import DifferenceMap
from cs231n_lib.lab.check.result_form import is_shape

SIGNS = {"ok": "ok", "wrong": "wrong", "note": "note", "open": "not judged"}
"""Status of a line -> the word that is shown. The colour only repeats the word."""

COLOURS = {"ok": "#00734d", "wrong": "#b3003b", "note": "#7a5200", "open": "#5f5f5f"}
"""Status -> the background of its word. The word is white: a contrast of at least 4.5 : 1 in every theme."""

EDGES = {"ok": "#009e73", "wrong": "#d55e00", "note": "#b07800", "open": "#808080"}
"""Status -> the line at the left: 3 : 1 on white and on JupyterLab's dark."""

NOT_YET = "not implemented yet"
SAME = "fails for the same reason"
FORM = "form of the result"
"""The aspect of a function whose results all have another form than the docstring says."""

MOST_LINES, WIDTH = 25, 110
"""How long and how wide the text becomes, file names and lines of the reader's own code aside."""
LABEL = 13
"""Columns before the name of an aspect."""


@dataclass
class Row:
    """One line of the table.

    Attributes
    ----------
    aspect : str
        What is judged: "runs", "shape", "values" ...
    status : str
        A key of ``SIGNS``.
    obtained, expected : str
        What the function returned and what it should return; may have several lines. Without ``expected``,
        ``obtained`` is a sentence that says what went wrong.
    note : str
        What else helps, such as where to look first; for a line that is not judged, why.
    known : dict of str to tuple of str
        Name of a result, or "" for the whole line -> sentences of a known mistake that gives the same, two if they
        cannot be told apart.
    relations : tuple of str
        Sentences that say in what way results are wrong, or a cache, where no known mistake gives them.
    inputs : str
        What the function was called with: a line that does not begin with a space begins an argument.
    where : DifferenceMap, optional
        Where obtained and expected differ.
    """

    aspect: str
    status: str
    obtained: str = ""
    expected: str = ""
    note: str = ""
    known: dict = field(default_factory=dict)
    relations: tuple = ()
    inputs: str = ""
    where: DifferenceMap | None = None


@dataclass
class Report:
    """The lines about one function; renders itself as HTML or text.

    Attributes
    ----------
    name, where : str
        The function, and the file and line where it begins.
    rows : list of Row
    read : cs231n_lib.lab.check.where_to_read.Reference, optional
        What to read about a function that is not right yet.
    waits_for : str
        A function that this one calls and that is not written yet, so that not all could be judged.
    """

    name: str
    where: str
    rows: list = field(default_factory=list)
    read: object = None
    waits_for: str = ""

    @property
    def wrong(self):
        """Names of the aspects that failed."""
        return [r.aspect for r in self.rows if r.status == "wrong"]

    @property
    def status(self):
        """The verdict in a word: a key of ``EDGES``."""
        if self.wrong:
            return "wrong"
        return "open" if self.waits_for else "ok"

    @property
    def done(self):
        """Is nothing wrong, and could the function be judged?"""
        return self.status == "ok"

    @property
    def diagnosis(self):
        """Sentences of the known mistakes that were recognised."""
        return list(dict.fromkeys(s for r in self.rows for known in r.known.values() for s in known))

    @property
    def summary(self):
        """The title, and the names of the aspects that failed."""
        return f"{self.title}: {'; '.join(self.wrong)}" if len(self.rows) > 1 and self.wrong else self.title

    @property
    def title(self):
        """The verdict in one line."""
        if self.waits_for and not self.wrong:
            return f"{self.name} is {describe_waiting(self.waits_for)}"
        if self.rows[0].obtained == NOT_YET:
            return f"{self.name}: {NOT_YET}"
        if self.rows[0].aspect == "runs" and self.rows[0].status == "wrong":
            return f"{self.name}: does not run to its end"
        if self.wrong == [FORM]:
            return f"{self.name}: does not return what its docstring says"
        judged = [r for r in self.rows if r.status in ("ok", "wrong")]
        if not self.wrong:
            left = len([r for r in self.rows if r.status == "open"])
            return f"{self.name}: all {len(judged)} aspects ok" + (f", {left} not judged" if left else "")
        return f"{self.name}: {len(self.wrong)} of {len(judged)} aspects wrong"

    @property
    def hints(self):
        """What explains the verdict where no table is shown, as lines of text."""
        first = self.first_wrong
        told = [first.obtained] if first and not first.expected and first.obtained != NOT_YET else []
        return told + self.list_reasons()

    @property
    def first_wrong(self):
        """The line that is shown with its numbers, or None."""
        return next((r for r in self.rows if r.status == "wrong"), None)

    def list_folded(self):
        """Return (lines that fail for the same reason as the first wrong one, the other wrong lines)."""
        first = self.first_wrong
        others = [r for r in self.rows if r.status == "wrong" and r is not first]
        same = [r for r in others if has_same_reason(r, first)]
        return same, [r for r in others if r not in same]

    def list_reasons(self):
        """Return what stands right below the verdict: known mistakes, where to look first, and relations."""
        notes = [r.note for r in self.rows if r.status == "note"] if self.wrong else []
        relations = dict.fromkeys(sentence for r in self.rows for sentence in r.relations)
        return [*list_known_lines(self.rows), *notes, *relations]

    def list_remarks(self):
        """Return (status, names of aspects, note) of what is neither right nor wrong, equal notes together."""
        groups = {}
        for r in self.rows:
            if r.status == "open" or r.status == "note" and not self.wrong:
                groups.setdefault((r.status, r.note), []).append(r)
        return [(status, join_names(rows), note) for (status, note), rows in groups.items()]

    def __repr__(self):
        head = [f"{self.title}   ({self.where})"]
        head += [part for line in self.list_reasons() for part in wrap(line)]
        read = [f"  read: {self.read}"] if self.read and self.wrong else []
        tail = self.list_text_below()
        if self.first_wrong:
            head += list_detail(self.first_wrong, MOST_LINES - len(head) - len(tail) - len(read))
        return "\n".join(cut_lines(head + tail, MOST_LINES - len(read)) + read)

    def list_text_below(self):
        """Return the lines of text below the first wrong aspect; if nothing is wrong, a line for each aspect."""
        if not self.wrong:
            return [line for r in self.rows for line in list_line(r.status, join_note(r.aspect, r.note))]
        same, others = self.list_folded()
        lines = list_line("wrong", f"{SAME}: {join_names(same)}") if same else []
        for row in others:
            lines += list_line("wrong", row.aspect if row.expected else f"{row.aspect}: {row.obtained}")[:1]
        for status, names, note in self.list_remarks():
            lines += list_line(status, join_note(names, note))
        passed = [r for r in self.rows if r.status == "ok"]
        return lines + (list_line("ok", join_names(passed)) if passed else [])

    def _repr_html_(self):
        title = f"<div><strong>{html.escape(self.title)}</strong> ({html.escape(self.where)})</div>"
        title += "".join(f'<div style="{BOX}">{html.escape(line)}</div>' for line in self.list_reasons())
        below = ""
        if self.wrong:
            several = len(self.wrong) > 1
            caption = f"The first of {len(self.wrong)} wrong aspects" if several else "The wrong aspect"
            below = render_table([self.first_wrong], caption)
            below += f"<div>Read: {html.escape(str(self.read))}</div>" if self.read else ""
            below += self.render_folded()
        below += "".join(render_line(status, join_note(names, note)) for status, names, note in self.list_remarks())
        passed = "; ".join(join_note(r.aspect, r.note) for r in self.rows if r.status == "ok")
        below += render_line("ok", passed) if passed else ""
        return f'<div style="border-left:4px solid {EDGES[self.status]};{FRAME}">{title}{below}</div>'

    def render_folded(self):
        """Return what else is wrong as folded HTML: what fails for the same reason together, the rest one by one."""
        same, others = self.list_folded()
        parts = [fold("wrong", f"{SAME}: {join_names(same)}", render_table(same))] if same else []
        return "".join(parts + [fold("wrong", r.aspect, render_table([r])) for r in others])


# -- what explains what -----------------------------------------------------------------------------------------


def has_same_reason(row, first):
    """Does a wrong line fail for what explains the first one: the same known mistake, or the same exception?"""
    here, there = ({*r.known.values(), *r.relations} for r in (row, first))
    if here:
        return here <= there
    return not there and not row.expected and row.obtained == first.obtained


def list_known_lines(rows):
    """Return the recognised mistakes as lines of text; if there are several, with what each of them explains."""
    explained = {}
    for row in rows:
        for result, sentences in row.known.items():
            explained.setdefault(sentences, []).append(result or row.aspect)
    lines = []
    for sentences, names in explained.items():
        of = f" in {shorten_names(dict.fromkeys(names))}" if len(explained) > 1 else ""
        if len(sentences) > 1:
            lines += [f"Two known mistakes give exactly this result{of}:", *(f"- {s}" for s in sentences)]
        else:
            lines.append(f"Known mistake{of}: {sentences[0]}")
    return lines


def join_names(rows):
    """Return the names of aspects as text; some of them have a comma."""
    return "; ".join(r.aspect for r in rows)


def shorten_names(names, most=3):
    """Return names as text, the first few of them."""
    names = list(names)
    more = [f"{len(names) - most} more"] if len(names) > most else []
    return "; ".join(names[:most] + more)


def describe_waiting(name, calls_it=True):
    """Say what a function, or one aspect of it, waits for."""
    return f"judged once {name} is written" + (": it calls it" if calls_it else "")


# -- as text ----------------------------------------------------------------------------------------------------


def wrap(text, indent=0):
    """Return a text as lines that are not too wide; all but the first are indented."""
    return textwrap.wrap(text, WIDTH, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def list_line(status, text):
    """Return a line of the table as text, wrapped."""
    return wrap(f"  {SIGNS[status]:<11}{text}", LABEL)


def join_note(aspect, note):
    """Return the name of an aspect with what is said of it."""
    return f"{aspect}: {note}" if note else aspect


def cut_lines(lines, most):
    """Return at most so many lines; the last one shows that some are missing."""
    return lines if len(lines) <= most else [*lines[:max(most - 1, 0)], "      ..."]


def list_detail(row, most):
    """Return one wrong line of the table with its numbers, as at most so many lines of text."""
    head = list_line("wrong", row.aspect)
    room = most - len(head)
    if not row.expected:
        return head + cut_lines(indent_lines(row.obtained.splitlines() + split_inputs(row)), room)
    # What differs everywhere needs no map: the numbers themselves say as much.
    for with_map in (True, False) if row.where and row.where.has_agreement() else (False,):
        lines = compare_as_text(row, with_map, room)
        if len(lines) <= room:
            break
    return head + cut_lines(indent_lines(lines + split_inputs(row)), room)


def indent_lines(lines):
    """Return lines as they stand below the name of an aspect."""
    return [f"      {line}".rstrip() for line in lines]


def compare_as_text(row, with_map, room):
    """Return what was obtained beside what was expected, and where they differ, in about so many lines."""
    got, want = (f"{label} {text}".splitlines() for label, text in (("obtained", row.obtained),
                                                                    ("expected", row.expected)))
    if len(got) == len(want) == 1:
        lines = got + want
    else:
        longest = max(room - 2, 3)  # one line for the sentence, and one for what comes below
        if find_width(got) + find_width(want) + GAP > WIDTH:
            longest = max(longest // 2, 2)
        blocks = [cut_lines(got, longest), cut_lines(want, longest)]
        lines = place_side_by_side(blocks + ([row.where.text().splitlines()] if with_map else []))
    if row.where and row.where.sentence:
        lines.append(row.where.sentence)
    lines += row.where.legend() if with_map else []
    return lines + [line for note in row.note.splitlines() for line in wrap(note)]


def split_inputs(row):
    """Return the inputs as lines of text, small ones beside one another."""
    texts = re.split(r"\n(?! )", row.inputs) if row.inputs else []
    return place_side_by_side([[part for line in text.splitlines() for part in break_line(line)] for text in texts])


def break_line(line):
    """Return a line of numbers as it is, one that is too long as several."""
    return textwrap.wrap(line, WIDTH - LABEL, subsequent_indent="  ") if len(line) > WIDTH - LABEL else [line]


GAP = 3


def find_width(block):
    """Return the length of the longest of some lines."""
    return max(map(len, block), default=0)


def place_side_by_side(blocks):
    """Place blocks of lines beside one another, as many as the width allows; the others below."""
    lines, beside, used = [], [], 0
    for block in blocks:
        if beside and used + find_width(block) > WIDTH - LABEL:
            lines, beside, used = lines + join_blocks(beside), [], 0
        beside.append(block)
        used += find_width(block) + GAP
    return lines + join_blocks(beside)


def join_blocks(blocks):
    """Return lines that hold several blocks, one beside the other."""
    widths = [find_width(b) + GAP for b in blocks]
    return ["".join(part.ljust(w) for part, w in zip(parts, widths, strict=True)).rstrip()
            for parts in zip_longest(*blocks, fillvalue="")]


# -- as HTML ----------------------------------------------------------------------------------------------------

FRAME = "padding:2px 10px;max-width:60em;overflow-x:auto"
TABLE = "border-collapse:collapse;margin:6px 0;text-align:left"
CAPTION = "caption-side:top;text-align:left;color:inherit;padding:0"
CELL = "text-align:left;vertical-align:top;padding:3px 12px 3px 0;background:transparent;white-space:normal"
ROW = "background:transparent"  # JupyterLab shades every other row
PRE = "margin:0;white-space:pre;font-size:0.92em;overflow-x:auto"
WRAP = "margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:0.92em"
BOX = "margin:4px 0;padding:4px 8px;border:1px solid currentColor"


def render_badge(word, status):
    """Return a word as HTML, on the colour of a status (a key of ``COLOURS``)."""
    return (f'<span style="background:{COLOURS[status]};color:#ffffff;padding:0 6px;border-radius:3px;'
            f'font-weight:600;white-space:nowrap;print-color-adjust:exact;-webkit-print-color-adjust:exact">{word}</span>')


def render_table(rows, caption=""):
    """Return wrong lines as an HTML table."""
    compared = ("obtained", "expected") if any(r.expected for r in rows) else ("what happened", "")
    head = "".join(f'<th scope="col" style="{CELL}">{t}</th>' for t in ("aspect", *compared) if t)
    caption = f'<caption style="{CAPTION}">{caption}</caption>' if caption else ""
    return (f'<table style="{TABLE}">{caption}<thead><tr>{head}</tr></thead>'
            f'<tbody>{"".join(map(render_row, rows))}</tbody></table>')


def render_row(row):
    """Return one :class:`Row` as HTML: a table row that compares, and one below it with what else helps."""
    badge = render_badge(SIGNS[row.status], row.status)
    cells = [f'<th scope="row" style="{CELL};font-weight:600">{badge} {html.escape(row.aspect)}</th>']
    # Rows of numbers are aligned and must not wrap; words may.
    texts = [f'<pre style="{PRE if len(text.splitlines()) > 1 else WRAP}">{html.escape(text)}</pre>'
             for text in (row.obtained, row.expected) if text]
    cells += [f'<td colspan="{3 - len(texts)}" style="{CELL}">{text}</td>' for text in texts]
    below = f'<div>{html.escape(row.where.sentence)}</div>{row.where.html()}' if row.where else ""
    below += f'<pre style="{WRAP}">{html.escape(row.note)}</pre>' if row.note else ""
    if row.inputs:
        below += f'<details><summary>inputs</summary><pre style="{PRE}">{html.escape(row.inputs)}</pre></details>'
    more = f'<tr style="{ROW}"><td></td><td colspan="2" style="{CELL}">{below}</td></tr>' if below else ""
    return f'<tr style="{ROW}">{"".join(cells)}</tr>{more}'


def fold(status, text, content):
    """Return HTML that opens at a click on a badge and a text."""
    return f"<details><summary>{render_badge(SIGNS[status], status)} {html.escape(text)}</summary>{content}</details>"


def render_line(status, text):
    """Return a badge and a text as HTML."""
    return f"<div>{render_badge(SIGNS[status], status)} {html.escape(text)}</div>"


# -- numbers as text --------------------------------------------------------------------------------------------


ANSWERS = "no", "yes"
"""How the answer to a question is shown that a check asks about random results: "same seed, same mask: no"."""


def format_result(name, array):
    """Return a result with its name; numbers that need much room begin on a line of their own."""
    text = format_value(array)
    return f"{name} =\n{text}" if "\n" in text or len(name) + len(text) > 50 else f"{name} = {text}"


def format_finding(name, array):
    """Return what a check has found out about random results: a number, or the answer to a question."""
    if is_shape(name):
        return f"{name}: {tuple(int(n) for n in np.ravel(array))}"
    if np.asarray(array).dtype != bool:
        return format_result(name, as_counts(np.asarray(array)))
    words = [ANSWERS[int(v)] for v in np.ravel(array)]
    return f"{name}: {' '.join(words)}"


def as_counts(array):
    """Return whole numbers as integers, which are shown without a point; other numbers as they are."""
    whole = array.size and np.isfinite(array).all() and (array == np.round(array)).all() and np.abs(array).max() < 1e9
    return array.astype(int) if whole else array


def format_value(array, most=24):
    """Return an array as text with four digits.

    Parameters
    ----------
    array : array_like
    most : int, default 24
        Of a larger array only the first rows are shown.
    """
    array = np.asarray(array)
    array = array + 0.0 if array.dtype.kind == "f" else array  # -0.0 becomes 0.0
    largest = np.abs(array[np.isfinite(array)]).max(initial=0) if array.dtype.kind in "biuf" else 0
    is_tiny = 0 < largest < 1e-3  # four digits after the point would make zeros of all its numbers
    if array.size > most:
        rows = max(1, most // max(1, array[0].size))
        text = np.array2string(array[:rows], precision=4, suppress_small=not is_tiny, threshold=most, max_line_width=60)
        return f"{text}\n... of shape {array.shape}"
    if array.ndim == 0:
        return f"{array.item():.6g}" if array.dtype.kind == "f" else str(array.item())
    small = bool(np.abs(array).max(initial=0) < 1e4) and not is_tiny
    return np.array2string(array, precision=4, suppress_small=small, max_line_width=60)

