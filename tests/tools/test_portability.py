"""The matrix of machines: a row counts only if it is proven, a difference is named, nothing is left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from autograder.reference import ROOT
from autograder.sandbox import launch
from tools import portability, portability_marks
from tools.portability import Children, Row, Run, Verdict

PROVEN = {"grader": ["Haswell", "1", "AVX AVX2", "2.4.6"], "student": ["Haswell", "1", "AVX AVX2", "2.4.6"]}


def change(side, place, value):
    """Return the proof with one thing else."""
    proof = {name: list(items) for name, items in PROVEN.items()}
    proof[side][place] = value
    return proof


@pytest.mark.parametrize("row, proof, flaw", [
    (Row("a", kernel="Haswell"), PROVEN, ""),
    (Row("a", kernel="Nehalem"), PROVEN, "the grader's process has the kernel Haswell"),
    (Row("a", kernel="Haswell"), change("student", 0, "Nehalem"), "the student's process has the kernel Nehalem"),
    (Row("a", threads=2), PROVEN, "the grader's process has 1 threads"),
    (Row("a", threads=2), change("grader", 1, "2"), ""),
    (Row("a"), change("student", 1, "2"), "the student's process has 2 threads"),
    (Row("a", without=("AVX2",)), change("grader", 2, "AVX"), "the student's process has AVX2"),
    (Row("a"), change("student", 3, "2.5.5"), "the grader's process and the student's differ"),
])
def test_row_counts_only_if_both_sides_bear_it_out(row, proof, flaw):
    """Is a row not run if one of the two processes computes with something else than its name says?"""
    assert portability.find_flaw(row, proof) == flaw


def test_choice_of_the_kernel_reaches_both_processes():
    """Do the grader's process and the one in the sandbox have the kernel and the features that a row asks for?"""
    row = Row("oldest", kernel="Nehalem", without=portability.list_switchable_features(True))
    run = subprocess.run([sys.executable, "-m", "tools.portability", "--prove"], cwd=ROOT, capture_output=True,
                         text=True, env=os.environ | row.variables)
    assert portability.find_flaw(row, json.loads(run.stdout)) == ""


def test_worker_gets_the_choice_of_the_kernel_by_name_and_nothing_else(monkeypatch):
    """Do exactly these variables of the instructor's reach the worker, and never a number of threads?"""
    before = launch.make_environment()
    monkeypatch.setattr(os, "environ", {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4",
                                        "OPENBLAS_VERBOSE": "2", "OPENBLAS_NUM_THREADS": "8", "TOKEN": "secret"})
    after = launch.make_environment()
    assert {k: v for k, v in after.items() if before.get(k) != v} == {
        "OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4"}
    assert before.keys() <= after.keys() and after["OPENBLAS_NUM_THREADS"] == "1"


@pytest.mark.parametrize("code, output, verdict", [
    (0, "12 passed", Verdict("ok")),
    (1, "FAILED tests/a.py::test_b[c d] - assert 1 == 2\n1 failed", Verdict("differs", "tests/a.py::test_b[c d]")),
    (1, "ERROR tests/a.py\n", Verdict("differs", "tests/a.py")),
    (1, "DIFFERS ada 01_activations elu-test: 3, expected 4\n",
     Verdict("differs", "ada 01_activations elu-test: 3, expected 4")),
    (1, "01_activations            12.0 s  FAILED\n", Verdict("differs", "01_activations")),
    (1, "03_initialization         30.0 s   10 figures  FAILED full logbook\n  says 1.6\n09_evaluation 1 s ok",
     Verdict("differs", "03_initialization")),
    (-11, "something\n\n", Verdict("differs", "exit code -11: something")),
    (5, "", Verdict("differs", "exit code 5: no output")),
])
def test_difference_is_named(code, output, verdict):
    """Is what differs named, and is no failure taken for a success?"""
    assert portability.judge_output(code, output) == verdict


def test_rows_change_one_factor_at_a_time_and_then_all():
    """Are there a row per kernel, feature, number of threads and Python, and two extremes?"""
    rows = portability.list_rows()
    *single, oldest, newest = rows
    assert all(bool(r.kernel) + bool(r.without) + (r.threads > 1) + bool(r.python) <= 1 for r in single)
    assert {r.kernel for r in single} >= set(portability.KERNELS) and {r.threads for r in single} == {1, 2}
    others = {f"Python {v}" for v in portability.PYTHONS} - {f"Python {sys.version_info[0]}.{sys.version_info[1]}"}
    assert others <= {r.name for r in single}
    assert oldest.kernel == "Nehalem" and (newest.kernel, newest.threads) == ("SkylakeX", 2)
    assert portability.list_rows(fast=True) == [oldest, newest]


def test_missing_python_is_not_run(monkeypatch):
    """Does a Python that is not here show as not run, with the reason?"""
    monkeypatch.setattr(portability, "find_python", lambda version: "")
    row = next(r for r in portability.list_rows() if r.name.startswith("Python"))
    run = Run(Path("nowhere"), [("marks", ())], Children(), lambda text: None)
    verdicts, proof = portability.run_row(row, run)
    assert str(verdicts["marks"]) == f"not run: no python{row.name.split()[1]} here" and proof == ""


def test_row_that_changes_nothing_here_runs_once(monkeypatch, tmp_path):
    """Is a kernel that this processor has anyway not computed twice, and what it stands for said?"""
    side = ["SkylakeX", "1", "AVX512F", "2.4.1"]
    monkeypatch.setattr(Children, "run", lambda *args: (0, json.dumps({"grader": side, "student": side})))
    ran = []
    monkeypatch.setattr(portability, "run_part", lambda row, *args: ran.append(row.name) or Verdict("ok"))
    run = Run(tmp_path, [("topics", ())], Children(), lambda text: None)
    found = [portability.run_row(row, run) for row in (Row("kernel SkylakeX", kernel="SkylakeX"), Row("threads 1"))]
    assert ran == ["kernel SkylakeX"] and [verdicts for verdicts, _ in found] == [{"topics": Verdict("ok")}] * 2
    assert found[1][1] == "the same as kernel SkylakeX, run once"


def test_matrix_shows_rows_parts_and_reasons():
    """Does the matrix say where something differs, and why something was not run?"""
    rows = [Row("kernel Haswell"), Row("Python 3.14")]
    found = {"kernel Haswell": ({"topics": Verdict("ok"), "marks": Verdict("differs", "ada")}, "kernel Haswell"),
             "Python 3.14": (dict.fromkeys(("topics", "marks"), Verdict("not run", "no python3.14 here")), "")}
    lines = portability.format_matrix(rows, ["topics", "marks"], found).splitlines()
    assert lines[1].split() == ["kernel", "Haswell", "ok", "differs"]
    assert "kernel Haswell, marks: differs: ada" in lines and "Python 3.14: not run: no python3.14 here" in lines


RAN, REFUSED = ({"topics": Verdict("ok"), "marks": Verdict("ok")}, "kernel"), (
    dict.fromkeys(("topics", "marks"), Verdict("not run", "no such kernel")), "")


@pytest.mark.parametrize("ran, told", [
    (("threads 1", "kernel Haswell"), ""), (("threads 1", "kernel Haswell", "Python 3.14"), ""),
    ((), "nothing was compared: no row could run"),
    (("threads 1",), "only threads 1 ran"), (("kernel Haswell", "Python 3.14"), "only kernel Haswell, Python 3.14 ran"),
])
def test_matrix_in_which_too_little_ran_says_so(ran, told):
    """Must the machine's own row have run, and one more?"""
    rows = [Row("threads 1"), Row("kernel Haswell", kernel="Haswell"), Row("Python 3.14", python="python3.14")]
    lack = portability.find_lack(rows, {row.name: RAN if row.name in ran else REFUSED for row in rows})
    assert bool(lack) == bool(told) and told in lack


@pytest.mark.parametrize("rows", [[Row("threads 1")], portability.list_rows(fast=True)])
def test_rows_that_were_chosen_are_enough_if_one_of_them_ran(rows):
    """Is a processor without AVX-512 no reason to fail where the two extremes alone are wanted?"""
    found = {row.name: REFUSED for row in rows}
    assert portability.find_lack(rows, found)
    assert portability.find_lack(rows, found | {rows[0].name: RAN}) == ""


def test_exit_code_is_1_where_no_row_could_run(monkeypatch, capsys):
    """Is a run that compared nothing no success?"""
    monkeypatch.setattr(portability_marks, "write_jobs", lambda path, fast: None)
    rows = [Row("kernel Haswell", kernel="Haswell", reason="no such kernel"), Row("Python 3.9", reason="too old")]
    assert portability.run_matrix(rows, True, 1) == 1
    printed = capsys.readouterr().out
    assert "nothing was compared" in printed and "Python 3.9: not run: too old" in printed


def test_only_the_parts_that_were_asked_for_run(monkeypatch, capsys):
    """Can one part alone be run again?"""
    monkeypatch.setattr(portability_marks, "write_jobs", lambda path, fast: None)
    portability.run_matrix([Row("Python 3.9", reason="too old")], False, 1, ["notebooks"])
    header = next(line for line in capsys.readouterr().out.splitlines() if line.startswith(" "))
    assert header.split() == ["notebooks"]


def test_mark_that_moved_is_named():
    """Is a mark that is not the table's named, and a submission that was not graded?"""
    result = {"status": "graded", "problem": "", "seconds": 1.0,
              "cells": {"a-test": {"score": 1.0, "max_score": 2.0, "outcomes": []},
                        "b-test": {"score": 2.0, "max_score": 2.0, "outcomes": []}}}
    assert portability_marks.compare_marks(result, {"a-test": "2", "b-test": "2"}) == ["a-test: 1, expected 2"]
    stuck = result | {"status": "timeout", "problem": "too slow"}
    assert portability_marks.compare_marks(stuck, {}) == ["timeout too slow"]


def test_students_whose_marks_are_compared_are_in_the_table():
    """Does the table of expected marks have every student of the part "marks", with every assignment?"""
    expected = portability_marks.read_expected()
    assert {student for student, _ in expected} >= set(portability_marks.STUDENTS) >= set(portability_marks.FAST)


def test_interrupt_leaves_nothing_behind(tmp_path):
    """After Ctrl-C, is no process of it there, and no temporary file?"""
    child = subprocess.Popen([sys.executable, "-m", "tools.portability", "--fast"], cwd=ROOT, text=True,
                             env=os.environ | {"TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("portability-*/*/tmp")) and time.monotonic() < deadline:
        time.sleep(0.1)  # until a row has begun: imports start processes, too
    time.sleep(0.5)
    found = psutil.Process(child.pid).children(recursive=True)
    assert found
    child.send_signal(signal.SIGINT)
    output, _ = child.communicate(timeout=120)
    # Python ends itself by SIGINT, not with 130, where the interrupt came while it ran a string, as dataclasses do.
    assert child.returncode in (130, -signal.SIGINT) and "nothing is left running" in output, output
    _, alive = psutil.wait_procs(found, timeout=10)
    assert alive == [] and list(tmp_path.iterdir()) == []
