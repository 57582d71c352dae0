"""Check that attacks change nothing on this computer: hashes before and after, processes that are still running."""

import contextlib
import hashlib
import os
import time
from pathlib import Path

import numpy as np
import psutil

from autograder import reference
from autograder.sandbox import launch

ATTACK_LIMITS = launch.Limits(call_seconds=1.0, total_seconds=6.0, rlimits={
    **launch.Limits().rlimits, "RLIMIT_FSIZE": 16 * launch.MB + 512 * os.getpid()})
"""Limits of the attacking worker; :func:`find_leftovers` recognises its processes by the unusual file size."""


def snapshot_host():
    """Return name -> hash of what no attack may change: our sources, and some files and devices of this computer."""
    watched = [p for folder in ("autograder", "book", "cs231n_lib", "notebooks", "tests", "tools")
               for p in (reference.ROOT / folder).rglob("*") if p.suffix in (".py", ".ipynb", ".j2", ".npz", ".toml")]
    watched += map(Path, ("/etc/passwd", "/etc/hosts", "/proc/sys/vm/stat_interval", os.path.realpath("/bin/sh"),
                          launch.sys.executable, np.__file__, f"{Path.home()}/.bashrc", f"{Path.home()}/.profile"))
    found = {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in watched if p.is_file()}
    for device in map(Path, ("/dev/null", "/dev/full", "/dev/zero")):
        found[str(device)] = f"{device.stat().st_mode} {device.stat().st_uid}"
    for place in map(Path, ("/tmp", "/dev/shm", "/var/tmp", str(Path.home()), str(reference.ROOT))):
        found |= {str(p): "planted" for p in place.glob("*cs231n-attack*")}
    return found


def list_changes(before, after):
    """Return the names that differ between two results of :func:`snapshot_host` or :func:`hash_tree`."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def hash_tree(folder):
    """Return name -> hash of every file below a folder."""
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(Path(folder).rglob("*")) if p.is_file()}


def find_leftovers(seconds=3.0):
    """Return the processes that attacks left behind: workers under :data:`ATTACK_LIMITS`, and what they started."""
    end = time.monotonic() + seconds
    while found := [p.pid for p in psutil.process_iter(["cmdline", "status"]) if is_of_an_attack(p)]:
        if time.monotonic() > end:
            break
        time.sleep(0.1)  # the kernel takes a moment to empty a namespace
    return found


def is_of_an_attack(process):
    """Does a process bear the attacks' name, or their limit on the size of files, which children inherit?"""
    if process.info["status"] == psutil.STATUS_ZOMBIE:
        return False
    if "cs231n-attack" in " ".join(process.info["cmdline"] or ()):
        return True
    with contextlib.suppress(psutil.Error):
        return process.rlimit(psutil.RLIMIT_FSIZE)[0] == ATTACK_LIMITS.rlimits["RLIMIT_FSIZE"]
    return False
