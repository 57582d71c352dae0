"""The old name of :mod:`cs231n_lib.lab.notebook.colab`, for online notebooks that were released with it."""

from cs231n_lib.lab.notebook.colab import prepare_colab as ready

__all__ = ["ready"]
