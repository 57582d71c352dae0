"""Exports: does every system get its own format, everybody in it, and no zero that nobody earned?"""

import csv
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from downloads import pack_zip
from gradebooks import copy_of, hand_in
from nbgrader.api import Gradebook

from autograder import __main__ as command
from autograder.errors import CourseError
from autograder.exports.export import KINDS, TableOptions, run_export
from autograder.gradebook.database import read_database_address

FIRST, SECOND = "01_activations", "02_preprocessing"
ROSTER = """student,last_name,first_name,email,canvas id,sis id,login,section,extension
ada,"Lovelace, Lady",Ada,ada@x.org,4711,S1,al1,A 1,
ben,=HYPERLINK("http://x"),Ben,ben@x.org,,,,A 1,
cy,,,cy@x.org,,,,,
dan,Dot,Dan,dan@x.org,,,,,
"""


@pytest.fixture(scope="module")
def marked(course, tmp_path_factory):
    """Return a course: ada has full automatic marks, ben half of one assignment, dan an infra-error, cy nothing."""
    folder = copy_of(course, tmp_path_factory.mktemp("marked"))
    (folder / "roster.csv").write_text(ROSTER)
    with Gradebook(read_database_address(folder)) as gradebook:
        hand_in(folder, gradebook, "ada", FIRST)
        hand_in(folder, gradebook, "ada", SECOND)
        hand_in(folder, gradebook, "ben", FIRST, 0.5, "timeout")
        hand_in(folder, gradebook, "dan", FIRST, 0.0, "infra-error")
        hand_in(folder, gradebook, "eve", FIRST)  # on no roster
    return folder


@pytest.fixture(scope="module")
def automatic(marked):
    """Return assignment -> (points given by the grader, all points)."""
    with Gradebook(read_database_address(marked)) as gradebook:
        return {a: (s.score, s.max_score) for a in (FIRST, SECOND) for s in [gradebook.find_submission(a, "ada")]}


def export(course, kind, folder, **more):
    """Write one export; return (exit code, header, rows)."""
    path = folder / f"{kind}.csv"
    code = run_export(course, path, kind, **more)
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    return code, header, rows


def test_command_line_offers_every_export():
    """Can each kind of export be asked for by its name?"""
    for kind in KINDS:
        assert command.make_parser().parse_args(["export", "--to", kind]).to == kind


def test_csv_has_a_line_with_a_status_for_everybody(marked, automatic, tmp_path):
    """Does the CSV have a line for everybody with a status?"""
    code, header, rows = export(marked, "csv", tmp_path)
    lines = {(r[0], r[5]): dict(zip(header, r, strict=True)) for r in rows}
    assert code == 0 and len(lines) == len(rows) == 4 * 2 + 1
    assert {s: lines[s, FIRST]["status"] for s in ("ada", "ben", "cy", "dan")} == {
        "ada": "manual-pending", "ben": "timeout", "cy": "missing", "dan": "infra-error"}
    assert float(lines["ada", FIRST]["score"]) == automatic[FIRST][0]
    assert float(lines["ben", FIRST]["score"]) == automatic[FIRST][0] / 2
    assert lines["cy", FIRST]["score"] == lines["dan", FIRST]["score"] == lines["ben", SECOND]["score"] == ""
    assert lines["eve", FIRST]["remark"] == "not on the roster"
    assert lines["ben", FIRST]["last_name"] == """'=HYPERLINK("http://x")"""


def test_canvas_file_has_its_columns_and_points(marked, automatic, tmp_path, capsys):
    """Does the file for Canvas have its columns and points?"""
    code, header, rows = export(marked, "canvas", tmp_path)
    assert code == 0 and header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", FIRST, SECOND]
    (first, score), (second, _) = automatic[FIRST], automatic[SECOND]
    assert rows[0] == ["    Points Possible", "", "", "", "", f"{score:g}", f"{automatic[SECOND][1]:g}"]
    assert rows[1] == ["Lovelace, Lady, Ada", "4711", "S1", "al1", "A 1", f"{first:g}", f"{second:g}"]
    assert rows[2][:1] + rows[2][3:] == ["""'=HYPERLINK("http://x"), Ben""", "ben", "A 1", f"{first / 2:g}", ""]
    assert rows[3] == ["cy", "", "", "cy", "", "", ""] and rows[4][5:] == ["", ""] and len(rows) == 5
    said = capsys.readouterr().out
    for note in ("timeout: ben/01_activations", "infra-error: dan/01_activations", "left out, not on the roster: eve",
                 f"manual-pending: ada/{FIRST}, ada/{SECOND}"):
        assert note in said


def test_columns_take_the_names_that_the_course_sets(marked, tmp_path):
    """Do columns take the names that the course sets?"""
    config = marked / "nbgrader_config.py"
    before = config.read_text()
    config.write_text(before + f"c.CanvasExporter.columns = {{{FIRST!r}: 'Activations (48151)'}}\n"
                               "c.MoodleExporter.identifier = 'username'\n")
    try:
        assert export(marked, "canvas", tmp_path)[1][5:] == ["Activations (48151)", SECOND]
        code, header, rows = export(marked, "moodle", tmp_path)
    finally:
        config.write_text(before)
    assert code == 0 and header[0] == "Username" and [r[0] for r in rows] == ["al1", "ben", "cy", "dan"]


def test_moodle_file_marks_nothing_with_moodles_word(marked, automatic, tmp_path):
    """Does the file for Moodle say no mark in Moodle's word?"""
    code, header, rows = export(marked, "moodle", tmp_path)
    assert code == 0 and header == ["Email address", "First name", "Last name", FIRST, f"{FIRST} (feedback)",
                                    SECOND, f"{SECOND} (feedback)"]
    lines = {r[0].split("@")[0]: r[3:] for r in rows}
    assert lines["ada"][0] == f"{automatic[FIRST][0]:g}" and "written answers" in lines["ada"][1]
    assert lines["cy"] == ["-", "Nothing was handed in."] * 2
    assert lines["dan"][:2] == ["-", "Not graded yet: a problem of the grader."] and len(lines) == 4


def test_moodle_file_leaves_out_whoever_has_no_identifier(marked, tmp_path, capsys):
    """Moodle would give their marks to the student of the line before."""
    roster = marked / "roster.csv"
    roster.write_text(ROSTER.replace("ben@x.org", ""))
    try:
        code, _, rows = export(marked, "moodle", tmp_path)
    finally:
        roster.write_text(ROSTER)
    assert code == 1 and [r[0] for r in rows] == ["ada@x.org", "cy@x.org", "dan@x.org"]
    assert "left out, no email on the roster" in capsys.readouterr().out


def test_missing_marks_are_zeros_only_on_request(marked, tmp_path):
    """Is nothing a zero unless asked?"""
    assert export(marked, "canvas", tmp_path)[2][3][5:] == ["", ""]
    _, _, rows = export(marked, "canvas", tmp_path, zeros=True)
    assert rows[3][5:] == ["0", "0"] and rows[4][5:] == ["", "0"]  # an infra-error is no zero all the same


def test_one_assignment_can_be_exported(marked, tmp_path):
    """Is one assignment enough?"""
    assert export(marked, "canvas", tmp_path, assignments=SECOND)[1][5:] == [SECOND]
    assert export(marked, "canvas", tmp_path, assignments=["03_initialization"])[2][1][5:] == [""]


def test_gradescope_results_are_whole_without_what_is_hidden(marked, automatic, tmp_path):
    """Are results for Gradescope whole and free of what is hidden?"""
    assert run_export(marked, tmp_path, "gradescope") == 0
    files = {p.relative_to(tmp_path / "gradescope").parts: p.read_text() for p in tmp_path.rglob("results.json")}
    assert set(files) == {(a, s, "results.json") for a, s in ((FIRST, "ada"), (SECOND, "ada"), (FIRST, "ben"),
                                                               (FIRST, "dan"))}
    assert not any("hidden input" in text for text in files.values())
    half = json.loads(files[FIRST, "ben", "results.json"])
    assert half["score"] == automatic[FIRST][0] / 2 == pytest.approx(sum(t.get("score", 0) for t in half["tests"]))
    assert {t["status"] for t in half["tests"] if "status" in t} == {"failed"}
    assert all(t["output"] == "Mind the sign." for t in half["tests"] if "status" in t)
    assert all(t["output_format"] == "text" for t in half["tests"])
    failed = json.loads(files[FIRST, "dan", "results.json"])
    assert "score" not in failed and "tests" not in failed and "not a zero" in failed["output"]


def test_nbgrader_export_command_writes_the_same(marked, tmp_path):
    """Does nbgrader's own command write the same?"""
    run_export(marked, tmp_path / "ours.csv", "canvas")
    nbgrader = str(Path(sys.executable).parent / "nbgrader")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(tmp_path)}
    run = subprocess.run([nbgrader, "export", "--exporter=autograder.exports.CanvasExporter",
                          f"--to={tmp_path / 'theirs.csv'}"], cwd=marked, capture_output=True, text=True,
                         env=environment)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "theirs.csv").read_text() == (tmp_path / "ours.csv").read_text()


def test_gradebook_replaces_a_missing_roster(marked, tmp_path):
    """Does the gradebook do where there is no roster?"""
    roster = marked / "roster.csv"
    roster.unlink()
    try:
        _, _, rows = export(marked, "canvas", tmp_path)
    finally:
        roster.write_text(ROSTER)
    assert [r[3] for r in rows[1:]] == ["ada", "ben", "dan", "eve"]


def test_missing_course_gets_one_line(tmp_path):
    """Does a missing course get one line?"""
    with pytest.raises(FileNotFoundError, match="no such course folder"):
        run_export(tmp_path / "nowhere", tmp_path / "x.csv", "csv")


def test_an_lms_table_comes_back_with_what_is_final(marked, automatic, tmp_path, capsys):
    """Does a whole export keep what waits for a person out of the table, and name everybody?"""
    points = {name: automatic[name][1] for name in (FIRST, SECOND)}
    table = tmp_path / "gradebook.csv"
    content = ("Student,ID,SIS User ID,SIS Login ID,Section,Activations (1),Week 2 (2)\r\n"
               f"    Points Possible,,,,,{points[FIRST]:g},{points[SECOND]:g}\r\n"
               '"Lovelace, Lady, Ada",4711,S1,al1,A 1,,\r\nben,5,,ben,A 1,,\r\nSam,6,,sam,A 1,,\r\n')
    table.write_bytes(content.encode())
    back = TableOptions(table)
    assert run_export(marked, tmp_path / "out.csv", "canvas", back=back) == 0
    said = capsys.readouterr().out
    assert (tmp_path / "out.csv").read_bytes() == content.encode()  # written answers of both are still to be read
    for note in (f"{FIRST}: 0 marks in the column 'Activations (1)'", f"no column in the table: {SECOND}",
                 f"{FIRST}, manual-pending: no final mark, left as it was: ada", "timeout: no final mark",
                 "not on the roster, left as they were: Sam", "left out, not on the roster: eve"):
        assert note in said
    with pytest.raises(CourseError, match="--column goes with --assignment"):
        run_export(marked, tmp_path / "out.csv", "canvas", back=TableOptions(table, "Week 2"))
    second = TableOptions(table, "Week 2")
    assert run_export(marked, tmp_path / "out.csv", "canvas", SECOND, back=second, zeros=True) == 0
    assert (tmp_path / "out.csv").read_text().count("ben,A 1,,0\n") == 1
    with pytest.raises(CourseError, match="no system takes such a table back"):
        run_export(marked, tmp_path / "out", "gradescope", back=back)


@pytest.mark.parametrize("kind", ["brightspace", "blackboard"])
def test_an_lms_that_takes_its_own_table_only_says_so(kind, marked, tmp_path):
    """Is there a sentence that says which download is meant?"""
    with pytest.raises(CourseError, match="takes back its own table only.*--table"):
        run_export(marked, tmp_path / "x.csv", kind)


def test_feedback_goes_back_as_the_lms_names_it(marked, tmp_path, capsys):
    """Does the zip hold the page of each student in the download, about the one assignment, and is the rest named?"""
    download = tmp_path / "submissions.zip"
    download.write_bytes(pack_zip({"lovelaceada_4711_90_01_activations.ipynb": "{}", "sam_6_91_x.ipynb": "{}"}))
    arguments = ["export", "--course", str(marked), "--to", "canvas", "--feedback", str(download),
                 "--output", str(tmp_path / "back.zip")]
    args = command.make_parser().parse_args([*arguments, "--assignment", FIRST])
    assert args.run(args) == 1
    said = capsys.readouterr().out
    assert "no page for sam_6 (not on the roster)" in said and "not in the download: ben" in said
    with zipfile.ZipFile(tmp_path / "back.zip") as archive:
        page, = archive.namelist()
        text = archive.read(page).decode()
    assert page == "lovelaceada_4711_90_feedback.html" and "Activations" in text and "Preprocessing" not in text
    with pytest.raises(CourseError, match="--feedback goes with --assignment"):
        command.run_export(command.make_parser().parse_args(arguments))
