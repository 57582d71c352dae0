"""The progress bar of everything in the lab that takes long: training, a search, a download."""

import sys

from tqdm import tqdm


class ProgressBar(tqdm):
    """tqdm's bar, on stdout and without the thread that tqdm starts to refresh bars that are rarely updated.

    Where no thread can be started, as in a browser's Python, tqdm would warn. The thread is not needed: the bar looks
    at the clock at every update.

    Parameters
    ----------
    **settings
        Those of ``tqdm``, such as ``total=100, unit="batch"``.
    """

    monitor_interval = 0  # tqdm starts its thread unless this is 0

    def __init__(self, **settings):
        super().__init__(**{"file": sys.stdout, "mininterval": 0.5, "miniters": 1, **settings})
