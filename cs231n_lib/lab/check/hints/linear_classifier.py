"""Hints about the functions of ``linear_classifier.py``."""

HINTS = {
    "affine_forward": (
        """
        Each score is a weighted sum of all numbers of one example, plus a bias. A
        matrix product computes all of them at once, if every example is one row.
        """,
        """
        1. x has shape (N, d_1, ..., d_k). Give it the shape (N, D); the number of
           rows stays, so that no two examples are mixed.
        2. (N, D) times (D, M) is (N, M): one row of scores per example.
        3. Add b, of shape (M,). Broadcasting adds it to every row.
        4. The cache is the tuple of the three inputs, x in its first shape: the way
           back needs that shape.
        """,
        """
        One example [1, 2] and two units:

            w:   3  0        b:  10  0
                 4  1

            unit 1:  1 * 3 + 2 * 4 + 10 = 21
            unit 2:  1 * 0 + 2 * 1 +  0 =  2
        """,
    ),
    "affine_backward": (
        """
        A gradient has the shape of the thing it belongs to. That alone tells nearly
        always which of two arrays is to be transposed. For the reason behind it, ask
        for one entry: which scores does this one weight have a part in?
        """,
        """
        1. dout is (N, M). Unpack x, w and b, and give x the shape (N, D) again.
        2. dw is (D, M). A weight takes part in every example, so its gradient is a
           sum over the N examples: N is the axis that disappears.
        3. dx: an input takes part in all M scores, so here M disappears. Fold the
           result, (N, D), back into the shape that x had.
        4. b was added to every row, so db is a sum over rows, of shape (M,).
        """,
        """
        One example [1, 2], one unit with the weights 3 and 4, and dout = 10. If a
        score grows by 1, the loss grows by 10.

            weight 1 takes part with 1:   its gradient is 10 * 1 = 10
            weight 2 takes part with 2:                   10 * 2 = 20
            input 1 takes part with 3:                    10 * 3 = 30
            input 2 takes part with 4:                    10 * 4 = 40
            the bias takes part with 1:                   10

        With a second example the numbers of weights and bias would be added up, and
        those of the inputs would be a second row.
        """,
    ),
    "softmax_loss": (
        """
        Probabilities stay the same if you subtract one number from all scores of an
        example. Choose it such that the largest exponential is 1: then nothing can
        overflow. And do not take the logarithm of a probability that may have become
        0; subtract logarithms instead.
        """,
        """
        1. Subtract from each row its largest score. To subtract a column of N numbers
           from (N, C), keep the axis when you take the maximum.
        2. The logarithm of a probability is the shifted score minus the logarithm of
           the row's sum of exponentials. That is an array of shape (N, C).
        3. The loss: pick one entry per row, that of the right class, change the sign,
           take the mean over N. Two index arrays of length N pick them.
        4. The gradient, (N, C): derive it for one row on paper, for the right class
           and for a wrong one. Each row adds up to 0. Do not forget that the loss is
           a mean.
        """,
        """
        One example with the scores 0, 0 and 0.693, the logarithm of 2:

            exponentials:   1     1     2        sum 4
            probabilities:  0.25  0.25  0.5

        If class 2 (the last) is right, the loss is 0.693 and the gradient is
        0.25, 0.25, -0.5. With two such examples in the batch the loss is the same,
        and each number of the gradient is half as large.
        """,
    ),
    "svm_loss": (
        """
        Every wrong class has to stay at least 1 below the right one. What comes
        closer, or lies above, costs as much as it is too high.
        """,
        """
        1. Take the score of the right class of each row, as a column of shape (N, 1).
        2. Subtract it from the row and add 1: by how much is each class too high?
           What is negative costs nothing.
        3. The right class compared with itself gives 1. Set it to 0, it is no error.
        4. Loss: the sum of all that, divided by N.
        5. Gradient: each class that costs something is pushed down with slope 1. The
           right class is in every one of these terms, with the other sign.
        """,
        """
        Scores 3, 5 and 1; class 0 is right.

            class 1:  5 - 3 + 1 =  3    costs 3
            class 2:  1 - 3 + 1 = -1    costs nothing

        The loss is 3. The gradient is -1 for class 0, 1 for class 1, 0 for class 2.
        If class 2 had the score 4, it would cost 2, and the gradient would be
        -2, 1, 1.
        """,
    ),
    "train_linear": (
        """
        You have written every part of it. A step of training draws a batch, asks how
        bad the scores are and in which direction they should move, and carries that
        direction over to the weights and the biases. Then it happens again.
        """,
        """
        1. Make an empty list for the history.
        2. For each step: draw a batch, compute its scores of shape (B, C), and let
           loss_fn give you the loss and the gradient with respect to the scores.
        3. Into the history goes that loss plus the penalty, with the weights as they
           are now.
        4. The gradient of the weights, (D, C), has two parts, one from the batch and
           one from the penalty. That of the biases, (C,), has one.
        5. Move both against their gradients, into new arrays.
        """,
        """
        One feature, one class, and a batch with the single example 2. The weight is 3,
        the bias 1, lr is 0.1 and reg is 0.5. Let the loss be the score itself, so that
        the gradient of the score is always 1.

            score    2 times 3 plus 1 is 7
            history  7 plus 0.5 times 0.5 times 9 is 9.25
            weight   gradient 2 from the batch and 1.5 from the penalty:
                     3 minus 0.1 times 3.5 is 2.65
            bias     1 minus 0.1 times 1 is 0.9
        """,
    ),
}
