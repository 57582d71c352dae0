"""The start of a notebook: is an edit picked up, and does an error then name the right line of the file?"""

import os
import subprocess
import sys

from autograder import release

SESSION = '''
import re, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from cs231n_lib import activations, lab\\nlab.start()\\nfrom cs231n_lib.lab.check import check")
shell.run_cell("check('tanh_forward')")
path = "cs231n_lib/activations.py"
stub = "    # YOUR CODE HERE\\n    raise NotImplementedError()"
head, tail = open(path).read().split("def tanh_forward", 1)

def write(code):
    open(path, "w").write(head + "def tanh_forward" + tail.replace(stub, code, 1))
    os.utime(path, (time.time() + 5, time.time() + next(later)))
    shell.run_cell("check('tanh_forward')")

import itertools, os
later = itertools.count(5, 5)
write("    out = np.tanh(x)\\n    return out, undefined_name")
print("expected line", [i for i, line in enumerate(open(path), 1) if "undefined_name" in line])
write("    return np.tanh(x), (")
write("    out = np.tanh(x)\\n    return out, out")
'''


def test_are_edits_picked_up_errors_placed_and_a_broken_file_survived(course, tmp_path):
    for name, data in release.workspace_files(course).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    environment = {**os.environ, "PYTHONPATH": "", "IPYTHONDIR": str(tmp_path / "ipython")}
    run = subprocess.run([sys.executable, "-c", SESSION], cwd=tmp_path, capture_output=True, text=True, env=environment)
    first, second, third, last = run.stdout.split("tanh_forward: ")[1:8:2]
    line = run.stdout.split("expected line [")[1].split("]")[0]
    assert "not implemented yet" in first
    assert f"line {line}: `return out, undefined_name`" in second and "NameError" in second
    assert "was never closed" in third
    assert "NotRightYet" not in last.split("\n", 1)[1] and "ok" in last
