"""Reload ``cs231n_lib/<topic>.py`` before the next cell once it was saved; say why if it cannot be imported."""

import importlib
import sys
from pathlib import Path

from IPython import version_info

from cs231n_lib.lab.check import import_check

MODULES = Path(__file__).resolve().parents[2]  # cs231n_lib
AUTORELOAD = version_info >= (9,)
"""Is IPython's own autoreload used? Older ones (as on Colab) need the module imp, which Python 3.12 does not have."""

GOES_ON = ("The notebook still uses the version that it loaded last. Fix the line and save the file: the next cell "
           "that you run loads it.")


def install_autoreload(shell):
    """Switch on IPython's autoreload, or our own where IPython is old.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """
    start_autoreload(shell)
    if AUTORELOAD:
        shell.extension_manager.load_extension("autoreload")  # %load_ext would print a line the second time
        # The minus reloads whole files. Without it single functions are patched, and an error names a wrong line.
        shell.run_line_magic("autoreload", "2-")


def start_autoreload(shell):
    """Look at changed files before every cell, and before autoreload does; calling this again changes nothing.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """
    if not getattr(shell, "_cs231n_reloads", False):
        shell._cs231n_reloads = True
        seen, broken = {}, set()
        list_changed_modules(seen)
        shell.events.register("pre_run_cell", lambda *_: report_changes(shell, seen, broken))


def list_changed_modules(seen):
    """Return the graded modules whose files changed since the last call.

    Parameters
    ----------
    seen : dict
        Module -> time and size of its file at the last call; updated in place.
    """
    found = []
    for name, module in list(sys.modules.items()):
        path = Path(getattr(module, "__file__", None) or "")
        if name.count(".") == 1 and name.startswith("cs231n_lib.") and path.parent == MODULES and path.is_file():
            stamp = path.stat().st_mtime_ns, path.stat().st_size
            if seen.setdefault(name, stamp) != stamp:
                seen[name] = stamp
                found.append(module)
    return found


def report_changes(shell, seen, broken):
    """Print what is wrong with a changed file, and do not let it be loaded until it is fixed.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    seen : dict
        Of :func:`list_changed_modules`.
    broken : set of str
        Names of the modules that cannot be imported; updated in place.
    """
    for module in list_changed_modules(seen):
        problem = import_check.find_import_problem(module.__file__, module.__name__)
        if problem:
            print(f"{problem}\n{GOES_ON}\n")
        if not AUTORELOAD and not problem:
            importlib.reload(module)
        elif AUTORELOAD and (problem or module.__name__ in broken):
            shell.run_line_magic("aimport", f"-{module.__name__}" if problem else module.__name__)
        if problem:
            broken.add(module.__name__)
        else:
            broken.discard(module.__name__)
