"""Given code: data, net, solver, gradient checks, checks, plots, explorers. Read it; nothing here is graded."""


def start():
    """Make a notebook ready: edits in ``cs231n_lib`` are picked up at the next cell, plots get the house style.

    NumPy's matrix products are bound to one thread: for products of this size a second one gains little on an idle
    machine and waits for the browser on a busy one.
    """
    from cs231n_lib.lab import blas, plots

    plots.use_style()
    blas.set_blas_threads(1)
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell is not None:
        shell.run_line_magic("load_ext", "autoreload")
        # The minus reloads whole files. Without it single functions are patched, and an error then names a wrong line.
        shell.run_line_magic("autoreload", "2-")
