"""Hints about the functions of ``hyperparameters.py``."""

HINTS = {
    "sample_log_uniform": (
        """
        Draw the exponent evenly, not the number. Then 0.001 to 0.01 gets as many draws
        as 0.1 to 1.
        """,
        """
        1. Go to logarithms with both ends, and draw uniformly between them: rng can
           do that, and it takes the size.
        2. Come back with the exponential of the *same* base.
        """,
        """
        Between 0.01 and 100, base ten: the exponents lie between -2 and 2. A draw of
        -1 becomes 0.1, a draw of 0.5 becomes 3.16. Half of all draws are below 1.
        """,
    ),
    "grid_points": (
        """
        Every axis gets its own list of values; a point is one choice from each list,
        and all choices are wanted.
        """,
        """
        1. For each of the d axes: per_axis values from low to high, both included.
        2. All combinations: itertools.product, or NumPy's meshgrid.
        3. The result is (per_axis**d, d): a point a row. If you reshape, make sure
           that the axis that holds the d coordinates of a point is the last one.
        """,
        """
        low 0 and 10, high 1 and 30, three values on each axis: 0, 0.5, 1 and
        10, 20, 30. Nine points, from (0, 10) to (1, 30). (0.5, 30) is one of them.
        """,
    ),
    "random_points": (
        """
        Every coordinate of every point gets a number of its own, between the ends of
        its axis.
        """,
        """
        1. The result is (n, d). So many numbers have to be drawn.
        2. rng's uniform takes arrays as ends, and they broadcast along the last axis:
           that is the one of the coordinates.
        """,
        """
        low 0 and 10, high 1 and 30: the draws 0.2 and 0.5 become the point (0.2, 20).
        Two numbers were needed for one point.
        """,
    ),
    "is_on_edge": (
        """
        How far along the range is the best value, on the log scale? Near 0 or near 1
        is the edge.
        """,
        """
        1. The docstring has the place on the log scale; it is a number from 0 to 1.
        2. There are two edges. Either will do.
        3. The base of the logarithm cancels. Return a plain bool.
        """,
        """
        Between 0.01 and 100: the best value 10 is at 0.75, which is inside with a
        margin of 0.1. The best value 80 is at 0.976: on the edge, though 80 seems far
        from 100.
        """,
    ),
    "refine_range": (
        """
        On the log scale a range has a middle and a width. The new one has best in its
        middle and a smaller width.
        """,
        """
        1. The old width on the log scale is the logarithm of high / low.
        2. The new one is shrink times that. Half of it goes to each side of best.
        3. Adding on the log scale is multiplying off it: one end is best divided by a
           factor, the other best times the same factor.
        4. Do not cut at the old ends.
        """,
        """
        Range 1 to 10000, best 100, shrink 0.5: four powers of ten become two, one to
        each side: 10 to 1000. With best 10000 it is 1000 to 100000.
        """,
    ),
    "should_abandon": (
        """
        Two reasons to stop: the loss has become far larger than it was at the
        beginning, or it is no number any more.
        """,
        """
        1. Ask for the empty list first: it has neither a first nor a last loss.
        2. Any loss that is not finite is a reason, wherever it stands.
        3. Compare the last with the first, as factor says: above it, not equal to it.
        4. Return a plain bool.
        """,
        """
        factor 3: [2, 7] is abandoned, [2, 6] is not, and [2, 7, 5] is not either: the
        last one counts.
        """,
    ),
    "k_fold_indices": (
        """
        Shuffle all indices once, cut the row into k pieces, and let each piece be the
        validation set while the others train.
        """,
        """
        1. rng makes a shuffled row of 0 to n - 1.
        2. n may not be divisible by k. NumPy has a split that copes with that.
        3. For piece i: join all pieces but that one; it is the second of the pair.
        4. A list of k pairs.
        """,
        """
        n = 5, k = 2, shuffled 3 0 4 1 2: pieces 3 0 4 and 1 2.

            pair 1:  train 1 2,    validate 3 0 4
            pair 2:  train 3 0 4,  validate 1 2
        """,
    ),
}
