"""Names of the aspects of ``linear_classifier`` that check and grader share, beside the common ones."""

DW = "dw"
DB = "db"
LOSS = "loss"
PAIRING = "pairing"
DISTRIBUTION = "distribution"
REPLACEMENT = "replacement"
USES_RNG = "uses rng"
