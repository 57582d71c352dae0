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

from autograder import TOPICS, forms, intake, late, pool, records, release, roster, runner, sandbox, state, tables
from autograder.nbgrader_config import database, is_gone
from autograder.preprocessors import secret
from autograder.writer import Writer

warnings.filterwarnings("ignore", module="nbgrader")  # SQLAlchemy's remarks on nbgrader's own code

TRIES = 3
BATCH, BATCH_SECONDS = 20, 2.0
"""A transaction holds so many submissions at most, and is open for so long."""


@dataclass(frozen=True)
class Line:
    """What the printed table says of one submission: see :class:`autograder.records.Record`."""

    student: str
    assignment: str
    status: str
    remark: str
    score: float
    max_score: float
    manual_pending: int


@dataclass(frozen=True)
class Item:
    """One submission on its way: who, the keys of its job and of all that its marks depend on, what was written."""

    key: tuple
    job: str
    content: str
    written: dict
    remarks: list


def grade(submissions, course, jobs=None, roster=None, unsafe=False, timestamps=None, executor=None):
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
        Sorted; everything else is in :func:`autograder.records.each`.
    rejected : list of str
        What was not graded, and why.

    Raises
    ------
    sandbox.SandboxError
        If this host has no sandbox that holds.
    """
    if not unsafe and executor is None:
        sandbox.prove()
    found, rejected = admitted(submissions, course, roster)
    times = late.keep_times(course, timestamps) if timestamps else late.known_times(course)
    with (Writer(course) as writer, contextlib.nullcontext(executor) if executor else pool.local(jobs) as runners,
          bar(found) as progress):
        run = Run(course, writer, times, unsafe, progress)
        run.everything(found, runners)
        untimed = set(late.settle(writer.gradebook, course))
    return [line_of(r, untimed) for r in records.each(course, only=found, work=False)], rejected


def admitted(submissions, course, roster_file=None):
    """Make the course ready and look through the uploads.

    Returns
    -------
    found : dict
        From :func:`intake.found`, of the students on the roster.
    rejected : list of str
    """
    course.mkdir(parents=True, exist_ok=True)
    rejected = []
    found = intake.found(submissions, rejected)
    prepare(course)
    students = roster.known(course)
    if roster_file:
        with Gradebook(database(course)) as gradebook:
            students = roster.enroll(gradebook, course, roster_file)
    rejected = sorted(set(rejected))
    if students:
        rejected += roster.missing(students, found)
        found = {key: files for key, files in found.items() if key[0] in students}
    return found, rejected


def prepare(course):
    """Have the release, and its assignments in the gradebook: one that was lost is filled again."""
    release.generate(course)
    with Gradebook(database(course)) as gradebook:
        known = {assignment.name for assignment in gradebook.assignments}
    if not known.issuperset(TOPICS.values()):
        release.generate(course, force=True)


def bar(found):
    """Return the progress bar of a run."""
    return tqdm(total=len(found), desc="grading", file=sys.stdout, disable=not found)


def line_of(record, untimed=()):
    """Return what the printed table says of a record; ``untimed`` are the keys of what has no time of arrival."""
    late_or_not = "no time of arrival is known, taken as on time" * ((record.student, record.assignment) in untimed)
    remark = "; ".join(filter(None, [record.remark, late_or_not]))
    return Line(record.student, record.assignment, record.status, remark, record.score, record.max_score,
                record.manual_pending)


class Run:
    """One pass over a class.

    Parameters
    ----------
    course : pathlib.Path
    writer : autograder.writer.Writer
    times : dict
        (student, assignment) -> when it arrived, as far as known.
    unsafe : bool
        Without the sandbox.
    progress : tqdm
    """

    def __init__(self, course, writer, times, unsafe, progress):
        self.course, self.writer, self.times = course, writer, times
        self.unsafe, self.progress = unsafe, progress
        self.store, self.secret = runner.Results(course / "results"), secret(course)
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
                for item, outcome in pool.completed(work, executor, self.unsafe, 1 if attempt else None):
                    self.take(item, outcome)
                self.flush()
                keys = list(self.failed)
        except KeyboardInterrupt:
            self.flush()
            print("\nInterrupted. What was graded is kept: the same command goes on from here.")
            raise
        for key, problem in self.failed.items():
            known = self.known(key)
            state.write(self.course, *key, state.State("infra-error", problem, seen=known.seen, settled=known.settled))

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
        upload, topic = intake.admitted(key, files), intake.ASSIGNMENTS[key[1]]
        intake.place(upload, self.course)
        late.stamp_one(self.course / "submitted" / key[0] / key[1], self.times.get(key))
        form = forms.of(self.course, key[1])
        written = form.written(upload.sources or {})
        job = runner.make_job(topic, form.setup, form.tests, form.answers(written), upload.module, self.secret)
        job_key = runner.key(job)
        return Item(key, job_key, content_key(job_key, written), written, upload.remarks), job

    def is_held(self, item):
        """Does the gradebook hold this very submission, judged by this very grader?"""
        known = state.read(self.course, *item.key)
        if known is None or known.held != item.content or abs(self.auto.get(item.key, -1) - known.auto) > 1e-6:
            return False
        if not self.writer.notebook(*item.key).exists():
            return False
        if known.remarks != item.remarks:
            known.remarks = item.remarks
            state.write(self.course, *item.key, known)
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
                        result=item.job, held=item.content, auto=auto, remarks=item.remarks)
        self.batch.append((item.key, known))
        if len(self.batch) >= self.most or time.monotonic() - self.opened > BATCH_SECONDS:
            self.flush()

    def known(self, key):
        """Return what the course remembers of a submission."""
        return state.read(self.course, *key) or state.State("graded")

    def flush(self):
        """Commit the batch, and then say so in ``state/``: a kill in between writes the same rows once more."""
        try:
            self.writer.commit()
            for key, known in self.batch:
                state.write(self.course, *key, known)
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
        if state.is_full(error) or is_gone(error):
            raise error
        self.failed[key] = one_line(error)
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


def one_line(error):
    """Return an error as one line for a person."""
    return intake.printable(f"{type(error).__name__}: {' '.join(str(error).split())}")


def content_key(job_key, written):
    """Return what has to change for the gradebook to be out of date: the job, or a written answer."""
    return hashlib.sha256(json.dumps([job_key, written], sort_keys=True).encode()).hexdigest()


def collect(submissions, course, roster=None):
    """Take uploads into the course without grading them; say what was left out. Return the exit code."""
    course = Path(course)
    found, rejected = admitted(submissions, course, roster)
    for key, files in tqdm(found.items(), "intake", file=sys.stdout, disable=not found):
        upload = intake.admitted(key, files)
        intake.place(upload, course)
        rejected += [f"{'/'.join(key)}: {remark}" for remark in upload.remarks]
    print("\n".join(rejected))
    print(f"{len(found)} submissions of {len({key[0] for key in found})} students are in {course / 'submitted'}/")
    return 0


def run(submissions, output, course, jobs=None, roster=None, unsafe=False, timestamps=None, executor=None):
    """Grade, write the tables and the feedback, print the marks; return the exit code."""
    from autograder import feedback, moves

    course, output = Path(course), Path(output)
    graded, rejected = grade(submissions, course, jobs, roster, unsafe, timestamps, executor)
    keys = {(line.student, line.assignment) for line in graded}
    students = {line.student for line in graded}
    with moves.kept(course, output):
        tables.write(course, keys, output)
    feedback.write(records.each(course, only=[k for k in state.known(course) if k[0] in students]),
                   output / "feedback")
    print(tables.text(graded, rejected))
    failed = [line for line in graded if line.status == "infra-error"]
    print(f"\n{len(graded)} submissions of {len(students)} students; tables and feedback in {output}/")
    if failed:
        print(f"{len(failed)} could not be graded (infra-error): run the command again")
    return 1 if failed else 0
