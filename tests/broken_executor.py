"""An executor that fails, for tests of what the grader does about it."""

from concurrent.futures import Executor, Future


class Broken(Executor):
    """An executor that fails every job, or only the first ones."""

    def __init__(self, times):
        self.left, self.seen = times, []

    def submit(self, call, job, unsafe):
        """See :class:`concurrent.futures.Executor`."""
        self.seen.append(job["topic"])
        self.left -= 1
        future = Future()
        if self.left >= 0:
            future.set_exception(OSError("no runner"))
        else:
            future.set_result(call(job, unsafe))
        return future
