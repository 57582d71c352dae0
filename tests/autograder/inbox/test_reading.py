"""Reading an inbox: what each LMS's download holds, who sent it, which copy counts, and that nothing is lost."""

import struct
import time
import unicodedata
from dataclasses import replace

import pytest
from downloads import (
    ADA,
    ANA,
    ANA2,
    ASSIGNMENT,
    MODULE,
    NOTEBOOK,
    TOPIC,
    WEI,
    WORK,
    list_found,
    pack_tar,
    pack_zip,
    roster_of,
    write_files,
)

from autograder import __main__
from autograder.course.roster import RosterEntry
from autograder.errors import CourseError
from autograder.inbox import archives, copies
from autograder.inbox.arrivals import FoundFile, Item
from autograder.inbox.reading import SOURCES, Options, check_reading, read_inbox

BOTH = sorted(WORK)
FLAT = sorted([NOTEBOOK, MODULE])
CLASS = roster_of(ANA, WEI, ADA)
METADATA = """---
submission_311:
  :submitters:
  - :name: Ana Garcia
    :sid: '0042'
    :email: ana@example.edu
  :created_at: 2025-10-03 23:34:10.000000000 -07:00
  :results:
    tests:
    - name: x
      output: |-
        submission_311:
          :submitters:
          - :name: Eve
            :sid: '0043'
submission_312:
  :submitters:
  - :name: "Wei \\"W\\" Li"
    :sid: '0043'
    :email: wei@example.edu
  - :name: Ada Okafor
    :sid: '0044'
    :email: ada@example.edu
  :created_at: 2025-10-04 00:12:01.000000000 -07:00
"""
BLACKBOARD_TEXT = """Name: Ana Garcia (ana_g)\r
Submission Field:\r
There is no student submission text data for this assignment.\r
Comments:\r
There are no student comments for this assignment.\r
"""
DOWNLOADS = {
    "canvas, loose files": {
        f"garciaana_20451_998801_{NOTEBOOK}": "{}", f"garciaana_20451_998802_{MODULE}": "x",
        f"liwei_LATE_20452_998811_{ASSIGNMENT}-1.ipynb": "{}", "liwei_LATE_20452_998812_activations-2.py": "x"},
    "canvas, zips": {
        f"garciaana_20451_998801_{ASSIGNMENT}.zip": pack_zip(WORK),
        f"liwei_LATE_20452_998811_{ASSIGNMENT}-1.ZIP": pack_zip({f"Downloads/hw/{n}": c for n, c in WORK.items()})},
    "moodle, folders": {
        f"Ana Garcia_1327_assignsubmission_file_/{NOTEBOOK}": "{}",
        f"Ana Garcia_1327_assignsubmission_file_/{MODULE}": "x",
        "Ana Garcia_1327_assignsubmission_onlinetext_/onlinetext.html": "<p>done</p>",
        f"Wei Li_1328_assignsubmission_file/{ASSIGNMENT}.tar.gz": pack_tar(WORK)},
    "moodle, loose files": {
        f"Ana Garcia_1327_assignsubmission_file_{NOTEBOOK}": "{}",
        f"Ana Garcia_1327_assignsubmission_file_{MODULE}": "x",
        f"Wei Li_1328_assignsubmission_file_my_{ASSIGNMENT}.zip": pack_zip(WORK)},
    "brightspace, folders": {
        "index.html": "<html>",
        f"20451-88001 - Ana Garcia - Oct 3, 2025 1134 PM/{NOTEBOOK}": "old",
        f"20451-88001 - Ana Garcia - Oct 4, 2025 901 AM/{NOTEBOOK}": "{}",
        f"20451-88001 - Ana Garcia - Oct 4, 2025 901 AM/{MODULE}": "x",
        f"20452-88001 - Wei Li - Oct 3, 2025 1058 PM/{ASSIGNMENT}.zip": pack_zip(WORK)},
    "blackboard": {
        f"{ASSIGNMENT}_ana_g_attempt_2025-10-03-23-34-10.txt": BLACKBOARD_TEXT,
        f"{ASSIGNMENT}_ana_g_attempt_2025-10-03-23-34-10_{NOTEBOOK}": "{}",
        f"{ASSIGNMENT}_ana_g_attempt_2025-10-03-23-34-10_{MODULE}": "x",
        f"{ASSIGNMENT}_ana_g_attempt_2025-10-02-10-00-00_{MODULE}": "old",
        f"{ASSIGNMENT}_wl_attempt_2025-10-03-23-34-10_{ASSIGNMENT}.zip": pack_zip(WORK)},
    "gradescope": {
        "submission_metadata.yml": METADATA, f"submission_311/{NOTEBOOK}": "{}", f"submission_311/{MODULE}": "x",
        f"submission_312/{ASSIGNMENT}.zip": pack_zip(WORK)},
    "exchange": {
        f"ana+{ASSIGNMENT}+2025-10-03 23:34:10.123456 UTC/{NOTEBOOK}": "{}",
        f"ana+{ASSIGNMENT}+2025-10-03 23:34:10.123456 UTC/{MODULE}": "x",
        f"ana+{ASSIGNMENT}+2025-10-01 23:34:10.123456 UTC+Zj8/{MODULE}": "old",
        f"wei+{ASSIGNMENT}+2025-10-03 23:34:10.123456 UTC/{NOTEBOOK}": "{}",
        f"wei+{ASSIGNMENT}+2025-10-03 23:34:10.123456 UTC/cs231n_lib/{MODULE}": "x"},
    "github": {
        "activations-ana-garcia/.git/HEAD": "ref", f"activations-ana-garcia/{NOTEBOOK}": "{}",
        f"activations-ana-garcia/{MODULE}": "x", "activations-wl/.git/HEAD": "ref",
        **{f"activations-wl/{name}": content for name, content in WORK.items()}},
    "plain": {
        f"ana/{ASSIGNMENT}/{NOTEBOOK}": "{}", f"ana/{ASSIGNMENT}/{MODULE}": "x",
        "wei/handin.zip": pack_zip({f"cs231n-workbook/{name}": content for name, content in WORK.items()})},
}
"""Kind of download -> its files: Ana hands in two files, Wei what ``submit`` packs."""
GITHUB = roster_of(RosterEntry("ana", github="Ana-Garcia"), RosterEntry("wei", github="wl"), RosterEntry("g"))


def add_noise(files):
    """Return files with what Finder, Windows and Jupyter put among them."""
    noise = {}
    for name in files:
        folder, _, file = name.rpartition("/")
        noise |= {f"__MACOSX/{folder}/._{file}": "x", f"{folder or '.'}/.DS_Store": "x"}
        if folder:
            noise |= {f"{folder}/.ipynb_checkpoints/{NOTEBOOK}": "x", f"{folder}/desktop.ini": "x",
                      f"{folder}/Thumbs.db": "x"}
    return {**files, **noise}


@pytest.mark.parametrize("pack", [None, pack_zip, pack_tar], ids=["folder", "zip", "tar"])
@pytest.mark.parametrize("kind", DOWNLOADS)
def test_download_is_read_as_it_comes(tmp_path, kind, pack):
    """Are both students' files found in each kind of download, unpacked or not, with a folder around it or not?"""
    roster = GITHUB if kind == "github" else CLASS
    files = add_noise(DOWNLOADS[kind])
    if pack is None:
        root = write_files(tmp_path, {f"export_7/{name}": content for name, content in files.items()})
    else:
        root = write_files(tmp_path / "inbox", {"submissions.ZIP" if pack is pack_zip else "all.tgz": pack(
            {f"export_7/{name}": content for name, content in files.items()})})
    reading = read_inbox(root, roster)
    found = list_found(reading)
    text = ["onlinetext.html"] if kind == "moodle, folders" else []
    assert found.pop(("ana", ASSIGNMENT)) == (BOTH if kind == "canvas, zips" else sorted(FLAT + text))
    assert found.pop(("wei", ASSIGNMENT)) in (BOTH, FLAT)
    assert set(found) == ({("ada", ASSIGNMENT)} if kind == "gradescope" else set())
    assert not reading.rejected


@pytest.mark.parametrize("kind", [kind for kind in DOWNLOADS if kind not in ("plain", "exchange")])
def test_without_a_roster_an_lms_download_grades_nobody_and_names_every_file(tmp_path, kind):
    """Is nobody guessed without a roster, and every sender named with a line for ``who.csv``?"""
    reading = read_inbox(write_files(tmp_path, DOWNLOADS[kind]))
    assert not reading.submissions and len(reading.strangers) >= 2
    assert all("line for who.csv: " in line for line in reading.rejected)
    with pytest.raises(CourseError) as error:
        check_reading(reading, tmp_path)
    assert "found no submission" in str(error.value) and "give the table of students" in str(error.value)


@pytest.mark.parametrize("kind", DOWNLOADS)
def test_download_of_others_says_that_the_roster_knows_nobody(tmp_path, kind):
    """Is it said, where a roster was given, that it knows none of the names, and not that there should be one?"""
    reading = read_inbox(write_files(tmp_path, DOWNLOADS[kind]), roster_of(RosterEntry("someone", "Some", "One")))
    with pytest.raises(CourseError, match="nobody in it is on the roster: is that the table of these stud") as error:
        check_reading(reading, tmp_path)
    assert "--roster" not in str(error.value) and "line for who.csv: " in str(error.value)


@pytest.mark.parametrize("kind", [kind for kind in DOWNLOADS if kind != "github"])
def test_names_are_trusted_where_that_is_asked_for(tmp_path, kind):
    """Are senders taken for whom their source names, each for one student, with ``--trust-names``?"""
    reading = read_inbox(write_files(tmp_path, DOWNLOADS[kind]), options=Options(trust_names=True))
    known = {student for student, _ in reading.submissions}
    assert len(known) in (1, 2, 3) if kind == "blackboard" else len(known) == (3 if kind == "gradescope" else 2)


def test_line_for_who_csv_decides(tmp_path):
    """Does the line that a message prints, completed, lead to the student?"""
    root = write_files(tmp_path, {f"g_20499_1_{MODULE}": "x"})
    line, = read_inbox(root, CLASS).rejected
    sender = line.rpartition("line for who.csv: ")[2].removesuffix(",")
    assert list_found(read_inbox(root, CLASS, {sender: "wei"})) == {("wei", ASSIGNMENT): [MODULE]}


def test_anonymous_senders_of_canvas_are_nobodys_number(tmp_path):
    """Is an anonymous sender one sender in all that they hand in, late or not, and never a student of that number?"""
    files = {f"LATE_anon_20451_11_{NOTEBOOK}": "{}", f"LATE_anon_20451_12_{MODULE}": "x", "anon_aB3dE_text.html": "t",
             f"anon_aB3dE_13_{MODULE}": "x"}
    root = write_files(tmp_path, files)
    assert set(read_inbox(root, CLASS).strangers) == {"anon_20451", "anon_aB3dE"}
    found = list_found(read_inbox(root, CLASS, {"anon_20451": "wei", "anon_aB3dE": "ada"}))
    assert found == {("wei", ASSIGNMENT): FLAT, ("ada", ASSIGNMENT): [MODULE, "anon_aB3dE_text.html"]}


def test_name_is_suggested_and_never_decides_in_canvas(tmp_path):
    """Is a Canvas user id that the roster does not know to look at, with the student of that name as a suggestion?"""
    root = write_files(tmp_path, {f"garciaana_777_1_{MODULE}": "x"})
    reading = read_inbox(root, CLASS)
    assert not reading.submissions and reading.rejected[0].endswith("line for who.csv: garciaana_777,ana")


def test_two_students_of_one_name_are_two(tmp_path):
    """Do ids tell two students of one name apart, and is such a name alone to look at?"""
    roster = roster_of(ANA, ANA2)
    canvas = {f"garciaana_20451_1_{MODULE}": "x", f"garciaana_20459_2_{MODULE}": "y"}
    assert set(read_inbox(write_files(tmp_path / "canvas", canvas), roster).submissions) == {
        ("ana", ASSIGNMENT), ("ana2", ASSIGNMENT)}
    moodle = read_inbox(write_files(tmp_path / "m", {f"Ana Garcia_7_assignsubmission_file_/{MODULE}": "x"}), roster)
    assert not moodle.submissions and "its name fits ana and ana2" in moodle.rejected[0]


def test_two_senders_of_one_name_are_not_one_student(tmp_path):
    """Is it seen that of two senders of one name at most one is the student on the roster?"""
    files = {f"Ana Garcia_{n}_assignsubmission_file_/{MODULE}": str(n) for n in (7, 8)}
    reading = read_inbox(write_files(tmp_path, files), CLASS)
    assert not reading.submissions and set(reading.strangers) == {"Ana Garcia_7", "Ana Garcia_8"}


@pytest.mark.parametrize("name", ["x_20451_999__20452_555_activations.py", "20451_999_20452_555_activations.py",
                                  "x_20451_20452_999_activations.py"])
def test_name_that_looks_like_another_students_number_leads_to_nobody(tmp_path, name):
    """Is a file to look at that may be read as of two students, as one may who chooses a display name?"""
    reading = read_inbox(write_files(tmp_path, {name: "x"}), CLASS)
    assert not reading.submissions or set(reading.submissions) == {("wei", ASSIGNMENT)}
    assert ("ana", ASSIGNMENT) not in reading.submissions


def turn_around(pack):
    """Return a download whose folders are assignments, and whose students stand in them, as a person may sort it."""
    files = {f"{ASSIGNMENT}/ana/{NOTEBOOK}": "{}", f"{ASSIGNMENT}/ana/cs231n_lib/{MODULE}": "x",
             f"{ASSIGNMENT}/wei.ZIP": pack_zip(WORK)}
    if pack == "two folders":
        return files | {"05_dropout/ana/Untitled.ipynb": "{}"}
    if pack == "within a folder":
        return {f"hand-ins/{name}": content for name, content in files.items()}
    return {f"{ASSIGNMENT}.zip": pack_zip(files)} if pack == "zip" else files


@pytest.mark.parametrize("pack, roster", [
    ("one folder", CLASS), ("one folder", None), ("two folders", CLASS), ("two folders", None), ("zip", CLASS),
    ("within a folder", CLASS),  # without a roster, that folder's name may be a student's
])
def test_folder_of_an_assignment_is_no_student(tmp_path, pack, roster):
    """Is each student in a folder that is named after the assignment one student, whether there is a roster or not?"""
    found = list_found(read_inbox(write_files(tmp_path, turn_around(pack)), roster))
    assert found.pop(("ana", "05_dropout"), []) == (["Untitled.ipynb"] if pack == "two folders" else [])
    assert found == {("ana", ASSIGNMENT): BOTH, ("wei", ASSIGNMENT): BOTH}


@pytest.mark.parametrize("files", [
    {f"{ASSIGNMENT}/{name}": text for name, text in WORK.items()}, {f"{ASSIGNMENT}.zip": pack_zip(WORK)},
    {f"{ASSIGNMENT}/notes.txt": "x"}, {f"{ASSIGNMENT}/cs231n_lib/{MODULE}": "x"},
], ids=["folder", "zip", "note", "module"])
@pytest.mark.parametrize("roster", [CLASS, None], ids=["roster", "none"])
def test_work_in_a_folder_of_an_assignment_is_nobodys(tmp_path, files, roster):
    """Is nobody called as an assignment, and is what no student's name stands before named with a line to complete?"""
    reading = read_inbox(write_files(tmp_path, files), roster)
    line, = reading.rejected
    assert not reading.submissions and line.endswith(f"line for who.csv: {ASSIGNMENT},")


def test_empty_archive_is_named(tmp_path):
    """Is an archive without a file in it, which some service made, not passed over?"""
    files = {"ana.zip": pack_zip({}), "wei.zip": pack_zip({"__MACOSX/._x": "x"}), f"ada/{ASSIGNMENT}/{MODULE}": "x"}
    reading = read_inbox(write_files(tmp_path, files), CLASS)
    assert set(reading.submissions) == {("ada", ASSIGNMENT)}
    assert reading.rejected == ["ana.zip: there is nothing in it", "wei.zip: there is nothing in it"]


def test_archive_of_a_student_speaks_for_nobody_else(tmp_path):
    """Is a name like an LMS's in a student's own archive or folder nobody's submission?"""
    forged = {f"garciaana_20451_1_{ASSIGNMENT}.zip": pack_zip(WORK), f"ana/{ASSIGNMENT}/{MODULE}": "x"}
    for name in ("ada.zip", f"okaforada_20453_1_{ASSIGNMENT}.zip"):
        reading = read_inbox(write_files(tmp_path / name[:3], {name: pack_zip(forged)}), CLASS)
        assert {student for student, _ in reading.submissions} <= {"ada"}


@pytest.mark.parametrize("users", [["ana_g", "g"], ["g"]])
def test_user_name_with_an_underscore_is_never_cut(tmp_path, users):
    """Is a user name that ends with another one's to look at, unless Blackboard's text says whose it is?"""
    root = write_files(tmp_path, {f"{ASSIGNMENT}_ana_g_attempt_2025-10-03-23-34-10_{MODULE}": "x"})
    entries = [RosterEntry(f"s{i}", login=user) for i, user in enumerate(users)]
    assert not read_inbox(root, roster_of(*entries)).submissions
    write_files(tmp_path, {f"{ASSIGNMENT}_ana_g_attempt_2025-10-03-23-34-10.txt": "Name: Ana (ana_g)\n"})
    known = {("s0", ASSIGNMENT)} if "ana_g" in users else set()
    assert set(read_inbox(root, roster_of(*entries)).submissions) == known


def test_text_that_a_student_wrote_into_blackboards_field_is_not_lost(tmp_path):
    """Is Blackboard's text beside an attempt named as soon as the student has written something there?"""
    name = f"{ASSIGNMENT}_ana_g_attempt_2025-10-03-23-34-10"
    written = BLACKBOARD_TEXT.replace("There are no student comments for this assignment.", "see my notebook")
    root = write_files(tmp_path, {f"{name}_{MODULE}": "x", f"{name}.txt": written})
    assert list_found(read_inbox(root, CLASS)) == {("ana", ASSIGNMENT): [f"{name}.txt", MODULE]}


GROUPS = roster_of(replace(ANA, group="Lab B, Team 3"), replace(WEI, group="Team 3"), ADA)


@pytest.mark.parametrize("name", [
    "Team 3_55_assignsubmission_file_", "team3_20451_998801_01_activations.zip", "7-8 - Team 3 - Oct 3, 2025 1134 AM",
    "HW_1_Team 3_attempt_2025-10-03-23-34-10_01_activations.zip", "activations-team-3",
])
def test_submission_named_after_a_group_is_that_of_all_its_members(tmp_path, name):
    """Do all members have the submission that a source names after their group, and nobody else?"""
    files = {name: pack_zip(WORK)} if name.endswith(".zip") else {f"{name}/{MODULE}": "x"}
    files |= {f"{name}/.git/HEAD": "ref"} if name.startswith(TOPIC) else {}
    reading = read_inbox(write_files(tmp_path, files), GROUPS)
    assert {student for student, _ in reading.submissions} == {"ana", "wei"}
    assert reading.submissions["wei", ASSIGNMENT].members == ("ana", "wei")
    assert "handed in by a group: ana and wei" in reading.submissions["ana", ASSIGNMENT].remarks


def test_group_that_the_roster_does_not_know_is_pointed_at(tmp_path):
    """Is it said that Canvas's name before a member's id is not theirs, and does a line of who.csv name them all?"""
    root = write_files(tmp_path, {f"team3_20451_9_{MODULE}": "x", f"liwei_20452_8_{MODULE}": "y"})
    reading = read_inbox(root, CLASS)
    remark, = reading.submissions["ana", ASSIGNMENT].remarks
    assert remark.startswith("team3_20451 is not the name of ana: if it is a group's")
    assert not reading.submissions["wei", ASSIGNMENT].remarks
    reading = read_inbox(root, CLASS, {"team3_20451": "ana ada"})
    assert [reading.submissions[who, ASSIGNMENT].members for who in ("ada", "ana", "wei")] == [
        ("ada", "ana"), ("ada", "ana"), ()]


def test_group_that_may_be_two_is_to_look_at(tmp_path):
    """Is a team's repository nobody's where two groups are called so, as far as GitHub's name says?"""
    roster = roster_of(replace(ANA, group="Team 3"), replace(WEI, group="Team-3"), replace(ADA, group="3"))
    reading = read_inbox(write_files(tmp_path, {"activations-team-3/.git/HEAD": "ref",
                                                f"activations-team-3/{MODULE}": "x"}), roster)
    assert not reading.submissions and "its name fits the groups" in reading.rejected[0]


@pytest.mark.parametrize("name, login", [
    ("activations-{}/cs231n_lib", "ana-g"), ("HW_1_{}_attempt_2025-10-03-23-34-10_", "ana_g"),
])
def test_end_of_a_user_name_is_nobodys(tmp_path, name, login):
    """Is somebody who is not on the roster never taken for a student whose user name theirs ends with?"""
    files = {f"{name.format(user)}{'/' if '/' in name else ''}{MODULE}": user for user in (login, "wl")}
    files |= {f"activations-{user}/.git/HEAD": "x" for user in (login, "wl") if "/" in name}
    roster = roster_of(RosterEntry("ada", login="g", github="g"), RosterEntry("wei", login="wl", github="wl"))
    reading = read_inbox(write_files(tmp_path, files), roster)
    assert {student for student, _ in reading.submissions} == {"wei"} and len(reading.strangers) == 1


@pytest.mark.parametrize("names, students", [
    (["01-activations-ana-g"], set()), (["01-activations-ana-g", "01-activations-ana-x"], set()),
    (["activations-g"], {"ada"}), (["hw3-g"], {"ada"}), (["lab-1-g"], {"ada"}),
    ([f"activations-hw-{user}" for user in ("g", "wl", "x")], {"ada", "wei"}),
])
def test_few_repositories_are_their_users(tmp_path, names, students):
    """Is of a few clones all that stands behind the assignment's name the user's, and is any other name still read?"""
    files = {f"{name}/{file}": "x" for name in names for file in (".git/HEAD", MODULE)}
    roster = roster_of(RosterEntry("ada", github="g"), RosterEntry("wei", github="wl"))
    reading = read_inbox(write_files(tmp_path, files), roster)
    assert {student for student, _ in reading.submissions} == students


def test_repositories_of_several_assignments_are_told_apart(tmp_path):
    """Are clones for two assignments, whose names begin alike, each student's own?"""
    files = {f"cs231n-{topic}-{user}/{name}": "x" for topic in ("activations", "dropout")
             for user in ("wl", "Ana-Garcia") for name in (".git/HEAD", f"{topic}.py")}
    found = list_found(read_inbox(write_files(tmp_path, files), GITHUB))
    assert found == {(who, assignment): [f"{assignment[3:]}.py"] for who in ("ana", "wei")
                     for assignment in (ASSIGNMENT, "05_dropout")}


def test_own_submission_of_a_group_member_is_theirs_alone(tmp_path):
    """Is a submission that is not named after the group its sender's alone?"""
    reading = read_inbox(write_files(tmp_path, {f"garciaana_20451_1_{MODULE}": "x"}), GROUPS)
    assert set(reading.submissions) == {("ana", ASSIGNMENT)} and not reading.submissions["ana", ASSIGNMENT].members


def only(tmp_path, files, roster=CLASS):
    """Return the one submission of an inbox."""
    submission, = read_inbox(write_files(tmp_path, files), roster).submissions.values()
    return submission


def test_newest_attempt_counts_and_lends_nothing_from_an_older_one(tmp_path):
    """Is of two dated attempts the later one taken, though the earlier one has a file more?"""
    submission = only(tmp_path, {
        f"7-8 - Ana Garcia - Oct 3, 2025 1134 AM/{name}": text for name, text in WORK.items()} | {
        f"7-8 - Ana Garcia - Oct 3, 2025 103 PM/{MODULE}": "x"})
    assert [name for name, _ in submission.files] == [MODULE] and submission.time.hour == 13
    assert submission.remarks == [f"7-8 - Ana Garcia - Oct 3, 2025 1134 AM ({NOTEBOOK}, cs231n_lib/{MODULE}): earlier "
                                  "attempt, 7-8 - Ana Garcia - Oct 3, 2025 103 PM counts"]


def test_folder_of_the_assignment_counts_before_files_beside_it(tmp_path):
    """Are files that lie beside the assignment's folder left out by name?"""
    submission = only(tmp_path, {f"ana/{ASSIGNMENT}/{NOTEBOOK}": "{}", f"ana/backup/{MODULE}": "x",
                                 f"ana/backup/{NOTEBOOK}": "old"})
    assert [name for name, _ in submission.files] == [NOTEBOOK]
    assert submission.remarks == [f"ana (backup/{NOTEBOOK}, backup/{MODULE}): left out, ana/{ASSIGNMENT} counts"]


def test_later_attachment_of_canvas_counts(tmp_path):
    """Is of two notebooks of one student the one with the larger attachment id taken, and the other one named?"""
    old, new = f"garciaana_20451_9_{NOTEBOOK}", f"garciaana_20451_11_{ASSIGNMENT}-1.ipynb"
    submission = only(tmp_path, {old: "old", new: "new", f"garciaana_20451_10_{MODULE}": "x"})
    assert {name: read(9) for name, read in submission.files} == {NOTEBOOK: b"new", MODULE: b"x"}
    assert submission.remarks == [f"{old}: older, {new} counts"]


@pytest.mark.parametrize("before", [
    "garciaana_20451_{}_", "Ana Garcia_7_assignsubmission_file_", "hw_ana_attempt_2025-10-03-23-34-10_",
    "7-8 - Ana Garcia - Oct 3, 2025 1134 AM - ",
], ids=["canvas", "moodle", "blackboard", "brightspace"])
@pytest.mark.parametrize("beside", [f"{ASSIGNMENT}.py", f"test_{MODULE}", "activations_experiments.ipynb"])
def test_file_that_has_the_topic_in_its_name_takes_no_place_of_another(tmp_path, before, beside):
    """Are a notebook saved as a script, a test and a trial beside the work read, and is the work not left out?"""
    roster = roster_of(replace(ANA, login="ana"))
    for i, names in enumerate(([beside, NOTEBOOK, MODULE], [NOTEBOOK, MODULE, beside])):
        files = {f"{before.format(n)}{name}": name for n, name in enumerate(names, 1)}
        submission = only(tmp_path / str(i), files, roster)
        assert sorted(name for name, _ in submission.files) == sorted(names)
        assert not submission.doubts and not submission.remarks


def test_two_copies_that_nothing_orders_are_to_look_at_unless_they_are_the_same(tmp_path):
    """Is a folder beside a zip graded only if both hold the same work?"""
    folder = {f"ana/{ASSIGNMENT}/{name}": text for name, text in WORK.items()}
    same = only(tmp_path / "same", folder | {f"ana/{ASSIGNMENT}.zip": pack_zip(WORK)})
    assert sorted(name for name, _ in same.files) == BOTH and not same.remarks
    loose = {f"ana/{ASSIGNMENT}/{NOTEBOOK}": WORK[NOTEBOOK], f"ana/{ASSIGNMENT}.zip": pack_zip(WORK)}
    assert sorted(name for name, _ in only(tmp_path / "less", loose).files) == BOTH
    other = write_files(tmp_path / "other", folder | {f"ana/{ASSIGNMENT}.zip": pack_zip({NOTEBOOK: "[]"})})
    submission, = read_inbox(other, CLASS).submissions.values()
    assert submission.labels == [f"ana/{ASSIGNMENT}"] and sorted(name for name, _ in submission.files) == BOTH
    assert submission.doubts == [f"ana/{ASSIGNMENT} and ana/{ASSIGNMENT}.zip differ, and nothing says which one is "
                                 "meant: the first counts until a person has taken one away"]


def test_notebook_and_packed_module_of_one_attempt_belong_together(tmp_path):
    """Is a notebook beside a zip with the module one submission?"""
    packed = pack_zip({f"cs231n_lib/{MODULE}": "x"})
    submission = only(tmp_path, {f"Ana Garcia_7_assignsubmission_file_/{NOTEBOOK}": "{}",
                                 "Ana Garcia_7_assignsubmission_file_/lib.zip": packed})
    assert sorted(name for name, _ in submission.files) == BOTH


def test_file_that_names_no_assignment_is_of_the_one_that_the_download_is_of(tmp_path):
    """Does a file of another name in a download count as of its assignment, and is it named where there are two?"""
    files = {f"garciaana_20451_1_{NOTEBOOK}": "{}", "liwei_20452_2_Untitled.ipynb": "{}"}
    assert ("wei", ASSIGNMENT) in read_inbox(write_files(tmp_path, files), CLASS).submissions
    reading = read_inbox(write_files(tmp_path, {"okaforada_20453_3_dropout.py": "x"}), CLASS)
    assert ("wei", ASSIGNMENT) not in reading.submissions
    assert any("liwei_20452_2_Untitled.ipynb: unknown assignment" in line for line in reading.rejected)
    said = read_inbox(tmp_path, CLASS, options=Options(assignment="05_dropout"))
    assert ("wei", "05_dropout") in said.submissions


def test_workspace_with_several_assignments_is_asked_about(tmp_path):
    """Is a workspace that is handed in whole named, with the advice to say which assignment it is?"""
    workspace = {f"work/{name}": text for name, text in WORK.items()} | {"work/05_dropout.ipynb": "{}"}
    root = write_files(tmp_path, {"ana.zip": pack_zip(workspace)})
    line, = read_inbox(root).rejected
    assert line == ("ana.zip/work: holds files of 01_activations, 05_dropout, and nothing says which of them was "
                    "handed in: --assignment says it")
    assert list(read_inbox(root, options=Options(assignment=ASSIGNMENT)).submissions) == [("ana", ASSIGNMENT)]


@pytest.mark.parametrize("files", [
    {f"activations-submissions/activations-{user}/{NOTEBOOK}": user for user in ("Ana-Garcia", "wl")},
    {f"activations-{user}-main.zip": pack_zip({f"activations-{user}-main/{NOTEBOOK}": user})
     for user in ("Ana-Garcia", "wl")},
    {"all-repositories.zip": pack_zip({f"activations-{user}/{NOTEBOOK}": user for user in ("Ana-Garcia", "wl")})},
    {f"activations-{user}-master/{NOTEBOOK}": user for user in ("Ana-Garcia", "wl")},
], ids=["folders", "zips of GitHub's", "packed", "branches"])
def test_repositories_without_their_history_are_read_where_a_person_says_so(tmp_path, files):
    """Are repositories without the folder .git read with ``--from github``, and nobody's otherwise?"""
    root = write_files(tmp_path, files)
    assert not read_inbox(root, GITHUB).submissions
    found = list_found(read_inbox(root, GITHUB, options=Options(source="github")))
    assert found == {("ana", ASSIGNMENT): [NOTEBOOK], ("wei", ASSIGNMENT): [NOTEBOOK]}


def test_source_that_is_insisted_on_reads_nothing_else(tmp_path):
    """Are names that another source would read left alone with ``--from``?"""
    files = {f"garciaana_20451_1_{NOTEBOOK}": "{}", f"wei/{ASSIGNMENT}/{MODULE}": "x"}
    reading = read_inbox(write_files(tmp_path, files), CLASS, options=Options(source="plain"))
    assert set(reading.submissions) == {("wei", ASSIGNMENT)}
    line, = reading.rejected
    assert line == f"garciaana_20451_1_{NOTEBOOK}: neither a folder nor an archive, and no name that plain gives"


def test_every_archive_that_is_not_opened_is_named(tmp_path):
    """Are archives of other kinds, broken ones and those three levels deep named?"""
    deep = pack_zip({"2.zip": pack_zip({"3.zip": pack_zip(WORK), MODULE: "x"})})
    files = {f"ana/{ASSIGNMENT}/{name}": data for name, data in {"a.rar": "x", "b.zip": "x", "1.zip": deep}.items()}
    reading = read_inbox(write_files(tmp_path, files), CLASS)
    assert list_found(reading) == {("ana", ASSIGNMENT): [MODULE]}
    named = [line.partition(": ")[0].rpartition("/")[2] for line in reading.rejected]
    assert sorted(named) == ["3.zip", "a.rar", "b.zip"]


def test_path_with_backslashes_is_one_of_folders(tmp_path):
    """Is a zip that some Windows program wrote read like any other?"""
    submission = only(tmp_path, {"ana.zip": pack_zip({f"{ASSIGNMENT}\\cs231n_lib\\{MODULE}": "x"})})
    assert [name for name, _ in submission.files] == [f"cs231n_lib/{MODULE}"]


def test_accents_of_any_writer_are_the_same_name(tmp_path):
    """Is a name found however its accents are written, also in a zip that does not say that it is UTF-8?"""
    roster = roster_of(RosterEntry("zoe", "Zoé", "Müller-O'Brien"))
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, f"Zoé Müller-OBrien_7_assignsubmission_file_/{MODULE}")
        data = pack_zip({name: "x"})
        flags = [data.replace(struct.pack("<H", 0x800), bytes(2)), data]
        for i, packed in enumerate(flags):
            root = write_files(tmp_path / f"{form}{i}", {"all.zip": packed})
            assert set(read_inbox(root, roster).submissions) == {("zoe", ASSIGNMENT)}


def test_what_systems_put_into_an_upload_is_passed_over_without_a_word(tmp_path):
    """Are the copies that Jupyter, Finder and Python make no files of the submission?"""
    names = (".ipynb_checkpoints/a.ipynb", f"__MACOSX/._{MODULE}", "cs231n_lib/__pycache__/x.pyc", "Thumbs.db")
    submission = only(tmp_path, {f"ana/{ASSIGNMENT}/{name}": "x" for name in (MODULE, *names)})
    assert [name for name, _ in submission.files] == [MODULE] and not submission.remarks


def test_download_beside_others_is_named_and_speaks_for_nobody(tmp_path):
    """Is a whole download among other things not opened, since anybody may have sent it, and is that said?"""
    packed = pack_zip({f"garciaana_20451_1_{MODULE}": "x", f"liwei_20452_2_{MODULE}": "x"})
    root = write_files(tmp_path, {"submissions.zip": packed, f"ada/{ASSIGNMENT}/{MODULE}": "x"})
    reading = read_inbox(root, CLASS)
    assert set(reading.submissions) == {("ada", ASSIGNMENT)}
    assert "give it alone as --submissions" in reading.rejected[0]


def test_number_of_another_kind_leads_to_nobody(tmp_path):
    """Is a folder's name no participant's number of one Moodle assignment, and a Canvas id no SIS id?"""
    roster = roster_of(RosterEntry("ana", "Ana", "Garcia", participant="1327", sis_id="20460"), WEI)
    files = {f"1327/{ASSIGNMENT}/{MODULE}": "x", f"doe_20460_1_{MODULE}": "x"}
    assert not read_inbox(write_files(tmp_path, files), roster).submissions


def test_number_in_moodles_worksheet_tells_two_of_one_name_apart(tmp_path):
    """Does the participant's number of the grading worksheet decide before the name?"""
    roster = roster_of(replace(ANA, participant="7"), replace(ANA2, participant="8"))
    files = {f"Ana Garcia_{n}_assignsubmission_file_/{MODULE}": str(n) for n in (7, 8)}
    files |= {f"Participant_8_assignsubmission_onlinetext_/{NOTEBOOK}": "{}"}
    found = list_found(read_inbox(write_files(tmp_path, files), roster))
    assert found == {("ana", ASSIGNMENT): [MODULE], ("ana2", ASSIGNMENT): sorted([NOTEBOOK, MODULE])}


@pytest.mark.parametrize("name, ada_is_in, students", [
    ("Team 3_55", "", set()), ("Team 3_55", "Team 3", {"ada"}), ("Default group_55", "", set()),
    ("Ada Okafor_55", "", {"ada"}), ("Ada Maria Okafor_55", "", {"ada"}), ("Participant_55", "", {"ada"}),
])
def test_number_of_a_group_is_no_participants(tmp_path, name, ada_is_in, students):
    """Is a group whose number in Moodle is that of somebody else's participation never that person's?"""
    roster = roster_of(ANA, WEI, replace(ADA, participant="55", group=ada_is_in))
    reading = read_inbox(write_files(tmp_path, {f"{name}_assignsubmission_file_/{MODULE}": "x"}), roster)
    assert {student for student, _ in reading.submissions} == students
    assert students or "to look at" in reading.rejected[0]


def test_anonymous_participants_are_known_in_any_language(tmp_path):
    """Do numbers lead to the students where everybody has one name, which is a word of the user's language?"""
    roster = roster_of(replace(ANA, participant="54"), replace(ADA, participant="55"))
    files = {f"Teilnehmerin_{number}_assignsubmission_file_/{MODULE}": "x" for number in (54, 55)}
    assert {student for student, _ in read_inbox(write_files(tmp_path, files), roster).submissions} == {"ana", "ada"}


def test_copies_in_any_number_are_compared_up_to_a_limit(tmp_path, monkeypatch):
    """Are of thousands of copies, each of which may unpack to much, only a few read to compare them?"""
    many = pack_zip({f"{n}/{ASSIGNMENT}.ipynb": bytes(1000) for n in range(500)})
    files = {f"ana/{ASSIGNMENT}/{n}.zip": pack_zip({NOTEBOOK: "{}"}) for n in range(15)}
    files |= {f"ana/{ASSIGNMENT}/{NOTEBOOK}": "{}", f"wei/{ASSIGNMENT}/many.zip": many, f"wei/{ASSIGNMENT}/x.zip": many}
    read, opened = [], archives.member_reader
    monkeypatch.setattr(archives, "member_reader", lambda path, info: lambda limit: read.append(limit) or opened(
        path, info)(limit))
    reading = read_inbox(write_files(tmp_path, files), CLASS)
    assert len(read) <= copies.MOST_COMPARED * copies.MOST_COMPARISONS * 2
    assert all(submission.doubts and len(submission.files) <= 500 for submission in reading.submissions.values())


@pytest.mark.parametrize("text, time", [
    ("Oct 3, 2025 1134 PM", "2025-10-03T23:34"), ("Oct 3, 2025 103 AM", "2025-10-03T01:03"),
    ("October 3, 2025 12:05 AM", "2025-10-03T00:05"), ("3 October, 2025 5:31 PM", "2025-10-03T17:31"),
    ("3 Oct 2025 17.31", "2025-10-03T17:31"), ("Okt 3, 2025 1134 PM", None), ("03/10/2025 1731", None),
])
def test_date_of_brightspace_is_read_in_its_forms_and_never_guessed(tmp_path, text, time):
    """Is the date read with its half of the day, and none where the language or the order of a date is not known?"""
    submission = only(tmp_path, {f"7-8 - Ana Garcia - {text.replace('/', '.').replace(':', '')}/{MODULE}": "x"})
    assert (submission.time and submission.time.isoformat(timespec="minutes")) == time


def test_attempts_whose_dates_cannot_be_read_are_to_look_at(tmp_path):
    """Does nobody guess which attempt is the newest where its date is in another language?"""
    for second in (MODULE, NOTEBOOK):
        files = {f"7-8 - Ana Garcia - Okt {day}, 2025 1134 PM/{name}": str(day)
                 for day, name in ((3, MODULE), (4, second))}
        submission = only(tmp_path / second, files)
        assert [name for name, _ in submission.files] == [MODULE] and "which one is meant" in submission.doubts[0]


def test_id_with_blanks_and_accents_is_an_id(tmp_path):
    """Are user names with blanks, accents and underscores found whole, however the accents are written?"""
    users = {"zoe": "zoé de_la b", "b": "b", "x": "la b"}
    roster = roster_of(*(RosterEntry(student, login=login) for student, login in users.items()))
    name = unicodedata.normalize("NFD", "zoé de_la b")
    root = write_files(tmp_path, {f"{name}/{ASSIGNMENT}/{MODULE}": "x"})
    assert set(read_inbox(root, roster).submissions) == {("zoe", ASSIGNMENT)}


def test_command_line_offers_every_source():
    """Can each source be insisted on?"""
    assert __main__.SOURCES == tuple(SOURCES)


def test_metadata_that_cannot_be_read_leaves_the_folders_named(tmp_path):
    """Is a link in the place of Gradescope's metadata not followed, and does it not stop the run?"""
    root = write_files(tmp_path, {f"submission_311/{MODULE}": "x"})
    (root / "submission_metadata.yml").symlink_to("/etc/passwd")
    assert [line.partition(":")[0] for line in read_inbox(root, CLASS).rejected] == ["submission_311",
                                                                                    "submission_metadata.yml"]


SPRING = ("2025-03-30-02-30-00", "2025-03-30-03-10-00")
"""In Berlin the clocks went from 2 to 3 that night: taken for a time there, the first one comes after the second."""


@pytest.mark.parametrize("names", [
    [f"pa_attempt_{time}_{ASSIGNMENT}.ipynb" for time in SPRING],
    [f"201-77 - Ana Garcia - Mar 30, 2025 {time} AM" for time in ("230", "310")],
    [f"ana+{ASSIGNMENT}+{day} {time}" for day, time in (("2025-03-30", "02:30:00"), ("2025-03-30", "03:10:00"))],
], ids=["blackboard", "brightspace", "exchange"])
def test_which_attempt_is_later_does_not_depend_on_the_computers_time_zone(monkeypatch, names):
    """Is a time without a zone never taken for one of the computer's, which may leave an hour out?"""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        files = (FoundFile((NOTEBOOK,), lambda *_: b"{}"),)
        items = [Item(name, files, is_folder=not name.endswith(".ipynb")) for name in names]
        found = next(read(items) for read in SOURCES.values() if read(items))
        first, second = (found[name][0].order for name in names)
        assert first < second
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("sign", "_-")
def test_folder_of_the_exchange_is_known_without_its_colons(tmp_path, sign):
    """Is the newest attempt found, too, where a program has taken the colons out of the names?"""
    times = {f"2025-10-03 {hour}{sign}34{sign}10.5 UTC": str(hour) for hour in (9, 10, 11)}
    submission = only(tmp_path, {f"ana+{ASSIGNMENT}+{time.replace(' 9', ' 09')}/{NOTEBOOK}": text
                                 for time, text in times.items()})
    assert [read(9) for _, read in submission.files] == [b"11"] and len(submission.remarks) == 2


def test_folder_of_the_exchange_with_an_impossible_time_stops_nobody(tmp_path):
    """Is the rest of an inbox read beside a name that no program of nbgrader gave?"""
    root = write_files(tmp_path, {f"ana+{ASSIGNMENT}+2025-13-45 99:00:00 UTC/{NOTEBOOK}": "{}",
                                  f"wei+{ASSIGNMENT}+2025-10-03 10:00:00 UTC/{NOTEBOOK}": "{}"})
    reading = read_inbox(root, CLASS)
    assert set(reading.submissions) == {("ana", ASSIGNMENT), ("wei", ASSIGNMENT)}
