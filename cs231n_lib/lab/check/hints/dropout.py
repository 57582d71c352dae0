"""Hints about the functions of ``dropout.py``."""

HINTS = {
    "vanilla_dropout_forward": (
        """
        A coin for every number. In training it decides what stays; at test time
        nothing is thrown away, and everything is made as small as it was on average
        in training.
        """,
        """
        1. p is the probability of *keeping*.
        2. rng draws as many uniform numbers as x has entries: hand in the shape.
           A uniform number is below p with probability p.
        3. The result of that comparison is the mask; it has the shape of x.
        4. The cache is a pair, dropout_param first. At test time there is no mask:
           the second part is None.
        """,
        """
        p = 0.8, and rng draws 0.3, 0.9, 0.5: kept, dropped, kept. The numbers
        10, 20, 30 become 10, 0, 30. At test time they become 8, 16, 24: what the
        average over many masks would be.
        """,
    ),
    "dropout_forward": (
        """
        The correction moves from the test pass to training. What is kept is made
        larger at once, so that the average is x, and the test pass has nothing to do.
        """,
        """
        1. Draw as in the vanilla version.
        2. The mask holds what x is multiplied by: 0, or the factor that makes up for
           what was dropped. Which factor keeps the mean of a number the same, if it
           survives with probability p?
        3. A comparison gives True and False; the mask has numbers of x's dtype.
        4. At test time return x as it came, in an array of its own; the mask is None.
        """,
        """
        p = 0.5: the numbers 10, 20, 30 and a coin that keeps the first and the last
        give 20, 0, 60. On average over all masks: 10, 20, 30. With p = 1 nothing is
        dropped and nothing grows.
        """,
    ),
    "dropout_backward": (
        """
        What was multiplied on the way there is multiplied on the way back, by the
        same number. Nothing is drawn here.
        """,
        """
        1. Both the settings and the mask stand in the cache.
        2. In training each entry of dout meets the entry of the mask that its x met.
        3. At test time x went through unchanged, so dout does, too.
        """,
        """
        Mask 2, 0, 2 (p was 0.5), dout 1, 1, 3: dx is 2, 0, 6. The entry in the
        middle had no influence on the loss.
        """,
    ),
    "mc_dropout_mean": (
        """
        The same x goes through the net many times. Each time another part of it is
        switched off, so each answer is a little different: their middle is the
        prediction and their spread the doubt.
        """,
        """
        1. Call forward n_samples times, each time with x itself.
        2. Put the answers on top of each other: one axis more, of length n_samples,
           in front.
        3. Mean and standard deviation over that axis: the shape of one answer is left.
        """,
        """
        Three passes give 4, 5 and 9 for one number: the mean is 6, and the standard
        deviation is the root of (4 + 1 + 9) / 3 = 4.67, which is 2.16.
        """,
    ),
}
