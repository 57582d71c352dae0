"""Hints about the functions of ``evaluation.py``."""

HINTS = {
    "ensemble_probabilities": (
        """
        Each model gives its own probabilities; the ensemble gives their mean. The mean
        is taken of probabilities, not of scores.
        """,
        """
        1. logits is (K, N, C). Softmax is over the classes, for each model and example
           by itself: which axis?
        2. Scores of thousands overflow: take out what notebook 00 took out, per row.
        3. Keep the axis when you reduce, so that it broadcasts back.
        4. Then the mean over the models: (N, C).
        """,
        """
        Two models, one example, two classes. Scores 0, 0 give 0.5, 0.5. Scores 1000, 0
        give 1, 0. The ensemble says 0.75, 0.25.
        """,
    ),
    "ema_update": (
        """
        The average takes a small step towards the present parameters: most of it
        stays, the rest is new.
        """,
        """
        1. Both dicts have the same names. Go through them.
        2. decay is the share of the old average. What is the share of the new?
        3. Make a new dict with new arrays: the old ones may still be needed.
        """,
        """
        decay 0.9, average 10, parameter 20: the new average is 11, then 11.9, if the
        parameter stays at 20.
        """,
    ),
    "extract_features": (
        """
        Push the examples through all layers, a handful at a time, and collect what
        comes out in the order in which it went in.
        """,
        """
        1. Go through X in steps of batch_size. A slice beyond the end is no error in
           Python: it is only shorter.
        2. Each layer gets what the one before it returned; the first gets the batch.
        3. What comes out may have several axes; one row per example is wanted.
        4. Join the batches along the examples: (N, F).
        """,
        """
        Five examples, batch_size 2: batches of 2, 2 and 1. With the layers "add 1" and
        "double" the example 3 becomes 8, not 7 and not 6.
        """,
    ),
    "train_head": (
        """
        Gradient descent as in notebook 00, with the features in place of the pixels
        and all examples at once. Only w and b learn.
        """,
        """
        1. Draw w, (D, C), and make b, (C,), as the docstring says.
        2. In each of the steps: scores of all examples, (N, C), and loss_fn, which
           returns the loss and the gradient of the scores.
        3. From the scores back to w and to b, as in affine_backward. 1/N is in the
           gradient of the scores already.
        4. The penalty adds to w's gradient. What is the derivative of half a square?
        5. Both gradients are of the same w and b: compute both, then step.
        """,
        """
        One example, two features 1 and 2, and the gradient of its scores is 0.5 and
        -0.5. The gradient of w is

            0.5   -0.5
            1.0   -1.0

        plus reg times w, and that of b is 0.5 and -0.5.
        """,
    ),
}
