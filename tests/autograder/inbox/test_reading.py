"""Reading an inbox: what each LMS's download holds, who sent it, which copy counts, and that nothing is lost."""

import pytest
from downloads import (
    ADA,
    ANA,
    ANA2,
    ASSIGNMENT,
    MODULE,
    NOTEBOOK,
    WEI,
    WORK,
    list_found,
    pack_tar,
    pack_zip,
    roster_of,
    write_files,
)

from autograder.course.roster import RosterEntry
from autograder.errors import CourseError
from autograder.inbox.reading import Options, check_reading, read_inbox

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
        f"{ASSIGNMENT}_ana_g_attempt_2025-10-03-23-34-10.txt": "Name: Ana Garcia (ana_g)\r\nAssignment: It\r\n",
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
    assert "found no submission" in str(error.value) and "Expected is" in str(error.value)


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
    assert bool(read_inbox(root, roster_of(*entries)).submissions) == (users == ["g"])
    write_files(tmp_path, {f"{ASSIGNMENT}_ana_g_attempt_2025-10-03-23-34-10.txt": "Name: Ana (ana_g)\n"})
    known = {("s0", ASSIGNMENT)} if "ana_g" in users else set()
    assert set(read_inbox(root, roster_of(*entries)).submissions) == known
