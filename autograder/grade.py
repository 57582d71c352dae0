"""Grade a class: intake, runners, nbgrader's gradebook, and the tables made from it.

One pass: an upload is read, placed and described; a runner judges it; the writer puts the result into the gradebook.
Only what is on its way is in memory. Results are kept by content and ``state/`` says what the gradebook holds, so an
interrupted run goes on where it was, and nothing is graded twice.
"""

import contextlib
import hashlib
import json
import sys
import time
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from nbgrader.api import Gradebook
from tqdm import tqdm

from autograder.course import submission_state
from autograder.course.assignment import load_assignment
from autograder.course.files import is_disk_full
from autograder.course.roster import enroll_students, list_strangers, load_roster
from autograder.course.text import clean_line
from autograder.course.topics import list_topics
from autograder.gradebook import lateness, records
from autograder.gradebook.database import is_connection_lost, read_database_address
from autograder.gradebook.writer import Writer
from autograder.inbox import uploads
from autograder.release import release
from autograder.reports import marks_tables
from autograder.runners import local, schedule
from autograder.runners.jobs import make_job
from autograder.runners.results import Results, hash_job
from autograder.sandbox import canary

warnings.filterwarnings("ignore", module="nbgrader")  # SQLAlchemy's remarks on nbgrader's own code

TRIES = 3
BATCH, BATCH_SECONDS = 20, 2.0
"""A transaction holds so many submissions at most, and is open for so long."""


@dataclass(frozen=True)
class TableLine:
    """What the printed table says of one submission: see :class:`autograder.gradebook.records.Record`."""

    student: str
    assignment: str
    status: str
    remark: str
    score: float
    max_score: float
    manual_pending: int


@dataclass(frozen=True)
class PendingSubmission:
    """One submission on its way: who, the keys of its job and of all that its marks depend on, what was written."""

    key: tuple
    job: str
    content: str
    written: dict
    remarks: list


def grade_class(submissions, course, jobs=None, roster=None, unsafe=False, timestamps=None, executor=None):
    """Grade every upload.

    Parameters
    ----------
    submissions : path
        See :func:`intake.collect`.
    course : pathlib.Path
        The course folder; made, with a release, if it does not exist.
    jobs : int, optional
        Runner processes; as many as there are cores by default.
    roster : path, optional
        CSV with the students of the course (kept for later runs); others are named and left out.
    unsafe : bool
        Without the sandbox.
    timestamps : path, optional
        CSV that says when submissions arrived (kept for later runs).
    executor : concurrent.futures.Executor, optional
        Where the runners are, and the sandbox was proved; a pool of processes here by default.

    Returns
    -------
    graded : list of Line
        Sorted; everything else is in :func:`autograder.gradebook.records.iter_records`.
    rejected : list of str
        What was not graded, and why.

    Raises
    ------
    sandbox.SandboxError
        If this host has no sandbox that holds.
    """
    if not unsafe and executor is None:
        canary.prove()
    found, rejected = admit_submissions(submissions, course, roster)
    times = lateness.store_times(course, timestamps) if timestamps else lateness.load_times(course)
    with (
        Writer(course) as writer,
        contextlib.nullcontext(executor) if executor else local.open_local_pool(jobs) as runners,
        make_progress_bar(found) as progress,
    ):
        run = GradingRun(course, writer, times, unsafe, progress)
        run.everything(found, runners)
        untimed = set(lateness.update_lateness(writer.gradebook, course))
    return [make_table_line(r, untimed) for r in records.iter_records(course, only=found, work=False)], rejected


def admit_submissions(submissions, course, roster_file=None):
    """Make the course ready and look through the uploads.

    Returns
    -------
    found : dict
        From :func:`intake.found`, of the students on the roster.
    rejected : list of str
    """
    course.mkdir(parents=True, exist_ok=True)
    rejected = []
    found = uploads.find_submissions(submissions, rejected)
    prepare_course(course)
    students = load_roster(course)
    if roster_file:
        with Gradebook(read_database_address(course)) as gradebook:
            students = enroll_students(gradebook, course, roster_file)
    rejected = sorted(set(rejected))
    if students:
        rejected += list_strangers(students, found)
        found = {key: files for key, files in found.items() if key[0] in students}
    return found, rejected


def prepare_course(course):
    """Have the release, and its assignments in the gradebook: one that was lost is filled again."""
    release.generate_release(course)
    with Gradebook(read_database_address(course)) as gradebook:
        known = {assignment.name for assignment in gradebook.assignments}
    if not known.issuperset(list_topics().values()):
        release.generate_release(course, force=True)


def make_progress_bar(found):
    """Return the progress bar of a run."""
    return tqdm(total=len(found), desc="grading", file=sys.stdout, disable=not found)


def make_table_line(record, untimed=()):
    """Return what the printed table says of a record; ``untimed`` are the keys of what has no time of arrival."""
    late_or_not = "no time of arrival is known, taken as on time" * ((record.student, record.assignment) in untimed)
    remark = "; ".join(filter(None, [record.remark, late_or_not]))
    return TableLine(record.student, record.assignment, record.status, remark, record.score, record.max_score,
                record.manual_pending)


class GradingRun:
    """One pass over a class.

    Parameters
    ----------
    course : pathlib.Path
    writer : autograder.gradebook.writer.Writer
    times : dict
        (student, assignment) -> when it arrived, as far as known.
    unsafe : bool
        Without the sandbox.
    progress : tqdm
    """

    def __init__(self, course, writer, times, unsafe, progress):
        self.course, self.writer, self.times = course, writer, times
        self.unsafe, self.progress = unsafe, progress
        self.store = Results(course / "results")
        self.auto = writer.automatic_marks()
        self.failed, self.batch, self.opened, self.most = {}, [], 0.0, BATCH
        self.left, self.students = Counter(), 0

    def everything(self, found, executor):
        """Grade all of ``found``; what fails is tried again, alone, so that no other submission can be the reason."""
        self.left = Counter(student for student, _ in found)
        keys = list(found)
        try:
            for attempt in range(TRIES):
                self.failed, self.most = {}, 1 if attempt else BATCH
                work = self.todo(keys, found)
                for item, outcome in schedule.run_jobs(work, executor, self.unsafe, 1 if attempt else None):
                    self.take(item, outcome)
                self.flush()
                keys = list(self.failed)
        except KeyboardInterrupt:
            self.flush()
            print("\nInterrupted. What was graded is kept: the same command goes on from here.")
            raise
        for key, problem in self.failed.items():
            known = self.known(key)
            submission_state.write_state(
                self.course,
                *key,
                submission_state.SubmissionState("infra-error", problem, submitted_checksum=known.submitted_checksum,
                                                 confirmed_for=known.confirmed_for),
            )

    def todo(self, keys, found):
        """Yield (item, job) for what a runner must judge; what is known goes on at once."""
        for key in keys:
            try:
                item, job = self.admit(key, found[key])
                result = self.store.get(item.job)
                if result is not None and self.is_held(item):
                    self.done(key)
                    continue
            except Exception as error:  # whatever one upload does, the others are graded
                self.fail(key, error)
                continue
            if result is None:
                yield item, job
            else:
                self.write(item, result)

    def admit(self, key, files):
        """Read and place one upload; describe its job."""
        upload = uploads.read_upload(key, files)
        uploads.place_upload(upload, self.course)
        lateness.write_timestamp(self.course / "submitted" / key[0] / key[1], self.times.get(key))
        form = load_assignment(self.course, key[1])
        written = form.written(upload.sources or {})
        job = make_job(self.course, key[1], written, upload.module)
        job_key = hash_job(job)
        return PendingSubmission(key, job_key, hash_content(job_key, written), written, upload.remarks), job

    def is_held(self, item):
        """Does the gradebook hold this very submission, judged by this very grader?"""
        known = submission_state.read_state(self.course, *item.key)
        if known is None or known.graded_key != item.content:
            return False
        if abs(self.auto.get(item.key, -1) - known.auto_score) > 1e-6:
            return False
        if not self.writer.notebook(*item.key).exists():
            return False
        if known.remarks != item.remarks:
            known.remarks = item.remarks
            submission_state.write_state(self.course, *item.key, known)
        return True

    def take(self, item, outcome):
        """Keep what a runner gave, and write it."""
        try:
            if isinstance(outcome, BaseException):
                raise outcome
            self.store.put(item.job, outcome)
        except Exception as error:
            self.fail(item.key, error)
        else:
            self.write(item, outcome)

    def write(self, item, result):
        """Put one result into the batch that the gradebook gets."""
        self.opened = self.opened if self.batch else time.monotonic()
        known = self.known(item.key)
        try:
            auto = self.writer.write(*item.key, item.written, result, known)
        except Exception as error:
            self.fail(item.key, error)
            self.drop(error)
            return
        known = replace(known, status=result["status"], problem=result["problem"], seconds=result["seconds"],
                        result=item.job, graded_key=item.content, auto_score=auto, remarks=item.remarks)
        self.batch.append((item.key, known))
        if len(self.batch) >= self.most or time.monotonic() - self.opened > BATCH_SECONDS:
            self.flush()

    def known(self, key):
        """Return what the course remembers of a submission."""
        return submission_state.read_state(self.course, *key) or submission_state.SubmissionState("graded")

    def flush(self):
        """Commit the batch, and then say so in ``state/``: a kill in between writes the same rows once more."""
        try:
            self.writer.commit()
            for key, known in self.batch:
                submission_state.write_state(self.course, *key, known)
                self.done(key)
            self.batch = []
        except Exception as error:
            self.drop(error)

    def drop(self, error):
        """Give the batch up: its results are kept, its rows are written at the next try."""
        with contextlib.suppress(Exception):
            self.writer.rollback()
        for key, _ in self.batch:
            self.fail(key, error)
        self.batch = []

    def fail(self, key, error):
        """Note that something of ours went wrong with a submission; a full disk or a lost server ends the run."""
        if is_disk_full(error) or is_connection_lost(error):
            raise error
        self.failed[key] = format_error(error)
        self.show()

    def done(self, key):
        """Count a submission as done."""
        self.left[key[0]] -= 1
        self.students += not self.left[key[0]]
        self.progress.update()
        self.show()

    def show(self):
        """Say how many students are done, and how many submissions failed so far."""
        text = f"students {self.students}/{len(self.left)}, failed {len(self.failed)}"
        self.progress.set_postfix_str(text, refresh=False)


def format_error(error):
    """Return an error as one line for a person."""
    return clean_line(f"{type(error).__name__}: {' '.join(str(error).split())}")


def hash_content(job_key, written):
    """Return what has to change for the gradebook to be out of date: the job, or a written answer."""
    return hashlib.sha256(json.dumps([job_key, written], sort_keys=True).encode()).hexdigest()


def collect_class(submissions, course, roster=None):
    """Take uploads into the course without grading them; say what was left out. Return the exit code."""
    course = Path(course)
    found, rejected = admit_submissions(submissions, course, roster)
    for key, files in tqdm(found.items(), "intake", file=sys.stdout, disable=not found):
        upload = uploads.read_upload(key, files)
        uploads.place_upload(upload, course)
        rejected += [f"{'/'.join(key)}: {remark}" for remark in upload.remarks]
    print("\n".join(rejected))
    print(f"{len(found)} submissions of {len({key[0] for key in found})} students are in {course / 'submitted'}/")
    return 0


def run_grade(submissions, output, course, jobs=None, roster=None, unsafe=False, timestamps=None, executor=None):
    """Grade, write the tables and the feedback, print the marks; return the exit code."""
    from autograder.reports import feedback, mark_changes

    course, output = Path(course), Path(output)
    graded, rejected = grade_class(submissions, course, jobs, roster, unsafe, timestamps, executor)
    keys = {(line.student, line.assignment) for line in graded}
    students = {line.student for line in graded}
    with mark_changes.keep_previous(course, output):
        marks_tables.write_tables(course, keys, output)
    feedback.write_feedback(
        records.iter_records(course, only=[k for k in submission_state.list_graded(course) if k[0] in students]),
        output / "feedback",
    )
    print(marks_tables.format_table(graded, rejected))
    failed = [line for line in graded if line.status == "infra-error"]
    print(f"\n{len(graded)} submissions of {len(students)} students; tables and feedback in {output}/")
    if failed:
        print(f"{len(failed)} could not be graded (infra-error): run the command again")
    return 1 if failed else 0
