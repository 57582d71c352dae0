"""What a mark or a hint depends on, and nothing else: a file is touched, and every topic's hash is looked at."""

import ast
import os
import re
import shutil
import subprocess
import sys

import pytest

from autograder.course.topics import list_topics
from autograder.reference import ASPECTS, CASES, CELLS, COMPARISONS, MODULES, QUESTION_FORMS, QUESTIONS, ROOT, VISIBLE
from autograder.runners.grader_hash import hash_grader, list_grader_files

ROOMS = ("autograder/hidden_tests", "autograder/mistakes")
COMMON = f"{ASPECTS}/common.py"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Return a copy of the grader and the library."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("autograder", "cs231n_lib", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def hash_all(checkout):
    """Return topic -> hash, computed now."""
    return {topic: hash_grader.__wrapped__(topic, checkout) for topic in list_topics()}


def find_changed(checkout, names):
    """Touch files, one after the other; return name -> topics whose hash changed."""
    before, changed = hash_all(checkout), {}
    for name in names:
        content = (checkout / name).read_bytes()
        (checkout / name).write_bytes(content + b"\n# touched")
        changed[name] = {topic for topic, now in hash_all(checkout).items() if now != before[topic]}
        (checkout / name).write_bytes(content)
    return changed


def list_files(folder):
    """Return the names of the files below a folder of the repository."""
    paths = (ROOT / folder).rglob("*")
    return [p.relative_to(ROOT).as_posix() for p in paths if p.is_file() and "__pycache__" not in p.parts]


def topic_of_file(name):
    """Return the topic that a file of a room belongs to, None for a shared one."""
    stem = name.rpartition("/")[2].partition(".")[0]
    return stem if stem in list_topics() else None


def test_sandbox_and_runners_change_every_topic(checkout):
    """Does a change in the sandbox, a runner or the rules for cells, bets and modules regrade everything?"""
    names = [*list_files("autograder/sandbox"), *list_files("autograder/runners"), "autograder/course/cells.py", CELLS,
             MODULES, *QUESTION_FORMS]
    assert {name: t for name, t in find_changed(checkout, names).items() if t != set(list_topics())} == {}


def test_comparisons_change_every_topic(checkout):
    """Does a change in how results are compared, which checks and hidden tests share, regrade everything?"""
    assert COMPARISONS.startswith("cs231n_lib/lab/")
    assert find_changed(checkout, [COMPARISONS, COMMON]) == dict.fromkeys([COMPARISONS, COMMON], set(list_topics()))


def test_forms_of_answers_change_what_depends_on_them(checkout):
    """Does a change in how the form of an answer is judged regrade everything, and a topic's questions that topic?"""
    assert find_changed(checkout, QUESTION_FORMS) == dict.fromkeys(QUESTION_FORMS, set(list_topics()))
    questions = f"{QUESTIONS}/dropout.py"
    (checkout / questions).parent.mkdir(exist_ok=True)
    (checkout / questions).touch()
    assert find_changed(checkout, [questions]) == {questions: {"dropout"}}


def test_shared_files_of_a_room_change_every_topic(checkout):
    """Does a change in what all hidden tests or mistakes share (a teaching sentence, too) regrade everything?"""
    names = [name for room in ROOMS for name in list_files(room) if topic_of_file(name) is None]
    assert {"autograder/mistakes/builders.py", "autograder/mistakes/beyond_the_check.py"} <= set(names)
    assert {name: t for name, t in find_changed(checkout, names).items() if t != set(list_topics())} == {}


def test_a_topics_files_change_that_topic_alone(checkout):
    """Does a change in one topic's hidden tests, mistakes, sentences or reference regrade no other topic?"""
    names = [name for room in ROOMS for name in list_files(room) if topic_of_file(name)]
    names += [f"{folder}/{topic}.py" for folder in ("cs231n_lib", ASPECTS, CASES) for topic in list_topics()]
    names += [f"{QUESTIONS}/{topic}.py" for topic in list_topics() if (ROOT / QUESTIONS / f"{topic}.py").is_file()]
    assert len(names) >= 30
    assert {name: t for name, t in find_changed(checkout, names).items() if t != {topic_of_file(name)}} == {}


def test_lab_reports_and_the_rest_change_nothing(checkout):
    """Does a colour, a report, the gradebook or a proof regrade nobody?"""
    folders = ("cs231n_lib/lab", *(f"autograder/{wing}" for wing in ("inbox", "gradebook", "release", "reports",
                                                                     "exports")))
    names = [name for folder in folders for name in list_files(folder) if name.endswith((".py", ".j2"))]
    decisive = {COMPARISONS, CELLS, MODULES, COMMON, *QUESTION_FORMS, *VISIBLE}
    decisive |= {f"{folder}/{topic}.py" for folder in (ASPECTS, CASES) for topic in list_topics()}
    assert decisive <= set(names)
    decisive |= {f"{QUESTIONS}/{topic}.py" for topic in list_topics()}
    names = [name for name in names if name not in decisive]
    names += ["autograder/grade.py", "autograder/__main__.py", "autograder/verify/rubric_proofs.py"]
    assert {name: topics for name, topics in find_changed(checkout, names).items() if topics} == {}


@pytest.mark.parametrize("topic", list_topics())
def test_what_a_file_of_the_lab_imports_is_in_the_hash_with_it(topic):
    """Does the grader find each file of the lab that one of its own asks for, where nothing else is there?"""
    files = list_grader_files(topic)
    for place, file in files.items():
        if not place.startswith("cs231n_lib/lab/"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cs231n_lib.lab"):
                home = node.module.replace(".", "/")
                wanted = [f"{home}/{n.name}.py" for n in node.names] if (ROOT / home).is_dir() else [f"{home}.py"]
                assert set(wanted) <= files.keys(), place


def test_every_module_that_a_runner_loads_of_the_grader_is_in_the_hash():
    """Is no file of ours loaded by a job that the hash does not know, but for registries and errors?"""
    code = ("import sys, autograder.hidden_tests.activations, autograder.mistakes, autograder.runners.runner\n"
            "ours = [m for n, m in sys.modules.items() if n.startswith(('autograder', 'cs231n_lib'))]\n"
            "files = [m.__file__ for m in ours if m.__file__]\n"
            "print(*files, sep='\\n')")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    known = {str(path) for path in list_grader_files("activations").values()}
    left = {path.removeprefix(f"{ROOT}/") for path in set(run.stdout.splitlines()) - known}
    assert left <= {"autograder/__init__.py", "autograder/errors.py", "autograder/course/__init__.py",
                    "autograder/course/topics.py", "cs231n_lib/__init__.py"}


def test_workspace_of_a_student_does_not_compare_results(tmp_path):
    """Are the comparisons those of the checkout where the grader is started in a folder that has a lab of its own?"""
    planted = tmp_path / COMPARISONS
    planted.parent.mkdir(parents=True)
    for folder in planted.parents[:3]:
        (folder / "__init__.py").touch()
    planted.write_text("are_equal = relative_error = lambda *args: 0\n")
    code = "from autograder.hidden_tests.expectations import relative_error; print(relative_error(2, 1))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True,
                         env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert run.stdout == "0.5\n"


def test_nothing_that_judges_imports_lab_by_name():
    """Does no hidden test, mistake, runner or sandbox import from lab, where a runner has put an inert module?"""
    names = [name for folder in (*ROOMS, "autograder/sandbox", "autograder/runners") for name in list_files(folder)]
    importing = re.compile(r"^\s*(from|import) cs231n_lib\.lab\b", re.M)
    assert [name for name in names if name.endswith(".py") and importing.search((ROOT / name).read_text())] == []
