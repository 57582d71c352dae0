"""``results.json``: what a Gradescope autograder says of one submission.

Format: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

COULD_NOT = ("This submission could not be graded: a problem of the grader, not of your work. "
             "It has no mark yet, which is not a zero. Please tell your instructor.")

STATUS_TEXTS = {"graded": "", "missing": "Nothing was handed in.",
        "manual-pending": "So far: written answers are still to be read.",
        "timeout": "A function ran out of time.", "memory": "A function ran out of memory.",
        "crashed": "The module could not be run.", "infra-error": "Not graded yet: a problem of the grader."}
"""Status -> what a student reads. (The remark on a submission may quote text of the student's own making: an error
message that carries a hidden input out. It is for the instructor.)"""


def results_of_job(result, upload, open_answers):
    """Return the results of a job that the runner ran."""
    tests = [t for number, (name, cell) in enumerate(result["cells"].items(), 1)
             for t in make_tests(number, name, cell["outcomes"])]
    count = len(result["cells"])
    tests += [
        make_test(f"{count + i}", f"{name}: written answer", hint=f"A person reads this answer ({points:g} points).")
        for i, (name, points) in enumerate(open_answers.items(), 1)
    ]
    score = sum(cell["score"] for cell in result["cells"].values())
    return make_results(score, tests, [STATUS_TEXTS[result["status"]], *upload.remarks], result["seconds"])


def results_of_record(record):
    """Return the results of a submission that the course has graded; without a score after an infra-error.

    Parameters
    ----------
    record : autograder.gradebook.records.Record
    """
    extra = {"extra_data": {"status": record.status, "assignment": record.assignment, "student": record.student}}
    if record.status == "infra-error":
        return make_failure() | extra
    tests = []
    for number, mark in enumerate(record.marks, 1):
        if mark.kind == "written":
            points = {} if mark.needs_manual else {"score": mark.score, "max_score": mark.max_score}
            hint = mark.comment or ("A person reads this answer." if mark.needs_manual else "")
            tests.append(make_test(str(number), f"{mark.grade_id}: written answer", hint=hint, **points))
        else:
            tests += make_tests(number, mark.grade_id, mark.outcomes)
            change = mark.score - sum(o["score"] for o in mark.outcomes)
            if abs(change) > 1e-6:
                tests.append(
                    make_test(
                        str(number),
                        f"{name_question(mark.grade_id)}: changed by a person",
                        score=change,
                        hint=mark.comment,
                    )
                )
    late = f"Late: {record.late_penalty:g} points off." if record.late_penalty else ""
    return make_results(record.score, tests, [late, STATUS_TEXTS[record.status]], record.seconds) | extra


def make_tests(number, grade_id, outcomes):
    """Return the tests of one graded cell: one per aspect, with the hint that a student may read and nothing else."""
    return [make_test(f"{number}.{i}", f"{name_question(grade_id)}: {o['aspect']}", o["hint"], score=o["score"],
                  max_score=o["max_score"], status="passed" if o["score"] >= o["max_score"] else "failed")
            for i, o in enumerate(outcomes, 1)]


def make_test(number, name, hint="", **points):
    """Return one test of results.json."""
    rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in points.items()}
    return {"number": number, "name": name, "output": hint, "output_format": "text", "visibility": "visible", **rounded}


def name_question(grade_id):
    """Return the name of a cell as a student knows it."""
    return grade_id.removesuffix("-test").replace("-", "_")


def make_results(score, tests, remarks, seconds):
    """Return results.json around the tests."""
    return {"score": round(score, 4), "execution_time": round(seconds), "output": "\n".join(filter(None, remarks)),
            "output_format": "text", "visibility": "visible", "stdout_visibility": "hidden", "tests": tests}


def make_failure():
    """Return the results of a grading that failed on our side: no score, and no test that could be taken for one."""
    return {"output": COULD_NOT, "output_format": "text", "visibility": "visible", "stdout_visibility": "hidden",
            "extra_data": {"status": "infra-error"}}
