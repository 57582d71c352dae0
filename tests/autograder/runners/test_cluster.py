"""Grading on a Dask cluster of real processes: are the marks the local pool's, and is every worker fit for its jobs?"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor
from pathlib import Path

import pytest

import autograder.runners
from autograder import __main__ as command
from autograder import errors, grade
from autograder.course import solution_regions
from autograder.gradebook import records
from autograder.reference import ROOT
from autograder.reports import marks_tables
from autograder.runners import executors, local

distributed = pytest.importorskip("distributed", reason="Dask is not installed (it is in requirements.lock)")
pytestmark = [pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)"),
              pytest.mark.long]

SLOW = "import time\ntime.sleep(0.6)\n"
ENVIRONMENT = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}


def until(found, seconds=60):
    """Wait until ``found()`` is true; return what it gave."""
    end = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return result


@contextlib.contextmanager
def process(folder, *arguments, **environment):
    """Have a process of Dask's command line."""
    call = [sys.executable, "-m", "dask", *arguments, "--host", "127.0.0.1", "--no-dashboard"]
    with open(folder / f"{arguments[0]}.log", "ab") as log:
        running = subprocess.Popen(call, cwd=folder, stdout=log, stderr=log, env={**ENVIRONMENT, **environment})
    try:
        yield running
    finally:
        running.terminate()
        running.wait()


@contextlib.contextmanager
def worker(address, folder, *arguments, count=1, **environment):
    """Have one more worker process, or several; wait until the scheduler knows all of them."""
    with distributed.Client(address, set_as_default=False) as client:
        before = list_nannies(client)
        with process(folder, "worker", address, *arguments, "--local-directory", str(folder), **environment) as running:
            until(lambda: len(list_nannies(client) - before) == count)
            mine = list_nannies(client) - before
            yield running
        until(lambda: not mine & list_nannies(client))


def list_nannies(client):
    """Return the addresses of the processes that start the workers: a worker started again keeps its nanny."""
    return {worker["nanny"] for worker in client.scheduler_info(n_workers=-1)["workers"].values()}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Start a scheduler and two worker processes; return the scheduler's address."""
    folder = tmp_path_factory.mktemp("dask")
    file = folder / "scheduler.json"
    with process(folder, "scheduler", "--port", "0", "--scheduler-file", str(file)):
        until(file.exists)
        where = until(lambda: json.loads(file.read_text() or "{}")).get("address")
        with worker(where, folder, "--nworkers", "2", "--nthreads", "1", count=2):
            yield where


def test_worker_executes_nothing_of_the_folder_in_which_it_is_started(address, tmp_path):
    """Does a worker that is started in a student's workspace take the checkout's package?"""
    (tmp_path / "cs231n_lib").mkdir()
    (tmp_path / "cs231n_lib" / "__init__.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'w')\n")
    with (worker(address, tmp_path, "--nthreads", "1", "--name", "visitor"),
          distributed.Client(address, set_as_default=False) as client):
        loaded = client.run(lambda: (__import__("os").getcwd(), __import__(
            "autograder.runners.stand_in", fromlist=["cs231n_lib"]).cs231n_lib.__file__))
    package = str(ROOT / "cs231n_lib" / "__init__.py")
    assert (str(tmp_path), package) in loaded.values() and {file for _, file in loaded.values()} == {package}
    assert not (tmp_path / "imported").exists()


@pytest.fixture
def runners(address):
    """Return the cluster as an executor, both workers up."""
    with executors.connect_executor(address) as executor:
        until(lambda: len(executor.client.nthreads()) == 2)
        yield executor


@pytest.fixture
def inbox(course, tmp_path):
    """Return a folder of small submissions, most of them slow."""
    half = solution_regions.solve_functions("activations", ["relu_forward", "relu_backward"])
    texts = {"ada": half, "ben": SLOW, "cyd": "import os\nos._exit(1)\n", "dov": SLOW + half, "eva": SLOW}
    for student, text in texts.items():
        folder = tmp_path / "inbox" / student / "01_activations" / "cs231n_lib"
        folder.mkdir(parents=True)
        (folder / "activations.py").write_text(text)
        shutil.copy(course / "release" / "01_activations" / "01_activations.ipynb", folder.parent)
    return tmp_path / "inbox"


def marks(course):
    """Return what the tables say of a course."""
    return [row for record in records.iter_records(course) for row in marks_tables.make_grade_rows(record)]


def test_marks_equal_the_local_pools_despite_a_killed_worker(runners, inbox, course, tmp_path):
    """Are the marks the local pool's though a worker is killed on the way?"""
    here, there = (shutil.copytree(course, tmp_path / name) for name in ("here", "there"))
    victim, done = next(iter(runners.client.run(os.getpid).values())), []

    def kill():
        until(lambda: list((there / "results").glob("*.json")))
        os.kill(victim, signal.SIGKILL)
        done.append(len(list((there / "results").glob("*.json"))))

    killer = threading.Thread(target=kill)
    killer.start()
    grade.grade_class(inbox, there, executor=runners)
    killer.join()
    assert done[0] < 5  # it was on the way
    shutil.copy(there / "secret", here / "secret")
    graded, _ = grade.grade_class(inbox, here)
    assert {line.status for line in graded} == {"graded", "crashed"} and graded[0].score > 0
    assert marks(there) == marks(here)


class Poisoned(Executor):
    """A cluster on which one student's job kills its worker, whenever it is tried."""

    def __init__(self, cluster, marker):
        self.cluster, self.marker = cluster, marker

    def submit(self, call, job, unsafe):
        """See :class:`concurrent.futures.Executor`."""
        if self.marker in (job["module"] or ""):
            return self.cluster.submit(os._exit, 1)
        return self.cluster.submit(call, job, unsafe)


def test_job_that_kills_its_workers_is_an_infra_error_alone(runners, inbox, course, tmp_path, monkeypatch):
    """Is a job that kills its workers an infra error and the others are graded?"""
    monkeypatch.setattr(grade, "TRIES", 2)  # Dask blames what waits on a dying worker, too: that is tried again, alone
    for student in ("ben", "dov"):
        shutil.rmtree(inbox / student)
    graded, _ = grade.grade_class(inbox, shutil.copytree(course, tmp_path / "own"), executor=Poisoned(runners, SLOW))
    assert [line.status for line in graded] == ["graded", "crashed", "infra-error"]
    assert "KilledWorker" in graded[2].remark and graded[0].score > 0


def test_waiting_jobs_are_dropped_on_an_interrupt(address):
    """Are jobs that wait dropped when the instructor interrupts?"""
    with pytest.raises(KeyboardInterrupt), executors.connect_executor(address) as executor:
        waiting = [executor.submit(time.sleep, 0.2 + i / 1000) for i in range(50)]
        raise KeyboardInterrupt
    assert any(future.cancelled() for future in waiting)
    with distributed.Client(address, set_as_default=False) as client:
        until(lambda: client.run_on_scheduler(lambda dask_scheduler: not dask_scheduler.tasks), 5)


def test_worker_with_several_threads_gets_no_job_and_the_next_run_refuses_it(runners, address, tmp_path, capsys):
    """Does a worker that joins later, with two threads, get nothing, and is it named by the next run?"""
    fit = set(runners.client.nthreads())
    with worker(address, tmp_path, "--nthreads", "2", "--no-nanny"):
        until(lambda: "has 2 threads" in capsys.readouterr().out)
        jobs = [runners.client.submit(str, i, pure=False, resources={runners.resource: 1}) for i in range(40)]
        runners.client.gather(jobs)
        used = {name for names in runners.client.who_has(jobs).values() for name in names}
        assert used and used <= fit
        with pytest.raises(errors.ClusterError, match=r"worker tcp://\S+ is refused: it has 2 threads.*--nthreads 1"):
            with executors.connect_executor(address):
                pass


def test_worker_with_another_grader_version_is_refused(address, tmp_path):
    """Is a worker with another version of the grader refused?"""
    for package in ("autograder", "cs231n_lib"):
        ignored = shutil.ignore_patterns("submissions", "__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    with open(tmp_path / "autograder" / "sandbox" / "protocol.py", "a") as file:
        file.write("# changed\n")
    with worker(address, tmp_path, "--nthreads", "1", PYTHONPATH=str(tmp_path)):
        with pytest.raises(
            errors.ClusterError, match=r"worker tcp://\S+ is refused: the grader is .* install the same"
        ):
            with executors.connect_executor(address):
                pass


def test_worker_without_a_sandbox_is_refused(monkeypatch):
    """Is a worker without a sandbox refused?"""
    from autograder import errors
    from autograder.runners import cluster
    from autograder.sandbox import canary

    def no_sandbox():
        raise errors.SandboxError("it does not start\non this host")

    for name in local.BLAS_THREADS:
        monkeypatch.setenv(name, "1")
    monkeypatch.setattr(canary, "prove", no_sandbox)
    assert cluster.explain_refusal(1, cluster.describe_grader(), unsafe=False) == "it does not start on this host"
    assert cluster.explain_refusal(1, cluster.describe_grader(), unsafe=True) == ""
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert "OMP_NUM_THREADS" in cluster.explain_refusal(1, cluster.describe_grader(), unsafe=True)


@pytest.mark.parametrize("where, said", [
    ("tcp://127.0.0.1:9", "no Dask scheduler answers at tcp://127.0.0.1:9"),
    ("127.0.0.1", "missing port number"),
    ("quic://127.0.0.1:9", "unknown address scheme"),
])
def test_wrong_address_is_one_line(where, said, tmp_path, monkeypatch, capsys):
    """Is a wrong address one line?"""
    from autograder.runners import cluster

    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.3)
    monkeypatch.setattr(sys, "argv", ["autograder", "grade", "--submissions", str(tmp_path), "--scheduler", where,
                                      "--output", str(tmp_path / "out"), "--course", str(tmp_path / "course")])
    assert command.main() == 2
    printed = capsys.readouterr().err
    assert said in printed and printed.count("\n") == 1 and not Path(tmp_path / "course").exists()


def test_missing_dask_is_one_line_that_says_how_to_get_it(monkeypatch):
    """Is a missing Dask one line that says how to get it?"""
    monkeypatch.delitem(sys.modules, "autograder.runners.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delattr(autograder.runners, "cluster", raising=False)
    with pytest.raises(errors.ClusterError, match=r"needs Dask .* requirements\.lock"):
        with executors.connect_executor("tcp://127.0.0.1:9"):
            pass

