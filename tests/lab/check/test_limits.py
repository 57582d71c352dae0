"""The time limit of a check: does it end what does not end, however the process was started?"""

import contextlib
import subprocess
import sys
import threading

import pytest

import cs231n_lib
from autograder.reference import ROOT
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.import_check import find_import_problem
from cs231n_lib.lab.check.judge import judge_file
from cs231n_lib.lab.check.limits import TooSlow, time_limit


def spin():
    """Loop without end, and catch whatever a student's code may catch."""
    while True:
        try:
            sum(range(100))
        except Exception:
            pass


def test_endless_loop_is_ended():
    """Is a loop ended that catches every Exception?"""
    with pytest.raises(TooSlow, match="0.2 seconds"), time_limit(0.2):
        spin()


def test_endless_loop_in_another_thread_is_ended():
    """Does the limit work outside the main thread?"""
    ended = []

    def work():
        try:
            with time_limit(0.2):
                spin()
        except TooSlow:
            ended.append(True)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(20)
    assert ended == [True]


def test_code_that_ends_in_time_is_left_alone():
    """Does nothing arrive later where the code was done in time?"""
    for _ in range(50):
        with contextlib.suppress(TooSlow), time_limit(0.001):  # a busy computer may take that long for nothing
            pass
    assert sum(range(10**5)) == 4999950000


def test_endless_loop_is_ended_where_interrupts_are_ignored():
    """Does the limit hold in a process that was started with SIGINT ignored, as under nohup?"""
    code = ("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
            "from cs231n_lib.lab.check.limits import TooSlow, time_limit\n"
            "try:\n    with time_limit(0.2):\n        while True:\n            pass\n"
            "except TooSlow as error:\n    print(error)\n")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert run.stdout == "still running after 0.2 seconds\n", run.stderr


@pytest.fixture
def no_threads(monkeypatch):
    """Refuse every new thread, as Python does in a browser."""

    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)


MODULE = "import numpy as np\n\n\ndef relu_forward(x):\n    {}\n"


@pytest.mark.parametrize("body, title, words", [
    ("return np.maximum(0, x), x", "relu_forward: all 8 aspects ok", ""),
    ("return np.abs(x), x", "relu_forward: ", "8 aspects wrong"),
    ("raise ValueError('my own')", "relu_forward: does not run to its end", "line 5: `raise ValueError('my own')`"),
    ("raise RuntimeError(\"can't start new thread\")", "relu_forward: does not run to its end", "line 5: `raise Run"),
    ("raise NotImplementedError", "relu_forward: not implemented yet", ""),
])
def test_verdict_is_right_where_no_thread_can_be_started(body, title, words, no_threads, tmp_path, monkeypatch):
    """Is a function judged as it is in a Python that cannot limit its time?"""
    (tmp_path / "activations.py").write_text(MODULE.format(body), encoding="utf-8")
    monkeypatch.setattr(cs231n_lib, "__path__", [str(tmp_path), *cs231n_lib.__path__])
    monkeypatch.delitem(sys.modules, "cs231n_lib.activations", raising=False)
    report = judge_file(FUNCTIONS["relu_forward"])
    assert report.title.startswith(title) and words in str(report)


def test_module_that_raises_is_named_where_no_thread_can_be_started(no_threads, tmp_path):
    """Does the look at an edited file, which autoreload takes before each cell, say what is wrong with the file?"""
    (tmp_path / "activations.py").write_text("import numpy as np\nnp.no_such_thing\n", encoding="utf-8")
    problem = find_import_problem(tmp_path / "activations.py", "cs231n_lib.activations")
    assert problem.startswith("cs231n_lib/activations.py, line 2: AttributeError")
    (tmp_path / "activations.py").write_text("import numpy as np\n", encoding="utf-8")
    assert find_import_problem(tmp_path / "activations.py", "cs231n_lib.activations") == ""


def test_nested_limits_without_threads_pass_on_what_the_code_raises(no_threads):
    """Does an exception of the code inside arrive as it is?"""
    with pytest.raises(RuntimeError, match="my own"), time_limit(1), time_limit(1):
        raise RuntimeError("my own")
