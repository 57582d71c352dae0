"""Where jobs run: a pool of runner processes here, or any other ``concurrent.futures.Executor``.

A job is a plain dict and so is its result. Only so many are handed out at a time that every runner is busy: what waits
is not held in memory.
"""

import contextlib
import multiprocessing
import os
import threading
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)

from autograder import runner

PER_RUNNER = 4
"""Jobs handed out per runner: enough that none waits for the next."""
BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class ClusterError(Exception):
    """The cluster cannot be used; the message says why in one line, and what to do."""


class LocalPool(Executor):
    """Runner processes on this machine; one that dies (killed, out of memory) is replaced with its pool.

    Parameters
    ----------
    jobs : int, optional
        Processes; as many as there are cores by default.
    """

    def __init__(self, jobs=None):
        self.jobs = jobs or os.cpu_count()
        self.pool, self.retired = self.fresh(), []

    def fresh(self):
        """Return a new pool; its processes start with the first job and import nothing but the runner."""
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self.jobs, mp_context=spawn, initializer=end_with_parent)

    def submit(self, call, /, *args, **kwargs):
        """See :class:`concurrent.futures.Executor`."""
        try:
            return self.pool.submit(call, *args, **kwargs)
        except BrokenExecutor:
            self.retire()
            self.pool = self.fresh()
            return self.pool.submit(call, *args, **kwargs)

    def shutdown(self, wait=True, *, cancel_futures=False):
        """See :class:`concurrent.futures.Executor`."""
        if self.pool._broken:
            self.retire()
        self.pool.shutdown(wait, cancel_futures=cancel_futures)
        for manager, queue in self.retired:
            manager.join(1.0)
            if manager.is_alive():  # before Python 3.11.5 it waits forever for dead runners to read (gh-94777)
                queue._reader.close()

    def retire(self):
        """Put a broken pool aside."""
        if self.pool._call_queue is not None:
            self.retired.append((self.pool._executor_manager_thread, self.pool._call_queue))
        self.pool.shutdown(wait=False)


def end_with_parent():
    """Let a runner end with the process that started it, even one that was killed: nobody would take its results."""
    parent = multiprocessing.parent_process()
    threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


@contextlib.contextmanager
def local(jobs=None):
    """Have a :class:`LocalPool`, its runners with one BLAS thread each; jobs not begun are dropped on an error."""
    before = {name: os.environ.get(name) for name in BLAS_THREADS}
    for name in BLAS_THREADS:
        os.environ.setdefault(name, "1")  # runners inherit it: their matrices are small, and there is one per core
    pool = LocalPool(jobs)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    finally:
        pool.shutdown()
        for name in (n for n in BLAS_THREADS if before[n] is None):
            os.environ.pop(name, None)


@contextlib.contextmanager
def at(scheduler, unsafe=False):
    """Have the Dask cluster behind a scheduler's address as an executor; None without an address."""
    if scheduler is None:
        yield None
        return
    try:
        from autograder import cluster
    except ImportError as error:
        raise ClusterError(f"--scheduler needs Dask ({error}); install it with: pip install .[cluster]") from error
    with cluster.connected(scheduler, unsafe) as executor:
        yield executor


def size(executor):
    """Return how many jobs to hand out to an executor at a time: it may grow."""
    return PER_RUNNER * getattr(executor, "jobs", 64)


def completed(work, executor, unsafe=False, window=None):
    """Run jobs; yield each with what came of it, in the order in which they end.

    Parameters
    ----------
    work : iterable of (item, job)
        Read only as far as there is room.
    executor : concurrent.futures.Executor
    unsafe : bool
        Without the sandbox.
    window : int, optional
        Jobs handed out at a time.

    Yields
    ------
    item : object
        As given.
    outcome : dict or Exception
        The result, or why there is none.
    """
    waiting = {}
    for item, job in work:
        waiting[submitted(executor, runner.run, job, unsafe)] = item
        while len(waiting) >= (window or size(executor)):
            yield from finished(waiting)
    while waiting:
        yield from finished(waiting)


def submitted(executor, *call):
    """Hand out one call; an executor that takes none fails this one only."""
    try:
        return executor.submit(*call)
    except (BrokenExecutor, OSError, RuntimeError) as error:
        future = Future()
        future.set_exception(error)
        return future


def finished(waiting):
    """Wait until something ends; yield what did."""
    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
        item = waiting.pop(future)
        try:
            yield item, future.result()
        except GeneratorExit:
            raise
        except (Exception, CancelledError) as error:
            yield item, error
