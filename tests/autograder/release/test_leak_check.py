"""The leak check: does nothing of the solutions reach a student, and would it be noticed?"""

import json

import pytest

from autograder import errors
from autograder.course import solution_regions
from autograder.course.topics import list_topics
from autograder.reference import ROOT
from autograder.release import leak_check, release


@pytest.fixture(scope="module")
def files(course):
    """Return what a student gets."""
    return release.list_workspace_files(course)


def test_is_the_release_free_of_solutions_and_hidden_tests(files):
    assert leak_check.find_leaks(files) == []


def test_does_the_release_hold_what_a_student_needs_and_nothing_of_the_grader(files):
    for topic, assignment in list_topics().items():
        assert f"{assignment}.ipynb" in files and b"NotImplementedError" in files[f"cs231n_lib/{topic}.py"]
    for name in (
        "README.md",
        "requirements.txt",
        "LICENSE",
        "datasets/photopatches.npz",
        "cs231n_lib/lab/check/judge.py",
    ):
        assert name in files
    assert not [name for name in files if name.startswith(("autograder", "tests", "notebooks", "."))]


def test_are_answers_open_in_the_released_notebooks(files):
    for assignment in list_topics().values():
        for cell in json.loads(files[f"{assignment}.ipynb"])["cells"]:
            meta, source = cell["metadata"].get("nbgrader", {}), "".join(cell["source"])
            if meta.get("solution") and cell["cell_type"] == "code":
                assert source.rstrip().endswith("= ...")
            elif meta.get("solution"):
                assert source.strip() == "YOUR ANSWER HERE"


@pytest.mark.parametrize("topic, function", [("activations", "relu_forward"), ("linear_classifier", "softmax_loss"),
                                             ("initialization", "lsuv_init"), ("activations", "dead_units")])
def test_is_one_solved_function_noticed_even_with_other_comments_and_line_breaks(files, topic, function):
    solved = solution_regions.solve_functions(topic, [function]).replace("\n    ", "  # really?\n    ")
    assert leak_check.find_leaks({f"cs231n_lib/{topic}.py": solved.encode()})


@pytest.mark.parametrize("name", ["autograder/hidden_tests/activations.py", "autograder/mistakes/linear_classifier.py",
                                  "autograder/verify/alternatives/initialization.py", "notebooks/01_activations.ipynb"])
def test_is_a_file_of_the_graders_noticed_under_any_name(name):
    assert leak_check.find_leaks(
        {"innocent.ipynb" if name.endswith("ipynb") else "notes.txt": (ROOT / name).read_bytes()}
    )


def test_is_a_release_that_would_leak_refused(course, tmp_path, monkeypatch):
    monkeypatch.setattr(release, "make_stub", lambda topic: solution_regions.solve_functions(topic, ["xavier_init"]))
    monkeypatch.setattr(release, "generate_release", lambda course: None)
    with pytest.raises(errors.ReleaseError, match="initialization"):
        release.make_release(course, tmp_path)
    assert not (tmp_path / "workspace").exists()


def test_are_modules_left_solved_on_request_and_only_those(course):
    files = release.list_workspace_files(course, ["linear_classifier"])
    assert b"NotImplementedError" not in files["cs231n_lib/linear_classifier.py"]
    assert b"### BEGIN" not in files["cs231n_lib/linear_classifier.py"]
    assert b"NotImplementedError" in files["cs231n_lib/activations.py"]
    assert leak_check.find_leaks(files, ["linear_classifier"]) == []
