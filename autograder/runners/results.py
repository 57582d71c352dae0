"""Results of jobs, kept by content: an interrupted run resumes, and nothing is graded twice."""

import hashlib
import json
from pathlib import Path

from autograder.course.files import make_private_folder, write_atomically
from autograder.runners.runner import Job, Result


def hash_job(job: Job) -> str:
    """Return the content hash under which the result of a job is kept."""
    return hashlib.sha256(json.dumps(job, sort_keys=True).encode()).hexdigest()


class Results:
    """The store in a course's ``results/``: one JSON file per job.

    Parameters
    ----------
    folder : path
        Made if it does not exist; for its owner's eyes only: results hold hidden inputs.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        make_private_folder(self.folder)

    def get(self, job_key: str) -> Result | None:
        """Return the result kept under the key of a job, or None."""
        try:
            return json.loads((self.folder / f"{job_key}.json").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def put(self, job_key: str, result: Result) -> None:
        """Keep a result: whole or not at all, whatever happens meanwhile.

        It is not forced to the disk: should the power fail, what is left does not parse, and the job runs again.
        """
        write_atomically(self.folder / f"{job_key}.json", json.dumps(result))
