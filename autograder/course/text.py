"""TODO autograder.course.text."""


def make_printable(text):
    """Return text as one short line without control characters."""
    return "".join(c if c.isprintable() else "?" for c in text)[:200]
