"""Start the worker in a bubblewrap sandbox.

Inside: no network, no other processes, no file but a read-only image (:mod:`autograder.sandbox.image`) and a small
scratch folder, no ``/proc``, no privileges, no system call that is not needed, limits on time, memory and files.
What each layer stops is in the tests under ``autograder/verify/attacks``.
"""

import json
import os
import shutil
import signal
import site
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from autograder.sandbox import image

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


ALLOWED_CALLS = """
    read readv pread64 preadv write writev pwrite64 pwritev lseek open openat close close_range dup dup2 dup3 pipe pipe2
    stat lstat fstat newfstatat statx statfs fstatfs access faccessat faccessat2 readlink readlinkat getdents getdents64
    getcwd chdir mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 truncate ftruncate fsync fdatasync
    poll ppoll select pselect6 brk mmap munmap mremap mprotect getrandom
    rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall
    time gettimeofday clock_gettime clock_getres nanosleep clock_nanosleep times getrusage
    getpid getppid gettid getuid geteuid getgid getegid getgroups getresuid getresgid getpgrp getpgid getsid
    uname sysinfo getcpu sched_yield sched_getaffinity getrlimit
    futex set_tid_address set_robust_list rseq membarrier execve wait4""".split()
"""System calls that student code can make, whatever their arguments: what the interpreter, NumPy, matplotlib and the
worker were seen to make, and their siblings on other processors and C libraries. Everything else is refused: processes,
threads and signals; mounts, owners and modes; memory that the limits do not see; locks, leases and watches on files
that submissions share; looks at the page cache; timers, priorities, limits; the network and the kernel."""
ALLOWED_ARGUMENTS: dict[str, tuple[int, list[int]]] = {
    "fcntl": (1, [0, 1, 2, 3, 4, 1030]),  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC
    "ioctl": (1, [0x5401, 0x5413, 0x5450, 0x5451]),  # TCGETS, TIOCGWINSZ (is it a terminal?), FIONCLEX, FIOCLEX
    "madvise": (2, [4, 8, 14, 15]),  # MADV_DONTNEED, MADV_FREE, MADV_HUGEPAGE, MADV_NOHUGEPAGE
    "arch_prctl": (0, [0x1002]),  # ARCH_SET_FS, when the interpreter starts
    "prlimit64": (2, [0]),  # asks for a limit, and sets none
}
"""System calls that student code can make with these values of one argument (its place, its values) only."""
KILLED = 128 + signal.SIGKILL
"""Exit code by which bubblewrap tells that its child was killed. No process inside can end with it."""
UNKNOWN_CALLS = ["clone3", "fchmodat2", "epoll_pwait2", "futex_waitv", "openat2", "map_shadow_stack"]
"""System calls that are said not to exist, as an old kernel would: the C library then tries another one."""


@cache
def compile_seccomp_filter():
    """Return the compiled filter: a list of what may be called; the rest is refused, and the caller lives on.

    RLIMIT_NPROC does not bind root, and RLIMIT_AS does not bind memfds and System V shared memory; a system call
    that cannot be made binds both. Threads would go on between calls and take the neighbours' processors. A module that
    could kill its process, or lower its own limits until the kernel does, would look like a computer short of memory.
    Names that this version of libseccomp or this processor does not know are left out.
    """
    import errno

    import pyseccomp as seccomp

    def is_known(name):
        return seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) >= 0

    program = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for name in filter(is_known, ALLOWED_CALLS):
        program.add_rule(seccomp.ALLOW, name)
    for name in filter(is_known, UNKNOWN_CALLS):
        program.add_rule(seccomp.ERRNO(errno.ENOSYS), name)
    for name, (place, values) in ALLOWED_ARGUMENTS.items():
        for value in values if is_known(name) else []:
            program.add_rule(seccomp.ALLOW, name, seccomp.Arg(place, seccomp.EQ, value))
    for bit in (1 << place for place in range(8)):  # any exit code that differs from this one in a bit
        program.add_rule(seccomp.ALLOW, "exit_group", seccomp.Arg(0, seccomp.MASKED_EQ, bit, ~KILLED & bit))
    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)
        file.seek(0)
        return file.read()


def make_bwrap_command(seccomp_fd, root):
    """Return the bubblewrap part of the command line: the whole world the worker sees.

    There is no ``/proc``: it would tell how process 1 was started, and from where each folder comes.
    """
    command = [shutil.which("bwrap") or "bwrap", "--unshare-all", "--unshare-user", "--disable-userns",
               "--die-with-parent", "--new-session", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL",
               "--hostname", "sandbox", "--ro-bind", str(root), "/", "--size", str(SCRATCH_MB * MB), "--tmpfs", "/tmp"]
    for name in ("worker.py", "protocol.py"):
        command += ["--ro-bind", str(HERE / name), f"/grader/{name}"]
    for name in image.DEVICES:
        command += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    return [*command, "--chdir", "/tmp", "--seccomp", str(seccomp_fd), "--"]


def limit_resources(limits, command):
    """Return a command that binds its own process, then becomes ``command``: the filter lets nobody set a limit later.

    The kernel ends a process at its soft limit of processor time with SIGXCPU, at the hard one with SIGKILL.
    """
    import resource

    steps = []
    for name, value in limits.rlimits.items():
        option, unit = SHELL_LIMITS[name]
        highest = resource.getrlimit(getattr(resource, name))[1]
        for kind, wanted in (("S", value), ("H", value + SPARE_SECONDS if name == "RLIMIT_CPU" else value)):
            granted = wanted if highest == resource.RLIM_INFINITY else min(wanted, highest)
            steps.append(f"ulimit -{kind} -{option} {granted // unit}")
    return ["/bin/sh", "-c", " && ".join([*steps, 'exec "$0" "$@"']), *command]


SHELL_LIMITS = {"RLIMIT_CPU": ("t", 1), "RLIMIT_AS": ("v", 1024), "RLIMIT_FSIZE": ("f", 512),
                "RLIMIT_NOFILE": ("n", 1), "RLIMIT_CORE": ("c", 512)}
"""Option of the shell's ``ulimit``, and its unit in bytes, descriptors or seconds."""
SPARE_SECONDS = 30


KERNEL_CHOICE = ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES")
"""Variables that choose how OpenBLAS and NumPy compute: the worker computes as the grader does."""


def make_environment():
    """Return the environment of the worker: nothing of the instructor's but :data:`KERNEL_CHOICE`.

    Threads are not chosen by a variable: the sandbox refuses them, and OpenBLAS ends a process that gets none.
    """
    kernel = {name: os.environ[name] for name in KERNEL_CHOICE if name in os.environ}
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
    return {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
            "MPLBACKEND": "Agg", "MPLCONFIGDIR": "/tmp", **threads, **kernel}


def start_worker(limits: Limits, unsafe: bool = False) -> subprocess.Popen:
    """Start a worker; return its :class:`subprocess.Popen`, binary and unbuffered.

    Parameters
    ----------
    limits : Limits
    unsafe : bool
        Run without a sandbox: for hosts that have none, on the instructor's word only.
    """
    pipes: dict[str, Any] = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": None if DEBUG else subprocess.DEVNULL,
        "bufsize": 0,
        "cwd": tempfile.gettempdir(),
    }
    # bubblewrap's own environment is the worker's, too: it holds nothing that may not be read inside.
    pipes |= {"env": make_environment(), "start_new_session": True}
    # Without -S, every start would read the .pth files of packages that are not there.
    if unsafe:
        worker = [sys.executable, "-I", "-S", str(HERE / "worker.py"), json.dumps(site.getsitepackages())]
        return subprocess.Popen(limit_resources(limits, worker), **pipes)
    worker = [image.EXECUTABLE, "-I", "-S", "/grader/worker.py", json.dumps([image.SITE_PACKAGES])]
    with tempfile.TemporaryFile() as program:
        program.write(compile_seccomp_filter())
        program.seek(0)
        sandboxed = [*make_bwrap_command(program.fileno(), image.prepare_image()), *worker]
        return subprocess.Popen(limit_resources(limits, sandboxed), pass_fds=[program.fileno()], **pipes)


DEBUG = bool(os.environ.get("CS231N_SANDBOX_DEBUG"))
