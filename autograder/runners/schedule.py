"""Where jobs run: a pool of runner processes here, or any other ``concurrent.futures.Executor``.

A job is a plain dict and so is its result. Only so many are handed out at a time that every runner is busy: what waits
is not held in memory.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from typing import Any

from autograder.runners import runner
from autograder.runners.runner import Job, Result

JOBS_PER_RUNNER = 4
"""Jobs handed out per runner: enough that none waits for the next."""


def count_jobs_in_flight(executor):
    """Return how many jobs to hand out to an executor at a time: it may grow."""
    return JOBS_PER_RUNNER * getattr(executor, "jobs", 64)


def run_jobs(work: Iterable[tuple[Any, Job]], executor: Executor, unsafe: bool = False,
             window: int | None = None) -> Iterator[tuple[Any, Result | BaseException]]:
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
        waiting[submit_job(executor, runner.run_job, job, unsafe)] = item
        while len(waiting) >= (window or count_jobs_in_flight(executor)):
            yield from collect_finished(waiting)
    while waiting:
        yield from collect_finished(waiting)


def submit_job(executor, *call):
    """Hand out one call; an executor that takes none fails this one only."""
    try:
        return executor.submit(*call)
    except (BrokenExecutor, OSError, RuntimeError) as error:
        future: Future = Future()
        future.set_exception(error)
        return future


def collect_finished(waiting):
    """Wait until something ends; yield what did."""
    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
        item = waiting.pop(future)
        try:
            yield item, future.result()
        except GeneratorExit:
            raise
        except (Exception, CancelledError) as error:
            yield item, error
