"""Names of the aspects of ``linear_classifier`` that check and grader share, beside the common ones."""

DW = "dw"
DB = "db"
LOSS = "loss"
W = "w"
B = "b"
REG = "reg"
NEW_BATCHES = "new batches"
