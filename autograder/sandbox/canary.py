"""Prove at start that the sandbox holds: the canary tries what must be impossible inside."""

import shutil
import subprocess
import sys
from functools import cache

from autograder.errors import SandboxError
from autograder.sandbox.client import SandboxedSubmission
from autograder.sandbox.launch import HERE, Limits, compile_seccomp_filter
from autograder.sandbox.student import StudentError

CANARY = '''
import os, socket, threading

def attempt(action):
    try:
        action()
        return "possible"
    except (OSError, AttributeError, RuntimeError):
        return "refused"

def thread():
    worker = threading.Thread(target=int)
    worker.start()
    worker.join()

def probe(outside):
    return {
        "see the course's files": "possible" if os.path.exists(outside) else "refused",
        "write outside the scratch folder": attempt(lambda: open("/canary", "w")),
        "change the kernel's settings": attempt(lambda: os.open("/proc/sys/vm/overcommit_memory", os.O_WRONLY)),
        "change a device file": attempt(lambda: os.chmod("/dev/null", 0o666)),
        "start a process": attempt(os.fork),
        "start a thread": attempt(thread),
        "open a network socket": attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)),
        "hold memory outside the limits": attempt(lambda: os.memfd_create("canary")),
        "see other processes": "refused" if len([p for p in os.listdir("/proc") if p.isdigit()]) <= 2 else "possible",
        "become root": attempt(lambda: os.setuid(0)),
    }
'''
"""What the canary tries; ``docs/container.md`` explains its verdict line by line."""


@cache
def prove() -> dict[str, str]:
    """Run the canary: refuse with the reason if anything that must be impossible inside the sandbox is possible.

    Raises
    ------
    SandboxError
    """
    if sys.platform != "linux" or not shutil.which("bwrap"):
        raise SandboxError("bubblewrap is not installed; install it with: sudo apt-get install bubblewrap libseccomp2")
    try:
        compile_seccomp_filter()
        with SandboxedSubmission(CANARY, "canary", Limits(call_seconds=20)) as canary:
            verdict = canary.probe(str(HERE))
    except (StudentError, OSError, RuntimeError) as error:
        raise SandboxError(f"the sandbox does not start on this host: {error}\n{diagnose_bwrap()}") from error
    holes = [what for what, answer in verdict.items() if answer != "refused"]
    if holes:
        raise SandboxError(f"the sandbox does not hold on this host: student code could {', '.join(holes)}")
    return verdict


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
