"""TODO autograder.errors."""


class ClusterError(Exception):
    """The cluster cannot be used; the message says why in one line, and what to do."""


class ReleaseError(Exception):
    """The release cannot be made; the message says why."""


class CourseError(Exception):
    """A file of the course says something that cannot be; the message names it, the line, and what to do."""


class InfraError(Exception):
    """The grader itself failed: never a zero, always tried again."""


class SandboxError(Exception):
    """The sandbox cannot be had on this host; the message says why and what to do."""
