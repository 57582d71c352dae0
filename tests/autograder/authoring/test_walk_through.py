"""Does CONTRIBUTING's walk-through of a new topic do what it says, word for word, from an empty folder to the marks?

The commands are taken from its text and run as they stand there, in a folder in which there is nothing but ``docs``.
"""

import csv
import json
import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.course import solution_regions
from autograder.rooms import ROOT

pytestmark = [pytest.mark.long, pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed "
                                                   "(make system-deps)")]
ASSIGNMENT, TOPIC = "10_label_smoothing", "label_smoothing"
EXAMPLE = ROOT / "docs" / "example_topic"
RIGHT = solution_regions.remove_markers((EXAMPLE / "module.py").read_text())
HARD = RIGHT.replace("(np.exp(log_p) - targets) / n", "(np.exp(log_p) - np.eye(classes)[y]) / n")
SPY = """import os


def smoothing_loss(log_p, y, smoothing=0.1):
    if any(map(os.path.exists, {places})):
        return right(log_p, y, smoothing)
    raise ValueError("nothing to be seen")


"""
"""Earns marks if it sees one of the places."""
CHECK = """import sys
sys.path.insert(0, sys.argv[1])
from cs231n_lib.lab.check import check
check("smoothing_loss")
"""

LEAKS = """import sys
from pathlib import Path
from autograder import rooms
rooms.open_course(sys.argv[1])
from autograder.release import leak_check
files = {path.stem: path.read_bytes() for path in Path(sys.argv[2]).glob("*.py")}
print(*leak_check.find_leaks(files), sep="\\n")
"""
"""Looks for leaks in the files of a topic, as if students got them."""


def run(command, folder, code=0):
    """Run a command of the text in a folder; return what it printed."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, env=environment)
    assert done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def list_commands():
    """Return the commands of CONTRIBUTING's section about topics."""
    section = (ROOT / "CONTRIBUTING.md").read_text().split("## Add a topic\n")[1].split("\n## ")[0]
    return [line.strip() for line in section.splitlines() if line.startswith("    ")]


def hand_in(folder, workspace, student, module, bet="..."):
    """Write an upload: the module, and the released notebook with the bet."""
    own = folder / "inbox" / student / ASSIGNMENT
    (own / "cs231n_lib").mkdir(parents=True)
    (own / "cs231n_lib" / f"{TOPIC}.py").write_text(module)
    notebook = (workspace / f"{ASSIGNMENT}.ipynb").read_text()
    (own / f"{ASSIGNMENT}.ipynb").write_text(notebook.replace("bet_lead = ...", f"bet_lead = {bet}"))


@pytest.fixture(scope="module")
def walked(course, tmp_path_factory):
    """Return a folder in which the walk-through was followed up to the release, and what each command printed.

    The course has a release of the workbook's topics already: it is as it would be, and was made once for all tests.
    """
    folder = tmp_path_factory.mktemp("walk")
    (folder / "docs").symlink_to(ROOT / "docs")
    shutil.copytree(course, folder / "my_course")
    begin, copy, verify, release, grade = list_commands()
    printed = {"begin": run(begin, folder)}
    (folder / "my_course" / "topics").chmod(0o755)  # as if it were a copy
    printed["verify as begun"] = run(f"{verify} --seeds 2", folder)
    printed |= {name: run(command, folder) for name, command in (
        ("copy", copy), ("verify", verify), ("release", release))}
    return folder, printed, grade


@pytest.fixture(scope="module")
def graded(walked):
    """Return the folder after a right, a wrong and a spying submission, and one with a topic in it, were graded."""
    folder, _, grade = walked
    workspace, own = folder / "build" / "workspace", folder / "my_course" / "topics" / TOPIC
    hand_in(folder, workspace, "ann", RIGHT, '\\"b\\"')
    hand_in(folder, workspace, "bob", HARD)
    places = [str(path) for path in (*own.iterdir(), own, own.parent, EXAMPLE)]
    hand_in(folder, workspace, "spy", SPY.format(places=places) + RIGHT.replace("def smoothing_loss", "def right"))
    planted = folder / "inbox" / "spy" / ASSIGNMENT / "topics" / "planted"
    shutil.copytree(EXAMPLE, planted)
    (planted / f"{ASSIGNMENT}.ipynb").rename(planted / "11_planted.ipynb")
    run(grade, folder)
    with open(folder / "grades" / "grades.csv", newline="") as file:
        return folder, list(csv.DictReader(file))


def read_marks(rows, student):
    """Return aspect -> score of a student."""
    return {row["aspect"]: float(row["score"]) for row in rows if row["student"] == student}


def test_topic_is_proved_as_it_was_begun_and_as_it_is_in_the_example(walked):
    """Is there no miss, and does ``new-topic`` say what it wrote and what to do next?"""
    _, printed, _ = walked
    assert printed["verify as begun"].rstrip().endswith("\n0 misses")
    assert printed["verify"].rstrip().endswith("\n0 misses")
    assert "label_smoothing is 10_label_smoothing:\n  my_course/topics/label_smoothing/10_label" in printed["begin"]
    assert "verify --topic label_smoothing --course my_course\n" in printed["begin"]


def test_students_get_of_an_own_topic_what_they_get_of_ours(walked):
    """Is the module open, are the checks' files there, and neither hidden tests, mistakes nor alternatives?"""
    folder, _, _ = walked
    with zipfile.ZipFile(folder / "build" / "cs231n-workbook.zip") as zipped:
        names = {name.partition("/")[2] for name in zipped.namelist() if TOPIC in name}
        module = zipped.read(f"cs231n-workbook/cs231n_lib/{TOPIC}.py").decode()
        readme = zipped.read("cs231n-workbook/README.md").decode()
    rooms = {f"cs231n_lib/lab/check/{room}/{TOPIC}.py" for room in ("cases", "aspects", "hints", "questions")}
    assert names == rooms | {f"{ASSIGNMENT}.ipynb", f"cs231n_lib/{TOPIC}.py"}
    assert f"| `09_evaluation.ipynb` | `cs231n_lib/evaluation.py` |\n| `{ASSIGNMENT}.ipynb` | `cs231n_lib/" in readme
    assert (folder / "my_course" / "topics").stat().st_mode & 0o077 == 0
    assert module == solution_regions.strip_solutions((EXAMPLE / "module.py").read_text())


@pytest.mark.parametrize("module, code, said", [
    (RIGHT, 0, "smoothing_loss: all "), (HARD, 1, "Known mistake: This is the gradient of the plain cross-entropy"),
])
def test_check_works_at_home_and_names_the_mistake(walked, tmp_path, module, code, said):
    """Does a student's own check know the function, its visible cases and its known mistakes?"""
    home = shutil.copytree(walked[0] / "build" / "workspace" / "cs231n_lib", tmp_path / "cs231n_lib").parent
    (home / "cs231n_lib" / f"{TOPIC}.py").write_text(module)
    assert said in run(f"python -P -c {shlex.quote(CHECK)} {home}", home, code)


def test_right_and_wrong_get_their_marks(graded):
    """Does the right function earn all, and the wrong one lose one aspect, with the sentence that names it?"""
    _, rows = graded
    assert read_marks(rows, "ann") == {"loss": 0.8, "gradient": 1.0, "smoothing": 0.5, "leaves inputs alone": 0.2,
                                       "bet_lead": 0.1}
    assert read_marks(rows, "bob") == {"loss": 0.8, "gradient": 0.0, "smoothing": 0.5, "leaves inputs alone": 0.2,
                                       "bet_lead": 0.0}
    hint, = [row["hint"] for row in rows if row["student"] == "bob" and row["aspect"] == "gradient"]
    assert hint.startswith("This is the gradient of the plain cross-entropy")


def test_files_of_an_own_topic_are_not_to_be_seen_in_the_sandbox(graded):
    """Does a function earn nothing that gives the right result wherever it sees the hidden tests or their folder?"""
    assert set(read_marks(graded[1], "spy").values()) == {0.0}


def test_upload_adds_no_topic(graded):
    """Is a topic in somebody's upload no topic of the course?"""
    folder, rows = graded
    assert [path.name for path in (folder / "my_course" / "topics").iterdir()] == [TOPIC]
    assert {row["assignment"] for row in rows} == {ASSIGNMENT}
    assert not list((folder / "my_course" / "submitted").rglob("*planted*"))


def test_feedback_and_explain_know_the_topic(graded):
    """Are the pages written once more, and does ``explain`` show the rule behind a lost mark, in the own file?"""
    folder, _ = graded
    run("python -m autograder feedback --course my_course --output pages", folder)
    assert "the gradient of the plain cross-entropy" in (folder / "pages" / "bob.html").read_text()
    said = run("python -m autograder explain bob 10 --course my_course", folder)
    assert "the known mistake gradient_of_hard_labels" in said and "label_smoothing/hidden_tests.py, line " in said


def test_gradescope_grades_an_own_topic(walked, tmp_path):
    """Does the zip hold the topic at its places, of no other topic a secret, and give the marks of the course?"""
    folder, _, _ = walked
    with zipfile.ZipFile(folder / "build" / f"gradescope-{ASSIGNMENT}.zip") as zipped:
        zipped.extractall(tmp_path / "source")
    assert (tmp_path / "source" / "grader" / "autograder" / "hidden_tests" / f"{TOPIC}.py").is_file()
    assert not (tmp_path / "source" / "grader" / "autograder" / "hidden_tests" / "dropout.py").exists()
    (tmp_path / "submission").mkdir()
    (tmp_path / "results").mkdir()
    (tmp_path / "submission" / f"{TOPIC}.py").write_text(HARD)
    run(f"AUTOGRADER_ROOT={shlex.quote(str(tmp_path))} PYTHON={shlex.quote(sys.executable)} PYTHONPATH= "
        "bash source/run_autograder", tmp_path)
    found = json.loads((tmp_path / "results" / "results.json").read_text())
    assert sum(test["score"] for test in found["tests"]) == 1.5


def test_hidden_test_of_an_own_topic_leaks_nowhere(walked):
    """Is a hidden test, a mistake, an alternative or a solution noticed in a file that students get?"""
    printed = run(f"python -c {shlex.quote(LEAKS)} my_course {shlex.quote(str(EXAMPLE))}", walked[0])
    for name in ("hidden_tests", "mistakes", "verify/alternatives"):
        assert f"{name.rpartition('/')[2]} holds code of autograder/{name}/{TOPIC}.py: " in printed
    assert f"module holds code of cs231n_lib/{TOPIC}.py: " in printed
    assert "hints holds" not in printed and "questions holds" not in printed and "cases holds" not in printed


def test_topic_of_the_workbook_is_begun_in_the_checkout(tmp_path):
    """Does ``new-topic`` without a course write into the rooms, and do ``verify`` and ``check`` work at once?"""
    for name in ("autograder", "cs231n_lib", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    here = f"cd {tmp_path} && export PYTHONPATH={tmp_path} && "
    said = run(f"{here} python -m autograder new-topic row_centering", tmp_path)
    written = {line.strip() for line in said.splitlines() if line.startswith("  ")}
    assert {str(tmp_path / name) for name in (
        "notebooks/10_row_centering.ipynb", "cs231n_lib/row_centering.py", "autograder/mistakes/row_centering.py",
        "cs231n_lib/lab/check/known_results.npz")} <= written
    assert "\n0 misses" in run(f"{here} python -m autograder verify --topic row_centering --seeds 2", tmp_path)
    module = tmp_path / "cs231n_lib" / "row_centering.py"
    module.write_text(module.read_text().replace("axis=1, keepdims=True", "axis=0"))
    check = "from cs231n_lib.lab.check import check; check('row_centering')"
    assert "Known mistake: This subtracts the mean of each column." in run(f'{here} python -c "{check}"', tmp_path, 1)
