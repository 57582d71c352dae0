"""Are marks, checks and notebooks the same on every machine? ``make portability``, or ``python -m tools.portability``.

What is numeric is run again with other kernels of OpenBLAS, without instructions that NumPy would use, with one thread
and two, and with every Python from 3.11 up that is on this machine and the newest NumPy it takes. One factor changes at
a time; two rows more change all of them together: the oldest processor and the newest.

A row counts only if it is proven: threadpoolctl and NumPy are asked which kernel, how many threads and which features
there are, in the grader's process and in a student's inside the sandbox. What cannot be had here is "not run", never
"ok". A student's process has one thread in every row, because the sandbox refuses threads.
"""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.reference import ROOT
from tools import portability_marks

KERNELS = ("Nehalem", "Haswell", "SkylakeX")
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
CHOOSING = ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES", *THREADS)
"""Variables that choose what NumPy computes with."""
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
LOGS = ROOT / "build" / "portability"
PROOF = '''
def describe():
    import numpy
    import threadpoolctl
    try:
        from numpy._core import _multiarray_umath as umath
    except ImportError:
        from numpy.core import _multiarray_umath as umath
    blas = [lib for lib in threadpoolctl.threadpool_info() if lib["user_api"] == "blas"]
    known = [*umath.__cpu_baseline__, *umath.__cpu_dispatch__]  # what NumPy has code for
    features = " ".join(name for name in known if umath.__cpu_features__.get(name))
    return [blas[0].get("architecture", "unknown") if blas else "none", str(blas[0]["num_threads"] if blas else 0),
            features, numpy.__version__]
'''
"""A submission that says what it runs on; the grader's process executes the same lines."""


@dataclass(frozen=True)
class Part:
    """Something numeric that is run in every row.

    Attributes
    ----------
    name : str
    arguments : tuple of str
        What the row's Python gets.
    fast : tuple of str or None
        The same for ``--fast``; None if the part is left out there.
    """

    name: str
    arguments: tuple
    fast: tuple | None = None


PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
PARTS = (
    Part("topics", (*PYTEST, "tests/library")),
    Part("checks", (*PYTEST, "tests/lab/check", "--ignore", "tests/lab/check/test_limits.py",  # it measures time
                    "tests/tools/test_known_results.py", "tests/tools/test_diagnosis_accuracy.py"),
         (*PYTEST, "tests/lab/check/test_check.py",
          "tests/tools/test_known_results.py::test_committed_file_is_up_to_date")),
    Part("marks", ("-m", "tools.portability_marks", "--jobs"), ("-m", "tools.portability_marks", "--fast", "--jobs")),
    Part("notebooks", ("-m", "tools.execute_notebooks", "--fresh", "--once", "--untimed", "--jobs", "1")),
)


@dataclass(frozen=True)
class Row:
    """One environment.

    Attributes
    ----------
    name : str
    kernel : str
        Kernel of OpenBLAS that is asked for; "" for the one that it chooses.
    without : tuple of str
        Features of the processor that NumPy must not use.
    threads : int
    python : str
        Interpreter, "" for the one that runs this.
    reason : str
        Why it cannot be run here, if it cannot.
    """

    name: str
    kernel: str = ""
    without: tuple = ()
    threads: int = 1
    python: str = ""
    reason: str = ""

    @property
    def folder(self) -> str:
        """Name of its temporary folder and of its logs."""
        return re.sub(r"\W+", "_", self.name)

    @property
    def is_own(self) -> bool:
        """Does it change nothing: this machine's own kernel, features and Python, with one thread?"""
        return not (self.kernel or self.without or self.python) and self.threads == 1

    @property
    def variables(self) -> dict[str, str]:
        """What is set in the environment."""
        chosen = dict.fromkeys(THREADS, str(self.threads))
        if self.kernel:
            chosen["OPENBLAS_CORETYPE"] = self.kernel
        if self.without:
            chosen["NPY_DISABLE_CPU_FEATURES"] = " ".join(self.without)
        return chosen


@dataclass(frozen=True)
class Verdict:
    """What came of one part in one row: "ok", "differs" or "not run", and which test or why."""

    state: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.state}: {self.detail}" if self.detail else self.state


@dataclass
class Children:
    """The processes that run now, each the head of a group of its own, so that nothing outlives this one."""

    running: set = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: bool = False

    def run(self, command: list, variables: Mapping[str, str], folder: Path) -> tuple[int, str]:
        """Run a command whose temporary files lie in ``folder``; return its exit code and what it printed."""
        environment = {k: v for k, v in os.environ.items() if k not in (*CHOOSING, "PYTHONPATH", "PYTEST_ADDOPTS")}
        folder.mkdir(parents=True, exist_ok=True)
        environment |= {"TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1", **variables}
        with self.lock:
            if self.stopped:
                return 130, "stopped"
            child = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
            self.running.add(child)
        output, _ = child.communicate()
        with self.lock:
            self.running.discard(child)
        return child.returncode, output

    def stop(self) -> None:
        """End all of them, and let none start."""
        with self.lock:
            self.stopped = True
            for child in self.running:
                try:
                    os.killpg(child.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass


# -- the rows --------------------------------------------------------------------------------------------------------


def list_switchable_features(older_than_avx2: bool) -> tuple:
    """Return the features that NumPy would use here and may leave at run time: AVX-512's, with AVX2's and FMA3 or not.

    NumPy 2.4 calls AVX2 with FMA3 X86_V3, and the first of AVX-512 X86_V4.
    """
    from numpy._core import _multiarray_umath as umath

    names = r"AVX512\w*|X86_V4" + (r"|X86_V3|AVX2|FMA3" if older_than_avx2 else "")
    return tuple(name for name in umath.__cpu_dispatch__
                 if re.fullmatch(names, name) and umath.__cpu_features__.get(name))


def find_python(version: str) -> str:
    """Return a Python of this version on this machine, "" if there is none: on PATH, or one of pyenv's."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [shutil.which(f"python{version}"),
                  *sorted(home.glob(f"versions/{version}.*/bin/python{version}"), reverse=True)]
    for candidate in filter(None, candidates):
        run = subprocess.run([str(candidate), "-c", "import ensurepip, sys; print(sys.version_info[:2])"],
                             capture_output=True, text=True)
        if run.returncode == 0:
            return str(candidate)
    return ""


def list_rows(fast: bool = False) -> list[Row]:
    """Return the rows of the matrix: one factor at a time, then the two extremes."""
    oldest, no_avx512 = list_switchable_features(True), list_switchable_features(False)
    extremes = [Row("oldest processor", kernel=KERNELS[0], without=oldest),
                Row("newest processor", kernel=KERNELS[-1], threads=2)]
    if fast:
        return extremes
    missing = "NumPy has nothing of it to leave on this processor"
    rows = [Row(f"kernel {kernel}", kernel=kernel) for kernel in KERNELS]
    rows += [Row("no AVX-512", without=no_avx512, reason="" if no_avx512 else missing),
             Row("no AVX2, FMA3", without=oldest, reason="" if oldest else missing)]
    rows += [Row(f"threads {n}", threads=n, reason="" if n <= (os.cpu_count() or 1) else "too few processors")
             for n in (1, 2)]
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for version in (v for v in PYTHONS if v != own):
        python = find_python(version)
        rows.append(Row(f"Python {version}", python=python, reason="" if python else f"no python{version} here"))
    return rows + extremes


# -- the proof -------------------------------------------------------------------------------------------------------


def prove_both_sides() -> dict:
    """Return what NumPy runs on, in this process and in a student's inside the sandbox."""
    from autograder.sandbox.client import SandboxedModule

    namespace: dict = {}
    exec(PROOF, namespace)
    with SandboxedModule(PROOF, "activations") as student:
        inside = student.call("describe").value
    return {"grader": namespace["describe"](), "student": [str(item) for item in inside]}


def find_flaw(row: Row, proof: Mapping) -> str:
    """Return why a row is not what it says, "" if the proof bears it out on both sides."""
    for side, threads in (("grader", row.threads), ("student", 1)):
        kernel, count, features, _ = proof[side]
        if row.kernel and kernel != row.kernel:
            return f"the {side}'s process has the kernel {kernel}"
        if int(count) != threads:
            return f"the {side}'s process has {count} threads"
        if left := set(row.without) & set(features.split()):
            return f"the {side}'s process has {' '.join(sorted(left))}"
    if proof["grader"][0] != proof["student"][0] or proof["grader"][2:] != proof["student"][2:]:
        return "the grader's process and the student's differ"
    return ""


def describe_proof(proof: Mapping) -> str:
    """Return what a row ran on, in one line."""
    kernel, threads, features, numpy = proof["grader"]
    return f"kernel {kernel}, {threads} thread(s), NumPy {numpy} with {features}"


# -- the cells -------------------------------------------------------------------------------------------------------


def judge_output(code: int, output: str) -> Verdict:
    """Return the verdict on a part by its exit code and what it printed."""
    if code == 0:
        return Verdict("ok")
    names = re.findall(r"^(?:FAILED|ERROR|DIFFERS) (.+?)(?: - .*)?$", output, re.M)
    names += re.findall(r"^(\d\d_\w+) .*FAILED\b", output, re.M)
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "no output")
    return Verdict("differs", "; ".join(names) or f"exit code {code}: {last.strip()[:160]}")


def install_python(row: Row, folder: Path, children: Children) -> tuple[str, str]:
    """Make an environment for the row's Python from the lock; return its interpreter, and what went wrong."""
    venv = folder / "venv"
    python = str(venv / "bin" / "python")
    lock = f"{python} -m pip install --require-hashes --only-binary :all: -r requirements.lock"
    for command in ([row.python, "-m", "venv", str(venv)], lock.split()):
        code, output = children.run(command, {}, folder / "tmp")
        if code:
            return "", f"its packages cannot be installed: {output.strip().splitlines()[-1][:160]}"
    packages = next(venv.glob("lib/python*/site-packages"))
    (packages / "workbook.pth").write_text(f"{ROOT}\n")  # what an editable install writes
    return python, ""


@dataclass(frozen=True)
class Run:
    """What the rows of one run have in common.

    Attributes
    ----------
    folder : pathlib.Path
        Everything temporary lies in it.
    parts : list of (name, arguments)
    children : Children
    report : callable
        Prints a line of progress.
    jobs_written : threading.Event
        Set when the jobs of the part "marks" are there.
    finished : dict
        What a row ran on -> (its name, its verdicts).
    """

    folder: Path
    parts: list
    children: Children
    report: Callable[[str], None]
    jobs_written: threading.Event = field(default_factory=threading.Event)
    finished: dict = field(default_factory=dict)


def run_part(row: Row, name: str, command: list, run: Run) -> Verdict:
    """Run one part in one row; keep what it printed if it differs."""
    if name == "marks":
        run.jobs_written.wait()
    began = time.monotonic()
    printed = run.children.run(command, row.variables, run.folder / row.folder / "tmp")
    verdict = judge_output(*printed)
    if verdict.state != "ok" and not run.children.stopped:
        LOGS.mkdir(parents=True, exist_ok=True)
        (LOGS / f"{row.folder}-{name}.txt").write_text(printed[1])
    run.report(f"{row.name}: {name} {verdict.state} ({time.monotonic() - began:.0f} s)")
    return verdict


def run_row(row: Row, run: Run) -> tuple[dict, str]:
    """Prove a row and run its parts; return part -> :class:`Verdict`, and what it ran on."""
    folder = run.folder / row.folder
    python, reason = sys.executable, row.reason
    if not reason and row.python:
        run.report(f"{row.name}: installing its packages")
        python, reason = install_python(row, folder, run.children)
    proof: dict = {}
    if not reason:
        command = [python, "-m", "tools.portability", "--prove"]
        code, output = run.children.run(command, row.variables, folder / "tmp")
        proof = {} if code else json.loads(output.splitlines()[-1])
        reason = find_flaw(row, proof) if proof else f"no proof: {output.strip().splitlines()[-1][:160]}"
    if reason:
        run.report(f"{row.name}: not run: {reason}")
        return {name: Verdict("not run", reason) for name, _ in run.parts}, ""
    place = json.dumps([row.python, proof])
    if place in run.finished:  # on a machine with this kernel, asking for it changes nothing
        name, verdicts = run.finished[place]
        run.report(f"{row.name}: the same as {name} here, which has run")
        return verdicts, f"the same as {name}, run once"
    verdicts = {name: run_part(row, name, [python, *arguments], run) for name, arguments in run.parts}
    run.finished[place] = row.name, verdicts
    return verdicts, f"{describe_proof(proof)}; in the sandbox the same with one thread"


def format_matrix(rows: list[Row], names: list[str], found: Mapping) -> str:
    """Return the matrix as text: a line per row, then what differs or was not run, and what each row ran on."""
    lines = [f"{'':18}" + "".join(f"{name:12}" for name in names)]
    for row in rows:
        verdicts, _ = found[row.name]
        lines.append(f"{row.name:18}" + "".join(f"{verdicts[name].state:12}" for name in names))
    lines.append("")
    for row in rows:
        verdicts, proof = found[row.name]
        if proof:
            lines.append(f"{row.name}: {proof}")
        for detail in dict.fromkeys(str(verdicts[n]) for n in names if verdicts[n].state == "not run"):
            lines.append(f"{row.name}: {detail}")
        lines += [f"{row.name}, {n}: {verdicts[n]}" for n in names if verdicts[n].state == "differs"]
    return "\n".join(lines)


def find_lack(rows: list[Row], found: Mapping) -> str:
    """Return why what ran is too little to say that nothing differs; "" if it is enough.

    Every row that ran was compared with the committed results. Where this machine's own row and others are wanted, it
    must have run, and one of the others.
    """
    ran = [row for row in rows if any(verdict.state != "not run" for verdict in found[row.name][0].values())]
    if not ran:
        return "nothing was compared: no row could run"
    own, others = [row for row in rows if row.is_own], [row for row in rows if not row.is_own]
    if own and others and not (set(own) & set(ran) and set(others) & set(ran)):
        names = ", ".join(row.name for row in ran)
        return f"too little was compared: of this machine's own row ({own[0].name}) and the others, only {names} ran"
    return ""


def run_matrix(rows: list[Row], fast: bool, jobs: int, only: tuple = ()) -> int:
    """Run all cells and print the matrix; return 1 if anything differs, or if too little could run to say so."""
    began = time.monotonic()

    def report(text):
        print(f"[{time.monotonic() - began:5.0f} s] {text}", flush=True)

    with tempfile.TemporaryDirectory(prefix="portability-") as temporary:
        marks = Path(temporary) / "jobs.json"
        chosen = [(part.name, part.fast if fast else part.arguments) for part in PARTS
                  if (part.fast or not fast) and (part.name in only or not only)]
        parts = [(name, (*given, str(marks)) if name == "marks" else given) for name, given in chosen]
        run = Run(Path(temporary), parts, Children(), report)
        try:
            found = run_rows(rows, run, jobs, lambda: portability_marks.write_jobs(marks, fast))
        except KeyboardInterrupt:
            print("stopped; nothing is left running")
            return 130
    print("\n" + format_matrix(rows, [name for name, _ in parts], found))
    lack = find_lack(rows, found)
    if lack:
        print(f"\n{lack}")
    return 1 if lack or any(v.state == "differs" for verdicts, _ in found.values() for v in verdicts.values()) else 0


def run_rows(rows: list[Row], run: Run, jobs: int, write_jobs: Callable[[], None]) -> dict:
    """Run some rows at a time, and write the jobs meanwhile; return row -> what :func:`run_row` returns."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        try:
            tasks = {row.name: pool.submit(run_row, row, run) for row in rows}
            write_jobs()
            run.jobs_written.set()
            return {name: task.result() for name, task in tasks.items()}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            run.children.stop()
            run.jobs_written.set()  # who waits for them goes on, and finds that nothing starts any more
            raise


def main(arguments=None) -> int:
    """Run what is numeric on other kernels, threads and Pythons, and print what differs as a matrix."""
    parser = argparse.ArgumentParser(prog="python -m tools.portability", description=main.__doc__,
                                     epilog="Exit code: 1 if a cell differs (its output is kept in "
                                            "build/portability), or if too little could run.")
    parser.add_argument("--fast", action="store_true", help="the two extremes, or the rows of --only, on a part")
    parser.add_argument("--only", nargs="+", metavar="ROW", help="rows whose names begin with this")
    parser.add_argument("--parts", nargs="+", choices=[part.name for part in PARTS], default=(), help="default: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="rows at a time (default: one per processor)")
    parser.add_argument("--prove", action="store_true", help="print what this process and a student's run on")
    args = parser.parse_args(arguments)
    if args.prove:
        print(json.dumps(prove_both_sides()))
        return 0
    rows = list_rows(args.fast and not args.only)
    if args.only:
        rows = [row for row in rows if row.name.startswith(tuple(args.only))]
    if not rows:
        parser.error(f"no row begins so; there are: {', '.join(row.name for row in list_rows())}")
    return run_matrix(rows, args.fast, args.jobs, args.parts)


if __name__ == "__main__":
    sys.exit(main())
