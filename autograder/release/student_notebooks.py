"""From a released notebook to the one that students open: Run All goes on past unwritten code, and badges open it.

Both are conveniences. nbgrader's release stays as it is, no graded cell is touched, and a submission is rebuilt from
the release anyway.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course import cells
from autograder.course.settings import read_repository as read_address
from autograder.reference import ROOT

FETCH = '''\
# Where the workbook's folder is, nothing happens here. On Colab the notebook comes alone: this fetches the rest.
from pathlib import Path

if not Path("cs231n_lib").is_dir():
    import io, urllib.request, zipfile

    with urllib.request.urlopen("{archive}") as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    for name in archive.namelist():
        path = Path(*name.split("/")[1:])
        if not name.endswith(("/", ".ipynb")) and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))
    from cs231n_lib.lab.notebook import colab
    colab.prepare_colab("{assignment}")'''
PYTHON = "python-3.11"
BINDER = {"binder/requirements.txt": b"-r ../requirements.txt\n-c ../constraints.txt\n",
          "binder/runtime.txt": f"{PYTHON}\n".encode()}
"""What mybinder.org reads in a repository."""


@dataclass(frozen=True)
class PublicRepository:
    """The public repository that holds the released workspace.

    Attributes
    ----------
    repository : str
        ``https://github.com/OWNER/REPO``.
    branch : str
    """

    repository: str
    branch: str = "main"

    @property
    def name(self) -> str:
        """``OWNER/REPO``."""
        return "/".join(self.repository.rstrip("/").split("/")[-2:])

    @property
    def archive(self) -> str:
        """Where the host offers the branch as a zip."""
        return f"{self.repository.rstrip('/')}/archive/refs/heads/{quote(self.branch)}.zip"

    def list_addresses(self, path: str) -> tuple[str, str]:
        """Return where Binder and Colab open a file of the repository."""
        return (f"https://mybinder.org/v2/gh/{self.name}/{quote(self.branch, safe='')}?urlpath=lab/tree/{path}",
                f"https://colab.research.google.com/github/{self.name}/blob/{quote(self.branch)}/{path}")

    def format_badges(self, path: str) -> str:
        """Return the two badges for a file of the repository, as Markdown."""
        binder, colab = self.list_addresses(path)
        return (f"[![Open in Binder](https://mybinder.org/badge_logo.svg)]({binder}) "
                f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({colab})")


def read_repository(file: Path = ROOT / "pyproject.toml") -> PublicRepository | None:
    """Return the :class:`PublicRepository` that ``[tool.workbook]`` names, or None if it names none.

    Raises
    ------
    ValueError
        If the setting is not the address of a repository.
    """
    setting = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("workbook", {})
    if not setting.get("repository"):
        return None
    try:
        return PublicRepository(read_address(setting["repository"]), setting.get("branch", "main"))
    except ValueError as error:
        raise ValueError(f"repository in pyproject.toml: {error}") from None


def make_student_notebook(data: bytes, assignment: str, where: PublicRepository | None = None) -> bytes:
    """Return a released notebook as students open it.

    Parameters
    ----------
    data : bytes
        As nbgrader released it.
    assignment : str
    where : PublicRepository, optional
        Without it there are no badges, and nothing to fetch from.

    Returns
    -------
    data : bytes
    """
    book = nbformat.reads(data.decode(), as_version=4)
    for cell in book.cells:
        if cell.cell_type == "code" and not cells.is_setup(cell):
            allow_failure(cell)
    if where is not None:
        path = f"{assignment}.ipynb"
        fetch = FETCH.format(archive=where.archive, assignment=assignment)
        book.cells[1:1] = [new_markdown_cell(where.format_badges(path), id="online-badges"),
                           new_code_cell(fetch, id="online-fetch")]
    return (nbformat.writes(book) + "\n").encode()


def allow_failure(cell: NotebookNode) -> None:
    """Let Run All continue if this cell fails: one unwritten function does not stop what comes after it.

    JupyterLab, nbconvert and Colab read the tag; grading and Validate do not.
    """
    cell.metadata["tags"] = [*cell.metadata.get("tags", []), "raises-exception"]


def make_readme(text: str, where: PublicRepository | None = None, first: str = "00_linear_classifier") -> str:
    """Return the workspace's README, with badges below its title if there is a repository to open.

    Parameters
    ----------
    text : str
    where : PublicRepository, optional
    first : str
        The assignment that the badges open.
    """
    if where is None:
        return text
    title, rest = text.split("\n", 1)
    return f"{title}\n\n{where.format_badges(f'{first}.ipynb')}\n{rest}"
