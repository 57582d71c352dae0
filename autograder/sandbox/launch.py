"""Start the worker in a bubblewrap sandbox, and prove at start that the sandbox holds.

Inside: no network, no other processes, no file but the interpreter (read-only) and a small scratch folder, no
privileges, no new processes, limits on time, memory, files and output. What each layer stops is in the tests
under ``autograder/verify/attacks``.
"""

import json
import os
import shutil
import site
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MB = 2**20
SCRATCH_MB = 32


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    call_seconds : float
        Wall time of one call, without what a busy computer let the worker wait for a processor.
    total_seconds : float
        Wall time of all calls of a submission together.
    rlimits : dict
        Limits of the worker process; the CPU limit bounds a worker that no longer listens.
    """

    call_seconds: float = 5.0
    total_seconds: float = 60.0
    rlimits: dict = field(default_factory=lambda: {
        "RLIMIT_CPU": 60, "RLIMIT_AS": 1024 * MB, "RLIMIT_FSIZE": 16 * MB, "RLIMIT_NOFILE": 64, "RLIMIT_CORE": 0})


REFUSED_CALLS = """fork vfork clone unshare setns ptrace process_vm_readv process_vm_writev
    mount umount2 pivot_root chroot fsopen fsmount fsconfig open_tree move_mount mount_setattr
    chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat utime utimes utimensat futimesat
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
    memfd_create memfd_secret shmget shmat msgget semget mq_open bpf perf_event_open userfaultfd io_uring_setup
    keyctl add_key request_key kexec_load init_module finit_module delete_module socket socketpair syslog
    pidfd_open pidfd_getfd kcmp name_to_handle_at open_by_handle_at personality fanotify_init""".split()
"""System calls that student code cannot make. The lines: processes and threads, mounts, owners and modes (of the host's
device files, where the grader runs as root), memory that the limits do not see, the kernel and the network, the rest.
"""


@cache
def compile_seccomp_filter():
    """Return the compiled filter: no processes, no threads, no sockets, no memory that the limits do not see.

    RLIMIT_NPROC does not bind root, and RLIMIT_AS does not bind memfds and System V shared memory; a system call
    that cannot be made binds both. Threads would go on between calls and take the neighbours' processors. ``clone3``
    is said not to exist, as the C library asks for it first and falls back.
    """
    import errno

    import pyseccomp as seccomp

    program = seccomp.SyscallFilter(seccomp.ALLOW)
    known = {name for name in REFUSED_CALLS if seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) >= 0}
    for name in sorted(known):
        program.add_rule(seccomp.ERRNO(errno.EPERM), name)
    program.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)
        file.seek(0)
        return file.read()


def make_bwrap_command(seccomp_fd):
    """Return the bubblewrap part of the command line: the whole world the worker sees."""
    read_only = ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", sys.base_prefix, sys.prefix]
    command = [shutil.which("bwrap") or "bwrap", "--unshare-all", "--unshare-user", "--disable-userns",
               "--die-with-parent", "--new-session", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL",
               "--hostname", "sandbox"]
    # Before the rest: a course that was cloned below /tmp has its interpreter there.
    command += ["--size", str(SCRATCH_MB * MB), "--tmpfs", "/tmp"]
    for path in dict.fromkeys(p for p in read_only if os.path.exists(p)):
        command += ["--symlink", os.readlink(path), path] if os.path.islink(path) else ["--ro-bind", path, path]
    for name in ("worker.py", "protocol.py"):
        command += ["--ro-bind", str(HERE / name), f"/grader/{name}"]
    # Where the grader runs as root, the files of /proc/sys are the worker's own: only a read-only /proc keeps it out.
    command += ["--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev", "--remount-ro", "/dev",
                "--remount-ro", "/", "--chdir", "/tmp", "--seccomp", str(seccomp_fd), "--"]
    return command


def make_environment():
    """Return the environment of the worker: nothing of the instructor's."""
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
    return {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
            "MPLBACKEND": "Agg", "MPLCONFIGDIR": "/tmp", **threads}


def start_worker(limits: Limits, unsafe: bool = False) -> subprocess.Popen:
    """Start a worker; return its :class:`subprocess.Popen`, binary and unbuffered.

    Parameters
    ----------
    limits : Limits
    unsafe : bool
        Run without a sandbox: for hosts that have none, on the instructor's word only.
    """
    # Without -S, every start would read the course's .pth files, for packages that are not there.
    arguments = [sys.executable, "-I", "-S", "/grader/worker.py", json.dumps(limits.rlimits),
                 json.dumps(site.getsitepackages())]
    pipes: dict[str, Any] = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": None if DEBUG else subprocess.DEVNULL,
        "bufsize": 0,
        "cwd": tempfile.gettempdir(),
    }
    # bubblewrap's own environment is the worker's: what process 1 was started with can be read inside.
    pipes |= {"env": make_environment(), "start_new_session": True}
    if unsafe:
        arguments[3] = str(HERE / "worker.py")
        return subprocess.Popen(arguments, **pipes)
    with tempfile.TemporaryFile() as program:
        program.write(compile_seccomp_filter())
        program.seek(0)
        return subprocess.Popen(
            [*make_bwrap_command(program.fileno()), *arguments], pass_fds=[program.fileno()], **pipes
        )


DEBUG = bool(os.environ.get("CS231N_SANDBOX_DEBUG"))
