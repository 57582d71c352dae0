"""TODO autograder.runners.executors."""

import contextlib

from autograder.errors import ClusterError


@contextlib.contextmanager
def connect_executor(scheduler, unsafe=False):
    """Have the Dask cluster behind a scheduler's address as an executor; None without an address."""
    if scheduler is None:
        yield None
        return
    try:
        from autograder.runners import cluster
    except ImportError as error:
        raise ClusterError(f"--scheduler needs Dask ({error}); install it with: pip install .[cluster]") from error
    with cluster.connect_cluster(scheduler, unsafe) as executor:
        yield executor
