"""A class of ten as each source would give it: its downloads, its roster, and the LMS's own table.

In each of them Ben hands in twice, Cat is late, Dan and Eva are a group, two people have one name, Zoe is not on the
roster, Gus has renamed the notebook, and Hal's has lost its ids.
"""

import csv

import nbformat
from downloads import ASSIGNMENT, MODULE, NOTEBOOK
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_checkout import TOPIC

from autograder.course import solution_regions
from autograder.course.roster import RosterEntry

NAMES = {"ana": "Ana Garcia", "ben": "Ben Okafor", "cat": "Cat Li", "dan": "Dan Roy", "eva": "Eva Roy",
         "fay": "Fay Wong", "fay_2": "Fay Wong", "gus": "Gus Holm", "hal": "Hal Ames", "zoe": "Zoe Nobody"}
PEOPLE = {name: RosterEntry(name, *full.split(" "), f"{name}@x.org", canvas_id=str(300 + i), sis_id=f"00{i}",
                            login=name, github=f"{name[:3]}-{i}") for i, (name, full) in enumerate(NAMES.items())}
GROUP = "Team 3"
SOURCES = ("canvas", "moodle", "brightspace", "blackboard", "gradescope", "exchange", "github", "plain")
BY_NAME_ALONE = ("moodle", "brightspace")
"""What these write leads to the roster by the full name alone: of two who have it a person must say which is which."""
LATEST_ONLY = ("moodle", "gradescope", "github", "plain")
"""These give the last attempt alone: who hands in again is in the next download."""
WITH_TIMES = ("brightspace", "blackboard", "gradescope")
"""These say when something arrived."""
SETTINGS = """zone = "Europe/Berlin"
[due]
01 = "2025-10-03 23:59"
[late]
percent_per_day = 10
"""


def write_notebook(ids=True):
    """Return a notebook with all answers, perhaps as a service gives it back that knows no ids."""
    cells = [new_code_cell('prediction_x = "a"', id="x-prediction")]
    cells += [new_markdown_cell("Because.", id=name) for name in ("x-why", "y-why")]
    book = new_notebook(cells=cells)
    if not ids:
        for number, cell in enumerate(book.cells):
            cell.id = f"cell{number}"
    return nbformat.writes(book)


def write_work(student, again=False):
    """Return what somebody hands in: one function is right, in a second attempt both."""
    functions = ["relu_forward", "relu_backward"] if again else ["relu_forward"]
    notebook = f"Copy of {ASSIGNMENT} (1).ipynb" if student == "gus" else NOTEBOOK
    return {notebook: write_notebook(ids=student != "hal"), MODULE: solution_regions.solve_functions(TOPIC, functions)}


def name_folder(kind, person, number, group="", again=False):
    """Return what a source writes before a file's name.

    Parameters
    ----------
    kind : str
    person : RosterEntry
    number : int
        Of the upload; later ones have larger ones.
    group : str
        If it is a group's.
    again : bool
        Whether it is a second attempt.
    """
    full = group or f"{person.first_name} {person.last_name}"
    name = (group or f"{person.last_name}{person.first_name}").lower().replace(" ", "")
    late = "LATE_" if person.id == "cat" else ""
    day, hour = (4 if late else 3), (11 if again else 10)
    return {"canvas": f"{name}_{late}{person.canvas_id}_{number}", "moodle": f"{full}_{number}_assignsubmission_file_/",
            "brightspace": f"{person.canvas_id}-88 - {full} - Oct {day}, 2025 {hour}34 PM/",
            "blackboard": f"HW_1_{group or person.login}_attempt_2025-10-0{day}-{hour}-34-10_",
            "gradescope": f"submission_{number}/",
            "github": f"activations-{group.lower().replace(' ', '-') or person.github}/",
            "exchange": f"{person.id}+{ASSIGNMENT}+2025-10-03 {hour}:34:10 UTC/",
            "plain": f"{group or person.id}/{ASSIGNMENT}/"}[kind]


def list_uploads(kind, again):
    """Yield (who hands in, number, whether it is a second attempt) of a download.

    Parameters
    ----------
    kind : str
    again : bool
        Of two downloads of a source that gives the last attempts, the second one.
    """
    for number, person in enumerate(PEOPLE.values(), 10):
        if person.id == "dan":
            yield [person, PEOPLE["eva"]], number, False
        elif person.id == "ben" and kind not in LATEST_ONLY:
            yield [person], number, False
            yield [person], number + 20, True
        elif person.id != "eva":
            yield [person], number, again and person.id == "ben"


def write_download(kind, again=False):
    """Return the files of a download of the class; see :func:`list_uploads`."""
    files, metadata = {}, ""
    for members, number, is_second in list_uploads(kind, again):
        person = members[0]
        before = name_folder(kind, person, number, GROUP if len(members) > 1 else "", is_second)
        for i, (name, text) in enumerate(write_work(person.id, is_second).items()):
            files[f"{before}{i}_{name}" if kind == "canvas" else f"{before}{name}"] = text
        if kind == "github":
            files[f"{before}.git/HEAD"] = "ref"
        if kind == "blackboard":
            first = f"Name: {person.first_name} {person.last_name} ({person.login})\r\n"
            files[f"{before.removesuffix('_')}.txt"] = (f"{first}There is no student submission text data for this "
                                                        "assignment.\r\nThere are no student comments.\r\n")
        people = "".join(f"  - :name: {who.first_name} {who.last_name}\n    :sid: '{who.sis_id}'\n" for who in members)
        day = 4 if person.id == "cat" else 3
        metadata += (f"{before.rstrip('/')}:\n  :submitters:\n{people}"
                     f"  :created_at: 2025-10-0{day} 10:34:10.000000000 +02:00\n")
    if kind == "gradescope":
        files["submission_metadata.yml"] = metadata
    return files


def write_roster(folder):
    """Write the roster, on which Zoe is not; return it."""
    columns = ("id", "first_name", "last_name", "email", "canvas_id", "sis_id", "login", "github", "group")
    with open(folder / "roster.csv", "w", newline="") as file:
        csv.writer(file).writerows([("student", *columns[1:]), *(
            [getattr(person, column) for column in columns[:-1]] + [GROUP if person.id in ("dan", "eva") else ""]
            for person in PEOPLE.values() if person.id != "zoe")])
    return folder / "roster.csv"


def write_times(folder, kind):
    """Write when everybody handed in, where the source does not say it; return the table or None."""
    if kind in WITH_TIMES:
        return None
    lines = [f"{who},{ASSIGNMENT},2025-10-0{4 if who == 'cat' else 3}T22:34:00+02:00" for who in NAMES if who != "zoe"]
    (folder / "times.csv").write_text("\n".join(["student,assignment,time", *lines]) + "\n")
    return folder / "times.csv"


def write_who(folder, printed):
    """Write what a person answers to the lines that were printed for ``who.csv``; return the table.

    In nbgrader's exchange nobody can hand in for a group: a person says who is in Dan's.
    """
    asked = [line.partition("line for who.csv: ")[2].partition(",")[0] for line in printed.splitlines()
             if "line for who.csv: " in line]
    twins = dict(zip([label for label in sorted(asked) if label.startswith("Fay")], ("fay", "fay_2"), strict=False))
    lines = [*(f"{label},{twins.get(label, '')}" for label in dict.fromkeys(asked)), "dan,dan eva"]
    (folder / "who.csv").write_text("\n".join(["sender,student", *lines]) + "\n")
    return folder / "who.csv"


def write_table(kind):
    """Return the class's table as an LMS gives it, Zoe included, and what stands before a student's mark in it."""
    people = PEOPLE.items()
    if kind == "canvas":
        lines = ["Student,ID,SIS User ID,SIS Login ID,Section,Activations (77)", "    Points Possible,,,,,9.00"]
        before = {name: f'"{who.last_name}, {who.first_name}",{who.canvas_id},{who.sis_id},{who.login},A,'
                  for name, who in people}
        return "\ufeff" + "\r\n".join(lines + list(before.values())) + "\r\n", before
    if kind == "brightspace":
        before = {name: f"#{who.sis_id},#{who.login},{who.last_name},{who.first_name},{who.email},"
                  for name, who in people}
        header = "OrgDefinedId,Username,Last Name,First Name,Email,Activations Points Grade <Numeric MaxPoints:9>,"
        lines = [f"{header}End-of-Line Indicator", *(f"{b},#" for b in before.values())]
        return "\n".join(lines), before
    if kind == "blackboard":
        before = {name: f'"{who.last_name}","{who.first_name}","{who.login}","{who.sis_id}","",'
                  for name, who in people}
        header = '"Last Name","First Name","Username","Student ID","Last Access","Activations [Total Pts: 9 Score] |77"'
        return "\n".join([header, *(f'{b}""' for b in before.values())]), before
    before = {name: f"Participant {i},{who.first_name} {who.last_name},{who.email},Submitted,"
              for i, (name, who) in enumerate(people, 10)}
    lines = ["Identifier,Full name,Email address,Status,Grade,Maximum Grade", *(f"{b},9.00" for b in before.values())]
    return "\n".join(lines), before
