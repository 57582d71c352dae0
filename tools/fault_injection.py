"""Show that faults never change a mark: kill the grader, fill the disk, lose the gradebook, kill workers, and compare.

``python -m tools.fault_injection`` grades a small class undisturbed and keeps everything that a person sees: records,
tables, feedback, graded notebooks, the number of rows in the gradebook. Then it runs the same command in many rounds,
with one fault in each, and runs it again as ``docs/faults.md`` says; the results must be those of the undisturbed run.
In the class are a hanging and a crashing submission, late ones, one with a mark that a person gave, and one that was
handed in twice.
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
from tools.fault_injection_course import (
    HANGS,
    TOKEN,
    WANTED,
    compare_when_finished,
    copy_course,
    prepare_class,
    read_visible_results,
)

GRACE = 5.0
"""Seconds after which no process of a killed run may be left: the kernel takes a moment to empty a namespace."""
VICTIMS = 8
"""How many runners or sandboxes are killed in one run."""


@dataclass(frozen=True)
class Row:
    """One line of the table: what happened, when and at which stage; processes left; what came out differently."""

    fault: str
    moment: str
    stage: str
    left: int
    wrong: list


def find_stage(place, before, began):
    """Return the stage that a run has reached, judged by the files that it has written.

    Parameters
    ----------
    place : CourseRun
    before : tuple of int
        What :func:`count_results` returned before the run.
    began : float
        When the run was started, in seconds since the epoch.
    """
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
    """Return how many submissions are placed, judged, and recorded as written to the gradebook."""
    return tuple(len(list(course.glob(pattern))) for pattern in ("submitted/*/*", "results/*.json", "state/*/*.json"))


def run_and_kill(place, when, whole):
    """Start a run and kill it; return the stage hit ("" if it had ended before) and how many processes are left.

    Parameters
    ----------
    place : CourseRun
    when : float or str
        Seconds after the start, or the stage to wait for.
    whole : bool
        Kill the whole process group; otherwise only the main process, as a system that runs out of memory does.
    """
    before, began = count_results(place.course), time.time()
    process = place.start()
    while process.poll() is None:
        if isinstance(when, float):
            reached = time.time() - began > when
        else:
            reached = find_stage(place, before, began).startswith(when)
        if reached:
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
    """Return the processes of a killed run that are still alive after a moment, and kill them.

    Parameters
    ----------
    place : CourseRun
    family : list of psutil.Process
        The child processes of the run.
    seconds : float
        How long they may take to end.
    """
    end = time.monotonic() + seconds
    while found := [p for p in {*family, *iter_marked_processes(place)} if is_alive(p)]:
        if time.monotonic() > end:
            break
        time.sleep(0.1)
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    return found


def iter_marked_processes(place):
    """Yield the processes that have the token of a round in their environment; those in a sandbox do not."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(TOKEN) == str(place.folder):
                yield process


def is_alive(process):
    """Does a process run?"""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def run_random_kills(sample, folder, count, rng):
    """Yield rounds in which the grader is killed: at moments spread over the whole run, then at chosen stages.

    Parameters
    ----------
    sample : SampleClass
    folder : pathlib.Path
        Where a round takes place; it does not exist yet.
    count : int
        Rounds at random moments.
    rng : random.Random
    """
    for number in range(count):
        further_kills = 2 if number % 5 == 2 else 0
        shares = [(number + rng.random()) / count, *(rng.random() for _ in range(further_kills))]
        yield run_kill_round(sample, folder, sample.new if number % 5 == 3 else sample.course, shares, number % 3 == 1)
    for name in ("release", "gradebook", "tables", "feedback"):
        yield run_kill_round(sample, folder, sample.new if name == "release" else sample.course, [name], False)


def run_kill_round(sample, folder, course, moments, whole):
    """Kill one run or several in a row, then let the grader finish; return the line of the table.

    Parameters
    ----------
    sample : SampleClass
    folder, course : pathlib.Path
        Where the round takes place, and the course that is copied to it.
    moments : list of float or str
        When to kill each run: a share of the length of an undisturbed run, from 0 to 1, or a stage.
    whole : bool
        As in :func:`run_and_kill`.
    """
    place, hit, remain, said = copy_course(folder, sample.inbox, course), [], 0, []
    for moment in moments:
        chosen = isinstance(moment, str)
        while True:
            when = moment if chosen else sample.seconds[course] * moment
            began = time.monotonic()
            where, count = run_and_kill(place, when, whole)
            if where or chosen or hit:
                break
            sample.seconds[course] = time.monotonic() - began  # the computer is not as busy as it was
            shutil.rmtree(folder)
            place = copy_course(folder, sample.inbox, course)
        hit, remain = [*hit, where or "had ended"], remain + count
        said.append("chosen" if chosen else f"{when:.1f} s")
    name = "kill group" if whole else "kill main"
    if course == sample.new:
        name += ", new course"
    wrong = compare_when_finished(place, sample, course == sample.new)
    return Row(name, ", ".join(said), "; ".join(hit), remain, wrong)


@contextlib.contextmanager
def mount_small_disk(folder):
    """Mount a small disk at a folder; yield a function that changes its size."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "faults", folder], check=True, capture_output=True)
    try:
        yield lambda size: subprocess.run(["mount", "-o", f"remount,size={size}", folder], check=True)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def run_disk_rounds(sample, folder, shares=(0.02, 0.2, 0.4, 0.6, 0.8, 0.95)):
    """Yield rounds in which the disk is full after a share of what a run writes.

    Parameters
    ----------
    sample : SampleClass
    folder : pathlib.Path
    shares : sequence of float
        From 0 to 1.
    """
    if os.geteuid():
        print("      the full disk was NOT TRIED: only root can mount a small one")
        return
    used = []
    for course in (sample.course, sample.done.folder):
        with mount_small_disk(folder):
            shutil.copytree(course, folder / "all")
            used.append(shutil.disk_usage(folder).used)
        folder.rmdir()
    for share in shares:
        with mount_small_disk(folder) as resize:
            place = copy_course(folder, sample.inbox, sample.course)
            resize(int(used[0] + share * (used[1] - used[0])))
            before, began = count_results(place.course), time.time()
            code = place.grade()
            hit = find_stage(place, before, began)
            wrong = [place.find_complaint()] if code == 2 else [f"exit code {code}"]
            resize("1g")
            row = Row("disk full", f"at {share:.0%}", hit, len(find_leftovers(place, [])),
                      [*filter(None, wrong), *compare_when_finished(place, sample)])
        folder.rmdir()
        yield row


def overwrite_file(book, at, length):
    """Overwrite ``length`` bytes of a file, from the offset ``at``."""
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
"""Kind of damage to the gradebook -> (function that does it, expected exit code of the next run)."""


def run_gradebook_rounds(sample, folder):
    """Yield rounds in which the gradebook is damaged between two runs, or is deleted during a run."""
    for name, (damage, expected) in DAMAGES.items():
        place = copy_course(folder, sample.inbox, sample.done.course, sample.done.output)
        damage(place.course / "gradebook.db")
        code = place.grade()
        wrong = [f"exit code {code}"] if code != expected else []
        if code == 2 and place.find_complaint():
            wrong.append(place.find_complaint())
        if code:  # as the message says
            (place.course / "gradebook.db").rename(folder / "damaged.db")
        yield Row(f"gradebook {name}", "between runs", "", 0, wrong + compare_when_finished(place, sample, lost=True))
    place = copy_course(folder, sample.inbox, sample.course)
    before, began = count_results(place.course), time.time()
    process = place.start()
    while process.poll() is None and count_results(place.course)[2] < before[2] + 3:
        time.sleep(0.01)
    hit = find_stage(place, before, began)
    (place.course / "gradebook.db").unlink()
    wrong = [] if process.wait() else ["exit code 0 without a gradebook"]
    yield Row("gradebook deleted", "during a run", hit, 0, wrong + compare_when_finished(place, sample, lost=True))


def run_worker_rounds(sample, folder, rng):
    """Yield rounds in which runners and sandboxes are killed at random during a run; ``rng`` is a random.Random."""
    for kinds in (("runner",), ("sandbox",), ("runner", "sandbox")):
        place = copy_course(folder, sample.inbox, sample.course)
        process, said = place.start(), []
        while process.poll() is None and len(said) < VICTIMS:
            time.sleep(rng.uniform(0.2, 1.2))
            said += kill_workers(process, rng.choice(kinds), rng)
        process.wait()
        wrong = [] if said else ["no worker was met"]
        yield Row(f"kill {' and '.join(kinds)}", f"{len(said)} times", "grading", len(find_leftovers(place, [])),
                  wrong + compare_when_finished(place, sample))


def kill_workers(process, kind, rng):
    """Kill a runner, or the worker in a sandbox, as soon as there is one.

    Parameters
    ----------
    process : subprocess.Popen
        The grader.
    kind : str
        ``"runner"`` or ``"sandbox"``.
    rng : random.Random

    Returns
    -------
    killed : list of str
        ``[kind]``, or nothing if the grader ended before.
    """
    words = {"runner": "spawn_main", "sandbox": "/grader/worker.py"}[kind]
    while process.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            family = psutil.Process(process.pid).children(recursive=True)
            if found := [p for p in family if words in " ".join(p.cmdline())]:
                rng.choice(found).kill()
                return [kind]
        time.sleep(0.01)
    return []


def run_hanging_round(sample, folder):
    """Yield one round without the submission that hangs: the others get the same marks, and did not wait for it."""
    inbox = shutil.copytree(sample.inbox, folder / "inbox", symlinks=True)
    shutil.rmtree(inbox / HANGS)
    place = copy_course(folder, inbox, sample.course)
    code, theirs = place.grade(), f"record of {HANGS}/"
    others = {n: text for n, text in sample.expected.items() if n.startswith("record of") and not n.startswith(theirs)}
    mine = {n: text for n, text in read_visible_results(place).items() if n.startswith("record of")}
    wrong = [f"exit code {code}"] if code else []
    wrong += list_changes(others, mine)
    meanwhile = list_judged_meanwhile(sample)
    if not meanwhile:
        wrong.append("the others waited")
    yield Row("hanging submission", "never there", f"{meanwhile} judged while it hung", 0, wrong)


def list_judged_meanwhile(sample):
    """Return how many submissions were judged in the undisturbed run while the hanging one was with its runner."""
    hung = submission_state.read_state(sample.done.course, HANGS, list_topics()["linear_classifier"])
    ended = {p.stem: p.stat().st_mtime for p in (sample.done.course / "results").glob("*.json")}
    return sum(0 < ended[hung.result] - other < hung.seconds for other in ended.values())


KINDS = {
    "kills": lambda sample, folder, count, rng: run_random_kills(sample, folder, count, rng),
    "disk": lambda sample, folder, count, rng: run_disk_rounds(sample, folder),
    "gradebook": lambda sample, folder, count, rng: run_gradebook_rounds(sample, folder),
    "workers": lambda sample, folder, count, rng: run_worker_rounds(sample, folder, rng),
    "hanging": lambda sample, folder, count, rng: run_hanging_round(sample, folder),
}


def run_all_rounds(count=20, seed=0, only=tuple(KINDS)):
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
        sample, folder = prepare_class(Path(name)), Path(name) / "round"
        print(f"undisturbed: {sum(map(len, WANTED.values()))} submissions in {sample.seconds[sample.course]:.1f} s, "
              f"in a new course in {sample.seconds[sample.new]:.1f} s\n")
        print(f"{'':5} {'fault':30} {'moment':26} {'stage hit':46} left  equal", flush=True)
        for kind in only:
            for row in KINDS[kind](sample, folder, count, rng):
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
    """Print what all rounds together show; return the exit code."""
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
    return run_all_rounds(args.kills, args.seed, args.only or tuple(KINDS))


if __name__ == "__main__":
    sys.exit(main())
