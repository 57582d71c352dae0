"""How many threads NumPy's matrix products use.

The products of this workbook are small. Two threads that wait for each other while a browser, or another notebook,
uses the same cores took 480 ms where one thread took 29 ms (ten products of 200 x 500 by 500 x 500, and back).
The environment variable OPENBLAS_NUM_THREADS is read when NumPy is imported; these functions work afterwards too.
"""

import contextlib
from functools import cache

import numpy as np  # noqa: F401  (loads the library that is looked for)


def set_blas_threads(count):
    """Set the number of threads of NumPy's OpenBLAS.

    Parameters
    ----------
    count : int
        At least 1.

    Returns
    -------
    before : int or None
        The number so far; None where nothing was changed, because threadpoolctl is missing (an environment of an
        earlier release) or does not know NumPy's library (macOS may use Accelerate).
    """
    libraries = _list_blas_libraries()
    if not libraries:
        return None
    before = libraries[0].num_threads
    for library in libraries:
        library.set_num_threads(count)
    return before


@contextlib.contextmanager
def one_blas_thread():
    """Limit NumPy's matrix products to one thread for the code inside."""
    before = set_blas_threads(1)
    try:
        yield
    finally:
        if before is not None:
            set_blas_threads(before)


@cache
def _list_blas_libraries():
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return []
    return ThreadpoolController().select(user_api="blas").lib_controllers
