"""Given code: data, a net, a solver, gradient checks, checks, plots and explorers. Read it; nothing here is graded.

In: the reader's functions, always looked up by name at the moment of the call, so that edits count. Out: what a
notebook shows, and what ``python -m cs231n_lib.lab`` prints.

From the bottom up: ``cells``, ``modules`` and ``progress_bar``; ``workspace``, ``data``, ``net``, ``plots``,
``tables``, ``blas``, ``gradient_check``; ``solver`` and ``broken_nets``; ``your_net``; ``check``, ``logbook`` and
``search``; ``explorers`` and ``notebook``; ``commands``. Each imports only what is below it (``make check`` enforces
that), besides the graded modules. ``alone`` and ``sick`` are old names that released notebooks import.
``alt_texts/`` has the texts of the notebooks' figures.
"""


def start():
    """Prepare a notebook: edits in ``cs231n_lib`` are loaded before the next cell, and plots get the house style.

    A cell that needs a function that is not written yet says so in a line.

    NumPy's matrix products use one thread: for products of this size a second one gains little on an idle machine,
    and on a busy one it waits for the browser.
    """
    # Imported here: ``python -m cs231n_lib.lab install`` imports this package before NumPy is installed.
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
    """Show how far you are: the state of every function, prediction and answer, and what comes next.

    Parameters
    ----------
    name : str, optional
        One notebook, as in ``"01"``; all by default. They are read as they were last saved.

    Returns
    -------
    progress : cs231n_lib.lab.commands.progress.Progress
        Shows itself as the last value of a cell.
    """
    from cs231n_lib.lab.commands import progress  # here for the same reason as in start

    return progress.read_progress(name)
