"""The command line: a person's mistake gets a message and exit code 2, never a traceback."""

import errno
import pickle
import shutil
import sqlite3
import sys

import pytest
from small_course import ASSIGNMENT, MODULE, small_course
from sqlalchemy.exc import DatabaseError

from autograder import __main__ as command
from autograder import errors
from autograder.course.assignment import load_assignment
from autograder.reports import similarity
from autograder.runners.jobs import load_secret

SETTINGS = {
    "syntax": ("x = 1\nc = (\n", "nbgrader_config.py, line 2: '(' was never closed"),
    "name": ("x = 1\nc = configure(x)\n", "nbgrader_config.py, line 2: NameError: name 'configure' is not defined"),
    "type": ("c = get_config()\nc.CourseDirectory.db_url = 3\n", "db_url in"),
    "address": ("c = get_config()\nc.CourseDirectory.db_url = 'x'\n", "postgresql+psycopg://user@host/database"),
}
"""Contents of a course's nbgrader_config.py, and what is said of them."""


def run_main(monkeypatch, capsys, *arguments):
    """Run a command as a person does; return the exit code and the lines on standard error."""
    monkeypatch.setattr(sys, "argv", ["autograder", *map(str, arguments)])
    code = command.main()
    return code, capsys.readouterr().err.strip().splitlines()


@pytest.fixture
def inbox(tmp_path):
    """Return a folder with one submission, and make a file next to it."""
    folder = tmp_path / "inbox" / "ada" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "activations.py").write_text(MODULE)
    (tmp_path / "file").write_text("x\n")
    return tmp_path / "inbox"


@pytest.fixture
def refuse(monkeypatch, capsys):
    """Return a function that runs a command which must be refused, and gives what is said."""

    def run(*arguments):
        code, lines = run_main(monkeypatch, capsys, *arguments)
        assert code == 2 and lines and lines[0].startswith(f"{arguments[0]}: "), lines
        assert not any("Traceback" in line for line in lines)
        return "\n".join(lines)

    return run


@pytest.mark.parametrize("arguments, said", [
    (["feedback", "--course", "nowhere"], "no course folder"),
    (["feedback", "--course", "file"], "no course folder"),
    (["report", "--course", "nowhere"], "no course folder"),
    (["report", "--course", "file"], "no course folder"),
    (["export", "--to", "csv", "--course", "nowhere"], "no such course folder"),
    (["export", "--to", "csv", "--course", "file"], "no such course folder"),
    (["explain", "ada", "01", "--course", "nowhere"], "nothing has been graded in nowhere"),
    (["explain", "ada", "99", "--course", "nowhere"], "no assignment '99'"),
    (["similar", "--course", "file"], "nothing to compare"),
    (["moves", "nowhere"], "no such table"),
    (["moves", "file"], "no such table"),
    (["collect", "--submissions", "nowhere", "--course", "course"], "nowhere"),
    (["collect", "--submissions", "file", "--course", "course"], "neither a folder nor an archive"),
    (["collect", "--submissions", "inbox", "--course", "file"], "File exists: 'file'"),
    (["grade", "--unsafe", "--submissions", "nowhere", "--course", "course", "--output", "out"], "nowhere"),
    (["release", "--course", "file", "--build", "build"], "File exists: 'file'"),
], ids=" ".join)
def test_a_path_that_is_missing_or_of_the_wrong_kind_gets_a_message(inbox, refuse, monkeypatch, arguments, said):
    """Is the path named when a folder is missing, or a file stands in for one?"""
    monkeypatch.chdir(inbox.parent)
    assert said in refuse(*arguments)


@pytest.mark.parametrize("arguments", [
    ["grade", "--submissions", "x", "--output", "y", "--jobs"], ["similar", "--top"], ["verify", "--seeds"]],
    ids=lambda a: a[0])
@pytest.mark.parametrize("number", ["-1", "1e3", "nan", "1000000000000", 5000 * "9", "\N{SUPERSCRIPT TWO}", ""])
def test_number_out_of_all_bounds_is_refused(capsys, arguments, number):
    """Is a number on the command line bounded, and are its bounds named?"""
    with pytest.raises(SystemExit):
        command.make_parser().parse_args([*arguments, number])
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert "is no number of" in said and "(from " in said or "expected one argument" in said
    assert len(said) < 200


@pytest.mark.parametrize("kind", SETTINGS)
@pytest.mark.parametrize("arguments", [["export", "--to", "csv", "--output", "out"],
                                       ["collect", "--submissions", "inbox"], ["release", "--build", "build"]],
                         ids=lambda a: a[0])
def test_broken_settings_are_named_with_their_line(inbox, refuse, monkeypatch, kind, arguments):
    """Does an error in a course's nbgrader_config.py lead to that file?"""
    monkeypatch.chdir(inbox.parent)
    (inbox.parent / "course").mkdir()
    (inbox.parent / "course" / "nbgrader_config.py").write_text(SETTINGS[kind][0])
    assert SETTINGS[kind][1] in refuse(*arguments, "--course", "course")


@pytest.mark.parametrize("content, said", [
    (b"\xff\x00\x80", "line 1: not UTF-8"), (b"student\nada\0x\n", "line 2"), (b'student,name\nada,"x\n', "line 2"),
    (b"name,email\nada,x\n", "line 1: there is no column student"), (None, "Is a directory"),
])
def test_a_roster_that_is_no_table_is_named_with_its_line(course, inbox, refuse, tmp_path, content, said):
    """Is an unreadable roster, or a folder in its place, refused in words?"""
    roster = tmp_path / "roster.csv"
    roster.mkdir() if content is None else roster.write_bytes(content)
    mine = shutil.copytree(course, tmp_path / "course")
    assert said in refuse("collect", "--submissions", inbox, "--course", mine, "--roster", roster)


@pytest.mark.parametrize("content, said", [
    (b"\xff\xfe\x80", "not a table that grade wrote"), (b"a,b\n1,2\n", "expected the columns student"),
    (b"student,assignment,grade_id,aspect,score,max_score,status,hint\na,b,c,d,x,1,e,\n", "not a table that grade"),
    (b"student\na,b\n", "not a table that grade wrote"),
])
def test_a_table_of_another_program_is_not_compared(refuse, tmp_path, content, said):
    """Does `moves` say so when it is given a table that `grade` did not write?"""
    (tmp_path / "grades.csv").write_bytes(content)
    assert said in refuse("moves", tmp_path, tmp_path)


def test_a_damaged_notebook_or_secret_of_the_course_is_named_with_a_remedy(tmp_path):
    """Does the error name the file and say what to do, whatever is in it?"""
    small_course(tmp_path)
    path = tmp_path / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    for text in ("{", "[]", "", '{"cells": 3}'):
        path.write_text(text)
        with pytest.raises(errors.CourseError, match=f"{ASSIGNMENT}.ipynb is not a notebook .* run `release` again"):
            load_assignment(tmp_path, ASSIGNMENT)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        load_assignment(tmp_path, ASSIGNMENT)
    for data in (b"\xff", b"zz", b"", b"abc"):
        (tmp_path / "secret").write_bytes(data)
        with pytest.raises(errors.CourseError, match="secret is damaged.* Put a copy from before in its place"):
            load_secret(tmp_path)


def test_a_broken_gradebook_is_named_with_a_remedy(refuse, tmp_path):
    """Is a gradebook that is no database met with what to do?"""
    (tmp_path / "gradebook.db").write_bytes(b"hello" * 1000)
    said = refuse("export", "--to", "csv", "--course", tmp_path, "--output", tmp_path / "out.csv")
    assert "the gradebook cannot be used: file is not a database. Put a copy from before in its place" in said


def raise_error(error):
    """Return a command that fails."""
    def run(args):
        raise error

    return run


@pytest.mark.parametrize("error, said", [
    (OSError(errno.ENOSPC, "No space left on device"), "the disk is full: free some space and run the same command "
     "again. What was graded is kept. ([Errno 28] No space left on device)"),
    (errors.ReleaseError("nbgrader's log\nNo space left on device"), "the disk is full: free some space and run the "
     "same command again. What was graded is kept. (No space left on device)"),
    (DatabaseError("INSERT", {}, sqlite3.OperationalError("database or disk is full")), "the disk is full"),
    (DatabaseError("INSERT", {}, sqlite3.OperationalError("database is locked")),
     "the gradebook cannot be used: database is locked"),
    (OSError(errno.EROFS, "Read-only file system", "out"), "[Errno 30] Read-only file system: 'out'"),
    (errors.InfraError("the runner died"), "the runner died"),
    (errors.CourseError("bad\x1b[2J", "Write it again"), "bad\\x1b[2J. Write it again"),
])
def test_every_error_a_person_can_cause_is_a_message(refuse, monkeypatch, error, said):
    """Do errors of the system and the database become one kind, without anything a terminal obeys?"""
    monkeypatch.setattr(command, "run_moves", raise_error(error))
    assert refuse("moves", "x").startswith(f"moves: {said}")


def test_a_defect_of_ours_keeps_its_traceback(monkeypatch):
    """Is an error that nobody can do anything about left as it is, and an interrupt silent?"""
    monkeypatch.setattr(sys, "argv", ["autograder", "moves", "x"])
    monkeypatch.setattr(command, "run_moves", raise_error(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        command.main()
    monkeypatch.setattr(command, "run_moves", raise_error(KeyboardInterrupt()))
    assert command.main() == 130


@pytest.mark.parametrize("arguments", [
    ["grade", "--submissions", "x", "--output", "y", "--jobs", "-3"], ["release", "--solved", "99"],
    ["release", "--gradescope", "99_x"], ["export", "--to", "paper"], ["nonsense"], [],
    ["report", "--assignment", "42"],
], ids=" ".join)
def test_a_word_that_the_command_does_not_know_is_refused(monkeypatch, capsys, arguments):
    """Does argparse refuse it, and show what there is?"""
    with pytest.raises(SystemExit) as exit:
        run_main(monkeypatch, capsys, *arguments)
    assert exit.value.code == 2 and "error: " in capsys.readouterr().err


@pytest.mark.parametrize("name", ["01", "1", "activations", "01_activations", "01_activations.ipynb"])
def test_assignment_is_named_by_its_number_its_topic_or_both(name):
    """Does every command know an assignment as course.toml does?"""
    parser = command.make_parser()
    assert parser.parse_args(["report", "--assignment", name]).assignment == "01_activations"
    assert parser.parse_args(["due", name, "2026-10-24 23:59"]).assignment == "01_activations"
    assert parser.parse_args(["release", "--gradescope", name]).gradescope == ["01_activations"]


@pytest.mark.parametrize("message, remedy, text", [
    ("no sandbox", "", "no sandbox"), ("no sandbox", "install it", "no sandbox; install it"),
    ("no sandbox.", "Install it", "no sandbox. Install it"), ("", "", ""), ("when?", "Say it", "when? Say it"),
])
def test_an_error_is_its_message_and_what_to_do(message, remedy, text):
    """Are the two joined as a sentence, also after a trip between processes?"""
    error = errors.SandboxError(message, remedy)
    assert str(error) == text
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is errors.SandboxError and (copy.message, copy.remedy) == (message, remedy)


def test_one_submission_has_no_pair_and_that_is_no_error():
    """Is a class of one reported without statistics of pairs?"""
    assert similarity.summarize_pairs(ASSIGNMENT, [], 1).startswith(f"{ASSIGNMENT}: 1 submissions compared")
