"""Given code: data, net, solver, gradient checks, checks, plots, explorers. Read it; nothing here is graded."""


def start():
    """Make a notebook ready: edits in ``cs231n_lib`` are picked up at the next cell, plots get the house style.

    A cell that waits for a function that is not written yet says so in a line.

    NumPy's matrix products are bound to one thread: for products of this size a second one gains little on an idle
    machine and waits for the browser on a busy one.
    """
    from cs231n_lib.lab import blas, plots
    from cs231n_lib.lab.notebook import autoreload, unwritten

    plots.use_style()
    blas.set_blas_threads(1)
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell is not None:
        autoreload.install_autoreload(shell)
        unwritten.install_handler(shell)


def progress(name=None):
    """Show how far you are: every function, prediction and answer, its state, and what comes next.

    Parameters
    ----------
    name : str, optional
        One notebook, as in ``"01"``; all by default. They are read as they were saved last.

    Returns
    -------
    progress : cs231n_lib.lab.commands.progress.Progress
        Shows itself as the last value of a cell.
    """
    from cs231n_lib.lab.commands import progress

    return progress.read_progress(name)
