"""Hints for the functions of ``label_smoothing``: the idea, a plan with shapes, a smaller example in numbers."""

HINTS = {
    "smoothing_loss": (
        """
        First write down what the net should say: one row of probabilities for each
        example. Then the loss and the gradient are those of the cross-entropy, with
        these rows in the place of zeros and ones.
        """,
        """
        1. Every class gets its share of the smoothing: an array of shape (N, C).
        2. The class of the label gets the rest on top of its share, so that each
           row adds up to 1.
        3. The loss weighs the logarithms with these rows; it is a mean over N.
        4. For each score the gradient is the net's probability minus the wanted
           one, divided by N.
        """,
        """
        Two classes, one example with the label 0, smoothing 0.2:

            wanted:       0.9  0.1
            net's:        0.5  0.5
            loss:         0.9 * 0.693 + 0.1 * 0.693 = 0.693
            gradient:    -0.4  0.4
        """,
    ),
}
