"""What ``python -m cs231n_lib.lab COMMAND`` runs: install, jupyter (``lab``), progress, submit, doctor.

``install``, ``jupyter`` and ``doctor`` import the standard library and ``workspace`` only: they run before NumPy is
there.
"""
