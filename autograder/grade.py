"""Grade a class: uploads go in; the gradebook, the tables and the feedback come out.

One pass: an upload is admitted, placed in the course and described as a job; a runner judges it; the writer puts the
result into nbgrader's gradebook. Only submissions on their way are in memory. Results are stored by content, and
``state/`` says what the gradebook holds: an interrupted run continues where it was, and nothing is graded twice.
"""

import contextlib
import hashlib
import json
import sys
import time
import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook
from tqdm import tqdm

from autograder.course import submission_state
from autograder.course.assignment import load_assignment
from autograder.course.files import is_disk_full
from autograder.course.roster import enroll_students, load_roster, load_senders, read_roster, store_senders
from autograder.course.settings import SETTINGS_FILE, CourseSettings, load_settings
from autograder.course.submission_state import SubmissionState
from autograder.course.text import clean_line
from autograder.course.topics import list_assignments
from autograder.gradebook import due_dates, lateness, records
from autograder.gradebook.admission import remember_reading
from autograder.gradebook.database import is_connection_lost, protect_gradebook, read_database_address
from autograder.gradebook.writer import Writer
from autograder.inbox import reading, uploads
from autograder.inbox.copies import Submission
from autograder.inbox.reading import Options, Reading
from autograder.inbox.uploads import Upload
from autograder.release import release, source_changes
from autograder.reports import marks_tables
from autograder.reports.marks_tables import TableLine
from autograder.runners import local, schedule
from autograder.runners.jobs import Job, make_job
from autograder.runners.results import Results, hash_job
from autograder.runners.runner import Result
from autograder.sandbox import canary

warnings.filterwarnings("ignore", module="nbgrader")  # SQLAlchemy's remarks on nbgrader's own code

TRIES = 2
BATCH, BATCH_SECONDS = 20, 2.0
"""Most submissions in a transaction, and how long it may stay open."""

Key = tuple[str, str]
"""(student, assignment)."""


@dataclass(frozen=True)
class PendingSubmission:
    """One submission on its way to the gradebook.

    Attributes
    ----------
    key : (str, str)
        Student and assignment.
    job_key : str
        Hash of the job: where its result is stored.
    content_key : str
        Hash of everything in the gradebook that comes from the submission: the job and the written answers.
    written : dict
        grade_id -> source of the cells that the student wrote in.
    upload : Upload
        What was admitted, with remarks on what was not.
    """

    key: Key
    job_key: str
    content_key: str
    written: Mapping[str, str]
    upload: Upload


def grade_class(
    submissions: str | Path, course: Path, jobs: int | None = None, roster: Path | None = None, unsafe: bool = False,
    timestamps: Path | None = None, executor: Executor | None = None,
    options: Options = Options(),
) -> tuple[list[TableLine], list[str]]:
    """Grade every upload; the marks are then in the gradebook.

    Parameters
    ----------
    submissions : path
        A folder or an archive: see :mod:`autograder.inbox.reading`.
    course : path
        The course folder; made, with a release, if it does not exist.
    jobs : int, optional
        Number of runner processes; by default one per core.
    roster : path, optional
        CSV with the students of the course (stored for later runs); submissions of others are rejected.
    unsafe : bool
        Run student code without the sandbox.
    timestamps : path, optional
        CSV with the times at which submissions arrived (stored for later runs).
    executor : concurrent.futures.Executor, optional
        Runs the jobs on hosts whose sandbox was proved; by default a pool of processes on this one.
    options : Options, optional
        How the inbox is to be read.

    Returns
    -------
    lines : list of TableLine
        Sorted; everything else is in :func:`autograder.gradebook.records.iter_records`.
    rejected : list of str
        What was not graded, and why.

    Raises
    ------
    SandboxError
        If this host has no sandbox that holds.
    """
    if not unsafe and executor is None:
        canary.prove(course)
    found = admit_submissions(submissions, course, roster, options)
    admitted = found.submissions
    times = lateness.store_times(course, timestamps) if timestamps else lateness.load_times(course)
    if timestamps:
        name_unknown(course, times, admitted)
    with (
        Writer(course) as writer,
        contextlib.nullcontext(executor) if executor else local.open_local_pool(jobs) as runners,
        make_progress_bar(admitted) as progress,
    ):
        run = GradingRun(course, writer, times, unsafe, progress)
        run.grade_submissions(admitted, runners)
        untimed = set(lateness.update_lateness(writer.gradebook, course))
    class_records = records.iter_records(course, only=admitted, work=False)
    return [make_table_line(record, untimed) for record in class_records], found.rejected


def admit_submissions(submissions: str | Path, course: Path, roster_file: Path | None = None,
                      options: Options = Options()) -> Reading:
    """Read the inbox, then prepare the course; nothing of it is touched if the inbox holds no submission.

    Parameters
    ----------
    submissions : path
        A folder or an archive: see :mod:`autograder.inbox.reading`.
    course : path
        The course folder; made if it does not exist.
    roster_file : path, optional
        CSV with the students of the course; by default the one that the course has stored.
    options : Options, optional
        How the inbox is to be read.

    Returns
    -------
    reading : Reading
        The submissions of the students on the roster; of all, if there is none.
    """
    found = read_submissions(submissions, course, roster_file, options)
    reading.check_reading(found, submissions)
    if options.trust_names:
        print(reading.format_taken(found))
    course.mkdir(parents=True, exist_ok=True)
    prepare_course(course)
    if roster_file:
        with Gradebook(read_database_address(course)) as gradebook:
            enroll_students(gradebook, course, roster_file, options.columns)
    if options.who_file:
        store_senders(course, options.who_file)
    lateness.store_arrivals(course, {key: submission.time for key, submission in found.submissions.items()})
    return found


def read_submissions(submissions: str | Path, course: Path, roster_file: Path | None = None,
                     options: Options = Options()) -> Reading:
    """Read an inbox and change nothing; see :func:`admit_submissions`."""
    roster = read_roster(roster_file, options.columns) if roster_file else load_roster(course)
    who = load_senders(course, options.who_file, roster)
    with release.lend_release(course) as find_release:
        found = reading.read_inbox(Path(submissions), roster, who, options, find_release)
    return reject_other_assignments(found, load_settings(course))


def reject_other_assignments(found: Reading, settings: CourseSettings) -> Reading:
    """Return a reading without the submissions of assignments that the course leaves out: they are named."""
    if not settings.assignments:
        return found
    mine = {key: submission for key, submission in found.submissions.items() if key[1] in settings.assignments}
    others = [f"{'/'.join(key)}: {SETTINGS_FILE} does not list this assignment ({', '.join(settings.assignments)})"
              for key in found.submissions if key not in mine]
    return replace(found, submissions=mine, rejected=[*found.rejected, *others])


def name_unknown(course: Path, times: Collection[Key], admitted: Collection[Key]) -> None:
    """Print the names in a table of times that are nobody's in the course."""
    with Gradebook(read_database_address(course)) as gradebook:
        known = {student.id for student in gradebook.students} | {student for student, _ in admitted}
    mine = load_settings(course).select_assignments(list_assignments())
    for line in due_dates.list_unknown_names(times, known, mine):
        print(line)


def prepare_course(course: Path) -> None:
    """Make the release if there is none, and again if the gradebook has lost its assignments.

    The course grades by the sources that it released, whatever the checkout has become since; one sentence says so.
    """
    release.complete_release(course)
    protect_gradebook(course)
    with Gradebook(read_database_address(course)) as gradebook:
        names = {assignment.name for assignment in gradebook.assignments}
    mine = load_settings(course).select_assignments(list_assignments())
    if not names.issuperset(mine):
        release.complete_release(course, force=True)
    changed = source_changes.list_changed_notebooks(course, mine)
    if changed:
        print(f"The checkout's notebooks are not those that the course released ({', '.join(changed)}): the class is "
              "graded by the released ones (`release --update` takes the new ones; docs/regrading.md).")


def make_progress_bar(submissions: Collection[Key]) -> tqdm:
    """Return the progress bar of a run."""
    return tqdm(total=len(submissions), desc="grading", file=sys.stdout, disable=not submissions)


def make_table_line(record: records.Record, untimed: Collection[Key] = ()) -> TableLine:
    """Return what the printed table says of a record; ``untimed`` are the submissions without a time of arrival."""
    remarks = [record.remark] if record.remark else []
    if (record.student, record.assignment) in untimed:
        remarks.append("no time of arrival is known, taken as on time")
    return TableLine(record.student, record.assignment, record.status, "; ".join(remarks), record.score,
                     record.max_score, record.manual_pending)


class GradingRun:
    """One pass over a class.

    Parameters
    ----------
    course : path
        The course folder.
    writer : Writer
        Of the course's gradebook, open.
    times : dict
        (student, assignment) -> time of arrival in UTC, as far as known.
    unsafe : bool
        Run student code without the sandbox.
    progress : tqdm
        Advanced by one for every submission that is done.
    """

    def __init__(
        self, course: Path, writer: Writer, times: Mapping[Key, datetime], unsafe: bool, progress: tqdm
    ) -> None:
        self.course, self.writer, self.times = course, writer, times
        self.unsafe, self.progress = unsafe, progress
        self.store = Results(course / "results")
        self.auto_scores: Mapping[Key, float] = writer.read_automatic_marks()
        self.failed: dict[Key, str] = {}
        self.batch: list[tuple[Key, SubmissionState]] = []
        self.batch_began, self.batch_size = 0.0, BATCH
        self.submissions_left: Counter[str] = Counter()  # per student
        self.students_done = 0

    def grade_submissions(self, admitted: Mapping[Key, Submission], executor: Executor) -> None:
        """Grade all submissions. Those that fail are tried again, one at a time: no other one can be the reason then.

        Parameters
        ----------
        admitted : dict
            (student, assignment) -> submission.
        executor : concurrent.futures.Executor
            Runs the jobs.
        """
        self.submissions_left = Counter(student for student, _ in admitted)
        keys = list(admitted)
        try:
            for attempt in range(TRIES):
                self.failed, self.batch_size = {}, 1 if attempt else BATCH
                work = self.iter_jobs(keys, admitted)
                for pending, outcome in schedule.run_jobs(work, executor, self.unsafe, 1 if attempt else None):
                    self.take_outcome(pending, outcome)
                self.commit_batch()
                keys = list(self.failed)
        except KeyboardInterrupt:
            self.commit_batch()
            print("\nInterrupted. What was graded is kept: the same command goes on from here.")
            raise
        for (student, assignment), problem in self.failed.items():
            before = self.load_state((student, assignment))
            state = SubmissionState("infra-error", problem, submitted_checksum=before.submitted_checksum,
                                    confirmed_for=before.confirmed_for, looked_at=before.looked_at,
                                    members=list(admitted[student, assignment].members))
            submission_state.write_state(self.course, student, assignment, state)

    def iter_jobs(
        self, keys: Iterable[Key], admitted: Mapping[Key, Submission]
    ) -> Iterator[tuple[PendingSubmission, Job]]:
        """Yield what a runner must judge; a submission whose result is stored goes to the gradebook at once."""
        for key in keys:
            try:
                pending, job = self.admit_upload(key, admitted[key])
                result = self.store.get(pending.job_key)
                if result is not None and self.is_graded(pending):
                    self.count_done(key)
                    continue
            except Exception as error:  # one upload must not keep the others from being graded
                self.record_failure(key, error)
                continue
            if result is None:
                yield pending, job
            else:
                self.write_result(pending, result)

    def admit_upload(self, key: Key, submission: Submission) -> tuple[PendingSubmission, Job]:
        """Read one upload, place it in the course, and describe its job."""
        student, assignment = key
        upload = uploads.read_submission(key, submission, load_assignment(self.course, assignment).outline)
        uploads.place_upload(upload, self.course)
        lateness.write_timestamp(self.course / "submitted" / student / assignment, self.times.get(key))
        written = load_assignment(self.course, assignment).select_written(upload.sources or {})
        job = make_job(self.course, assignment, written, upload.module)
        job_key = hash_job(job)
        content_key = hash_content(job_key, written, upload.not_found)
        return PendingSubmission(key, job_key, content_key, written, upload), job

    def is_graded(self, pending: PendingSubmission) -> bool:
        """Does the gradebook hold the marks of this very submission by this very grader?"""
        student, assignment = pending.key
        state = submission_state.read_state(self.course, student, assignment)
        if state is None or state.graded_key != pending.content_key:
            return False
        if abs(self.auto_scores.get(pending.key, -1) - state.auto_score) > 1e-6:
            return False
        if not self.writer.notebook_path(student, assignment).exists():
            return False
        noted = uploads.note_reading(state, pending.upload)
        if noted != state:
            submission_state.write_state(self.course, student, assignment, noted)
        return True

    def take_outcome(self, pending: PendingSubmission, outcome: Result | BaseException) -> None:
        """Store the result of a job, and write it into the gradebook."""
        try:
            if isinstance(outcome, BaseException):
                raise outcome
            self.store.put(pending.job_key, outcome)
        except Exception as error:
            self.record_failure(pending.key, error)
        else:
            self.write_result(pending, outcome)

    def write_result(self, pending: PendingSubmission, result: Result) -> None:
        """Write one result into the open transaction, and commit that if it is full."""
        if not self.batch:
            self.batch_began = time.monotonic()
        state = uploads.note_reading(self.load_state(pending.key), pending.upload)
        try:
            auto_score = self.writer.write(*pending.key, pending.written, result, state)
        except Exception as error:
            self.record_failure(pending.key, error)
            self.drop_batch(error)
            return
        state = replace(state, status=result["status"], problem=result["problem"], seconds=result["seconds"],
                        result=pending.job_key, graded_key=pending.content_key, auto_score=auto_score)
        self.batch.append((pending.key, state))
        if len(self.batch) >= self.batch_size or time.monotonic() - self.batch_began > BATCH_SECONDS:
            self.commit_batch()

    def load_state(self, key: Key) -> SubmissionState:
        """Return what the course remembers of a submission; a new state if it has not been graded before."""
        student, assignment = key
        return submission_state.read_state(self.course, student, assignment) or SubmissionState("graded")

    def commit_batch(self) -> None:
        """Commit the transaction, then write the states: after a kill in between, the same rows are written again."""
        try:
            self.writer.commit()
            for (student, assignment), state in self.batch:
                submission_state.write_state(self.course, student, assignment, state)
                self.count_done((student, assignment))
            self.batch = []
        except Exception as error:
            self.drop_batch(error)

    def drop_batch(self, error: Exception) -> None:
        """Give up the transaction: its results are stored, its rows are written at the next try."""
        with contextlib.suppress(Exception):
            self.writer.rollback()
        for key, _ in self.batch:
            self.record_failure(key, error)
        self.batch = []

    def record_failure(self, key: Key, error: Exception) -> None:
        """Note that the grader failed on a submission; a full disk or a lost server ends the run."""
        if is_disk_full(error) or is_connection_lost(error):
            raise error
        self.failed[key] = format_error(error)
        self.show_progress()

    def count_done(self, key: Key) -> None:
        """Count a submission as done."""
        student = key[0]
        self.submissions_left[student] -= 1
        if not self.submissions_left[student]:
            self.students_done += 1
        self.progress.update()
        self.show_progress()

    def show_progress(self) -> None:
        """Show how many students are done, and how many submissions have failed so far."""
        text = f"students {self.students_done}/{len(self.submissions_left)}, failed {len(self.failed)}"
        self.progress.set_postfix_str(text, refresh=False)


def format_error(error: BaseException) -> str:
    """Return an error as one line for a person."""
    return clean_line(f"{type(error).__name__}: {' '.join(str(error).split())}")


def hash_content(job_key: str, written: Mapping[str, str], not_found: Sequence[str] = ()) -> str:
    """Return the hash of the job, the written answers and those not found: it tells when a gradebook is out of date."""
    parts = [job_key, written, *([list(not_found)] if not_found else [])]  # as it was before, where all were found
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def collect_class(submissions: str | Path, course: str | Path, roster: Path | None = None,
                  options: Options = Options(), dry_run: bool = False) -> int:
    """Take uploads into the course without grading them, and print what was left out.

    Parameters
    ----------
    submissions : path
        A folder or an archive: see :mod:`autograder.inbox.reading`.
    course : path
        The course folder; made, with a release, if it does not exist.
    roster : path, optional
        CSV with the students of the course (stored for later runs).
    options : Options, optional
        How the inbox is to be read.
    dry_run : bool
        Print what would be taken from what, and touch nothing.

    Returns
    -------
    code : int
        The exit code, 0.
    """
    course = Path(course)
    if dry_run:
        found = read_submissions(submissions, course, roster, options)
        print(reading.format_reading(found))
        if options.trust_names:
            print(reading.format_taken(found))
        reading.check_reading(found, submissions, with_reasons=False)
        return 0
    found = admit_submissions(submissions, course, roster, options)
    admitted, rejected = found.submissions, found.rejected
    for key, submission in tqdm(admitted.items(), "intake", file=sys.stdout, disable=not admitted):
        upload = uploads.read_submission(key, submission, load_assignment(course, key[1]).outline)
        uploads.place_upload(upload, course)
        remember_reading(course, upload)
        rejected += [f"{'/'.join(key)}: {remark}" for remark in [*upload.doubts, *upload.remarks]]
    print("\n".join(rejected))
    print(f"{len(admitted)} submissions of {len({key[0] for key in admitted})} students are in {course / 'submitted'}/")
    return 0


def run_grade(
    submissions: str | Path, output: str | Path, course: str | Path, jobs: int | None = None,
    roster: Path | None = None, unsafe: bool = False, timestamps: Path | None = None, executor: Executor | None = None,
    options: Options = Options(),
) -> int:
    """Grade a class, write the tables and the feedback, and print the marks.

    Parameters
    ----------
    submissions, course, jobs, roster, unsafe, timestamps, executor, options
        See :func:`grade_class`.
    output : path
        Folder that gets ``grades.csv`` and ``summary.csv`` of all that the course has graded, and
        ``feedback/<student>.html``; the tables that were there go to its ``previous/``.

    Returns
    -------
    code : int
        The exit code: 1 if a submission could not be graded, else 0.
    """
    from autograder.reports import feedback, mark_changes

    course, output = Path(course), Path(output)
    lines, rejected = grade_class(submissions, course, jobs, roster, unsafe, timestamps, executor, options)
    students = {line.student for line in lines}
    with mark_changes.keep_previous(course, output):
        totals = marks_tables.write_tables(course, None, output)
    pages = [key for key in submission_state.list_graded(course) if key[0] in students]
    settings = load_settings(course)
    feedback.write_feedback(records.iter_records(course, only=pages), output / "feedback", settings=settings)
    print(marks_tables.format_table(lines, rejected, settings, totals))
    print("\n".join(["", *due_dates.list_due_dates(course)]).rstrip())
    failures = sum(line.status == "infra-error" for line in lines)
    print(f"\n{len(lines)} submissions of {len(students)} students; tables and feedback in {output}/")
    if failures:
        print(f"{failures} could not be graded (infra-error): if the reason above can be mended, mend it; then run the "
              "command again")
    return 1 if failures else 0
