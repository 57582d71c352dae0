"""Grading a class: are the marks right, the same by every way, and safe from whatever stops the grader?"""

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from executors_here import Broken
from nbgrader.api import Gradebook

from autograder import grade
from autograder.course import cells, files, solution_regions
from autograder.course.roster import read_roster
from autograder.course.topics import list_topics
from autograder.gradebook import database, records, writer
from autograder.gradebook.database import read_database_address
from autograder.inbox import reading
from autograder.reference import ROOT
from autograder.reports import marks_tables
from autograder.runners import local, results, schedule
from tools import sample_submissions
from tools.sample_submissions import EXPECTED_MARKS, EXPECTED_SUMMARY, ROSTER, ensure_class
from tools.shared_folder import ensure_folder

pytestmark = [pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)"),
              pytest.mark.long]

COMMAND = [sys.executable, "-m", "autograder", "grade"]


def read(path):
    """Read a CSV as a list of tuples, without its header."""
    with open(path, newline="") as file:
        return [tuple(line) for line in csv.reader(file)][1:]


def run_command(submissions, output, course, *more):
    """Run the grader as an instructor does."""
    command = [*COMMAND, "--submissions", str(submissions), "--output", str(output), "--course", str(course), *more]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def graded_class(course, shared_base, tmp_path_factory):
    """Grade the sample class by the command, once for all workers; return (course, output, what was printed)."""
    def fill(folder):
        shutil.copytree(course, folder / "course")
        run = run_command(ensure_class(), folder / "out", folder / "course", "--roster", str(ROSTER))
        assert run.returncode == 0, run.stderr
        (folder / "printed.txt").write_text(run.stdout)

    made = ensure_folder(shared_base / "graded_class", fill)
    mine = shutil.copytree(made, tmp_path_factory.mktemp("class") / "graded_class")
    return mine / "course", mine / "out", (mine / "printed.txt").read_text()


@pytest.fixture
def mine(course, tmp_path):
    """Return a course of one's own, with a release in it."""
    return shutil.copytree(course, tmp_path / "course")


@pytest.fixture
def two(course, tmp_path):
    """Return a folder with two submissions of one assignment, one half done and one that exits."""
    for student, module in (("ada", solution_regions.solve_functions("activations", ["relu_forward", "relu_backward"])),
                            ("ben", "import os\nos._exit(1)\n")):
        folder = tmp_path / "inbox" / student / "01_activations" / "cs231n_lib"
        folder.mkdir(parents=True)
        (folder / "activations.py").write_text(module)
        shutil.copy(course / "release" / "01_activations" / "01_activations.ipynb", folder.parent)
    return tmp_path / "inbox"


def test_sample_class_gets_the_marks_of_the_golden_table(graded_class):
    """Does the sample class get the marks of the golden table?"""
    course, output, _ = graded_class
    found = records.load_records(course)
    assert [tuple(map(str, line)) for line in sample_submissions.list_cell_marks(found)] == read(EXPECTED_MARKS)
    assert sample_submissions.list_summaries(found) == read(EXPECTED_SUMMARY)


def test_sample_class_covers_all_statuses():
    """Are the statuses of the sample class all that an instructor meets?"""
    statuses = {line[0].split("_")[0]: line[-1] for line in read(EXPECTED_SUMMARY)}
    assert {statuses[s] for s in ("fay", "ada", "lou", "max", "kim", "ned")} == {
        "manual-pending", "graded", "timeout", "memory", "crashed"}
    assert len(statuses) >= 12


def test_full_marks_in_three_styles_earn_every_automatic_point():
    """Is nothing lost but the written answers, which were left open, and does an untouched notebook earn nothing?"""
    written = {(a, cells.read_grade_id(c)) for a in list_topics().values()
               for c in nbformat.read(ROOT / "notebooks" / f"{a}.ipynb", as_version=4).cells if cells.is_written(c)}
    marks = {}
    for student, assignment, grade_id, score, most in read(EXPECTED_MARKS):
        marks.setdefault(student, {})[assignment, grade_id] = float(score), float(most)
    for student in ("ada_full_marks", "ben_full_marks_first_style", "chi_full_marks_last_style"):
        assert {cell for cell, (score, most) in marks[student].items() if score < most} == written
        assert all(marks[student][cell][0] == 0 for cell in written)
    assert all(score == 0 for score, _ in marks["eva_untouched"].values())


def test_table_names_every_student_and_what_was_not_graded(graded_class):
    """Does the table name every student and what was not graded?"""
    _, _, printed = graded_class
    for entry in ensure_class().iterdir():
        if entry.is_dir():
            assert entry.name in printed
    assert "not graded: zoe_unknown_assignment/99_extra: unknown assignment" in printed
    assert "activations.py does not parse: line" in printed


def test_tables_are_whole_and_consistent(graded_class):
    """Are the tables whole and consistent?"""
    _, output, _ = graded_class
    totals = {}
    for student, assignment, *_, score, _, _, _ in read(output / "grades.csv"):
        totals[student, assignment] = totals.get((student, assignment), 0) + float(score)
    for student, assignment, score, *_ in read(output / "summary.csv"):
        assert totals[student, assignment] == pytest.approx(float(score), abs=1e-3)


def test_each_student_gets_one_page_without_hidden_tests(graded_class):
    """Is there one feedback page per student without hidden tests or reference?"""
    course, output, _ = graded_class
    students = {line[0] for line in read(output / "summary.csv")}
    pages = {p.stem: p.read_text() for p in (output / "feedback").glob("*.html")}
    assert set(pages) == students
    for page in pages.values():
        assert "autograder" not in page and "HIDDEN" not in page and "<script" not in page
    assert "Not implemented yet" in pages["eva_untouched"]
    assert "NotImplementedError" in pages["eva_untouched"]  # their own code is shown


def test_second_run_grades_nothing_again_and_gives_the_same(graded_class, monkeypatch):
    """Does a second run grade nothing again and give the same?"""
    course, output, _ = graded_class
    monkeypatch.setattr(schedule, "submit_job", lambda *args: pytest.fail("graded again"))
    monkeypatch.setattr(writer.Writer, "write", lambda *args: pytest.fail("written again"))
    graded, _ = grade.grade_class(ensure_class(), course)
    assert sample_submissions.list_summaries(graded) == read(EXPECTED_SUMMARY)


def test_nbgraders_autograde_gives_the_same_marks(graded_class, tmp_path):
    """Does nbgrader's own autograde give the same marks?"""
    course, _, _ = graded_class
    copy = tmp_path / "course"
    shutil.copytree(course, copy, ignore=shutil.ignore_patterns("results", "state", "autograded", "gradebook.db"))
    nbgrader = str(Path(sys.executable).parent / "nbgrader")
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(tmp_path)}
    for command in (["generate_assignment", "01_activations", "--force"],
                    ["autograde", "01_activations", "--student", "dov_half_done"]):
        run = subprocess.run([nbgrader, *command], cwd=copy, capture_output=True, text=True, env=environment)
        assert run.returncode == 0, run.stderr
    with Gradebook(f"sqlite:///{copy / 'gradebook.db'}") as theirs, Gradebook(read_database_address(course)) as ours:
        a, b = (g.find_submission("01_activations", "dov_half_done") for g in (theirs, ours))
        assert {g.name: g.auto_score for g in a.notebooks[0].grades} == {
            g.name: g.auto_score for g in b.notebooks[0].grades}
        assert 0 < a.score < a.max_score


def test_manual_mark_is_kept_and_exported(two, mine):
    """Is a mark that a person gave kept and exported?"""
    grade.grade_class(two, mine)
    with Gradebook(read_database_address(mine)) as gradebook:
        mark = gradebook.find_grade("relu-forward-test", "01_activations", "01_activations", "ada")
        mark.manual_score = 0.25
        gradebook.db.commit()
    grade.grade_class(two, mine)
    rows = [
        row
        for record in records.iter_records(mine)
        for row in marks_tables.make_grade_rows(record)
        if row[2] == "relu-forward-test"
    ]
    of_ada = [row for row in rows if row[0] == "ada"]
    assert sum(row[4] for row in of_ada) == pytest.approx(0.25) and of_ada[-1][3] == "changed by a person"


def test_manual_mark_survives_a_failed_run_and_one_with_other_code(two, mine):
    """And is what has no time of arrival named, but not as refused?"""
    assignment = two / "ada" / "01_activations"
    module = assignment / "cs231n_lib" / "activations.py"
    book = nbformat.read(mine / "release" / "01_activations" / "01_activations.ipynb", as_version=4)
    cell = next(c for c in book.cells if cells.is_written(c))
    cell.source = "Because."
    nbformat.write(book, assignment / "01_activations.ipynb")
    (mine.parent / "times.csv").write_text("student,assignment,time\nben,01_activations,2026-03-01T12:00Z\n")
    lines, rejected = grade.grade_class(two, mine, timestamps=mine.parent / "times.csv")
    said = "ada/01_activations: no time of arrival is known, taken as on time"
    assert rejected == [] and said in marks_tables.format_table(lines, rejected).splitlines()
    with Gradebook(read_database_address(mine)) as gradebook:
        mark = gradebook.find_grade(cells.read_grade_id(cell), "01_activations", "01_activations", "ada")
        mark.manual_score, mark.needs_manual_grade = 1.0, False
        gradebook.db.commit()
    module.write_text(solution_regions.solve_functions("activations", ["relu_forward"]))
    assert grade.grade_class(two, mine, executor=Broken(100))[0][0].status == "infra-error"
    after = grade.grade_class(two, mine)[0][0]
    assert after.manual_pending == 0 and after.status == "graded"
    assert after.score < lines[0].score + 1  # the code was graded again


def test_changed_submission_gets_new_marks(two, mine):
    """Does a changed submission get new marks?"""
    before, _ = grade.grade_class(two, mine)
    (two / "ben" / "01_activations" / "cs231n_lib" / "activations.py").write_text(
        solution_regions.solve_functions("activations", ["relu_forward"]))
    after, _ = grade.grade_class(two, mine)
    assert before[1].score == 0 < after[1].score and before[0].score == after[0].score


def test_students_off_the_roster_are_named_and_the_rest_graded(two, mine, tmp_path):
    """Are students off the roster named and the rest graded?"""
    (tmp_path / "roster.csv").write_text("student,name\nada,Ada L.\n")
    run = run_command(two, tmp_path / "out", mine, "--roster", str(tmp_path / "roster.csv"))
    assert run.returncode == 0 and "not graded: ben: to look at, not on the roster" in run.stdout
    assert [line[0] for line in read(tmp_path / "out" / "summary.csv")] == ["ada"]


def test_infra_error_is_retried_and_never_a_zero(two, mine):
    """Is an infra error tried again and never a zero?"""
    broken = Broken(100)
    graded, _ = grade.grade_class(two, mine, executor=broken)
    assert len(broken.seen) == 2 * grade.TRIES
    assert {line.status for line in graded} == {"infra-error"} and "no runner" in graded[0].remark
    assert not any(record.marks for record in records.iter_records(mine))
    graded, _ = grade.grade_class(two, mine, executor=Broken(1))
    assert graded[0].score > 0 and {line.status for line in graded} == {"graded", "crashed"}


def test_dying_runner_costs_no_submission_its_mark(two, mine, monkeypatch):
    """The first job of the pool takes its process with it; all are graded, on a new one."""
    fresh, pools = local.LocalPool.fresh, []

    def dying(self):
        pools.append(fresh(self))
        if len(pools) == 1:
            pools[0].submit(os._exit, 1)
        return pools[-1]

    monkeypatch.setattr(local.LocalPool, "fresh", dying)
    graded, _ = grade.grade_class(two, mine, jobs=1)
    assert len(pools) > 1 and {line.status for line in graded} == {"graded", "crashed"}


def test_lost_gradebook_refills_and_a_restored_one_catches_up(two, mine, tmp_path):
    """Does a gradebook that is lost fill again and one put back catch up?"""
    expected, _ = grade.grade_class(two, mine)
    book = mine / "gradebook.db"
    shutil.copy(book, tmp_path / "old.db")
    (two / "ada" / "01_activations" / "cs231n_lib" / "activations.py").write_text(
        solution_regions.solve_functions("activations", ["relu_forward"]))
    changed, _ = grade.grade_class(two, mine)
    assert changed[0].score < expected[0].score
    shutil.copy(tmp_path / "old.db", book)
    assert grade.grade_class(two, mine)[0] == changed
    book.unlink()
    assert grade.grade_class(two, mine)[0] == changed


def test_failed_transaction_costs_only_a_second_try(two, mine, monkeypatch):
    """Does a transaction that fails cost its submissions only a second try?"""
    commit, calls = writer.Writer.commit, []

    def failing(self):
        calls.append(1)
        if len(calls) == 1:
            raise OSError(5, "Input/output error")
        commit(self)

    monkeypatch.setattr(writer.Writer, "commit", failing)
    graded, _ = grade.grade_class(two, mine)
    assert {line.status for line in graded} == {"graded", "crashed"}


def test_killed_run_resumes_and_ends_with_the_same_marks(two, mine, course, tmp_path):
    """Does a killed run resume and end with the same marks?"""
    command = [*COMMAND, "--submissions", str(two), "--output", str(tmp_path / "out"), "--course", str(mine)]
    for moment in ("submitted", "results", "autograded", "state"):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not list((mine / moment).glob("*")):
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert run_command(two, tmp_path / "out", mine).returncode == 0
    undisturbed, _ = grade.grade_class(two, shutil.copytree(course, tmp_path / "other"))
    assert [tuple(line[:3]) for line in read(tmp_path / "out" / "summary.csv")] == [
        tuple(line[:3]) for line in sample_submissions.list_summaries(undisturbed)]


def test_missing_folder_gets_one_line_and_no_traceback(tmp_path):
    """Does a missing folder get one line and no traceback?"""
    run = run_command(tmp_path / "nowhere", tmp_path / "out", tmp_path / "course")
    assert run.returncode == 2 and "nowhere" in run.stderr and "Traceback" not in run.stderr


def test_full_disk_is_an_error_that_leaves_no_half_result(tmp_path, monkeypatch):
    """Is a full disk an error that leaves no half result?"""
    store = results.Results(tmp_path)

    def full(*args):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(files.os, "replace", full)
    with pytest.raises(OSError):
        store.put("x", {"status": "graded"})
    assert store.get("x") is None and not list(tmp_path.iterdir())


def test_every_upload_of_the_sample_class_comes_in(tmp_path):
    """Does every upload of the sample class come in?"""
    found = reading.read_inbox(ensure_class(), read_roster(ROSTER))
    assert {student for student, _ in found.submissions} == set(read_roster(ROSTER)) and len(found.rejected) == 1


def test_zip_of_canvas_in_the_sample_class_needs_the_roster():
    """Is the student of Canvas's zip found by the id on the roster, and to look at without it?"""
    found = reading.read_inbox(ensure_class())
    assert "jon" not in {student for student, _ in found.submissions}
    assert any(line.endswith("line for who.csv: jon_48151,") for line in found.rejected)


def test_nothing_in_the_working_folder_is_imported(mine, tmp_path):
    """Is a module of the standard library or of a package not taken from an inbox in which the grader is started?"""
    inbox = tmp_path / "inbox"
    (inbox / "ada" / "01_activations" / "cs231n_lib").mkdir(parents=True)
    module = solution_regions.solve_functions("activations", ["relu_forward"])
    (inbox / "ada/01_activations/cs231n_lib/activations.py").write_text(module)
    for name in ("tqdm", "json", "numpy", "functools", "types", "collections", "warnings", "multiprocessing", "pickle",
                 "nbgrader", "sqlalchemy", "cs231n_lib", "sitecustomize", "readline", "linecache"):
        (inbox / name).mkdir()
        (inbox / name / "__init__.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'a').write('{name} ')\n")
    run = subprocess.run([*COMMAND, "--submissions", ".", "--output", tmp_path / "out", "--course", mine], cwd=inbox,
                         capture_output=True, text=True, env=os.environ | {"PYTHONPATH": ""})
    assert not (tmp_path / "imported").exists(), (tmp_path / "imported").read_text()
    assert "ada" in {line[0] for line in read(tmp_path / "out" / "summary.csv")}, run.stdout + run.stderr


def test_only_its_owner_reads_results_sources_and_gradebook(two, mine):
    """Are results, sources and gradebook closed to others, those of a course from before too?"""
    for name in ("results", "source", "gradebook.db"):
        (mine / name).chmod(0o755) if (mine / name).exists() else (mine / name).mkdir()
    grade.grade_class(two, mine)
    assert {name: oct((mine / name).stat().st_mode & 0o7777) for name in ("results", "source", "gradebook.db")} == {
        "results": "0o700", "source": "0o700", "gradebook.db": "0o700"}


def test_what_a_new_course_gets_is_its_owners_from_the_start(tmp_path):
    """Are the gradebook and the folders made closed?"""
    results.Results(tmp_path / "results")
    (tmp_path / "course").mkdir()
    database.protect_gradebook(tmp_path / "course")
    assert (tmp_path / "results").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "course" / "gradebook.db").stat().st_mode & 0o777 == 0o600
