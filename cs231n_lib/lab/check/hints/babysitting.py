"""Hints about the functions of ``babysitting.py``."""

HINTS = {
    "expected_initial_loss": (
        """
        A net that knows nothing gives all classes the same score. Put equal scores
        into the loss, and see what comes out.
        """,
        """
        1. Softmax of C equal scores: what probability has the right class? The loss
           is minus its natural logarithm.
        2. SVM: what does one wrong class add, when its score equals the right one's?
           How many wrong classes are there?
        3. Return a plain float.
        """,
        """
        Four classes: softmax gives each 1/4, and the loss is 1.386. With the SVM
        three wrong classes add 1 each: 3.
        """,
    ),
    "update_ratio": (
        """
        How long is the step, compared with how far w is from zero? Both are lengths of
        one long vector, whatever the shape of w.
        """,
        """
        1. The step is the difference of the two arrays.
        2. The length is the root of the sum of *all* squares. NumPy's norm does that
           for one and two axes if you do not tell it an ord.
        3. Which of the two arrays do you divide by: before or after the update?
        """,
        """
        w = 3 and 4 has the length 5. A step of 0.03 and 0.04 has the length 0.05: the
        ratio is 0.01.
        """,
    ),
    "has_exploded": (
        """
        One bad number anywhere is enough, even if the losses after it are fine again.
        """,
        """
        1. Neither NaN nor an infinity of either sign is finite; NumPy can ask that for
           all of them at once.
        2. Comparing with NaN by == does not find it: NaN equals nothing.
        3. Think of an empty list: nothing has exploded.
        """,
        """
        [2.3, 2.1] is fine. [2.3, nan, 2.1] has exploded, and so has [2.3, -inf].
        A loss of 1e30 is large, but it is a number.
        """,
    ),
    "bracket_learning_rate": (
        """
        You know a rate that works and one that explodes. Try one between them: it is
        either the new one that works or the new one that explodes.
        """,
        """
        1. Keep two variables, ok and exploded; low and high are their first values.
        2. The middle is the geometric mean: halfway in the logarithm.
        3. Train with it once, and ask has_exploded.
        4. Replace the one that behaved likewise. steps times in all.
        5. Return the one that works first.
        """,
        """
        low 1, high 10000, and everything above 50 explodes:

            try 100: explodes    (1, 100)
            try 10:  works       (10, 100)
            try 31.6: works      (31.6, 100)

        After three steps the ratio is 3.16: the eighth root of 10000.
        """,
    ),
}
