"""The sandbox and the proxy: is student code alone in there, and is its every way to end told apart?"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from autograder import errors, reference
from autograder.course import solution_regions
from autograder.sandbox import canary, client, launch
from autograder.sandbox.client import SandboxedModule
from autograder.sandbox.student import StudentError

pytestmark = [pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)"),
              pytest.mark.long]

HEAD = "import numpy as np\n"
QUICK = launch.Limits(call_seconds=2.0, total_seconds=6.0)


def student(body, limits=QUICK):
    """Return the module ``body`` in a sandbox."""
    return SandboxedModule(HEAD + body, "activations", limits)


def status_of(body, name="f", limits=QUICK):
    """Call ``f(zeros)`` in a module and return how it ended."""
    with student(body, limits) as s, pytest.raises(StudentError) as caught:
        s.call(name, np.zeros(3))
    return caught.value.status, str(caught.value)


def test_canary_finds_every_door_closed(tmp_path):
    """Does the canary find every door closed, in little time?"""
    canary.prove()  # the image is made at the first time
    began = time.monotonic()
    verdict = canary.prove.__wrapped__(tmp_path)
    assert len(verdict) == 17 and set(verdict.values()) == {"refused"}
    assert time.monotonic() - began < 5  # well under 2 s where the processor is idle
    assert not list(tmp_path.iterdir())


def test_canary_explains_each_line_on_the_containers_page():
    """Does docs/container.md have a row for every line of the verdict, and for no other?"""
    page = (reference.ROOT / "docs/container.md").read_text()
    table = page[page.index("| line | what was tried"):].split("\n\n")[0].splitlines()[2:]
    assert {row.split("|")[1].strip() for row in table} == set(canary.prove())


def show_inside(monkeypatch, *paths):
    """Have a sandbox that shows folders of this computer."""
    whole = launch.make_bwrap_command
    shown = [word for path in paths for word in ("--ro-bind", str(path), f"/tmp/shown{len(str(path))}")]
    monkeypatch.setattr(launch, "make_bwrap_command", lambda *args: [*whole(*args)[:-5], *shown, *whole(*args)[-5:]])


def refusal(course=None):
    """Return why the canary refuses this sandbox."""
    with pytest.raises(errors.SandboxError, match="student code could") as caught:
        canary.prove.__wrapped__(course)
    return str(caught.value)


def test_sandbox_that_shows_the_course_is_refused(monkeypatch, tmp_path):
    """Is a secret found that was planted in the course, where it really is?"""
    show_inside(monkeypatch, tmp_path)
    assert "see the course's files" in refusal(tmp_path / "course")


def test_sandbox_that_shows_this_checkout_is_refused(monkeypatch):
    """Is a secret found that was planted in the checkout?"""
    show_inside(monkeypatch, reference.ROOT / "autograder", reference.ROOT)
    assert "see the course's files" in refusal()


def test_sandbox_that_shows_the_graders_home_is_refused(monkeypatch, tmp_path):
    """Is a secret found that was planted at home?"""
    monkeypatch.setenv("HOME", str(tmp_path))
    show_inside(monkeypatch, tmp_path)
    assert "see files of whoever grades" in refusal()


def test_sandbox_that_shows_an_inbox_is_refused(monkeypatch, tmp_path):
    """Is a secret found that was planted beside other submissions?"""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    show_inside(monkeypatch, tmp_path)
    assert "see other submissions" in refusal()


def test_sandbox_with_the_graders_environment_is_refused(monkeypatch):
    """Is a secret found that was planted in the environment?"""
    usual = launch.make_environment()
    monkeypatch.setattr(launch, "make_environment", lambda: os.environ | usual)
    assert "read the grader's environment" in refusal()


def test_sandbox_with_an_open_file_of_the_grader_is_refused(monkeypatch):
    """Is a secret found that was planted in an open file?"""
    start = subprocess.Popen

    def start_with_open_files(*args, **options):
        numbers = [int(name) for name in os.listdir("/proc/self/fd")]
        still_open = [n for n in numbers if n > 2 and os.path.exists(f"/proc/self/fd/{n}")]
        return start(*args, **{**options, "pass_fds": {*options["pass_fds"], *still_open}})

    monkeypatch.setattr(launch.subprocess, "Popen", start_with_open_files)
    assert "open files" in refusal()


def test_sandbox_that_names_the_environment_is_refused(monkeypatch):
    """Is a path of this computer found in what an interpreter says of itself?"""
    told = launch.make_environment() | {"VIRTUAL_ENV": sys.prefix}
    monkeypatch.setattr(launch, "make_environment", lambda: told)
    assert "read a path of this computer" in refusal()


def test_sandbox_without_a_filter_is_refused(monkeypatch):
    """Is each system call missed that the filter would refuse?"""
    import pyseccomp

    program = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)
        file.seek(0)
        everything = file.read()
    monkeypatch.setattr(launch, "compile_seccomp_filter", lambda: everything)
    found = refusal()
    for line in ("start a process", "start a thread", "open a network socket", "hold memory", "lock a file",
                 "send a signal", "change its limits"):
        assert line in found


def test_no_environment_inside_holds_what_the_graders_holds(monkeypatch):
    """Can a module read a secret of the grader's environment, its own or that of any process?"""
    monkeypatch.setenv("PLANTED_SECRET", "7d1e5a")
    look = "import os\ndef f(x):\n    return [os.path.exists('/proc'), *os.environ, *os.environ.values()]\n"
    with student(look) as s:
        processes, *seen = s.f(1)
    assert not processes and "/tmp" in seen and not [text for text in seen if "7d1e5a" in text or "PLANTED" in text]


@pytest.mark.parametrize("place", [sys.prefix, sys.base_prefix, "/usr/lib"])
def test_course_below_a_folder_of_the_interpreter_is_not_there(place):
    """Can a module read a course that lies below the interpreter, or below a folder of the system?"""
    if not os.access(place, os.W_OK):
        pytest.skip(f"{place} is not mine to write to")
    look = ("import os\ndef f(x):\n    return [os.path.join(p, n) for p, d, names in os.walk('/') for n in names\n"
            "            if n == 'gradebook-7d1e5a.db']\n")
    with tempfile.TemporaryDirectory(dir=place) as folder:
        Path(folder, "gradebook-7d1e5a.db").write_text("marks")
        with student(look, launch.Limits()) as s:
            assert s.f(1) == []


def test_host_without_bubblewrap_gets_the_install_command(monkeypatch):
    """Does a host without bubblewrap get the command that installs it?"""
    monkeypatch.setattr(launch.shutil, "which", lambda name: None)
    with pytest.raises(errors.SandboxError, match="apt-get install bubblewrap"):
        canary.prove.__wrapped__()


def test_leaking_sandbox_is_refused(monkeypatch):
    """Is a sandbox that does not hold refused?"""
    monkeypatch.setattr(canary, "CANARY", 'def probe(planted, names):\n    return {"start a process": "possible"}\n')
    with pytest.raises(errors.SandboxError, match="student code could start a process"):
        canary.prove.__wrapped__()


def test_students_functions_answer_through_the_pipe():
    """Do the student's functions answer through the pipe?"""
    with SandboxedModule(
        solution_regions.remove_markers(reference.read_module_source("activations")), "activations"
    ) as s:
        x = np.array([[-1.0, 2.0]])
        out, cache = s.relu_forward(x)
        np.testing.assert_array_equal(out, [[0, 2]])
        np.testing.assert_array_equal(s.relu_backward(np.ones((1, 2)), cache), [[0, 1]])


def test_change_of_inputs_is_seen_and_kept_from_the_caller():
    """Is a change of the inputs seen and kept from the caller?"""
    x = np.ones(3)
    with student("def f(x, config=None):\n    x[0] = 7\n    config['t'] = 1\n    return x\n") as s:
        reply = s.call("f", x, config={"t": 0})
    assert x[0] == 1 and reply.args[0][0] == 7 and reply.kwargs["config"] == {"t": 1}


def test_callable_argument_is_called_on_our_side():
    """Is a callable argument called on our side?"""
    calls = []
    with student("def f(x, g):\n    return g(g(x))\n") as s:
        got = s.f(np.ones(2), lambda v: calls.append(1) or v + 1)
    np.testing.assert_array_equal(got, [3, 3])
    assert len(calls) == 2


def test_generator_state_comes_back():
    """Does the state of a generator come back?"""
    rng = np.random.default_rng(5)
    with student("def f(rng):\n    return rng.standard_normal(3)\n") as s:
        reply = s.call("f", rng)
    np.testing.assert_array_equal(reply.value, rng.standard_normal(3))
    assert reply.args[0].bit_generator.state == rng.bit_generator.state


FIND_GRADER = "    grader = next(o for o in __import__('gc').get_objects() if type(o).__name__ == 'Grader')\n"


def test_callbacks_written_ahead_do_not_outlive_the_call():
    """Does the deadline also end a call whose next request is always in the pipe already?"""
    body = ("def f(x, g):\n" + FIND_GRADER + "    for i in range(50): grader.write(callback=0, args=[i])\n"
            "    while True:\n        grader.write(callback=0, args=[0])\n        grader.read()\n")
    with student(body) as s, pytest.raises(StudentError) as caught:
        s.f(np.ones(1), lambda x: time.sleep(0.01))
    assert caught.value.status == "timeout" and s.seconds < 2 * QUICK.call_seconds


def test_empty_arrays_whose_product_is_large_are_refused_in_a_callback():
    """Is an array without numbers counted by what it grows to?"""
    seen = []
    body = "def f(g):\n    return g(np.zeros((2**11, 0)), np.zeros((0, 2**12)))\n"
    with student(body) as s, pytest.raises(StudentError, match="larger than this function takes"):
        s.f(lambda a, b: seen.append(a @ b))
    assert not seen


def test_number_of_callbacks_is_bounded(monkeypatch):
    """Is the number of callbacks in one call bounded?"""
    monkeypatch.setattr(client, "MAX_CALLBACKS", 20)
    body = "def f(n, g):\n    return [g(i) for i in range(n)]\n"
    with student(body) as s:
        assert s.f(20, lambda i: i) == list(range(20))
        with pytest.raises(StudentError, match="over 20 calls"):
            s.f(21, lambda i: i)


@pytest.mark.parametrize("large", ["np.ones(2**18)", "'x' * 2**20"])
def test_arguments_of_all_callbacks_together_are_bounded(large):
    """Does a function of ours that keeps what it is given keep no more of one call than a frame may hold?"""
    kept = []
    with student(f"def f(g):\n    large = {large}\n    for _ in range(40): g(large)\n", launch.Limits()) as s:
        with pytest.raises(StudentError, match="bytes given to a function"):
            s.f(lambda value: kept.append(value))
    assert 0 < len(kept) < 20


def test_judging_a_reply_counts_against_all_calls_together():
    """Is the time that a result keeps the judge busy taken from the submission's own?"""
    with student("def f(x):\n    return x\n") as s:
        for _ in range(2):
            s.f(1)
            before = s.seconds
            time.sleep(0.3)
        s.f(1)
        assert s.seconds - before > 0.25


def test_too_many_numbers_are_named_as_that():
    """Does a function that returns far too many numbers hear that, and not that they are no numbers?"""
    with student("def f(x):\n    return [0.0] * 10**6\n") as s, pytest.raises(StudentError) as caught:
        s.f(1)
    assert caught.value.hint == "f returned far too many numbers"


def test_early_answer_is_refused_for_the_next_question():
    """Is an answer sent early refused, although it is there when the next question is asked?"""
    body = (
        "import gc, protocol\ndef f(x):\n"
        "    grader = next(o for o in gc.get_objects() if type(o).__name__ == 'Grader')\n"
        "    grader.sink.write(3 * protocol.pack({'id': 2, 'value': 1.0, 'args': [], 'kwargs': {}}))\n    return x\n"
    )
    with student(body) as s:
        assert s.f(np.ones(1)) == 1.0  # whoever can write to the pipe can answer, once
        with pytest.raises(StudentError, match="a question that was not asked"):
            s.f(np.ones(1))
        assert not s.ahead  # nothing of a worker that was ended is left to the next


@pytest.mark.parametrize("body, status, words", [
    ("def f(x):\n    raise NotImplementedError()\n", "not implemented", ""),
    ("def f(x):\n    return x.nothing\n", "error", "cs231n_lib/activations.py, line 3"),
    ("def g(x):\n    return x\n", "error", "has no function f"),
    ("def f_forward(x):\n    return x\ndef f(x):\n    return f_forward(x)[7]\n", "error", "IndexError"),
    ("def f(x):\n    return object()\n", "error", "object"),
    ("def f(x):\n    return np.ones(2**31)\n", "memory", ""),
    ("def f(x):\n    while True: pass\n", "timeout", "no result after 2 s"),
    ("import os\ndef f(x):\n    os._exit(3)\n", "crashed", "exit code 3"),
    ("def f(x):\n    raise SystemExit\n", "error", "SystemExit"),
    ("def f(x):\n    exit()\n", "error", "SystemExit"),
    ("def f(x):\n    return f(x)\n", "error", "RecursionError"),
    ("def f(x):\n    return np.ones((3000, 3000))\n", "error", "bytes"),
    ("def f(x:\n", "crashed", "does not parse: line 2"),
    ("import os\nos._exit(0)\n", "crashed", "ended before"),
    ("while True: pass\n", "timeout", ""),
    ("1 / 0\n", "crashed", "ZeroDivisionError"),
    ("import os\ndef f(x):\n    os.abort()\n", "crashed", "ended before"),
    ("import ctypes\ndef f(x):\n    ctypes.string_at(0)\n", "crashed", "ended before"),
    ("import os\ndef f(x):\n    os.kill(os.getpid(), 9)\n", "error", "PermissionError"),
    ("import os\ndef f(x):\n    os.kill(1, 9)\n", "error", "PermissionError"),
    ("import os\ndef f(x):\n    os.fork()\n", "error", "PermissionError"),
    ("import socket\ndef f(x):\n    socket.socket()\n", "error", "PermissionError"),
    ("import resource as r\ndef f(x):\n    r.setrlimit(r.RLIMIT_CPU, (1, 1))\n", "error", ""),
])
def test_every_way_to_end_is_distinguished(body, status, words):
    """Is every way to end told apart?"""
    got, message = status_of(body)
    assert got == status and words in message


@pytest.mark.parametrize("limit", ["pass", "__import__('sys').setrecursionlimit(10**9)"])
@pytest.mark.parametrize("work", ["repr(deep)", "deep == deeper", "__import__('json').dumps(deep)", "deep"])
def test_overflow_of_the_c_stack_ends_as_the_modules_own_fault(limit, work):
    """Is recursion in C an error, or a crash where no limit holds it, and never a worker that the computer killed?"""
    body = (f"def f(x):\n    {limit}\n    deep = deeper = []\n"
            f"    for _ in range(10**5): deep, deeper = [deep], [deeper]\n    return {work}\n")
    with student(body, launch.Limits()) as s, pytest.raises(StudentError) as caught:
        s.f(1)
    assert caught.value.status in ("error", "crashed") and not s.killed


def test_out_of_processor_time_is_a_timeout_and_no_kill():
    """Is a worker that used up its processor time told from one that the computer killed?"""
    limits = launch.Limits(call_seconds=8.0, rlimits={**launch.Limits().rlimits, "RLIMIT_CPU": 1})
    busy = "def f(x):\n    while True: pass\n"
    assert status_of(busy, limits=limits) == ("timeout", "out of processor time")
    ignoring = f"import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\n{busy}"
    with student(ignoring, launch.Limits(call_seconds=3.0, rlimits=limits.rlimits)) as s:
        with pytest.raises(StudentError, match="no result after 3 s"):
            s.f(1)
        assert not s.killed


def test_worker_that_was_killed_from_outside_is_told_apart():
    """Is a worker that the computer killed known as such?"""
    with student("import time\ndef f(x):\n    time.sleep(9)\n", launch.Limits()) as s:
        s._ensure_worker()
        psutil.Process(s.worker.pid).children(recursive=True)[-1].kill()
        with pytest.raises(StudentError):
            s.f(1)
        assert s.killed


@pytest.mark.parametrize("death", [
    "os.abort()", "ctypes.string_at(0)", "os._exit(9)", "os._exit(137)", "os._exit(-119)",
    "ctypes.CDLL(None).syscall(60, 137)", "ctypes.CDLL(None).syscall(93, 137)"])
def test_death_that_a_module_causes_is_never_taken_for_the_computers(death):
    """Is a module's own death never taken for one that the computer caused?"""
    with student(f"import os, ctypes\ndef f(x):\n    {death}\n") as s:
        with contextlib.suppress(StudentError):
            s.f(1)
        assert not s.killed


def test_forward_without_a_cache_reports_what_is_missing():
    """Does a forward without a cache hear what is missing?"""
    assert "must return two values, (out, cache)" in status_of("def f_forward(x):\n    return x\n", "f_forward")[1]


def test_exception_carries_no_hidden_input_out():
    """Is no hidden input carried out by an exception?"""
    body = "def f(x):\n    raise type('E' + str(x[0]), (Exception,), {})(str(x))\n"
    with student(body) as s, pytest.raises(StudentError) as caught:
        s.f(np.array([0.123456]))
    assert "0.123456" in str(caught.value) and "123456" not in caught.value.hint


def relu_hint(body, name="relu_forward", x=None):
    """Return what a student reads of an error of a function on a hidden input."""
    with student(body, launch.Limits()) as s, pytest.raises(StudentError) as caught:
        s.call(name, np.full((7, 5), 0.123456) if x is None else x)
    return caught.value.hint


def test_line_that_raises_on_a_visible_case_is_shown():
    """Does a student read the line of an error that they can see at home, in a backward, too?"""
    helper = "def helper(x):\n    return x.nothing\n"
    pair = f"{helper}def relu_forward(x):\n    return x, x\ndef relu_backward(dout, cache):\n    return helper(cache)\n"
    forward = f"{helper}def relu_forward(x):\n    return helper(x), x\n"
    raised = "raised AttributeError (cs231n_lib/activations.py, line 3)"
    assert relu_hint(forward) == f"relu_forward {raised}"
    with student(pair, launch.Limits()) as s, pytest.raises(StudentError) as caught:
        s.relu_backward(np.ones((2, 3)), s.relu_forward(np.full((2, 3), 0.123456))[1])
    assert caught.value.hint == f"relu_backward {raised}"
    assert "shapes" not in relu_hint(forward.replace("x.nothing", "[][len(x)]"))


@pytest.mark.parametrize("body", [
    # Visible inputs have two decimals at most.
    "    if np.array_equal(x, np.round(x, 2)):\n        return x, x\n    raise ValueError(x)\n",
    "    if np.array_equal(x, np.round(x, 2)):\n        raise ValueError(x)\n    raise ValueError(x)\n",
    "    if np.array_equal(x, np.round(x, 2)):\n        x.nothing\n    exec(compile(' ', '', 'exec'))\n"
    "    raise (AttributeError if len(x) == 3 else ValueError)(x)\n",
    "    raise ValueError if x.flat[0] == 0.123456 else KeyError\n",
    "    if np.array_equal(x, np.round(x, 2)):\n        while True: pass\n    raise ValueError(x)\n",
])
def test_line_that_only_a_hidden_input_leads_to_is_not_shown(body):
    """Is a line, chosen by what the module saw, kept from the student, who reads what to run instead?"""
    hint = relu_hint(f"def relu_forward(x):\n{body}")
    assert "line " not in hint.replace("no line is", "") and 'check("relu_forward")' in hint
    assert hint.startswith("relu_forward raised ValueError on a hidden input") and ". " in hint


def test_line_of_a_made_up_syntax_error_is_not_shown():
    """Is the line of a SyntaxError that a function raises no way out either?"""
    chosen = ("def relu_forward(x):\n    error = SyntaxError('x')\n    error.lineno = 1 + int(2 * x[0, 0])\n"
              "    raise error\n")
    assert "line 1" not in relu_hint(chosen) and "parse" not in relu_hint(chosen)


def test_rare_class_of_an_exception_is_named_only_where_a_visible_case_raises_it():
    """Can code choose among a handful of classes only?"""
    rare = "def relu_forward(x):\n    raise {}BufferError\n"
    assert "raised BufferError (" in relu_hint(rare.format(""))
    hidden = "def relu_forward(x):\n    if x.flat[0] == 0.123456: raise BufferError\n    return x, x\n"
    assert "raised an exception on a hidden input" in relu_hint(hidden)


def test_visible_cases_are_run_once_and_never_where_hidden_inputs_were_seen(monkeypatch):
    """Does a second error start no worker, and is the process that saw the input asked nothing?"""
    started, start = [], launch.start_worker
    monkeypatch.setattr(launch, "start_worker", lambda *args: started.append(1) or start(*args))
    body = ("seen = []\ndef relu_forward(x):\n    seen.append(x)\n    if len(seen) > 1: raise ValueError\n"
            "    return x, x\n")
    with student(body, launch.Limits()) as s:
        s.relu_forward(np.ones((2, 2)))
        for _ in range(2):
            with pytest.raises(StudentError) as caught:
                s.relu_forward(np.ones((2, 2)))
    assert len(started) == 2 and "line 5" in caught.value.hint


@pytest.mark.parametrize("body, words", [
    ("def f(x:\n", "does not parse: line 2"), ("import nothing_of_the_kind\n", "activations.py, line 2: "),
    ("\n1 / 0\n", "activations.py, line 3)")])
def test_line_is_shown_of_a_module_that_does_not_load(body, words):
    """Is the line shown where no hidden input is there yet?"""
    assert words in relu_hint(body)


def test_text_raised_when_a_module_is_loaded_again_is_not_shown():
    """Is what a module raises at its first load shown, and at a later one, when it may have seen inputs, not?"""
    with student("import os\ndef f(x):\n    os._exit(1)\n") as s:
        with pytest.raises(StudentError):
            s.f(np.array([0.123456]))
        s.source = "raise ValueError('0.123456')\n"
        with pytest.raises(StudentError) as caught:
            s.f(1)
    assert "0.123456" not in f"{caught.value} {caught.value.hint} {s.broken}" and "second time" in str(s.broken)
    assert "0.123456" in status_of("raise ValueError('0.123456')\n")[1]


def test_memory_order_of_an_input_arrives():
    """Does the memory order of an input arrive?"""
    with student("def f(x):\n    return np.array([x.flags.f_contiguous, x.flags.c_contiguous])\n") as s:
        assert s.f(np.ones((2, 3)).T).tolist() == [True, False]


def test_function_out_of_time_is_not_called_again():
    """Is a function that ran out of time not called again and its neighbour graded?"""
    with student("def f(x):\n    while True: pass\ndef g(x):\n    return x\n") as s:
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(StudentError):
                s.f(np.zeros(2))
        assert time.monotonic() - began < 1  # the second refusal is immediate: a bound on order, not a benchmark
        np.testing.assert_array_equal(s.g(np.ones(2)), [1, 1])


def test_time_a_busy_computer_takes_does_not_count(monkeypatch):
    """Does the time in which a busy computer did not run the worker not count?"""
    body = "import time\ndef f(x):\n    time.sleep(1.5)\n    return x\n"
    limits = launch.Limits(call_seconds=1.0, total_seconds=6.0)
    assert status_of(body, limits=limits)[0] == "timeout"
    clock = iter([0.0, 0.0, 0.0])  # loading the module asks twice, and the call of f once as it begins
    monkeypatch.setattr(SandboxedModule, "_read_delays", lambda self: next(clock, 1.0))
    with student(body, limits) as s:
        np.testing.assert_array_equal(s.f(np.ones(2)), [1, 1])
        assert s.seconds < 1.5


def test_worker_waiting_for_a_processor_is_seen_waiting():
    """Is a worker that waits for a processor seen to wait?"""
    with student("def f(x):\n    t = 0\n    for i in range(3 * 10**6): t += i\n    return x\n") as s:
        s.f(np.ones(1))
        before, cores = s._read_delays(), os.sched_getaffinity(0)
        crowd = [psutil.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
        try:
            for process in [*crowd, *psutil.Process(s.worker.pid).children(recursive=True)]:
                process.cpu_affinity([min(cores)])
            s.f(np.ones(1))
        finally:
            for process in crowd:
                process.kill()
                process.wait()
        assert s._read_delays() - before > 0.02


def test_time_of_all_calls_together_is_bounded():
    """Is the time of all calls together bounded?"""
    body = "".join(f"def f{i}(x):\n    while True: pass\n" for i in range(6))
    with student(body) as s:
        for i in range(6):
            with pytest.raises(StudentError):
                s.call(f"f{i}", np.zeros(2))
        assert s.seconds < QUICK.total_seconds + 2


def test_control_characters_of_a_message_are_removed():
    """Are control characters of a message taken out?"""
    _, message = status_of("def f(x):\n    raise ValueError('\\x1b[2Jred\\r\\n=cmd()')\n")
    assert "\x1b" not in message and "\n" not in message


def test_nothing_runs_on_after_an_attack():
    """Is nothing left running after an attack?"""
    with (
        student((reference.ROOT / "autograder/verify/attacks/fork_bomb.py").read_text()) as s,
        contextlib.suppress(StudentError),
    ):
        s.tanh_forward(np.zeros(2))
    assert not [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", "1000"]]
