"""Does the benchmark of grading compare like with like, and would it notice if it did not?"""

import subprocess
import sys

import pytest

from autograder import hidden_tests
from autograder.hidden_tests import session
from tools import bench_grading

MARKS = {"ada/01/relu": 1.0, "ada/01/elu": 0.5, "dov/01/relu": None}


def test_every_cell_with_another_mark_is_named(capsys):
    """Is a cell listed that one side marks otherwise, or does not mark at all?"""
    assert bench_grading.print_agreement(MARKS, {**MARKS, "dov/01/relu": 0.0})
    assert not bench_grading.print_agreement({"ada/01/elu": 0.25, "dov/01/relu": None}, MARKS)
    said = capsys.readouterr().out
    assert "3 of 3 cells" in said and "1 of 3 cells" in said
    assert "ada/01/relu: 1.0, with stock nbgrader None" in said and "ada/01/elu: 0.5, with stock nbgrader 0.25" in said


def test_wrong_code_is_compared_with_the_reference(monkeypatch):
    """Does a plain kernel give wrong code less than all, as the sandbox does, and right code all?"""
    from cs231n_lib import activations

    full = session.load_questions("activations")["relu_forward"].points
    monkeypatch.setattr(session, "current", None)
    assert hidden_tests.grade("relu_forward") == full
    monkeypatch.setattr(activations, "relu_forward", activations.tanh_forward)
    assert hidden_tests.grade("relu_forward") < full


ORPHAN = """import os, subprocess, sys
busy = [sys.executable, "-c", "import time\\nwhile time.process_time() < 0.3: pass\\nprint(flush=True); time.sleep(60)"]
code = f"import subprocess, time\\nsubprocess.Popen({busy!r})\\ntime.sleep(60)"
parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
parent.stdout.read(1)
os.killpg(parent.pid, 9)
parent.wait()
"""
BENCH = f"""import subprocess, sys
from tools import bench_grading as bench
adopting = sys.argv[1] == "adopt"
bench.adopt_orphans() if adopting else None
before = bench.measure_cpu()
subprocess.run([sys.executable, "-c", {ORPHAN!r}])
print(bench.measure_cpu() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="adopting processes is Linux's")
def test_processor_seconds_of_killed_processes_count():
    """Does the benchmark see what a sandbox used whose own parent was killed with it?"""
    def seen(how):
        run = subprocess.run([sys.executable, "-c", BENCH, how], capture_output=True, text=True, cwd=bench_grading.ROOT)
        return float(run.stdout)

    assert seen("adopt") - seen("leave") > 0.2


def test_short_run_takes_the_first_submissions(monkeypatch, capsys):
    """Does --submissions take so many, and does the verdict need both the ratio and the same marks?"""
    asked, marks = [], {"ada/01/relu": 1.0}

    def side_by_side(folder, wanted, full=False):
        asked.append((list(wanted), full))
        found = {"marks": dict(marks), "times": {"imports": 1.0}, "runners": 1.0, "cpu": 1.0}
        return (10.0, found), (1.0, {**found, "marks": {"ada/01/relu": 1.0}})

    monkeypatch.setattr(bench_grading, "compare_speed", side_by_side)
    monkeypatch.setattr(bench_grading, "time_sandbox_start", lambda: 0.1)
    assert bench_grading.run_bench("grading", submissions=3) == 0
    assert asked == [([(student, bench_grading.BENCHED_TOPICS[0]) for student in bench_grading.STUDENTS[:3]], False)]
    marks["ada/01/relu"] = 0.5
    assert bench_grading.run_bench("grading") == 1
    assert len(asked[1][0]) == len(bench_grading.STUDENTS) * len(bench_grading.BENCHED_TOPICS) and asked[2][1]
