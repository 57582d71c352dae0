"""Hints about the functions of ``batchnorm.py``."""

HINTS = {
    "batchnorm_forward": (
        """
        Two modes, two sources of the same two numbers per feature. In training they
        come from the batch that you see; at test time from what training remembered.
        What is done with them afterwards is the same.
        """,
        """
        1. x is (N, D). Mean and variance are per feature, so which axis goes? Both
           are (D,) afterwards, and broadcast against x.
        2. eps belongs to the variance, before the root is taken. Keep the root: it is
           part of the cache.
        3. Scale and shift come last; the cache wants x before them.
        4. In training, put both running averages into the dict under their names.
           momentum is the weight of the *old* value.
        5. At test time the running averages do the work, nothing is stored, and the
           cache is None.
        """,
        """
        One feature, three examples 1, 3, 5; gamma 2, beta 10, eps 0. The mean is 3,
        the variance (4 + 0 + 4) / 3 = 2.67, its root 1.63.

            normalized:  -1.22   0   1.22        out:  7.55   10   12.45

        With momentum 0.9 the running mean goes from 0 to 0.3 and the running
        variance from 0 to 0.267. A test example 3 is then far from this mean: it is
        normalized with 0.3 and 0.267, whatever stands beside it in its batch.
        """,
    ),
    "batchnorm_backward": (
        """
        Walk the graph of the forward pass backwards, one arrow at a time. Each x
        reaches the loss by three roads: by its own difference from the mean, by the
        variance and by the mean. What comes back on the three roads is added.
        """,
        """
        1. beta was added to every row, gamma multiplied every row: what comes back
           to a shared number is summed over the rows. Two results are (D,).
        2. First step back: dout meets gamma, and you have the gradient of the
           normalized x, (N, D).
        3. The root divided every row of its column, so its gradient is a sum over
           the rows. From the root to the variance is the slope of a square root.
        4. The variance is a mean of squares: each difference gets its share, with
           1/N and the 2 of the square.
        5. Each difference goes to its own x unchanged, and with a minus to the mean.
           The mean is a mean: each x gets the N-th part of that.
        6. Differences are not in the cache, but you can make them from two things
           that are.
        """,
        """
        N = 2, one feature, x = 1 and 3: mean 2, root 1 (eps 0), normalized -1 and 1.
        gamma 1, dout = 1 and 0.

            dbeta   1 + 0 = 1
            dgamma  1 * -1 + 0 * 1 = -1

        dx is 0 for both. That is right: two examples are always normalized to -1 and
        1, wherever they stand, so moving one changes nothing. Use three to see more.
        """,
    ),
    "batchnorm_backward_alt": (
        """
        The notebook derives what is left when everything is multiplied out: take two
        things out of dout, its mean and its part along the normalized x, and scale.
        """,
        """
        1. dbeta and dgamma are those of the long version.
        2. Both are sums over the rows. Divided by N they become the two things that
           you have to take out of dout: the mean, and how much of the normalized x
           there is in dout.
        3. The second one is a number per feature; times the normalized x it has the
           shape of dout again.
        4. The scale in front has gamma and the root. Which of them divides?
        """,
        """
        Normalized x -1.22, 0, 1.22 (three examples), gamma 1, root 1.63, dout 1, 0, 0:

            dbeta 1, dgamma -1.22
            out of the first entry come 1/3 and -1.22 * -1.22 / 3 = 0.5: 0.17 is left
            divided by the root: dx is 0.10, and -0.20, 0.10 for the other two

        The three add up to 0: moving all examples together changes nothing.
        """,
    ),
    "layernorm_forward": (
        """
        The same idea along the other axis: each example is normalized by itself, so
        nothing has to be remembered and there is no mode.
        """,
        """
        1. x is (N, D). Now the features disappear, and one number per example is left.
        2. Such numbers are (N,), and (N,) does not broadcast against (N, D) as you
           want it. NumPy can keep the axis, with length 1.
        3. gamma and beta are still one per feature.
        4. The root in the cache is (N, 1).
        """,
        """
        Two examples with two features, eps 0:

            1   3        mean 2,  root 1        normalized:  -1  1
            10  30       mean 20, root 10       normalized:  -1  1

        The second example is ten times the first. Nobody can tell any more.
        """,
    ),
    "layernorm_backward": (
        """
        The formula of batch normalization along the other axis, with one difference:
        gamma is not the same along the axis that was averaged, so it has to meet dout
        at the very beginning.
        """,
        """
        1. dgamma and dbeta are shared by all examples, as before: the same axis as
           in batch normalization.
        2. Multiply dout by gamma first. Call the result g, (N, D).
        3. Take out of each row of g its mean, and its part along the row of the
           normalized x. Both are means over the features: keep the axis.
        4. Divide by the root, (N, 1).
        """,
        """
        One example, normalized to -1.22, 0, 1.22; root 1.63; gamma 1, 2, 1;
        dout 0, 1, 0. Then g is 0, 2, 0 with the mean 0.67, and its part along the
        normalized x is 0.

            dx = (0 - 0.67, 2 - 0.67, 0 - 0.67) / 1.63 = -0.41, 0.82, -0.41
        """,
    ),
}
