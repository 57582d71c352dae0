"""Remarks for instructor and student on what was not admitted: a thousand files do not make a thousand remarks."""

MAX_REMARKS = 10


def limit_remarks(lines: list[str]) -> list[str]:
    """Return the first lines, and one that says how many more there are."""
    more = len(lines) - MAX_REMARKS
    return [*lines[:MAX_REMARKS], f"and {more} more like these"] if more > 0 else lines
