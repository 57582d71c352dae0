"""Hints about the functions of ``preprocessing.py``."""

HINTS = {
    "mean_image": (
        """
        One mean for each place in the picture and each color. What is averaged is
        only the images, so only their axis disappears.
        """,
        """
        1. X is (N, H, W, C).
        2. Which axis counts the images? Take the mean over that one.
        3. (H, W, C) is left, in X's dtype.
        """,
        """
        Two images of 1 x 2 pixels with one channel:

            10  20        30  60        mean image:  20  40
        """,
    ),
    "channel_mean": (
        """
        One number for red, one for green, one for blue. Everything but the color is
        averaged.
        """,
        """
        1. X is (N, H, W, C), and (C,) is to be left.
        2. Images, rows and columns disappear together: NumPy's mean takes several
           axes at once, as a tuple.
        """,
        """
        One image of two pixels, each red, green, blue:

            (10, 0, 5)  and  (30, 0, 7)        channel means:  20  0  6
        """,
    ),
    "center": (
        """
        A mean of the right shape goes to the right place by broadcasting. The mean
        comes from the training set and must not be computed here.
        """,
        """
        1. X is (N, ...); the mean is (H, W, C), (C,) or (D,): it fits the last axes.
        2. Make a new array. Subtracting in place would change the caller's images.
        """,
        """
        Two examples 10, 20 and 30, 60 with the mean 20, 40:

            -10  -20
             10   20

        Test images with the same mean will not be centered exactly, and that is right.
        """,
    ),
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
