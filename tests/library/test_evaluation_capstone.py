"""What notebook 09 ships and grades: held-out images, borrowed weights, and the marks of the capstone."""

import hashlib
import json
import math

import numpy as np
import pytest

from autograder.course import cells
from autograder.course.cells import Unreadable
from autograder.hidden_tests import CAPSTONE_THRESHOLDS, HELDOUT, grade_capstone
from autograder.hidden_tests import session as sessions
from autograder.reference import ROOT
from autograder.release import release
from cs231n_lib.lab.check import NotRightYet, check_answer
from cs231n_lib.lab.check.answers import find_answer_problem
from cs231n_lib.lab.data import load, load_heldout, load_pretrained, prepare, prepare_like
from cs231n_lib.lab.net import FullyConnectedNet

DIGITS = ("0123456789", 600)


@pytest.fixture(scope="module")
def labels():
    """Return the held-out labels."""
    with np.load(HELDOUT, allow_pickle=False) as arrays:
        return arrays["y"]


def answers(labels, right):
    """Return a string with exactly ``right`` right digits."""
    wrong = np.arange(len(labels)) >= right
    return "".join(str(c) for c in np.where(wrong, (labels + 1) % 10, labels))


@pytest.fixture
def session(monkeypatch):
    """Return an open session, as in the runner."""
    opened = type("Opened", (), {"latest": None})()
    monkeypatch.setattr(sessions, "current", opened)
    return opened


@pytest.fixture(scope="module")
def photos():
    """Return the labelled images."""
    return load()


def test_heldout_images_have_no_labels_and_the_usual_range(photos):
    """Do heldout images come without labels and in the range of the others?"""
    X = load_heldout()
    assert X.shape == (600, 32, 32, 3) and X.dtype == np.float32
    assert X.min() >= 0 and 200 < X.max() <= 255
    with np.load(ROOT / "datasets" / "photopatches.npz") as arrays:
        assert "y_heldout" not in arrays and {"X_heldout", "y_test"} <= set(arrays)
    ready = prepare(photos)
    assert np.array_equal(prepare_like(photos.X_test, ready), ready.X_test)
    # Images of the same photographs: their mean is near 0, not near 128 / std.
    assert prepare_like(X, ready).dtype == np.float32 and abs(prepare_like(X, ready).mean()) < 0.2
    with pytest.raises(ValueError, match="photopatches.*'digits'"):
        load_heldout("digits")


def test_order_of_the_heldout_images_says_nothing_about_classes(labels):
    """Does the order of the heldout images say nothing about their class?"""
    # 599 pairs of neighbours, 59 of 599 alike by chance: standard deviation sqrt(599 * 0.0985 * 0.9015) = 7.3
    assert abs(np.sum(labels[1:] == labels[:-1]) - 59) < 4 * 7.3


def test_borrowed_weights_fit_the_net_and_know_their_classes(photos):
    """Do borrowed weights fit the net and know their classes?"""
    params, classes, mean, std = load_pretrained()
    assert (ROOT / "datasets" / "pretrained.npz").stat().st_size < 300_000
    net = FullyConnectedNet([40, 40], num_classes=len(classes), rng=np.random.default_rng(0))
    assert {name: w.shape for name, w in params.items()} == {name: w.shape for name, w in net.params.items()}
    assert all(w.dtype == np.float32 for w in (*params.values(), mean)) and mean.shape == (32, 32, 3)
    net.params.update(params)
    kept = np.isin(photos.y_test, classes)
    scores = net.loss((photos.X_test[kept] - mean) / std)
    accuracy = np.mean(np.array(classes)[scores.argmax(axis=1)] == photos.y_test[kept])
    assert accuracy > 1 / 6 + 5 * np.sqrt(5 / 36 / kept.sum())  # five standard errors of guessing


def test_labels_belong_to_the_images_that_students_have(labels):
    """Do the labels belong to the images that students have?"""
    with np.load(HELDOUT, allow_pickle=False) as arrays:
        stored = str(arrays["images_sha256"])
    images = load_heldout().astype(np.uint8)
    assert hashlib.sha256(images.tobytes()).hexdigest() == stored
    assert len(labels) == len(images) and np.array_equal(np.bincount(labels), [60] * 10)


def test_no_release_can_hold_the_labels(labels, course):
    """Can no release hold the labels?"""
    files = release.list_workspace_files(course)
    assert "datasets/photopatches.npz" in files and "datasets/pretrained.npz" in files
    assert not [name for name in files if "autograder" in name or "heldout" in name or name.endswith("capstone.py")]
    assert not [pattern for pattern in release.GIVEN if any(p == HELDOUT for p in ROOT.glob(pattern))]
    string, secret = answers(labels, 600).encode(), labels.tobytes()
    assert not [name for name, data in files.items() if string in data or secret in data]


def test_each_threshold_is_worth_a_point(labels, session):
    """Is each threshold worth a point?"""
    for reached, share in enumerate(CAPSTONE_THRESHOLDS):
        least = math.ceil(share * len(labels) - 1e-9)
        for right, points in ((least - 1, reached), (least, reached + 1)):
            mark = grade_capstone(answers(labels, right))
            assert type(mark) is float and mark == points
            assert sum(o.score for o in session.latest) == points
    assert grade_capstone(answers(labels, 600)) == sum(o.max_score for o in session.latest) == 6


def test_thresholds_share_the_points_of_the_cell(labels):
    """Does each threshold earn its share, whatever the cell is worth?"""
    assert grade_capstone(answers(labels, 600), points=3) == 3.0
    assert grade_capstone(answers(labels, 130), points=3) == 0.5


def test_guessing_earns_nothing(labels):
    """Does guessing earn nothing?"""
    # The chance of 120 of 600 right by guessing: 60 are expected, 7.3 is the standard deviation.
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert grade_capstone("".join(map(str, rng.integers(10, size=600)))) == 0
    assert grade_capstone("7" * 600) == 0


def test_student_hears_the_threshold_but_not_the_accuracy(labels, session):
    """Does the student hear the threshold but not the accuracy?"""
    grade_capstone(answers(labels, 251))  # 41.8 %
    assert [o.status for o in session.latest] == ["passed"] * 4 + ["failed"] * 2
    heard = [o.hint for o in session.latest if o.hint]
    assert heard == ["Fewer than 44% of the held-out images are right.",
                     "Fewer than 48% of the held-out images are right."]
    one_more = answers(labels, 252)
    before = [(o.score, o.status, o.hint) for o in session.latest]
    grade_capstone(one_more)
    assert [(o.score, o.status, o.hint) for o in session.latest] == before
    assert all("42.0%" in o.message for o in session.latest)  # for the instructor


@pytest.mark.parametrize("value", [None, 7, ["1"] * 600, "", "1" * 599, "1" * 601, "x" * 600, "١" * 600, b"1" * 600])
def test_anything_but_600_digits_earns_nothing_and_is_explained(value, session):
    """Does anything but 600 digits earn nothing and say what is wanted?"""
    assert grade_capstone(value) == 0
    assert all(o.status == "failed" and "600 digits" in o.hint for o in session.latest)


def test_open_and_unreadable_answers_are_distinguished(session):
    """Is an open or unreadable answer told apart?"""
    assert grade_capstone(...) == 0
    assert {(o.status, o.hint) for o in session.latest} == {("not implemented", "not answered yet")}
    assert grade_capstone(Unreadable("the answer cell does not parse")) == 0
    assert {o.hint for o in session.latest} == {"the answer cell does not parse"}


def test_pasted_string_of_600_digits_is_read(labels):
    """Is a pasted string of 600 digits read?"""
    string = answers(labels, 300)
    assert cells.read_answer(f'capstone = "{string}"', "capstone") == string
    assert cells.read_answer(f'capstone = ("{string[:300]}"\n            "{string[300:]}")', "capstone") == string


@pytest.mark.parametrize(("value", "said"), [
    (..., "three dots"), (12, "got 12"), ("0" * 599, "got 599 characters"), ("0" * 599 + "a", "'a'"),
])
def test_visible_check_says_what_is_not_accepted(value, said):
    """Does the visible check say what is not accepted?"""
    assert "600 characters" in find_answer_problem(value, DIGITS) and said in find_answer_problem(value, DIGITS)
    with pytest.raises(NotRightYet):
        check_answer(value, DIGITS)


def test_visible_check_accepts_the_string(capsys):
    """Does the visible check accept the string?"""
    check_answer("0123456789" * 60, DIGITS)
    assert capsys.readouterr().out == "answer noted\n"


def test_notebook_publishes_the_thresholds_that_are_graded():
    """Does the notebook publish the thresholds that are graded?"""
    notebook = json.loads((ROOT / "notebooks" / "09_evaluation.ipynb").read_text())
    (task,) = ("".join(c["source"]) for c in notebook["cells"] if c["id"] == "capstone-task")
    assert [line.split("|")[1].strip() for line in task.splitlines() if line.startswith("| ") and " % |" in line] == [
        f"{100 * share:g} %" for share in CAPSTONE_THRESHOLDS]
