"""Solutions of transfer questions in what a student gets: the cells themselves, or a copy of their sentences.

Sentences are compared as runs of words, whatever stands between them. What a text of the notebooks says anyway is no
copy.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from autograder.course import cells
from autograder.course.topics import list_topics
from autograder.rooms import find_file

RUN = 8
"""Words in a row that no other text has."""
WordRun = tuple[str, ...]
Sources = tuple[tuple[str, str], ...]


def list_word_runs(text: str) -> set[WordRun]:
    """Return the runs of :data:`RUN` words in a text; the whole of it if it is shorter, nothing if it has no words."""
    words = tuple(re.findall(r"\w+", text.lower()))
    if len(words) < RUN:
        return {words} if words else set()
    return {words[i:i + RUN] for i in range(len(words) - RUN + 1)}


@cache
def read_checkout() -> Sources:
    """Return the checkout's notebooks, as (name, text)."""
    names = [f"notebooks/{assignment}.ipynb" for assignment in list_topics().values()]
    return tuple((name, find_file(name).read_text(encoding="utf-8")) for name in names)


@lru_cache(8)
def list_secret_runs(notebooks: Sources) -> Mapping[WordRun, str]:
    """Return run of words -> the notebook whose solutions alone have it; ``notebooks`` are (name, text)."""
    secret: dict[WordRun, str] = {}
    open_texts: list[str] = []
    for name, text in notebooks:
        for cell in json.loads(text)["cells"]:
            source = "".join(cell["source"])
            if cells.is_solution_text(cell):
                secret |= dict.fromkeys(list_word_runs(source), name)
            elif cell["cell_type"] == "markdown":
                open_texts.append(source)
    if secret:
        for run in set().union(*map(list_word_runs, open_texts)):
            secret.pop(run, None)
    return secret


def find_copies(name: str, data: bytes, texts: Iterable[str], pinned: Sources = ()) -> set[str]:
    """Return a line for each copy of a solution in a file that a student gets.

    Parameters
    ----------
    name : str
        Of the file.
    data : bytes
        What is in it.
    texts : iterable of str
        What of that may be read.
    pinned : tuple of (str, str)
        Name -> text of sources that the course released and the checkout has changed since.
    """
    found = set()
    if name.endswith(".ipynb") and any(map(cells.is_solution_text, read_cells(data))):
        found.add(f"{name} holds the solution of a transfer question")
    notebooks = read_checkout() + tuple((where, text) for where, text in pinned if where.endswith(".ipynb"))
    secret = list_secret_runs(notebooks)
    for text in texts if secret else ():
        for run in list_word_runs(text) & secret.keys():
            found.add(f"{name} holds a sentence of a solution in {secret[run]}: {' '.join(run)}")
    return found


def read_cells(data: bytes) -> list:
    """Return the cells of a notebook file, each with metadata."""
    return [{**cell, "metadata": cell.get("metadata", {})} for cell in json.loads(data)["cells"]]
