"""init: writes a course.toml that says what was asked for, explains the rest, and is never written over."""

import pytest

from autograder import __main__ as command
from autograder.course import settings, settings_file
from autograder.course.settings import CourseSettings, load_settings
from autograder.course.topics import list_assignments

FLAGS = ["--title", 'The "deep" course', "--zone", "Europe/Berlin", "--assignments", "00,initialization", "--due",
         "00=2026-10-24 23:59", "--percent-per-day", "10", "--at-most", "50", "--weight", "00=1", "--weight", "03=2.5",
         "--points", "03=100", "--repository", "https://github.com/ada/nets", "--solved", "01"]


@pytest.fixture
def init(tmp_path, monkeypatch, capsys):
    """Return a function that runs ``init`` on a course folder; it gives the exit code and what was printed."""

    def run(*flags, typed=None):
        answers = iter(typed or ())
        monkeypatch.setattr("sys.stdin.isatty", lambda: typed is not None, raising=False)
        monkeypatch.setattr("builtins.input", lambda question: print(question) or next(answers))
        monkeypatch.setattr("sys.argv", ["autograder", "init", "--course", str(tmp_path / "course"), *flags])
        code = command.main()
        return code, "".join(capsys.readouterr())

    return run


def test_flags_come_back_as_settings(init, tmp_path):
    """Does each flag reach its key, and does the command say what comes next?"""
    code, said = init(*FLAGS)
    assert code == 0 and f"python -m autograder release --course {tmp_path / 'course'}" in said
    found, whole = load_settings(tmp_path / "course"), list(list_assignments())
    assert (found.title, found.assignments) == ('The "deep" course', (whole[0], whole[3]))
    assert (found.solved, found.late) == ((whole[1],), {"percent_per_day": 10, "at_most": 50})
    assert (found.weights, found.points) == ({whole[0]: 1, whole[3]: 2.5}, {whole[3]: 100})
    assert found.due[whole[0]].hour == 21 and found.repository == "https://github.com/ada/nets"


def test_file_without_answers_explains_every_key(init, tmp_path):
    """Does the plain file leave everything as it is, with a line for each key that it may have?"""
    assert init()[0] == 0
    text = (tmp_path / "course" / settings.SETTINGS_FILE).read_text()
    assert load_settings(tmp_path / "course") == CourseSettings(is_written=True)
    examples = text.replace("# ", "").replace('solved = ["02"]', "solved = []")
    keys = {line.partition(" = ")[0] for line in examples.splitlines() if " = " in line}
    assert {"title", "zone", "assignments", "solved", "repository", *settings.LATE_LIMITS} <= keys
    assert all(f"[{table}]" in text for table in ("due", "late", "weights", "points"))


def test_file_is_never_written_over(init, tmp_path):
    """Is a file that is there kept, with what to do?"""
    init("--title", "first")
    code, said = init("--title", "second")
    assert code == 2 and "is there already. Nothing was written: change it with an editor" in said
    assert load_settings(tmp_path / "course").title == "first"


@pytest.mark.parametrize("flags, said", [
    (["--zone", "Berlin"], "init: zone: there is no time zone 'Berlin'"),
    (["--due", "00=2026-10-24 23:59"], "due.00_linear_classifier: '2026-10-24 23:59' names no time zone"),
    (["--assignments", "00,07b"], "assignments: there is no assignment '07b'"),
    (["--percent-per-day", "101"], "late.percent_per_day: 101 is not between 0 and 100"),
    (["--percent-per-day", "nan"], "late.percent_per_day: expected a number"),
    (["--weight", "00=1"], "no weight (0 leaves an assignment out of the total)"),
])
def test_wrong_flag_is_refused_in_the_words_of_the_file(init, tmp_path, flags, said):
    """Does a wrong flag end in the sentence that the file would, and is nothing written?"""
    code, printed = init(*flags)
    assert code == 2 and said in printed and not (tmp_path / "course").exists()


@pytest.mark.parametrize("flags", [["--due", "00"], ["--weight", "00=x"], ["--points", "=3"]])
def test_flag_without_a_value_is_refused(init, flags):
    """Is a flag refused that is no NAME=VALUE?"""
    with pytest.raises(SystemExit):
        init(*flags)


def test_person_is_asked_again_after_a_wrong_answer(init, tmp_path, monkeypatch):
    """Does a terminal ask for everything, say what is wrong with an answer, and take the next one?"""
    monkeypatch.setattr(settings_file, "find_own_zone", lambda: "Europe/Rome")
    typed = ["My course", "Roma", "", "00,03", "2026-02-30 23:59", "2026-10-24 23:59", "", "x", "10", ""]
    code, said = init(typed=typed)
    assert code == 0 and "Time zone, as in Europe/Berlin [Europe/Rome]" in said
    assert "there is no time zone 'Roma'" in said
    assert "'2026-02-30 23:59' is no time" in said and "'x' is no number" in said
    found, whole = load_settings(tmp_path / "course"), list(list_assignments())
    assert (found.title, found.zone, found.assignments) == ("My course", "Europe/Rome", (whole[0], whole[3]))
    assert list(found.due) == [whole[0]] and found.late == {"percent_per_day": 10}


def test_person_who_stops_answering_leaves_nothing(init, tmp_path, monkeypatch):
    """Does the end of the input end in a sentence, and in no file?"""

    def stop(question):
        raise EOFError

    monkeypatch.setattr(settings_file, "input", stop, raising=False)
    code, said = init(typed=[])
    assert code == 2 and "Nothing was written" in said and not (tmp_path / "course").exists()
