"""What ``python -m cs231n_lib.lab COMMAND`` runs.

In: what the student typed, and the workspace (``workspace.ROOT``). Out: text in the terminal, an exit code, and the
files that a command makes: ``.venv`` or the zips to hand in.

``install`` makes the environment, ``jupyter`` opens JupyterLab, ``progress`` lists what is done, ``submit`` makes the
zips, ``doctor`` looks for what is wrong with the installation. A problem that a student can solve is a ``ValueError``
or an ``OSError``: ``__main__`` prints it as one line.

May import everything below it in the lab. ``install``, ``jupyter`` and ``doctor`` import only the standard library and
``workspace`` at the top, because they run before NumPy is installed.
"""
