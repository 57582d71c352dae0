"""The table that :func:`cs231n_lib.lab.check.check` shows: HTML in a notebook, plain text elsewhere."""

import html
from dataclasses import dataclass, field

import numpy as np

SIGNS = {"ok": "ok", "wrong": "wrong", "note": "note", "open": "not judged"}
"""Status of a line -> the word that says it. Colour only repeats the word."""

COLOURS = {"ok": "#00734d", "wrong": "#b3003b", "note": "#7a5200", "open": "#5f5f5f"}  # 4.5 : 1 on white, or better


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
        May run over several lines.
    note : str
        What else helps: the reader's own line, where the results differ.
    known : tuple of str
        Sentences of the known mistakes that give the same result.
    inputs : str
        What the function was called with.
    """

    aspect: str
    status: str
    obtained: str = ""
    expected: str = ""
    note: str = ""
    known: tuple = ()
    inputs: str = ""


@dataclass
class Report:
    """The lines about one function; renders itself as HTML or text."""

    name: str
    where: str
    rows: list = field(default_factory=list)

    @property
    def wrong(self):
        """Names of the aspects that failed."""
        return [r.aspect for r in self.rows if r.status == "wrong"]

    @property
    def diagnosis(self):
        """Sentences of the known mistakes that were recognised."""
        return [sentence for r in self.rows for sentence in r.known]

    @property
    def title(self):
        """One line that sums up."""
        if self.rows[0].obtained == NOT_YET:
            return f"{self.name}: {NOT_YET}"
        judged = [r for r in self.rows if r.status in ("ok", "wrong")]
        if not self.wrong:
            return f"{self.name}: all {len(judged)} aspects ok"
        return f"{self.name}: {len(self.wrong)} of {len(judged)} aspects wrong"

    def __repr__(self):
        lines = [f"{self.title}   ({self.where})"]
        first = next((r for r in self.rows if r.inputs), None)  # of one line only: text cannot be folded
        for row in self.rows:
            inputs = row.inputs if row is first else ""
            lines.append(f"  {SIGNS[row.status]:<11}{row.aspect}")
            below = {"obtained": row.obtained, "expected": row.expected, "inputs": inputs, "": row.note}
            for label, text in below.items():
                for i, line in enumerate(text.splitlines()):
                    lines.append(f"               {label if i == 0 else '':<9}{line}")
            lines += [f"               {line}" for line in known_lines(row.known)]
        return "\n".join(lines)

    def _repr_html_(self):
        shown = [r for r in self.rows if r.status != "ok"]
        passed = [r for r in self.rows if r.status == "ok"]
        state = "wrong" if self.wrong else "ok"
        body = "".join(map(html_row, shown))
        titles = ("aspect", "result", "obtained", "expected")
        head = "".join(f'<th scope="col" style="{CELL}">{t}</th>' for t in titles)
        table = f'<table style="{TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>' if shown else ""
        return (f'<div style="border-left:4px solid {COLOURS[state]};padding:2px 10px;max-width:60em">'
                f'<div><strong style="color:{COLOURS[state]}">{html.escape(self.title)}</strong> '
                f'<span style="opacity:0.75">{html.escape(self.where)}</span></div>{table}{folded(passed)}</div>')


TABLE = "border-collapse:collapse;margin:6px 0;text-align:left"
CELL = "text-align:left;vertical-align:top;padding:3px 12px 3px 0;background:transparent;white-space:normal"
PRE = "margin:0;white-space:pre;font-size:0.92em;overflow-x:auto"
BOX = "margin:4px 0;padding:4px 8px;border:1px solid currentColor"


def html_row(row):
    """Return one line as table rows: the comparison, and below it what helps."""
    label = f'<span style="color:{COLOURS[row.status]};font-weight:600">{SIGNS[row.status]}</span>'
    cells = [f'<th scope="row" style="{CELL};font-weight:600">{html.escape(row.aspect)}</th>',
             f'<td style="{CELL}">{label}</td>']
    cells += [f'<td style="{CELL}"><pre style="{PRE}">{html.escape(text)}</pre></td>'
              for text in (row.obtained, row.expected)]
    below = "".join(f'<div style="{BOX}">{html.escape(line)}</div>' for line in known_lines(row.known))
    below += f'<pre style="{PRE};white-space:pre-wrap">{html.escape(row.note)}</pre>' if row.note else ""
    if row.inputs:
        below += f'<details><summary>inputs</summary><pre style="{PRE}">{html.escape(row.inputs)}</pre></details>'
    more = f'<tr><td></td><td colspan="3" style="{CELL}">{below}</td></tr>' if below else ""
    return f"<tr>{''.join(cells)}</tr>{more}"


def folded(passed):
    """Return the lines that passed, folded away."""
    if not passed:
        return ""
    names = ", ".join(r.aspect for r in passed)
    items = "".join(f"<li>{html.escape(r.aspect)}{': ' if r.note else ''}{html.escape(r.note)}</li>" for r in passed)
    return f'<details><summary>ok: {html.escape(names)}</summary><ul style="margin:4px 0">{items}</ul></details>'


def known_lines(sentences):
    """Return the recognised mistakes as lines of text."""
    if len(sentences) > 1:
        return ["Two known mistakes give exactly this result:", *(f"- {s}" for s in sentences)]
    return [f"Known mistake: {s}" for s in sentences]


# -- numbers as text --------------------------------------------------------------------------------------------


def shown(array, most=24):
    """Return an array as text, four digits, at most ``most`` numbers of it."""
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


def difference_map(got, want, close):
    """Say where two arrays of one shape differ: the largest difference, and a map of small matrices.

    Parameters
    ----------
    close : callable
        ``close(a, b)`` of two numbers.
    """
    got, want = np.asarray(got, float), np.asarray(want, float)
    differ = np.array([not close(a, b) for a, b in zip(got.ravel(), want.ravel(), strict=True)]).reshape(want.shape)
    if want.ndim == 0 or not differ.any():
        return ""
    with np.errstate(invalid="ignore"):
        size = np.where(differ, np.nan_to_num(np.abs(got - want), nan=np.inf), -1)
    place = tuple(int(i) for i in np.unravel_index(np.argmax(size), size.shape))
    text = (f"{differ.sum()} of {differ.size} numbers differ, most at [{', '.join(map(str, place))}]: "
            f"{got[place]:.6g} instead of {want[place]:.6g}")
    if want.ndim == 2 and want.size <= 96 and not differ.all():
        text += "\nwhere (x differs, . agrees):\n" + "\n".join(
            "  " + " ".join("x" if d else "." for d in row) for row in differ)
    return text
