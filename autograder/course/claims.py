"""Claims: numbers that a text states, each with the expression that confirms it when the notebook is run.

A text cell's metadata hold them under ``"cs231n"``: ``"claims"``, a list of dicts with the fields of :class:`Claim`,
and ``"exempt"``, a list of what else stands there as a number and is none of the notebook's results (a year, a constant
of a formula). Students get neither: an expression may give an answer away.
"""

import ast
import math
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

FIELD = "cs231n"
"""The workbook's own entries in the metadata of a notebook or a cell."""
KEYS = ("claims", "exempt")


@dataclass(frozen=True)
class Claim:
    """A number in a text.

    Attributes
    ----------
    text : str
        As it stands in the cell: "0.22 to be exact".
    value : str
        An expression over the notebook's variables, evaluated where the text stands: "ratios.mean()".
    tolerance : float
        Largest difference between the two: to what the claim holds on other machines, too.
    says : float, optional
        The number that ``text`` states; by default the only one in it.
    """

    text: str
    value: str
    tolerance: float
    says: float | None = None


def read_claims(cell: "NotebookNode") -> list[Claim]:
    """Return the claims of a cell.

    Raises
    ------
    ValueError
        If an entry is no claim; the message says what is wrong with it.
    """
    return [parse_claim(entry) for entry in read_entries(cell).get("claims", [])]


def parse_claim(entry: Any) -> Claim:
    """Return the claim that an entry of the metadata holds."""
    try:
        claim = Claim(**entry)
        ast.parse(claim.value, mode="eval")
        numbers = [float(claim.tolerance), float(claim.says or 0)]
    except (TypeError, ValueError, SyntaxError) as error:
        raise ValueError(f"{dict(entry) if isinstance(entry, dict) else entry!r} is no claim: {error}") from None
    if not isinstance(claim.text, str) or not claim.text:
        raise ValueError(f"the claim about {claim.value} has no text")
    if not all(map(math.isfinite, numbers)) or claim.tolerance < 0:
        raise ValueError(f"the claim {claim.text!r} has no finite tolerance of 0 or more")
    return claim


def read_exempt(cell: "NotebookNode") -> list[str]:
    """Return the texts with numbers of a cell that are no results of the notebook."""
    return list(read_entries(cell).get("exempt", []))


def read_entries(cell: "NotebookNode") -> MutableMapping[str, Any]:
    """Return the workbook's own entries of a cell's metadata, {} if there are none."""
    return cell.metadata.get(FIELD, {})


def has_claims(cell: "NotebookNode") -> bool:
    """Do a cell's metadata hold claims or exemptions?"""
    entries = read_entries(cell)
    return any(key in entries for key in KEYS)


def clear_claims(cell: "NotebookNode") -> None:
    """Take claims and exemptions out of a cell's metadata, and leave everything else."""
    if has_claims(cell):
        kept = {key: value for key, value in read_entries(cell).items() if key not in KEYS}
        cell.metadata[FIELD] = kept
        if not kept:
            del cell.metadata[FIELD]
