"""Hints about the functions of ``initialization.py``."""

HINTS = {
    "xavier_init": (
        """
        A unit adds up fan_in products of random sign. The variance of a sum of
        independent numbers is the sum of their variances, so it grows with fan_in.
        How small must the variance of one weight be for the sum to keep the variance
        of the inputs?
        """,
        """
        1. You want the variance 1 / fan_in. A generator gives variance 1.
        2. Multiplying numbers by c multiplies their variance by c squared. So find
           the c whose square is 1 / fan_in.
        3. Draw an array of shape (fan_in, fan_out) from rng, and multiply by c.
           fan_out does not occur in c.
        """,
        """
        A layer with 4 inputs: the variance of a weight is to be 1/4, so its standard
        deviation is 1/2, and a draw of 1.2 becomes the weight 0.6. With 100 inputs
        the standard deviation is 0.1, and the same draw becomes 0.12.

        The usual slip is to divide by 4 and by 100: that is the variance, where the
        standard deviation is wanted.
        """,
    ),
    "he_init": (
        """
        ReLU zeroes half of what it is given, and with it half of the mean square of
        the signal. What must the weights do, compared with Xavier's, to make up for
        a lost half?
        """,
        """
        1. The variance has to be twice that of xavier_init.
        2. Twice the variance is not twice the standard deviation. Take the root of
           the whole variance.
        3. As before: one draw from rng of shape (fan_in, fan_out), and one factor.
        """,
        """
        A layer with 8 inputs: the variance is 2/8 = 1/4, so the standard deviation
        is 1/2 and a draw of 1.2 becomes 0.6. Xavier would take 1/8 and 0.354, and
        a draw of 1.2 would become 0.424. The ratio of the two is 1.414.
        """,
    ),
    "scaled_init": (
        """
        He knew what ReLU does to a signal: it lets half of the mean square through,
        so the weights get the factor 2. You are given an activation that you know
        nothing about. But you can call it. What would you feed it, and what would
        you look at?
        """,
        """
        1. The signal before the activation is standard normal. Make many such
           numbers, or a fine row of numbers with the weight that each has in the
           bell curve.
        2. Put them through the activation. What do fan_in of its outputs add up to,
           in mean square, after each has been multiplied by a random weight?
        3. Choose the variance of the weights so that this is 1. For ReLU it must
           come out as he_init has it: a test that costs nothing.
        """,
        """
        An activation that gives 3 for each positive number and 0 for each other one.
        Half of a standard normal signal is positive, so the outputs are 3 and 0
        equally often. Their squares are 9 and 0, on the average 4.5.

        With 8 inputs a unit adds up 8 products, each of them 4.5 times the variance
        of a weight in mean square. For the sum to be 1 the variance is 1/36, and the
        standard deviation of the weights is 1/6.
        """,
    ),
    "activation_statistics": (
        """
        You are given one array per layer and are asked for two numbers per layer.
        Each array counts as one bag of numbers, whatever its shape.
        """,
        """
        1. Go through the list, one layer after the other.
        2. For each array compute one mean and one standard deviation over *all* of
           its entries, that is, without naming an axis.
        3. Collect the L means in one array of shape (L,) and the L standard
           deviations in another; return both.
        """,
        """
        Two layers:

            layer 1:  1  3        layer 2:  0  0  6
                      1  3

        Layer 1 has the mean 2, and every entry is 1 away from it, so its standard
        deviation is 1. Layer 2 has the mean 2; the squared distances 4, 4 and 16
        have the mean 8, whose root is 2.83. What comes back is [2, 2] and [1, 2.83].
        """,
    ),
    "lsuv_init": (
        """
        Do not derive the scale, measure it. Push real data into the layer, look at
        the variance of its z, before the activation, and correct the weights until
        it is 1.
        The next layer can only be measured when this one is finished. Why?
        """,
        """
        1. h starts as the data, of shape (N, D_0).
        2. For each layer: z is h times the weights, of shape (N, D_1). Is the
           variance over all entries of z within tol of 1? Then the layer is done.
        3. If not, divide the weights by the standard deviation of z, and compute z
           again. At most max_iter times.
        4. Keep the weights of the layer. Only now put z through the activation:
           that is the h of the next layer.
        Make new arrays. Dividing in place would change the caller's weights.
        """,
        """
        One layer, two examples, one input: h is 2 and -2, the weight is 3.

            z is 6 and -6: mean 0, variance 36, standard deviation 6.
            |36 - 1| is more than 0.05, so the weight becomes 3 / 6 = 0.5.
            z is 1 and -1: variance 1. Done.

        With ReLU the next layer's h is 1 and 0. A second layer that was measured
        with the *old* z, 6 and 0, would come out six times too small.
        """,
    ),
    "stack_forward": (
        """
        A deep net is a loop. Each turn of it does the same two things, a product
        and an activation, and what comes out of one turn goes into the next. While
        you walk, write down what somebody will need who has to walk back.
        """,
        """
        1. h starts as the data, of shape (N, D_0).
        2. For each weight matrix: h times w gives the pre-activations, and the
           activation makes two things of them, an output and a cache of its own.
        3. The output goes into the list of activations, and it is the h of the
           next turn. There are as many activations as layers; the data is not one.
        4. Into the list of caches goes one tuple: the h that *came in*, w, and the
           activation's cache.
        """,
        """
        One example, two layers of one unit each, and an activation that squares its
        input and keeps it. The data is 2, the weights are 3 and then 1.

            layer 1:  2 times 3 is 6, squared 36    tuple (2, 3, 6)
            layer 2:  36 times 1 is 36, squared 1296    tuple (36, 1, 36)

        The activations are 36 and 1296. The third entries are what the activation
        keeps for itself: you store them without looking inside.
        """,
    ),
    "stack_backward": (
        """
        Walk the same road back. The layer that was passed last is met first, and in
        each layer the two steps are undone in the reverse order: the activation came
        after the product, so now it comes before it.
        """,
        """
        1. Begin at the last layer, with dout of shape (N, D_L).
        2. The activation's partner takes what arrives and the cache that the
           activation has kept; what it gives still has the layer's width.
        3. From there one product leads to the gradient of the weights, of the shape
           of w, and another one to the gradient of h, of the shape of h. Only one
           way to multiply gives each shape.
        4. The gradient of h is what arrives at the layer before. After the first
           layer it is dx.
        Watch the order of your list, and leave the cache as it is.
        """,
        """
        The example of the forward pass: squares, data 2, weights 3 and then 1. The
        slope of the square is 2z. Let dout be 1.

            layer 2:  through the square  1 times 72 is 72
                      gradient of w       36 times 72 is 2592
                      to the layer below  72 times 1 is 72
            layer 1:  through the square  72 times 12 is 864
                      gradient of w       2 times 864 is 1728
                      dx                  864 times 3 is 2592

        So dweights is [1728, 2592]: the first layer's number comes first, although
        it was found last.
        """,
    ),
}
