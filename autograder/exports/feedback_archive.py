"""Feedback pages as the zip that Canvas and Moodle take back: each page is named like what its student handed in.

Canvas (*Re-Upload Submissions*) reads two numbers from a file's name, the user and the attachment
(``infer_comment_context_from_filename`` of instructure/canvas-lms), and shows the page under the attachment's own name.
Moodle (*Upload multiple feedback files in a zip*) reads the participant's number and the plugin from a folder's or a
file's name (``mod/assign/feedback/file/importziplib.php`` of moodle/moodle). Both pass over what they do not know.
"""

import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

from autograder.course.files import reserve_part
from autograder.course.roster import RosterEntry, load_roster, load_senders
from autograder.course.settings import load_settings
from autograder.course.text import clean_line, format_count
from autograder.errors import CourseError
from autograder.gradebook import records
from autograder.inbox import canvas, contents, moodle
from autograder.inbox.arrivals import Item
from autograder.inbox.identity import Directory
from autograder.inbox.reading import SOURCES, Options, unwrap_items
from autograder.reports import feedback

KINDS = ("canvas", "moodle")
PAGE = "feedback.html"
DATE = (2020, 1, 1, 0, 0, 0)
"""Of all members, so that the same pages make the same zip."""


def write_feedback_archive(course: Path, output: Path, kind: str, assignment: str, download: Path) -> int:
    """Write the zip of one assignment; return the exit code: 1 if somebody's page is not in it.

    Parameters
    ----------
    course : path
    output : path
        The zip, or a folder to write it into (a name without a dot).
    kind : str
        "canvas" or "moodle".
    assignment : str
    download : path
        The submissions as the LMS gave them, zip or folder.
    """
    if kind not in KINDS:
        raise CourseError(f"{kind} takes no zip of feedback", f"these do: {', '.join(KINDS)}")
    output = output if output.suffix else output / f"{kind}-feedback.zip"
    names, left_out = find_names(course, kind, download)
    settings = replace(load_settings(course), weights={})  # these pages are about one assignment and have no total
    with tempfile.TemporaryDirectory() as folder:
        feedback.write_feedback(records.iter_records(course, [assignment]), folder, settings=settings)
        pages = {page.stem: page for page in sorted(Path(folder).glob("*.html"))}
        with reserve_part(output) as part:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                for student in sorted(pages.keys() & names.keys()):
                    info = zipfile.ZipInfo(names[student], DATE)
                    archive.writestr(info, pages[student].read_bytes(), zipfile.ZIP_DEFLATED)
            part.replace(output)
    missing = sorted(pages.keys() - names.keys())
    print(f"feedback: {format_count(len(pages) - len(missing), 'page')} in {output}")
    for line in [*(f"no page for {who}" for who in left_out), *(f"not in the download: {who}" for who in missing)]:
        print(line)
    return 1 if missing or not pages else 0


def find_names(course: Path, kind: str, download: Path) -> tuple[dict[str, str], list[str]]:
    """Return student -> name of the page, and what of a download gets none, with the reason.

    Parameters
    ----------
    course : path
    kind : str
    download : path
    """
    roster, left_out = load_roster(course), list[str]()
    directory = Directory(roster, load_senders(course, None, roster))
    options = Options(source=kind)
    items = unwrap_items(contents.list_items(download, []), directory, options, [])
    named = {item.name: item for item in items}
    found: dict[str, list[str]] = {}
    for name, arrivals in SOURCES[kind](items).items():
        sender = arrivals[0].senders[0]
        who = directory.find(sender)
        page = name_page(kind, named[name])
        if len(who.students) != 1:
            why = f"a group: {', '.join(who.students)}" if who.students else who.why
            left_out.append(f"{clean_line(sender.label)} ({why})")
        elif page and is_theirs(kind, page, roster.get(who.students[0])):
            found.setdefault(who.students[0], []).append(page)
    if not found and not left_out:
        raise CourseError(f"{download}: nothing in it is named as {kind.capitalize()} names submissions")
    return {student: max(pages, key=rank_page) for student, pages in found.items()}, list(dict.fromkeys(left_out))


def name_page(kind: str, item: Item) -> str:
    """Return the name of the page beside what was handed in; "" where the LMS would not know whose it is."""
    if kind == "canvas":
        match = canvas.NUMBERS.search(item.name)
        numbers = [part for part in item.name.split("_") if part.isascii() and part.isdigit()]
        if match is None or numbers[:2] != [match[1], match[2]]:
            return ""
        return f"{item.name[:match.start()]}_{match[1]}_{match[2]}_{PAGE}"
    match = moodle.NAME.fullmatch(item.name)
    if match is None or not match[2]:
        return ""
    if item.is_folder:
        return f"{item.name}/{PAGE}"
    return f"{match[1]}_{match[2]}_assignsubmission_{match[3]}_{PAGE}"


def is_theirs(kind: str, page: str, student: RosterEntry | None) -> bool:
    """Is the user whom Canvas reads from a name the one that the roster knows?"""
    if kind != "canvas" or student is None or not student.canvas_id:
        return True
    match = canvas.NUMBERS.search(page)
    return match is not None and match[1] == student.canvas_id


def rank_page(name: str) -> tuple[bool, int, str]:
    """Return by what the best of several names of a student is found: handed in as a file, and last."""
    match = canvas.NUMBERS.search(name)
    return ("_assignsubmission_onlinetext" not in name, int(match[2]) if match else 0, name)
