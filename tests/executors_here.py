"""Executors that run each job in this process, so that a small class needs no pool."""

from concurrent.futures import Executor, Future


class HereExecutor(Executor):
    """An executor that runs each job at once. A subclass may do something else with it."""

    def submit(self, call, job, unsafe):
        """See :class:`concurrent.futures.Executor`."""
        future = Future()
        try:
            future.set_result(self.run(call, job, unsafe))
        except Exception as error:
            future.set_exception(error)
        return future

    def run(self, call, job, unsafe):
        """Return the result of a job."""
        return call(job, unsafe)


class Broken(HereExecutor):
    """An executor that fails every job, or only the first ones."""

    def __init__(self, times):
        self.left, self.seen = times, []

    def run(self, call, job, unsafe):
        """Fail as often as was said."""
        self.seen.append(job["topic"])
        self.left -= 1
        if self.left >= 0:
            raise OSError("no runner")
        return call(job, unsafe)


def judge(job, unsafe=False):
    """Stand in for the runner: a function that is written earns all its points. What it costs is no sandbox."""
    marks = {}
    for name, source, points in job["tests"]:
        function = source.split('grade("')[1].split('"')[0]
        body = (job["module"] or "").partition(f"def {function}(")[2].partition("\ndef ")[0]
        score = 0.0 if not body or "NotImplementedError" in body else points
        marks[name] = {"score": score, "max_score": points, "outcomes": []}
    return {"status": "graded", "problem": "", "seconds": 0.1, "cells": marks}


class Judges(HereExecutor):
    """An executor whose jobs go to :func:`judge`."""

    def run(self, call, job, unsafe):
        """Return what :func:`judge` says."""
        return judge(job)
