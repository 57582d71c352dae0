"""The old name of :mod:`cs231n_lib.lab.explorers.pca`, for notebooks that were released with it."""

from cs231n_lib.lab.explorers.pca import Components, halve

__all__ = ["Components", "halve"]
