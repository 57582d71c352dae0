"""Runner processes on this machine.

Private members of :class:`concurrent.futures.ProcessPoolExecutor` are used in this file alone.
"""

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor

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
    assert parent is not None, "called in a runner only"

    def wait_for_parent():
        parent.join()
        os._exit(1)

    threading.Thread(target=wait_for_parent, daemon=True).start()


@contextlib.contextmanager
def open_local_pool(jobs: int | None = None) -> Iterator[LocalPool]:
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
