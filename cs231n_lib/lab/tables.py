"""Tables that carry an argument: HTML in a notebook, with the telling cells marked, and the same as text."""

import html
import numbers
import re
from itertools import product

WIDEST = 88
"""Columns of the text: what half a screen shows."""
MARK = "\N{BLACK LEFT-POINTING SMALL TRIANGLE}"
"""Stands after a marked cell, so that colour is not the only sign."""
NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?[\d.,]*\d(?:e[-+]?\d+)?(?: ?%)?|nan|[-+]?inf|", re.I)
"""What stands at the right of its column: numbers, and nothing."""
TABLE = "border-collapse:collapse;margin:6px 0;color:inherit"
CELL = "padding:3px 12px;border-bottom:1px solid #80808066;background:transparent;white-space:nowrap"
MARKED = "padding:3px 12px;border-bottom:1px solid #80808066;background:#E69F0040;font-weight:700;white-space:nowrap"


def show(rows, header, mark=(), formats=None, caption=""):
    """Display a table.

    Parameters
    ----------
    rows : sequence of sequences
        Texts and numbers; the first column names the row.
    header : sequence of str
        Name of each column, with its unit.
    mark : collection of (int, int), optional
        Row and column, from 0, of the cells that tell the story.
    formats : sequence of str, optional
        How each column is written, as in ``("", ".2f")``. Otherwise floats have three digits.
    caption : str, optional
        What the table shows, in a sentence.

    Raises
    ------
    ValueError
        If a row has not one entry per column, or ``mark`` names a cell that is not there.
    """
    cells = format_cells(rows, header, formats)
    outside = set(mark) - set(product(range(len(rows)), range(len(header))))
    if outside:
        raise ValueError(f"expected cells of the table in mark, got {sorted(outside)}")
    numeric = [all(NUMBER.fullmatch(row[k]) for row in cells) for k in range(len(header))]
    from IPython.display import display

    display({"text/html": render_html(cells, header, set(mark), numeric, caption),
             "text/plain": render_text(cells, header, set(mark), numeric, caption)}, raw=True)


def format_cells(rows, header, formats=None):
    """Return the cells of a table as texts; the parameters are those of :func:`show`.

    Parameters
    ----------
    rows : sequence of sequences
    header : sequence of str
    formats : sequence of str, optional
    """
    formats = [""] * len(header) if formats is None else formats
    wrong = [row for row in [*rows, formats] if len(row) != len(header)]
    if wrong:
        raise ValueError(f"expected {len(header)} entries, one per column, got {wrong[0]!r}")
    return [[format_cell(value, form) for value, form in zip(row, formats, strict=True)] for row in rows]


def format_cell(value, form):
    """Return one cell as text; ``form`` is a format, "" for the usual one."""
    if isinstance(value, str):
        return value
    is_float = isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral)
    return format(value, form or (".3g" if is_float else ""))


def render_html(cells, header, mark, numeric, caption):
    """Return a table as HTML.

    Parameters
    ----------
    cells : list of list of str
    header : sequence of str
    mark : set of (int, int)
    numeric : list of bool
        Which columns are numbers, to stand at the right.
    caption : str
    """
    sides = ["right" if is_number else "left" for is_number in numeric]
    head = "".join(f'<th scope="col" style="{CELL};text-align:{side}">{html.escape(name)}</th>'
                   for name, side in zip(header, sides, strict=True))
    lines = []
    for i, row in enumerate(cells):
        line = ""
        for k, (text, side) in enumerate(zip(row, sides, strict=True)):
            tag = 'th scope="row"' if k == 0 else "td"
            inner, style = html.escape(text), CELL
            if (i, k) in mark:
                inner, style = f"<strong>{inner}</strong>", MARKED
            line += f'<{tag} style="{style};text-align:{side}">{inner}</{tag[:2]}>'
        lines.append(f'<tr style="background:transparent">{line}</tr>')
    above = f'<caption style="text-align:left;color:inherit">{html.escape(caption)}</caption>' if caption else ""
    return (f'<div style="overflow-x:auto"><table style="{TABLE}">{above}<thead><tr>{head}</tr></thead>'
            f'<tbody>{"".join(lines)}</tbody></table></div>')


def render_text(cells, header, mark, numeric, caption):
    """Return a table as text, a triangle after each marked cell; the parameters are those of :func:`render_html`.

    Parameters
    ----------
    cells : list of list of str
    header : sequence of str
    mark : set of (int, int)
    numeric : list of bool
    caption : str

    Raises
    ------
    ValueError
        If it is wider than half a screen.
    """
    marked = [[text + MARK if (i, k) in mark else text + " " for k, text in enumerate(row)]
              for i, row in enumerate(cells)]
    lines = [[f"{name} " for name in header], *marked]
    widths = [max(len(line[k]) for line in lines) for k in range(len(header))]
    if sum(widths) + len(widths) - 1 > WIDEST:
        raise ValueError(f"the table is {sum(widths) + len(widths) - 1} columns wide, at most {WIDEST} fit")
    texts = [" ".join(text.rjust(width) if is_number else text.ljust(width)
                      for text, width, is_number in zip(line, widths, numeric, strict=True)).rstrip()
             for line in lines]
    return "\n".join([caption, *texts] if caption else texts)
