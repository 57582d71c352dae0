"""A class of ten as each source would give it, from the download to the marks that go back."""

import csv
import zipfile

import pytest
from downloads import ASSIGNMENT, list_unnamed, pack_zip, write_files
from lms_class import (
    BY_NAME_ALONE,
    LATEST_ONLY,
    NAMES,
    SETTINGS,
    SOURCES,
    write_download,
    write_roster,
    write_table,
    write_times,
    write_who,
)
from nbgrader.api import Grade, Gradebook
from small_checkout import Judges, checkout, course, released  # noqa: F401  # fixtures

from autograder import grade
from autograder.course.roster import read_roster, read_senders
from autograder.course.settings import SETTINGS_FILE
from autograder.exports import export, feedback_archive
from autograder.gradebook import records
from autograder.gradebook.database import read_database_address
from autograder.inbox.reading import Options, read_inbox


def grade_download(kind, course, folder, again=False, who=None):  # noqa: F811
    """Grade a download of the class, which lies in a zip."""
    inbox = write_files(folder / f"inbox{again:d}", {"download.zip": pack_zip(write_download(kind, again))})
    code = grade.run_grade(inbox, folder / "out", course, roster=write_roster(folder), executor=Judges(),
                           timestamps=write_times(folder, kind), options=Options(who_file=who))
    assert code == 0
    return inbox


def read_marks(course, folder):  # noqa: F811
    """Return student -> (mark, status) of the plain export."""
    export.run_export(course, folder / "marks.csv", "csv")
    with open(folder / "marks.csv", newline="") as file:
        return {line["student"]: (line["score"], line["status"]) for line in csv.DictReader(file)}


def list_expected(twice, twins=True, group=True):
    """Return student -> (mark, status), of which the parameters say what is known already.

    Parameters
    ----------
    twice : bool
        Ben's second attempt has arrived.
    twins : bool
        A person has said which of the two is which, where the source writes nothing but their name.
    group : bool
        Eva is known as a member of the group.
    """
    expected = dict.fromkeys(NAMES, ("1", "manual-pending"))
    del expected["zoe"]
    expected |= {"ben": ("3" if twice else "1", "manual-pending"), "cat": ("0.9", "manual-pending"),
                 "hal": ("1", "to-look-at")}  # nothing says of which question a written answer without its id is
    expected |= {} if twins else dict.fromkeys(("fay", "fay_2"), ("", "missing"))
    return expected | ({} if group else {"eva": ("", "missing")})


@pytest.mark.parametrize("kind", SOURCES)
def test_class_goes_from_the_download_to_the_marks(course, tmp_path, kind, capsys):  # noqa: F811
    """Is each student graded from their own last work, and whoever cannot be known named, in each source's download?"""
    (course / SETTINGS_FILE).write_text(SETTINGS)
    grade_download(kind, course, tmp_path)
    printed = capsys.readouterr().out
    twice = kind not in LATEST_ONLY
    assert read_marks(course, tmp_path) == list_expected(twice, kind not in BY_NAME_ALONE, kind != "exchange")
    assert printed.count("line for who.csv") == (3 if kind in BY_NAME_ALONE else 1)
    assert "taken as 01_activations.ipynb, by what is in it" in printed

    who = write_who(tmp_path, printed)
    capsys.readouterr()
    grade_download(kind, course, tmp_path, again=True, who=who)
    assert capsys.readouterr().out.count("line for who.csv") == 1
    assert read_marks(course, tmp_path) == list_expected(twice=True)
    late = {record.student: record.late_penalty for record in records.load_records(course)}
    assert {student for student, penalty in late.items() if penalty} == {"cat"}


@pytest.mark.parametrize("kind", SOURCES)
def test_no_file_of_the_class_goes_unnamed(tmp_path, kind):
    """Is every file of the class used, or named, and everybody's work their own?"""
    files = write_download(kind)
    roster = read_roster(write_roster(tmp_path))
    inbox = write_files(tmp_path / "inbox", {"download.zip": pack_zip(files)})
    reading = read_inbox(inbox, roster)
    assert list_unnamed(files, reading) == []
    who = read_senders(write_who(tmp_path, "\n".join(reading.rejected)), roster)
    reading = read_inbox(inbox, roster, who)
    assert list_unnamed(files, reading) == [] and list(reading.strangers) and len(reading.rejected) == 1
    assert {student for student, _ in reading.submissions} == set(roster)
    members = {student: found.members for (student, _), found in reading.submissions.items() if found.members}
    assert members == dict.fromkeys(("dan", "eva"), ("dan", "eva"))


@pytest.mark.parametrize("kind", ["canvas", "moodle", "brightspace", "blackboard"])
def test_marks_and_pages_go_back_into_what_the_lms_gave(course, tmp_path, kind, capsys):  # noqa: F811
    """Does the LMS's own table come back with everybody's final mark, and the zip with the pages of who handed in?"""
    inbox = grade_download(kind, course, tmp_path)
    with Gradebook(read_database_address(course)) as gradebook:  # a person reads all written answers
        for row in gradebook.db.query(Grade).filter(Grade.needs_manual_grade):
            row.manual_score, row.needs_manual_grade = 3.0, False
        gradebook.db.commit()
    text, before = write_table(kind)
    (tmp_path / "table.csv").write_bytes(text.encode())
    export.run_export(course, tmp_path / "back.csv", kind, ASSIGNMENT, back=export.TableOptions(tmp_path / "table.csv"))
    marks = {name: "9" if name == "ben" and kind != "moodle" else "7" for name in NAMES if name not in ("hal", "zoe")}
    for name in ("fay", "fay_2") if kind in BY_NAME_ALONE else ():
        del marks[name]
    for name, mark in marks.items():
        text = text.replace(before[name] + '""', before[name] + f'"{mark}"') if kind == "blackboard" else text.replace(
            before[name], before[name] + mark)
    assert (tmp_path / "back.csv").read_bytes().decode() == text
    assert "to-look-at: no final mark, left as it was: hal" in capsys.readouterr().out
    if kind in ("brightspace", "blackboard"):
        return
    assert feedback_archive.write_feedback_archive(course, tmp_path / "back.zip", kind, ASSIGNMENT, inbox) == 1
    said = capsys.readouterr().out
    pages = zipfile.ZipFile(tmp_path / "back.zip").namelist()
    singles = [name for name in marks if name not in ("dan", "eva")] + ["hal"]
    assert len(pages) == len(singles) and "a group: dan, eva" in said and "not in the download: dan" in said
