"""The small class that ``fault_injection`` works on, and the results of grading it undisturbed."""

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
"""The student whose code hangs, the one who handed in twice, and the one whose written answer a person has marked."""
DUE = datetime(2026, 3, 1, 12)
RUNS = 4
"""How often the command is run again, as its message asks, before a round counts as failed."""
TOKEN = "CS231N_FAULTS_ROUND"


@dataclass(frozen=True)
class SampleClass:
    """A class that has been graded undisturbed.

    Attributes
    ----------
    inbox, course, new : pathlib.Path
        Uploads; a course in mid-term, and one that nobody has graded in yet.
    done : CourseRun
        Where the undisturbed run took place.
    expected : dict
        From :func:`read_visible_results`.
    seconds : dict
        Course -> how long an undisturbed run takes.
    """

    inbox: Path
    course: Path
    new: Path
    done: "CourseRun"
    expected: dict
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

    def find_complaint(self):
        """Return what is wrong with the stderr of the last run; "" if it is one line that says what to do."""
        lines = self.folder.with_suffix(".stderr").read_text().strip().splitlines()
        good = len(lines) == 1 and "again" in lines[0]
        return "" if good else f"not one line that says what to do: {lines[-3:]}"


def hand_in(inbox, wanted):
    """Copy submissions of the sample class (topic -> students) into an inbox, and write their times of arrival."""
    lines = ["student,assignment,time"]
    for topic, students in wanted.items():
        for student in students:
            where = inbox / student / list_topics()[topic]
            shutil.copytree(ensure_class() / student / list_topics()[topic], where, symlinks=True, dirs_exist_ok=True)
            lines.append(f"{student},{list_topics()[topic]},{compute_arrival(student):%Y-%m-%dT%H:%M:%SZ}")
    (inbox / "times.csv").write_text("\n".join(lines) + "\n")
    return inbox


def compute_arrival(student):
    """Return the time at which a student handed in: some are on time, some up to three days late."""
    return DUE + timedelta(hours=12 * (len(student) - 15))


def enter_manual_data(course):
    """Enter what only people know: a due date, and a mark and a comment for a written answer."""
    assignment = list_topics()["linear_classifier"]
    written = next(name for name, kind, _ in records.list_graded_cells(course, assignment) if kind == "written")
    with api.Gradebook(read_database_address(course)) as gradebook:
        gradebook.update_or_create_assignment(assignment, duedate=DUE)
        grade = gradebook.find_grade(written, assignment, assignment, MARKED)
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.find_comment(written, assignment, assignment, MARKED).manual_comment = "Well seen."
        gradebook.db.commit()


def read_visible_results(place):
    """Return everything that a person sees of a graded class, name -> text, except how long the grading took."""
    found = {
        f"record of {r.student}/{r.assignment}": repr(replace(r, seconds=0)) for r in records.load_records(place.course)
    }
    found |= {name: (place.output / name).read_text() for name in mark_changes.KEPT_TABLES}
    found |= {f"autograded/{name}": text for name, text in hash_tree(place.course / "autograded").items()}
    found |= {f"feedback/{name}": text for name, text in hash_tree(place.output / "feedback").items()}
    with api.Gradebook(read_database_address(place.course)) as gradebook:
        tables = (api.Student, api.SubmittedAssignment, api.SubmittedNotebook, api.Grade, api.Comment)
        return found | {f"rows of {t.__tablename__}": str(gradebook.db.query(t).count()) for t in tables}


def prepare_class(folder):
    """Return a :class:`SampleClass`: a new course, one in mid-term, and the results of an undisturbed run in both."""
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
    enter_manual_data(begun.course)
    places, found, seconds = [], [], {}
    for course in (begun.course, new):
        place = copy_course(folder / f"undisturbed-{course.parent.name}", inbox, course)
        places.append(place)
        began = time.monotonic()
        code = place.grade()
        seconds[course] = time.monotonic() - began
        if code or course == new and rerun_grading(place, lost=True):
            raise RuntimeError(place.folder.with_suffix(".stderr").read_text())
        found.append(read_visible_results(place))
    wrong = list_changes(*found)
    if wrong:
        raise RuntimeError(f"undisturbed runs differ in {wrong}")
    return SampleClass(inbox, begun.course, new, places[0], found[0], seconds)


def copy_course(folder, inbox, course, output=None):
    """Return a :class:`CourseRun` in a new folder.

    Parameters
    ----------
    folder : pathlib.Path
    inbox : pathlib.Path
        The uploads; they are not copied.
    course, output : pathlib.Path
        They are copied; no output by default.
    """
    place = CourseRun(folder, inbox)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(course, place.course)
    if output:
        shutil.copytree(output, place.output)
    return place


def rerun_grading(place, lost=False):
    """Run the command as often as it asks for; if the gradebook was ``lost``, then enter people's data again.

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
        enter_manual_data(place.course)
        code = place.grade()
    return code


def compare_when_finished(place, sample, lost=False):
    """Let the grader finish; return what differs from the undisturbed run.

    Parameters
    ----------
    place : CourseRun
    sample : SampleClass
    lost : bool
        Was the gradebook lost?
    """
    code = rerun_grading(place, lost)
    if code:
        return [f"exit code {code}: {place.folder.with_suffix('.stderr').read_text()[-300:]}"]
    return list_changes(sample.expected, read_visible_results(place))
