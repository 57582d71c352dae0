"""Correct ways to write ``cs231n_lib.template_topic`` other than the reference's."""

import numpy as np

from autograder.verify.alternatives import alternative


@alternative("template_function", style="loop")
def row_by_row(x):
    out = np.empty_like(x)
    for i, row in enumerate(x):
        out[i] = row - row.sum() / len(row)
    return out
