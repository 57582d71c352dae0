"""Who a submission is from: for any roster and any names, never a second person, and no file is lost."""

import re
import tempfile
from pathlib import Path

from downloads import ASSIGNMENT, MODULE, NOTEBOOK, list_unnamed, pack_tar, pack_zip, roster_of, write_files
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course.roster import RosterEntry
from autograder.inbox.identity import normalise_name
from autograder.inbox.reading import Options, read_inbox
from autograder.inbox.system_files import is_system_path

NAMES = st.sampled_from(["Ana", "Ana Maria", "Li", "O'Brien", "de la Cruz", "García", "Zoé", "Müller-Lüdenscheidt", "A",
                         "Anna", "Lee", "Leean", "Na", "Wei", "李", "伟", "Participant", "LATE"])
LOGINS = st.from_regex(r"[a-z][a-z0-9]{0,3}(_[a-z0-9]{1,3}){0,2}(-[a-z]{1,2})?", fullmatch=True) | st.sampled_from(
    ["a", "b", "a_b", "b_a", "a-b", "x_a_b", "b-a-c"])
"""User names; the last ones end with each other."""
KINDS = ("canvas", "canvas folder", "moodle", "moodle flat", "moodle group", "brightspace", "blackboard", "gradescope",
         "exchange", "github", "plain", "plain mail", "plain zip")


def name_on_github(login):
    """Return a user name that GitHub allows."""
    return login.replace("_", "-")


@st.composite
def people(draw):
    """Return some people, all different in their ids, perhaps of one name."""
    logins = draw(st.lists(LOGINS, min_size=1, max_size=6, unique_by=name_on_github))
    numbers = draw(st.lists(st.integers(1, 400), min_size=len(logins), max_size=len(logins), unique=True))
    return [RosterEntry(login, draw(NAMES), draw(NAMES), f"{login}@x.org", canvas_id=str(number), sis_id=f"{number:05}",
                        login=login, participant=str(number % 9), github=name_on_github(login))
            for login, number in zip(logins, numbers, strict=True)]


def compact(name):
    """Return a name as Canvas writes it."""
    return re.sub(r"\W", "", name).lower()


def name_upload(kind, person, number):
    """Return how a kind of download names what somebody hands in: before a file's name.

    Parameters
    ----------
    kind : str
    person : RosterEntry
    number : int
        Of the upload.
    """
    full = f"{person.first_name} {person.last_name}"
    moodle = re.sub(r"[^\w \-]", "", full)
    return {
        "canvas": f"{compact(person.last_name + person.first_name)}_{person.canvas_id}_{number}_",
        "canvas folder": f"{compact(person.last_name + person.first_name)}_LATE_{person.canvas_id}_{number}_work/",
        "moodle": f"{moodle}_{number + 100}_assignsubmission_file_/",
        "moodle flat": f"{moodle}_{number + 100}_assignsubmission_file_",
        "moodle group": f"Team {person.canvas_id}_{number % 9}_assignsubmission_file_/",
        "brightspace": f"{number}-88001 - {full} - Oct 3, 2025 {number % 12 + 1}05 PM/",
        "blackboard": f"{ASSIGNMENT}_{person.login}_attempt_2025-10-03-23-34-{number % 60:02}_",
        "gradescope": f"submission_{number}/",
        "exchange": f"{person.login}+{ASSIGNMENT}+2025-10-03 23:34:{number % 60:02} UTC/",
        "github": f"{ASSIGNMENT}-{person.github}/", "plain": f"{person.id}/", "plain mail": f"{person.email}/",
        "plain zip": f"{person.id}_{ASSIGNMENT}.zip",
    }[kind]


def write_upload(kind, person, number):
    """Return the files of an upload whose module says whose it is."""
    before, content = name_upload(kind, person, number), f"# by {person.canvas_id}"
    if before.endswith(".zip"):
        return {before: pack_zip({f"cs231n_lib/{MODULE}": content})}
    return {f"{before}{MODULE}": content} | ({f"{before}.git/HEAD": "x"} if kind == "github" else {})


def write_metadata(senders):
    """Return Gradescope's file for (number, person)."""
    return "---\n" + "".join(
        f"submission_{number}:\n  :submitters:\n  - :name: {person.first_name} {person.last_name}\n"
        f"    :sid: '{person.sis_id}'\n    :email: {person.email}\n" for number, person in senders)


@settings(max_examples=60, deadline=None)
@given(people(), st.data())
def test_no_submission_is_ever_attributed_to_a_second_person(everybody, data):
    """For any roster and LMS-like names, is each module the student's own, and each file used or named?

    Some senders are not on the roster. One of these who has the very name of somebody who is on it cannot be told from
    them where the name is all that there is, so nobody here has.
    """
    listed = data.draw(st.lists(st.sampled_from(everybody), min_size=1, unique_by=lambda person: person.id))
    taken = {normalise_name(f"{person.first_name} {person.last_name}") for person in listed}
    senders = [person for person in everybody if person in listed
               or normalise_name(f"{person.first_name} {person.last_name}") not in taken]
    kinds = data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True))
    uploads = [(kind, person, 10 * i + j + 1) for i, person in enumerate(senders) for j, kind in enumerate(kinds)
               if data.draw(st.booleans())]
    files = {}
    for upload in uploads:
        files |= write_upload(*upload)
    exported = [(number, person) for kind, person, number in uploads if kind == "gradescope"]
    files |= {"submission_metadata.yml": write_metadata(exported)} if exported else {}
    with tempfile.TemporaryDirectory() as folder:
        root = write_files(Path(folder), files)
        reading = read_inbox(root, roster_of(*listed))
        for (student, _), submission in reading.submissions.items():
            owner, = [person.canvas_id for person in everybody if person.id == student]
            assert [read(99) for _, read in submission.files] == [f"# by {owner}".encode()]
    assert list_unnamed(files, reading) == []


FILE_NAMES = st.sampled_from([NOTEBOOK, MODULE, f"cs231n_lib/{MODULE}", "notes.txt", "a/b/x.py", f"work/{NOTEBOOK}",
                              f"work/cs231n_lib/{MODULE}", "05_dropout.ipynb", "photo.jpg", "old.rar", "__MACOSX/._x",
                              ".DS_Store", "Thumbs.db", f"{ASSIGNMENT} (1).ipynb", "x.zip", f"{ASSIGNMENT}/y.txt"])


@settings(max_examples=60, deadline=None)
@given(st.lists(FILE_NAMES, max_size=6, unique=True), st.lists(FILE_NAMES, max_size=4, unique=True),
       st.sampled_from(["ana/{}", "ana/01_activations/{}", "Ana G_7_assignsubmission_file_/{}",
                        "7-8 - Ana G - Oct 3, 2025 1134 AM/{}"]))
def test_files_of_an_upload_are_used_or_named_or_of_a_system(loose, packed, where):
    """Is of any upload every file among those that count, or named, or one of a system, also in an archive in it?"""
    files = {where.format(name): f"content of {name}" for name in loose}
    files |= {where.format("in.zip"): pack_zip({f"in/{name}": f"packed {name}" for name in packed})} if packed else {}
    with tempfile.TemporaryDirectory() as folder:
        reading = read_inbox(write_files(Path(folder), files), roster_of(RosterEntry("ana", "Ana", "G")),
                             options=Options(assignment=ASSIGNMENT))
        used = {read(99).decode() for s in reading.submissions.values() for _, read in s.files}
    said = "\n".join([*reading.rejected, *(line for s in reading.submissions.values() for line in s.remarks)])
    conflict = any(s.doubts for s in reading.submissions.values())  # it names what the rival files came in
    wanted = [f"content of {name}" for name in loose] + [f"packed {name}" for name in packed]
    for content in wanted:
        name = content.rpartition(" ")[2] if "(1)" not in content else f"{ASSIGNMENT} (1).ipynb"
        is_known = content in used or name.rpartition("/")[2] in said or conflict
        assert is_known or is_system_path(name.split("/")), (content, used, said)


PACKED = {"ana.zip": pack_zip({f"{ASSIGNMENT}/{MODULE}": "x" * 300}),
          "ana.tgz": pack_tar({f"{ASSIGNMENT}/{MODULE}": "x"}),
          "submission_metadata.yml": b"submission_1:\n  :submitters:\n  - :name: Ana\n    :sid: '1'\n",
          f"{ASSIGNMENT}_g_attempt_2025-10-03-23-34-10.txt": b"Name: Ana (ana)\r\n"}


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(PACKED)), st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=8),
       st.integers(0, 5000))
def test_damaged_file_of_a_download_is_named_and_stops_nothing(name, changes, length):
    """Is whatever stands in an archive, or in what an LMS writes, read or named, and the neighbour's work read?"""
    data = bytearray(PACKED[name])
    for place, value in changes:
        data[place % len(data)] = value
    files = {name: bytes(data[:max(1, length)]), "submission_1/x.py": "x", f"wei/{ASSIGNMENT}/{MODULE}": "y"}
    with tempfile.TemporaryDirectory() as folder:
        reading = read_inbox(write_files(Path(folder), files), roster_of(RosterEntry("ana"), RosterEntry("wei")))
        (_, read), = reading.submissions["wei", ASSIGNMENT].files
        assert read(9) == b"y"
    assert all(line.isprintable() for line in reading.rejected)
