"""The old name of :mod:`cs231n_lib.lab.broken_nets`, for notebooks that were released with it."""

from cs231n_lib.lab.broken_nets import BrokenNet as Patient
from cs231n_lib.lab.broken_nets import make_flat_net as flat
from cs231n_lib.lab.broken_nets import make_net as admit
from cs231n_lib.lab.broken_nets import make_run as run

__all__ = ["Patient", "admit", "flat", "run"]
