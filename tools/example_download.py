"""What Canvas would give for the two example submissions: ``submissions.zip`` and ``gradebook.csv``, here.

With them docs/your_course.md can be followed without an LMS: ``python -m tools.example_download``.
"""

import sys
import zipfile
from pathlib import Path

from autograder.reference import ROOT

EXAMPLES, ASSIGNMENT = ROOT / "docs" / "example_submissions", "03_initialization"
STUDENTS = {"ada": ("Lovelace, Ada", "lovelaceada", 20453), "gus": ("Garcia, Gus", "garciagus", 20451)}
"""Student -> name as Canvas sorts it, name as it stands before a file, Canvas's id."""
HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,Assignment 3: Initialization (48151)\n"
POINTS, TEST_STUDENT = "    Points Possible,,,,,16.5\n", '"Student, Test",20499,,9f8e7d,1,\n'


def write_download(folder):
    """Write the table and the submissions into a folder; files that are there are not written over."""
    lines = [f'"{name}",{number},,{student},1,\n' for student, (name, _, number) in STUDENTS.items()]
    with open(folder / "gradebook.csv", "x", encoding="utf-8") as file:
        file.writelines([HEADER, POINTS, *lines, TEST_STUDENT])
    with zipfile.ZipFile(folder / "submissions.zip", "x", zipfile.ZIP_DEFLATED) as archive:
        for student, (_, label, number) in STUDENTS.items():
            for place, name in enumerate((f"{ASSIGNMENT}.ipynb", "cs231n_lib/initialization.py")):
                path = EXAMPLES / student / ASSIGNMENT / name
                archive.write(path, f"{label}_{number}_{10 * number + place}_{path.name}")


if __name__ == "__main__":
    try:
        write_download(Path())
    except FileExistsError as error:
        sys.exit(f"{error.filename} is there already: nothing is written over")
    print("written: gradebook.csv, submissions.zip")
