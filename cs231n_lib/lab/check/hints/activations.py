"""Hints about the functions of ``activations.py``."""

HINTS = {
    "sigmoid_forward": (
        """
        The formula has an exponential that overflows at one end. The sigmoid can be
        written with another exponential that overflows at the other end. Which of
        the two is safe depends on the sign of x, and exp(-|x|) is safe for both.
        """,
        """
        1. Compute z, the exponential of minus the absolute value of x, once, for
           all entries. It lies in (0, 1], so nothing can overflow.
        2. Where x is 0 or more, z is exp(-x): use the formula as it stands.
        3. Where x is negative, z is exp(x): multiply numerator and denominator of
           the formula by exp(x), and see what it becomes.
        4. Choose between the two entry by entry; the shape stays that of x.
        5. The cache is the output.
        """,
        """
        x = 2 and x = -2 have the same z, exp(-2) = 0.135.

            x = 2:    1     / 1.135 = 0.881
            x = -2:   0.135 / 1.135 = 0.119

        They add up to 1, as they must. And x = -1000 has z = 0: the output is 0 / 1,
        without any warning.
        """,
    ),
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
    "tanh_forward": (
        """
        NumPy has this function, and it does not overflow. What remains is to think
        about what the way back will need.
        """,
        """
        1. Compute the output, of x's shape.
        2. The slope of tanh can be told from its output, as that of the sigmoid.
        3. So the output is also the cache. Return both.
        """,
        """
        x = 0 gives 0, x = 1 gives 0.762 and x = -1 gives -0.762. Output and cache
        are equal.
        """,
    ),
    "tanh_backward": (
        """
        The chain rule once more: dout times the slope, and the slope follows from the
        output. It is 1 in the middle and 0 at both ends.
        """,
        """
        1. tanh is sinh / cosh. Differentiate the quotient, and use that
           cosh squared minus sinh squared is 1.
        2. Write the result with the output alone. It must be 1 where the output is 0,
           and 0 where the output is 1 or -1.
        3. Multiply dout by it, entry by entry.
        """,
        """
        An output of 0.5 has the slope 0.75, and so has an output of -0.5: dout = 4
        becomes 3. An output of 0.9 has the slope 0.19, and dout = 4 becomes 0.76.
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
    "leaky_relu_forward": (
        """
        Two straight lines that meet at 0. On the right the slope is 1, on the left it
        is alpha. Choose between them entry by entry.
        """,
        """
        1. A condition of x's shape: is the entry positive?
        2. Where it is, take the entry; elsewhere take alpha times the entry.
        3. The way back needs both x and alpha, so the cache is a tuple of the two.
        """,
        """
        alpha = 0.1:

            x:       -20   0   3
            output:   -2   0   3
        """,
    ),
    "leaky_relu_backward": (
        """
        The gate of ReLU, except that it never shuts entirely: on the negative side a
        part of the gradient passes. Which part?
        """,
        """
        1. Unpack the cache: x and alpha.
        2. The slope is 1 where x is positive and alpha elsewhere, also at 0.
        3. dout times the slope, entry by entry.
        """,
        """
        alpha = 0.1:

            x:     -20    0   3
            dout:    5    5   5
            dx:    0.5  0.5   5
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
    "elu_forward": (
        """
        A line on the right, a curve on the left that settles at -alpha. The curve is
        computed for all entries before one of the two is chosen, and an exponential
        of 1000 overflows even if it is thrown away.
        """,
        """
        1. Make a copy of x in which what is positive is 0: nothing overflows there.
        2. The curve is alpha times (exp of that, minus 1). NumPy has one function
           for "exp minus 1" that is exact near 0.
        3. Where x is positive take x, elsewhere the curve. The shape is x's.
        4. The cache is the tuple of x and alpha.
        """,
        """
        alpha = 2:

            x:         -100     -1   0   3
            exp(x)-1:    -1  -0.632  0   (not used)
            output:      -2  -1.264  0   3
        """,
    ),
    "elu_backward": (
        """
        The slope is 1 on the right. On the left differentiate the curve: the constant
        drops out, the exponential stays.
        """,
        """
        1. Unpack x and alpha.
        2. The slope is 1 where x is positive. Elsewhere it is alpha times the
           exponential of x; compute it for entries that are not positive only, or
           of a copy without them, so that nothing overflows.
        3. dout times the slope, entry by entry.
        """,
        """
        alpha = 2:

            x:       -1    0   3
            slope: 0.736   2   1
            dout:     10  10  10
            dx:     7.36  20  10

        At 0 the slope is alpha: only for alpha = 1 do the two sides fit together.
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
    "saturated_fraction": (
        """
        The mean of an array of True and False is the share of True. So what you need
        is the condition: is this activation close to one of the two bounds?
        """,
        """
        1. "Close" is a distance: margin times the width of the interval.
        2. Two conditions of out's shape: at most that far above low, at most that far
           below high. Both ends count as close.
        3. Join them with the operator for arrays. Python's own word "or" does not
           work entry by entry.
        4. The share of True, as a float.
        """,
        """
        tanh, low = -1, high = 1, margin = 0.05: the width is 2, so close means
        within 0.1, that is, below -0.9 or above 0.9.

            out:    -1   -0.85   0   0.95
            close:  yes  no      no  yes       the share is 0.5
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
