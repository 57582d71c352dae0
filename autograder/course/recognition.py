"""Which cell of a student's notebook is which cell of the assignment: by its name, else by what stands in it.

Services that write a notebook anew give its cells other names or none, and students add cells, merge, split and copy
them. So an answer is found by the variable that it assigns, and a written answer by its name or by its place after its
question. What is not found is listed: a person has to look. The cells are a student's, so this runs in the process with
limits (:mod:`autograder.sandbox.limited`) and takes and gives plain data.
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from autograder.course import cells
from autograder.course.cells import MAX_CELL

ADVERTISEMENT = "created_in_deepnote_cell"
"""Name in the metadata of the cell that Deepnote puts below all others."""


class OutlineCell(TypedDict):
    """A cell of the released notebook, as far as it helps to find it again."""

    name: str
    kind: str
    """"answer", "written", "test", "scratch" (code of the student's own), or "" for any other."""
    variable: str
    """What an answer cell assigns, else ""."""
    source: str


class Outline(TypedDict):
    """An assignment as released: its cells in order, and the functions that students write."""

    cells: list[OutlineCell]
    functions: list[str]


class Recognition(TypedDict):
    """What was recognised in a notebook."""

    sources: dict[str, list[str]]
    """grade_id -> the source that counts, alone in a list, of the cells that students write in."""
    not_found: list[str]
    """The grade_ids of the others."""
    known: int
    """How many cells of the assignment that carry marks or answers were recognised by themselves: a text that stands
    where a written answer belongs may stand in another assignment's notebook, too."""
    pasted: list[str]
    """Functions of the assignment that are defined in the notebook."""
    remarks: list[str]


@dataclass
class StudentCell:
    """A cell of a student's notebook; ``place`` is that of the released cell which it is, None if it is none."""

    name: str | None
    source: str
    is_code: bool
    is_scratch: bool = False
    place: int | None = None


def recognise_cells(notebook_cells: Iterable[Any], outline: Outline) -> Recognition:
    """Find the cells of an assignment in a student's notebook.

    Parameters
    ----------
    notebook_cells : iterable
        A student's JSON; what is no cell, or longer than a cell may be, is passed over.
    outline : Outline
        Of the assignment.
    """
    released = outline["cells"]
    theirs = [cell for cell in map(read_student_cell, notebook_cells) if cell is not None]
    place_cells(theirs, released)
    remarks: list[str] = []
    answers = find_answers(theirs, released, remarks)
    found = answers | find_written(theirs, released, remarks)
    marked = {place for place, cell in enumerate(released) if cell["kind"] in ("answer", "written", "test")}
    wanted = [place for place, cell in enumerate(released) if cell["kind"] in ("answer", "written")]
    return {"sources": {released[place]["name"]: [found[place]] for place in wanted if place in found},
            "not_found": [released[place]["name"] for place in wanted if place not in found],
            "known": len(marked & (set(answers) | {cell.place for cell in theirs})),
            "pasted": list_pasted(theirs, outline), "remarks": remarks}


def read_student_cell(cell: object) -> StudentCell | None:
    """Return a cell of a student's notebook, or None if it is none, too long, or a service's own."""
    source = read_cell_source(cell)
    if source is None or len(source) > MAX_CELL or not isinstance(cell, dict):
        return None
    about: Any = {"metadata": cell.get("metadata")}
    has_metadata = isinstance(about["metadata"], dict)
    if has_metadata and about["metadata"].get(ADVERTISEMENT):
        return None
    is_scratch = has_metadata and cells.is_scratch(about)
    return StudentCell(read_cell_name(cell), source, cell.get("cell_type") == "code", is_scratch)


def read_cell_source(cell: object) -> str | None:
    """Return the source of a cell, or None if it has none. Lone surrogates cannot be encoded and become ``?``."""
    source = cell.get("source", "") if isinstance(cell, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return source.encode("utf-8", "replace").decode().replace("\0", "") if isinstance(source, str) else None


def read_cell_name(cell: object) -> str | None:
    """Return the name of a cell, or None if it has none; Colab keeps the id of a cell among its metadata."""
    if not isinstance(cell, dict):
        return None
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    nbgrader = metadata.get("nbgrader")
    name = (nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None) or cell.get("id") or metadata.get("id")
    return name if isinstance(name, str) else None


def place_cells(theirs: Sequence[StudentCell], released: Sequence[OutlineCell]) -> None:
    """Note which released cell each cell is: by its name, by its text, or by the variable that it assigns."""
    by_name = {cell["name"]: place for place, cell in enumerate(released)}
    by_text = {normalise_text(cell["source"]): place for place, cell in enumerate(released)
               if cell["kind"] not in ("answer", "written") and cell["source"].strip()}
    variables = {cell["variable"]: place for place, cell in enumerate(released) if cell["variable"]}
    for cell in theirs:
        cell.place = by_name.get(cell.name or "", by_text.get(normalise_text(cell.source)))
        if cell.place is None and cell.is_code and not cell.is_scratch:
            cell.place = next((place for variable, place in variables.items() if assigns(cell, variable)), None)


def normalise_text(source: str) -> str:
    """Return a text without what editors change: blanks at the ends of lines, and empty lines around it."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def assigns(cell: StudentCell, variable: str) -> bool:
    """Does a cell give a variable a value? Only a text with the name in it is parsed."""
    return variable in cell.source and cells.assigns_variable(cell.source, variable)


def find_answers(theirs: Sequence[StudentCell], released: Sequence[OutlineCell], remarks: list[str]) -> dict[int, str]:
    """Return place -> source of the answers that are literals.

    Parameters
    ----------
    theirs : sequence of StudentCell
    released : sequence of OutlineCell
    remarks : list of str
        Gets a line for each variable that has several values.
    """
    writable = [cell for cell in theirs if cell.is_code and not is_given(cell, released)]
    found = {}
    for place, form in enumerate(released):
        if form["kind"] != "answer":
            continue
        named = [cell.source for cell in theirs if cell.place == place]
        assigning = [cell.source for cell in writable if assigns(cell, form["variable"])]
        changed = [source for source in named if source != form["source"]]
        chosen = cells.choose_saved_answer(assigning or named, form["variable"])
        if chosen is not None:
            found[place] = chosen
        elif named:
            found[place] = (changed or named)[-1]
        values = [cells.read_answer(source, form["variable"]) for source in assigning]
        if len({repr(value) for value in values if not isinstance(value, cells.Unreadable)} - {repr(...)}) > 1:
            remarks.append(f"{form['variable']}: several cells give it different values, the last one counts")
    return found


def is_given(cell: StudentCell, released: Sequence[OutlineCell]) -> bool:
    """Is a cell no place for answers: a test or scratch cell, or any other that was left as it was released?"""
    if cell.place is None:
        return cell.is_scratch
    form = released[cell.place]
    return form["kind"] in ("test", "scratch") or form["kind"] == "" and cell.source == form["source"]


def find_written(theirs: Sequence[StudentCell], released: Sequence[OutlineCell], remarks: list[str]) -> dict[int, str]:
    """Return place -> text of the written answers, their parts joined.

    Parameters
    ----------
    theirs : sequence of StudentCell
    released : sequence of OutlineCell
    remarks : list of str
        Gets a line for each answer that is too long.
    """
    parts: dict[int, list[str]] = {}
    typed: dict[int, list[str]] = {}
    for cell, place in zip(theirs, list_written_places(theirs, released), strict=True):
        if place is not None and (cell.place == place or cell.place is None and not cell.is_code):
            parts.setdefault(place, []).append(cell.source)
        elif place is not None and cell.place is None and not cell.is_scratch and is_prose(cell.source):
            typed.setdefault(place, []).append(cell.source)
    found = {}
    for place, form in enumerate(released):
        if form["kind"] == "written":
            said = [part for part in dict.fromkeys(parts.get(place, ())) if not is_open(part, form)]
            said = said or list_additions_to_question(theirs, released, place) or typed.get(place, [])
            if said or place in parts:
                found[place] = join_parts(said, parts.get(place, []), form, remarks)
    return found


def list_written_places(theirs: Sequence[StudentCell], released: Sequence[OutlineCell]) -> list[int | None]:
    """Return of each cell the place of the written answer that it is, or may be a part of; None for others.

    Parts stand after the answer's own cell, or between it and the cell before it, its question for example. Where the
    answer's own cell is lost, they stand after the cell before it.
    """
    placed = [cell.place for cell in theirs if cell.place is not None]
    present, followers = set(placed), iter([*placed[1:], None])
    after = match_places_to_anchors(theirs, released)
    places, current = list[int | None](), None
    for cell in theirs:
        if cell.place is not None:
            current, follower = after.get(cell.place), next(followers)
            if released[cell.place]["kind"] == "written":
                current = cell.place
            elif follower is not None and released[follower]["kind"] == "written" and cell.place == max(
                    (place for place in present if place < follower), default=None):
                current = follower
        places.append(current)
    return places


def is_prose(source: str) -> bool:
    """Is a code cell a text: nothing but comments or strings in it, or what is no Python and no magic?"""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return not re.search(r"^\s*[%!]", source, re.MULTILINE)
    return bool(source.strip()) and all(isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
                                        and isinstance(statement.value.value, str) for statement in body)


def match_places_to_anchors(theirs: Sequence[StudentCell], released: Sequence[OutlineCell]) -> dict[int, int]:
    """Return anchor -> place of a written answer whose own cell is lost: it is looked for after the anchor.

    The anchor is the last cell before it that is still there, its question for example. Where two lost answers would
    stand in the same place, or where the answer before may go on, nothing can be said.
    """
    present = {cell.place for cell in theirs if cell.place is not None}
    anchors: dict[int, list[int]] = {}
    for place, form in enumerate(released):
        if form["kind"] == "written" and place not in present:
            anchor = max((p for p in present if p < place), default=None)
            if anchor is not None and released[anchor]["kind"] != "written":
                anchors.setdefault(anchor, []).append(place)
    return {anchor: places[0] for anchor, places in anchors.items() if len(places) == 1}


def is_open(part: str, form: OutlineCell) -> bool:
    """Is a text what was released, or nothing?"""
    return normalise_text(part) in ("", normalise_text(form["source"]))


def list_additions_to_question(theirs: Sequence[StudentCell], released: Sequence[OutlineCell],
                               place: int) -> list[str]:
    """Return what a student wrote into the cell with the question of a written answer, above it or below."""
    question = released[place - 1] if place and not released[place - 1]["kind"] else None
    asked = normalise_text(question["source"]) if question else ""
    texts = [normalise_text(cell.source) for cell in theirs if cell.place == place - 1 and not cell.is_code]
    added = [text.replace(asked, "").strip() for text in texts if asked and asked in text]
    return list(filter(None, added))


def join_parts(said: list[str], parts: list[str], form: OutlineCell, remarks: list[str]) -> str:
    """Return a written answer as one text.

    Parameters
    ----------
    said : list of str
        Its parts that are not open.
    parts : list of str
        All of them.
    form : OutlineCell
        As released.
    remarks : list of str
        Gets a line if the text is longer than a cell may be; its last parts are then left out.
    """
    if not said:
        return parts[0] if form["source"] not in parts else form["source"]
    fitting = list(said)
    while len("\n\n".join(fitting)) > MAX_CELL:
        fitting.pop()
    if len(fitting) < len(said):
        remarks.append(f"{form['name']}: over {MAX_CELL} characters in several cells, the last ones are left out")
    return "\n\n".join(fitting)


def list_pasted(theirs: Sequence[StudentCell], outline: Outline) -> list[str]:
    """Return the functions of the assignment that a student's cells define."""
    defined = {name for cell in theirs if cell.is_code and not is_given(cell, outline["cells"])
               for name in re.findall(r"^def +(\w+) *\(", cell.source, re.MULTILINE)}
    return [name for name in outline["functions"] if name in defined]


def describe_found(found: Mapping[str, Any], outline: Outline) -> str:
    """Return "3 of 9 answers were found", and which were not; "" if all were."""
    missing = found["not_found"]
    if not missing:
        return ""
    total = sum(cell["kind"] in ("answer", "written") for cell in outline["cells"])
    return f"{total - len(missing)} of {total} answers were found in the notebook, not {', '.join(missing)}"
