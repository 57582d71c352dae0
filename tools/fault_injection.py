"""Faults never change a mark: kill the grader, fill the disk, lose the gradebook, kill its workers, and compare.

``python -m tools.fault_injection`` grades a small class undisturbed and keeps all that a person sees: records, tables,
feedback, graded notebooks, the number of rows in the gradebook. Then, round after round, something happens to the same
command; it is run again as ``docs/faults.md`` says, and everything must be as it was. The class has a hanging and a
crashing submission, late ones, a mark that a person gave, and one that was handed in again.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from autograder.course import submission_state
from autograder.course.topics import list_topics
from autograder.release import release
from autograder.sandbox import canary
from autograder.verify.host_snapshot import list_changes
from tools.fault_injection_course import HANGS, TOKEN, WANTED, fresh, make, outcome, seen

GRACE = 5.0
"""Seconds after which nothing of a killed run may be left: the kernel takes a moment to empty a namespace."""
VICTIMS = 8
"""So many runners or sandboxes are killed in one run."""


@dataclass(frozen=True)
class Row:
    """One line of the table: what happened, when and at which stage; processes left; what came out differently."""

    fault: str
    moment: str
    stage: str
    left: int
    wrong: list


def find_stage(place, before, began):
    """Say how far a run has come, by the files that it leaves."""
    course, output = place.course, place.output

    def new(path):
        return path.exists() and path.stat().st_mtime > began

    if any(new(p) for p in (output / "feedback").glob("*")):
        return "feedback"
    if any(new(p) for p in output.glob("grades.csv*")):
        return "tables"
    if not (course / "release" / release.COMPLETE_FILE).exists():
        return "release"
    counts = count_results(course)
    if counts == before:
        return "set-up"
    text = "gradebook" if (course / "gradebook.db-journal").exists() else "grading"
    return text + " ({} placed, {} judged, {} held)".format(*counts)


def count_results(course):
    """Return how many submissions are placed, judged, and known to be in the gradebook."""
    return tuple(len(list(course.glob(pattern))) for pattern in ("submitted/*/*", "results/*.json", "state/*/*.json"))


def run_and_kill(place, when, whole):
    """Start a run and kill it; return the stage hit ("" if it had ended before) and how many processes are left.

    Parameters
    ----------
    when : float or str
        Seconds after the start, or the stage to wait for.
    whole : bool
        The whole process group, or the main process alone as a system without memory does.
    """
    before, began = count_results(place.course), time.time()
    process = place.start()
    while process.poll() is None:
        if time.time() - began > when if isinstance(when, float) else find_stage(place, before, began).startswith(when):
            break
        time.sleep(0.002)
    else:
        return "", 0
    with contextlib.suppress(psutil.NoSuchProcess):
        family = psutil.Process(process.pid).children(recursive=True)
        kill = os.killpg if whole else os.kill
        kill(process.pid, signal.SIGKILL)
    process.wait()
    return find_stage(place, before, began), len(find_leftovers(place, family))


def find_leftovers(place, family, seconds=GRACE):
    """Return the processes of a killed run that are still there after a moment."""
    end = time.monotonic() + seconds
    while found := [p for p in {*family, *read_marks(place)} if is_alive(p)]:
        if time.monotonic() > end:
            break
        time.sleep(0.1)
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    return found


def read_marks(place):
    """Yield the processes that carry the mark of a round in their environment; those in a sandbox do not."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(TOKEN) == str(place.folder):
                yield process


def is_alive(process):
    """Does a process run?"""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def run_random_kills(known, folder, count, rng):
    """Yield rounds in which the grader is killed: at moments spread over the whole run, then at chosen stages."""
    for number in range(count):
        further_kills = 2 if number % 5 == 2 else 0
        shares = [(number + rng.random()) / count, *(rng.random() for _ in range(further_kills))]
        yield run_kill_round(known, folder, known.new if number % 5 == 3 else known.course, shares, number % 3 == 1)
    for name in ("release", "gradebook", "tables", "feedback"):
        yield run_kill_round(known, folder, known.new if name == "release" else known.course, [name], False)


def run_kill_round(known, folder, course, moments, whole):
    """Kill one or several runs in a row, then run to the end; moments are shares of a run's length, or stages."""
    place, hit, remain, said = fresh(folder, known.inbox, course), [], 0, []
    for moment in moments:
        chosen = isinstance(moment, str)
        while True:
            when = moment if chosen else known.seconds[course] * moment
            began = time.monotonic()
            where, count = run_and_kill(place, when, whole)
            if where or chosen or hit:
                break
            known.seconds[course] = time.monotonic() - began  # the computer is not as busy as it was
            shutil.rmtree(folder)
            place = fresh(folder, known.inbox, course)
        hit, remain = [*hit, where or "had ended"], remain + count
        said.append("chosen" if chosen else f"{when:.1f} s")
    name = "kill group" if whole else "kill main"
    if course == known.new:
        name += ", new course"
    return Row(name, ", ".join(said), "; ".join(hit), remain, outcome(place, known, course == known.new))


@contextlib.contextmanager
def mount_small_disk(folder):
    """Have a small disk of its own in a folder; yield a function that changes its size."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "faults", folder], check=True, capture_output=True)
    try:
        yield lambda size: subprocess.run(["mount", "-o", f"remount,size={size}", folder], check=True)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def run_disk_rounds(known, folder, shares=(0.02, 0.2, 0.4, 0.6, 0.8, 0.95)):
    """Yield rounds in which the disk is full after a share of what a run writes."""
    if os.geteuid():
        print("      the full disk was NOT TRIED: only root can mount a small one")
        return
    used = []
    for course in (known.course, known.done.folder):
        with mount_small_disk(folder):
            shutil.copytree(course, folder / "all")
            used.append(shutil.disk_usage(folder).used)
        folder.rmdir()
    for share in shares:
        with mount_small_disk(folder) as resize:
            place = fresh(folder, known.inbox, known.course)
            resize(int(used[0] + share * (used[1] - used[0])))
            before, began = count_results(place.course), time.time()
            code = place.grade()
            hit = find_stage(place, before, began)
            wrong = [place.complaint()] if code == 2 else [f"exit code {code}"]
            resize("1g")
            row = Row("disk full", f"at {share:.0%}", hit, len(find_leftovers(place, [])),
                      [*filter(None, wrong), *outcome(place, known)])
        folder.rmdir()
        yield row


def overwrite_file(book, at, length):
    """Overwrite a part of a file."""
    with open(book, "r+b") as file:
        file.seek(at)
        file.write(b"\xff" * length)


DAMAGES = {
    "deleted": (lambda book: book.unlink(), 0),
    "emptied": (lambda book: os.truncate(book, 0), 0),
    "deleted, journal left": (lambda book: (book.with_name("gradebook.db-journal").write_bytes(b"\xd9" * 5000),
                                            book.unlink()), 0),
    "cut in the middle": (lambda book: os.truncate(book, book.stat().st_size // 2), 2),
    "first bytes lost": (lambda book: overwrite_file(book, 0, 100), 2),
    "pages lost": (lambda book: overwrite_file(book, 4096, book.stat().st_size - 8192), 2),
}
"""What happens to the gradebook -> (how, exit code of the next run)."""


def run_gradebook_rounds(known, folder):
    """Yield rounds in which the gradebook is damaged between two runs, or goes while one is on its way."""
    for name, (damage, expected) in DAMAGES.items():
        place = fresh(folder, known.inbox, known.done.course, known.done.output)
        damage(place.course / "gradebook.db")
        code = place.grade()
        wrong = [f"exit code {code}"] if code != expected else []
        if code == 2 and place.complaint():
            wrong.append(place.complaint())
        if code:  # as the message says
            (place.course / "gradebook.db").rename(folder / "damaged.db")
        yield Row(f"gradebook {name}", "between runs", "", 0, wrong + outcome(place, known, lost=True))
    place = fresh(folder, known.inbox, known.course)
    before, began = count_results(place.course), time.time()
    process = place.start()
    while process.poll() is None and count_results(place.course)[2] < before[2] + 3:
        time.sleep(0.01)
    hit = find_stage(place, before, began)
    (place.course / "gradebook.db").unlink()
    wrong = [] if process.wait() else ["exit code 0 without a gradebook"]
    yield Row("gradebook deleted", "during a run", hit, 0, wrong + outcome(place, known, lost=True))


def run_worker_rounds(known, folder, rng):
    """Yield rounds in which runners and sandboxes are killed at random while a run goes on."""
    for kinds in (("runner",), ("sandbox",), ("runner", "sandbox")):
        place = fresh(folder, known.inbox, known.course)
        process, said = place.start(), []
        while process.poll() is None and len(said) < VICTIMS:
            time.sleep(rng.uniform(0.2, 1.2))
            said += kill_workers(process, rng.choice(kinds), rng)
        process.wait()
        wrong = [] if said else ["no worker was met"]
        yield Row(f"kill {' and '.join(kinds)}", f"{len(said)} times", "grading", len(find_leftovers(place, [])),
                  wrong + outcome(place, known))


def kill_workers(process, kind, rng):
    """Kill a runner or a sandbox's worker of a grader as soon as there is one; return [kind], or [] if it ended."""
    words = {"runner": "spawn_main", "sandbox": "/grader/worker.py"}[kind]
    while process.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            family = psutil.Process(process.pid).children(recursive=True)
            if found := [p for p in family if words in " ".join(p.cmdline())]:
                rng.choice(found).kill()
                return [kind]
        time.sleep(0.01)
    return []


def run_hanging_round(known, folder):
    """Yield one round without the submission that hangs: the others' marks must be the same, and not have waited."""
    inbox = shutil.copytree(known.inbox, folder / "inbox", symlinks=True)
    shutil.rmtree(inbox / HANGS)
    place = fresh(folder, inbox, known.course)
    code, theirs = place.grade(), f"record of {HANGS}/"
    others = {n: text for n, text in known.seen.items() if n.startswith("record of") and not n.startswith(theirs)}
    mine = {n: text for n, text in seen(place).items() if n.startswith("record of")}
    wrong = [f"exit code {code}"] if code else []
    wrong += list_changes(others, mine)
    meanwhile = list_judged_meanwhile(known)
    if not meanwhile:
        wrong.append("the others waited")
    yield Row("hanging submission", "never there", f"{meanwhile} judged while it hung", 0, wrong)


def list_judged_meanwhile(known):
    """Return how many submissions were judged in the undisturbed run while the hanging one was with its runner."""
    hung = submission_state.read_state(known.done.course, HANGS, list_topics()["linear_classifier"])
    ended = {p.stem: p.stat().st_mtime for p in (known.done.course / "results").glob("*.json")}
    return sum(0 < ended[hung.result] - other < hung.seconds for other in ended.values())


KINDS = {
    "kills": lambda known, folder, count, rng: run_random_kills(known, folder, count, rng),
    "disk": lambda known, folder, count, rng: run_disk_rounds(known, folder),
    "gradebook": lambda known, folder, count, rng: run_gradebook_rounds(known, folder),
    "workers": lambda known, folder, count, rng: run_worker_rounds(known, folder, rng),
    "hanging": lambda known, folder, count, rng: run_hanging_round(known, folder),
}


def run_round(count=20, seed=0, only=tuple(KINDS)):
    """Run every round and print the table; return the exit code.

    Parameters
    ----------
    count : int
        Rounds with kills at random moments.
    seed : int
        Of the moments.
    only : collection of str
        Kinds of faults, of :data:`KINDS`.
    """
    canary.prove()
    rng, rows = random.Random(seed), []
    with tempfile.TemporaryDirectory() as name:
        known, folder = make(Path(name)), Path(name) / "round"
        print(f"undisturbed: {sum(map(len, WANTED.values()))} submissions in {known.seconds[known.course]:.1f} s, in a "
              f"new course in {known.seconds[known.new]:.1f} s\n\n{'':5} {'fault':30} {'moment':26} {'stage hit':46} "
              "left  equal", flush=True)
        for kind in only:
            for row in KINDS[kind](known, folder, count, rng):
                rows.append(row)
                print_row(len(rows), row)
                shutil.rmtree(folder, ignore_errors=True)
    return print_verdict(rows)


def print_row(number, row):
    """Print one line of the table, and below it what is wrong."""
    print(f"{number:5} {row.fault:30} {row.moment:26} {row.stage:46} {row.left:4}  {'NO' if row.wrong else 'yes'}",
          flush=True)
    for line in row.wrong[:5]:
        print(f"      {line}")


def print_verdict(rows):
    """Say what all rounds together show; return the exit code."""
    bad = [row for row in rows if row.wrong or row.left]
    print(f"\n{len(rows)} rounds: {len(rows) - len(bad)} ended with the marks of the undisturbed run and nothing left "
          f"running, {len(bad)} did not: " + ("FAULTS CHANGE MARKS" if bad else "faults change no mark"))
    return 1 if bad else 0


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.fault_injection", description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=20, help="rounds with kills at random moments (default: 20)")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments (default: 0)")
    parser.add_argument("--only", action="append", choices=tuple(KINDS), help="only this kind (may be repeated)")
    args = parser.parse_args()
    return run_round(args.kills, args.seed, args.only or tuple(KINDS))


if __name__ == "__main__":
    sys.exit(main())
