"""Edits in ``cs231n_lib/<topic>.py`` are there at the next cell; a file that does not load says so in words."""

import importlib
import sys
from pathlib import Path

from IPython import version_info

from cs231n_lib.lab.check import import_check

MODULES = Path(__file__).resolve().parents[2]  # cs231n_lib
AUTORELOAD = version_info >= (9,)
"""Older ones (as on Colab) need the module imp, which Python 3.12 does not have."""

GOES_ON = "The notebook goes on with what was loaded before. Mend the line and save: the next cell takes it up."


def install_autoreload(shell):
    """Switch on IPython's autoreload, or what stands in for it where IPython is old.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """
    start_autoreload(shell)
    if AUTORELOAD:
        shell.extension_manager.load_extension("autoreload")  # the magic prints a line where it is loaded already
        # The minus reloads whole files. Without it single functions are patched, and an error names a wrong line.
        shell.run_line_magic("autoreload", "2-")


def start_autoreload(shell):
    """Look at changed files before every cell, and before autoreload does; once, however often a notebook starts."""
    if not getattr(shell, "_cs231n_reloads", False):
        shell._cs231n_reloads = True
        seen, broken = {}, set()
        list_changed_modules(seen)
        shell.events.register("pre_run_cell", lambda *_: report_changes(shell, seen, broken))


def list_changed_modules(seen):
    """Return the graded modules whose file is not the one that was seen last, and remember it.

    Parameters
    ----------
    seen : dict
        Name -> time and size of the file; changed in place.
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
    """Say what is wrong with a changed file, and keep it from being loaded until it is mended.

    Parameters
    ----------
    shell : InteractiveShell
    seen : dict
        As :func:`list_changed_modules` returns it.
    broken : set of str
        Names of the modules that do not load; changed in place.
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
