"""Where runners are, by the address of a scheduler: on this machine, or on a Dask cluster."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor

from autograder.errors import ClusterError


@contextlib.contextmanager
def connect_executor(scheduler: str | None, unsafe: bool = False) -> Iterator[Executor | None]:
    """Have the Dask cluster behind a scheduler's address as an executor; None without an address."""
    if scheduler is None:
        yield None
        return
    try:
        from autograder.runners import cluster
    except ImportError as error:
        raise ClusterError(f"--scheduler needs Dask ({error}), which requirements.lock has") from error
    with cluster.connect_cluster(scheduler, unsafe) as executor:
        yield executor
