"""Grade a class: intake, a pool of trusted runners, nbgrader's gradebook, and the tables made from it.

The pool fills the course's store of results, keyed by content. Then nbgrader autogrades what changed; its pipeline
finds every result in the store. An interrupted run resumes, and nothing is graded twice.
"""

import csv
import multiprocessing
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from tqdm import tqdm

from autograder import TOPICS, intake, release, runner, sandbox
from autograder.nbgrader_config import course_config, database
from autograder.preprocessors import job_for

warnings.filterwarnings("ignore", module="nbgrader")  # SQLAlchemy's remarks on nbgrader's own code

TRIES = 2
GRADE_COLUMNS = ["student", "assignment", "grade_id", "aspect", "score", "max_score", "status", "hint"]
SUMMARY_COLUMNS = ["student", "assignment", "score", "max_score", "manual_pending", "status"]


@dataclass
class Submission:
    """One upload on its way to a mark.

    Attributes
    ----------
    result : dict or None
        From :func:`runner.run`; None after an infra-error.
    rows : list of tuple
        Its lines of ``grades.csv``.
    """

    upload: intake.Upload
    job: dict
    result: dict | None = None
    problem: str = ""
    rows: list = field(default_factory=list)
    score: float = 0.0
    max_score: float = 0.0
    manual_pending: int = 0

    @property
    def status(self):
        """How the submission ended: one word."""
        if self.result is None:
            return "infra-error"
        if self.result["status"] == "graded" and self.manual_pending:
            return "manual-pending"
        return self.result["status"]

    @property
    def remark(self):
        """What a person should know about it: one line, or nothing."""
        found = [self.problem, self.result["problem"] if self.result else "", *self.upload.remarks]
        return "; ".join(dict.fromkeys(r for r in found if r))


def grade(submissions, course, jobs=None, roster=None, unsafe=False):
    """Grade every upload.

    Parameters
    ----------
    submissions : path
        See :func:`intake.collect`.
    course : pathlib.Path
        The course folder; made, with a release, if it does not exist.
    jobs : int, optional
        Runner processes; as many as there are cores by default.
    roster : collection of str, optional
        The students of the course; others are named and left out.
    unsafe : bool
        Without the sandbox.

    Returns
    -------
    graded : list of Submission
    rejected : list of str
        What was not graded, and why.

    Raises
    ------
    sandbox.SandboxError
        If this host has no sandbox that holds.
    """
    if not unsafe:
        sandbox.prove()
    release.generate(course)
    uploads, rejected = intake.collect(submissions)
    if roster is not None:
        rejected += [f"{u.student}/{u.assignment}: not on the roster" for u in uploads if u.student not in roster]
        uploads = [u for u in uploads if u.student in roster]
    graded = [admit(upload, course) for upload in tqdm(uploads, "intake", file=sys.stdout, disable=not uploads)]
    store = runner.Results(course / "results")
    run_all(graded, store, jobs, unsafe)
    merge(graded, course)
    with Gradebook(database(course)) as gradebook:
        for submission in graded:
            read_marks(submission, gradebook)
    return graded, rejected


def admit(upload, course):
    """Place one upload in the course and describe its job."""
    intake.place(upload, course)
    folder = course / "submitted" / upload.student / upload.assignment
    notebook = intake.rebuild(release.hidden_cells(course, upload.assignment), placed_sources(folder, upload))
    return Submission(upload, job_for(course, upload.assignment, notebook, folder))


def placed_sources(folder, upload):
    """Return the sources of the notebook as it was placed: what nbgrader will read."""
    return intake.sources_by_id(nbformat.read(folder / f"{upload.assignment}.ipynb", as_version=4).cells)


def run_all(graded, store, jobs, unsafe):
    """Fill in every result: from the store, or from a pool of runners that fills the store."""
    todo = []
    for submission in graded:
        submission.result = store.get(submission.job)
        if submission.result is None:
            todo.append(submission)
    bar = tqdm(total=len(graded), initial=len(graded) - len(todo), desc="grading", file=sys.stdout, disable=not graded)
    with bar:
        for _ in range(TRIES):
            todo = run_pool(todo, store, jobs, unsafe, bar)
            if not todo:
                return


def run_pool(todo, store, jobs, unsafe, bar):
    """Run the jobs on a pool of fresh processes; return the submissions that still have no result."""
    if not todo:
        return []
    context, failed = multiprocessing.get_context("spawn"), []
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        waiting = {pool.submit(runner.run, s.job, unsafe): s for s in todo}
        try:
            for future in as_completed(waiting):
                submission = waiting[future]
                try:
                    submission.result = future.result()
                    store.put(submission.job, submission.result)
                    submission.problem = ""
                    bar.update()
                except (runner.InfraError, BrokenProcessPool, OSError) as error:
                    submission.result, submission.problem = None, f"{type(error).__name__}: {error}"
                    failed.append(submission)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            print("\nInterrupted. What was graded is kept: the same command goes on from here.")
            raise
    return failed


def merge(graded, course):
    """Let nbgrader autograde every submission whose result is not yet in the gradebook."""
    api = NbGraderAPI(config=course_config(course))
    fresh = [s for s in graded if s.result is not None and not is_merged(s, course)]
    for submission in tqdm(fresh, "gradebook", file=sys.stdout, disable=not fresh):
        upload = submission.upload
        outcome = api.autograde(upload.assignment, upload.student, force=True, create=True)
        if outcome["success"]:
            mark_merged(submission, course)
        else:
            submission.result = None
            submission.problem = "nbgrader: " + (outcome.get("error") or outcome.get("log", "")).strip()[-500:]


def merged_file(submission, course):
    """Return the file that remembers which result of a submission the gradebook holds."""
    return course / "merged" / submission.upload.student / submission.upload.assignment


def is_merged(submission, course):
    """Does the gradebook hold this very result?"""
    file = merged_file(submission, course)
    return file.exists() and file.read_text() == merge_key(submission)


def mark_merged(submission, course):
    """Remember that the gradebook holds this result."""
    file = merged_file(submission, course)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(merge_key(submission))


def merge_key(submission):
    """Return what has to change for the gradebook to be out of date: the job, or a written answer."""
    return runner.key({**submission.job, "sources": submission.upload.sources})


def read_marks(submission, gradebook):
    """Fill in score and rows from the gradebook, which also holds what people graded."""
    upload = submission.upload
    if submission.result is None:
        return
    record = gradebook.find_submission(upload.assignment, upload.student)
    submission.score = record.score - (record.late_submission_penalty or 0)
    submission.max_score = record.max_score
    for notebook in record.notebooks:
        for mark in sorted(notebook.grades, key=lambda g: order(submission, g.name)):
            submission.manual_pending += bool(mark.needs_manual_grade)
            submission.rows += rows(submission, mark)


def order(submission, grade_id):
    """Return where a cell stands in the notebook; written answers, which have no test, come last."""
    names = list(submission.result["cells"])
    return names.index(grade_id) if grade_id in names else len(names)


def rows(submission, mark):
    """Return the lines of ``grades.csv`` for one graded cell."""
    who = (submission.upload.student, submission.upload.assignment, mark.name)
    cell = submission.result["cells"].get(mark.name)
    if cell is None:
        status = "manual-pending" if mark.needs_manual_grade else "graded"
        return [(*who, "written answer", mark.score, mark.max_score, status, "")]
    lines = [(*who, o["aspect"], o["score"], o["max_score"], o["status"], o["hint"]) for o in cell["outcomes"]]
    if mark.manual_score is not None or mark.extra_credit:
        lines.append((*who, "changed by a person", mark.score - cell["score"], 0.0, "graded", ""))
    return lines


def write_tables(graded, output):
    """Write ``grades.csv`` and ``summary.csv``; no cell of theirs is a formula to a spreadsheet."""
    output.mkdir(parents=True, exist_ok=True)
    write_csv(output / "grades.csv", GRADE_COLUMNS, [row for s in graded for row in s.rows])
    write_csv(output / "summary.csv", SUMMARY_COLUMNS,
              [(s.upload.student, s.upload.assignment, s.score, s.max_score, s.manual_pending, s.status)
               for s in graded])


def write_csv(path, columns, lines):
    """Write one table, whole or not at all."""
    part = path.with_name(path.name + ".part")
    with open(part, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([harmless(v) for v in line] for line in lines)
    part.replace(path)


def harmless(value):
    """Return a cell that a spreadsheet shows and does not run: numbers short, formulas quoted."""
    if isinstance(value, float):
        return f"{round(value, 4):g}"
    text = str(value)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def table(graded, rejected):
    """Return the marks as text: a line per student, a column per assignment (by its number)."""
    students = sorted({s.upload.student for s in graded})
    found = {(s.upload.student, s.upload.assignment): s for s in graded}
    wide = max([len(s) for s in students] + [7])
    lines = [f"{'student':{wide}}" + "".join(f"  {a[:2]:>10}" for a in TOPICS.values()) + f"  {'total':>8}"]
    for student in students:
        line, total = f"{student:{wide}}", 0.0
        for assignment in TOPICS.values():
            s = found.get((student, assignment))
            total += s.score if s else 0.0
            mark = f"{s.score:g}/{s.max_score:g}" if s and s.result else "-"
            line += f"  {mark + (SIGNS.get(s.status, '!') if s else ''):>10}"
        lines.append(line + f"  {total:8g}")
    lines += ["", "* written answers wait for a person   ! see below", ""]
    for s in graded:
        notes = [s.status] * (s.status not in SIGNS) + [s.remark] * bool(s.remark)
        lines += [f"{s.upload.student}/{s.upload.assignment}: {'; '.join(notes)}"] * bool(notes)
    lines += [f"not graded: {r}" for r in rejected]
    return "\n".join(lines).rstrip()


SIGNS = {"graded": "", "manual-pending": "*"}
"""Status -> what stands behind the mark in the printed table; any other status has an exclamation mark and a line."""


def read_roster(path):
    """Read the students' names from the first column of a CSV (a header line ``student`` is skipped)."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        names = [line[0].strip() for line in csv.reader(file) if line]
    return {n for n in names if n and n not in ("student", "id")}


def run(submissions, output, course, jobs=None, roster=None, unsafe=False):
    """Grade, write the tables and the feedback, print the marks; return the exit code."""
    from autograder import feedback

    course, output = Path(course), Path(output)
    names = read_roster(roster) if roster else None
    graded, rejected = grade(submissions, course, jobs, names, unsafe)
    write_tables(graded, output)
    feedback.write(graded, course, output / "feedback")
    print(table(graded, rejected))
    failed = [s for s in graded if s.result is None]
    print(f"\n{len(graded)} submissions of {len({s.upload.student for s in graded})} students; "
          f"tables and feedback in {output}/")
    if failed:
        print(f"{len(failed)} could not be graded (infra-error): run the command again")
    return 1 if failed else 0
