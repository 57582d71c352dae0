"""A table as an LMS wrote it, of which single cells are changed and everything else stays byte for byte.

What an LMS downloads it takes back, if columns, ids, separators, quotes, line ends, encoding and order are its own. So
the text is cut into cells and joined again, and never written anew by a CSV writer.
"""

import codecs
import re
from pathlib import Path

from autograder.course.roster import find_separator, normalise_header, read_table_text
from autograder.errors import CourseError

MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
"""What may stand before the text of a file -> its encoding."""
QUOTED = r'"[^"]*(?:""[^"]*)*"'


class DownloadedTable:
    """A table that was downloaded.

    Parameters
    ----------
    path : path
        CSV with commas, semicolons or tabs; UTF-8 or UTF-16.

    Attributes
    ----------
    path : Path
    rows : list of list of str
        The cells as they stand in the file, with their quotes.
    titles : list of str
        The headers as a person reads them.
    headers : list of str
        In small letters, with underscores.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise CourseError(f"{path}: there is no such table")
        data = self.path.read_bytes()
        self.mark = next((mark for mark in MARKS if data.startswith(mark)), b"")
        self.encoding = MARKS.get(self.mark, "utf-8")
        text = read_table_text(self.path)
        self.separator = find_separator(text)
        self.rows: list[list[str]] = []
        self.ends: list[str] = []
        self.cut_cells(text)
        self.top = next((i for i, row in enumerate(self.rows) if any(map(read_cell, row))), 0)
        if not self.rows:
            raise CourseError(f"{path}: the table is empty")
        self.titles = [read_cell(cell) for cell in self.rows[self.top]]
        self.headers = [normalise_header(title) for title in self.titles]

    def cut_cells(self, text: str) -> None:
        """Cut the text into rows of cells and the ends of their lines."""
        separator = re.escape(self.separator)
        cell = re.compile(rf'({QUOTED}|[^"{separator}\r\n][^{separator}\r\n]*|)({separator}|\r\n|\n|\r|\Z)')
        row: list[str] = []
        place, end = 0, ""
        while place < len(text) or end == self.separator:
            match = cell.match(text, place)
            if match is None:
                line = text[:place].count("\n") + 1
                raise CourseError(f"{self.path}, line {line}: a quotation mark that is not closed")
            row.append(match[1])
            place, end = match.end(), match[2]
            if end != self.separator:
                self.rows.append(row)
                self.ends.append(end)
                row = []

    def list_lines(self) -> list[int]:
        """Return the rows below the headers in which anything stands."""
        return [i for i in range(self.top + 1, len(self.rows)) if any(map(read_cell, self.rows[i]))]

    def read_line(self, row: int) -> dict[str, str]:
        """Return header -> text of a row."""
        texts = [read_cell(cell) for cell in self.rows[row]] + [""] * len(self.headers)
        return dict(zip(self.headers, texts, strict=False))

    def read(self, row: int, column: int) -> str:
        """Return the text of a cell."""
        cells = self.rows[row]
        return read_cell(cells[column]) if column < len(cells) else ""

    def write(self, row: int, column: int, text: str) -> None:
        """Change a cell; quotes stay where there were some.

        Parameters
        ----------
        row, column : int
        text : str
            Without quotation marks.
        """
        cells = self.rows[row]
        cells += [""] * (column + 1 - len(cells))
        quoted = cells[column].startswith('"') or self.separator in text
        cells[column] = f'"{text}"' if quoted else text

    def encode(self) -> bytes:
        """Return the whole table as the file that it was."""
        text = "".join(self.separator.join(row) + end for row, end in zip(self.rows, self.ends, strict=True))
        return self.mark + text.encode(self.encoding)


def read_cell(cell: str) -> str:
    """Return the text of a cell without its quotes and the blanks around it."""
    if cell.startswith('"'):
        cell = cell[1:-1].replace('""', '"')
    return cell.strip()
