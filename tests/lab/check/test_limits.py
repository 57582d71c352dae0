"""The time limit of a check: does it end what does not end, however the process was started?"""

import subprocess
import sys
import threading

import pytest

from autograder.reference import ROOT
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
        with time_limit(0.001):
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
