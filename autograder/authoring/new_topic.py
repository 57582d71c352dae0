"""Begin a topic: write one small file into each of its rooms. Nothing that exists is overwritten."""

import ast
import builtins
import contextlib
import json
import keyword
import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from autograder import rooms
from autograder.course.files import make_private_folder, write_atomically
from autograder.course.settings import SETTINGS_FILE, TOTAL, load_settings
from autograder.course.topics import forget_topics, list_assignments, list_topics
from autograder.errors import CourseError
from autograder.hidden_tests.session import load_questions
from autograder.release.known_results import format_results, list_functions
from cs231n_lib.lab.check.known_results import RESULTS_FILE

TEMPLATE = Path(__file__).with_name("template")
TOPIC, FUNCTION, NOTEBOOK = "template_topic", "template_function", "99_template_topic"
"""What stands in the template for the names of the topic, its function and its notebook."""
NAMES = {"topic": re.compile(r"[a-z]+(_[a-z]+)*"), "function": re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")}
LONGEST_NAME = 30
LAST_NUMBER = 99
RESERVED = (TOTAL, "aux", "con", "nul", "prn")
"""What the course total is called, and names that no file can have on Windows, where students work, too."""


def run_new_topic(name: str, function: str = "", course: Path | None = None) -> int:
    """Make a topic and say what was written and what to do next.

    Parameters
    ----------
    name : str
        Of the topic.
    function : str
        Of its function; the topic's name by default.
    course : path, optional
        The course whose own the topic is to be; the checkout by default.
    """
    written = make_topic(name, function or name, course)
    where = f" --course {shlex.quote(str(course))}" if course else ""
    print(f"{name} is {list_topics()[name]}:")
    print("\n".join(f"  {path}" for path in written))
    print(f"It runs as it is: python -m autograder verify --topic {name}{where}")
    print("Write yours in their place, file by file (CONTRIBUTING.md, \"Add a topic\").")
    if course is not None and not is_listed(name, course):
        print(f"{course / SETTINGS_FILE} lists the assignments of the course: add {list_topics()[name]} there, or it "
              "is not released.")
    return 0


def is_listed(name: str, course: Path) -> bool:
    """Has a course the topic, as far as its settings say? What is wrong in them, the next command says."""
    try:
        mine = load_settings(course).assignments
    except CourseError:
        return True
    return not mine or list_topics()[name] in mine


def make_topic(name: str, function: str, course: Path | None = None) -> list[Path]:
    """Write the files of a new topic; return them.

    Parameters
    ----------
    name, function : str
        Of the topic and of its function.
    course : path, optional
        The course whose own the topic is to be; the checkout by default.

    Raises
    ------
    CourseError
        If a name cannot be one or is taken; nothing is written then.
    """
    check_name(name, "topic")
    check_name(function, "function")
    taken = find_taken(name, function, course)
    if taken:
        raise CourseError(taken, "Nothing was written; choose another name")
    assignment = f"{choose_number():02}_{name}"
    files = place_files(name, assignment, course)
    if course is not None:
        make_private_folder(course / "topics")  # solutions and hidden tests
    texts = {source: (TEMPLATE / source).read_text(encoding="utf-8") for source in files}
    write_new({target: fill_in(texts[source], name, function, assignment) for source, target in files.items()})
    if course is not None:
        rooms.open_course(course)
    forget_topics()
    written = list(files.values())
    if course is None:
        write_atomically(RESULTS_FILE, format_results([name]))
        written.append(RESULTS_FILE)
    return written


def check_name(name: str, what: str) -> None:
    """Raise a CourseError for a name that no topic, or no function, can have."""
    if not NAMES[what].fullmatch(name) or keyword.iskeyword(name):
        raise CourseError(f"{name!r} is no name of a {what}", "Take words of lower-case letters with underscores "
                          "between them, as in label_smoothing; a function may have digits, too")
    if len(name) > LONGEST_NAME:
        raise CourseError(f"{name!r} is too long for the name of a {what}", f"Take at most {LONGEST_NAME} letters")


def list_used_names() -> set[str]:
    """Return the names that the notebook and the module of the template use, and that would be hidden by a topic's."""
    cells = json.loads((TEMPLATE / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    tree = ast.parse("\n".join([*code, (TEMPLATE / "module.py").read_text(encoding="utf-8")]))
    names = {name.asname or name.name for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)
             for name in node.names}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return names - {TOPIC, FUNCTION}


def find_taken(name: str, function: str, course: Path | None) -> str:
    """Return a sentence about what has one of the names already, "" if nothing has.

    Parameters
    ----------
    name, function : str
    course : path, optional
    """
    if name in list_topics():
        return f"there is a topic {name} already ({list_topics()[name]})"
    place = rooms.find_taken(name)
    if place:
        return f"the workbook has {place} already"
    if course is not None and (course / "topics" / name).exists():
        return f"{course / 'topics' / name} exists already"
    owner = [topic for topic in list_topics()
             if function in load_questions(topic) or function in (f.name for f in list_functions(topic))]
    if owner:
        return f"{owner[0]} has a function {function} already"
    used = {*dir(builtins), *RESERVED, *list_used_names()} & {name, function}
    return f"Python, Windows, exports or a new topic's files use {min(used)} for something else" if used else ""


def choose_number() -> int:
    """Return the number of the next notebook, after all others."""
    number = max((int(assignment[:2]) for assignment in list_assignments()), default=-1) + 1
    if number > LAST_NUMBER:
        raise CourseError(f"there is a notebook {LAST_NUMBER} already", "Give it a smaller number first")
    return number


def place_files(name: str, assignment: str, course: Path | None) -> dict[str, Path]:
    """Return file of the template -> where it goes.

    Parameters
    ----------
    name, assignment : str
    course : path, optional
    """
    names = [path.name for path in sorted(TEMPLATE.iterdir()) if path.name in rooms.OWN_NAMES]
    if course is not None:
        folder = course / "topics" / name
        return {"notebook.ipynb": folder / f"{assignment}.ipynb", **{own: folder / own for own in names}}
    places = {own: rooms.ROOT / rooms.OWN_NAMES[own].format(topic=name, assignment=assignment) for own in names}
    return {"notebook.ipynb": rooms.ROOT / "notebooks" / f"{assignment}.ipynb", **places}


def write_new(texts: Mapping[Path, str]) -> None:
    """Write files that do not exist yet; if one cannot be written, none stays."""
    written: list[Path] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except BaseException:
        for path in written:
            path.unlink()
            with contextlib.suppress(OSError):
                path.parent.rmdir()  # if nothing else is in it: a folder without files would be no topic
        raise


def fill_in(text: str, name: str, function: str, assignment: str) -> str:
    """Return a file of the template with the names of a topic in it.

    Parameters
    ----------
    text, name, function, assignment : str
    """
    title = name.replace("_", " ").capitalize()
    for before, after in ((NOTEBOOK, assignment), (TOPIC, name), (FUNCTION, function), ("Template topic", title)):
        text = text.replace(before, after).replace(before.replace("_", "-"), after.replace("_", "-"))
    return text
