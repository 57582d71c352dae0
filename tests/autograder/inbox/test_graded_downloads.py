"""From a download to the tables: a course of one notebook is graded from what an LMS gives."""

import argparse
import csv

import nbformat
import pytest
from downloads import ADA, ANA, ASSIGNMENT, MODULE, NOTEBOOK, WEI, pack_zip, write_files
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_checkout import TOPIC, Judges, checkout, course, released  # noqa: F401  # fixtures

from autograder import __main__, grade
from autograder.course import solution_regions, submission_state
from autograder.errors import CourseError
from autograder.gradebook import lateness, records
from autograder.inbox.reading import Options
from autograder.reports import similarity

ROSTER = """Student,ID,SIS User ID,SIS Login ID,Section,Activations (48151)
    Points Possible,,,,,54.5
"Garcia, Ana",20451,0042,ana,1,
"Li, Wei",20452,0043,wei,1,
"Okafor, Ada",20453,0044,ada,2,
"Student, Test",20499,,9f8e7d,1,
"""


def work(*functions, answer="a"):
    """Return what a student hands in: the notebook, and the module with some functions written."""
    written = [new_markdown_cell("Because.", id=name) for name in ("x-why", "y-why")]
    cells = [new_code_cell(f'prediction_x = "{answer}"', id="x-prediction"), *written]
    return {NOTEBOOK: nbformat.writes(new_notebook(cells=cells)),
            f"cs231n_lib/{MODULE}": solution_regions.solve_functions(TOPIC, list(functions))}


def run(inbox, course, tmp_path, roster=ROSTER, **options):  # noqa: F811
    """Grade an inbox; return the exit code and student -> mark in the table."""
    roster_file = None
    if roster:
        roster_file = write_files(tmp_path, {"roster.csv": roster}) / "roster.csv"
    code = grade.run_grade(inbox, tmp_path / "out", course, roster=roster_file, executor=Judges(),
                           options=Options(**options))
    return code, read_marks(tmp_path / "out")


def read_marks(output):
    """Return student -> score in ``summary.csv``."""
    with open(output / "summary.csv", newline="") as file:
        return {line["student"]: float(line["score"]) for line in csv.DictReader(file)}


def test_canvas_download_is_graded_by_its_own_gradebook(course, tmp_path, capsys):  # noqa: F811
    """Does Canvas's download, with Canvas's gradebook as the roster, come out as marks, and the unknown as a line?"""
    inbox = write_files(tmp_path / "inbox", {"submissions.zip": pack_zip({
        **{f"garciaana_20451_{n}_{name.rpartition('/')[2]}": text
           for n, (name, text) in enumerate(work("relu_forward", "tanh_forward").items())},
        f"liwei_LATE_20452_7_{ASSIGNMENT}-1.zip": pack_zip(work("relu_forward")),
        f"doejo_20460_8_{MODULE}": "x"})})
    assert run(inbox, course, tmp_path) == (0, {"ana": 1, "wei": 1})
    printed = capsys.readouterr().out
    assert "not graded: doejo_20460 (doejo_20460_8_activations.py): to look at, not on the roster" in printed


def test_notebook_saved_as_a_script_is_not_graded_for_the_module(course, tmp_path):  # noqa: F811
    """Is the module of a Canvas download graded, though a later file is called as the notebook and ends with .py?"""
    files = {name.rpartition("/")[2]: text for name, text in work("relu_forward").items()}
    files |= {f"{ASSIGNMENT}.py": "# In[1]:\nimport numpy as np\n", f"test_{MODULE}": "def test_it():\n    pass\n"}
    inbox = write_files(tmp_path / "inbox", {f"garciaana_20451_{n}_{name}": text
                                             for n, (name, text) in enumerate(files.items())})
    assert run(inbox, course, tmp_path)[1] == {"ana": 1}
    record, = records.load_records(course)
    assert record.status == "manual-pending"
    assert f"{ASSIGNMENT}.py: not a file of this assignment, left out" in record.remark


def test_second_inbox_adds_to_the_tables(course, tmp_path):  # noqa: F811
    """Do the tables hold every submission of the course after a second inbox?"""
    first = write_files(tmp_path / "one", {f"{who}/{ASSIGNMENT}/{name}": text for who in ("ann", "bob")
                                           for name, text in work("relu_forward").items()})
    second = write_files(tmp_path / "two", {f"dov/{ASSIGNMENT}/{name}": text for name, text in work().items()})
    assert run(first, course, tmp_path, "")[1] == {"ann": 1, "bob": 1}
    assert run(second, course, tmp_path, "")[1] == {"ann": 1, "bob": 1, "dov": 0}


def test_module_of_an_earlier_inbox_is_kept_and_its_loss_said(course, tmp_path):  # noqa: F811
    """Only the notebook is handed in again: is the module of before not lost, and is it told, again and again?"""
    files = {f"ana/{ASSIGNMENT}/{name}": text for name, text in work("relu_forward", answer="b").items()}
    assert run(write_files(tmp_path / "first", files), course, tmp_path, "")[1] == {"ana": 1}
    notebook = {f"ana/{ASSIGNMENT}/{NOTEBOOK}": work()[NOTEBOOK]}
    for _ in range(2):
        assert run(write_files(tmp_path / "again", notebook), course, tmp_path, "")[1] == {"ana": 0}
        record, = records.load_records(course)
        assert record.status == "to-look-at" and "what was handed in before is kept in handed_in/" in record.remark
    kept, = (course / "handed_in" / "ana").iterdir()
    assert (kept / "cs231n_lib" / MODULE).read_text() == work("relu_forward")[f"cs231n_lib/{MODULE}"]
    assert run(tmp_path / "first", course, tmp_path, "")[1] == {"ana": 1}
    record, = records.load_records(course)
    assert record.status == "manual-pending" and not record.remark


def test_inbox_in_which_nothing_is_recognised_touches_nothing(course, tmp_path):  # noqa: F811
    """Does a wrong folder end with what it holds and what is expected, and leave tables and roster alone?"""
    good = write_files(tmp_path / "good", {f"ana/{ASSIGNMENT}/{name}": text for name, text in work().items()})
    run(good, course, tmp_path, "")
    before = {path: path.read_bytes() for path in sorted([*tmp_path.rglob("*.csv"), course / "gradebook.db"])}
    wrong = write_files(tmp_path / "wrong", {"notes.txt": "x", NOTEBOOK: "{}"})
    with pytest.raises(CourseError) as error:
        run(wrong, course, tmp_path / "other")
    assert "notes.txt: neither a folder nor an archive" in str(error.value) and "<student>/<assign" in str(error.value)
    assert not (tmp_path / "other" / "out").exists()
    assert before == {path: path.read_bytes() for path in before} and not (course / "roster.csv").exists()


def test_dry_run_prints_the_reading_and_makes_nothing(tmp_path, capsys):
    """Does ``collect --dry-run`` print who is taken for whom, from what, and touch no course?"""
    inbox = write_files(tmp_path / "inbox", {f"garciaana_20451_1_{MODULE}": "x", f"zoe_1_2_{MODULE}": "x"})
    roster = write_files(tmp_path, {"roster.csv": ROSTER}) / "roster.csv"
    assert grade.collect_class(inbox, tmp_path / "course", roster, dry_run=True) == 0
    printed = capsys.readouterr().out
    assert "garciaana_20451_1_activations.py" in printed and "line for who.csv: zoe_1," in printed
    assert not (tmp_path / "course").exists()


def test_roster_in_another_language_needs_its_columns_named_once(course, tmp_path):  # noqa: F811
    """Is a class graded by a roster whose columns a person has named, and by the same one in a later run?"""
    roster = "Vorname;Nachname;Anmeldename\nAna;Garcia;ana\nWei;Li;wei\n"
    inbox = write_files(tmp_path / "inbox", {
        f"Ana Garcia_7_assignsubmission_file_/{name}": text for name, text in work("relu_forward").items()})
    with pytest.raises(CourseError, match="there are: Vorname, Nachname, Anmeldename"):
        run(inbox, course, tmp_path, roster)
    columns = __main__.read_columns("id=Anmeldename,first name=Vorname,last name=Nachname")
    assert run(inbox, course, tmp_path, roster, columns=columns) == (0, {"ana": 1})
    assert run(inbox, course, tmp_path, "") == (0, {"ana": 1})
    with pytest.raises(argparse.ArgumentTypeError, match="does not say which column is what"):
        __main__.read_columns("Anmeldename")


@pytest.mark.parametrize("has_course", [True, False])
def test_download_in_which_no_name_says_the_assignment_is_read_by_what_is_in_it(
        checkout, released, tmp_path, capsys, has_course):  # noqa: F811
    """Does the course's release say which assignment files are of, or the checkout's, and is no course made for it?"""
    notebook = work("relu_forward")[NOTEBOOK]
    inbox = write_files(tmp_path / "inbox", {"garciaana_20451_1_homework.ipynb": notebook})
    roster = write_files(tmp_path, {"roster.csv": ROSTER}) / "roster.csv"
    folder = released if has_course else tmp_path / "course"
    assert grade.collect_class(inbox, folder, roster, dry_run=True) == 0
    assert f"ana      {ASSIGNMENT}  garciaana_20451_1_homework.ipynb" in capsys.readouterr().out
    assert not (tmp_path / "course").exists()


def test_names_that_are_trusted_are_printed_with_whom_they_were_taken_for(tmp_path, capsys):
    """Does a run with ``--trust-names`` print who was taken for whom, before anything is graded?"""
    inbox = write_files(tmp_path / "inbox", {f"Ana Garcia_7_assignsubmission_file_/{MODULE}": "x"})
    options = Options(trust_names=True)
    assert grade.collect_class(inbox, tmp_path / "course", options=options, dry_run=True) == 0
    assert "Ana Garcia_7 -> Ana-Garcia (its own name)" in capsys.readouterr().out


def test_group_hands_in_once_and_all_get_the_mark(course, tmp_path, capsys):  # noqa: F811
    """Do all members of a Gradescope group get the mark, at the time that it says, and does similarity know them?"""
    about = "".join(f"  - :name: {who.first_name} {who.last_name}\n    :sid: '{who.sis_id}'\n" for who in (WEI, ADA))
    metadata = f"submission_3:\n  :submitters:\n{about}  :created_at: 2025-10-04 00:12:01.000000000 -07:00\n"
    inbox = write_files(tmp_path / "inbox", {"submission_metadata.yml": metadata, **{
        f"submission_3/{name}": text for name, text in work("relu_forward").items()}})
    assert run(inbox, course, tmp_path)[1] == {"wei": 1, "ada": 1}
    assert lateness.load_times(course)["ada", ASSIGNMENT].isoformat() == "2025-10-04T07:12:01"
    assert submission_state.read_state(course, "ada", ASSIGNMENT).members == ["ada", "wei"]
    record, = records.load_records(course)[:1]
    assert similarity.name_senders(course, record) == "ada+wei"
    similarity.run_similarity(course, ASSIGNMENT)
    assert "ada" not in capsys.readouterr().out.rpartition(ASSIGNMENT)[2]


def test_who_csv_is_kept_in_the_course(course, tmp_path):  # noqa: F811
    """Is what a person said of a sender known to later runs?"""
    inbox = write_files(tmp_path / "inbox", {f"xx_777_1_{ASSIGNMENT}.zip": pack_zip(work("relu_forward"))})
    who = write_files(tmp_path, {"who.csv": "sender,student\nxx_777,ana\nyy_1,\n"}) / "who.csv"
    assert run(inbox, course, tmp_path, who_file=who)[1] == {"ana": 1}
    assert run(inbox, course, tmp_path, "")[1] == {"ana": 1}


def test_written_answers_of_a_download_wait_for_a_person(course, tmp_path):  # noqa: F811
    """Is what an LMS's download holds read as an upload of the plain layout is?"""
    roster = f"student,first name,last name\n{ANA.id},Ana,Garcia\n"
    inbox = write_files(tmp_path / "inbox", {
        f"Ana Garcia_7_assignsubmission_file_/{name}": text for name, text in work("relu_forward").items()})
    run(inbox, course, tmp_path, roster)
    with open(tmp_path / "out" / "summary.csv", newline="") as file:
        line, = csv.DictReader(file)
    assert (line["status"], line["manual_pending"]) == ("manual-pending", "2")


def test_copies_that_nothing_orders_are_to_look_at(course, tmp_path):  # noqa: F811
    """Is a folder beside a zip with other work graded from one of them alone, and to look at until somebody chooses?"""
    files = {f"ana/{ASSIGNMENT}/{name}": text for name, text in work("relu_forward").items()}
    files[f"ana/{ASSIGNMENT}.zip"] = pack_zip(work("relu_forward", "relu_backward", answer="b"))
    inbox = write_files(tmp_path / "inbox", files)
    assert run(inbox, course, tmp_path, "")[1] == {"ana": 1}
    record, = records.load_records(course)
    assert record.status == "to-look-at" and f"ana/{ASSIGNMENT}.zip differ" in record.remark
    (inbox / "ana" / f"{ASSIGNMENT}.zip").unlink()
    run(inbox, course, tmp_path, "")
    record, = records.load_records(course)
    assert record.status == "manual-pending" and not record.remark
