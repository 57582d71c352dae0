"""Submissions as courses have seen them, graded on the frozen course: is each mark right, and each oddity said?"""

import sys

import pytest
from small_course import (
    ANSWERS,
    FROZEN,
    SOLVED,
    HereExecutor,
    answered_book,
    freeze_course,
    hand_in,
    small_answer_cells,
)

from autograder import grade

pytestmark = pytest.mark.long

SMALL = {**ANSWERS, "small-answer": "# a number\nanswer_small = 0.22"}
NESTED = f"{SOLVED}\n\nLABEL = f'{{dict(k=1)['k']}} layers'\n"
UMLAUT = "# Gewichte für die Übung\n"


def list_cases():
    """Yield (student, notebook, module, status, marks, part of the remark)."""
    book = answered_book(SMALL, *small_answer_cells())

    def anew(change):
        return {**book, "cells": [change({**cell}) for cell in book["cells"]]}

    def lose(cell):
        return {"cell_type": cell["cell_type"], "metadata": {}, "source": cell["source"]}

    waits, looks = "manual-pending", "to-look-at"
    yield "plain", book, SOLVED, waits, 4.5, ""
    yield "no-ids", anew(lose), SOLVED, waits, 4.5, ""
    yield "cookie", book, f"# coding: cp1252\n{UMLAUT}{SOLVED}".encode("cp1252"), waits, 4.5, ""
    yield "comment", book, f"{UMLAUT}{SOLVED}".encode("cp1252"), waits, 4.5, ""
    yield "text", book, f"{SOLVED}X = 'ü'\n".encode("cp1252"), "crashed", 2.5, "is not UTF-8, perhaps Windows-1252"
    yield ("sibling", book, f"from cs231n_lib import activations\n{SOLVED}", "crashed", 2.5,
           "no other module of cs231n_lib")
    yield "unused", book, f"{SOLVED}\n\ndef mine():\n    from cs231n_lib import activations\n", waits, 4.5, "line 9"
    yield "helper", book, f"from cs231n_lib.myutils import scale\n{SOLVED}", "crashed", 2.5, "no file of your own"
    if sys.version_info < (3, 12):
        yield "newer", book, NESTED, "crashed", 2.5, "(graded by Python 3.11)"
    else:
        yield "newer", book, NESTED, waits, 4.5, ""
    yield "only-module", None, SOLVED, looks, 2, "there is no notebook of this assignment in the submission"
    yield "empty-book", "", SOLVED, looks, 2, "there is no notebook of this assignment in the submission"
    yield "only-book", book, None, "crashed", 2.5, "no cs231n_lib/initialization.py was handed in"
    pasted = {**book, "cells": [*book["cells"], {"cell_type": "code", "metadata": {}, "source": SOLVED}]}
    yield "pasted", pasted, "import numpy as np\n", waits, 2.5, "the notebook defines he_init"


CASES = {student: case for student, *case in list_cases()}


@pytest.fixture(scope="module")
def lines(course, tmp_path_factory):
    """Grade them all at once; return student -> line of the table."""
    folder = tmp_path_factory.mktemp("cases")
    mine = freeze_course(course, folder / "course", *small_answer_cells())
    for student, (book, module, *_) in CASES.items():
        where = hand_in(folder / "inbox" / student / FROZEN, book, module if isinstance(module, str) else None)
        if isinstance(module, bytes):
            (where / "initialization.py").write_bytes(module)
    found, rejected = grade.grade_class(folder / "inbox", mine, unsafe=True, executor=HereExecutor())
    assert rejected == []
    return {line.student: line for line in found}


@pytest.mark.parametrize("student", CASES)
def test_case_gets_its_mark_and_is_said(lines, student):
    """Are the status, the marks and what is said those of the case?"""
    _, _, status, marks, remark = CASES[student]
    line = lines[student]
    assert (line.status, line.score) == (status, marks) and remark in line.remark
    assert line.manual_pending == 1 and (remark or not line.remark)
