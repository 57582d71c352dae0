"""Names of the aspects of ``babysitting`` that check and grader share, beside the common ones."""

SOFTMAX = "softmax"
SVM = "svm"
NAN = "nan"
INF = "inf"
