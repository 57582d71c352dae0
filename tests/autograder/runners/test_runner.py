"""The trusted runner: does every submission end in marks, and does nothing but a mark count as one?"""

import json
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbgrader import utils
from small_jobs import ANSWER, GUESS, RELU, SETUP, job

from autograder import errors
from autograder.course import cells, solution_regions
from autograder.course.topics import list_topics
from autograder.reference import ROOT
from autograder.runners import results, runner

pytestmark = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)")

def marks(result):
    """Return the marks of a result, in the order of the cells."""
    return [c["score"] for c in result["cells"].values()]


def test_right_function_and_right_answer_earn_their_marks():
    """Does a right function earn its marks and a right answer its points?"""
    result = runner.run_job(job(((RELU, 1), (GUESS, 0.5), (ANSWER, 1))))
    assert marks(result) == [1.0, 0.5, 1.0] and result["status"] == "graded" and not result["problem"]


def test_result_survives_json():
    """Does a result survive JSON?"""
    result = runner.run_job(job())
    assert json.loads(json.dumps(result)) == result


@pytest.mark.parametrize("answer, points, hint", [
    ("prediction_x = 'a'", [0.5, 0.0], "Look again."),
    ("prediction_x = ...", [0.0, 0.0], "not answered yet"),
    ("prediction_x = 'z'", [0.0, 0.0], "Look again."),
    ("import os\nos._exit(0)", [0.0, 0.0], "write one assignment, prediction_x = your answer"),
    ("prediction_x = chr(98)", [0.0, 0.0], "write the answer itself"),
])
def test_answer_is_read_and_never_run(answer, points, hint):
    """Is an answer read and never run?"""
    result = runner.run_job(job(((GUESS, 0.5), (ANSWER, 1)), answer=answer))
    assert marks(result) == points
    assert hint in result["cells"]["t1"]["outcomes"][0]["hint"]


@pytest.mark.parametrize("module, problem, status", [
    (None, "no cs231n_lib/activations.py was handed in that can be read", "crashed"),
    ("def relu_forward(x:\n", "cs231n_lib/activations.py does not parse: line 1", "crashed"),
    ("def relu_forward(x:\n", f"(graded by Python {sys.version_info.major}.{sys.version_info.minor})", "crashed"),
    ("import time\ntime.sleep(100)\n", "no result after", "timeout"),
    ("import nothing_like_it\n", "line 1: `import nothing_like_it` does not work where this is graded", "crashed"),
    ("from cs231n_lib import dropout\n", "line 1: `from cs231n_lib import dropout` does not work", "crashed"),
    ("from numpy import nothing_like_it\n", "ImportError: cannot import name 'nothing_like_it'", "crashed"),
])
def test_module_that_does_not_load_is_named_and_the_rest_graded(module, problem, status):
    """Is a module that does not load named and the rest graded?"""
    result = runner.run_job(job(((RELU, 1), (GUESS, 0.5)), module=module))
    assert marks(result) == [0.0, 0.5]
    assert problem in result["problem"] and result["status"] == status


@pytest.mark.parametrize("cell", [
    "2.0 * float('nan')", "-1.0", "1.5", "1", "True", "'1.0'", "None", "x = 1.0", "1 / 0",
    "import numpy\nnumpy.float64(1)",
])
def test_anything_but_one_mark_is_an_infra_error(cell):
    """Is anything but one mark an infra error and never a mark?"""
    with pytest.raises(errors.InfraError):
        runner.run_job(job(((cell, 1),)))


def test_failing_setup_cell_is_an_infra_error():
    """Is a failing setup cell an infra error?"""
    with pytest.raises(errors.InfraError, match="setup cell"):
        runner.run_job(job(setup="import cs231n_lib.nothing"))


def test_package_is_itself_again_after_a_job():
    """Is the package itself again after a job?"""
    from cs231n_lib import activations as before

    runner.run_job(job(module="def relu_forward(x):\n    return x, x\n"))
    from cs231n_lib import activations as after

    assert after is before


def test_lab_that_cannot_be_imported_changes_no_result(monkeypatch):
    """Is a result independent of everything that a setup cell imports from the lab?"""
    setup = SETUP + "\nfrom cs231n_lib.lab import data, plots\nplots.use_style()\nphotos = data.load('photopatches')"
    before = runner.run_job(job(setup=setup))["cells"]
    for name in ("cs231n_lib.lab", "cs231n_lib.lab.data", "cs231n_lib.lab.plots", "cs231n_lib.lab.check"):
        monkeypatch.setitem(sys.modules, name, None)  # an import of it fails
    assert runner.run_job(job(setup=setup))["cells"] == before


def test_mark_is_the_same_in_a_second_run():
    """Is the mark the same in a second run?"""
    half = solution_regions.solve_functions("activations", ["relu_forward"])
    assert runner.run_job(job(module=half))["cells"] == runner.run_job(job(module=half))["cells"]


def test_key_changes_with_everything_a_mark_depends_on():
    """Does the key change with whatever a mark depends on?"""
    base = job()
    others = [job(module="x = 1\n"), job(answer="prediction_x = 'a'"), job(((RELU, 2),)), {**base, "secret": "11" * 32},
              {**base, "grader": "another version"}]
    assert len({results.hash_job(j) for j in [base, *others]}) == 6
    assert results.hash_job(job()) == results.hash_job(base)


def test_result_is_kept_whole_or_not_at_all(tmp_path):
    """Is a result kept whole or not at all?"""
    store = results.Results(tmp_path)
    assert store.get(results.hash_job(job())) is None
    store.put(results.hash_job(job()), {"status": "graded"})
    assert store.get(results.hash_job(job())) == {"status": "graded"}
    (tmp_path / f"{results.hash_job(job())}.json").write_text('{"status": "gra')
    assert store.get(results.hash_job(job())) is None


def test_runner_starts_without_nbgrader():
    """Importing it costs seconds, in every runner process."""
    code = ("import sys, autograder.runners.runner\n"
            "sys.exit(bool({'nbgrader', 'nbconvert', 'nbformat', 'sqlalchemy'} & set(sys.modules)))")
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("topic, assignment", list_topics().items())
def test_words_for_cells_agree_with_nbgraders(topic, assignment):
    """Do our words for cells agree with nbgrader's?"""
    book = nbformat.read(ROOT / "notebooks" / f"{assignment}.ipynb", as_version=4)
    for cell in book.cells:
        for name in ("is_grade", "is_solution", "is_locked"):
            assert bool(getattr(cells, name)(cell)) == bool(getattr(utils, name)(cell))
