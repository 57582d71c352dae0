"""Arbitrary uploads and arbitrary answers on the pipe: does the grader stand, and do others keep what is theirs?

The same examples every time; ``CS231N_FUZZ=20000 pytest tests/test_fuzz.py`` tries that many new ones.
"""

import io
import json
import math
import os
import random
import tempfile
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest
from frames import is_plain, read_frame
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from small_course import ASSIGNMENT, MODULE, answered, read_inbox, released, small_course, zip_of

from autograder import hidden_tests, reference
from autograder.course import cells
from autograder.course.assignment import load_assignment
from autograder.course.topics import list_topics
from autograder.hidden_tests.session import Session, load_questions
from autograder.inbox import remarks
from autograder.inbox.uploads import place_upload, read_upload
from autograder.sandbox import launch, protocol
from autograder.sandbox.client import SandboxedModule
from autograder.sandbox.student import InProcessModule, Reply, StudentError, StudentModule

MORE = int(os.environ.get("CS231N_FUZZ", 0))


def fuzz(examples):
    """Return the profile: a fixed set of examples, or ``MORE`` new ones."""
    return settings(max_examples=MORE or examples, derandomize=not MORE, deadline=None, database=None,
                    suppress_health_check=list(HealthCheck))


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
                    max_leaves=12)


@st.composite
def damaged(draw, data):
    """Draw ``data`` with some bytes overwritten, cut out or put in."""
    data = bytearray(data)
    for at, new, cut in draw(st.lists(st.tuples(st.integers(0, len(data)), st.binary(max_size=6), st.integers(0, 8)),
                                      min_size=1, max_size=4)):
        data[at:at + cut] = new
    return bytes(data)


# -- intake -------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["01_activations", "cs231n_lib", "activations.py", "01_activations.ipynb", "01_activations.zip",
                         "eve.zip", "eve_1_2_01_activations.zip", "ann", "..", "numpy.py", "notebooks", "x"])
ODD_NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20)
PATHS = st.lists(NAMES | ODD_NAMES.filter(lambda n: n != "."), min_size=1, max_size=4)
BOOK = nbformat.writes(answered()).encode()
CONTENT = st.binary(max_size=80) | st.just(MODULE.encode()) | damaged(BOOK)


def write(path, content):
    """Write a file where the system lets us: not every drawn name can be one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError:
        pass


def ann_after(inbox):
    """Collect a class with an honest student in it; return her upload and everybody's."""
    folder = inbox / "ann" / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "activations.py").write_text(MODULE)
    (folder / f"{ASSIGNMENT}.ipynb").write_bytes(BOOK)
    uploads, rejected = read_inbox(inbox)
    assert all(line.isprintable() for line in rejected)
    return next(u for u in uploads if (u.student, u.assignment) == ("ann", ASSIGNMENT)), uploads


def is_anns(upload):
    """Is this what the honest student handed in?"""
    return (upload.module, upload.remarks) == (MODULE, []) and upload.sources["x-prediction"] == ["prediction_x = 'a'"]


@fuzz(60)
@given(st.lists(st.tuples(PATHS, CONTENT), max_size=6))
def test_any_tree_of_files_leaves_grader_and_neighbour_alone(files):
    """Does any tree of files leave the grader and a neighbour alone?"""
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder, "inbox")
        for parts, content in files:
            if ".." not in parts:
                write(inbox.joinpath("eve", *parts), content)
        assert is_anns(ann_after(inbox)[0])


@fuzz(80)
@given(st.lists(st.tuples(PATHS, CONTENT), max_size=4), st.data())
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_any_zip_leaves_grader_and_neighbour_alone(members, data):
    """Does any zip leave the grader and a neighbour alone?"""
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder, "inbox")
        file, packing = io.BytesIO(), data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
        with zipfile.ZipFile(file, "w", packing) as archive:
            for parts, content in members:
                archive.writestr("/".join(parts), content)
        write(inbox / "eve" / f"{ASSIGNMENT}.zip", data.draw(damaged(file.getvalue()) | st.binary(max_size=80)))
        assert is_anns(ann_after(inbox)[0])


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course with one small assignment."""
    return small_course(tmp_path_factory.mktemp("course"))


@fuzz(150)
@given(damaged(BOOK) | st.builds(lambda tree: json.dumps({"cells": tree}).encode(), JSON)
       | st.builds(lambda source: BOOK.replace(b"prediction_x = 'a'", json.dumps(source)[1:-1].encode()), st.text()))
@example(BOOK.replace(b"prediction_x = 'a'", b"\\ud800"))
def test_any_notebook_becomes_the_released_one_with_other_answers(course, data):
    """Does any notebook become the released one with other answers?"""
    files = [(f"{ASSIGNMENT}.ipynb", lambda limit: data[:limit])]
    place_upload(read_upload(("eve", ASSIGNMENT), files, load_assignment(course, ASSIGNMENT).outline), course)
    placed = nbformat.read(course / "submitted" / "eve" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    nbformat.validate(placed)
    for theirs, ours in zip(placed.cells, released().cells, strict=True):
        if not cells.is_test(ours):
            theirs.source = ours.source
        assert theirs == ours


SINGLE = (st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text(max_size=5)
          | st.binary(max_size=5) | st.sampled_from([10**400, ...]))
LITERALS = st.recursive(SINGLE, lambda inner: st.lists(inner, max_size=3) | st.tuples(inner)
                        | st.sets(st.integers(), max_size=2) | st.dictionaries(st.integers(), inner, max_size=2),
                        max_leaves=6)
SOURCES = st.builds(lambda value: f"x = {value!r}", LITERALS) | st.text(max_size=60)


@fuzz(150)
@given(SOURCES)
@example("x = 0x" + "f" * 3900)
@example("x = -0x" + "f" * 3900)
@example("x = '\\ud800'")
def test_any_answer_cell_is_worth_a_finite_mark(source):
    """Is any answer cell worth a finite mark?"""
    value = cells.read_answer(source, "x")
    for mark in (hidden_tests.grade_prediction(value, "abc", 1), hidden_tests.grade_prediction(value, (0, 1), 1),
                 hidden_tests.grade_answer(value, "a", 1), hidden_tests.grade_answer(value, 0.5, 1)):
        assert type(mark) is float and 0 <= mark <= 1


# -- the pipe -----------------------------------------------------------------------------------------------------

FRAME = protocol.pack(
    {
        "id": 2,
        "value": (np.ones((2, 3)), protocol.Handle(0)),
        "args": [np.ones(2)],
        "kwargs": {"alpha": 0.5},
        "rng": np.random.default_rng(0),
    }
)


@fuzz(300)
@given(damaged(FRAME))
@example(FRAME)
def test_damaged_frame_is_plain_data_or_a_protocol_error(frame):
    """Does a damaged frame hold plain data by name, or fail as a wire error?"""
    try:
        message = read_frame(frame)
    except protocol.WireError:
        assert frame != FRAME
    else:
        assert is_plain(message)


class Scripted:
    """A worker that answers what was written down before, whatever it is asked."""

    pid = 2**22 + 1  # beyond every process: closing it kills nobody

    def __init__(self, script):
        self.nobody, write = os.pipe()
        self.stdin = os.fdopen(write, "wb", buffering=0)
        read, write = os.pipe()
        self.stdout = os.fdopen(read, "rb", buffering=0)
        os.write(write, script[:60_000])
        os.close(write)

    def wait(self, timeout=None):
        """Say that it ended."""
        os.close(self.nobody) if self.nobody else None
        self.nobody = None
        return 0


def frame(message):
    """Return a frame of drawn fields; what cannot be encoded is left out."""
    try:
        return protocol.pack(message)
    except protocol.WireError:
        return b""


VALUES = JSON | st.sampled_from(
    [
        np.zeros(3),
        np.ones((2, 2), bool),
        np.zeros((0, 2**26)),
        protocol.Handle(0),
        1,
        2,
        3,
        True,
        protocol.Callback(0),
        (1, protocol.Handle(1)),
        "not plain",
        "ValueError",
        "error",
    ]
)
FIELDS = st.sampled_from(["id", "value", "args", "kwargs", "error", "type", "line", "message", "callback", "ready"])
HELLO = frame({"ready": True}) + frame({"id": 1, "value": None})
FRAMES = st.dictionaries(FIELDS, VALUES, max_size=6).map(frame)
RIGHT = {"id": 2, "value": (np.ones(3), protocol.Handle(0)), "args": [None, None], "kwargs": {}}
NEARLY = st.dictionaries(FIELDS, VALUES, max_size=2).map(lambda more: frame({**RIGHT, **more}))
SCRIPTS = st.one_of(st.binary(max_size=60), st.lists(FRAMES | NEARLY, max_size=4).map(b"".join).map(HELLO.__add__),
                    damaged(HELLO + FRAME))


@fuzz(300)
@given(SCRIPTS)
def test_any_worker_answer_is_a_reply_or_a_students_error(script):
    """Is any answer of a worker a reply or a student's error?"""
    limits = launch.Limits(call_seconds=1.0, total_seconds=1.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch, "start_worker", lambda *args: Scripted(script))
        with SandboxedModule("x = 1\n", "activations", limits) as student:
            try:
                reply = student.call("f_forward", np.ones(2), lambda x: x)
            except StudentError as error:
                assert error.hint.isprintable() and len(error.hint) < 1000
            else:
                assert type(reply.value) is tuple and len(reply.args) == 2 and reply.kwargs == {}


# -- hidden tests -------------------------------------------------------------------------------------------------

NAMED = "\ud800\x1b[2J=31415"
"""A text of the student's own: no hint may hold it, and no message the half character."""
ANSWERS = [NAMED, {NAMED: np.zeros(3)}, [NAMED, 1.0],
           None, True, 3, -2.5, math.nan, math.inf, 10**400, "text", (), [], {}, (1, 2), [1, [2, "x"]], {"v": None},
           np.zeros(0), np.zeros((7, 5)), np.zeros((0, 3)), np.full((7, 5), np.nan), np.ones(()), np.ones((1,) * 16),
           np.zeros((2**12, 1)), np.arange(5, dtype=np.uint8), np.array([True, False]), np.full(4, -2**63),
           np.ones((1, 2**12), np.float32)]


class Anything(StudentModule):
    """A student whose functions return anything, and leave anything in their arguments."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def call(self, name, *args, **kwargs):
        """See :meth:`autograder.sandbox.student.StudentModule.call`."""
        pick = lambda: self.rng.choice([*ANSWERS, tuple(self.rng.choices(ANSWERS, k=2))])  # noqa: E731
        keep = lambda value: value if self.rng.random() < 0.5 else pick()  # noqa: E731
        value = (pick(), pick()) if name.endswith("_forward") else pick()
        return Reply(value, [keep(a) for a in args], {k: keep(v) for k, v in kwargs.items()})


@fuzz(60)
@given(st.sampled_from(list(list_topics())), st.integers(0, 10**6), st.data())
@pytest.mark.filterwarnings("ignore")
def test_any_result_of_a_function_is_worth_marks_or_none(topic, seed, data):
    """Is any result of a student's function worth marks or none?"""
    session = Session(topic, Anything(seed), reference.load(topic), b"fuzz")
    name = data.draw(st.sampled_from([n for n, q in session.questions.items() if not q.uses]))
    for outcome in session.outcomes(name):
        assert 0 <= outcome.score <= outcome.max_score and outcome.status in ("passed", "failed")
        assert not (outcome.score and outcome.status == "failed")
        assert "31415" not in outcome.hint and "\ud800" not in outcome.message


def test_name_in_a_result_is_in_no_hint():
    """Is a name that the student gave an entry of a dict, which could be a hidden input, kept from the student?"""
    class Naming(InProcessModule):
        def value(self, name, args, kwargs):
            return {**super().value(name, args, kwargs), NAMED: np.zeros(3, int)}

    solution = reference.load("evaluation")
    outcomes = Session("evaluation", Naming(solution), solution, b"fuzz").outcomes("ema_update")
    assert sum(o.status == "failed" for o in outcomes) > 2
    assert not any("31415" in o.hint or "\ud800" in o.message for o in outcomes)


def test_hidden_test_that_breaks_on_the_reference_is_our_error(monkeypatch):
    """Is a hidden test that breaks on the reference still an error of ours?"""
    question = load_questions("activations")["relu_forward"]
    monkeypatch.setattr(question, "aspects", [])
    question.aspect("values", 1.0, "hint")(lambda student, reference, rng: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        question.grade(Anything(0), reference.load("activations"), b"fuzz")


def test_zip_with_bzip2_costs_no_memory(tmp_path):
    """Does a zip with bzip2 cost no memory?"""
    path = tmp_path / "ada" / f"{ASSIGNMENT}.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("activations.py", bytes(2**24))
    upload = read_inbox(tmp_path)[0][0]
    assert upload.module is None and "unusual way" in upload.remarks[0]


def test_folder_of_many_files_is_read(tmp_path):
    """Is a folder of many files read all the same?"""
    folder = tmp_path / "ada" / ASSIGNMENT
    (folder / "cs231n_lib").mkdir(parents=True)
    (folder / "cs231n_lib" / "activations.py").write_text(MODULE)
    for number in range(1500):
        (folder / f"{number}.txt").touch()
    upload = read_inbox(tmp_path)[0][0]
    assert upload.module == MODULE and len(upload.remarks) == remarks.MAX_REMARKS + 1


def test_class_zip_holds_files_of_more_than_one_student(tmp_path):
    """Does a zip of the class hold more than one student's files?"""
    members = {f"s{n}/{ASSIGNMENT}/activations.py": MODULE for n in range(40)}
    assert len(read_inbox(zip_of(tmp_path / "class.zip", members))[0]) == 40
