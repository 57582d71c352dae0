"""Files and cells by what they are: is an answer found wherever a service, an editor or a student has put it?"""

import copy
import json

import pytest
from downloads import write_files
from hypothesis import given, settings
from hypothesis import strategies as st
from small_course import (
    ANSWERS,
    FROZEN,
    SOLVED,
    WRITTEN,
    answered_book,
    find_submissions,
    frozen_outline,
    hand_in,
    small_answer_cells,
)

from autograder.course.recognition import recognise_cells
from autograder.course.topics import list_topics
from autograder.inbox import candidates
from autograder.inbox.uploads import read_upload

OUTLINE, BOOK = frozen_outline(), answered_book()
OPEN = {"equal-prediction": "# a number\nprediction_equal = ...", "equal-answer": "# a number\nanswer_equal = ...",
        "symmetry-explanation": "YOUR ANSWER HERE"}


def read(folder, outline=None):
    """Read the only submission of an inbox."""
    rejected = []
    (key, files), = find_submissions(folder, rejected).items()
    assert not rejected
    return read_upload(key, files, outline or frozen_outline())


def submit(tmp_path, book=None, module=SOLVED, name=f"{FROZEN}.ipynb"):
    """Hand in, and read it."""
    hand_in(tmp_path / "ada" / FROZEN, book, module, name)
    return read(tmp_path)


def answers_of(book, outline=None):
    """Return (grade_id -> source, what was not found) of a notebook."""
    found = recognise_cells(book["cells"], outline or frozen_outline())
    return {name: source for name, [source] in found["sources"].items()}, found["not_found"]


def text(source, **more):
    """Return a text cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def code(source, **more):
    """Return a code cell."""
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None, **more}


def index_of(book, name):
    """Return the place of a cell."""
    return next(i for i, cell in enumerate(book["cells"]) if cell["id"] == name)


# -- services that write a notebook anew ----------------------------------------------------------------------------

def by_kaggle(number, cell):
    """Other ids, no metadata of nbgrader's."""
    return {**cell, "id": f"a1b2c3{number:02}", "metadata": {"trusted": True}}


def by_deepnote(number, cell):
    """No ids, and metadata of its own."""
    cell.pop("id")
    return {**cell, "metadata": {"cell_id": f"{number:03}-deadbeef", "deepnote_cell_type": cell["cell_type"]}}


def by_colab(number, cell):
    """The id among the metadata."""
    name = cell.pop("id")
    return {**cell, "metadata": {"id": name, "colab": {"base_uri": "https://localhost"}}}


def by_colab_anew(number, cell):
    """An id of its own among the metadata."""
    cell.pop("id")
    return {**cell, "metadata": {"id": f"Xy{number}zQ"}}


def by_vs_code(number, cell):
    """Everything kept, and more metadata."""
    return {**cell, "metadata": {**cell["metadata"], "vscode": {"languageId": "python"}}}


def by_old_jupyter(number, cell):
    """nbformat 4.0 to 4.4: no ids."""
    cell.pop("id")
    return cell


def by_lines(number, cell):
    """Sources as lists of lines, with blanks at the ends of lines that an editor left, and Windows' line ends."""
    return {**cell, "id": f"n{number}", "metadata": {}, "source": (cell["source"] + "\n").splitlines(keepends=True)}


SERVICES = [by_kaggle, by_deepnote, by_colab, by_colab_anew, by_vs_code, by_old_jupyter, by_lines]


@pytest.mark.parametrize("service", SERVICES)
def test_every_answer_is_found_whatever_a_service_made_of_the_cells(service):
    """Are all three answers found, the written one by its place after its question?"""
    book = answered_book()
    book["cells"] = [service(i, cell) for i, cell in enumerate(book["cells"])]
    found, missing = answers_of(book)
    assert {name: source.strip() for name, source in found.items()} == ANSWERS and missing == []


@pytest.mark.parametrize("service", SERVICES)
def test_untouched_answer_is_found_as_open(service):
    """Is an answer that nobody gave found, and the same as released: no reason for a person to look?"""
    book = answered_book({})
    book["cells"] = [service(i, cell) for i, cell in enumerate(book["cells"])]
    found, missing = answers_of(book)
    assert {name: source.strip() for name, source in found.items()} == OPEN and missing == []


def test_notebook_with_nothing_but_three_cells_of_other_names_is_recognised():
    """Without questions around them: by the variables, and the text after the last of them."""
    book = {"cells": [code(ANSWERS["equal-prediction"], id="a0"), code(ANSWERS["equal-answer"]), text(WRITTEN)]}
    assert answers_of(book) == (ANSWERS, [])


# -- cells that students add, copy, split, merge ----------------------------------------------------------------------

def test_answer_in_an_added_cell_is_found():
    """Are answers found in cells of the student's own, below the given ones, which stay open?"""
    book = answered_book({})
    for name in ANSWERS:
        kind = text if name == "symmetry-explanation" else code
        book["cells"].insert(index_of(book, name) + 1, kind(ANSWERS[name], id=f"x-{name}"))
    assert answers_of(book) == (ANSWERS, [])


def test_answer_above_its_open_cell_is_found():
    """Does the open cell below, which is as it was released, take nothing away?"""
    book = answered_book({})
    book["cells"].insert(index_of(book, "equal-answer"), code("answer_equal = 1"))
    assert answers_of(book)[0]["equal-answer"] == "answer_equal = 1"


def test_answer_in_an_experiment_or_far_away_is_found():
    """Is an assignment at the very end of the notebook found?"""
    book = answered_book({})
    book["cells"].append(code("answer_equal = 1"))
    assert answers_of(book)[0]["equal-answer"] == "answer_equal = 1"


def test_merged_cells_hold_both_answers():
    """Is each answer read from the one cell that is left of two?"""
    book = answered_book()
    merged = f"{ANSWERS['equal-prediction']}\n\n{ANSWERS['equal-answer']}"
    book["cells"][index_of(book, "equal-prediction")]["source"] = merged
    del book["cells"][index_of(book, "equal-answer")]
    found, missing = answers_of(book)
    assert found["equal-prediction"] == found["equal-answer"] == merged and missing == []


@pytest.mark.parametrize("first, second, counts, remarks", [
    ("# a number\nanswer_small = 0.5", "# a number\nanswer_small = 0.22", "0.22", 1),
    ("# a number\nanswer_small = 0.22", "# a number\nanswer_small = 0.5", "0.5", 1),
    ("# a number", "answer_small = 0.22", "0.22", 0), ("# a number\nanswer_small = 0.22", "", "0.22", 0),
    ("answer_small = 0.22", "# again\nanswer_small = 0.22", "0.22", 0),
])
def test_of_copied_cells_the_last_that_assigns_counts(first, second, counts, remarks):
    """A copied or split cell has the name twice: does what the notebook says at the end count, and is it told?"""
    outline, book = frozen_outline(*small_answer_cells()), answered_book({}, *small_answer_cells())
    place = index_of(book, "small-answer")
    book["cells"].insert(place + 1, {**copy.deepcopy(book["cells"][place]), "id": "copy0"})
    book["cells"][place]["source"], book["cells"][place + 1]["source"] = first, second
    found = recognise_cells(book["cells"], outline)
    assert found["sources"]["small-answer"][0].endswith(f"answer_small = {counts}")
    assert len(found["remarks"]) == remarks and all("the last one counts" in line for line in found["remarks"])


def test_later_computation_takes_no_answer_away():
    """After a literal that the check has noted, a cell of one's own computes with the same name: does it not count?"""
    book = answered_book()
    book["cells"].append(code("answer_equal = 2 * 0.5"))
    assert answers_of(book) == (ANSWERS, [])


def test_scratch_cell_is_never_read_as_an_answer():
    """Is code of the student's own in a scratch cell no answer, with its name and without?"""
    scratch = code("answer_equal = 99", id="equal-scratch", metadata={"cs231n": {"kind": "scratch"}})
    outline = frozen_outline()
    outline["cells"].append({"name": "equal-scratch", "kind": "scratch", "variable": "", "source": "# yours"})
    for lost in ({}, {"id": "x"}):
        book = answered_book()
        book["cells"].append({**scratch, **lost})
        assert answers_of(book, outline) == (ANSWERS, [])


def test_parts_of_a_written_answer_are_joined():
    """Is a text that was split, or went on in another cell, one text again, in order, and each part there once?"""
    book = answered_book()
    place = index_of(book, "symmetry-explanation")
    copied = {**copy.deepcopy(book["cells"][place]), "id": "c", "source": "Second."}
    book["cells"][place]["source"] = "First."
    book["cells"][place + 1:place + 1] = [copied, code("1 + 1"), text("Third."), {**copied, "source": "First."}]
    assert answers_of(book)[0]["symmetry-explanation"] == "First.\n\nSecond.\n\nThird."


OTHERS = {name: source for name, source in ANSWERS.items() if name != "symmetry-explanation"}


@pytest.mark.parametrize("service", [*SERVICES, None])
@pytest.mark.parametrize("place, cell", [
    (0, text(WRITTEN)), (1, text(WRITTEN)), (0, {**text(WRITTEN), "cell_type": "raw"}), (1, code(f"# {WRITTEN}")),
    (1, code(f'"""{WRITTEN}"""')), (1, code(WRITTEN)), (0, code(WRITTEN)),
], ids=["above", "below", "raw", "comment", "string", "words", "words above"])
def test_written_answer_beside_its_open_cell_is_read(service, place, cell):
    """Does a person get what stands in a cell of the student's own below the question, if its cell was left open?"""
    book = answered_book(OTHERS)
    book["cells"].insert(index_of(book, "symmetry-explanation") + place, {**cell, "id": "own"})
    if service:
        book["cells"] = [service(i, {**cell}) for i, cell in enumerate(book["cells"])]
    found, missing = answers_of(book)
    assert WRITTEN in found["symmetry-explanation"] and "YOUR ANSWER" not in found["symmetry-explanation"]
    assert not missing


@pytest.mark.parametrize("cell", [code("1 + 1"), code("%timeit 1"), code("x = 1  # so", metadata={"cs231n": {
    "kind": "scratch"}}), code("# mine", metadata={"cs231n": {"kind": "scratch"}})])
def test_code_beside_a_written_answer_is_no_part_of_it(cell):
    """Is code no answer, and are comments in a code cell none where the answer was written in its place?"""
    for answers, said in ((OTHERS, OPEN["symmetry-explanation"]), (ANSWERS, WRITTEN)):
        book = answered_book(answers)
        place = index_of(book, "symmetry-explanation") + 1
        book["cells"][place:place] = [{**cell, "id": "own"}, *([code("# what I tried")] if answers is ANSWERS else [])]
        assert answers_of(book)[0]["symmetry-explanation"] == said


def test_written_answer_in_the_cell_of_its_question_is_read():
    """Does a person get what a student wrote below the question, in the same cell?"""
    book = answered_book({})
    book["cells"][index_of(book, "symmetry-question")]["source"] += f"\n\n{WRITTEN}"
    assert answers_of(book)[0]["symmetry-explanation"] == WRITTEN


def test_cell_that_a_service_has_added_is_no_part_of_an_answer():
    """Is what Deepnote puts at the end of a notebook not a text of the student's?"""
    for answers in (ANSWERS, OTHERS):
        book = answered_book(answers)
        del book["cells"][index_of(book, "symmetry-explanation") + 1:]
        expected = answers_of(book)
        book["cells"].append(text("<a href='https://deepnote.com'>Created in Deepnote</a>",
                                  metadata={"created_in_deepnote_cell": True, "deepnote_cell_type": "markdown"}))
        assert answers_of(book) == expected


def test_longest_joined_answer_fits_a_cell():
    """Is what is joined never longer than a cell may be, and is that told?"""
    book = answered_book()
    place = index_of(book, "symmetry-explanation")
    book["cells"][place + 1:place + 1] = [text(letter * 15_000) for letter in "ab"]
    found = recognise_cells(book["cells"], frozen_outline())
    assert found["sources"]["symmetry-explanation"][0] == f"{WRITTEN}\n\n{'a' * 15_000}"
    assert "the last ones are left out" in found["remarks"][0]


def test_text_of_a_student_elsewhere_is_no_answer():
    """Are notes under another question no part of a written answer?"""
    book = answered_book({})
    book["cells"].insert(2, text("Note to self."))
    book["cells"].append(text("Done!"))
    assert answers_of(book)[0]["symmetry-explanation"] == "YOUR ANSWER HERE"


def test_deleted_answer_is_not_found(tmp_path):
    """Is an answer whose cell was deleted counted as not found, and named?"""
    book = answered_book()
    book["cells"] = [cell for cell in book["cells"] if cell["id"] not in ("equal-answer", "symmetry-explanation")]
    assert answers_of(book)[1] == ["equal-answer", "symmetry-explanation"]
    upload = submit(tmp_path, book)
    assert upload.doubts == ["1 of 3 answers were found in the notebook, not equal-answer, symmetry-explanation"]


def test_two_lost_written_answers_in_one_place_are_left_to_a_person():
    """Where two answers could stand: is neither given the text?"""
    outline = frozen_outline()
    outline["cells"].insert(-1, {**outline["cells"][-2], "name": "second-explanation"})
    book = answered_book()
    book["cells"] = [by_kaggle(i, cell) for i, cell in enumerate(book["cells"])]
    assert answers_of(book, outline)[1] == ["symmetry-explanation", "second-explanation"]


def test_assignments_of_the_notebook_itself_are_no_answers():
    """Is a released cell that was left as it is never taken for an answer, and a test cell not at all?"""
    outline = frozen_outline()
    outline["cells"].append({"name": "demo", "kind": "", "variable": "", "source": "answer_equal = 99"})
    book = answered_book()
    book["cells"].append(code("answer_equal = 99", id="demo"))
    book["cells"][index_of(book, "equal-answer-test")]["source"] = "answer_equal = 98"
    assert answers_of(book, outline) == (ANSWERS, [])


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.sampled_from(SERVICES), st.sets(st.integers(0, 20)), st.lists(st.tuples(st.integers(0, 20), st.booleans()),
                                                                      max_size=4))
def test_no_answer_is_taken_for_open_whatever_else_was_deleted_or_added(service, deleted, added):
    """Cells lost beside the answers, cells put in, names gone: is each answer found whole, or said to be lost?"""
    book = copy.deepcopy(BOOK)
    kept = [cell for i, cell in enumerate(book["cells"]) if i not in deleted or cell["id"] in ANSWERS]
    for place, is_code in added:
        kept.insert(place, code("1 + 1") if is_code else text("A note."))
    book["cells"] = [service(i, {"id": f"new-{i}", **cell}) for i, cell in enumerate(kept)]
    found, missing = answers_of(book, OUTLINE)
    assert set(found) | set(missing) == set(ANSWERS)
    for name, source in found.items():
        assert ANSWERS[name].strip() in source
    assert set(missing) <= {"symmetry-explanation"}


# -- files ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", [
    f"Copy of {FROZEN}.ipynb", f"{FROZEN} (1).ipynb", f"{FROZEN}-Copy1.ipynb", f"{FROZEN}_garcia.ipynb",
    f"{FROZEN}.ipynb.txt", f"{FROZEN}.ipynb.json", "03_Initialization.ipynb", f"{FROZEN}.IPYNB", "Untitled.ipynb",
    f"{FROZEN}-2.ipynb", f"{FROZEN}.json", f"Kopie von {FROZEN}.ipynb", "mein heft.ipynb", f"deep/down/{FROZEN}.ipynb",
])
def test_renamed_notebook_is_recognised_by_its_cells(tmp_path, name):
    """Is the only notebook of a submission the assignment's, with a remark on its name?"""
    folder = (tmp_path / "ada" / FROZEN / name).parent
    hand_in(folder, answered_book(), None, name.rpartition("/")[2])
    upload = read(hand_in(tmp_path / "ada" / FROZEN).parents[1])
    assert {name: source for name, [source] in upload.sources.items()} == ANSWERS
    assert upload.module == SOLVED and (upload.doubts, upload.not_found) == ([], [])
    assert [line.partition(f": taken as {FROZEN}.ipynb")[0] for line in upload.remarks] == [name]


@pytest.mark.parametrize("name", [
    "initialization (1).py", "initialization-1.py", "Initialization.py", "initialization.py.txt", "INITIALIZATION.PY",
    "cs231n_lib/cs231n_lib/initialization.py", "lib/initialization.py", "my module.py", "initialization.txt",
])
def test_renamed_module_is_recognised_by_its_functions(tmp_path, name):
    """Is the only file that defines functions of the assignment its module, with a remark?"""
    file = hand_in(tmp_path / "ada" / FROZEN, answered_book(), None) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(SOLVED)
    upload = read(tmp_path)
    assert upload.module == SOLVED and upload.doubts == []
    assert [line.partition(": taken as cs231n_lib/initialization.py")[0] for line in upload.remarks] == [name]


@pytest.mark.parametrize("name, content", [
    ("notes.txt", "def think(): pass"), ("plan.ipynb", '{"cells": [{"source": "x = 1"}]}'),
    ("data.json", '{"cells": 3}'),
    ("helper.py", "def scale(x):\n    return x\n"), ("broken.ipynb", '{"cells": ['), (".zero.py", SOLVED),
    ("zero.pyc", SOLVED),
])
def test_file_that_is_neither_is_left_out_by_name(tmp_path, name, content):
    """Is another file named and not taken, and no reason to look?"""
    file = hand_in(tmp_path / "ada" / FROZEN, answered_book()) / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(content)
    upload = read(tmp_path)
    assert upload.remarks == [f"{name}: not a file of this assignment, left out"]
    assert upload.module == SOLVED and not upload.doubts and not upload.not_found


@pytest.mark.parametrize("name, content", [
    (".ipynb_checkpoints/a-checkpoint.ipynb", json.dumps(answered_book({}))), ("__MACOSX/._initialization.py", SOLVED),
    ("__pycache__/initialization.py", SOLVED),
])
def test_what_a_system_or_editor_keeps_for_itself_is_no_candidate(tmp_path, name, content):
    """Is a hidden copy, which may be older, never the notebook or the module, and no reason to look?"""
    file = hand_in(tmp_path / "ada" / FROZEN, answered_book({}), None) / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(content)
    upload = read(tmp_path)
    assert upload.module is None and upload.sources["equal-answer"] == [OPEN["equal-answer"]] and not upload.doubts


@pytest.mark.parametrize("name, content, said", [
    (f"Copy of {FROZEN}.ipynb", b'{"cells": [', "not a notebook (broken JSON?)"),
    ("initialization (1).py", f"{SOLVED}X = 'ü'\n".encode("cp1252"), "is not UTF-8, perhaps Windows-1252"),
    ("lib/initialization.py", SOLVED.encode("utf-16"), "saved as UTF-16"),
])
def test_renamed_file_that_cannot_be_read_says_why(tmp_path, name, content, said):
    """Is a renamed file that is broken told by its own name, and not as some other file?"""
    file = hand_in(tmp_path / "ada" / FROZEN, answered_book()) / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    remark, = read(tmp_path).remarks
    assert remark.startswith(f"{name}: ") and said in remark


def test_of_two_different_notebooks_a_person_chooses(tmp_path):
    """An untouched notebook beside the copy that was worked in: are both named, and is none of the answers a zero?"""
    hand_in(tmp_path / "ada" / FROZEN, answered_book({}))
    upload = submit(tmp_path, answered_book(), name=f"{FROZEN} (1).ipynb")
    assert upload.doubts == [f"{FROZEN}.ipynb and {FROZEN} (1).ipynb may each be {FROZEN}.ipynb: the first counts "
                             "until a person has chosen"]
    assert upload.not_found == list(ANSWERS) and upload.sources["equal-answer"] == [OPEN["equal-answer"]]


def test_of_two_different_modules_a_person_chooses(tmp_path):
    """A module in its folder and another beside it: are both named, and does the one in its place count?"""
    (hand_in(tmp_path / "ada" / FROZEN, answered_book(), "# empty\n") / "initialization.py").write_text(SOLVED)
    upload = read(tmp_path)
    assert upload.module == "# empty\n"
    assert "cs231n_lib/initialization.py and initialization.py may each be" in upload.doubts[0]


def test_remark_that_matters_is_not_lost_among_the_files_of_a_workspace(tmp_path):
    """Are a whole workspace's other files two lines, so that a file of the student's and an import are still named?"""
    folder = hand_in(tmp_path / "ada" / FROZEN, answered_book(), f"from cs231n_lib.mine import x\n{SOLVED}")
    files = {f"0{n}_{topic}.ipynb": "{}" for n, topic in enumerate(list_topics()) if topic != "initialization"}
    files |= {f"cs231n_lib/{topic}.py": "x = 1\n" for topic in list_topics() if topic != "initialization"}
    files |= {f"cs231n_lib/lab/check/{n}.py": "" for n in range(30)} | {"notes.txt": "x"}
    upload = read(write_files(folder, files).parents[1])
    others = len(list_topics()) - 1
    assert upload.module and len(upload.remarks) == 4 and "line 1" in upload.remarks[0]
    assert upload.remarks[1] == "notes.txt: not a file of this assignment, left out"
    assert upload.remarks[2].startswith(f"{2 * others} files of other assignments, left out: ")
    assert upload.remarks[3].startswith("30 files of the workspace that nobody hands in, left out: ")


def test_text_in_the_place_of_a_written_answer_makes_no_notebook_the_assignments(tmp_path):
    """Is a notebook that has nothing of the assignment but given cells not taken for its notebook?"""
    shared = [cell for cell in answered_book({})["cells"] if cell["id"] in ("setup", "symmetry-question")]
    notes = {**answered_book({}), "cells": [*shared, text("What I learned today.", id="mine")]}
    assert recognise_cells(notes["cells"], OUTLINE)["known"] == 0
    folder = hand_in(tmp_path / "ada" / FROZEN, answered_book())
    hand_in(folder, notes, None, "notes.ipynb")
    upload = read(tmp_path)
    assert upload.doubts == [] and upload.remarks == ["notes.ipynb: not a file of this assignment, left out"]


def test_notebook_of_another_assignment_is_no_rival(tmp_path):
    """Is a notebook that is named after another assignment and shares some of the cells left out, and no doubt?"""
    folder = hand_in(tmp_path / "ada" / FROZEN, answered_book())
    book = answered_book({})
    shared = [cell for cell in book["cells"] if cell["id"] in ("setup", "symmetry-question", "equal-answer-test")]
    book["cells"] = [*shared, text("YOUR ANSWER HERE", id="other-why"), code("answer_steep = 1", id="other-answer")]
    hand_in(folder, book, None, "01_activations.ipynb")
    upload = read(tmp_path)
    assert {name: source for name, [source] in upload.sources.items()} == ANSWERS and not upload.doubts
    assert upload.remarks == ["01_activations.ipynb: not a file of this assignment, left out"]


def test_notebook_that_is_named_after_another_assignment_is_known_by_most_of_its_cells(tmp_path):
    """Is a notebook under the name of another assignment taken, if it has most of the cells?"""
    hand_in(tmp_path / "ada" / FROZEN, answered_book(), SOLVED, "01_activations.ipynb")
    upload = read(tmp_path)
    assert {name: source for name, [source] in upload.sources.items()} == ANSWERS and not upload.doubts


def test_identical_copies_need_no_remark(tmp_path):
    """Are copies with the same content, whatever their names and outputs, as good as one?"""
    (hand_in(tmp_path / "ada" / FROZEN, answered_book()) / "initialization (1).py").write_text(SOLVED)
    book = answered_book()
    book["metadata"]["colab"] = {"name": "x"}
    upload = submit(tmp_path, book, name=f"{FROZEN} (1).ipynb")
    assert upload.module == SOLVED and upload.remarks == upload.doubts == upload.not_found == []


@pytest.mark.parametrize("book", [None, "", "{", '{"cells": []}', "not a notebook"])
def test_notebook_that_is_missing_or_empty_is_said_and_none_of_its_answers_found(tmp_path, book):
    """Is a missing notebook a reason to look, and not an untouched one?"""
    upload = submit(tmp_path, book)
    assert upload.not_found == list(ANSWERS) and upload.module == SOLVED
    expected = "0 of 3 answers were found" if book == '{"cells": []}' else "there is no notebook of this assignment"
    assert expected in upload.doubts[0]


@pytest.mark.parametrize("module, said", [
    ("def he_init(a, b):\n    raise NotImplementedError\n", True), ("x = 1\n", True), (None, True), (SOLVED, False),
])
def test_function_pasted_into_the_notebook_is_pointed_at(tmp_path, module, said):
    """Is a function that stands in the notebook while the module has none of its own named, and only then?"""
    book = answered_book()
    book["cells"].append(code("def he_init(a, b):\n    return 0\n\ndef mine():\n    pass"))
    lines = [line for line in submit(tmp_path, book, module).remarks if "the notebook defines" in line]
    assert bool(lines) is said
    assert all("he_init, which the grader looks for in cs231n_lib/initialization.py only" in line for line in lines)


def test_notebook_of_17_megabytes_of_outputs_is_read(tmp_path):
    """Are outputs, which nobody reads, no reason to lose the answers?"""
    book = answered_book()
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * 17 * 2**20}}
    book["cells"][1]["outputs"] = [picture]
    upload = submit(tmp_path, book)
    assert {name: source for name, [source] in upload.sources.items()} == ANSWERS
    assert upload.remarks == upload.doubts == []


def test_only_some_files_of_other_names_are_tried(tmp_path, monkeypatch):
    """Do a thousand scripts cost no thousand readings?"""
    folder = hand_in(tmp_path / "ada" / FROZEN, answered_book())
    for number in range(candidates.MOST_TRIED + 5):
        (folder / f"zz{number}.py").write_text("x = 1\n")
    seen = []
    monkeypatch.setattr("autograder.inbox.uploads.read_module_text", lambda *args: seen.append(args) or "x")
    assert read(tmp_path).module == "x" and len(seen) == candidates.MOST_TRIED + 1


def test_files_of_other_names_that_take_long_are_only_some(tmp_path, monkeypatch):
    """Is no further file tried once those of other names took long, and does the file of the right name count?"""
    folder = hand_in(tmp_path / "ada" / FROZEN, answered_book())
    for number in range(20):
        (folder / f"zz{number}.json").write_text("{}")
    seen = []
    monkeypatch.setattr("autograder.inbox.uploads.count_seconds", lambda: 3.0 * len(seen))
    monkeypatch.setattr("autograder.inbox.uploads.looks_like_json", lambda data: seen.append(data))
    upload = read(tmp_path)
    assert len(seen) == 3 and set(upload.sources) == set(ANSWERS)
    assert any("zz9.json" in line or "more" in line for line in upload.remarks)


def test_hostile_notebook_is_a_remark_and_a_reason_to_look(tmp_path):
    """Does a notebook that costs too much keep no other file from being read?"""
    upload = submit(tmp_path, '{"cells": ' + "[" * 100_000)
    assert upload.module == SOLVED and upload.not_found == list(ANSWERS) and len(upload.doubts) == 1
