"""Downloads as an LMS makes them, with small files in them, and rosters that know some of the senders."""

import io
import re
import tarfile
import zipfile

from autograder.course.roster import RosterEntry
from autograder.inbox.system_files import is_system_path

ASSIGNMENT, TOPIC = "01_activations", "activations"
NOTEBOOK, MODULE = f"{ASSIGNMENT}.ipynb", f"{TOPIC}.py"
WORK = {NOTEBOOK: "{}", f"cs231n_lib/{MODULE}": "import numpy as np\n"}
"""What ``submit`` packs."""
ANA = RosterEntry("ana", "Ana", "Garcia", "ana@example.edu", canvas_id="20451", sis_id="0042", login="ana_g")
WEI = RosterEntry("wei", "Wei", "Li", "wei@example.edu", canvas_id="20452", sis_id="0043", login="wl")
ADA = RosterEntry("ada", "Ada", "Okafor", "ada@example.edu", canvas_id="20453", sis_id="0044", login="g")
ANA2 = RosterEntry("ana2", "Ana", "Garcia", "ana2@example.edu", canvas_id="20459", sis_id="0045", login="ana2")
OWN_FILES = re.compile(r"submission_metadata\.yml|index\.html|.*_attempt_[\d-]{19}\.txt")
"""What the sources themselves put beside the files."""


def roster_of(*entries):
    """Return a roster, as ``read_roster`` does."""
    return {entry.id: entry for entry in entries}


def write_files(root, files):
    """Write files, by their paths, into a folder; return it."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def pack_zip(files):
    """Return a zip."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def pack_tar(files):
    """Return a ``.tar.gz``."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for name, content in files.items():
            content = content if isinstance(content, bytes) else content.encode()
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


def list_found(reading):
    """Return (student, assignment) -> sorted names of the files that count."""
    return {key: sorted(name for name, _ in submission.files) for key, submission in reading.submissions.items()}


def list_unnamed(files, reading):
    """Return the files of an inbox that are neither used nor named nor a system's.

    Parameters
    ----------
    files : iterable of str
        Their paths.
    reading : Reading
        What the inbox was read as.
    """
    found = reading.submissions.values()
    said = "\n".join([*reading.rejected, *(line for s in found for line in [*s.doubts, *s.remarks])])
    used = {label for s in found for label in s.labels}
    tops = {name: name.partition("/")[0] for name in files
            if not (is_system_path(name.split("/")) or OWN_FILES.fullmatch(name))}
    return [name for name, top in tops.items()
            if not (top in said or any(label == top or label.startswith(f"{top}/") for label in used))]
