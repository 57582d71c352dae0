"""course.toml and a release: which notebooks, what is handed out solved, badges, and a cell that comes in mid-term."""

import sys

import pytest
from small_checkout import ASSIGNMENT, Judges, checkout, course, function_test, hand_in, notebook, released

from autograder import __main__, errors, grade
from autograder.course.settings import SETTINGS_FILE
from autograder.course.topics import list_assignments
from autograder.gradebook import due_dates, records
from autograder.release import release, student_notebooks

__all__ = ["checkout", "course", "released"]

SETTINGS = f"""
zone = "Europe/Berlin"
assignments = ["01"]
[due]
01 = "2026-10-24 23:59"
[weights]
01 = 50
[points]
{ASSIGNMENT} = 12
"""
FIRST, SECOND, _, FOURTH = list(list_assignments())[:4]


@pytest.fixture
def main(monkeypatch, capsys):
    """Return a function that runs a command where nobody can answer; it gives the exit code and what was printed."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["autograder", *map(str, arguments)])
        code = __main__.main()
        return code, "".join(capsys.readouterr())

    return run


@pytest.fixture
def own(course, monkeypatch):  # noqa: F811
    """Return the small course with a course.toml; its releases are not packed."""
    (course / SETTINGS_FILE).write_text(SETTINGS)
    archive = course / "released.zip"
    archive.touch()
    monkeypatch.setattr(release, "list_assignments", list_assignments)  # only its settings leave some out
    monkeypatch.setattr(release, "make_release", lambda *_: archive)
    monkeypatch.setattr(release, "try_sources", lambda sources: None)
    return course


def test_cell_added_in_mid_term_ends_in_a_sentence_and_what_to_do(checkout, own, tmp_path, main):  # noqa: F811
    """Does grading go on and say so, and does the update say what comes, ask, and leave date and total right?"""
    hand_in(tmp_path / "inbox", "ada", ["relu_forward", "tanh_forward"], x_why="Words.", y_why="Words.")
    grade.grade_class(tmp_path / "inbox", own, executor=Judges())
    checkout.write([*notebook(), function_test("tanh_forward")])
    grade.prepare_course(own)
    code, said = main("release", "--course", own, "--update")
    assert code == 1 and "came: tanh-forward-test (1 point)" in said and "Nothing was released" in said
    assert f"are not those that the course released ({ASSIGNMENT}): the class is graded by the released ones" in said
    code, said = main("release", "--course", own, "--update", "--yes")
    assert code == 0 and f"  {ASSIGNMENT}: Sat 24 Oct 2026, 23:59 CEST" in said
    grade.grade_class(tmp_path / "inbox", own, executor=Judges())
    (record,) = records.load_records(own)
    assert (record.score, record.max_score) == (2, 10)


def test_release_says_what_its_own_settings_did_and_what_goes_before_them(own, main, monkeypatch):
    """Are due dates, what is solved, a flag and a date of formgrader's named?"""
    monkeypatch.setattr(due_dates.overrides, "list_overridden_settings", lambda *_: ["a setting"])
    (own / SETTINGS_FILE).write_text(SETTINGS.replace('zone', 'solved = ["00"]\nzone', 1))
    code, said = main("release", "--course", own, "--solved", "02", "--yes")
    assert code == 0 and f"handed out solved (course.toml): {FIRST}" in said
    assert "handed out solved by --solved, beside what course.toml says: 02_preprocessing" in said
    assert "course.toml is not all that counts:\n  a setting" in said


def test_solution_of_an_assignment_of_the_course_waits_for_its_date(own, main):
    """Is somebody asked before course.toml hands out what is still to be done?"""
    (own / SETTINGS_FILE).write_text(SETTINGS.replace('zone', 'solved = ["01"]\nzone', 1).replace("2026", "2126"))
    code, said = main("release", "--course", own)
    assert code == 1 and f"The deadline of {ASSIGNMENT} has not passed" in said
    (own / SETTINGS_FILE).write_text(SETTINGS.replace('zone', 'solved = ["00"]\nzone', 1))
    assert main("release", "--course", own)[0] == 0


@pytest.mark.parametrize("command", [
    ["due", FOURTH, "2026-10-24 23:59"], ["release", "--gradescope", FOURTH], ["similar", "--assignment", FOURTH],
    ["grade", "--submissions", "x", "--output", "y", "--assignment", FOURTH],
], ids=lambda command: command[0])
def test_assignment_that_the_course_leaves_out_is_refused(own, main, command):
    """Does each command that names one say that course.toml does not list it?"""
    code, said = main(*command, "--course", own)
    assert code == 2 and f"course.toml does not list {FOURTH}, only {ASSIGNMENT}" in said


def test_wrong_file_stops_a_release_before_anything_is_made(tmp_path, main):
    """Is there nothing but the file after a release with a wrong one?"""
    (tmp_path / SETTINGS_FILE).write_text("titel = 3\n")
    code, said = main("release", "--course", tmp_path, "--build", tmp_path / "build")
    assert code == 2 and "course.toml, line 1: titel: there is no such setting" in said
    assert [path.name for path in tmp_path.iterdir()] == [SETTINGS_FILE]


def test_readme_of_the_workspace_is_the_courses():
    """Has it the course's title, its notebooks in its order, and commands that name one of them?"""
    topics = list_assignments()
    text = release.make_workspace_readme({name: topics[name] for name in (SECOND, FIRST)}, "Deep nets")
    assert text.startswith("# Deep nets\n") and text.index(SECOND) < text.index(FIRST) and FOURTH not in text
    assert "lab submit 00" in text and " 03" not in text
    assert FOURTH in release.make_workspace_readme(topics) and "{" not in text


def test_repository_of_the_course_goes_before_that_of_the_checkout(tmp_path, monkeypatch):
    """Do badges lead to the course's repository and branch, and to the first of its notebooks?"""
    monkeypatch.setattr(student_notebooks, "read_repository", lambda: None)
    assert release.find_repository(tmp_path) is None
    (tmp_path / SETTINGS_FILE).write_text('repository = "https://github.com/ada/nets"\nbranch = "fall"\n')
    home = release.find_repository(tmp_path)
    assert home == student_notebooks.PublicRepository("https://github.com/ada/nets", "fall")
    assert f"lab/tree/{SECOND}.ipynb" in student_notebooks.make_readme("# Title\n", home, SECOND)


def test_release_that_is_lent_before_there_is_one_has_the_courses_notebooks(tmp_path, monkeypatch):
    """Before the first release, does a dry run read by the notebooks of course.toml, and leave the course alone?"""
    (tmp_path / SETTINGS_FILE).write_text(SETTINGS)
    made = []
    monkeypatch.setattr(release, "complete_release", lambda folder: made.extend(release.list_sources(folder)))
    with release.lend_release(tmp_path) as find_release:
        assert find_release() != tmp_path
    assert made == [ASSIGNMENT] and [path.name for path in tmp_path.iterdir()] == [SETTINGS_FILE]


def test_release_that_is_lent_has_a_notebook_that_the_course_has_just_listed(own, monkeypatch):
    """Is work for it found before the next release, too, and what was released read as it was released?"""
    both, made = dict.fromkeys((ASSIGNMENT, FIRST), ""), []

    def complete(folder):
        assert (folder / "release" / release.COMPLETE_FILE).exists()  # else all would be made again
        made.extend(name for name in both if not release.has_release(folder, name))

    monkeypatch.setattr(release, "list_sources", lambda _: both)
    monkeypatch.setattr(release, "complete_release", complete)
    source = own / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    source.write_text(source.read_text() + "\n")
    with release.lend_release(own) as find_release:
        assert (find_release() / source.relative_to(own)).read_text() == source.read_text()
    assert made == [FIRST] and not (own / "source" / FIRST).exists()


def test_missing_notebook_of_a_course_is_named(own, checkout):  # noqa: F811
    """Does a notebook that the checkout lost end in a sentence?"""
    checkout.file.unlink()
    with pytest.raises(errors.ReleaseError, match=f"notebooks/{ASSIGNMENT}.ipynb does not exist"):
        release.list_sources(own)
