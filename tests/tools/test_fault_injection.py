"""Faults: does whatever kills, fills or loses something leave the marks as they are, and is nothing left running?

``python -m tools.fault_injection`` does the same to whole runs, at random moments.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gradebooks
import psutil
import pytest
from executors_here import Broken
from nbgrader.api import Gradebook
from small_jobs import job
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder import __main__, errors, grade
from autograder.course import solution_regions, submission_state
from autograder.course.topics import list_topics
from autograder.exports import gradescope_autograder
from autograder.gradebook import records
from autograder.gradebook.database import read_database_address
from autograder.release import release
from autograder.reports import mark_changes
from autograder.runners import local, runner, schedule
from autograder.runners.results import Results
from autograder.sandbox import client
from autograder.verify import host_snapshot
from tools import fault_injection
from tools.fault_injection_course import TOKEN, CourseRun, read_visible_results

pytestmark = pytest.mark.long

ASSIGNMENT = "01_activations"
RELU = "def relu_forward(x):\n    return x * (x > 0), x\n"


@pytest.fixture
def mine(course, tmp_path):
    """Return a course of one's own, with a release in it."""
    return gradebooks.copy_of(course, tmp_path)


@pytest.fixture
def inbox(course, tmp_path):
    """Return a folder with two cheap submissions."""
    for student, module in (
        ("ada", solution_regions.solve_functions("activations", ["relu_forward"])),
        ("ben", "def oops(:\n"),
    ):
        folder = tmp_path / "inbox" / student / ASSIGNMENT / "cs231n_lib"
        folder.mkdir(parents=True)
        (folder / "activations.py").write_text(module)
        shutil.copy(course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", folder.parent)
    return tmp_path / "inbox"


@pytest.fixture
def here(monkeypatch):
    """Let the grader's command run its jobs in this process."""
    monkeypatch.setattr(local, "LocalPool", lambda jobs: Broken(0))


def command(monkeypatch, capsys, *words):
    """Run a command as from the shell; return its exit code and the lines on stderr."""
    monkeypatch.setattr(sys, "argv", ["autograder", *map(str, words)])
    return __main__.main(), capsys.readouterr().err.strip().splitlines()


def gone(pid):
    """Wait until a process is gone; say whether it went."""
    end = time.monotonic() + 10
    while psutil.pid_exists(pid) and fault_injection.is_alive(psutil.Process(pid)):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


# Killed processes


def test_runner_ends_with_a_grader_that_was_killed():
    """Does a runner end with a grader that was killed?"""
    code = ("import os, time\nfrom autograder.runners import local\nif __name__ == '__main__':\n"
            "    with local.open_local_pool(1) as runners:\n"
            "        print(runners.submit(os.getpid).result(), flush=True)\n        time.sleep(60)\n")
    main = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    number = int(main.stdout.readline())
    assert psutil.pid_exists(number)
    main.kill()
    main.wait()
    main.stdout.close()
    assert gone(number)


def test_grader_ends_after_its_runners_are_killed_with_large_jobs():
    """Before Python 3.11.5, a job larger than a pipe kept the process from ending."""
    code = ("import os, signal, time\nfrom autograder.runners import local\nif __name__ == '__main__':\n"
            "    with local.open_local_pool(1) as runners:\n        runners.submit(os.getpid).result()\n"
            "        waiting = [runners.submit(time.sleep, 60)]\n"
            "        waiting += [runners.submit(len, 'x' * 10**6) for _ in range(3)]\n"
            "        time.sleep(0.3)\n        [os.kill(pid, signal.SIGKILL) for pid in runners.pool._processes]\n"
            "        lost = [future.exception() for future in waiting]\n"
            "        print(sum(e is not None for e in lost), runners.submit(len, 'abc').result())\n")
    run = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, timeout=60)
    assert run.stdout.split() == ["4", "3"] and run.returncode == 0


class Killer:
    """Kills from outside: the sandbox of the first student at the first of some requests, of the second at the next."""

    def __init__(self, monkeypatch, at, victim="worker"):
        self.at, self.met, self.victim, self.exchange = at, [], victim, client.SandboxedModule._exchange
        monkeypatch.setattr(client.SandboxedModule, "_exchange", lambda *args: self(*args))

    def __call__(self, student, message, callbacks):
        if student.number in self.at[len(self.met):][:1] and student not in self.met:
            self.met.append(student)
            inner = psutil.Process(student.worker.pid).children(recursive=True)
            victim = student.worker.pid if self.victim == "bubblewrap" else inner[-1].pid
            os.kill(victim, signal.SIGKILL)
            assert gone(victim)
        return self.exchange(student, message, callbacks)


@pytest.mark.parametrize("victim", ["worker", "bubblewrap"])
def test_sandbox_killed_once_costs_its_student_nothing(monkeypatch, victim):
    """Does a sandbox that was killed once cost its student nothing?"""
    undisturbed = runner.run_job(job(module=RELU))
    killer = Killer(monkeypatch, [3], victim)
    with pytest.raises(errors.InfraError, match="is memory short"):
        runner.run_job(job(module=RELU))
    result = runner.run_job(job(module=RELU))
    assert len(killer.met) == 1 and (result["cells"], result["status"]) == (undisturbed["cells"], "graded")


def test_sandbox_killed_again_is_a_grader_failure(monkeypatch):
    """Is a submission whose sandbox is killed run once more, alone, and no mark if it is killed again?"""
    killer = Killer(monkeypatch, [2, 3, 2])
    with pytest.raises(errors.InfraError, match="is memory short"):
        gradescope_autograder.run_with_retries(job(module=RELU), False)
    assert len(killer.met) == grade.TRIES == 2


@pytest.fixture
def runs(monkeypatch):
    """Return a list that grows with every run of a job."""
    begun = []
    monkeypatch.setattr(runner, "run_cells", lambda *args, run=runner.run_cells: begun.append(1) or run(*args))
    return begun


def run_relu(body):
    """Run a job as Gradescope's container does, twice if need be; return its status and its one cell's score."""
    result = gradescope_autograder.run_with_retries(job(module=f"{HEAD}def relu_forward(x):\n{body}"), False)
    (cell,) = result["cells"].values()
    return result["status"], cell["score"], cell["max_score"]


HEAD = "import os\nimport numpy as np\n\n\n"
DEEP = "deep = []\n    for _ in range(10**5): deep = [deep]\n"


@pytest.mark.parametrize("death", ["os._exit(137)", "os.abort()", "__import__('ctypes').string_at(0)"])
def test_code_that_ends_itself_loses_its_marks_in_one_run(runs, death):
    """Does code that ends itself lose its marks, and nobody's time?"""
    assert run_relu(f"    {death}\n")[:2] == ("crashed", 0.0) and len(runs) == 1


def test_code_whose_kill_is_refused_keeps_the_marks_it_earns(runs):
    """Is a module that tries to kill itself graded like any other: with nothing if it stops there, else in full?"""
    assert run_relu("    os.kill(os.getpid(), 9)\n")[:2] == ("graded", 0.0)
    on = "    try: os.kill(os.getpid(), 9)\n    except PermissionError: return np.maximum(x, 0), x\n"
    status, score, most = run_relu(on)
    assert (status, score) == ("graded", most) and score > 0 and len(runs) == 2


@pytest.mark.parametrize("body", [
    f"    {DEEP}    return repr(deep)\n",
    f"    import sys\n    sys.setrecursionlimit(10**9)\n    {DEEP}    return repr(deep)\n",
    f"    import sys\n    sys.setrecursionlimit(10**9)\n    {DEEP}    return deep, x\n",
    "    import json, sys\n    sys.setrecursionlimit(10**9)\n    return json.loads('[' * 10**6)\n",
])
def test_overflow_of_the_stack_is_the_modules_own_fault(runs, body):
    """Is a stack that is full, Python's or C's, an error or a crash, and never the computer's failure?"""
    status, score, _ = run_relu(body)
    assert status in ("graded", "crashed") and score == 0 and len(runs) == 1


@pytest.mark.parametrize("call", [
    "os.fork()", "__import__('socket').socket()", "__import__('threading').Thread(target=print).start()",
    "os.setpriority(os.PRIO_PROCESS, 0, 5)", "os.sched_setaffinity(0, [0])", "os.chmod('/tmp', 0o700)",
    "os.pidfd_open(os.getpid())", "os.memfd_create('x')"])
def test_refused_system_call_is_an_ordinary_error(runs, call):
    """Is a system call that the filter refuses an exception in the module, which lives on?"""
    assert run_relu(f"    {call}\n")[:2] == ("graded", 0.0)
    status, score, most = run_relu(f"    try: {call}\n    except (OSError, RuntimeError): return np.maximum(x, 0), x\n")
    assert (status, score) == ("graded", most) and len(runs) == 2


def test_hanging_submission_holds_up_nobody(monkeypatch):
    """Is nobody held up by a submission that hangs?"""
    others = threading.Event()

    def run(job, unsafe):
        return others.wait(30) if job == "hangs" else job

    monkeypatch.setattr(runner, "run_job", run)
    order = []
    with ThreadPoolExecutor(2) as executor:
        for item, _ in schedule.run_jobs([(name, name) for name in ("hangs", "a", "b", "c")], executor, window=2):
            order.append(item)
            if len(order) == 3:
                others.set()
    assert sorted(order[:3]) == ["a", "b", "c"] and order[3] == "hangs"


# A release that was cut short


class Made:
    """Stands for nbgrader's API: makes releases, or is killed at one of them."""

    made, killed_at = [], None

    def __init__(self, config):
        self.course = Path(config.CourseDirectory.root)

    def generate_assignment(self, assignment, force, create):
        """See :class:`nbgrader.apps.NbGraderAPI`."""
        if len(self.made) == self.killed_at:
            raise KeyboardInterrupt
        self.made.append(assignment)
        (self.course / "release" / assignment).mkdir(parents=True, exist_ok=True)
        (self.course / "release" / assignment / f"{assignment}.ipynb").touch()
        return {"success": True}


def test_release_cut_short_is_made_again(tmp_path, monkeypatch):
    """Is a release that was cut short made again?"""
    monkeypatch.setattr(release, "NbGraderAPI", Made)
    monkeypatch.setattr(release.pinned_sources, "make_stub", str)
    monkeypatch.setattr(release, "try_sources", lambda sources: None)
    monkeypatch.setattr(Made, "made", [])
    monkeypatch.setattr(Made, "killed_at", 5)
    with pytest.raises(KeyboardInterrupt):
        release.generate_release(tmp_path)
    monkeypatch.setattr(Made, "killed_at", None)
    release.generate_release(tmp_path)
    release.generate_release(tmp_path)
    assert len(Made.made) == 5 + len(list_topics())
    notebook = tmp_path / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    monkeypatch.setattr(Made, "made", [])
    monkeypatch.setattr(Made, "killed_at", 0)
    with pytest.raises(KeyboardInterrupt):
        release.generate_release(tmp_path)
    monkeypatch.setattr(Made, "killed_at", None)
    release.generate_release(tmp_path)
    assert Made.made == [ASSIGNMENT]


# A full disk


def full_store(patch):
    """Let no result be kept."""
    def put(self, job_key, result):
        raise OSError(28, "No space left on device")

    patch.setattr(Results, "put", put)


def full_database(patch):
    """Let no database grow: SQLite itself says that the disk is full."""
    def bound(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {max(pages, 1)}")

    event.listen(Engine, "connect", bound)
    patch.callback = lambda: event.remove(Engine, "connect", bound)


@pytest.mark.parametrize("fill", [full_store, full_database])
def test_full_disk_is_one_line_and_loses_no_mark(fill, inbox, mine, tmp_path, monkeypatch, capsys,
                                                                       here):
    """Is a full disk one line that says what to do and no mark lost?"""
    for i in range(8):  # more rows than the last page of each table has room for
        shutil.copytree(inbox / "ben", inbox / f"ben{i}")
    words = ["grade", "--submissions", inbox, "--course", mine, "--output", tmp_path / "out"]
    with monkeypatch.context() as patch:
        fill(patch)
        code, lines = command(patch, capsys, *words)
        getattr(patch, "callback", int)()
    assert code == 2 and len(lines) == 1 and "free some space and run the same command again" in lines[0]
    assert command(monkeypatch, capsys, *words)[0] == 0
    found = {r.student: r for r in records.iter_records(mine)}
    assert found["ada"].score > 0 and found["ben"].status == "crashed" and len(found) == 10


# A gradebook that was lost


def handed_in(course):
    """Put a graded submission into a course."""
    with Gradebook(read_database_address(course)) as gradebook:
        gradebooks.hand_in(course, gradebook, "ada", ASSIGNMENT)
    return course


def test_mark_that_the_gradebook_lost_is_no_zero(mine):
    """Is a mark that the gradebook lost no zero?"""
    handed_in(mine)
    assert records.load_records(mine)[0].marks
    (mine / "gradebook.db").unlink()
    record = records.load_records(mine)[0]
    assert (record.status, record.marks) == ("infra-error", []) and "gradebook" in record.remark


@pytest.mark.parametrize("damage", ["cut in the middle", "first bytes lost", "pages lost"])
def test_damaged_gradebook_is_one_line_that_says_what_to_do(damage, mine, tmp_path, monkeypatch, capsys):
    """Is a damaged gradebook one line that says what to do?"""
    fault_injection.DAMAGES[damage][0](handed_in(mine) / "gradebook.db")
    code, lines = command(monkeypatch, capsys, "feedback", "--course", mine, "--output", tmp_path / "out")
    assert code == 2 and len(lines) == 1 and "move gradebook.db out of the course" in lines[0]


class Losing(Broken):
    """An executor under which the gradebook is deleted before the last job ends."""

    def submit(self, call, job, unsafe):
        """See :class:`concurrent.futures.Executor`."""
        self.book.unlink(missing_ok=True)
        return super().submit(call, job, unsafe)


def test_gradebook_lost_during_a_run_leaves_no_zero(inbox, mine):
    """Does a gradebook that goes during a run leave no zero behind?"""
    executor = Losing(0)
    executor.book = mine / "gradebook.db"
    graded, _ = grade.grade_class(inbox, mine, executor=executor)
    assert [line.status for line in graded] == ["infra-error"] * 2 and not any(
        r.marks for r in records.iter_records(mine)
    )


def test_result_cut_short_is_judged_again(inbox, mine):
    """Is a result that was cut short judged again though the gradebook holds it?"""
    before, _ = grade.grade_class(inbox, mine, executor=Broken(0))
    result = mine / "results" / f"{submission_state.read_state(mine, 'ada', ASSIGNMENT).result}.json"
    result.write_text(result.read_text()[:1000])
    again = Broken(0)
    assert grade.grade_class(inbox, mine, executor=again)[0] == before and again.seen == ["activations"]
    assert any(mark.outcomes for mark in records.load_records(mine)[0].marks)


# The proof itself


def test_proof_sees_a_process_that_is_left(tmp_path):
    """Does the proof see a process that is left?"""
    with subprocess.Popen(["sleep", "60"], env={**os.environ, TOKEN: str(tmp_path)}) as process:
        assert [p.pid for p in fault_injection.find_leftovers(CourseRun(tmp_path, None), [], seconds=0)] == [
            process.pid
        ]


def test_proof_sees_a_changed_mark_and_a_doubled_row(mine, tmp_path):
    """Does the proof see a changed mark and a doubled row?"""
    place = CourseRun(tmp_path, None)
    handed_in(mine)
    place.output.mkdir()
    for name in mark_changes.KEPT_TABLES:
        (place.output / name).touch()
    before = read_visible_results(place)
    with Gradebook(read_database_address(mine)) as gradebook:
        gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "ada").grades[0].auto_score = 0.125
        gradebook.add_student("ada again")
        gradebook.db.commit()
    changes = host_snapshot.list_changes(before, read_visible_results(place))
    assert changes == [f"record of ada/{ASSIGNMENT}", "rows of student"]


@pytest.mark.parametrize("left, wrong, code", [(0, [], 0), (1, [], 1), (0, ["grades.csv"], 1)])
def test_one_bad_round_is_a_verdict_against_the_grader(left, wrong, code, capsys):
    """Is one bad round a verdict against the grader?"""
    rows = [
        fault_injection.Row("kill main", "1.0 s", "grading", 0, []),
        fault_injection.Row("kill main", "2.0 s", "tables", left, wrong),
    ]
    assert fault_injection.print_verdict(rows) == code
    assert ("FAULTS CHANGE MARKS" in capsys.readouterr().out) == bool(code)
