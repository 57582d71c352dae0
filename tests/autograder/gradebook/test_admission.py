"""nbgrader's own road: is what somebody put into ``submitted/`` admitted or refused before nbgrader reads it?"""

import json
import os
import shutil

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbgrader.apps import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.server_extensions.formgrader import handlers

from autograder import grade
from autograder.course import cells, submission_state
from autograder.course.assignment import load_assignment
from autograder.gradebook import preprocessors
from autograder.gradebook.config import load_config
from autograder.gradebook.safe_markdown import LONGEST_RENDERED
from autograder.inbox import submitted_folder, uploads
from autograder.inbox.submitted_folder import SubmittedFolder

ASSIGNMENT, TOPIC = "03_initialization", "initialization"
KEY = ("ada", ASSIGNMENT)
NOTEBOOK, MODULE = f"{ASSIGNMENT}.ipynb", f"cs231n_lib/{TOPIC}.py"


@pytest.fixture
def own(course, tmp_path):
    """Return a course of one's own."""
    return shutil.copytree(course, tmp_path / "course")


@pytest.fixture(autouse=True)
def jobs(monkeypatch):
    """Give every job no mark, without running it; return the jobs."""
    seen = []

    def judge(job, unsafe):
        seen.append(job)
        parts = {name: {"score": 0.0, "max_score": points, "outcomes": []} for name, _, points in job["tests"]}
        return {"status": "graded", "problem": "", "seconds": 0.0, "cells": parts}

    monkeypatch.setattr(preprocessors, "run_in_subprocess", judge)
    return seen


def answers(course, answer="0.5", text="Because."):
    """Return the text of the released notebook with all answers given, as Jupyter could save it."""
    form = load_assignment(course, ASSIGNMENT)
    written = {**dict.fromkeys(form.solutions, text), **{n: f"{v} = {answer}" for n, v in form.variables.items()}}
    return json.dumps(json.loads(form.format_submission(written)))


def put(course, notebook=None, module="# mine\n"):
    """Put files into ``submitted/`` by hand; return the folder."""
    folder = course / "submitted" / "ada" / ASSIGNMENT
    (folder / "cs231n_lib").mkdir(parents=True)
    (folder / NOTEBOOK).write_text(answers(course) if notebook is None else notebook)
    (folder / MODULE).write_text(module)
    return folder


def autograde(course, config=None):
    """Press the Autograde button; return what formgrader shows."""
    return NbGraderAPI(config=config or load_config(course)).autograde(ASSIGNMENT, "ada", force=True, create=True)


def list_files(folder):
    """Return name -> size of everything in a folder that is no folder, links not followed."""
    return {p.relative_to(folder).as_posix(): p.lstat().st_size for p in folder.rglob("*")
            if p.is_symlink() or not p.is_dir()}


def many_cells(course):
    """Return a notebook of 2,000 cells, with as much in each as a cell may hold."""
    book = json.loads(answers(course))
    cell = {"cell_type": "markdown", "metadata": {}, "source": "[" * cells.MAX_CELL}
    book["cells"] += [{**cell, "id": f"more-{i}"} for i in range(300)]
    book["cells"] += [{**cell, "id": f"less-{i}", "source": "a"} for i in range(2000)]
    return json.dumps(book)


def link(path, target):
    """Put a link in the place of a file."""
    path.unlink()
    path.symlink_to(target)


def pipe(path):
    """Put a named pipe, which nobody writes to, in the place of a file."""
    path.unlink()
    os.mkfifo(path)


HOSTILE = {
    "oversized module": (lambda c, f: (f / MODULE).write_text("#" * (uploads.MAX_MODULE + 1)),
                         f"{MODULE}: larger than 256 KiB, left out"),
    "oversized notebook": (lambda c, f: (f / NOTEBOOK).write_text(" " * (uploads.MAX_NOTEBOOK + 1)),
                           f"{NOTEBOOK}: larger than 65536 KiB, left out"),
    "nested JSON": (lambda c, f: (f / NOTEBOOK).write_text('{"cells": ' + "[" * 200_000 + "]" * 200_000 + "}"),
                    f"{NOTEBOOK}: not a notebook"),
    "2,000 cells": (lambda c, f: (f / NOTEBOOK).write_text(many_cells(c)),
                    f"{NOTEBOOK}: larger than a notebook may be, the last"),
    "linked module": (lambda c, f: link(f / MODULE, "/etc/passwd"), f"{MODULE}: cannot be read"),
    "linked notebook": (lambda c, f: link(f / NOTEBOOK, "/dev/zero"), f"{NOTEBOOK}: cannot be read"),
    "device": (lambda c, f: link(f / MODULE, "/dev/zero"), f"{MODULE}: cannot be read"),
    "pipe": (lambda c, f: pipe(f / MODULE), f"{MODULE}: cannot be read"),
    "linked folder": (lambda c, f: (f / "more").symlink_to("/usr"), "more: not a file of this assignment"),
    "time": (lambda c, f: (f / "timestamp.txt").write_text("9" * 10_000), "timestamp.txt: not a file of this"),
    "stray": (lambda c, f: (f / "sitecustomize.py").write_text("1"), "sitecustomize.py: not a file of this"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_only_what_admission_rebuilt_is_read_by_nbgrader(own, kind):
    """Whatever was put there by hand: is it kept, and does nbgrader read and copy the admitted part alone?"""
    spoil, remark = HOSTILE[kind]
    folder = put(own)
    spoil(own, folder)
    before = list_files(folder)
    outcome = autograde(own)
    assert outcome["success"], outcome
    assert f"{'/'.join(KEY)} was put into submitted/ by hand: it is kept in handed_in/" in outcome["log"]
    assert remark in outcome["log"] and remark in submission_state.read_state(own, *KEY).remark
    assert list_files(own / "handed_in" / "ada" / ASSIGNMENT) == before
    for kept in (folder, own / "autograded" / "ada" / ASSIGNMENT):
        files = list_files(kept)
        assert NOTEBOOK in files and set(files) <= {NOTEBOOK, MODULE}
        assert max(files.values()) < 2 * 2**20 and not any(p.is_symlink() for p in kept.rglob("*"))
    assert SubmittedFolder(own, *KEY).is_sealed()


def test_what_nbgraders_exchange_collects_is_admitted(own, tmp_path, jobs):
    """Does what `nbgrader collect` takes from ``inbound/`` go through admission, so that strange files stay out?"""
    arrived = tmp_path / "exchange" / "course" / "inbound" / f"ada+{ASSIGNMENT}+2026-03-01 10:00:00.000000 UTC+abc"
    shutil.move(put(own), arrived)
    shutil.rmtree(own / "submitted")
    (arrived / "timestamp.txt").write_text("2026-03-01 10:00:00.000000 UTC")
    (arrived / "sitecustomize.py").write_text("1")
    config = load_config(own)
    config.Exchange.root, config.CourseDirectory.course_id = str(tmp_path / "exchange"), "course"
    config.ExchangeCollect.check_owner = False
    coursedir = CourseDirectory(config=config, assignment_id=ASSIGNMENT)
    ExchangeCollect(coursedir=coursedir, authenticator=Authenticator(config=config), config=config).start()
    folder = SubmittedFolder(own, *KEY)
    assert "sitecustomize.py" in list_files(folder.path) and not folder.is_sealed()
    outcome = autograde(own)
    assert outcome["success"] and "sitecustomize.py: not a file of this assignment" in outcome["log"]
    assert set(list_files(folder.path)) == {NOTEBOOK, MODULE, "timestamp.txt"} and folder.is_sealed()
    assert [job["module"] for job in jobs] == ["# mine\n"]


def test_ordinary_files_put_by_hand_are_judged_like_an_upload(own, jobs, tmp_path):
    """Is the job the one that `grade` makes of the same files, and is the time of arrival kept?"""
    folder = put(own)
    shutil.copytree(folder, tmp_path / "inbox" / "ada" / ASSIGNMENT)
    (folder / "timestamp.txt").write_text("2026-03-01 10:00:00.123456 UTC")
    assert autograde(own)["success"]
    assert (folder / "timestamp.txt").read_text() == "2026-03-01 10:00:00.123456 UTC"
    placed = {name: (folder / name).read_bytes() for name in (NOTEBOOK, MODULE)}
    assert "0.5" in json.dumps(jobs[0]["answers"]) and jobs[0]["module"] == "# mine\n"
    grade.collect_class(tmp_path / "inbox", own)
    assert placed == {name: (folder / name).read_bytes() for name in (NOTEBOOK, MODULE)}
    assert [p.name for p in (own / "handed_in" / "ada").iterdir()] == [ASSIGNMENT]


@pytest.mark.parametrize("time, believed", [
    ("2026-03-01 10:00:00.123456 UTC", True), ("2026-03-01 10:00:00", True), ("2026-03-01T10:00:00Z", True),
    ("2026-10-24 23:59:00 Europe/Berlin", True), ("2026-10-24 23:59:00.5 CEST", False), ("2026-10-24 23:59 EDT", False),
    ("2026-10-24 23:59:00 +0200", False), ("2026-10-24 11:59 PM", False), ("2026-10-24T23:59:00+02:00", True),
])
def test_time_of_arrival_that_nbgrader_would_misread_is_not_believed(tmp_path, time, believed):
    """An exchange in a time zone of its own writes CEST, which nbgrader takes for UTC: is only what it reads kept?"""
    folder = tmp_path / "submitted" / "ada" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text(time)
    remarks = []
    names = [name for name, _ in SubmittedFolder(tmp_path, *KEY).list_readers(remarks)]
    assert names == ([] if believed else ["timestamp.txt"]) and remarks == []


def test_what_collect_placed_is_left_as_it_is(own, tmp_path, monkeypatch):
    """Does a submission that was admitted before cost no second reading, and does nothing move?"""
    shutil.copytree(put(own), tmp_path / "inbox" / "ada" / ASSIGNMENT)
    shutil.rmtree(own / "submitted")
    grade.collect_class(tmp_path / "inbox", own)
    before = list_files(own / "submitted")
    monkeypatch.setattr(uploads, "run_limited", lambda *args: pytest.fail("read again"))
    assert autograde(own)["success"]
    assert list_files(own / "submitted") == before and not (own / "handed_in").exists()


def test_nothing_that_was_handed_in_is_ever_overwritten(own, tmp_path):
    """Files by hand, by hand again, then an upload: is each kept?"""
    for n in range(2):
        shutil.rmtree(own / "submitted", ignore_errors=True)
        put(own, module=f"# version {n}\n")
        assert autograde(own)["success"]
    shutil.rmtree(own / "submitted")
    shutil.copytree(put(own, module="# uploaded\n"), tmp_path / "inbox" / "ada" / ASSIGNMENT)
    (own / "submitted" / "ada" / ASSIGNMENT / MODULE).write_text("# version 2\n")
    grade.collect_class(tmp_path / "inbox", own)
    kept = sorted((own / "handed_in" / "ada").iterdir())
    assert [(p / MODULE).read_text() for p in kept] == [f"# version {n}\n" for n in range(3)]
    assert (own / "submitted" / "ada" / ASSIGNMENT / MODULE).read_text() == "# uploaded\n"


def test_without_admission_autograde_refuses_and_says_what_to_do(own, capsys):
    """Where a setting of the instructor's has replaced our hook: is nothing read, and does the command help?"""
    config = load_config(own)
    config.Autograde.pre_convert_hook = "builtins.dict"
    folder = put(own)
    before = list_files(folder)
    outcome = autograde(own, config)
    assert not outcome["success"] and list_files(folder) == before
    [line] = [line for line in outcome["log"].splitlines() if "autograder.errors.CourseError:" in line]
    assert "submitted/ada/03_initialization holds what admission did not write, and nothing of it was read" in line
    assert "Run `python -m autograder collect --submissions submitted --course .`" in line
    assert not (own / "autograded" / "ada" / ASSIGNMENT).exists()
    grade.collect_class(own / "submitted", own)
    assert autograde(own, config)["success"] and list_files(own / "handed_in" / "ada" / ASSIGNMENT) == before


@pytest.mark.parametrize("linked", ["ada", f"ada/{ASSIGNMENT}"])
def test_folder_that_is_a_link_is_refused(own, linked, tmp_path):
    """Is a link in the place of a student's or an assignment's folder followed by nobody?"""
    put(own)
    elsewhere = shutil.move(own / "submitted" / linked, tmp_path / "elsewhere")
    (own / "submitted" / linked).symlink_to(elsewhere)
    outcome = autograde(own)
    assert not outcome["success"] and f"submitted/{linked} is a link, and links are not followed" in outcome["log"]
    assert not (own / "handed_in").exists() and (own / "submitted" / linked).is_symlink()


def test_unknown_assignment_is_refused_by_its_name(own):
    """Is a folder of no assignment named, not opened?"""
    with pytest.raises(Exception, match="99_extra: unknown assignment"):
        notebook = own / "submitted" / "ada" / "99_extra" / "99_extra.ipynb"
        load_config(own).Autograde.pre_convert_hook(assignment="99_extra", student="*", notebooks=[str(notebook)])


def test_files_are_back_in_their_place_if_they_cannot_be_replaced(own, monkeypatch):
    """A disk that is full in the middle: is the submission where it was, and refused?"""
    folder = put(own)
    before = list_files(folder)

    def fill_disk(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(submitted_folder, "write_if_changed", fill_disk)
    outcome = autograde(own)
    assert not outcome["success"] and "not admitted: [Errno 28]" in outcome["log"]
    assert list_files(folder) == before and not any((own / "handed_in" / "ada").iterdir())


def test_unreadable_folder_can_be_set_aside(own):
    """A folder without permissions, as an archive can hold one: is it moved?"""
    folder = put(own)
    folder.chmod(0o500)
    (folder / "cs231n_lib").chmod(0)
    try:
        assert autograde(own)["success"]
        assert SubmittedFolder(own, *KEY).is_sealed()
    finally:
        for path in (own / "handed_in" / "ada" / ASSIGNMENT, own / "handed_in" / "ada" / ASSIGNMENT / "cs231n_lib"):
            path.chmod(0o700)


# -- the page of a submission ----------------------------------------------------------------------------------------


def render_page(course):
    """Return the page that formgrader shows of ada's submission."""
    config = load_config(course)
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    names = ("assignment_id", "notebook_id", "submission_id", "base_url", "student", "last_name", "first_name")
    about = {**dict.fromkeys(names, "x"), "index": 0, "total": 1, "notebook_path": "x"}
    graded = course / "autograded" / "ada" / ASSIGNMENT / NOTEBOOK
    return HTMLExporter(config=config).from_filename(str(graded), resources=about)[0]


@pytest.mark.parametrize("text", ["[" * cells.MAX_CELL, "![a](<b" * 2800, "|a|b|\n|-|-|\n" * 1600])
def test_page_of_the_largest_submission_is_bounded_in_size_and_cells(own, text):
    """With as much in each cell as admission lets through: has the page the released cells, and little more to it?"""
    put(own, many_cells(own))
    assert autograde(own)["success"]
    ordinary = render_page(own)
    shutil.rmtree(own / "submitted")
    code = "(" * (cells.MAX_CELL - 100)
    put(own, answers(own, code, text))
    assert autograde(own)["success"]
    graded = nbformat.read(own / "autograded" / "ada" / ASSIGNMENT / NOTEBOOK, as_version=4)
    form = load_assignment(own, ASSIGNMENT)
    assert len(graded.cells) == len(form.released.chunks)
    page = render_page(own)
    shown = len(form.variables) * (cells.MAX_ANSWER + 200) + 2 * 2 * cells.MAX_CELL
    assert len(page) < len(ordinary) + shown
    assert page.count("more characters, which are not read") == len(form.variables)
    assert page.count(f"as it was written: it is longer than {LONGEST_RENDERED} characters") == sum(
        cells.is_written(cell) for cell in graded.cells)
