"""Hints about the functions of ``activations.py``."""

HINTS = {
    "sigmoid_backward": (
        """
        The chain rule: what comes from above, times the local slope. The slope of the
        sigmoid can be told from its output alone, and the output is in the cache.
        """,
        """
        1. Differentiate 1 / (1 + e) with e = exp(-x), and write the result with the
           output instead of e.
        2. It vanishes where the output is 0 and where it is 1, and is largest in the
           middle. Check that yours does.
        3. Multiply dout by it, entry by entry: all shapes are those of the output.
        """,
        """
        At x = 0 the output is 0.5 and the slope 0.25: dout = 8 becomes 2.
        At x = 2 the output is 0.881. The output at 2.01 is 0.8818, at 2.00 it is
        0.8808: the slope is 0.105, and dout = 8 becomes 0.84.
        """,
    ),
    "relu_forward": (
        """
        Of each number and 0, keep the larger one. NumPy compares two things entry by
        entry; the function that looks for the largest entry of one array is another.
        """,
        """
        1. Compare every entry with 0; the shape stays.
        2. For the way back you must know where x was positive. x itself tells you.
        3. Return the output and x. Leave x as it was: do not write into it.
        """,
        """
            x:       -2   0   3
            output:   0   0   3
            cache:   -2   0   3
        """,
    ),
    "relu_backward": (
        """
        ReLU is a gate. Where it was open, the gradient passes as it is, and where it
        was shut, nothing passes. The gate was set by x, not by dout.
        """,
        """
        1. The cache is x, of the same shape as dout.
        2. Make a mask from x: open where x is positive. At exactly 0 we say shut.
        3. Let dout through where the mask is open, and put 0 elsewhere.
        """,
        """
            x:     -2   0   3   1
            dout:   5   5   5  -7
            dx:     0   0   5  -7

        The -7 passes: a gradient may be negative, and the gate does not look at it.
        """,
    ),
    "prelu_forward": (
        """
        A leaky ReLU whose slope is a parameter. If there is one slope for each unit,
        NumPy's broadcasting brings it to the right column by itself.
        """,
        """
        1. x has shape (N, D), a has shape () or (D,). In a product with x both work
           as they are: the last axes meet.
        2. Where x is positive take x, elsewhere a times x.
        3. The cache is the tuple of x and a.
        """,
        """
        Two units with the slopes a = [0.5, 0.1], two examples:

            x:   4  -10       output:   4  -1
                -4   10                -2  10
        """,
    ),
    "prelu_backward": (
        """
        Two gradients. The one for x is that of a leaky ReLU. The one for a asks: if a
        slope grows a little, by how much does each output change, and which outputs
        does this slope have a part in?
        """,
        """
        1. dx has shape (N, D): the slope is 1 where x is positive and a elsewhere.
        2. The output depends on a only where x is not positive, and its derivative
           with respect to a is x there, and 0 elsewhere.
        3. Multiply that by dout, of shape (N, D), and add up over everything that
           shares a slope: over the N examples if a is (D,), over all if it is ().
        4. da has the shape of a.
        """,
        """
        One unit, a = 0.5, three examples:

            x:     -2   3  -4
            dout:   1   1  10
            dx:   0.5   1   5

        For a: example 1 gives 1 * -2, example 2 gives nothing, example 3 gives
        10 * -4. So da = -42.
        """,
    ),
    "maxout_forward": (
        """
        Two affine layers work side by side on the same input, and each unit passes on
        the larger of its two results. Remember which one it was.
        """,
        """
        1. x is (N, D), each weight matrix is (D, M), each bias is (M,).
        2. Two results of shape (N, M).
        3. The output is the larger one, entry by entry.
        4. A mask of shape (N, M): True where the first one won or both are equal.
        5. The cache is the tuple (x, w1, w2, mask).
        """,
        """
        One example, one input x = 3, two units:

            first:   w1 = [1, -1], b1 = [0, 0]   gives   3  -3
            second:  w2 = [0,  1], b2 = [1, 0]   gives   1   3

            output:  3  3          mask:  True  False
        """,
    ),
    "maxout_backward": (
        """
        Each entry of dout goes to the affine layer that won it; the other one gets 0.
        After that there are two affine layers to go back through, and you know how
        that is done. The input took part in both.
        """,
        """
        1. Split dout, (N, M), with the mask: one part for the first layer, one for
           the second. At every entry one of the parts is 0.
        2. For each layer: the gradient of its weights is (D, M), that of its bias is
           (M,). They are those of notebook 00, with its own part of dout.
        3. dx is (N, D), and is the sum of what comes back through the two layers.
        4. Return dx, then weights and bias of the first layer, then of the second.
        """,
        """
        One example, x = 3, one unit, w1 = 1, w2 = 2: the second wins with 6.
        For dout = 10:

            the first layer gets 0:    dw1 = 0,            db1 = 0
            the second layer gets 10:  dw2 = 3 * 10 = 30,  db2 = 10
            dx = 0 * 1 + 10 * 2 = 20
        """,
    ),
    "dead_units": (
        """
        One example that switches a unit on is enough for it to be alive. A unit is a
        column, so ask each column whether there is any such example.
        """,
        """
        1. out is (N, H): rows are examples, columns are units.
        2. Where is a unit on? A mask of shape (N, H).
        3. Is there any True in a column? That takes the N examples together and
           leaves shape (H,).
        4. Dead are the others.
        """,
        """
        Three examples, three units:

            0  0  0
            2  0  0          on at least once:  yes  no   yes
            0  0  1          dead:              no   yes  no

        Unit 1 is alive by one example only, and that is enough.
        """,
    ),
}
