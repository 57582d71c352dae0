"""Submissions as courses have seen them: which test is about which case, and the files of a case as they arrived.

``TABLE`` names the tests of each of the 23 cases that were collected when the inbox was written. Those in which the
names of files matter stand in ``LAYOUTS`` with exactly these names, on a small course of their own.
"""

import ast
from functools import cache

import pytest
from downloads import ADA, ANA, ANA2, WEI, pack_zip, roster_of, write_files
from workspaces import FIRST, SECOND, fill_notebook, write_course

from autograder.course.assignment import load_assignment
from autograder.course.roster import RosterEntry, read_roster
from autograder.course.solution_regions import make_stub, solve_functions
from autograder.inbox.reading import read_inbox
from autograder.inbox.uploads import read_submission
from autograder.reference import ROOT

HERE, INBOX = "autograder/test_case_table.py::", "autograder/inbox/"
LAYOUT = f"{HERE}test_files_as_they_arrived_are_read"
GRADED = "autograder/test_cases.py::test_case_gets_its_mark_and_is_said"
TO_LOOK, DUE = "autograder/gradebook/test_to_look_at.py::", "autograder/gradebook/test_due_dates.py::"
RECOGNITION, COMMANDS = f"{INBOX}test_recognition.py::", "lab/commands/test_commands.py::"
TABLE = {
    "answer-in-added-cell": [f"{RECOGNITION}test_answer_in_an_added_cell_is_found",
                             f"{RECOGNITION}test_merged_cells_hold_both_answers",
                             f"{RECOGNITION}test_function_pasted_into_the_notebook_is_pointed_at", GRADED],
    "brightspace-folders": [LAYOUT, f"{INBOX}test_made_classes.py::test_class_goes_from_the_download_to_the_marks"],
    "canvas-flat-download": [LAYOUT, f"{INBOX}test_graded_downloads.py::"
                             "test_canvas_download_is_graded_by_its_own_gradebook"],
    "canvas-zip-resubmission": [LAYOUT, f"{INBOX}test_reading.py::test_later_attachment_of_canvas_counts"],
    "due-date-zone": [f"{DUE}test_due_date_is_printed_as_it_was_understood",
                      f"{DUE}test_date_set_by_nbgrader_that_looks_misread_is_named",
                      "autograder/course/test_times.py::test_what_nbgrader_reads_wrongly_is_refused_with_its_text"],
    "duplicated-answer-cell": [f"{RECOGNITION}test_of_copied_cells_the_last_that_assigns_counts"],
    "foreign-cell-ids": [f"{RECOGNITION}test_every_answer_is_found_whatever_a_service_made_of_the_cells", GRADED],
    "gradescope-export": [LAYOUT, f"{INBOX}test_graded_downloads.py::"
                          "test_group_hands_in_once_and_all_get_the_mark"],
    "import-of-sibling": [GRADED, f"{COMMANDS}test_submit_names_what_grading_refuses_and_packs_it",
                          "lab/check/test_same_law.py::"
                          "test_import_that_the_grader_lacks_is_refused_everywhere_in_the_same_words"],
    "large-outputs": [f"{RECOGNITION}test_notebook_of_17_megabytes_of_outputs_is_read"],
    "late-over-clock-change": [f"{DUE}test_day_of_twenty_five_hours_is_one_day",
                               f"{DUE}test_nbgraders_own_road_gives_the_same_penalty"],
    "module-cp1252": [GRADED, "lab/check/test_same_law.py::test_module_of_a_windows_editor_earns_its_points"],
    "nested-workspace": [LAYOUT, f"{INBOX}test_workspaces.py::"
                         "test_workspace_in_any_download_is_handed_in_where_there_is_work_in_it"],
    "newer-python": [GRADED, "lab/test_modules.py::test_syntax_of_a_newer_python_is_named_with_what_to_do"],
    "notebook-missing": [LAYOUT, GRADED, f"{TO_LOOK}test_notebook_of_an_earlier_submission_is_kept_and_its_loss_said",
                         f"{TO_LOOK}test_page_says_what_was_not_found_and_shows_nothing_that_was_not_written"],
    "nothing-recognised": [f"{INBOX}test_graded_downloads.py::"
                           "test_inbox_in_which_nothing_is_recognised_touches_nothing"],
    "renamed-module": [f"{RECOGNITION}test_renamed_module_is_recognised_by_its_functions"],
    "renamed-notebook": [f"{RECOGNITION}test_renamed_notebook_is_recognised_by_its_cells",
                         f"{RECOGNITION}test_of_two_different_notebooks_a_person_chooses"],
    "roster-from-lms": [f"{HERE}test_tables_of_students_as_they_arrived_are_read",
                        "autograder/course/test_roster.py::test_table_of_an_lms_is_a_roster_as_it_is"],
    "same-name-two-students": [LAYOUT, f"{INBOX}test_reading.py::test_two_students_of_one_name_are_two"],
    "second-inbox": [f"{INBOX}test_graded_downloads.py::test_second_inbox_adds_to_the_tables",
                     f"{TO_LOOK}test_notebook_of_an_earlier_submission_is_kept_and_its_loss_said"],
    "submit-blocked-by-other-notebook": [f"{COMMANDS}test_broken_notebook_keeps_no_other_back",
                                         f"{COMMANDS}test_copy_of_a_notebook_is_named"],
    "two-copies-conflict": [LAYOUT, f"{RECOGNITION}test_of_two_different_modules_a_person_chooses"],
}
"""Case -> its tests, as file and name."""

BOOK, MODULE = "03_initialization.ipynb", "initialization.py"
WORK = {BOOK: fill_notebook(SECOND, answer="answer_initialization = 1", why="It breaks the symmetry."),
        MODULE: solve_functions("initialization", ["he_init"])}
PACKED = pack_zip({BOOK: WORK[BOOK], f"cs231n_lib/{MODULE}": WORK[MODULE]})
WORKSPACE = {f"cs231n-workbook/{name}": text for name, text in {
    BOOK: WORK[BOOK], "01_activations.ipynb": fill_notebook(FIRST), f"cs231n_lib/{MODULE}": WORK[MODULE],
    "cs231n_lib/activations.py": make_stub("activations"), "README.md": "x"}.items()}
METADATA = """---
submission_311:
  :submitters:
  - :name: Ana Garcia
    :sid: '0042'
    :email: ana@example.edu
  :created_at: 2025-10-03 23:34:10.000000000 -07:00
submission_312:
  :submitters:
  - :name: Wei Li
    :sid: '0043'
    :email: wei@example.edu
  - :name: Ada Okafor
    :sid: '0044'
    :email: ada@example.edu
  :created_at: 2025-10-04 00:12:01.000000000 -07:00
"""


def place(folder, **changed):
    """Return the notebook and the module as files of a folder; a name may have another content, by "book", "module"."""
    return {f"{folder}{BOOK}": changed.get("book", WORK[BOOK]),
            f"{folder}{MODULE}": changed.get("module", WORK[MODULE])}


BRIGHTSPACE = {
    "index.html": "<html>", **place("20451-88001 - Ana Garcia - Oct 3, 2025 1134 PM/", module="old"),
    **place("20451-88001 - Ana Garcia - Oct 4, 2025 901 AM/"),
    "20452-88001 - Wei Li - Oct 3, 2025 1058 PM/03_initialization.zip": PACKED}
FLAT = {"garciaana_20451_998801_03_initialization.ipynb": WORK[BOOK],
        "garciaana_20451_998802_initialization.py": WORK[MODULE],
        "liwei_LATE_20452_998811_03_initialization-1.ipynb": WORK[BOOK],
        "liwei_LATE_20452_998812_initialization-1.py": WORK[MODULE],
        "okaforada_20453_998821_initialization-2.py": WORK[MODULE]}
ZIPS = {"garciaana_20451_998801_03_initialization.zip": PACKED,
        "liwei_LATE_20452_998811_03_initialization-1.zip": PACKED,
        "okaforada_20453_998821_03_initialization (1).zip": PACKED}
NAMESAKES = {"garciaana_20451_998801_03_initialization.zip": PACKED,
             "garciaana_20459_998899_03_initialization.zip": pack_zip({f"cs231n_lib/{MODULE}": WORK[MODULE]})}
NESTED = {**{f"gil/{SECOND}/{name}": text for name, text in WORKSPACE.items() if not name.endswith(".md")},
          f"hana/{SECOND}.zip": pack_zip(WORKSPACE), "ian.zip": pack_zip(WORKSPACE),
          f"kit/{SECOND}.zip": pack_zip(place("Downloads/hw3/")), "lee/handin.zip": PACKED}
MISSING = {f"empty_notebook/{SECOND}/{BOOK}": "", f"empty_notebook/{SECOND}/cs231n_lib/{MODULE}": WORK[MODULE],
           f"only_module/{SECOND}/cs231n_lib/{MODULE}": WORK[MODULE], f"only_notebook/{SECOND}/{BOOK}": WORK[BOOK]}
COPIES = {
    f"ann/{SECOND}/{BOOK}": WORK[BOOK], f"ann/{SECOND}/cs231n_lib/{MODULE}": make_stub("initialization"),
    f"ann/{SECOND}/{MODULE}": WORK[MODULE], f"ben/{SECOND}/{BOOK}": WORK[BOOK],
    f"ben/{SECOND}/cs231n_lib/{MODULE}": WORK[MODULE],
    f"ben/{SECOND}.zip": pack_zip(place("", book=fill_notebook(SECOND), module=make_stub("initialization"))),
    f"cat/{SECOND}/{BOOK}": WORK[BOOK], f"cat/{SECOND}/cs231n_lib/{MODULE}": WORK[MODULE],
    f"cat/{SECOND}/notebooks/{BOOK}": fill_notebook(SECOND)}
NAMED = roster_of(RosterEntry("ana", "Ana", "Garcia"), RosterEntry("wei", "Wei", "Li"))
WHOLE, PEOPLE = ("both", 0, False), roster_of(ANA, WEI, ADA, ANA2)
"""What counts of a submission: which files, how many answers were not found, whether a person has to look."""
LAYOUTS = {
    "brightspace-folders": (BRIGHTSPACE, NAMED,
                            {"ana": WHOLE, "wei": WHOLE}, f"1134 PM ({BOOK}, {MODULE}): earlier"),
    "canvas-flat-download": (FLAT, PEOPLE, {"ana": WHOLE, "wei": WHOLE, "ada": ("module", 2, True)}, "no notebook"),
    "canvas-zip-resubmission": (ZIPS, PEOPLE, {"ana": WHOLE, "wei": WHOLE, "ada": WHOLE}, ""),
    "gradescope-export": ({"submission_metadata.yml": METADATA, **place("submission_311/"), **place("submission_312/")},
                          PEOPLE, {"ana": WHOLE, "wei": WHOLE, "ada": WHOLE}, "handed in by a group: ada and wei"),
    "same-name-two-students": (NAMESAKES, PEOPLE, {"ana": WHOLE, "ana2": ("module", 2, True)}, "no notebook"),
    "nested-workspace": (NESTED, {}, dict.fromkeys(("gil", "hana", "ian", "kit", "lee"), WHOLE),
                         f"as they were released, so not taken as handed in: {FIRST}"),
    "notebook-missing": (MISSING, {}, {"empty_notebook": ("module", 2, True), "only_module": ("module", 2, True),
                                       "only_notebook": ("notebook", 0, False)}, "there is no notebook"),
    "two-copies-conflict": (COPIES, {}, {"ann": ("both", 0, True), "ben": ("both", 0, True), "cat": ("both", 2, True)},
                            f"cs231n_lib/{MODULE} and {MODULE} may each be"),
}
"""Case -> (files, roster, student -> what counts, part of what is said)."""


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Return a course with the releases."""
    return write_course(tmp_path_factory.mktemp("course"))


@pytest.mark.parametrize("case", LAYOUTS)
def test_files_as_they_arrived_are_read(tmp_path, released, case):
    """Is each student's work found under the names that it came with, and nothing else, and is what was done said?"""
    files, roster, expected, said = LAYOUTS[case]
    reading = read_inbox(write_files(tmp_path, files), roster, find_release=lambda: released)
    assert {assignment for _, assignment in reading.submissions} == {SECOND}
    outline, found, lines = load_assignment(released, SECOND).outline, {}, list(reading.rejected)
    for key, submission in reading.submissions.items():
        upload = read_submission(key, submission, outline)
        parts = {(True, True): "both", (True, False): "notebook", (False, True): "module"}
        found[key[0]] = (parts[upload.sources is not None, upload.module is not None], len(upload.not_found),
                         bool(upload.doubts))
        assert upload.module in (None, WORK[MODULE], make_stub("initialization"))
        lines += [*upload.doubts, *upload.remarks]
    assert found == expected and said in "\n".join(lines)


ROSTERS = {
    "canvas_gradebook.csv": 'Student,ID,SIS User ID,SIS Login ID,Section,Activations (48151),Current Score\n'
    '    Points Possible,,,,,54.5,(read only)\n,,,,,Manual Posting,\n'
    '"Garcia, Ana",20451,0042,ana,"Section 1 and Section 2",,\n"Li, Wei",20452,0043,wei,Section 1,,\n'
    '"Student, Test",20499,,9f8e7d,Section 1,,\n',
    "gradescope_roster.csv": "First Name,Last Name,SID,Email,Role,Section\nAna,Garcia,0042,ana@example.edu,Student,1\n"
    "Pat,Staff,,pat@example.edu,TA,1\n",
    "two_sections.csv": "student,first name,last name,section\nana,Ana,Garcia,1\nwei,Wei,Li,1\nana,Ana,Garcia,2\n",
}


@pytest.mark.parametrize("name, ids", [("canvas_gradebook.csv", ["ana", "wei"]), ("gradescope_roster.csv", ["0042"]),
                                       ("two_sections.csv", ["ana", "wei"])])
def test_tables_of_students_as_they_arrived_are_read(tmp_path, name, ids):
    """Are the students of each table known, and its other lines no students?"""
    assert list(read_roster(write_files(tmp_path, ROSTERS) / name)) == ids


@cache
def list_tests(file):
    """Return the names of the tests in a file."""
    return {node.name for node in ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8")).body
            if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("case", TABLE)
def test_case_has_its_tests(case):
    """Is each test of the table there, and is every case with names of files in it among the layouts?"""
    named = [test.split("::") for test in TABLE[case]]
    assert named and not [name for file, name in named if name not in list_tests(file)]
    assert (LAYOUT in TABLE[case]) == (case in LAYOUTS)


def test_table_holds_all_cases_and_nothing_but_cases():
    """Are there 23 cases, and is every layout one of them?"""
    assert len(TABLE) == 23 and set(LAYOUTS) <= set(TABLE)
