"""State files, among them those of earlier versions."""

from autograder.course.submission_state import SubmissionState, list_graded, read_state, state_path, write_state

OLD_FILE = """{"status": "graded", "problem": "", "seconds": 1.5, "result": "abc", "held": "def", "auto": 12.5,
"remarks": ["x.txt: left out"], "seen": {"why": "123"}, "settled": {"why": "123", "test": "2.5"}}"""


def test_a_state_is_read_as_it_was_written(tmp_path):
    """Does a state come back whole, and is the submission listed?"""
    state = SubmissionState("timeout", "too slow", 3.0, "abc", "def", 2.5, ["a"], {"why": "1"}, {"why": "1"})
    write_state(tmp_path, "ada", "01_activations", state)
    assert read_state(tmp_path, "ada", "01_activations") == state
    assert list_graded(tmp_path) == [("ada", "01_activations")]


def test_a_file_of_an_earlier_version_is_read(tmp_path):
    """Is a course that was graded before the fields were renamed known as before?"""
    path = state_path(tmp_path, "ada", "01_activations")
    path.parent.mkdir(parents=True)
    path.write_text(OLD_FILE)
    assert read_state(tmp_path, "ada", "01_activations") == SubmissionState(
        "graded", "", 1.5, "abc", graded_key="def", auto_score=12.5, remarks=["x.txt: left out"],
        submitted_checksum={"why": "123"}, confirmed_for={"why": "123", "test": "2.5"})


def test_a_missing_or_damaged_file_is_no_state(tmp_path):
    """Does a file that cannot be understood count as absent?"""
    path = state_path(tmp_path, "ada", "01_activations")
    path.parent.mkdir(parents=True)
    assert read_state(tmp_path, "ada", "01_activations") is None
    for text in ("", "{", "[]", "3", '{"another": 1}'):
        path.write_text(text)
        assert read_state(tmp_path, "ada", "01_activations") is None
