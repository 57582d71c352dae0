"""How long an inbox takes to read: 2,000 submissions as Canvas packs them, against the plain layout, in one run.

``python -m tools.bench_inbox`` prints both times and their ratio, each the best of several turns that alternate; it
ends with code 1 if Canvas's download takes more than :data:`TARGET` times as long.
"""

import argparse
import io
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from autograder.course.roster import RosterEntry
from autograder.inbox.reading import read_inbox

TARGET = 1.3
ASSIGNMENT = "01_activations"
WORK = {f"{ASSIGNMENT}.ipynb": b'{"cells": []}', "cs231n_lib/activations.py": b"import numpy as np\n"}
TURNS = 3


def pack_work():
    """Return the zip that ``submit`` makes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in WORK.items():
            archive.writestr(name, content)
    return data.getvalue()


def write_inboxes(folder, roster):
    """Write the same zips in the plain layout and as Canvas names them; return both folders."""
    plain, canvas = folder / "plain", folder / "canvas"
    packed = pack_work()
    canvas.mkdir()
    for number, entry in enumerate(roster.values()):
        (plain / entry.id).mkdir(parents=True)
        (plain / entry.id / f"{ASSIGNMENT}.zip").write_bytes(packed)
        (canvas / f"name_{entry.canvas_id}_{90_000 + number}_{ASSIGNMENT}-1.zip").write_bytes(packed)
    return plain, canvas


def read_all(inbox, roster):
    """Read an inbox with the bytes of its files; return the seconds that it took."""
    began = time.perf_counter()
    reading = read_inbox(inbox, roster)
    for submission in reading.submissions.values():
        for _, read in submission.files:
            read(2**20)
    if len(reading.submissions) != len(roster) or reading.rejected:
        raise ValueError(f"{inbox.name}: {len(reading.submissions)} of {len(roster)} submissions were read")
    return time.perf_counter() - began


def compare_layouts(count):
    """Return the seconds for the plain layout and for Canvas's, each the best of several turns."""
    roster = {f"s{n}": RosterEntry(f"s{n}", "Name", str(n), canvas_id=str(20_000 + n)) for n in range(count)}
    with tempfile.TemporaryDirectory() as folder:
        plain, canvas = write_inboxes(Path(folder), roster)
        times = [(read_all(plain, roster), read_all(canvas, roster)) for _ in range(TURNS)]
    return min(first for first, _ in times), min(second for _, second in times)


def main(arguments=None):
    """Print the comparison; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_inbox", description=main.__doc__)
    parser.add_argument("--count", type=int, default=2000, help="submissions (default: 2000)")
    plain, canvas = compare_layouts(parser.parse_args(arguments).count)
    ratio = canvas / plain
    print(f"plain layout {plain:.2f} s, Canvas's {canvas:.2f} s: ratio {ratio:.2f} (target: at most {TARGET:g})")
    return 0 if ratio <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
