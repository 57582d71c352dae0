"""A class of ten as each LMS would give it, from the download to the marks that go back."""

import csv
import zipfile

import nbformat
import pytest
from downloads import ASSIGNMENT, MODULE, NOTEBOOK, pack_zip, write_files
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Grade, Gradebook
from small_checkout import TOPIC, Judges, checkout, course, released  # noqa: F401  # fixtures

from autograder import grade
from autograder.course import solution_regions
from autograder.course.roster import RosterEntry
from autograder.exports import export, feedback_archive
from autograder.gradebook.database import read_database_address

NAMES = {"ana": "Ana Garcia", "ben": "Ben Okafor", "cat": "Cat Li", "dan": "Dan Roy", "eva": "Eva Roy",
         "fay": "Fay Wong", "fay_2": "Fay Wong", "gus": "Gus Holm", "hal": "Hal Ames", "zoe": "Zoe Nobody"}
"""Ben hands in twice, Cat late, Dan and Eva as a group, two have one name, Gus renames the notebook, Hal's has lost its
ids, and Zoe is not on the roster."""
PEOPLE = {name: RosterEntry(name, *full.split(" "), f"{name}@x.org", canvas_id=str(300 + i), sis_id=f"00{i}",
                            login=name, github=f"{name[:3]}-{i}") for i, (name, full) in enumerate(NAMES.items())}
GROUP = "Team 3"
BY_NAME_ALONE = ("moodle", "brightspace")
"""What these write leads to the roster by the full name alone: of two who have it a person must say which is which."""
ONE_EACH = ("blackboard", "github", "exchange")
"""In these nobody hands in for a group."""
LATEST_ONLY = ("moodle", "gradescope", "github")
"""These give the last attempt alone."""


def write_notebook(ids=True):
    """Return a notebook with all answers, perhaps as a service gives it back that knows no ids."""
    cells = [new_code_cell('prediction_x = "a"', id="x-prediction")]
    cells += [new_markdown_cell("Because.", id=name) for name in ("x-why", "y-why")]
    book = new_notebook(cells=cells)
    if not ids:
        for number, cell in enumerate(book.cells):
            cell.id = f"cell{number}"
    return nbformat.writes(book)


def write_work(student, again=False):
    """Return what somebody hands in: one function is right, in a second attempt both."""
    functions = ["relu_forward", "relu_backward"] if again else ["relu_forward"]
    notebook = f"Copy of {ASSIGNMENT} (1).ipynb" if student == "gus" else NOTEBOOK
    return {notebook: write_notebook(ids=student != "hal"), MODULE: solution_regions.solve_functions(TOPIC, functions)}


def name_folder(kind, person, number, group=""):
    """Return what an LMS writes before a file's name.

    Parameters
    ----------
    kind : str
    person : RosterEntry
    number : int
        Of the upload; later ones have larger ones.
    group : str
        If it is a group's.
    """
    full = group or f"{person.first_name} {person.last_name}"
    name = (group or f"{person.last_name}{person.first_name}").lower().replace(" ", "")
    late = "LATE_" if person.id == "cat" else ""
    return {"canvas": f"{name}_{late}{person.canvas_id}_{number}", "moodle": f"{full}_{number}_assignsubmission_file_/",
            "brightspace": f"{person.canvas_id}-88 - {full} - Oct {number // 10}, 2025 {number % 10 + 1}34 PM/",
            "blackboard": f"{ASSIGNMENT}_{person.login}_attempt_2025-10-03-23-34-{number:02}_",
            "gradescope": f"submission_{number}/", "github": f"activations-{person.github}/",
            "exchange": f"{person.id}+{ASSIGNMENT}+2025-10-03 23:34:{number:02} UTC/"}[kind]


def write_download(kind):
    """Return the files of a download of the class."""
    files, senders = {}, {}
    for number, person in enumerate(PEOPLE.values(), 10):
        members = [PEOPLE["dan"], PEOPLE["eva"]] if person.id == "dan" and kind not in ONE_EACH else [person]
        if person.id == "eva" and kind not in ONE_EACH:
            continue
        attempts = (False, True) if person.id == "ben" and kind not in LATEST_ONLY else (person.id == "ben",)
        for attempt in attempts:
            before = name_folder(kind, person, number + 20 * attempt, GROUP if len(members) > 1 else "")
            senders[before] = members
            for i, (name, text) in enumerate(write_work(person.id, attempt).items()):
                files[f"{before}{i}_{name}" if kind == "canvas" else f"{before}{name}"] = text
        if kind == "github":
            files[f"{before}.git/HEAD"] = "ref"
    if kind == "gradescope":
        files["submission_metadata.yml"] = "".join(
            f"{before.rstrip('/')}:\n  :submitters:\n" + "".join(
                f"  - :name: {who.first_name} {who.last_name}\n    :sid: '{who.sis_id}'\n" for who in members)
            for before, members in senders.items())
    return files


def write_roster(folder):
    """Write the roster, on which Zoe is not; return it."""
    columns = ("id", "first_name", "last_name", "email", "canvas_id", "sis_id", "login", "github", "group")
    with open(folder / "roster.csv", "w", newline="") as file:
        csv.writer(file).writerows([("student", *columns[1:]), *(
            [getattr(person, column) for column in columns[:-1]] + [GROUP if person.id in ("dan", "eva") else ""]
            for person in PEOPLE.values() if person.id != "zoe")])
    return folder / "roster.csv"


@pytest.mark.parametrize("kind", ["canvas", "moodle", "brightspace", "blackboard", "gradescope", "github", "exchange"])
def test_class_goes_from_the_download_to_the_marks(course, tmp_path, kind, capsys):  # noqa: F811
    """Is each student graded from their own last work, and whoever cannot be known named, in each LMS's download?"""
    inbox = write_files(tmp_path / "inbox", {"download.zip": pack_zip(write_download(kind))})
    assert grade.run_grade(inbox, tmp_path / "out", course, roster=write_roster(tmp_path), executor=Judges()) == 0
    printed = capsys.readouterr().out
    export.run_export(course, tmp_path / "marks.csv", "csv")
    with open(tmp_path / "marks.csv", newline="") as file:
        marks = {line["student"]: (line["score"], line["status"]) for line in csv.DictReader(file)}
    expected = {name: ("3" if name == "ben" else "1", "manual-pending") for name in NAMES if name != "zoe"}
    expected["hal"] = ("1", "to-look-at")  # nothing says of which question a written answer without its id is
    if kind in BY_NAME_ALONE:
        expected |= dict.fromkeys(("fay", "fay_2"), ("", "missing"))
    assert marks == expected
    assert printed.count("line for who.csv") == (3 if kind in BY_NAME_ALONE else 1)
    assert "taken as 01_activations.ipynb, by what is in it" in printed


def write_table(kind):
    """Return the class's table as an LMS gives it, Zoe included, and what stands before a student's mark in it."""
    if kind == "canvas":
        lines = ["Student,ID,SIS User ID,SIS Login ID,Section,Activations (77)", "    Points Possible,,,,,9.00"]
        before = {name: f'"{who.last_name}, {who.first_name}",{who.canvas_id},{who.sis_id},{who.login},A,'
                  for name, who in PEOPLE.items()}
        return "\ufeff" + "\r\n".join(lines + list(before.values())) + "\r\n", before
    before = {name: f"Participant {i},{who.first_name} {who.last_name},{who.email},Submitted,"
              for i, (name, who) in enumerate(PEOPLE.items(), 10)}
    lines = ["Identifier,Full name,Email address,Status,Grade,Maximum Grade", *(f"{b},9.00" for b in before.values())]
    return "\n".join(lines), before


@pytest.mark.parametrize("kind", ["canvas", "moodle"])
def test_marks_and_pages_go_back_into_what_the_lms_gave(course, tmp_path, kind, capsys):  # noqa: F811
    """Does the LMS's own table come back with everybody's final mark, and the zip with the pages of who handed in?"""
    inbox = write_files(tmp_path / "inbox", {"download.zip": pack_zip(write_download(kind))})
    grade.run_grade(inbox, tmp_path / "out", course, roster=write_roster(tmp_path), executor=Judges())
    with Gradebook(read_database_address(course)) as gradebook:  # a person reads all written answers
        for row in gradebook.db.query(Grade).filter(Grade.needs_manual_grade):
            row.manual_score, row.needs_manual_grade = 3.0, False
        gradebook.db.commit()
    text, before = write_table(kind)
    (tmp_path / "table.csv").write_bytes(text.encode())
    export.run_export(course, tmp_path / "back.csv", kind, ASSIGNMENT, back=export.TableOptions(tmp_path / "table.csv"))
    marks = {name: "9" if name == "ben" else "7" for name in NAMES if name not in ("hal", "zoe")}
    for name in ("fay", "fay_2") if kind == "moodle" else ():
        del marks[name]
    for name, mark in marks.items():
        text = text.replace(before[name], before[name] + mark)
    assert (tmp_path / "back.csv").read_bytes().decode() == text
    assert "to-look-at: no final mark, left as it was: hal" in capsys.readouterr().out
    assert feedback_archive.write_feedback_archive(course, tmp_path / "back.zip", kind, ASSIGNMENT, inbox) == 1
    said = capsys.readouterr().out
    pages = zipfile.ZipFile(tmp_path / "back.zip").namelist()
    singles = [name for name in marks if name not in ("dan", "eva")] + ["hal"]
    assert len(pages) == len(singles) and "a group: dan, eva" in said and "not in the download: dan" in said
