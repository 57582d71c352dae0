"""Names of the aspects of ``batchnorm`` that check and grader share, beside the common ones."""

DGAMMA = "dgamma"
DBETA = "dbeta"
EPS = "eps"
RUNNING_AVERAGES = "running averages"
