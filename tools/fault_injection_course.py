"""The small class that faults are tried on, and what undisturbed grading makes of it (see ``fault_injection``)."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from nbgrader import api

from autograder.course import solution_regions
from autograder.course.topics import list_topics
from autograder.gradebook import config, records
from autograder.gradebook.config import CONFIG_FILE
from autograder.gradebook.database import read_database_address
from autograder.reference import ROOT
from autograder.reports import mark_changes
from autograder.verify.host_snapshot import hash_tree, list_changes
from tools.sample_submissions import ensure_class

WANTED = {
    "linear_classifier": ("ada_full_marks", "dov_half_done", "fay_written_answers", "gus_one_mistake_each",
                          "hal_broken_notebook", "ivy_missing_files", "lou_endless_loop"),
    "activations": ("fay_written_answers", "kim_syntax_error", "mia_lazy", "ned_exits"),
    "preprocessing": ("ada_full_marks", "dov_half_done", "eva_untouched"),
}
HANGS, AGAIN, MARKED = "lou_endless_loop", "dov_half_done", "fay_written_answers"
"""Who hangs, who has handed in something else before, whose written answer a person has marked."""
DUE = datetime(2026, 3, 1, 12)
RUNS = 4
"""So often is the command run again, as it asks for, before a round counts as failed."""
TOKEN = "CS231N_FAULTS_ROUND"


@dataclass(frozen=True)
class SampleClass:
    """A class that has been graded undisturbed.

    Attributes
    ----------
    inbox, course, new : pathlib.Path
        Uploads; a course in mid-term, and one that nobody has graded in yet.
    done : CourseRun
        Where the undisturbed run was.
    seen : dict
        From :func:`seen`.
    seconds : dict
        Course -> how long an undisturbed run takes.
    """

    inbox: Path
    course: Path
    new: Path
    done: "CourseRun"
    seen: dict
    seconds: dict


@dataclass(frozen=True)
class CourseRun:
    """Where one round takes place: a folder with a course and an output of its own."""

    folder: Path
    inbox: Path

    @property
    def course(self):
        """Return the course folder."""
        return self.folder / "course"

    @property
    def output(self):
        """Return the output folder."""
        return self.folder / "out"

    def start(self):
        """Start the grader as an instructor does, in a process group of its own."""
        command = [sys.executable, "-m", "autograder", "grade", "--submissions", self.inbox, "--output", self.output,
                   "--course", self.course, "--timestamps", self.inbox / "times.csv"]
        with open(self.folder.with_suffix(".stdout"), "w") as out, open(self.folder.with_suffix(".stderr"), "w") as err:
            return subprocess.Popen(list(map(str, command)), stdout=out, stderr=err, start_new_session=True, cwd=ROOT,
                                    env={**os.environ, TOKEN: str(self.folder)})

    def grade(self):
        """Run the grader to its end; return its exit code."""
        return self.start().wait()

    def complaint(self):
        """Say what is wrong with what the last run wrote to stderr; "" if it is one line that says what to do."""
        lines = self.folder.with_suffix(".stderr").read_text().strip().splitlines()
        good = len(lines) == 1 and "again" in lines[0]
        return "" if good else f"not one line that says what to do: {lines[-3:]}"


def hand_in(inbox, wanted):
    """Copy submissions of the sample class, topic -> students, as they were uploaded; write when they arrived."""
    lines = ["student,assignment,time"]
    for topic, students in wanted.items():
        for student in students:
            where = inbox / student / list_topics()[topic]
            shutil.copytree(ensure_class() / student / list_topics()[topic], where, symlinks=True, dirs_exist_ok=True)
            lines.append(f"{student},{list_topics()[topic]},{arrival(student):%Y-%m-%dT%H:%M:%SZ}")
    (inbox / "times.csv").write_text("\n".join(lines) + "\n")
    return inbox


def arrival(student):
    """Return when a student handed in: some in time, some up to three days late."""
    return DUE + timedelta(hours=12 * (len(student) - 15))


def enter(course):
    """Enter what only people know: a due date, and a mark and a comment for a written answer."""
    assignment = list_topics()["linear_classifier"]
    written = next(name for name, kind, _ in records.list_graded_cells(course, assignment) if kind == "written")
    with api.Gradebook(read_database_address(course)) as gradebook:
        gradebook.update_or_create_assignment(assignment, duedate=DUE)
        grade = gradebook.find_grade(written, assignment, assignment, MARKED)
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.find_comment(written, assignment, assignment, MARKED).manual_comment = "Well seen."
        gradebook.db.commit()


def seen(place):
    """Return all that a person sees of a class, name -> text; how long the grading took is left out."""
    found = {
        f"record of {r.student}/{r.assignment}": repr(replace(r, seconds=0)) for r in records.load_records(place.course)
    }
    found |= {name: (place.output / name).read_text() for name in mark_changes.KEPT_TABLES}
    found |= {f"autograded/{name}": text for name, text in hash_tree(place.course / "autograded").items()}
    found |= {f"feedback/{name}": text for name, text in hash_tree(place.output / "feedback").items()}
    with api.Gradebook(read_database_address(place.course)) as gradebook:
        tables = (api.Student, api.SubmittedAssignment, api.SubmittedNotebook, api.Grade, api.Comment)
        return found | {f"rows of {t.__tablename__}": str(gradebook.db.query(t).count()) for t in tables}


def make(folder):
    """Make a class: a new course, one in mid-term, and what an undisturbed run gives in both."""
    inbox = hand_in(folder / "inbox", WANTED)
    begun = CourseRun(folder / "begun", hand_in(folder / "before", {"linear_classifier": (AGAIN, MARKED)}))
    module = begun.inbox / AGAIN / list_topics()["linear_classifier"] / "cs231n_lib" / "linear_classifier.py"
    module.write_text(solution_regions.make_stub("linear_classifier"))
    new = folder / "new" / "course"
    for course in (new, begun.course):
        course.mkdir(parents=True)
        (course / "secret").write_text("5" * 64)
        config.write_config(course)
        with open(course / CONFIG_FILE, "a") as file:
            file.write("c.LatePolicy.percent_per_day = 10\n")
    if begun.grade():
        raise RuntimeError(begun.folder.with_suffix(".stderr").read_text())
    enter(begun.course)
    places, found, seconds = [], [], {}
    for course in (begun.course, new):
        place = fresh(folder / f"undisturbed-{course.parent.name}", inbox, course)
        places.append(place)
        began = time.monotonic()
        code = place.grade()
        seconds[course] = time.monotonic() - began
        if code or course == new and again(place, lost=True):
            raise RuntimeError(place.folder.with_suffix(".stderr").read_text())
        found.append(seen(place))
    if wrong := list_changes(*found):
        raise RuntimeError(f"undisturbed runs differ in {wrong}")
    return SampleClass(inbox, begun.course, new, places[0], found[0], seconds)


def fresh(folder, inbox, course, output=None):
    """Return a :class:`CourseRun` with a copy of a course, and of an output if there is one."""
    place = CourseRun(folder, inbox)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(course, place.course)
    if output:
        shutil.copytree(output, place.output)
    return place


def again(place, lost=False):
    """Run the command as often as it asks for; where the gradebook was ``lost``, people enter what they know again.

    Returns
    -------
    code : int
        The last exit code.
    """
    for _ in range(RUNS):
        code = place.grade()
        if code != 1:
            break
    if lost and not code:
        enter(place.course)
        code = place.grade()
    return code


def outcome(place, known, lost=False):
    """Run to the end; return what is not as in the undisturbed run."""
    code = again(place, lost)
    if code:
        return [f"exit code {code}: {place.folder.with_suffix('.stderr').read_text()[-300:]}"]
    return list_changes(known.seen, seen(place))
