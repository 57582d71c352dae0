"""Names of the aspects of ``dropout`` that check and grader share, beside the common ones."""

INDEPENDENCE = "independence"
SEED = "seed"
CACHE = "cache"
MEAN = "mean"
SPREAD = "spread"
PASSES = "passes"
