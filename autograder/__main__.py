"""Release the workbook, grade a class, prove the grader. ``python -m autograder COMMAND --help`` says more."""

import argparse
import sys
from pathlib import Path

from autograder import TOPICS

NUMBERS = {assignment[:2]: topic for topic, assignment in TOPICS.items()}


def topics_of(text):
    """Read ``00,01`` (or names of topics) as topics."""
    found = [NUMBERS.get(part.strip(), part.strip()) for part in text.split(",") if part.strip()]
    unknown = [t for t in found if t not in TOPICS]
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown topic {unknown[0]!r} (known: {', '.join(NUMBERS)})")
    return found


def release(args):
    """Make the release and, if asked, bring it into a workspace."""
    from autograder import release

    solved = args.solved or []
    if solved:
        release.generate(args.course)
        still_open = release.upcoming(args.course, solved)
        if still_open and not args.yes:
            print(f"The deadline of {', '.join(still_open)} has not passed (or is not set).")
            if not sys.stdin.isatty() or input("Give students the answers all the same? [y/N] ").lower() != "y":
                print("Nothing was released. (--yes skips this question.)")
                return 1
    archive = release.release(args.course, args.build, solved)
    print(f"released: {archive} ({archive.stat().st_size / 2**20:.1f} MB), no solution and no hidden test in it")
    if args.into:
        for name in release.merge(args.build / "workspace", args.into):
            print(f"kept your {name}")
        print(f"workspace: {args.into}")
    return 0


def grade(args):
    """Grade a class."""
    from autograder import grade

    return grade.run(args.submissions, args.output, args.course, args.jobs, args.roster, args.unsafe)


def verify(args):
    """Run the proofs."""
    from autograder import verify as proofs

    return 1 if proofs.run(args.topic or tuple(TOPICS), args.seeds, not args.no_attacks) else 0


def parser():
    """Return the argument parser, one sub-command per thing an instructor does."""
    top = argparse.ArgumentParser(prog="python -m autograder", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, run, text):
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    p = command("release", release, "make the student release: stripped, checked for leaks, zipped")
    p.add_argument("--course", type=Path, default=Path("course"), help="course folder (default: course)")
    p.add_argument("--build", type=Path, default=Path("build"), help="where the release goes (default: build)")
    p.add_argument("--solved", type=topics_of, metavar="00,01", help="leave these modules solved")
    p.add_argument("--yes", action="store_true", help="do not ask before releasing solutions")
    p.add_argument("--into", type=Path, metavar="DIR", help="merge the release into a workspace; changed files stay")

    p = command("grade", grade, "grade a folder (or zip) of submissions: marks table, CSVs and feedback")
    p.add_argument("--submissions", type=Path, required=True, metavar="DIR",
                   help="DIR/<student>/<assignment>/..., zips of the same, or one zip of everything")
    p.add_argument("--output", type=Path, required=True, metavar="OUT",
                   help="gets grades.csv, summary.csv and feedback/<student>.html")
    p.add_argument("--course", type=Path, default=Path("course"), help="course folder (default: course)")
    p.add_argument("--jobs", type=int, help="runner processes (default: one per core)")
    p.add_argument("--roster", type=Path, help="CSV with the students' names in its first column")
    p.add_argument("--unsafe", action="store_true", help="run student code WITHOUT a sandbox (throw-away hosts only)")

    p = command("verify", verify, "prove the grader on known solutions, right and wrong, and on attacks")
    p.add_argument("--topic", action="append", choices=tuple(TOPICS), help="only this topic (may be repeated)")
    p.add_argument("--seeds", type=int, default=20, help="course secrets to try the reference on (default 20)")
    p.add_argument("--no-attacks", action="store_true", help="leave the attacks out (they need the sandbox)")
    return top


def main():
    """Run one command; a problem the user can mend is one line, not a traceback."""
    from autograder.release import ReleaseError
    from autograder.sandbox import SandboxError

    args = parser().parse_args()
    try:
        return args.run(args)
    except (ReleaseError, SandboxError, FileNotFoundError, NotADirectoryError) as error:
        print(f"{args.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
