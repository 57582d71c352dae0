"""A whole workspace in an inbox: is it a submission of just the assignments with work in them, and all else named?"""

import json
import tempfile
from pathlib import Path

import pytest
from downloads import ADA, ANA, WEI, list_found, pack_zip, roster_of, write_files
from hypothesis import given, settings
from hypothesis import strategies as st
from workspaces import FIRST, SECOND, THIRD, fill_notebook, make_workspace, write_course

from autograder.course.roster import RosterEntry
from autograder.course.solution_regions import make_stub, solve_functions
from autograder.inbox import workspaces
from autograder.inbox.assignment_names import name_assignment
from autograder.inbox.reading import Options, read_inbox

CLASS = roster_of(ANA, WEI, ADA)
WORK = make_workspace(answered=[SECOND], solved=[SECOND, THIRD])
MINE = {("ana", SECOND): sorted(["03_initialization.ipynb", "cs231n_lib/initialization.py"]),
        ("ana", THIRD): sorted(["05_dropout.ipynb", "cs231n_lib/dropout.py"])}
METADATA = "submission_311:\n  :submitters:\n  - :name: Ana Garcia\n    :sid: '0042'\n    :email: ana@example.edu\n"
BLACKBOARD = ("Name: Ana Garcia (ana_g)\nThere is no student submission text data for this assignment.\n"
              "There are no student comments for this assignment.\n")
BEFORE = {
    "canvas": "garciaana_20451_998801_cs231n", "moodle": "Ana Garcia_1327_assignsubmission_file_/",
    "moodle, loose": "Ana Garcia_1327_assignsubmission_file_cs231n",
    "brightspace": "20451-88001 - Ana Garcia - Oct 3, 2025 1134 PM/", "blackboard":
    "week_3_ana_g_attempt_2025-10-03-23-34-10_cs231n", "gradescope": "submission_311/", "github": "homework-ana_g/",
    "plain": "ana/",
}
"""Kind of download -> what it writes before a file that Ana hands in."""


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Return a function that returns a course with the releases."""
    folder = write_course(tmp_path_factory.mktemp("course"))
    return lambda: folder


def write_download(root, kind, form, work=WORK):
    """Write a download in which Ana hands in a workspace.

    Parameters
    ----------
    root : pathlib.Path
    kind : str
    form : str
        "folder" or ".zip".
    work : dict
        Its files.
    """
    before = BEFORE[kind]
    if form == "folder":
        before = before if before.endswith("/") else f"{before}/"
        files = {f"{before}cs231n-workbook/{name}": text for name, text in work.items()}
    else:
        name = f"{before}work.zip" if before.endswith("/") else f"{before}.zip"
        files = {name: pack_zip({f"cs231n-workbook/{name}": text for name, text in work.items()})}
    files |= {"submission_metadata.yml": METADATA} if kind == "gradescope" else {}
    files |= {"week_3_ana_g_attempt_2025-10-03-23-34-10.txt": BLACKBOARD} if kind == "blackboard" else {}
    files |= {f"{before}.git/HEAD": "ref"} if kind == "github" else {}
    return write_files(root, files)


def read(root, released, **options):
    """Read an inbox with the releases at hand."""
    roster = roster_of(RosterEntry("ana", github="ana_g")) if any(root.glob("homework*")) else CLASS
    return read_inbox(root, roster, options=Options(**options), find_release=released)


FORMS = [(kind, form) for kind, before in BEFORE.items() for form in ("folder", ".zip")
         if not (form == "folder" and kind in ("moodle, loose", "blackboard"))]


@pytest.mark.parametrize("kind, form", FORMS)
def test_workspace_in_any_download_is_handed_in_where_there_is_work_in_it(tmp_path, released, kind, form):
    """Are the changed assignments submissions, with their own files alone, and the untouched one and the rest named?"""
    reading = read(write_download(tmp_path, kind, form), released)
    assert list_found(reading) == MINE
    said = "\n".join(reading.rejected)
    assert f"as they were released, so not taken as handed in: {FIRST}" in said
    assert "files that no assignment asks for, left out" in said and "README.md" in said
    remark, = reading.submissions["ana", SECOND].remarks
    assert remark == f"out of a whole workspace, with work for {SECOND}, {THIRD}"


@pytest.mark.parametrize("kind, form", FORMS)
def test_workspace_counts_for_the_one_assignment_that_is_said(tmp_path, released, kind, form):
    """Is with ``--assignment`` only that one handed in?"""
    reading = read(write_download(tmp_path, kind, form), released, assignment=SECOND)
    assert set(reading.submissions) == {("ana", SECOND)}


def test_workspace_in_a_download_of_one_assignment_is_of_that_one(tmp_path, released):
    """Does a workspace beside a file that names the assignment count for that one, as before?"""
    root = write_download(tmp_path, "canvas", ".zip")
    write_files(root, {"liwei_20452_998802_05_dropout.ipynb": "{}"})
    assert set(read(root, released).submissions) == {("ana", THIRD), ("wei", THIRD)}


def test_group_hands_in_its_workspace_once(tmp_path, released):
    """Do all members of a group get what is in their workspace?"""
    root = write_download(tmp_path, "gradescope", "folder")
    more = "  - :name: Wei Li\n    :sid: '0043'\n    :email: wei@example.edu\n"
    (root / "submission_metadata.yml").write_text(METADATA + more)
    reading = read(root, released)
    assert set(reading.submissions) == {(who, a) for who in ("ana", "wei") for a in (SECOND, THIRD)}
    assert reading.submissions["wei", THIRD].members == ("ana", "wei")


def test_workspace_without_any_work_is_no_submission_and_named(tmp_path, released):
    """Is a workspace as it was released, whose cells were run, nobody's zero?"""
    reading = read(write_download(tmp_path, "canvas", ".zip", make_workspace()), released)
    assert not reading.submissions
    assert f"as they were released, so not taken as handed in: {FIRST}, {SECOND}, {THIRD}" in "\n".join(
        reading.rejected)


def edit(name, change):
    """Return the untouched workspace with one file changed, and one assignment of work."""
    files = make_workspace(answered=[SECOND])
    files[name] = change(files[name])
    return files


def lose_ids(text):
    """Return a notebook as a service writes it anew, without the answer cell."""
    book = json.loads(text)
    book["cells"] = [{"cell_type": c["cell_type"], "metadata": {}, "source": c["source"]} for c in book["cells"]
                     if not c["id"].endswith("-answer")]
    return json.dumps(book)


@pytest.mark.parametrize("name, change", [
    ("01_activations.ipynb", lambda text: fill_notebook(FIRST, why="It is steep.")),
    ("01_activations.ipynb", lose_ids), ("01_activations.ipynb", lambda text: "<<<<<<< HEAD"),
    ("01_activations.ipynb", lambda text: ""),
    ("cs231n_lib/activations.py", lambda text: solve_functions("activations", ["relu_forward"])),
    ("cs231n_lib/activations.py", lambda text: text + "\nX = 'ü'\n".encode("cp1252").decode("latin-1")),
], ids=["written", "lost cell", "broken", "empty", "function", "line"])
def test_any_work_makes_an_assignment_handed_in(tmp_path, released, name, change):
    """Is whatever may be a student's work handed in, so that it is graded or to look at, and never left out?"""
    reading = read(write_download(tmp_path, "moodle", ".zip", edit(name, change)), released)
    assert set(reading.submissions) == {("ana", FIRST), ("ana", SECOND)}


@pytest.mark.parametrize("name, change", [
    ("cs231n_lib/activations.py", lambda text: text.replace("\n", "\r\n") + "\n\n"),
    ("cs231n_lib/activations.py", lambda text: solve_functions("activations", ["relu_forward"]) and "".join(
        line for line in (workspaces.read_module_source("activations")).splitlines(True) if "###" not in line)),
    ("01_activations.ipynb", lambda text: json.dumps({**json.loads(text), "metadata": {"colab": {}}})),
], ids=["line ends", "handed out solved", "metadata"])
def test_what_editors_and_the_course_change_is_no_work(tmp_path, released, name, change):
    """Is a module with other line ends, or one that was handed out solved, no hand-in of its assignment?"""
    reading = read(write_download(tmp_path, "moodle", ".zip", edit(name, change)), released)
    assert set(reading.submissions) == {("ana", SECOND)}


def test_renamed_files_of_a_workspace_are_known_by_what_is_in_them(tmp_path, released):
    """Are notebook and module of another name those of their assignment, and is a name that is wrong not believed?"""
    work = {name: text for name, text in make_workspace().items() if "activations" not in name}
    work |= {"homework.ipynb": fill_notebook(FIRST, answer="answer_activations = 1"),
             "Copy of 03_initialization.ipynb": fill_notebook(THIRD, answer="answer_dropout = 1"),
             "mine.py": solve_functions("activations", ["relu_forward"]), "helpers.py": "def scale(x):\n    return x\n"}
    reading = read(write_download(tmp_path, "moodle", "folder", work), released)
    assert list_found(reading) == {("ana", FIRST): ["homework.ipynb", "mine.py"],
                                   ("ana", THIRD): ["05_dropout.ipynb", "Copy of 03_initialization.ipynb",
                                                    "cs231n_lib/dropout.py"]}
    said = "\n".join(reading.rejected)
    assert "helpers.py: a file of no assignment of this course, left out" in said and SECOND in said


def test_files_of_one_assignment_are_known_by_what_is_in_them_alone(tmp_path, released):
    """Is a download in which no name says anything read, and are files of one assignment handed in, even untouched?"""
    files = {"garciaana_20451_1_homework.ipynb": fill_notebook(FIRST, answer="answer_activations = 1"),
             "liwei_20452_2_untitled.ipynb": fill_notebook(FIRST), "okaforada_20453_3_photo.jpg": "x"}
    reading = read(write_files(tmp_path, files), released)
    assert set(reading.submissions) == {("ana", FIRST), ("wei", FIRST)}
    assert any("photo.jpg: unknown assignment" in line for line in reading.rejected)


def test_endless_workspace_costs_a_bounded_number_of_readings(tmp_path, released, monkeypatch):
    """Are of thousands of notebooks a few read, and are the others in a submission by their names, or named?"""
    calls, real = [], workspaces.read_notebook
    monkeypatch.setattr(workspaces, "read_notebook", lambda *args: calls.append(1) or real(*args))
    monkeypatch.setattr(workspaces, "MOST_READ", 7)
    work = WORK | {f"{n}.ipynb": "{}" for n in range(40)} | {f"03_initialization ({n}).ipynb": "{}" for n in range(40)}
    reading = read(write_download(tmp_path, "moodle", ".zip", work), released)
    assert len(calls) <= 7 and ("ana", SECOND) in reading.submissions
    used = {name for submission in reading.submissions.values() for name, _ in submission.files}
    assert {f"03_initialization ({n}).ipynb" for n in range(40)} <= used
    assert "more like these" in "\n".join(reading.rejected)


def test_workspace_that_takes_long_to_read_is_read_in_part(tmp_path, released, monkeypatch):
    """Are files read by their names alone once the others took as long as they may?"""
    calls, real = [], workspaces.read_notebook
    monkeypatch.setattr(workspaces, "read_notebook", lambda *args: calls.append(1) or real(*args))
    monkeypatch.setattr(workspaces, "count_seconds", lambda: 3.0 * len(calls))
    work = WORK | {f"03_initialization ({n}).ipynb": "{}" for n in range(9)}
    reading = read(write_download(tmp_path, "moodle", ".zip", work), released)
    assert len(calls) == 3 and ("ana", SECOND) in reading.submissions


def test_course_that_lacks_an_assignment_names_its_files(tmp_path, released):
    """Are files of an assignment that the course did not release named, and no submission?"""
    work = make_workspace(answered=[SECOND]) | {"cs231n_lib/optimizers.py": make_stub("optimizers") + "x = 1\n"}
    reading = read(write_download(tmp_path, "moodle", ".zip", work), released)
    assert set(reading.submissions) == {("ana", SECOND)}
    assert "cs231n_lib/optimizers.py: a file of no assignment of this course, left out" in "\n".join(reading.rejected)


@pytest.mark.parametrize("first, second", [(SECOND, THIRD), (SECOND, SECOND)])
def test_two_senders_of_one_name_are_not_one_student_in_any_assignment(tmp_path, released, first, second):
    """Is of two workspaces whose senders have one name none attributed by it, whatever assignments they are for?"""
    files = {f"Ana Garcia_{n}_assignsubmission_file_/w.zip": pack_zip(make_workspace(answered=[assignment]))
             for n, assignment in ((7, first), (8, second))}
    reading = read(write_files(tmp_path, files), released)
    assert not reading.submissions and set(reading.strangers) == {"Ana Garcia_7", "Ana Garcia_8"}


PEOPLE = {"ana": "20451", "wei": "20452", "ada": "20453"}


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(list(PEOPLE)), min_size=1, unique=True), st.data())
def test_no_file_of_a_workspace_goes_to_a_second_person_or_is_lost(released, senders, data):
    """Is each file of random workspaces used for its owner, named itself, or one of an assignment that is named?"""
    packed = {}
    for student in senders:
        names = data.draw(st.lists(st.sampled_from([*WORK, "notes.txt", "untitled.ipynb"]), min_size=1, unique=True))
        mark = f"\n# {student}"
        packed[student] = {name: WORK.get(name, "{}") + (mark if name.endswith(".py") else "") for name in names}
    with tempfile.TemporaryDirectory() as folder:
        root = write_files(Path(folder), {f"x_{PEOPLE[student]}_{n}_work.zip": pack_zip(files)
                                          for n, (student, files) in enumerate(packed.items())})
        reading = read_inbox(root, CLASS, find_release=released)
        used = {student: set() for student in senders}
        for (student, _), submission in reading.submissions.items():
            for name, read_file in submission.files:
                used[student].add(name.rpartition("/")[2])
                assert not name.endswith(".py") or read_file(10**6).decode().endswith(f"# {student}")
    for student, files in packed.items():
        said = "\n".join(line for line in reading.rejected if PEOPLE[student] in line)
        untouched = said.partition("not taken as handed in: ")[2].partition("\n")[0].split(", ")
        is_counted = "that no assignment asks for" in said
        for name in files:
            file, top = name.rpartition("/")[2], name.partition("/")[0]
            assert file in used[student] or file in said or name_assignment(file) in filter(None, untouched) or (
                f"{top}: unknown assignment" in said or is_counted and not name.endswith(".ipynb")), name
