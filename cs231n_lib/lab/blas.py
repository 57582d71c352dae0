"""How many threads NumPy's matrix products use.

The products of this workbook are small. Two threads that wait for each other while a browser, or another notebook,
uses the same cores took 480 ms where one thread took 29 ms (ten products of 200 x 500 by 500 x 500, and back).
The environment variable OPENBLAS_NUM_THREADS is read when NumPy is imported; these functions work afterwards too.
"""

import contextlib
import ctypes
from functools import cache
from pathlib import Path

import numpy as np


def set_blas_threads(count):
    """Set the number of threads of NumPy's OpenBLAS.

    Parameters
    ----------
    count : int

    Returns
    -------
    before : int or None
        The number so far; None where NumPy does not come with OpenBLAS (macOS may use Accelerate): then nothing
        was changed.
    """
    library = _openblas()
    if library is None:
        return None
    before = library.scipy_openblas_get_num_threads64_()
    library.scipy_openblas_set_num_threads64_(count)
    return before


@contextlib.contextmanager
def one_blas_thread():
    """Let NumPy's matrix products use one thread, and afterwards as many as before."""
    before = set_blas_threads(1)
    try:
        yield
    finally:
        if before is not None:
            set_blas_threads(before)


@cache
def _openblas():
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".dylibs"):  # Linux and Windows, macOS
        for file in folder.glob("*openblas*"):
            with contextlib.suppress(OSError):
                library = ctypes.CDLL(str(file))  # already loaded: this only finds it
                if hasattr(library, "scipy_openblas_set_num_threads64_"):
                    return library
    return None
