"""Names of the aspects of ``babysitting`` that check and grader share, beside the common ones."""

SOFTMAX = "softmax"
SVM = "svm"
WITH_NAN = "nan"
WITH_INF = "inf"
