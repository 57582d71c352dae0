"""Zips of feedback pages: is each page named so that the LMS gives it to the right student, and to nobody else?"""

import pytest
from downloads import pack_zip, write_files

from autograder.errors import CourseError
from autograder.exports.feedback_archive import find_names, write_feedback_archive

ROSTER = """student,first_name,last_name,canvas id,participant,group
ada,Ada,Lovelace,4711,1001,
ben,Ben,Okafor,4712,1002,
dan,Dan,Roy,4713,1003,Team 3
eva,Eva,Roy,4714,1004,Team 3
"""


def find(folder, kind, names):
    """Return what :func:`find_names` does for a download with files of these names, as a zip."""
    write_files(folder, {"roster.csv": ROSTER, "download.zip": pack_zip(dict.fromkeys(names, "x"))})
    return find_names(folder, kind, folder / "download.zip")


def test_canvas_reads_user_and_attachment_from_the_pages_names(tmp_path):
    """Are the first two numbers of each name those of the student's own last file?"""
    names, left_out = find(tmp_path, "canvas", [
        "lovelaceada_4711_90_03_initialization.ipynb", "lovelaceada_4711_95_initialization-1.py",
        "okaforben_LATE_4712_91_03_initialization.ipynb", "team3_4713_92_x.ipynb", "nobodyzoe_4799_93_x.ipynb"])
    assert names == {"ada": "lovelaceada_4711_95_feedback.html", "ben": "okaforben_LATE_4712_91_feedback.html"}
    assert left_out == ["nobodyzoe_4799 (not on the roster)", "team3_4713 (a group: dan, eva)"]


def test_a_name_with_other_numbers_first_gets_no_page(tmp_path):
    """Is nothing sent where Canvas would read another student's number?"""
    names, left_out = find(tmp_path, "canvas", ["x_4712_4711_90_a.ipynb", "y_99_4711_90_a.ipynb",
                                                "okaforben_4712_91_a.ipynb"])
    assert names == {"ben": "okaforben_4712_91_feedback.html"} and "ids fit ada and ben" in left_out[0]


@pytest.mark.parametrize(("handed_in", "page"), [
    ("Ada Lovelace_1001_assignsubmission_file/03.ipynb", "Ada Lovelace_1001_assignsubmission_file/feedback.html"),
    ("Ada Lovelace_1001_assignsubmission_file_/03.ipynb", "Ada Lovelace_1001_assignsubmission_file_/feedback.html"),
    ("Ada Lovelace_1001_assignsubmission_file_a_b.py", "Ada Lovelace_1001_assignsubmission_file_feedback.html")])
def test_moodle_reads_the_participant_from_folder_or_file(handed_in, page, tmp_path):
    """Does the page lie where Moodle's importer finds participant and plugin?"""
    text = "Ada Lovelace_1001_assignsubmission_onlinetext/onlinetext.html"
    names, left_out = find(tmp_path, "moodle", [handed_in, text, "Team 3_7_assignsubmission_file/x.ipynb"])
    assert names == {"ada": page} and left_out == ["Team 3_7 (a group: dan, eva)"]


def test_a_download_of_another_lms_is_refused(tmp_path):
    """Is an empty zip not taken for success?"""
    with pytest.raises(CourseError, match="nothing in it is named as Moodle names submissions"):
        find(tmp_path, "moodle", ["lovelaceada_4711_90_03_initialization.ipynb"])
    with pytest.raises(CourseError, match="blackboard takes no zip of feedback; these do: canvas, moodle"):
        write_feedback_archive(tmp_path, tmp_path / "x.zip", "blackboard", "03_initialization", tmp_path)
