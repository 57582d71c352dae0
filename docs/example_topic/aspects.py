"""Names of the aspects of ``label_smoothing`` that check and grader share, beside the common ones."""

LOSS = "loss"
SMOOTHING = "smoothing"
