"""Reads a whole inbox: whatever an LMS or a person put there, who it is from, for what, and which copy counts."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.course.roster import RosterEntry
from autograder.course.text import clean_line
from autograder.course.topics import list_assignments
from autograder.errors import CourseError
from autograder.inbox import (
    blackboard,
    brightspace,
    canvas,
    contents,
    exchange,
    github_classroom,
    gradescope,
    moodle,
    plain_layout,
)
from autograder.inbox.archives import Member, cut_archive_suffix, is_archive, list_archive
from autograder.inbox.arrivals import Arrival, FoundFile, Item, Sender
from autograder.inbox.assignment_names import find_kind, find_misfit, name_assignment, say_unknown
from autograder.inbox.copies import Submission, choose_copies
from autograder.inbox.identity import Directory, Found, join_names
from autograder.inbox.parts import Part, PartReader
from autograder.inbox.remarks import limit_remarks
from autograder.inbox.workspaces import WorkspaceReader

SourceReader = Callable[[Sequence[Item]], dict[str, list[Arrival]]]
SOURCES: Mapping[str, SourceReader] = {
    "gradescope": gradescope.read_items, "moodle": moodle.read_items, "brightspace": brightspace.read_items,
    "blackboard": blackboard.read_items, "canvas": canvas.read_items, "exchange": exchange.read_items,
    "github": github_classroom.read_items, "plain": plain_layout.read_items,
}
"""Source -> its reader; the first one that knows an item's name reads it."""
INSISTED = {**SOURCES, "github": github_classroom.read_repositories}
"""The same, where a person says what the source is."""
EXPECTED = ("a download of Canvas, Moodle, Brightspace, Blackboard or Gradescope, folders "
            "<student>/<assignment>/..., or archives of them (docs/downloads.md)")
WHO_IS_IN_IT = "if it is a group's, a column group of the roster or a line in who.csv says who is in it"
MOST_AROUND = 3
"""Most folders and archives around an inbox that are taken off."""
Key = tuple[str, str]
"""(student, assignment)."""


@dataclass(frozen=True)
class Delivery:
    """A part, and who is said to have handed it in."""

    part: Part
    source: str
    sender: Sender
    found: Found


@dataclass
class Stranger:
    """A sender whom nobody knows: why, the student it might be ("" if none), and what was sent."""

    why: str
    suggestion: str
    uploads: list[str] = field(default_factory=list)


@dataclass
class Reading:
    """What was found in an inbox.

    Attributes
    ----------
    submissions : dict
        (student, assignment) -> :class:`~autograder.inbox.copies.Submission`, sorted.
    rejected : list of str
        What is not used, a line each.
    strangers : dict
        Label of a sender whom nobody knows -> :class:`Stranger`.
    taken : dict
        Label of a sender -> (students, what led to them).
    sources : Counter
        Source -> number of items that it named.
    names : list of str
        Of the items at the top.
    has_roster : bool
        The students of the course were known.
    """

    submissions: dict[Key, Submission] = field(default_factory=dict)
    rejected: list[str] = field(default_factory=list)
    strangers: dict[str, Stranger] = field(default_factory=dict)
    taken: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    sources: Counter[str] = field(default_factory=Counter)
    names: list[str] = field(default_factory=list)
    has_roster: bool = False


@dataclass(frozen=True)
class Options:
    """How an inbox is to be read.

    Attributes
    ----------
    source : str
        One of :data:`SOURCES` to insist on; "" recognises each item by its name.
    assignment : str
        What everything is for that does not say it itself.
    trust_names : bool
        Without a roster, take senders for whom their source names.
    who_file : path or None
        CSV that says which student a sender is.
    columns : dict
        Field -> header of the roster's column that holds it, where its headers are not known.
    """

    source: str = ""
    assignment: str = ""
    trust_names: bool = False
    who_file: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


def read_inbox(root: Path, roster: Mapping[str, RosterEntry] | None = None, who: Mapping[str, str] | None = None,
               options: Options = Options(),
               find_release: Callable[[], Path] | None = None) -> Reading:
    """Read an inbox; of the submissions themselves nothing is opened yet but archives, copies and whole workspaces.

    Parameters
    ----------
    root : path
        A folder or an archive.
    roster : dict, optional
        Id -> entry.
    who : dict, optional
        Label of a sender -> student, from ``who.csv``.
    options : Options, optional
    find_release : callable, optional
        Returns a course folder with the releases, by which what is for no known assignment is recognised; it is asked
        only if there is such a thing.
    """
    reading = Reading(has_roster=bool(roster))
    directory = Directory(roster or {}, who or {}, options.trust_names)
    items = unwrap_items(contents.list_items(root, reading.rejected), directory, options, reading.rejected)
    reading.names = [item.name for item in items]
    deliveries = []
    for source, arrival in recognise_items(items, directory, options, reading):
        deliveries += make_deliveries(source, arrival, directory, reading)
    take_all(deliveries, options, reading, directory, find_release)
    return reading


def read_folder(root: Path, student: str, assignment: str, find_release: Callable[[], Path]) -> Reading:
    """Read a folder that holds what one student handed in, by the same rules as an inbox.

    Parameters
    ----------
    root : path
    student : str
    assignment : str
        What all of it is for, if that is known; "" otherwise.
    find_release : callable
        See :func:`read_inbox`.
    """
    reading, directory = Reading(), Directory({}, {})
    item = contents.read_folder(root, reading.rejected)
    arrival = Arrival(item.name, (Sender(student, own_id=student),), item.files, assignment)
    deliveries = make_deliveries("folder", arrival, directory, reading)
    take_all(deliveries, Options(), reading, directory, find_release)
    return reading


def take_all(deliveries: list[Delivery], options: Options, reading: Reading, directory: Directory,
             find_release: Callable[[], Path] | None) -> None:
    """Add the submissions to the reading that deliveries make.

    Parameters
    ----------
    deliveries : list of Delivery
    options : Options
    reading : Reading
        Changed in place.
    directory : Directory
    find_release : callable or None
        See :func:`read_inbox`.
    """
    deliveries = fill_assignments(deliveries, options, reading, directory, find_release)
    for key, found in sorted(group_deliveries(deliveries).items()):
        take_deliveries(key, found, reading, directory)
    note_groups(deliveries, reading)
    lines = [format_stranger(label, stranger) for label, stranger in sorted(reading.strangers.items())]
    reading.rejected = sorted(set(reading.rejected) | set(lines))


def unwrap_items(items: list[Item], directory: Directory, options: Options, rejected: list[str]) -> list[Item]:
    """Take off folders and archives that are around all of an inbox.

    A student's own archive never names another student: it is opened here only if it is alone in the inbox, the roster
    does not know its name, and what an LMS writes, or students of the roster, are at the top of it.

    Parameters
    ----------
    items : list of Item
    directory : Directory
    options : Options
    rejected : list of str
        Gets what was not read of the inner ones.
    """
    inner, complaints = items, list[str]()
    for _ in range(MOST_AROUND):
        if len(inner) != 1 or recognise_lms(inner, options) or cut_archive_suffix(inner[0].name) in directory.roster:
            break
        outer, inner = inner[0], list_inner_items(inner[0], complaints)
        known = any(cut_archive_suffix(item.name) in directory.roster for item in inner)
        if is_assignments(outer) and (known or outer is items[0]) and not (
                recognise_lms(inner, options) or is_assignments(*inner)):
            rejected += complaints
            return [gather_items(cut_archive_suffix(outer.name), inner)]
        if known or recognise_lms(inner, options) or sum(map(is_students_folder, inner)) > 1:
            rejected += complaints
            return inner
    return items


def list_inner_items(item: Item, rejected: list[str], whole_class: bool = True) -> list[Item]:
    """Return what is at the top of a folder or archive; nothing of what cannot be read.

    Parameters
    ----------
    item : Item
    rejected : list of str
        Gets a line for each thing that is left out.
    whole_class : bool, default True
        An archive may be as large as that of a class; otherwise as that of one student.
    """
    if item.place is not None:
        return contents.list_folder(item.place, rejected)
    if item.is_folder:
        members = [Member("/".join(file.path), file.read) for file in item.files]
        return contents.list_archive_items(members, item.name, rejected)
    try:
        members = list_archive(item.files[0].read, item.name, whole_class=whole_class) if is_archive(item.name) else []
        return contents.list_archive_items(members, item.name, rejected)
    except Exception:  # a broken or hostile archive may raise anything; it is named when its turn comes
        return []


def is_assignments(*items: Item) -> bool:
    """Is there one item, and is it named after an assignment?"""
    return [cut_archive_suffix(item.name) in list_assignments() for item in items] == [True]


def gather_items(name: str, items: Sequence[Item]) -> Item:
    """Return a folder with these things in it."""
    files = [FoundFile((item.name, *file.path) if item.is_folder else file.path, file.read)
             for item in items for file in item.files]
    return Item(name, tuple(files), True, tuple(item.name for item in items if item.is_folder))


def is_students_folder(item: Item) -> bool:
    """Does an item hold folders or archives of assignments?"""
    return any(cut_archive_suffix(file.path[0]) in list_assignments() for file in item.files if item.is_folder)


def recognise_lms(items: Sequence[Item], options: Options) -> bool:
    """Is any of the items named by an LMS?"""
    return any(read(items) for source, read in choose_readers(options).items() if source != "plain")


def choose_readers(options: Options) -> Mapping[str, SourceReader]:
    """Return source -> its reader, of all sources or of the one that a person insists on."""
    return {options.source: INSISTED[options.source]} if options.source else SOURCES


def recognise_items(items: Sequence[Item], directory: Directory, options: Options, reading: Reading
                    ) -> Iterable[tuple[str, Arrival]]:
    """Yield (source, upload) of all items; what no source knows is named."""
    left = {item.name: item for item in items}
    for source, read in choose_readers(options).items():
        known = {name for name in left if source != "plain" and name in directory.roster}
        for name, arrivals in read([item for item in left.values() if item.name not in known]).items():
            del left[name]
            reading.sources[source] += 1
            yield from ((source, arrival) for arrival in arrivals)
    giver = options.source or "an LMS"
    reading.rejected += limit_remarks([f"{clean_line(name)}: {describe_item(item)}, and no name that {giver} gives"
                                       for name, item in sorted(left.items())])


def describe_item(item: Item) -> str:
    """Return what an item is that no source knows."""
    return "a folder" if item.is_folder else "neither a folder nor an archive"


def make_deliveries(source: str, arrival: Arrival, directory: Directory, reading: Reading) -> list[Delivery]:
    """Return who handed in an upload, for each of its parts; a sender whom nobody knows is noted."""
    reader = PartReader(arrival)
    parts = reader.read()
    reading.rejected += limit_remarks(reader.complaints)
    deliveries = []
    for sender in arrival.senders:
        found = directory.find(sender)
        if found.students:
            reading.taken[sender.label] = (found.students, found.how)
            if source == "canvas" and directory.may_be_group(found, sender):
                remark = f"{clean_line(sender.label)} is not the name of {found.students[0]}: {WHO_IS_IN_IT}"
                parts = [replace(part, remarks=(*part.remarks, remark)) for part in parts]
            deliveries += [Delivery(part, source, sender, found) for part in parts]
        else:
            why = found.why + find_inner_download(arrival)
            note_stranger(sender, why, arrival.label, directory, reading)
    return deliveries


def find_inner_download(arrival: Arrival) -> str:
    """Return a hint if an archive that belongs to nobody looks like a whole download: it must be given alone.

    Otherwise any student could send one that speaks for others.
    """
    if not is_archive(arrival.label):
        return ""
    inner = list_inner_items(Item(arrival.label, arrival.files, False), [], whole_class=False)
    if not recognise_lms(inner, Options()):
        return ""
    return " (it looks like the download of an LMS: give it alone as --submissions)"


def note_stranger(sender: Sender, why: str, label: str, directory: Directory, reading: Reading) -> None:
    """Note an upload of which nobody knows who handed it in.

    Parameters
    ----------
    sender : Sender
    why : str
    label : str
        Of the upload.
    directory : Directory
        For a suggestion.
    reading : Reading
        Changed in place.
    """
    stranger = reading.strangers.setdefault(sender.label, Stranger(why, directory.suggest(sender)))
    if label not in stranger.uploads:
        stranger.uploads.append(label)


def format_stranger(label: str, stranger: Stranger) -> str:
    """Return the line on a sender whom nobody knows, with the one for ``who.csv``."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([clean_line(label), stranger.suggestion])
    uploads = [clean_line(upload) for upload in stranger.uploads if upload != label]
    files = f" ({', '.join(limit_remarks(uploads))})" if uploads else ""
    return f"{clean_line(label)}{files}: to look at, {stranger.why}; line for who.csv: {line.getvalue()}"


def fill_assignments(deliveries: list[Delivery], options: Options, reading: Reading, directory: Directory,
                     find_release: Callable[[], Path] | None) -> list[Delivery]:
    """Return the deliveries with an assignment each.

    A download of an LMS is of one, which some of its names say. Where none does, and in the plain layout, files are
    recognised by what they hold, and a whole workspace is divided.

    Parameters
    ----------
    deliveries : list of Delivery
    options : Options
    reading : Reading
        Gets what nobody knows the assignment of.
    directory : Directory
    find_release : callable or None
        See :func:`read_inbox`.
    """
    named = {delivery.part.assignment for delivery in deliveries if delivery.source != "plain"} - {""}
    default = options.assignment or (next(iter(named)) if len(named) == 1 else "")
    known = [delivery for delivery in deliveries if delivery.part.assignment]
    open_ones = [delivery for delivery in deliveries if not delivery.part.assignment]
    if default:
        known += [replace(delivery, part=replace(delivery.part, assignment=default)) for delivery in open_ones
                  if delivery.source != "plain" or options.assignment]
        open_ones = [delivery for delivery in open_ones if delivery.source == "plain" and not options.assignment]
    return known + recognise_assignments(open_ones, deliveries, reading, directory, find_release)


def recognise_assignments(open_ones: Sequence[Delivery], deliveries: Sequence[Delivery], reading: Reading,
                          directory: Directory, find_release: Callable[[], Path] | None) -> list[Delivery]:
    """Return the deliveries whose files say what they are for, in several if they are for several assignments.

    Parameters
    ----------
    open_ones : sequence of Delivery
        Whose names do not say it.
    deliveries : sequence of Delivery
        All of them: where a name alone leads to a student, and several senders have it, nobody knows whose work it is.
    reading : Reading
    directory : Directory
    find_release : callable or None
        See :func:`read_inbox`.
    """
    labels: dict[str, set[str]] = {}
    for delivery in deliveries:
        for student in delivery.found.students:
            labels.setdefault(student, set()).add(delivery.sender.label)
    known: list[Delivery] = []
    complaints: dict[str, list[str]] = {}
    divided: dict[int, tuple[list[Part], list[str]]] = {}  # a group's part is read once
    for delivery in open_ones:
        part, student = delivery.part, delivery.found.students[0]
        if is_by_word(delivery) and len(labels[student]) > 1:
            why = f"{len(labels[student])} senders would be {student}"
            note_stranger(delivery.sender, why, part.label, directory, reading)
            continue
        if id(part) not in divided:
            divided[id(part)] = WorkspaceReader(part, find_release()).divide() if find_release else ([], [])
        shares, lines = divided[id(part)]
        known += [replace(delivery, part=share) for share in shares]
        complaints.setdefault(delivery.sender.label, []).extend(lines if shares or lines else describe_unknown(part))
    for lines in complaints.values():
        reading.rejected += limit_remarks(list(dict.fromkeys(lines)))
    return known


def is_by_word(delivery: Delivery) -> bool:
    """Does a name alone lead to the student, which another person may have, too?"""
    return delivery.found.how in ("name", "its own name")


def describe_unknown(part: Part) -> list[str]:
    """Return a line for each name of a part of which nobody knows what it is for."""
    named = sorted({name_assignment(file.path[-1]) for file in part.files if find_kind(file.path[-1])} - {""})
    if len(named) > 1:
        return [f"{clean_line(part.label)}: holds files of {', '.join(named)}, and nothing says which of them was "
                "handed in: --assignment says it"]
    names = [part.label if part.label.endswith(top) else f"{part.label}/{top}"
             for top in dict.fromkeys(file.path[0] for file in part.files)]
    return list(map(say_unknown, names)) or [f"{clean_line(part.label)}: there is nothing in it"]


def group_deliveries(deliveries: Iterable[Delivery]) -> dict[Key, list[Delivery]]:
    """Return (student, assignment) -> deliveries."""
    grouped: dict[Key, list[Delivery]] = {}
    for delivery in deliveries:
        for student in delivery.found.students:
            grouped.setdefault((student, delivery.part.assignment), []).append(delivery)
    return grouped


def take_deliveries(key: Key, deliveries: list[Delivery], reading: Reading, directory: Directory) -> None:
    """Add a submission to the reading, or say why there is none."""
    if misfit := find_misfit(*key):
        reading.rejected.append(misfit)
        return
    by_word = list(filter(is_by_word, deliveries))
    labels = {delivery.sender.label for delivery in deliveries}
    if by_word and len(labels) > 1:
        why = f"{len(labels)} senders would be {key[0]}"
        for delivery in by_word:
            note_stranger(delivery.sender, why, delivery.part.label, directory, reading)
        deliveries = [delivery for delivery in deliveries if delivery not in by_word]
        if not deliveries:
            return
    submission = choose_copies([delivery.part for delivery in deliveries])
    submission.remarks = limit_remarks(submission.remarks)
    reading.submissions[key] = submission


def note_groups(deliveries: Iterable[Delivery], reading: Reading) -> None:
    """Note in each submission who else of a group handed it in."""
    groups: dict[tuple[str, str], set[str]] = {}
    for delivery in deliveries:
        groups.setdefault((delivery.part.label, delivery.part.assignment), set()).update(delivery.found.students)
    for (label, assignment), students in groups.items():
        for student in students if len(students) > 1 else ():
            submission = reading.submissions.get((student, assignment))
            if submission is not None and label in submission.labels:
                submission.members = tuple(sorted(students))
                remark = f"handed in by a group: {join_names(students)}"
                submission.remarks += [remark] if remark not in submission.remarks else []


def check_reading(reading: Reading, root: str | Path, with_reasons: bool = True) -> None:
    """Raise a CourseError if nothing in an inbox can be used: it says what was seen and what was expected.

    Parameters
    ----------
    reading : Reading
    root : path
        The inbox.
    with_reasons : bool
        Also say of each name why not.
    """
    if reading.submissions:
        return
    seen = ", ".join(clean_line(name) for name in reading.names[:5]) or "nothing"
    more = f" and {len(reading.names) - 5} more" if len(reading.names) > 5 else ""
    advice = f"Expected is {EXPECTED}"
    if reading.strangers and reading.sources:
        names = " and ".join(sorted(reading.sources))
        advice = f"It looks like {names}: give the table of students that goes with it as --roster (docs/downloads.md)"
        if reading.has_roster:
            advice = (f"It looks like {names}, and nobody in it is on the roster: is that the table of these students? "
                      "A line in who.csv says who somebody is (docs/downloads.md)")
    reasons = "".join(f"\n  {line}" for line in limit_remarks(reading.rejected)) if with_reasons else ""
    raise CourseError(f"found no submission in {root}: it holds {seen}{more}. {advice}. No table and no mark was "
                      f"touched.{reasons}")


def format_reading(reading: Reading) -> str:
    """Return the table that ``collect --dry-run`` prints: what would be used of what, and what would not."""
    rows = [("student", "assignment", "from", "files", "arrived")]
    for (student, assignment), submission in reading.submissions.items():
        names = ", ".join(clean_line(name) for name, _ in submission.files[:4]) or "no file"
        more = f" and {len(submission.files) - 4} more" if len(submission.files) > 4 else ""
        rows.append((student, assignment, "; ".join(map(clean_line, submission.labels)), names + more,
                     submission.time.isoformat(" ") if submission.time else "-"))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += [f"{'/'.join(key)} to look at: {doubt}" for key, s in reading.submissions.items() for doubt in s.doubts]
    lines += [f"{'/'.join(key)}: {remark}" for key, s in reading.submissions.items() for remark in s.remarks]
    lines += [f"not used: {line}" for line in reading.rejected]
    counts = ", ".join(f"{n} of {source}" for source, n in reading.sources.most_common())
    return "\n".join([*lines, f"recognised: {counts or 'nothing'}"])


def format_taken(reading: Reading) -> str:
    """Return the table of who was taken for whom."""
    rows = sorted((clean_line(label), join_names(students), how) for label, (students, how) in reading.taken.items())
    return "\n".join(["sender -> student (by)", *(f"{label} -> {who} ({how})" for label, who, how in rows)])
