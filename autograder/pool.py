"""Where jobs run: a pool of runner processes here, or any other ``concurrent.futures.Executor``.

A job is a plain dict and so is its result. Only so many are handed out at a time that every runner is busy: what waits
is not held in memory.
"""

import contextlib
import multiprocessing
import os
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


class LocalPool(Executor):
    """Runner processes on this machine; one that dies (killed, out of memory) is replaced with its pool.

    Parameters
    ----------
    jobs : int, optional
        Processes; as many as there are cores by default.
    """

    def __init__(self, jobs=None):
        self.jobs = jobs or os.cpu_count()
        self.pool = self.fresh()

    def fresh(self):
        """Return a new pool; its processes start with the first job and import nothing but the runner."""
        return ProcessPoolExecutor(self.jobs, mp_context=multiprocessing.get_context("spawn"))

    def submit(self, call, /, *args, **kwargs):
        """See :class:`concurrent.futures.Executor`."""
        try:
            return self.pool.submit(call, *args, **kwargs)
        except BrokenExecutor:
            self.pool.shutdown(wait=False)
            self.pool = self.fresh()
            return self.pool.submit(call, *args, **kwargs)

    def shutdown(self, wait=True, *, cancel_futures=False):
        """See :class:`concurrent.futures.Executor`."""
        self.pool.shutdown(wait, cancel_futures=cancel_futures)


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


def size(executor):
    """Return how many jobs to hand out to an executor at a time."""
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
    waiting, window = {}, window or size(executor)
    for item, job in work:
        waiting[submitted(executor, runner.run, job, unsafe)] = item
        while len(waiting) >= window:
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
