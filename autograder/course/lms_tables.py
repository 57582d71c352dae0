"""Rosters as an LMS exports them: which column is what, which lines are no students, and which value is the id.

Canvas's gradebook (*Grades*, *Export*; its headers are those that ``exports/canvas.py`` writes), Moodle's
participants (*Participants*, *Download table data*), grades and grading worksheet, Brightspace's grades (*Grades*,
*Export*, key field *Both*), Blackboard's Grade Center (*Work Offline*, *Download*: tabs, UTF-16), Gradescope's roster
(*Roster*, *Download Roster*) and GitHub Classroom's. Sources: the vendors' help pages on importing grades, and
``gradebook_importer.rb`` of instructure/canvas-lms; Moodle's, Gradescope's and GitHub's headers are from memory.

Headers in other languages: Canvas writes those of people in English whatever the user's language
(``gradebook_exporter.rb``; only "(read only)" and the numbers follow it). Moodle writes every header in the language of
whoever downloads the table, and "Participant" before a number, too (``importgradeslib.php`` of its grading worksheet).
Gradescope and GitHub Classroom are in English only; Brightspace keeps OrgDefinedId and Username, while its other
headers and those of Blackboard may follow the language (from memory). Nothing is translated here: a table whose headers
are not known is refused with what it has, and ``--columns`` says which is which.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.course.cells import STUDENT_ID

COMMON = {
    "first_name": "first_name", "last_name": "last_name", "surname": "last_name", "full_name": "full_name",
    "name": "full_name", "username": "login", "email": "email", "email_address": "email", "id_number": "moodle_id",
    "section": "section", "sections": "section", "section_membership": "section", "role": "role", "roles": "role",
    "group": "group", "groups": "group", "group_name": "group", "canvas_id": "canvas_id", "sis_id": "sis_id",
    "github": "github",
}
"""Header -> field of the roster, or "full_name", "role"."""
POINTS_POSSIBLE = "points possible"
TEST_STUDENTS = ("student, test", "test student")
PREVIEW = "_previewuser"
"""End of the user name of the student whom Blackboard makes for an instructor who tries things out."""
STAFF_ROLES = ("ta", "instructor", "reader", "teaching assistant", "teacher", "non-editing teacher", "editing teacher",
               "manager", "course creator", "grader", "designer", "observer")
"""What Gradescope, Moodle and Brightspace call those who are no students; a role that is not known is a student's."""


@dataclass(frozen=True)
class LmsTable:
    """A kind of table.

    Attributes
    ----------
    name : str
    signature : tuple of frozenset
        Headers; all of one of these sets make it this kind.
    fields : dict
        Header -> field, beside :data:`COMMON`.
    ids : tuple of str
        Fields that may be the student's id, the best one first; the first one that a line has counts.
    """

    name: str
    signature: tuple[frozenset[str], ...]
    fields: Mapping[str, str]
    ids: tuple[str, ...]

    def read_line(self, line: Mapping[str, str]) -> dict[str, str] | None:
        """Return a line with the headers of our own roster; None if it is no student."""
        known = {**COMMON, **self.fields}
        found = {known[header]: text.removeprefix("#") for header, text in line.items() if header in known and text}
        found["participant"] = read_participant(found.get("participant", ""))
        full_name, role = found.pop("full_name", ""), found.pop("role", "")
        if role.casefold() in STAFF_ROLES or is_no_student(full_name, found):
            return None
        if full_name:
            found["first_name"], found["last_name"] = split_full_name(full_name)
        found["student"] = next((found[field] for field in self.ids if STUDENT_ID.fullmatch(found.get(field, ""))), "")
        return found | {header: text for header, text in line.items() if header.startswith("extension")}


TABLES = (
    LmsTable("Canvas", (frozenset({"student", "id", "sis_login_id"}), frozenset({"student", "id", "sis_user_id"}),
                        frozenset({"student", "id", "section"}), frozenset({"lastname", "firstname", "id", "section"})),
             {"student": "full_name", "lastname": "last_name", "firstname": "first_name", "id": "canvas_id",
              "sis_user_id": "sis_id", "sis_login_id": "login"},
             ("login", "sis_id", "canvas_id")),
    LmsTable("Brightspace", (frozenset({"orgdefinedid"}), frozenset({"username", "end_of_line_indicator"})),
             {"orgdefinedid": "sis_id"}, ("login", "sis_id")),
    LmsTable("Blackboard", (frozenset({"username", "student_id", "last_name"}),
                            frozenset({"username", "last_name", "availability"})), {"student_id": "sis_id"},
             ("login", "sis_id")),
    LmsTable("Gradescope", (frozenset({"sid", "email"}), frozenset({"sid", "name"})), {"sid": "sis_id"},
             ("sis_id", "email")),
    LmsTable("GitHub Classroom", (frozenset({"identifier", "github_username"}),),
             {"identifier": "login", "github_username": "github"}, ("login", "github")),
    LmsTable("Moodle", (frozenset({"identifier", "full_name"}), frozenset({"identifier", "email_address"}),
                        frozenset({"identifier", "maximum_grade"}), frozenset({"full_name", "email_address"}),
                        frozenset({"first_name", "surname", "email_address"}),
                        frozenset({"first_name", "last_name", "email_address"})),
             {"identifier": "participant"}, ("login", "moodle_id", "email", "participant")),
)
OWN_ID = frozenset({"student", "student_id", "id"})


def recognise_table(headers: Sequence[str]) -> LmsTable | None:
    """Return the kind of a table by its headers; None for a roster of ours.

    Parameters
    ----------
    headers : sequence of str
        In small letters, with underscores.
    """
    present = set(headers)
    for table in TABLES:
        if any(signature <= present for signature in table.signature):
            return table if table.name in ("Canvas", "Blackboard") or not present & OWN_ID else None
    return None


def read_participant(text: str) -> str:
    """Return the number of a participant; Moodle writes a word of the user's language before it."""
    match = re.fullmatch(r"\D*?(\d+)", text)
    return match[1] if match else ""


def is_no_student(full_name: str, found: Mapping[str, str]) -> bool:
    """Is a line one for the table itself, or the student whom Canvas makes for trying things out?"""
    name = full_name.strip().casefold()
    if not name and found.get("canvas_id"):  # Canvas's gradebook with two columns for the name
        name = f"{found.get('last_name', '')}, {found.get('first_name', '')}".casefold()
    if name.startswith(POINTS_POSSIBLE) or not any(found.get(key) for key in ("login", "sis_id", "canvas_id", "email",
                                                                             "moodle_id", "participant")):
        return True
    if found.get("login", "").casefold().endswith(PREVIEW):
        return True
    return name in TEST_STUDENTS and not found.get("sis_id")


def split_full_name(name: str) -> tuple[str, str]:
    """Return first and last name of ``Last, First`` or ``First Last``."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = name.strip().rpartition(" ")
    return first, last
