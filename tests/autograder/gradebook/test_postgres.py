"""PostgreSQL as the gradebook: does a real server hold what SQLite holds, and is a lost one no lost mark?"""

import contextlib
import csv
import glob
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI

from autograder import __main__ as command
from autograder import grade
from autograder.course import solution_regions
from autograder.errors import CourseError
from autograder.exports.export import run_export
from autograder.gradebook import config, database, records, writer
from autograder.release import release
from autograder.reports import class_report, feedback, mark_changes, marks_tables

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed (it is in requirements.lock)")
PROGRAMS = next(iter(sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)), "")
INITDB = shutil.which("initdb", path=os.pathsep.join([PROGRAMS, os.environ["PATH"]]))
pytestmark = [pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)"),
              pytest.mark.skipif(not INITDB, reason="no PostgreSQL server here (apt-get install postgresql)"),
              pytest.mark.long]

ASSIGNMENT = "01_activations"
OWNER = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
"""PostgreSQL refuses to run as root."""


class Server:
    """A PostgreSQL server on a socket in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.run("initdb", "--username", "grader", "--auth", "trust", "--no-sync", "--encoding", "UTF8",
                 "--locale", "C")
        self.start()

    def run(self, program, *arguments):
        """Run one of PostgreSQL's programs."""
        subprocess.run([Path(INITDB).with_name(program), "-D", self.folder / "data", *arguments], check=True,
                       cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **OWNER)

    def start(self):
        """Let it run; wait until it answers."""
        self.run("pg_ctl", "start", "-w", "-l", self.folder / "log", "-o",
                 f"-k {self.folder} -c listen_addresses= -c fsync=off")

    def stop(self):
        """End it, and every connection to it."""
        self.run("pg_ctl", "stop", "-w", "-m", "fast")

    def database(self, name):
        """Make an empty database; return its address."""
        with psycopg.connect(f"host={self.folder} user=grader dbname=postgres", autocommit=True) as connection:
            connection.execute(f"create database {name}")
        return f"postgresql+psycopg://grader@/{name}?host={self.folder}"


@pytest.fixture(scope="module")
def server():
    """Start a server; it is gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))  # pytest's own folders are closed to other users
    if OWNER:
        shutil.chown(folder, OWNER["user"])
    running = Server(folder)
    yield running
    with contextlib.suppress(subprocess.CalledProcessError):
        running.stop()
    shutil.rmtree(folder)


@pytest.fixture
def one_assignment(monkeypatch):
    """Let the course have one assignment: releasing all ten takes long."""
    monkeypatch.setattr(grade, "list_assignments", lambda: {ASSIGNMENT: "activations"})
    monkeypatch.setattr(release, "list_sources", lambda course: {ASSIGNMENT: "activations"})


def hand_in(folder, student, *functions):
    """Put an upload into a folder of submissions."""
    package = folder / student / ASSIGNMENT / "cs231n_lib"
    package.mkdir(parents=True, exist_ok=True)
    (package / "activations.py").write_text(solution_regions.solve_functions("activations", functions))


def on(course, address):
    """Let the gradebook of a course be at an address; it is empty."""
    (course / "gradebook.db").unlink()
    config.write_config(course)
    with open(course / config.CONFIG_FILE, "a") as file:
        file.write(f"c.CourseDirectory.db_url = {address!r}\nc.LatePolicy.percent_per_day = 10\n")
    return course


def term(course, folder):
    """Do what a term does to a gradebook: deadlines, roster, two gradings, people's marks; yield what is seen."""
    inbox, output = folder / "inbox", folder / "out"
    for name, text in (("roster.csv", "student,last_name,extension\nada,Lovelace,\nben,Bitdiddle,2d\neva,Lu Ator,\n"),
                       ("times.csv", "student,assignment,time\nada,01_activations,2026-03-02T10:00Z\n"
                                     "ben,01_activations,2026-03-02T10:00Z\n")):
        (folder / name).write_text(text)
    hand_in(inbox, "ada", "relu_forward", "relu_backward")
    hand_in(inbox, "ben", "relu_forward")
    grade.prepare_course(course)
    with Gradebook(database.read_database_address(course)) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=datetime(2026, 3, 1))
    yield grade.run_grade(inbox, output, course, 1, folder / "roster.csv", timestamps=folder / "times.csv")
    yield everything(course, output, folder)
    with Gradebook(database.read_database_address(course)) as gradebook:
        mark = gradebook.find_grade("relu-forward-test", ASSIGNMENT, ASSIGNMENT, "ada")
        mark.manual_score, mark.extra_credit = 0.25, 0.5
        notebook = gradebook.find_submission(ASSIGNMENT, "ada").notebooks[0]
        graded = {g.name for g in notebook.grades}
        next(c for c in notebook.comments if c.name in graded).manual_comment = "Schön — 数学"
        gradebook.db.commit()
    hand_in(inbox, "ben", "tanh_forward")
    yield grade.run_grade(inbox, output, course, 1)
    yield everything(course, output, folder)
    yield mark_changes.run_mark_changes(output / "previous", output, folder / "moves.csv"), read(folder / "moves.csv")
    yield class_report.run_report(course, folder / "report.html", None)


def everything(course, output, folder):
    """Return what an instructor sees of a course, from whatever reads the gradebook."""
    found = records.load_records(course)
    assert run_export(course, folder / "export", "csv", None, False) == 0
    assert feedback.run_feedback(course, folder / "pages") == 0
    api = NbGraderAPI(config=config.load_config(course))  # what formgrader reads
    seen = api.get_submission(ASSIGNMENT, "ada")
    exported = {file.name: read(file) for file in (folder / "export").glob("*.csv")}
    rows = [row for record in found for row in marks_tables.make_grade_rows(record)]
    lines = [(r.student, r.status, r.score, r.late_penalty, r.manual_pending) for r in found]
    return (lines, rows, exported, read(output / "summary.csv"), [m.comment for r in found for m in r.marks],
            {k: seen[k] for k in ("score", "max_score", "timestamp", "needs_manual_grade", "last_name")})


def read(path):
    """Read a table."""
    with open(path, newline="") as file:
        return list(csv.reader(file))


def test_postgres_holds_what_sqlite_holds_through_a_term(server, one_assignment, course, tmp_path, capsys):
    """Does Postgres hold what SQLite holds through a whole term?"""
    books = {name: shutil.copytree(course, tmp_path / name / "course") for name in ("sqlite", "postgres")}
    on(books["sqlite"], f"sqlite:///{books['sqlite'] / 'gradebook.db'}")
    on(books["postgres"], server.database("term"))
    seen = {}
    for name, own in books.items():
        seen[name] = list(term(own, tmp_path / name))
        for kept in ("secret", "results"):  # the jobs are the same: nothing is judged twice
            take = shutil.copytree if kept == "results" else shutil.copy
            if name == "sqlite":
                take(own / kept, books["postgres"] / kept)
    capsys.readouterr()
    assert not (books["postgres"] / "gradebook.db").exists()
    for theirs, ours in zip(seen["sqlite"], seen["postgres"], strict=True):
        assert ours == theirs
    first, second = seen["postgres"][1], seen["postgres"][3]
    assert seen["postgres"][0] == seen["postgres"][2] == 0
    assert first[0][0][3] > 0 and first[0][1][3] == 0  # a penalty, and an extension
    assert second[0] != first[0] and "Schön — 数学" in second[4]
    assert any("person" in str(move) for move in seen["postgres"][4][1])


def test_lost_server_gets_one_line_and_the_next_run_continues(server, one_assignment, course, tmp_path,
                                                                       monkeypatch, capsys):
    """Is a server lost on the way one line and the next run goes on?"""
    own = on(shutil.copytree(course, tmp_path / "course"), server.database("lost"))
    for student in ("ada", "ben", "cyd"):
        hand_in(tmp_path / "inbox", student, *["relu_forward"] * (student != "cyd"))
    monkeypatch.setattr(sys, "argv", ["autograder", "grade", "--submissions", str(tmp_path / "inbox"), "--output",
                                      str(tmp_path / "out"), "--course", str(own), "--jobs", "1"])
    monkeypatch.setattr(grade, "BATCH", 1)
    commit, calls = writer.Writer.commit, []

    def losing(self):
        calls.append(1)
        if len(calls) == 2:
            server.stop()
        commit(self)

    monkeypatch.setattr(writer.Writer, "commit", losing)
    try:
        assert command.main() == 2
        said = capsys.readouterr().err
        assert len(calls) == 2  # nothing was tried that could not succeed
        assert said.strip().count("\n") == 0 and "run the same command again" in said and "Traceback" not in said
        assert command.main() == 2 and "run the same command again" in capsys.readouterr().err  # still not there
    finally:
        server.start()
    assert command.main() == 0
    scores = {line[0]: float(line[2]) for line in read(tmp_path / "out" / "summary.csv")[1:]}
    assert scores["ada"] == scores["ben"] > scores["cyd"] == 0
    with Gradebook(database.read_database_address(own)) as gradebook:
        assert sorted(s.student_id for s in gradebook.assignment_submissions(ASSIGNMENT)) == ["ada", "ben", "cyd"]


@pytest.mark.parametrize("address, said", [
    ("somewhere", "write it as in postgresql"),
    ("foo://grader@/x", "write it as in postgresql"),
    ("postgresql+pg8000://grader@/x", r"needs its driver.*requirements\.lock"),
])
def test_unusable_address_says_what_to_write(address, said, tmp_path):
    """Does an address that cannot be used say what to write?"""
    (tmp_path / config.CONFIG_FILE).write_text(f"c = get_config()\nc.CourseDirectory.db_url = {address!r}\n")
    with pytest.raises(CourseError, match=said):
        database.read_database_address(tmp_path)
