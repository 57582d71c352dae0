"""Hints about the functions of ``preprocessing.py``."""

HINTS = {
    "standardize": (
        """
        First move the middle to 0, then measure in standard deviations. A feature
        that never changes has a standard deviation of 0; eps is for that one.
        """,
        """
        1. Both mean and std are given and broadcast against X.
        2. Center first. What you divide by is std, made larger by eps.
        3. Mind the brackets: which of the two operations comes first without them?
        """,
        """
        Mean 10, std 5: the value 20 lies two standard deviations above the middle and
        becomes 2, and 5 becomes -1. A feature that is 7 in all images has the mean 7
        and std 0, and becomes 0 / 0.00000001 = 0.
        """,
    ),
    "pca": (
        """
        You look for the directions in which the cloud is longest. The singular value
        decomposition of the data finds them, sorted, with one length for each.
        """,
        """
        1. Xc is (N, D), already centered. Decompose it in the short form (NumPy's
           full_matrices), or it will make a matrix of N times N for nothing.
        2. You get three things. The last one has the directions as its *rows*: shape
           (min(N, D), D). That is what is asked for.
        3. The singular values are lengths of the whole cloud. The variance along a
           direction is the mean of squares: what do you divide by?
        4. Keep the first k of both. k may be None, and a slice up to None is all.
        """,
        """
        Four points: (3, 0), (-3, 0), (0, 1), (0, -1).

            direction 1:  (1, 0) or (-1, 0),   variance (9 + 9 + 0 + 0) / 4 = 4.5
            direction 2:  (0, 1) or (0, -1),   variance (0 + 0 + 1 + 1) / 4 = 0.5

        The singular values are 4.24 and 1.41: the roots of 18 and of 2.
        """,
    ),
    "whiten": (
        """
        Look at the cloud from its own axes. Then every axis has its own variance, and
        you know how to bring a variance to 1.
        """,
        """
        1. Xc is (N, D), components are (k, D) with one direction a row. The
           coordinate along a direction is the product with it: (N, k) in the end.
        2. Divide each of the k columns by its standard deviation. variances, (k,),
           are squares of it, made larger by eps before you take the root.
        3. Broadcasting brings the k numbers to the k columns.
        """,
        """
        Directions (1, 0) and (0, 1) with the variances 4 and 0.25. The point (4, 1)
        has the coordinates 4 and 1. Their standard deviations are 2 and 0.5, so it
        becomes (2, 2): two standard deviations along each direction.
        """,
    ),
}
