"""The leak check: does nothing of the solutions reach a student, and would it be noticed?"""

import ast
import json

import pytest

from autograder import errors
from autograder.course import cells, solution_regions
from autograder.course.topics import list_topics
from autograder.reference import ROOT
from autograder.release import leak_check, release


@pytest.fixture(scope="module")
def files(course):
    """Return what a student gets."""
    return release.list_workspace_files(course)


def test_release_is_free_of_solutions_and_hidden_tests(files):
    """Is the release free of solutions and hidden tests?"""
    assert leak_check.find_leaks(files) == []


def test_release_holds_what_a_student_needs_and_no_grader(files):
    """Does the release hold what a student needs and nothing of the grader?"""
    for topic, assignment in list_topics().items():
        assert f"{assignment}.ipynb" in files and b"NotImplementedError" in files[f"cs231n_lib/{topic}.py"]
    for name in (
        "README.md",
        "requirements.txt",
        "constraints.txt",
        "LICENSE",
        "datasets/photopatches.npz",
        "cs231n_lib/lab/check/judge.py",
    ):
        assert name in files
    assert not [name for name in files if name.startswith(("autograder", "tests", "notebooks", "."))]


def test_answers_are_open_in_the_released_notebooks(files):
    """Are answers open in the released notebooks?"""
    for assignment in list_topics().values():
        for cell in json.loads(files[f"{assignment}.ipynb"])["cells"]:
            meta, source = cell["metadata"].get("nbgrader", {}), "".join(cell["source"])
            if meta.get("solution") and cells.is_scratch(cell):
                assert "..." in source and "SOLUTION" not in source
            elif meta.get("solution") and cell["cell_type"] == "code":
                assert source.rstrip().endswith("= ...")
            elif meta.get("solution"):
                assert source.strip() == "YOUR ANSWER HERE"


@pytest.mark.parametrize("topic, function", [("activations", "relu_forward"), ("linear_classifier", "softmax_loss"),
                                             ("initialization", "lsuv_init"), ("activations", "dead_units")])
def test_solved_function_is_noticed_in_any_layout(files, topic, function):
    """Is one solved function noticed even with other comments and line breaks?"""
    solved = solution_regions.solve_functions(topic, [function]).replace("\n    ", "  # really?\n    ")
    assert leak_check.find_leaks({f"cs231n_lib/{topic}.py": solved.encode()})


@pytest.mark.parametrize("name", ["autograder/hidden_tests/activations.py", "autograder/mistakes/linear_classifier.py",
                                  "autograder/verify/alternatives/initialization.py", "notebooks/01_activations.ipynb"])
def test_grader_file_is_noticed_under_any_name(name):
    """Is a file of the grader's noticed under any name?"""
    assert leak_check.find_leaks(
        {"innocent.ipynb" if name.endswith("ipynb") else "notes.txt": (ROOT / name).read_bytes()}
    )


def paste_into_lab(functions):
    """Return files of lab, each with one function of ``functions`` (name -> code) at its end."""
    given = (ROOT / "cs231n_lib/lab/blas.py").read_text()
    return {f"cs231n_lib/lab/{name}.py": f"{given}\n\n{code}\n".encode() for name, code in functions.items()}


def count_tokens(node, lines):
    """Return the number of tokens in a function's body, without its docstring; ``lines`` are those of its file."""
    return sum(len(leak_check.tokenize_source("\n".join(lines[s.lineno - 1:s.end_lineno]))) for s in node.body
               if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)))


def read_functions(path, least):
    """Return name -> code of the functions of a file with so many tokens, without those that only hold functions."""
    text = path.read_text()
    lines = text.split("\n")
    functions = [f for f in ast.parse(text).body if isinstance(f, ast.FunctionDef)]
    return {f.name: ast.get_source_segment(text, f) for f in functions if count_tokens(f, lines) >= least
            and not any(isinstance(s, ast.FunctionDef) for s in f.body)}


@pytest.mark.parametrize("topic", list_topics())
def test_every_solved_function_pasted_into_lab_is_noticed(topic):
    """Is each function of the topic seen where only given code is expected?"""
    solved = read_functions(ROOT / f"cs231n_lib/{topic}.py", leak_check.SHORTEST_RUN)
    written = {name: solution_regions.remove_markers(code) for name, code in solved.items() if "### BEGIN" in code}
    leaks = leak_check.find_leaks(paste_into_lab(written))
    assert written and {line.split(" ")[0] for line in leaks} == {f"cs231n_lib/lab/{name}.py" for name in written}


@pytest.mark.parametrize("folder", leak_check.ROOMS)
@pytest.mark.parametrize("topic", list_topics())
def test_every_longer_function_of_the_grader_pasted_into_lab_is_noticed(topic, folder):
    """Is each hidden test, mistake and alternative seen that has more than one line's worth of code?"""
    functions = read_functions(ROOT / folder / f"{topic}.py", leak_check.GRADER_RUN + 4)
    leaks = leak_check.find_leaks(paste_into_lab(functions))
    assert functions and {line.split(" ")[0] for line in leaks} == {f"cs231n_lib/lab/{name}.py" for name in functions}


@pytest.mark.parametrize("path", [p.relative_to(ROOT).as_posix() for folder in leak_check.ROOMS
                                  for p in sorted((ROOT / folder).glob("*.py"))])
def test_every_file_in_the_graders_rooms_is_noticed(path):
    """Does no file of a room escape because its name is on no list?"""
    assert any(f"code of {path}: " in line for line in leak_check.find_leaks({"notes.txt": (ROOT / path).read_bytes()}))


def test_leaking_release_is_refused(course, tmp_path, monkeypatch):
    """Is a release that would leak refused?"""
    monkeypatch.setattr(release, "make_stub", lambda topic: solution_regions.solve_functions(topic, ["xavier_init"]))
    monkeypatch.setattr(release, "generate_release", lambda course: None)
    with pytest.raises(errors.ReleaseError, match="initialization"):
        release.make_release(course, tmp_path)
    assert not (tmp_path / "workspace").exists()


def test_requested_modules_alone_are_left_solved(course):
    """Are modules left solved on request and only those?"""
    files = release.list_workspace_files(course, ["linear_classifier"])
    assert b"NotImplementedError" not in files["cs231n_lib/linear_classifier.py"]
    assert b"### BEGIN" not in files["cs231n_lib/linear_classifier.py"]
    assert b"NotImplementedError" in files["cs231n_lib/activations.py"]
    assert leak_check.find_leaks(files, ["linear_classifier"]) == []
