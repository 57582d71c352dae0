"""Runners: from a job to its result, on this machine or on a cluster.

In comes a :class:`~autograder.runners.runner.Job` (plain data, made in ``jobs`` alone), out a ``Result``. ``runner``
executes the instructor's setup and test cells with the student's module behind the sandbox; ``stand_in`` is what such
a cell finds in place of ``cs231n_lib``; ``grader_hash`` says what a mark depends on, ``results`` keeps results by
content; ``local``, ``schedule``, ``executors`` and ``cluster`` hand jobs out. Everything in this folder is in the
hash of every mark. It imports ``hidden_tests``, ``sandbox`` and ``course``; what a worker process loads imports
neither nbgrader nor nbformat.
"""
