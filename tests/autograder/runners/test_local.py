"""Where jobs run: does every job come back with something, and is no more held than there is room for?"""

from concurrent.futures import Executor, Future

from autograder.runners import schedule


class Slow(Executor):
    """An executor that is done with a job only when the next one no longer fits."""

    def __init__(self, fails=()):
        self.fails, self.waiting, self.most = set(fails), [], 0

    def submit(self, call, job, unsafe):
        """See :class:`concurrent.futures.Executor`."""
        if job == "refused":
            raise RuntimeError("shut down")
        future = Future()
        self.waiting.append((future, job))
        self.most = max(self.most, len(self.waiting))
        if len(self.waiting) == 3:
            self.end()
        return future

    def end(self):
        """Be done with all that waits."""
        for future, job in self.waiting:
            if job in self.fails:
                future.set_exception(ValueError(job))
            else:
                future.set_result(job * 10)
        self.waiting = []


def test_every_job_comes_back_and_none_too_early():
    """Does every job come back and none too early?"""
    read, slow = [], Slow(fails=[4])

    def work():
        for number in range(12):
            read.append(number)
            yield f"item {number}", number

    back = {}
    for item, outcome in schedule.run_jobs(work(), slow, window=3):
        assert len(read) - len(back) <= 3 and slow.most <= 3
        back[item] = outcome
    assert len(back) == 12 and back["item 5"] == 50 and isinstance(back["item 4"], ValueError)


def test_job_that_no_runner_takes_fails_alone():
    """Is a job that no runner takes a failure of its own?"""
    slow = Slow()
    jobs = [("a", "refused"), ("b", 1), ("c", 2), ("d", 3)]
    back = dict(schedule.run_jobs(jobs, slow, window=4))
    assert isinstance(back["a"], RuntimeError) and (back["b"], back["d"]) == (10, 30)
