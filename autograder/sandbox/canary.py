"""Prove at start that the sandbox holds: the canary tries what must be impossible inside.

Random secrets are planted where student code must not look: in the course where it really is, in this checkout, at
home, beside other submissions, in the environment, in an open file. The canary walks through all that it can see and
looks for them.
"""

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from autograder.errors import SandboxError
from autograder.reference import ROOT
from autograder.sandbox.client import SandboxedModule
from autograder.sandbox.image import list_names, prepare_image
from autograder.sandbox.launch import Limits, compile_seccomp_filter
from autograder.sandbox.student import StudentError

CANARY = '''
import glob, os, resource, socket, sys, threading

SMALL, MOST = 2048, 30_000

def attempt(action):
    try:
        action()
        return "possible"
    except (OSError, AttributeError, RuntimeError, ValueError):
        return "refused"

def thread():
    worker = threading.Thread(target=int)
    worker.start()
    worker.join()

def lock():
    import fcntl
    with open("/tmp/lock", "w") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)

def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(SMALL)
    except OSError:
        return b""

def look_around():
    """Return the names of all files, and what is in the small ones: a planted file is small."""
    names, contents = [], []
    for folder, folders, files in os.walk("/"):
        folders[:] = [f for f in folders if os.path.join(folder, f) not in ("/proc", "/sys")]
        names += folders + files
        if len(names) > MOST:
            break
        for path in (os.path.join(folder, f) for f in files):
            try:
                status = os.stat(path)
            except OSError:
                continue
            if os.path.isfile(path) and status.st_size < SMALL:
                contents.append(read(path))
    return os.fsencode("\\n".join(names)) + b"\\n".join(contents)

def look_at_descriptors():
    found = []
    for number in range(3, 64):
        try:
            found.append(os.pread(number, SMALL, 0))
        except OSError:
            pass
    return b"\\n".join(found)

def look_at_processes():
    ours = [*sys.argv, *sys.path, sys.executable, sys.prefix, sys.base_prefix, os.getcwd(), *os.environ.values()]
    theirs = [read(p) for name in ("environ", "cmdline", "maps", "mountinfo") for p in glob.glob(f"/proc/*/{name}")]
    return os.fsencode("\\n".join(ours)) + b"\\n".join(theirs)

def see_processes():
    if len([p for p in os.listdir("/proc") if p.isdigit()]) <= 2:
        raise OSError

def probe(planted, names):
    seen = look_around() + look_at_descriptors() + look_at_processes()
    verdict = {}
    for line, backwards, path in planted:
        secret = os.fsencode(backwards[::-1])
        found = secret in seen or secret in read(path)
        verdict[line] = "possible" if found or verdict.get(line) == "possible" else "refused"
    named = any(os.fsencode(name[::-1]) in look_at_processes() for name in names)
    return verdict | {
        "read a path of this computer": "possible" if named else "refused",
        "write outside the scratch folder": attempt(lambda: open("/canary", "w")),
        "change the kernel's settings": attempt(lambda: os.open("/proc/sys/vm/overcommit_memory", os.O_WRONLY)),
        "change a device file": attempt(lambda: os.chmod("/dev/null", 0o666)),
        "start a process": attempt(os.fork),
        "start a thread": attempt(thread),
        "open a network socket": attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)),
        "hold memory outside the limits": attempt(lambda: os.memfd_create("canary")),
        "lock a file": attempt(lock),
        "see other processes": attempt(see_processes),
        "send a signal": attempt(lambda: os.kill(os.getpid(), 0)),
        "change its limits": attempt(lambda: resource.setrlimit(resource.RLIMIT_CPU, (1, 1))),
        "become root": attempt(lambda: os.setuid(0)),
    }
'''
"""What the canary tries; ``docs/container.md`` explains its verdict line by line."""


@cache
def prove(course: Path | str | None = None) -> dict[str, str]:
    """Run the canary: refuse with the reason if anything that must be impossible inside the sandbox is possible.

    Parameters
    ----------
    course : path, optional
        The course folder that must not be seen inside.

    Returns
    -------
    verdict : dict
        What was tried -> "refused".

    Raises
    ------
    SandboxError
    """
    if sys.platform != "linux" or not shutil.which("bwrap"):
        raise SandboxError("bubblewrap is not installed; install it with: sudo apt-get install bubblewrap libseccomp2")
    prepare_image()
    try:
        compile_seccomp_filter()
        with plant_secrets(course) as planted, SandboxedModule(CANARY, "canary", Limits(call_seconds=20)) as canary:
            verdict = canary.probe(planted, [os.fsdecode(name)[::-1] for name in list_names()])
    except (StudentError, OSError, RuntimeError) as error:
        raise SandboxError(f"the sandbox does not start on this host: {error}\n{diagnose_bwrap()}") from error
    holes = [what for what, answer in verdict.items() if answer != "refused"]
    if holes:
        raise SandboxError(f"the sandbox does not hold on this host: student code could {', '.join(holes)}")
    return verdict


@contextlib.contextmanager
def plant_secrets(course: Path | str | None = None) -> Iterator[list[tuple[str, str, str]]]:
    """Plant secrets for as long as the block runs.

    Yields
    ------
    planted : list of (line of the verdict, secret spelt backwards, path)
        Backwards, so that the canary does not find what it was told.
    """
    secret = secrets.token_hex(16)
    with contextlib.ExitStack() as stack:
        inbox = stack.enter_context(tempfile.TemporaryDirectory())
        places = [("see the course's files", ROOT), ("see the course's files", find_folder(course or ROOT)),
                  ("see files of whoever grades", os.path.expanduser("~")), ("see other submissions", inbox)]
        planted = [(line, secret[::-1], stack.enter_context(plant_file(folder, secret))) for line, folder in places]
        file = stack.enter_context(tempfile.TemporaryFile())
        file.write(secret.encode())
        file.flush()
        os.set_inheritable(file.fileno(), True)
        os.environ["CS231N_CANARY"] = secret
        stack.callback(os.environ.pop, "CS231N_CANARY", None)
        yield [*planted, ("read the grader's environment or open files", secret[::-1], "")]


def find_folder(path):
    """Return a folder, or where it is going to be made."""
    return next(p for p in (Path(path).resolve(), *Path(path).resolve().parents) if p.is_dir())


@contextlib.contextmanager
def plant_file(folder, secret):
    """Have a file with the secret in its name and in it; yield its path, "" where nothing can be written."""
    path = Path(folder, f".canary-{secret}-{secrets.token_hex(4)}")
    try:
        path.write_text(secret)
    except OSError:
        yield ""
        return
    try:
        yield str(path)
    finally:
        path.unlink(missing_ok=True)


def examine_sandbox() -> tuple[bool, str, str]:
    """Return (does it hold, what was looked at, what to do) for the doctor's report."""
    try:
        prove()
    except SandboxError as error:
        return False, "the sandbox for submissions", str(error)
    return True, "the sandbox for submissions holds", ""


def diagnose_bwrap():
    """Return what bubblewrap itself says when asked for the simplest sandbox."""
    run = subprocess.run(["bwrap", "--unshare-all", "--unshare-user", "--ro-bind", "/", "/", "true"],
                         capture_output=True, text=True)
    return run.stderr.strip() or "bubblewrap itself works; set CS231N_SANDBOX_DEBUG=1 to see the worker's messages"
