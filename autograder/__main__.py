"""Release the workbook, grade a class, prove the grader. ``python -m autograder COMMAND --help`` says more."""

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course.files import is_disk_full
from autograder.course.settings import TOTAL, find_assignment
from autograder.course.text import escape_for_terminal
from autograder.course.topics import assignment_of, list_assignments, list_topics
from autograder.errors import AutograderError, CourseError, LostSourcesError
from autograder.rooms import open_course

if TYPE_CHECKING:  # commands import what they need
    from autograder.inbox.reading import Options
    from autograder.release.source_changes import SourceChange

SOURCES = ("gradescope", "moodle", "brightspace", "blackboard", "canvas", "exchange", "github", "plain")
COURSE = Path("course")
COURSELESS = ("verify", "moves", "doctor", "new-topic")
INIT_EXAMPLE = """example:
  python -m autograder init --title "Deep learning" --zone Europe/Berlin --assignments 00,01,03 \\
      --due 00="2026-10-24 23:59" --percent-per-day 10
"""
MOST_JOBS, MOST_COUNTED = 1024, 100_000


def parse_topics(text: str) -> list[str]:
    """Read ``00,01`` (or names of topics) as topics."""
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    numbers = [assignment[:2] for assignment in list_assignments()]
    unclear = [part for part in wanted if part not in list_topics() and numbers.count(part) != 1]
    if unclear:
        known = ", ".join(f"{assignment[:2]} {topic}" for topic, assignment in list_topics().items())
        raise argparse.ArgumentTypeError(f"unknown topic {unclear[0]!r} (known: {known})")
    return [part if part in list_topics() else list(list_topics())[numbers.index(part)] for part in wanted]


def parse_name(text: str) -> str:
    """Read the name of an assignment, its number or its topic; any other word stays, to be refused by its name."""
    return find_assignment(text, list_assignments()) or text


def parse_jobs(text: str) -> int:
    """Read a number of processes; 0 is the default, one per core."""
    return parse_number(text, "processes", 0, MOST_JOBS)


def parse_count(text: str) -> int:
    """Read how many of something are wanted."""
    return parse_number(text, "things", 1, MOST_COUNTED)


def parse_number(text: str, what: str, least: int, most: int) -> int:
    """Read a whole number.

    Parameters
    ----------
    text : str
        As it was typed.
    what : str
        What is counted, for the message.
    least, most : int
    """
    if not (text.isdecimal() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number of {what} (from {least} to {most})")
    return int(text)


def run_release(args: argparse.Namespace) -> int:
    """Make the release and, if asked, bring it into a workspace."""
    from autograder.release import release

    solved = args.solved or []
    try:
        release.complete_release(args.course)
    except LostSourcesError as error:
        if not args.update:
            raise
        print(f"{error.message}: the update replaces it")
    if not (confirm_update(args) if args.update else True) or not confirm_solved(args.course, solved, args.yes):
        print("Nothing was released. (--yes skips this question.)")
        return 1
    show_held_back(release.generate_release(args.course, args.update))
    archive = release.make_release(args.course, args.build, solved)
    print(f"released: {archive} ({archive.stat().st_size / 2**20:.1f} MB), no solution and no hidden test in it")
    show_settings(args.course, solved)
    for assignment in args.gradescope:
        from autograder.exports import gradescope_autograder

        archive = gradescope_autograder.build_archive(
            args.course, args.build / f"gradescope-{assignment}.zip", assignment, args.unsafe
        )
        print(f"Gradescope autograder: {archive} (docs/exporting.md)")
    if args.into:
        for name in release.merge_workspace(args.build / "workspace", args.into):
            print(f"kept your {name}")
        print(f"workspace: {args.into}")
    return 0


def confirm_update(args: argparse.Namespace) -> bool:
    """Say what an update of the release does to whom; ask, if somebody has handed in."""
    from autograder.release import release

    changes = release.list_changes(args.course)
    if not changes:
        print("The course has the checkout's sources already: there is nothing to update.")
        return True
    print("The update takes the checkout's sources into the course:")
    print("\n".join(line for change in changes for line in change.list_lines()))
    if not any(change.submissions for change in changes):
        return True
    print("Marks of cells that stay are kept. Run `grade` afterwards: until then new cells and cells with other points "
          "wait, and students who have the old notebook cannot answer what came.")
    return args.yes or ask("Update the release?")


def confirm_solved(course: Path, solved: list[str], yes: bool) -> bool:
    """Name the assignments that are not due yet, and ask before their solutions go out."""
    from autograder.release import release

    own = release.list_sources(course).values()
    given = [topic for topic in dict.fromkeys([*solved, *release.list_solved(course)]) if topic in own]
    still_open = release.list_not_yet_due(course, given) if given else []
    if not still_open:
        return True
    print(f"The deadline of {', '.join(still_open)} has not passed (or is not set).")
    return yes or ask("Give students the answers all the same?")


def ask(question: str) -> bool:
    """Ask a person; where nobody can answer, the answer is no."""
    return sys.stdin.isatty() and input(f"{question} [y/N] ").lower() == "y"


def show_held_back(changes: "list[SourceChange]") -> None:
    """Say which assignments stay as they were released because students have handed in."""
    for change in changes:
        lines = change.list_lines()
        print(f"{lines[0]}, so it stays as it was released. `release --update` would change")
        print("\n".join(lines[1:]))


def show_settings(course: Path, solved: list[str]) -> None:
    """Say what a course's own settings did to a release, and what goes before them."""
    from autograder.course.settings import SETTINGS_FILE, load_settings
    from autograder.gradebook import due_dates
    from autograder.release import release

    if not load_settings(course).is_written:
        return
    given = release.list_solved(course)
    if given:
        print(f"handed out solved ({SETTINGS_FILE}): {', '.join(map(assignment_of, given))}")
    if more := [assignment_of(topic) for topic in solved if topic not in given]:
        print(f"handed out solved by --solved, beside what {SETTINGS_FILE} says: {', '.join(more)}")
    print("\n".join(due_dates.list_due_dates(course)))


def run_collect(args: argparse.Namespace) -> int:
    """Take uploads into the course without grading them."""
    from autograder import grade

    return grade.collect_class(args.submissions, args.course, args.roster, make_options(args), args.dry_run)


def read_columns(text: str) -> dict[str, str]:
    """Read what ``--columns`` says."""
    from autograder.course.roster import parse_columns

    try:
        return parse_columns(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def make_options(args: argparse.Namespace) -> "Options":
    """Return how the inbox is to be read."""
    from autograder.inbox.reading import Options

    return Options(args.source, args.assignment or "", args.trust_names, args.who, args.columns)


def run_grade(args: argparse.Namespace) -> int:
    """Grade a class."""
    from autograder import grade
    from autograder.runners import executors

    with executors.connect_executor(args.scheduler, args.unsafe) as executor:
        return grade.run_grade(args.submissions, args.output, args.course, args.jobs, args.roster, args.unsafe,
                               args.timestamps, executor, make_options(args))


def run_init(args: argparse.Namespace) -> int:
    """Write the settings of a new course."""
    from autograder.course import settings_file

    late = {"percent_per_day": args.percent_per_day, "grace_minutes": args.grace_minutes, "at_most": args.at_most}
    answers = {"title": args.title, "zone": args.zone, "assignments": settings_file.resolve_names(args.assignments),
               "solved": settings_file.resolve_names(args.solved), "repository": args.repository,
               "due": dict(args.due), "late": {name: value for name, value in late.items() if value is not None},
               "weights": dict(args.weight), "points": dict(args.points)}
    said = {key: value for key, value in answers.items() if value}
    return settings_file.run_init(args.course, said, sys.stdin.isatty())


def parse_entry(text: str) -> tuple[str, str]:
    """Read ``NAME=VALUE`` as the assignment that is meant and the value."""
    from autograder.course.settings_file import resolve_names

    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not NAME=VALUE, as in 00=...")
    return resolve_names(name)[0], value.strip()


def parse_counted(text: str) -> tuple[str, float]:
    """Read ``NAME=NUMBER``."""
    name, value = parse_entry(text)
    try:
        return name, float(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} ends in no number") from None


def run_due(args: argparse.Namespace) -> int:
    """Set a due date, and show all."""
    from autograder.gradebook import due_dates

    return due_dates.run_due(args.course, args.assignment, args.time)


def run_settle(args: argparse.Namespace) -> int:
    """Say that a person has looked at a submission."""
    from autograder.gradebook import settling

    return settling.run_settle(args.course, args.student, args.assignment)


def run_feedback(args: argparse.Namespace) -> int:
    """Write the students' pages."""
    from autograder.reports import feedback

    return feedback.run_feedback(args.course, args.output, solved=args.solutions, closed=args.closed)


def run_report(args: argparse.Namespace) -> int:
    """Write the class report."""
    from autograder.reports import class_report

    return class_report.run_report(args.course, args.output, [args.assignment] if args.assignment else None)


def run_export(args: argparse.Namespace) -> int:
    """Write a gradebook for another system."""
    from autograder.exports import export, feedback_archive

    if args.feedback:
        if not args.assignment or args.table:
            raise CourseError("--feedback goes with --assignment, and without --table")
        return feedback_archive.write_feedback_archive(args.course, args.output, args.to, args.assignment,
                                                       args.feedback)
    assignments = [args.assignment] if args.assignment else None
    back = export.TableOptions(args.table, args.column, args.scale)
    return export.run_export(args.course, args.output, args.to, assignments, args.zeros, back)


def run_explain(args: argparse.Namespace) -> int:
    """Show how a mark came about."""
    from autograder.reports import explain

    return explain.explain_marks(args.course, args.student, args.assignment, args.grade_id, args.unsafe, args.all)


def run_similar(args: argparse.Namespace) -> int:
    """List look-alikes."""
    from autograder.reports import similarity

    return similarity.run_similarity(args.course, args.assignment, args.output, args.top)


def run_moves(args: argparse.Namespace) -> int:
    """Compare two tables of marks."""
    from autograder.reports import mark_changes

    return mark_changes.run_mark_changes(args.before or args.after / "previous", args.after, args.output)


def run_doctor(args: argparse.Namespace) -> int:
    """Look at this installation and its sandbox."""
    from autograder.sandbox.canary import examine_sandbox
    from cs231n_lib.lab.commands import doctor

    def iter_findings() -> Iterator[doctor.Finding]:  # each is printed as soon as it is there
        yield from doctor.run_diagnostics()
        yield doctor.Finding(*examine_sandbox())

    return doctor.report_findings(iter_findings())


def run_verify(args: argparse.Namespace) -> int:
    """Run the proofs."""
    from autograder.verify import proofs

    return 1 if proofs.run_proofs(args.topic, args.seeds, not args.no_attacks, args.mutants) else 0


def run_new_topic(args: argparse.Namespace) -> int:
    """Begin a topic."""
    from autograder.authoring import new_topic

    return new_topic.run_new_topic(args.name, args.function, args.course)


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser, with one sub-command per task of an instructor."""
    top = argparse.ArgumentParser(prog="python -m autograder", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        if name not in COURSELESS:
            sub.add_argument("--course", type=Path, default=COURSE, help="course folder (default: course)")
        return sub

    def output(p: argparse.ArgumentParser, default: str) -> None:
        p.add_argument("--output", type=Path, default=Path(default), help=f"where it goes (default: {default})")

    def uploads(p: argparse.ArgumentParser) -> None:
        p.add_argument("--submissions", type=Path, required=True, metavar="DIR",
                       help="an LMS's download, or DIR/<student>/<assignment>/..., as folder or archive "
                       "(docs/downloads.md)")
        p.add_argument("--roster", type=Path, help="CSV with the students of the course (docs/roster.md)")
        p.add_argument("--columns", type=read_columns, default={}, metavar="FIELD=HEADER,...",
                       help="which column of the roster is what, where its headers are not known")
        p.add_argument("--who", type=Path, metavar="CSV", help="which student a sender is, if the roster does not say")
        p.add_argument("--from", dest="source", choices=SOURCES, default="", help="read it as this source's (default: "
                       "what each name looks like)")
        p.add_argument("--assignment", type=parse_name, choices=tuple(list_assignments()), metavar="NAME",
                       help="what everything is for that does not say it itself, as in 03_initialization")
        p.add_argument("--trust-names", action="store_true",
                       help="without a roster, take senders for whom their source names; prints who was taken for whom")

    def one_assignment(p: argparse.ArgumentParser, *others: str) -> None:
        p.add_argument("--assignment", type=parse_name, choices=(*list_assignments(), *others), metavar="NAME",
                       help=" or ".join(["only this one, as in 03_initialization", *others]))

    def unsafe(p: argparse.ArgumentParser) -> None:
        p.add_argument("--unsafe", action="store_true",
                       help="run student code WITHOUT a sandbox (throw-away hosts only)")

    p = command("init", run_init, "write the settings of a course, course.toml: takes flags, or asks; never overwrites")
    p.formatter_class = argparse.RawDescriptionHelpFormatter
    p.epilog = INIT_EXAMPLE
    p.add_argument("--title", default="", help="of the course")
    p.add_argument("--zone", default="", help="time zone of due dates, as in Europe/Berlin")
    p.add_argument("--assignments", default="", metavar="00,01,03", help="notebooks of the course, in its order")
    p.add_argument("--solved", default="", metavar="02", help="modules that are handed out solved (default: of those "
                   "left out, what later ones may need)")
    p.add_argument("--due", action="append", default=[], type=parse_entry, metavar='00="2026-10-24 23:59"',
                   help="due date of one (may be repeated)")
    p.add_argument("--percent-per-day", type=float, metavar="10", help="lost for every day begun after the due date")
    p.add_argument("--grace-minutes", type=float, metavar="15", help="this much lateness costs nothing")
    p.add_argument("--at-most", type=float, metavar="50", help="per cent that can be lost")
    p.add_argument("--weight", action="append", default=[], type=parse_counted, metavar="00=20",
                   help="what one counts in the course total (may be repeated)")
    p.add_argument("--points", action="append", default=[], type=parse_counted, metavar="00=100",
                   help="points that one is shown with (may be repeated)")
    p.add_argument("--repository", default="", metavar="URL", help="public repository of the released notebooks")

    p = command("release", run_release, "make the student release: stripped, checked for leaks, zipped")
    p.add_argument("--build", type=Path, default=Path("build"), help="where the release goes (default: build)")
    p.add_argument("--solved", type=parse_topics, metavar="00,01", help="leave these modules solved")
    p.add_argument("--update", action="store_true",
                   help="take changed notebooks also where students have handed in; says what that does, and asks")
    p.add_argument("--yes", action="store_true", help="do not ask before an update or before releasing solutions")
    p.add_argument("--gradescope", action="append", default=[], metavar="NAME", type=parse_name,
                   choices=tuple(list_assignments()),
                   help="also make the zip of a Gradescope autograder for this assignment (may be repeated)")
    unsafe(p)
    p.add_argument("--into", type=Path, metavar="DIR", help="merge the release into a workspace; changed files stay")

    p = command("collect", run_collect, "take uploads into the course: read, never executed; say what was left out")
    uploads(p)
    p.add_argument("--dry-run", action="store_true", help="print what would be taken from what, and touch nothing")

    p = command("grade", run_grade, "grade a folder (or zip) of submissions: marks table, CSVs and feedback")
    uploads(p)
    p.add_argument("--output", type=Path, required=True, metavar="OUT",
                   help="gets grades.csv, summary.csv and feedback/<student>.html")
    p.add_argument("--timestamps", type=Path, metavar="CSV", help="when what was handed in (docs/roster.md)")
    where = p.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=parse_jobs, help="runner processes (default: one per core)")
    where.add_argument("--scheduler", metavar="ADDRESS",
                       help="grade on the Dask cluster behind this address (docs/cluster.md)")
    unsafe(p)

    p = command("due", run_due, "set a due date in the course's own time zone; show all due dates and extensions")
    p.add_argument("assignment", nargs="?", type=parse_name, choices=tuple(list_assignments()), metavar="NAME",
                   help="as in 03_initialization; without it nothing is set")
    p.add_argument("time", nargs="?", metavar="TIME", help='as in "2026-03-01 23:59", or none')

    p = command("settle", run_settle, "say that you have looked at what was to look at: its marks are final")
    p.add_argument("student", nargs="?", help="without it, what is to look at is listed")
    p.add_argument("assignment", nargs="?", type=parse_name, choices=tuple(list_assignments()), metavar="ASSIGNMENT",
                   help="as in 03_initialization")

    p = command("feedback", run_feedback, "write the students' pages once more, as after manual grading")
    output(p, "grades/feedback")
    p.add_argument("--solutions", nargs="*", metavar="NAME",
                   help="also show the solutions of the transfer questions (of these assignments), if they are over")
    p.add_argument("--closed", action="store_true", help="with --solutions: no more submissions are taken")

    p = command("report", run_report, "write the class report: distributions, mistakes, questions, who needs a person")
    one_assignment(p)
    output(p, "grades/report.html")

    p = command("export", run_export, "write the marks for another system")
    p.add_argument("--zeros", action="store_true", help="0 for what was not handed in, instead of no mark")
    p.add_argument("--to", required=True,
                   choices=("csv", "canvas", "moodle", "brightspace", "blackboard", "gradescope"))
    p.add_argument("--table", type=Path, metavar="CSV", help="the LMS's own table: it comes back with the marks filled "
                   "in, everything else as it was (docs/exporting.md)")
    p.add_argument("--feedback", type=Path, metavar="DOWNLOAD", help="the submissions as Canvas or Moodle gave them: "
                   "write the zip of feedback pages that it takes back, in place of marks")
    p.add_argument("--column", default="", metavar="HEADER", help="of the one assignment, if it is not named like it")
    p.add_argument("--scale", action="store_true", help="convert marks to the points that the LMS gives")
    one_assignment(p, TOTAL)
    output(p, "grades/export")

    p = command("explain", run_explain,
                "show the input, result and rule behind every mark that was lost (yours to see)")
    p.add_argument("student")
    p.add_argument("assignment")
    p.add_argument("grade_id", nargs="?", help="only this cell, as in relu-forward-test")
    p.add_argument("--all", action="store_true", help="also what was right")
    unsafe(p)

    p = command("similar", run_similar, "list pairs of submissions that are alike, for a person to look at")
    one_assignment(p)
    p.add_argument("--top", type=parse_count, default=20, help="pairs to list (default: 20)")
    p.add_argument("--output", type=Path, help="page with the functions side by side")

    p = command("moves", run_moves, "compare two runs of grade: whose mark moved, and why")
    p.add_argument("before", type=Path, nargs="?", help="the OUT of a grade before (default: AFTER/previous)")
    p.add_argument("after", type=Path, help="the OUT of a grade")
    p.add_argument("--output", type=Path, help="CSV of the moves")

    command("doctor", run_doctor,
            "look at Python, packages, kernel, data and the sandbox; say how to fix what is wrong")

    p = command("verify", run_verify, "prove the grader on known solutions, right and wrong, and on attacks")
    p.add_argument("--topic", action="append", choices=tuple(list_topics()), help="only this topic (may be repeated)")
    p.add_argument("--course", type=Path, help="also know the topics that this course has of its own")
    p.add_argument("--seeds", type=parse_count, default=20, help="course secrets to try the reference on (default 20)")
    p.add_argument("--mutants", action="store_true", help="also make mutants of every reference solution")
    p.add_argument("--no-attacks", action="store_true", help="leave the attacks out (they need the sandbox)")

    p = command("new-topic", run_new_topic, "begin a topic: a small notebook, module, hidden test and whatever else "
                "belongs to it, which run as they are")
    p.epilog = "example: python -m autograder new-topic label_smoothing --course course"
    p.add_argument("name", metavar="NAME", help="of the topic, as in label_smoothing")
    p.add_argument("--function", default="", metavar="NAME", help="of its first function (default: the topic's name)")
    p.add_argument("--course", type=Path, metavar="FOLDER",
                   help="make it this course's own, below FOLDER/topics (default: a topic of the workbook)")
    return top


@contextlib.contextmanager
def translate_errors() -> Iterator[None]:
    """Turn errors of the system, of the gradebook's database and of settings into an :class:`AutograderError`."""
    from sqlalchemy.exc import DatabaseError
    from traitlets import TraitError

    try:
        yield
    except DatabaseError as error:
        raise describe_database_error(error) from error
    except (AutograderError, OSError) as error:
        if is_disk_full(error):
            raise describe_full_disk(error) from error
        if isinstance(error, AutograderError):
            raise
        raise AutograderError(str(error)) from error
    except TraitError as error:
        raise CourseError(f"a setting in nbgrader_config.py cannot be used: {error}") from error


def describe_full_disk(error: Exception) -> AutograderError:
    """Return the error for a full disk."""
    detail = str(error).strip().splitlines()[-1]
    return AutograderError("the disk is full: free some space and run the same command again",
                           f"What was graded is kept. ({detail})")


def describe_database_error(error: Any) -> AutograderError:
    """Return the error for a gradebook that cannot be used, from a ``sqlalchemy.exc.DatabaseError``."""
    from autograder.gradebook.database import is_connection_lost

    if is_disk_full(error):
        return describe_full_disk(error)
    message = f"the gradebook cannot be used: {' '.join(str(error.orig).split())}"
    if is_connection_lost(error):
        return AutograderError(message, "See that its server runs and that c.CourseDirectory.db_url in "
                               "nbgrader_config.py is right, then run the same command again: what was graded is kept")
    if any(words in message for words in ("not a database", "malformed")):
        return AutograderError(message, "Put a copy from before in its place, or move gradebook.db out of the course; "
                               "then run `grade` again: automatic marks come back, what people entered does not "
                               "(docs/faults.md)")
    return AutograderError(message)


def find_course(arguments: Sequence[str]) -> Path | None:
    """Return the course that a command is for: its own topics are among the choices of the other options.

    Commands that need no course have one only if it is named: the folder may be anybody's.
    """
    early = argparse.ArgumentParser(add_help=False)
    early.add_argument("command", nargs="?")
    early.add_argument("--course", type=Path, nargs="?")
    known = early.parse_known_args(arguments)[0]
    return known.course or (None if known.command in COURSELESS else COURSE)


def refuse_course_of_an_upload(args: argparse.Namespace) -> None:
    """Raise a CourseError if the course lies among submissions: its settings and topics would be a student's."""
    uploads, course = getattr(args, "submissions", None), getattr(args, "course", None)
    if uploads and course and course.is_dir() and course.resolve().is_relative_to(uploads.resolve()):
        raise CourseError(f"the course {course} lies in the folder of submissions", "Name a folder elsewhere: --course")


def check_assignments(args: argparse.Namespace) -> None:
    """Refuse an assignment on the command line that the course leaves out."""
    from autograder.course.settings import SETTINGS_FILE, load_settings

    named = {getattr(args, "assignment", None), *getattr(args, "gradescope", [])} & list_assignments().keys()
    mine = load_settings(args.course).assignments if named and "course" in args else ()
    for name in sorted(named.difference(mine) if mine else ()):
        raise CourseError(f"{SETTINGS_FILE} does not list {name}, only {', '.join(mine)}")


def main() -> int:
    """Run one command; a problem that a person can solve is a message, not a traceback."""
    command = sys.argv[1] if len(sys.argv) > 1 else "autograder"
    try:
        with translate_errors():
            if course := find_course(sys.argv[1:]):
                open_course(course)
            args = make_parser().parse_args()
            refuse_course_of_an_upload(args)
            check_assignments(args)
            code = args.run(args)
            sys.stdout.flush()
            return code
    except AutograderError as error:
        if isinstance(error.__cause__, BrokenPipeError):  # as in ``python -m autograder similar | head``
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        else:
            print("\n".join(map(escape_for_terminal, f"{command}: {error}".split("\n"))), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
