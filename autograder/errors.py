"""Errors that a person can do something about. The command line prints them in place of a traceback."""


class AutograderError(Exception):
    """What went wrong and, where that is known, what to do about it.

    Parameters
    ----------
    message : str
        What went wrong; names the file, line or student concerned.
    remedy : str
        What to do, as a clause ("install it with: ...") or as a sentence that begins with a capital letter.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, *filter(None, [remedy]))
        self.message, self.remedy = message, remedy

    def __str__(self) -> str:
        if not self.remedy:
            return self.message
        if self.message.endswith("?"):
            return f"{self.message} {self.remedy}"
        ending = "." if self.remedy[0].isupper() else ";"
        return f"{self.message.rstrip('.')}{ending} {self.remedy}"


class ClusterError(AutograderError):
    """The cluster cannot be used."""


class ReleaseError(AutograderError):
    """The release cannot be made."""


class CourseError(AutograderError):
    """A file of the course, or one given for it, is wrong."""


class LostSourcesError(CourseError):
    """What a course released is no longer in it, and students have handed in."""


class InfraError(AutograderError):
    """The grader itself failed: the submission is graded again, and never gets a zero for it."""


class SandboxError(AutograderError):
    """This host cannot run the sandbox."""
