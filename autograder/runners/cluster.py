"""Runners on a Dask cluster: ``python -m autograder grade --scheduler ADDRESS``.

A job goes only to a worker that has shown that it can be trusted with it: one thread (a job changes its process as a
whole: modules, memory limit, output), the same grader, a sandbox that holds. :class:`WorkerCheck` looks when the run
begins and whenever a worker joins; a worker that passes offers a *resource*, every job asks for it, and the scheduler
does the rest. docs/cluster.md shows how to start one.
"""

import asyncio
import contextlib
import hashlib
import os
import platform
import sys
import time
from concurrent.futures import Executor

import numpy as np
from distributed import Client, Status, WorkerPlugin
from tqdm import tqdm

from autograder import errors, rooms
from autograder.course.topics import list_topics
from autograder.errors import ClusterError
from autograder.runners import grader_hash, local
from autograder.sandbox import canary

CONNECT_SECONDS = 10
LEAST_WORKERS = 64
"""Jobs are handed out as if there were so many workers at least: a cluster that adapts grows with what waits."""
COUNT_SECONDS = 5.0
"""The number of workers is asked for so often: it changes on a cluster that adapts."""


def describe_grader():
    """Return what must be the same on every worker: name -> version."""
    prints = "".join(grader_hash.hash_grader(topic) for topic in list_topics())
    return {"the grader": hashlib.sha256(prints.encode()).hexdigest()[:12], "NumPy": np.__version__,
            "Python": ".".join(platform.python_version_tuple()[:2])}


def explain_refusal(threads, wanted, unsafe):
    """Say in one line why this process may not run jobs; "" if it may."""
    if threads != 1:
        return f"it has {threads} threads, but a job needs a process to itself: start it with --nthreads 1"
    several = [name for name in local.BLAS_THREADS if os.environ.get(name) != "1"]
    if several:
        return f"{several[0]} is not 1 there: start it without --no-nanny, or set it"
    for name, here in describe_grader().items():
        if here != wanted[name]:
            return (f"{name} is {here} there and {wanted[name]} here: install the same on every node, "
                    "then restart the worker")
    try:
        return "" if unsafe or canary.prove() else "no proof"
    except errors.SandboxError as error:
        return " ".join(str(error).split())


class WorkerCheck(WorkerPlugin):
    """Runs on every worker, as the run begins or when the worker joins: lets jobs come, or says why not.

    Parameters
    ----------
    wanted : dict
        :func:`describe_grader` of the process that hands out the jobs.
    unsafe : bool
        Without the sandbox.
    """

    def __init__(self, wanted, unsafe):
        self.wanted, self.unsafe, self.topics = wanted, unsafe, rooms.pack_topics()
        self.name = f"autograder-{'unsafe-' if unsafe else ''}{wanted['the grader']}"

    async def setup(self, worker):
        """Bring the course's own topics, and look at the worker; see :class:`distributed.WorkerPlugin`."""
        rooms.unpack_topics(self.topics)
        reason = await asyncio.to_thread(explain_refusal, worker.state.nthreads, self.wanted, self.unsafe)
        if reason:
            line = f"the worker {worker.address} is refused: {reason}"
            worker.log_event(self.name, line)
            raise ClusterError(line)
        # The scheduler looks for what a worker can do only when one begins to run: so this one begins once more.
        worker.status = Status.paused
        await worker.set_resources(**{self.name: 1})
        worker.status = Status.running


class Cluster(Executor):
    """A Dask cluster as an executor.

    Parameters
    ----------
    client : distributed.Client
    resource : str
        What a worker must offer.
    """

    def __init__(self, client, resource):
        self.client, self.resource, self.known, self.asked = client, resource, LEAST_WORKERS, 0.0
        self.executor = client.get_executor(pure=False, resources={resource: 1})

    @property
    def jobs(self):
        """Return for how many workers there must be jobs."""
        if time.monotonic() - self.asked > COUNT_SECONDS:
            self.known, self.asked = max(len(self.client.nthreads()), LEAST_WORKERS), time.monotonic()
        return self.known

    def submit(self, call, /, *args, **kwargs):
        """See :class:`concurrent.futures.Executor`."""
        if self.client.status != "running":
            raise ClusterError("the Dask scheduler is gone; what was graded is kept: the same command goes on from "
                               "here, with --scheduler and the address of a new one")
        return self.executor.submit(call, *args, **kwargs)

    def shutdown(self, wait=True, *, cancel_futures=False):
        """See :class:`concurrent.futures.Executor`."""
        self.executor.shutdown(wait and not cancel_futures)


@contextlib.contextmanager
def connect_cluster(address, unsafe=False):
    """Have the :class:`Cluster` behind a scheduler's address; jobs not done are cancelled at the end.

    Parameters
    ----------
    address : str
        As in ``tcp://10.0.0.1:8786``.
    unsafe : bool
        Without the sandbox.

    Raises
    ------
    ClusterError
        If nothing answers there, or a worker is not fit for jobs: one line that names it.
    """
    guard = WorkerCheck(describe_grader(), unsafe)
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(open_client(address))
        register_check(client, guard)
        stack.callback(unregister_check, client, guard)
        client.subscribe_topic(guard.name, lambda event: tqdm.write(event[1], file=sys.stdout))
        if not client.nthreads():
            print(f"no worker is there yet: waiting (dask worker {address} --nthreads 1 --nworkers N)")
        runners = Cluster(client, guard.name)
        stack.callback(runners.shutdown, cancel_futures=True)
        yield runners


def open_client(address):
    """Connect to a scheduler."""
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # TimeoutError is an OSError
        reason = " ".join(str(error).split())
        raise ClusterError(f"no Dask scheduler answers at {address}: {reason}") from error


def register_check(client, guard):
    """Look at every worker that is there, and at all that join later."""
    try:
        client.register_plugin(guard, name=guard.name)
    except ClusterError:
        unregister_check(client, guard)
        raise
    except Exception as error:  # a worker could not even read what it was sent
        unregister_check(client, guard)
        replies = client.run(describe_grader, on_error="return")
        names = ", ".join(name for name, reply in replies.items() if isinstance(reply, Exception))
        raise ClusterError(f"the worker {names} cannot load the grader ({' '.join(str(error).split())}): install the "
                           "same on every node, then restart the worker") from error


def unregister_check(client, guard):
    """Leave the cluster as it was: workers that join later are no business of ours."""
    with contextlib.suppress(Exception):
        client.unregister_worker_plugin(guard.name)
