"""Hints for the functions of ``template_topic``: the idea, a plan with shapes, a smaller example in numbers."""

HINTS = {
    "template_function": (
        """
        A row is one example. What all numbers of an example have in common is its
        mean, and that is to go.
        """,
        """
        1. One mean for each row: shape (N, 1), so that it fits beside (N, D).
        2. Broadcasting takes it from every number of its row.
        """,
        """
        The row (1, 2, 6) has the mean 3. What is left is (-2, -1, 3), and these
        three add up to 0.
        """,
    ),
}
