"""Visible inputs for ``label_smoothing``."""

import numpy as np

from cs231n_lib.lab.check.aspects.common import GRADIENT
from cs231n_lib.lab.check.aspects.label_smoothing import LOSS, SMOOTHING
from cs231n_lib.lab.check.cases.builders import add_function
from cs231n_lib.lab.check.observe import Case
from cs231n_lib.lab.check.result_form import NUMBER

LOG_P = np.log([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]])
LABELS = np.array([0, 1])

add_function("label_smoothing", "smoothing_loss", ("log_p", "y", "smoothing"), ("loss", "dx"), [
    Case(LOSS, (LOG_P, LABELS), only=("loss",)),
    Case(GRADIENT, (LOG_P, LABELS), only=("dx",)),
    Case(f"{SMOOTHING} = 0.6", (LOG_P, LABELS), {"smoothing": 0.6}),
    Case(f"{SMOOTHING} = 0", (LOG_P, LABELS), {"smoothing": 0.0}),
], forms={"loss": NUMBER})
