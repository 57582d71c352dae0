"""From a released notebook to the one that students open: it runs on past what is not written yet, and opens online.

Both are additions for the reader's comfort. nbgrader's release stays as it is, no graded cell is touched, and a
submission is rebuilt from the release anyway.
"""

import re
import tomllib
from dataclasses import dataclass
from urllib.parse import quote

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course import cells
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
BINDER = {"binder/requirements.txt": b"-r ../requirements.txt\n", "binder/runtime.txt": f"{PYTHON}\n".encode()}
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
    def name(self):
        """``OWNER/REPO``."""
        return "/".join(self.repository.rstrip("/").split("/")[-2:])

    @property
    def archive(self):
        """Where the host offers the branch as a zip."""
        return f"{self.repository.rstrip('/')}/archive/refs/heads/{quote(self.branch)}.zip"

    def badges(self, path):
        """Return the two badges for a file of the repository, as Markdown."""
        binder = f"https://mybinder.org/v2/gh/{self.name}/{quote(self.branch, safe='')}?urlpath=lab/tree/{path}"
        colab = f"https://colab.research.google.com/github/{self.name}/blob/{quote(self.branch)}/{path}"
        return (f"[![Open in Binder](https://mybinder.org/badge_logo.svg)]({binder}) "
                f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({colab})")


def read_repository(file=ROOT / "pyproject.toml"):
    """Return the :class:`Home` that ``[tool.workbook]`` names, or None if it names none.

    Raises
    ------
    ValueError
        If the setting is there and is not the address of a repository.
    """
    found = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("workbook", {})
    if not found.get("repository"):
        return None
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+/?", found["repository"]):
        raise ValueError(f"repository in pyproject.toml: expected https://github.com/OWNER/REPO, "
                         f"got {found['repository']}")
    return PublicRepository(found["repository"], found.get("branch", "main"))


def make_student_notebook(data, assignment, where=None):
    """Return a released notebook as students open it.

    Parameters
    ----------
    data : bytes
    assignment : str
    where : Home, optional
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
        book.cells[1:1] = [new_markdown_cell(where.badges(path), id="online-badges"),
                           new_code_cell(fetch, id="online-fetch")]
    return (nbformat.writes(book) + "\n").encode()


def allow_failure(cell):
    """Let Run All go on after this cell if it fails: what waits for one function does not hold up the others.

    JupyterLab, nbconvert and Colab's own runner read the tag; grading and Validate do not.
    """
    cell.metadata["tags"] = [*cell.metadata.get("tags", []), "raises-exception"]


def make_readme(text, where=None):
    """Return the workspace's README, with badges below its title if there is a repository to open."""
    if where is None:
        return text
    title, rest = text.split("\n", 1)
    return f"{title}\n\n{where.badges('00_linear_classifier.ipynb')}\n{rest}"
