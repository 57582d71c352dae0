"""The start of a notebook: is an edit picked up, is a broken file named, does the notebook go on, is a loop ended?"""

import os
import subprocess
import sys

import pytest

from autograder.release import release

pytestmark = pytest.mark.long

BEGIN = '''
import itertools, os, signal, sys, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored under nohup
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from cs231n_lib import activations, lab\\nlab.start()\\nlab.start()\\n"
               "from cs231n_lib.lab.check import judge as checks\\n"
               "from cs231n_lib.lab.check import check, check_answer\\n"
               "held = activations.relu_forward")
path = "cs231n_lib/activations.py"
stub = "    # YOUR CODE HERE\\n    raise NotImplementedError()"
head, tail = open(path).read().split("def relu_forward", 1)
later = itertools.count(5, 5)

def write(code, top=""):
    """Save the module with another relu_forward, and a line of its own at the top."""
    open(path, "w").write(head + top + "def relu_forward" + tail.replace(stub, code, 1))
    os.utime(path, (time.time() + 5, time.time() + next(later)))

def cell(source, title):
    print("=====", title)
    shell.run_cell(source, store_history=True)

right = "    out = np.maximum(0, x)\\n    return out, out"
'''
EDITS = """
cell("check('relu_forward')", "stub")
write("    out = np.maximum(0, x)\\n    return out, undefined_name")
cell("check('relu_forward')", "name")
print("expected line", [i for i, line in enumerate(open(path), 1) if "undefined_name" in line])
write("    return np.maximum(0, x), (")
cell("print('goes', 'on')", "broken")
cell("print(activations.relu_forward is not None)", "once")
cell("check('relu_forward')", "check")
write(right)
cell("print(held(activations.np.zeros(1))[0])", "mended")
cell("check('relu_forward')", "right")
for title, top in {"top": "y = no_such_name\\n", "import": "import no_such_module\\n", "exit": "raise SystemExit\\n",
                   "deep": "f = lambda: f()\\nf()\\n", "indent": "  x = 1\\n", "nul": "x = '\\0'\\n",
                   "endless": "while True: pass\\n"}.items():
    write(right, top)
    shell.user_ns["checks"].import_check.IMPORT_SECONDS = 1 if title == "endless" else 60  # busy: slow
    cell("print('goes', 'on')\\ncheck('relu_forward')", title)
write(right)
shell.user_ns["checks"].import_check.IMPORT_SECONDS = 60
cell("check('relu_forward')", "last")
"""
LOOPS = '''
checks = shell.user_ns["checks"]
checks.CHECK_SECONDS = 0.5
write("    while True:\\n        x = x + 1")
cell("check('relu_forward')", "loop")
checks.CHECK_SECONDS = 60
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
cell("check('relu_forward')", "interrupted")
write("    for i in range(100000):\\n        print('line', i)\\n    return np.maximum(0, x), x")
cell("check('relu_forward')", "prints")
write("    raise SystemExit")
cell("check('relu_forward')", "exit")
cell("answer_a = 1 / 4", "")
cell("check_answer(answer_a, (0, 1))", "computed")
cell("%%time\\nanswer_a = 0.25", "")
cell("check_answer(answer_a, (0, 1))", "magic")
cell("answer_a = 0.25  # a comment", "")
cell("check_answer(answer_a, (0, 1))", "written")
'''


@pytest.fixture(scope="module")
def desk(course, tmp_path_factory):
    """Return a student's workspace as released."""
    folder = tmp_path_factory.mktemp("a desk")
    for name, data in release.list_workspace_files(course).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def session(desk, script):
    """Run a session of IPython in a process of its own; return what each cell printed."""
    module = desk / "cs231n_lib/activations.py"
    released = module.read_bytes()
    environment = {**os.environ, "PYTHONPATH": "", "IPYTHONDIR": str(desk / "ipython")}
    try:
        run = subprocess.run([sys.executable, "-c", BEGIN + script], cwd=desk, capture_output=True, text=True,
                             env=environment, timeout=300)
    finally:
        module.write_bytes(released)
    assert "Traceback" not in run.stdout + run.stderr, run.stdout + run.stderr
    before, *parts = run.stdout.split("===== ")
    assert before == ""  # starting twice is silent
    return dict(part.split("\n", 1) for part in parts)


def test_edits_are_picked_up_and_a_broken_file_survived(desk):
    """Are edits picked up errors placed and a broken file survived?"""
    said = session(desk, EDITS)
    assert "not implemented yet" in said["stub"]
    line = said["name"].split("expected line [")[1].split("]")[0]
    assert f"line {line}: `return out, undefined_name`" in said["name"] and "NameError" in said["name"]

    assert "'(' was never closed\n    return np.maximum(0, x), (\n                             ^" in said["broken"]
    assert "notebook still uses" in said["broken"] and said["broken"].endswith("goes on\n")
    assert said["once"] == "True\n"
    assert "was never closed" in said["check"] and "can be loaded" in said["check"]
    assert said["mended"] == "[0.]\n"  # a name that was imported before has the new function, too
    assert "aspects ok" in said["right"] and "NotRightYet" not in said["right"]

    for title, words in {"top": "name 'no_such_name' is not defined", "exit": "exit() ends Python itself",
                         "import": "`import no_such_module` does not work where this is graded",
                         "deep": "RecursionError", "indent": "unindent does not match", "nul": "null bytes",
                         "endless": "still running after 1 seconds"}.items():
        assert said[title].count(words) >= 2, f"{title}: {said[title]}"  # by the reload, and by the check
        assert "goes on\n" in said[title] and "runs" in said[title]
    assert "aspects ok" in said["last"]


def test_check_ends_what_does_not_end_and_stays_calm(desk):
    """Does a check end what does not end and stay calm?"""
    said = session(desk, LOOPS)
    assert "still running after 0.5 seconds in cs231n_lib/activations.py, line" in said["loop"]
    assert "is there a loop in it" in said["loop"]
    assert "interrupted in cs231n_lib/activations.py, line" in said["interrupted"]
    assert said["prints"].count("line ") < 60 and "... and 99960 more lines, not shown" in said["prints"]
    assert "aspects ok" in said["prints"]
    assert "raised SystemExit" in said["exit"]
    assert "write the answer itself" in said["computed"] and "a computation is not read" in said["computed"]
    assert "(line 1): write one assignment, answer_a = your answer" in said["magic"]
    assert said["written"] == "answer noted\n"
