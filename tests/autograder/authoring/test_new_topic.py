"""Does ``new-topic`` begin a topic with a file in each room, and are topics found by what is there?"""

import pytest

from autograder import rooms
from autograder.authoring import new_topic
from autograder.course import topics
from autograder.errors import CourseError
from autograder.inbox.assignment_names import name_assignment
from autograder.runners.grader_hash import hash_grader, list_grader_files

NAME, FUNCTION = "row_centering", "center_rows_again"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Return a folder for a course; afterwards this process knows no topics of its own."""
    monkeypatch.setenv(rooms.VARIABLE, "")
    yield tmp_path / "course"
    monkeypatch.undo()
    topics.forget_topics()


@pytest.fixture
def own(course):
    """Return the folder of a topic of the course's own."""
    new_topic.make_topic(NAME, FUNCTION, course)
    return course / "topics" / NAME


def test_topics_are_the_notebooks_that_have_a_module(tmp_path, monkeypatch):
    """Is the order that of the numbers, and is a notebook without a module, or a copy of one, left out?"""
    monkeypatch.setattr(rooms, "ROOT", tmp_path)
    for name in ("notebooks/10_swimming.ipynb", "notebooks/03_walking.ipynb", "notebooks/04_flying.ipynb",
                 "notebooks/03_walking-Copy1.ipynb", "cs231n_lib/walking.py", "cs231n_lib/swimming.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = topics.discover_topics.__wrapped__()
    assert list(found.items()) == [("walking", "03_walking"), ("swimming", "10_swimming")]
    (tmp_path / "notebooks" / "05_walking.ipynb").touch()
    with pytest.raises(CourseError, match="03_walking.ipynb and 05_walking.ipynb, two notebooks of one topic"):
        topics.discover_topics.__wrapped__()


def test_new_topic_has_a_file_in_each_room_and_the_next_number(own):
    """Is there a notebook after all others, and a module, case, hints, bet, hidden test, mistake and alternative?"""
    assert topics.list_topics()[NAME] == "10_row_centering" == list(topics.list_topics().values())[-1]
    files = {path.name for path in own.iterdir()}
    assert files == {"10_row_centering.ipynb", "module.py", "cases.py", "hints.py", "questions.py", "hidden_tests.py",
                     "mistakes.py", "alternatives.py"}
    assert own.parent.stat().st_mode & 0o077 == 0
    for path in own.iterdir():
        assert "template" not in path.read_text().lower(), path


def test_whatever_asks_for_a_place_gets_the_own_file(own):
    """Are files found by their places, and modules by the names that they would have in the checkout?"""
    assert rooms.find_file(f"autograder/hidden_tests/{NAME}.py") == own / "hidden_tests.py"
    assert rooms.find_file("notebooks/10_row_centering.ipynb") == own / "10_row_centering.ipynb"
    assert rooms.find_file("autograder/hidden_tests/dropout.py") == rooms.ROOT / "autograder/hidden_tests/dropout.py"
    finder = rooms.OwnFinder()
    assert finder.find_spec(f"cs231n_lib.{NAME}").origin == str(own / "module.py")
    assert finder.find_spec("cs231n_lib.dropout") is finder.find_spec(f"cs231n_lib.{NAME}.more") is None


@pytest.mark.parametrize("name", ["Label", "label-smoothing", "label__smoothing", "9_lives", "a b", "lambda", "../up",
                                  "", "très", "a" * 31])
def test_name_that_no_topic_can_have_is_refused(course, name):
    """Is there a sentence, and is nothing written?"""
    with pytest.raises(CourseError, match="name of a topic; Take|name of a topic. Take"):
        new_topic.make_topic(name, "f", course)
    assert not course.exists()


@pytest.mark.parametrize("name, function, said", [
    ("dropout", "f", "there is a topic dropout already"), ("builders", "f", "builders.py exists already"),
    ("lab", "f", "lab exists already"), ("rows", "relu_forward", "activations has a function relu_forward already"),
])
def test_name_that_is_taken_is_refused(course, name, function, said):
    """Is a topic, a shared file, a room or a function of the workbook never hidden or overwritten?"""
    with pytest.raises(CourseError, match=said):
        new_topic.make_topic(name, function, course)
    assert not course.exists()


def test_nothing_is_overwritten(own, course):
    """Does a second call leave what somebody has written in the meantime?"""
    (own / "module.py").write_text("mine")
    with pytest.raises(CourseError, match="there is a topic row_centering already"):
        new_topic.make_topic(NAME, FUNCTION, course)
    topics.forget_topics()
    (own / "10_row_centering.ipynb").rename(own / "notes.txt")
    with pytest.raises(CourseError, match="is no topic: it needs one notebook NN_row_centering.ipynb"):
        new_topic.make_topic("other", "f", course)
    assert (own / "module.py").read_text() == "mine"


def test_own_topic_cannot_take_the_name_of_one_of_the_workbook(own):
    """Is a folder that would replace a topic of ours refused with a sentence?"""
    own.rename(own.with_name("dropout"))
    topics.forget_topics()
    with pytest.raises(CourseError, match="the workbook has cs231n_lib/dropout.py already. Give"):
        topics.list_topics()


def test_marks_of_an_own_topic_depend_on_its_files_and_no_other_topic_does(own, course):
    """Does a changed hidden test, mistake or reference grade that topic again, and it alone, and a hint nobody?"""
    def hash_both():
        return hash_grader.__wrapped__(NAME), hash_grader.__wrapped__("dropout")

    before = hash_both()
    for name, changes in (("hidden_tests.py", True), ("mistakes.py", True), ("module.py", True), ("cases.py", True),
                          ("questions.py", True), ("hints.py", False), ("alternatives.py", False)):
        content = (own / name).read_text()
        (own / name).write_text(f"{content}# touched\n")
        now = hash_both()
        assert (now[0] != before[0]) == changes and now[1] == before[1], name
        (own / name).write_text(content)
    assert f"autograder/mistakes/{NAME}.py" in list_grader_files(NAME)
    assert not any(NAME in place for place in list_grader_files("dropout"))


@pytest.mark.parametrize("name, meant", [
    ("Copy of 10_spatial_dropout (1).ipynb", "10_spatial_dropout"), ("05_dropout.ipynb", "05_dropout"),
    ("spatial_dropout and dropout.zip", ""),
])
def test_topic_whose_name_holds_that_of_another_is_told_from_it(course, name, meant):
    """Is a file of ``spatial_dropout`` not taken for one of ``dropout``, nor left out as either?"""
    new_topic.make_topic("spatial_dropout", "f", course)
    assert name_assignment.__wrapped__(name) == meant
