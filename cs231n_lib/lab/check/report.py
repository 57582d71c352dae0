"""The report that :func:`cs231n_lib.lab.check.check` shows: HTML in a notebook, plain text elsewhere."""

import html
from dataclasses import dataclass, field

import numpy as np

from cs231n_lib.lab.check.difference_map import DifferenceMap

SIGNS = {"ok": "ok", "wrong": "wrong", "note": "note", "open": "not judged"}
"""Status of a line -> the word that is shown. The colour only repeats the word."""

COLOURS = {"ok": "#00734d", "wrong": "#b3003b", "note": "#7a5200", "open": "#5f5f5f"}
"""Status -> the background of its word. The word is white: a contrast of at least 4.5 : 1 in every theme."""

EDGES = {"ok": "#009e73", "wrong": "#d55e00"}  # the line at the left: 3 : 1 on white and on JupyterLab's dark

NOT_YET = "not implemented yet"


@dataclass
class Row:
    """One line of the table.

    Attributes
    ----------
    aspect : str
        What is judged: "runs", "shape", "gradient" ...
    status : str
        A key of ``SIGNS``.
    obtained, expected : str
        What the function returned and what it should return; may have several lines.
    note : str
        What else helps, such as where to look first.
    known : tuple of str
        Sentences of the known mistakes that give the same result.
    inputs : str
        What the function was called with.
    where : DifferenceMap, optional
        Where obtained and expected differ.
    """

    aspect: str
    status: str
    obtained: str = ""
    expected: str = ""
    note: str = ""
    known: tuple = ()
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
    """

    name: str
    where: str
    rows: list = field(default_factory=list)
    read: object = None

    @property
    def wrong(self):
        """Names of the aspects that failed."""
        return [r.aspect for r in self.rows if r.status == "wrong"]

    @property
    def diagnosis(self):
        """Sentences of the known mistakes that were recognised."""
        return [sentence for r in self.rows for sentence in r.known]

    @property
    def summary(self):
        """The title, and the names of the aspects that failed."""
        return f"{self.title}: {', '.join(self.wrong)}" if len(self.rows) > 1 and self.wrong else self.title

    @property
    def title(self):
        """The verdict in one line."""
        if self.rows[0].obtained == NOT_YET:
            return f"{self.name}: {NOT_YET}"
        if self.rows[0].aspect == "runs" and self.wrong == ["runs"]:
            return f"{self.name}: does not run to its end"
        judged = [r for r in self.rows if r.status in ("ok", "wrong")]
        if not self.wrong:
            return f"{self.name}: all {len(judged)} aspects ok"
        return f"{self.name}: {len(self.wrong)} of {len(judged)} aspects wrong"

    def __repr__(self):
        lines = [f"{self.title}   ({self.where})"]
        first = next((r for r in self.rows if r.inputs), None)  # text cannot be folded, so the inputs are shown once
        for row in self.rows:
            inputs = row.inputs if row is first else ""
            lines.append(f"  {SIGNS[row.status]:<11}{row.aspect}")
            below = {"obtained": row.obtained, "expected": row.expected, "inputs": inputs, "": list_notes(row)}
            for label, text in below.items():
                for i, line in enumerate(text.splitlines()):
                    lines.append(f"               {label if i == 0 else '':<9}{line}")
            lines += [f"               {line}" for line in list_known_lines(row.known)]
        return "\n".join(lines + ([f"  read: {self.read}"] if self.read and self.wrong else []))

    def _repr_html_(self):
        shown = [r for r in self.rows if r.status != "ok"]
        passed = [r for r in self.rows if r.status == "ok"]
        title = f"<strong>{html.escape(self.title)}</strong> ({html.escape(self.where)})"
        if shown:
            titles = ("aspect", "result", "obtained", "expected")
            head = "".join(f'<th scope="col" style="{CELL}">{t}</th>' for t in titles)
            title = (f'<table style="{TABLE}"><caption style="{CAPTION}">{title}</caption>'
                     f'<thead><tr>{head}</tr></thead><tbody>{"".join(map(render_row, shown))}</tbody></table>')
        read = f"<div>Read: {html.escape(str(self.read))}</div>" if self.read and self.wrong else ""
        return (f'<div style="border-left:4px solid {EDGES["wrong" if self.wrong else "ok"]};padding:2px 10px;'
                f'max-width:60em;overflow-x:auto">{title}{read}{fold_text(passed)}</div>')


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
            f'font-weight:600;white-space:nowrap">{word}</span>')


def render_row(row):
    """Return one :class:`Row` as HTML: a table row that compares, and one below it with what else helps."""
    cells = [f'<th scope="row" style="{CELL};font-weight:600">{html.escape(row.aspect)}</th>',
             f'<td style="{CELL}">{render_badge(SIGNS[row.status], row.status)}</td>']
    # Numbers are aligned in columns and must not wrap; words may.
    cells += [f'<td style="{CELL}"><pre style="{PRE if row.where else WRAP}">{html.escape(text)}</pre></td>'
              for text in (row.obtained, row.expected)]
    below = "".join(f'<div style="{BOX}">{html.escape(line)}</div>' for line in list_known_lines(row.known))
    below += f'<div>{html.escape(row.where.sentence)}</div>{row.where.html()}' if row.where else ""
    below += f'<pre style="{WRAP}">{html.escape(row.note)}</pre>' if row.note else ""
    if row.inputs:
        below += f'<details><summary>inputs</summary><pre style="{PRE}">{html.escape(row.inputs)}</pre></details>'
    more = f'<tr style="{ROW}"><td></td><td colspan="3" style="{CELL}">{below}</td></tr>' if below else ""
    return f'<tr style="{ROW}">{"".join(cells)}</tr>{more}'


def list_notes(row):
    """Return the text below a line: where the results differ, and what else helps."""
    where = (row.where.sentence, row.where.text()) if row.where else ()
    return "\n".join(filter(None, (*where, row.note)))


def fold_text(passed):
    """Return the lines that passed as folded HTML."""
    if not passed:
        return ""
    names = ", ".join(r.aspect for r in passed)
    items = "".join(f"<li>{html.escape(r.aspect)}{': ' if r.note else ''}{html.escape(r.note)}</li>" for r in passed)
    return f'<details><summary>ok: {html.escape(names)}</summary><ul style="margin:4px 0">{items}</ul></details>'


def list_known_lines(sentences):
    """Return the recognised mistakes as lines of text."""
    if len(sentences) > 1:
        return ["Two known mistakes give exactly this result:", *(f"- {s}" for s in sentences)]
    return [f"Known mistake: {s}" for s in sentences]


# -- numbers as text --------------------------------------------------------------------------------------------


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
    if array.size > most:
        rows = max(1, most // max(1, array[0].size))
        text = np.array2string(array[:rows], precision=4, suppress_small=True, threshold=most, max_line_width=60)
        return f"{text}\n... of shape {array.shape}"
    if array.ndim == 0:
        return f"{array.item():.6g}" if array.dtype.kind == "f" else str(array.item())
    small = bool(np.abs(array).max(initial=0) < 1e4)
    return np.array2string(array, precision=4, suppress_small=small, max_line_width=60)

