"""The Gradescope autograder, in a folder that looks like Gradescope's container."""

import csv
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile

import pytest
from downloads import pack_zip, write_files
from gradebooks import copy_of

from autograder import errors, reference
from autograder.course import solution_regions
from autograder.course.assignment import load_assignment
from autograder.course.settings import SETTINGS_FILE
from autograder.course.topics import list_topics
from autograder.errors import ReleaseError
from autograder.exports import gradescope_autograder, gradescope_results
from autograder.gradebook.records import list_graded_cells
from autograder.inbox import reading
from autograder.inbox.uploads import Upload
from autograder.runners import runner
from autograder.runners.grader_hash import list_grader_files
from autograder.runners.jobs import load_secret
from autograder.sandbox import canary, launch
from tools.sample_submissions import EXPECTED_MARKS, ensure_class

FIRST = "01_activations"
needs_sandbox = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)")


@pytest.fixture(scope="module")
def own(course, tmp_path_factory):
    """Return a course of its own, with a secret."""
    folder = copy_of(course, tmp_path_factory.mktemp("own"))
    load_secret(folder)
    return folder


@pytest.fixture(scope="module")
def archive(own):
    """Return the zip for one assignment."""
    return gradescope_autograder.build_archive(own, own.parent / "gradescope.zip", FIRST)


@pytest.fixture
def container(archive, tmp_path):
    """Return a folder as ``/autograder`` is when a submission is graded; it has no submission yet."""
    root = tmp_path / "autograder"
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(root / "source")
    (root / "results").mkdir()
    (root / "submission").mkdir()
    about = {"id": 7, "created_at": "2026-03-01T12:00:00Z", "assignment": {"title": "Activations"}, "users": []}
    (root / "submission_metadata.json").write_text(json.dumps(about))
    return root


def run(root):
    """Grade in this process; return the results."""
    assert gradescope_autograder.main(["--root", str(root)]) == 0
    return json.loads((root / "results" / "results.json").read_text())


def run_as_gradescope(root, started_in="."):
    """Run ``run_autograder`` with the code that is in the zip; return (results, what it printed)."""
    environment = {**os.environ, "AUTOGRADER_ROOT": str(root), "PYTHON": sys.executable}
    done = subprocess.run(["bash", str(root / "source" / "run_autograder")], env=environment, capture_output=True,
                          text=True, cwd=root / started_in)
    assert done.returncode == 0, done.stderr
    return json.loads((root / "results" / "results.json").read_text()), done.stdout


def hand_in(root, module, notebook=None):
    """Put a submission into the container, flat, as students upload it."""
    (root / "submission" / "activations.py").write_text(module)
    if notebook:
        shutil.copy(notebook, root / "submission" / f"{FIRST}.ipynb")


def golden(student):
    """Return the automatic marks of a student of the sample class."""
    with open(EXPECTED_MARKS, newline="") as file:
        return {r["grade_id"]: float(r["score"]) for r in csv.DictReader(file)
                if (r["student"], r["assignment"]) == (student, FIRST) and r["grade_id"].endswith(("-test", "-placed"))}


@pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed (make system-deps)")
def test_container_executes_nothing_of_the_submission_outside_the_sandbox(container, tmp_path):
    """Is no package of the submission executed where the grader runs, though the container starts there?"""
    for name in ("autograder", "cs231n_lib", "json", "tqdm"):
        (container / "submission" / name).mkdir()
        (container / "submission" / name / "__init__.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'w')\n")
    hand_in(container, "x = 1\n")
    results, _ = run_as_gradescope(container, "submission")
    assert results["extra_data"]["status"] == "to-look-at" and not (tmp_path / "imported").exists()
    assert "there is no notebook of this assignment in the submission" in results["output"]


def test_zip_has_what_gradescope_asks_for(archive):
    """Does the zip have what Gradescope asks for?"""
    with zipfile.ZipFile(archive) as zipped:
        for name in ("setup.sh", "run_autograder"):
            info = zipped.getinfo(name)
            assert info.external_attr >> 16 & stat.S_IXUSR
            assert zipped.read(name).startswith(b"#!/usr/bin/env bash\n")
            assert subprocess.run(["bash", "-n"], input=zipped.read(name)).returncode == 0


def test_zip_takes_only_what_grading_needs_from_the_course(own, archive):
    """Neither the course's secret, nor students' work, nor what the other topics hide."""
    with zipfile.ZipFile(archive) as zipped:
        files = {name: zipped.read(name) for name in zipped.namelist()}
    assert not any(load_secret(own).encode() in data for data in files.values())
    assert files["course/secret"].decode() == gradescope_autograder.derive_secret(own) != load_secret(own)
    assert not any(name.endswith((".db", ".csv")) or "submitted/" in name or "submissions/" in name for name in files)
    for topic, assignment in list_topics().items():
        is_ours = assignment == FIRST
        assert (f"grader/autograder/hidden_tests/{topic}.py" in files) == is_ours
        assert (f"grader/autograder/mistakes/{topic}.py" in files) == is_ours
        assert (f"course/source/{assignment}/{assignment}.ipynb" in files) == is_ours
        text = files[f"grader/cs231n_lib/{topic}.py"].decode()
        assert text == (reference.read_module_source(topic) if is_ours else solution_regions.make_stub(topic))


def test_zip_holds_the_named_wings_and_nothing_that_stays_at_home(archive):
    """Are the grader's folders in the zip those of WINGS, and neither proofs nor tools nor tests among them?"""
    with zipfile.ZipFile(archive) as zipped:
        files = [name.split("/")[1:] for name in zipped.namelist() if name.startswith("grader/")]
    assert {parts[1] for parts in files if parts[0] == "autograder" and len(parts) > 2} == set(
        gradescope_autograder.WINGS)
    assert {parts[0] for parts in files if len(parts) > 1} == {"autograder", "cs231n_lib", "notebooks"}


def test_zip_holds_everything_that_a_mark_depends_on(archive):
    """Is every file of the grader's hash in the zip, and of lab only what reads, compares and runs visible cases?"""
    with zipfile.ZipFile(archive) as zipped:
        names = {name.removeprefix("grader/") for name in zipped.namelist()}
    hashed = set(list_grader_files("activations"))
    assert hashed <= names
    needed = {reference.COMPARISONS, reference.CELLS, reference.MODULES, *reference.VISIBLE, *reference.QUESTION_FORMS,
              f"{reference.CASES}/activations.py", f"{reference.ASPECTS}/activations.py",
              f"{reference.QUESTIONS}/activations.py",
              f"{reference.ASPECTS}/common.py"}
    assert {name for name in names if name.startswith("cs231n_lib/lab")} == needed <= hashed


def test_unknown_assignment_gets_one_line(own, tmp_path):
    """Does an unknown assignment get one line?"""
    with pytest.raises(ReleaseError, match="unknown assignment '99_x'"):
        gradescope_autograder.build_archive(own, tmp_path / "x.zip", "99_x")


@needs_sandbox
def test_marks_equal_those_of_the_instructors_own_run(container):
    """Are the marks those of the instructor's own run?"""
    student = "gus_one_mistake_each"
    folder = ensure_class() / student / FIRST
    hand_in(container, (folder / "cs231n_lib" / "activations.py").read_text(), folder / f"{FIRST}.ipynb")
    results, printed = run_as_gradescope(container)
    expected = golden(student)
    found = {}
    for test in results["tests"]:
        name = test["name"].partition(":")[0].replace("_", "-")
        name += "" if name.endswith("-placed") else "-test"
        found[name] = found.get(name, 0) + test.get("score", 0)
    assert {n: s for n, s in found.items() if n in expected} == pytest.approx(expected)
    assert results["score"] == pytest.approx(sum(expected.values())) and printed == ""
    assert results["extra_data"] == {"status": "manual-pending", "assignment": FIRST, "submission": 7,
                                     "time": "2026-03-01T12:00:00Z", "sandbox": True}
    failed = [t for t in results["tests"] if t.get("status") == "failed"]
    assert failed and all(t["output"] for t in failed)
    waiting = [t for t in results["tests"] if t["name"].endswith("written answer")]
    assert waiting and not any("score" in t for t in waiting)


def test_points_of_the_course_are_those_of_the_container(own, container, monkeypatch, tmp_path):
    """Does Gradescope show the points of course.toml, which the course shows everywhere else, and say so?"""
    (own / SETTINGS_FILE).write_text(f"[points]\n{FIRST} = 200\n")
    try:
        path = gradescope_autograder.build_archive(own, tmp_path / "points.zip", FIRST)
    finally:
        (own / SETTINGS_FILE).unlink()
    with zipfile.ZipFile(path) as zipped:
        (container / "source" / "settings.json").write_bytes(zipped.read("settings.json"))
    most = sum(points for _, _, points in list_graded_cells(container / "source" / "course", FIRST))
    cell = {"score": most / 4, "max_score": most, "outcomes": []}
    monkeypatch.setattr(canary, "prove", lambda course: {})
    monkeypatch.setattr(gradescope_autograder, "run_with_retries", lambda job, unsafe: {
        "status": "graded", "problem": "", "seconds": 0.1, "cells": {"relu-forward-test": cell}})
    hand_in(container, SOLVED)
    results = run(container)
    assert results["score"] == 50 and results["output"].startswith("It counts as 50 of 200 points of the course.\n")


@needs_sandbox
def test_hostile_work_is_read_but_not_followed(container):
    """A link to the hidden tests in the place of the module, a file that claims a time and one that claims marks."""
    hidden = container / "source" / "grader" / "cs231n_lib" / "activations.py"
    (container / "submission" / "activations.py").symlink_to(hidden)
    (container / "submission" / "timestamp.txt").write_text("2000-01-01 00:00:00 UTC")
    (container / "submission" / "results.json").write_text('{"score": 100}')
    results = run(container)
    assert results["score"] == 0 and results["extra_data"]["status"] == "to-look-at"
    assert "The module could not be run." in results["output"]
    assert "timestamp.txt: not a file of this assignment" in results["output"]


def test_container_without_a_sandbox_gives_no_zero(container, monkeypatch, capsys):
    """The canary refuses: no score, no tests, and the instructor reads why."""
    canary.prove.cache_clear()
    monkeypatch.setattr(launch.shutil, "which", lambda name: None)
    hand_in(container, reference.read_module_source("activations"))
    results = run(container)
    assert "score" not in results and "tests" not in results
    assert "not a zero" in results["output"] and results["extra_data"] == {"status": "infra-error"}
    assert "SandboxError: bubblewrap is not installed" in capsys.readouterr().out


def test_broken_grader_gives_no_zero(container, monkeypatch, capsys):
    """Is a broken grader no zero either?"""
    monkeypatch.setattr(canary, "prove", lambda course: {})
    (container / "source" / "course" / "release" / FIRST / f"{FIRST}.ipynb").unlink()
    hand_in(container, reference.read_module_source("activations"))
    assert "score" not in run(container) and "FileNotFoundError" in capsys.readouterr().out


def test_failure_on_our_side_is_retried(monkeypatch):
    """Is what fails on our side tried again?"""
    tries = []

    def fails(job, unsafe):
        tries.append(job)
        raise errors.InfraError("the setup cell failed")

    monkeypatch.setattr(runner, "run_job", fails)
    with pytest.raises(errors.InfraError):
        gradescope_autograder.run_with_retries({"topic": "x"}, False)
    assert len(tries) == gradescope_autograder.TRIES


def test_only_an_unsafe_zip_grades_without_a_sandbox(own, container, monkeypatch, tmp_path):
    """Does only an unsafe zip grade without a sandbox?"""
    def refuse(course):
        raise errors.SandboxError("no sandbox here")

    monkeypatch.setattr(canary, "prove", refuse)
    hand_in(container, solution_regions.solve_functions("activations", ["relu_forward"]))
    assert "score" not in run(container)
    with zipfile.ZipFile(
        gradescope_autograder.build_archive(own, tmp_path / "unsafe.zip", FIRST, unsafe=True)
    ) as zipped:
        zipped.extractall(container / "source")
    results = run(container)
    assert results["score"] > 0 and results["extra_data"]["sandbox"] is False


def recognise(folder, course, title=""):
    """Return the assignment of a submission; None if nobody can say it."""
    found = reading.read_folder(folder, "student", "", lambda: course)
    key = gradescope_autograder.choose_submission(found, {"assignment": {"title": title}})
    return key and key[1]


@pytest.mark.parametrize("names, title, found", [
    (["01_activations.ipynb"], "", FIRST), (["cs231n_lib/activations.py", "notes.txt"], "", FIRST),
    (["activations.py", "dropout.py"], "Homework 05_dropout", "05_dropout"),
    (["activations.py", "dropout.py"], "", None), (["notes.txt"], "01_activations", None),
])
def test_assignment_of_a_submission_is_recognised(names, title, found, tmp_path, course):
    """Which assignment is a submission for?"""
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert recognise(tmp_path, course, title) == found


@pytest.mark.parametrize("name", ["my work (1).py", "Copy of mine.ipynb"])
def test_assignment_of_renamed_files_is_recognised_by_what_is_in_them(name, tmp_path, course):
    """Is a submission with other names no zero, but known by its functions or by its answers?"""
    form = load_assignment(course, "03_initialization")
    answer = json.dumps({"cells": [{"cell_type": "code", "source": f"{next(iter(form.variables.values()))} = 1"}]})
    function = f"def {form.outline['functions'][0]}(x):\n    return x\n"
    (tmp_path / name).write_text(function if name.endswith(".py") else answer)
    assert recognise(tmp_path, course) == "03_initialization"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"assignment": null}'])
def test_unreadable_metadata_do_not_stop_grading(text, tmp_path, course):
    """Is unreadable metadata no obstacle?"""
    (tmp_path / "submission_metadata.json").write_text(text)
    about = gradescope_autograder.read_metadata(tmp_path / "submission_metadata.json")
    found = reading.read_folder(tmp_path / "submission", "student", "", lambda: course)
    assert about.get("id") is None and gradescope_autograder.choose_submission(found, about) is None


@pytest.fixture
def judged(container, monkeypatch):
    """Return a container in which every submission ends as graded, with no mark: only its reading is looked at."""
    result = {"status": "graded", "problem": "", "seconds": 0.1, "cells": {}}
    monkeypatch.setattr(canary, "prove", lambda course: {})
    monkeypatch.setattr(gradescope_autograder, "run_with_retries", lambda job, unsafe: result | {"job": job})
    return container


def open_container(container):
    """Let the container grade any assignment."""
    (container / "source" / "settings.json").write_text('{"assignment": null, "unsafe": false}')


def answer_all(container):
    """Return the released notebook with all answers written, as text."""
    book = json.loads((container / "source" / "course" / "release" / FIRST / f"{FIRST}.ipynb").read_text())
    for cell in book["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = "".join(cell["source"]).replace("...", "1").replace("YOUR ANSWER HERE", "Because.")
    return json.dumps(book)


SOLVED = solution_regions.solve_functions("activations", ["relu_forward"])
UPLOADS = {
    "browser's names": (f"{FIRST} (1).ipynb", "activations-2.py"),
    "other names": ("Copy of homework.ipynb", "my functions.py"),
    "zip": ("hw.zip/work/01_activations.ipynb", "hw.zip/work/cs231n_lib/activations.py"),
    "workspace": ("cs231n-workbook/01_activations.ipynb", "cs231n-workbook/cs231n_lib/activations.py"),
    "zip of the workspace": ("w.zip/x/01_activations.ipynb", "w.zip/x/cs231n_lib/activations.py"),
}
"""Kind of upload -> paths of the notebook and the module in it; below a name in ".zip" they are packed."""


def upload_files(container, kind, book):
    """Put an upload into the container; a workspace has other topics' files, too, as they were released."""
    files = dict(zip(UPLOADS[kind], (book, SOLVED), strict=True))
    if "workspace" in kind:
        top = UPLOADS[kind][0].removesuffix("01_activations.ipynb")
        files |= {f"{top}{name}": text for name, text in {
            "cs231n_lib/dropout.py": solution_regions.make_stub("dropout"), "05_dropout.ipynb": '{"cells": []}',
            "cs231n_lib/lab/check/cases/activations.py": "x = 1", "datasets/images.npz": "x", "README.md": "x"}.items()}
    packed = {name.partition("/")[2]: text for name, text in files.items() if ".zip/" in name}
    if packed:
        files = {next(iter(files)).partition("/")[0]: pack_zip(packed)}
    write_files(container / "submission", files)


@pytest.mark.parametrize("is_open", [False, True], ids=["one assignment", "any assignment"])
@pytest.mark.parametrize("kind", UPLOADS)
def test_upload_of_any_form_is_read_as_the_inbox_reads_it(judged, kind, is_open):
    """Are renamed files, zips and whole workspaces read, and does the student's page say what was taken as what?"""
    if is_open:
        open_container(judged)
    upload_files(judged, kind, answer_all(judged))
    results = run(judged)
    assert results["extra_data"]["assignment"] == FIRST and results["extra_data"]["status"] == "manual-pending"
    said, = [line for line in results["output"].splitlines() if line.startswith("What was found: ")]
    count = len(load_assignment(judged / "source" / "course", FIRST).solutions)
    assert f" with {count} of {count} answers" in said
    for path, right in zip(UPLOADS[kind], (f"{FIRST}.ipynb", "cs231n_lib/activations.py"), strict=True):
        name = path.rpartition("/")[2]
        assert right in said and (name == right.rpartition("/")[2] or f"{name}, taken as {right}" in said)


def test_page_says_how_many_answers_were_found(judged):
    """Does a notebook that lost some of its answers end as to look at, with how many were found and which were not?"""
    book = json.loads(answer_all(judged))
    lost = next(cell for cell in book["cells"] if cell["metadata"].get("cs231n", {}).get("kind") == "answer")
    book["cells"].remove(lost)
    upload_files(judged, "workspace", json.dumps(book))
    results = run(judged)
    count = len(load_assignment(judged / "source" / "course", FIRST).solutions)
    assert results["extra_data"]["status"] == "to-look-at"
    assert f"{count - 1} of {count} answers were found in the notebook, not {lost['id']}" in results["output"]
    assert f"{FIRST}.ipynb with {count - 1} of {count} answers; cs231n_lib/activations.py." in results["output"]


def test_files_that_the_workspace_has_anyway_are_one_line_on_the_page(judged):
    """Is a student not told of each file of the workbook that nobody hands in, but of a file of their own by name?"""
    upload_files(judged, "workspace", answer_all(judged))
    write_files(judged / "submission", {f"cs231n-workbook/cs231n_lib/lab/plots/{n}.py": "" for n in range(30)})
    write_files(judged / "submission", {"cs231n-workbook/notes.txt": "x"})
    output = run(judged)["output"]
    assert "33 files of the workspace that nobody hands in, left out: " in output
    assert "notes.txt: not a file of this assignment, left out" in output and "lab/plots/29.py" not in output


def test_work_for_several_assignments_is_said(judged, course):
    """Does a workspace with work for two assignments get the one of the title, or a line that names both?"""
    open_container(judged)
    folder = judged / "source" / "course"
    for kind in ("source", "release"):
        shutil.copytree(course / kind / "05_dropout", folder / kind / "05_dropout", dirs_exist_ok=True)
    upload_files(judged, "workspace", answer_all(judged))
    solved = solution_regions.solve_functions("dropout", ["vanilla_dropout_forward"])
    write_files(judged / "submission", {"cs231n-workbook/cs231n_lib/dropout.py": solved})
    assert run(judged)["extra_data"]["assignment"] == FIRST
    (judged / "submission_metadata.json").write_text('{"assignment": {"title": "Homework 2"}}')
    assert f"There is work for several assignments ({FIRST}, 05_dropout)" in run(judged)["output"]


@pytest.mark.parametrize("kind", sorted(UPLOADS))
def test_sentence_on_what_was_found_names_both_files(kind):
    """Is a file of another name said with the name that it should have, and one of the right name alone?"""
    upload = Upload("ana", FIRST, taken={f"{FIRST}.ipynb": UPLOADS[kind][0]}, answers=3, not_found=["x"])
    said = gradescope_results.describe_taken(upload)
    assert said == f"What was found: {UPLOADS[kind][0]}, taken as {FIRST}.ipynb, with 2 of 3 answers."
    upload.taken = {"cs231n_lib/activations.py": "cs231n_lib/activations.py"}
    assert gradescope_results.describe_taken(upload) == "What was found: cs231n_lib/activations.py."
