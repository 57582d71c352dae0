"""Names of the aspects of ``activations`` that check and grader share, beside the common ones."""

DA = "da"
DW = "dw"
DB = "db"
ALPHA = "alpha"
