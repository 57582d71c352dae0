"""Names of the aspects of ``initialization`` that check and grader share, beside the common ones."""

MEAN = "mean"
SPREAD = "spread"
DWEIGHTS = "dweights"
