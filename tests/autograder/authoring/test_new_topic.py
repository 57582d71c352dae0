"""Does ``new-topic`` begin a topic with a file in each room, and are topics found by what is there?"""

import argparse
import shlex
import sys
from pathlib import Path

import pytest
from own_topics import without_own_topics
from traitlets.config import Config

from autograder import __main__, reference, rooms
from autograder.authoring import new_topic
from autograder.course import topics
from autograder.errors import CourseError
from autograder.gradebook import config
from autograder.inbox.assignment_names import name_assignment
from autograder.runners.grader_hash import hash_grader, list_grader_files
from autograder.verify import rubric_proofs

NAME, FUNCTION = "row_centering", "center_rows_again"


@pytest.fixture
def course(tmp_path):
    """Return a folder for a course; afterwards this process knows no topics of its own."""
    with without_own_topics():
        yield tmp_path / "course"


@pytest.fixture
def command(monkeypatch, capsys, course):
    """Return a function that runs a command for the course, and gives its code and what it said."""
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["autograder", *map(str, arguments), "--course", str(course)])
        topics.forget_topics()
        code = __main__.main()
        return code, "".join(capsys.readouterr())

    return run


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
    assert files == {"10_row_centering.ipynb", "module.py", "cases.py", "aspects.py", "hints.py", "questions.py",
                     "hidden_tests.py", "mistakes.py", "alternatives.py"}
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


@pytest.mark.parametrize("function, is_one", [("im2col", True), ("l2_loss", True), ("loss_2", True), ("2d", False),
                                              ("_f", False), ("Loss", False)])
def test_function_may_have_digits_in_its_name(function, is_one):
    """Can a topic be begun with a function that is called as others call it?"""
    if is_one:
        new_topic.check_name(function, "function")
    else:
        with pytest.raises(CourseError, match="is no name of a function"):
            new_topic.check_name(function, "function")


@pytest.mark.parametrize("name, function", [("np", "f"), ("rows", "np"), ("check", "f"), ("light", "f"), ("rows", "x"),
                                            ("print", "f"), ("rows", "sum"), ("nul", "f"), ("total", "f")])
def test_name_with_which_the_new_files_would_not_run_is_refused(course, name, function):
    """Does a topic never hide NumPy, a check or a word of Python in its notebook, or break a workspace on Windows?"""
    with pytest.raises(CourseError, match="use [a-z]+ for something else"):
        new_topic.make_topic(name, function, course)
    assert not course.exists()


@pytest.mark.parametrize("name, function, said", [
    ("dropout", "f", "there is a topic dropout already"), ("builders", "f", "the workbook has .*builders.py already"),
    ("lab", "f", "the workbook has cs231n_lib/lab already"),
    ("rows", "relu_forward", "activations has a function relu_forward already"),
    ("rows", "sample_batch", "linear_classifier has a function sample_batch already"),
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
    with pytest.raises(CourseError, match="is no topic: it needs one notebook NN_row_centering.ipynb, and has 0"):
        new_topic.make_topic("other", "f", course)
    assert (own / "module.py").read_text() == "mine"


def test_topic_that_cannot_be_written_leaves_nothing(course, monkeypatch):
    """Is no half of a topic left behind, which would stop every command of the course?"""
    monkeypatch.setattr(new_topic, "fill_in", lambda text, *names: text if "Hints for" not in text else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        new_topic.make_topic(NAME, FUNCTION, course)
    monkeypatch.setattr(new_topic, "fill_in", lambda text, *names: text if "Hints for" not in text else None)
    with pytest.raises(TypeError):
        new_topic.make_topic(NAME, FUNCTION, course)
    assert list((course / "topics").iterdir()) == [] and list(topics.list_topics().values())[-1] == "09_evaluation"


def test_command_says_what_it_wrote_and_what_to_do_next(command, course):
    """Are the files and the next command printed, and does a second call say that there is one?"""
    code, said = command("new-topic", NAME, "--function", FUNCTION)
    assert code == 0 and f"  {course}/topics/{NAME}/module.py\n" in said
    assert f"python -m autograder verify --topic {NAME} --course {course}\n" in said
    code, said = command("new-topic", NAME)
    assert code == 2 and said == ("new-topic: there is a topic row_centering already (10_row_centering). Nothing was "
                                  "written; choose another name\n")


@pytest.mark.parametrize("text, said", [
    ('assignments = ["03"]', "lists the assignments of the course: add 10_row_centering there"), ('zone = "UTC"', ""),
    ('assignments = ["03", "row_centering"]', ""), ("titel = 3", "")])
def test_new_topic_that_the_course_does_not_list_is_said(command, course, text, said):
    """Does nobody wait in vain for a topic of their own in the release?"""
    course.mkdir()
    (course / "course.toml").write_text(text)
    code, printed = command("new-topic", NAME)
    assert code == 0 and said in printed and bool(said) is ("lists the assignments" in printed)


def test_command_that_is_printed_may_be_copied_where_a_path_has_blanks(command, course, monkeypatch, capsys):
    """Is the course's folder one word of the next command?"""
    folder = course / "my course"
    monkeypatch.setattr(sys, "argv", ["autograder", "new-topic", NAME, "--course", str(folder)])
    assert __main__.main() == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("It runs as it is: "))
    assert shlex.split(line)[-1] == str(folder)


@pytest.mark.parametrize("spoil, said", [
    (lambda own: (own / "hidden_tests.py").write_text("x = (\n"), "hidden_tests.py, line 1: '(' was never closed"),
    (lambda own: (own / "mistakes.py").write_text("\nimport nothing_of_the_kind\n"),
     "mistakes.py, line 2: ModuleNotFoundError: No module named 'nothing_of_the_kind'"),
    (lambda own: (own / "module.py").write_text("x = y\n"), "module.py, line 1: NameError: name 'y' is not defined"),
    (lambda own: (own / "cases.py").unlink(), "row_centering has no cases.py"),
    (lambda own: (own / "hints.py").rename(own / "hint.py"), "row_centering: hint.py would be used by nobody"),
], ids=["syntax", "import", "name", "missing", "misnamed"])
def test_what_is_wrong_with_an_own_topic_is_one_sentence(own, command, spoil, said):
    """Does an instructor read file and line of a topic's fault, and no traceback?"""
    spoil(own)
    code, printed = command("explain", "ann", NAME) if "would be" in said or "has no" in said else command(
        "new-topic", "second_topic")
    assert code == 2 and said in printed and "Traceback" not in printed


def test_nbgrader_keeps_our_sandbox_when_an_own_topic_is_broken(own, course):
    """Is the configuration whole, and does grading stop? nbgrader goes on without a configuration that raises."""
    (own / "module.py").unlink()
    topics.forget_topics()
    found = config.configure(Config(), course)
    assert found.Autograde.autograde_preprocessors == config.AUTOGRADE
    assert found.Autograde.exporter_class is config.AdmittedNotebookExporter
    with pytest.raises(CourseError, match="row_centering has no module.py"):
        topics.topic_of("01_activations")


def test_own_topics_are_those_of_the_course_that_is_named(own, monkeypatch, course):
    """Do commands that need no course look into the folder of one only if they are told to?"""
    monkeypatch.chdir(course.parent)
    for words, found in ((["verify"], None), (["new-topic", "x"], None), (["doctor"], None), (["moves", "a"], None),
                         (["grade", "--jobs", "2"], Path("course")), (["verify", "--course", "x"], Path("x")),
                         (["explain", "--course=x", "ann", "10"], Path("x")),
                         (["explain", "--cour", "x"], Path("x")), ([], Path("course"))):
        assert __main__.find_course(words) == found, words


def test_course_in_the_folder_of_submissions_is_refused(own, command, course):
    """Is no upload taken for the course by standing in the inbox, with a student called "course" in it?"""
    code, said = command("grade", "--submissions", course.parent, "--output", course.parent / "out")
    assert code == 2 and said == (f"grade: the course {course} lies in the folder of submissions. Name a folder "
                                  "elsewhere: --course\n")


def test_own_topics_go_to_another_computer_as_they_are(own):
    """Is the hash there that of here, so that a worker of a cluster may have jobs, and is no old topic kept?"""
    here, packed = hash_grader.__wrapped__(NAME), rooms.pack_topics()
    rooms.unpack_topics({})
    assert NAME not in topics.list_topics()
    rooms.unpack_topics(packed)
    there = rooms.list_own_topics()[NAME].folder
    assert there != own and there.parent.stat().st_mode & 0o077 == 0
    assert hash_grader.__wrapped__(NAME) == here


def test_numbers_and_names_of_topics_are_read(own):
    """Does ``--solved`` know an own topic by its number and by its name, and refuse what is neither?"""
    assert __main__.parse_topics(f"10, dropout,{NAME}") == [NAME, "dropout", NAME]
    with pytest.raises(argparse.ArgumentTypeError, match="unknown topic '77' .known: 00 linear_classifier, .*"):
        __main__.parse_topics("77")
    (own / "10_row_centering.ipynb").rename(own / "05_row_centering.ipynb")
    topics.forget_topics()
    with pytest.raises(argparse.ArgumentTypeError, match="unknown topic '05'"):
        __main__.parse_topics("05")


def test_own_topic_cannot_take_the_name_of_one_of_the_workbook(own):
    """Is a folder that would replace a topic of ours refused with a sentence?"""
    for name, place in (("dropout", "cs231n_lib/dropout.py"), ("lab", "cs231n_lib/lab")):
        own = own.rename(own.with_name(name))
        topics.forget_topics()
        with pytest.raises(CourseError, match=f"the workbook has {place} already. Give"):
            topics.list_topics()


def test_name_that_another_topic_has_is_no_secret_to_verify(own, monkeypatch):
    """Is a function or bet named that another topic has, too? ``check`` and ``reveal`` know them by the name alone."""
    assert list(rubric_proofs.verify_names(NAME)) == []
    text = (own / "questions.py").read_text().replace("bet_row_centering", "bet_machine")
    (own / "questions.py").write_text(text)
    text = (own / "hidden_tests.py").read_text().replace(FUNCTION, "he_init")
    (own / "hidden_tests.py").write_text(text)
    cached = reference.load_lab_module  # its cache stays: other modules hold the classes of the files that are in it
    monkeypatch.setattr(reference, "load_lab_module", lambda n: (cached.__wrapped__ if NAME in n else cached)(n))
    for name in [name for name in sys.modules if name.endswith(f".{NAME}")]:
        del sys.modules[name]
    assert [violation.what for violation in rubric_proofs.verify_names(NAME)] == [
        "bet_machine is a name in linear_classifier, too", "he_init is a name in initialization, too"]


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
