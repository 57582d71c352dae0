"""What the tests of exports and lateness share: a course with marks in it that nobody had to grade."""

import json
import shutil

from autograder.course import submission_state
from autograder.gradebook import records


def copy_of(course, folder):
    """Copy a course with a release in it."""
    return shutil.copytree(course, folder / "course")


def hand_in(course, gradebook, student, assignment, share=1.0, status="graded", hint="Mind the sign."):
    """Put a graded submission into a course: every automatic mark is ``share`` of its points; written ones are open."""
    gradebook.update_or_create_student(student)
    notebook = gradebook.update_or_create_submission(assignment, student).notebooks[0]
    cells, points = {}, {name: (kind, most) for name, kind, most in records.list_graded_cells(course, assignment)}
    for grade in notebook.grades:
        kind, most = points[grade.name]
        grade.auto_score, grade.needs_manual_grade = (None, True) if kind == "written" else (share * most, False)
        outcome = {"aspect": "values", "score": share * most, "max_score": most, "hint": hint * (share < 1),
                   "status": "passed" if share == 1 else "failed", "message": "a hidden input", "mistake": ""}
        cells[grade.name] = {"score": share * most, "max_score": most, "outcomes": [outcome]}
    gradebook.db.commit()
    (course / "results").mkdir(exist_ok=True)
    (course / "results" / f"{student}-{assignment}.json").write_text(json.dumps({"cells": cells}))
    submission_state.write_state(
        course, student, assignment, submission_state.SubmissionState(status, "", 1.0, f"{student}-{assignment}")
    )
