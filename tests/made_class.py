"""Records made by hand, and what every page must be: for the tests of the feedback and of the report."""

import re

from tinyhtml5.parser import HTMLParser

from autograder.gradebook.records import Mark, Record

SECRET = "hidden input 0.31415 expected 2.71828"
"""Stands in the message of every outcome: for the instructor's eyes only."""

NASTY = ("<script>alert(1)</script><img src=x onerror=alert(1)>]]>&amp;\x00\x1b[31m\ud800\u202e\ufffe\r\n```"
         "</pre></details>")
"""What a student may write anywhere."""

XHTML = "{http://www.w3.org/1999/xhtml}"


def outcome(aspect, most=1.0, status="passed", hint="", mistake=""):
    """Return an outcome as it stands in the store of results."""
    score = most if status == "passed" else 0.0
    return {"aspect": aspect, "score": score, "max_score": most, "status": status, "hint": hint, "message": SECRET,
            "mistake": mistake}


def function(name, *outcomes):
    """Return the mark of a function."""
    score, most = sum(o["score"] for o in outcomes), sum(o["max_score"] for o in outcomes)
    return Mark(f"{name.replace('_', '-')}-test", "function", score, most, outcomes=list(outcomes), auto_score=score)


def answer(name, *outcomes):
    """Return the mark of an answer cell."""
    score, most = sum(o["score"] for o in outcomes), sum(o["max_score"] for o in outcomes)
    return Mark(f"{name}-test", "answer", score, most, outcomes=list(outcomes), auto_score=score)


def record(student, marks, assignment="01_activations", status="graded", **more):
    """Return a record whose points are the sum of its marks, less the penalty."""
    score = sum(m.score for m in marks) - more.get("late_penalty", 0.0)
    pending = sum(m.needs_manual for m in marks)
    return Record(student, assignment, assignment[3:], status, score=score, max_score=sum(m.max_score for m in marks),
                  manual_pending=pending, marks=marks, **{"seconds": 1.5, **more})


def elements(path):
    """Parse a page; return its elements, and what is wrong with it as HTML: nothing, and nothing that runs or loads."""
    text = path.read_bytes().decode("utf-8")
    parser = HTMLParser()
    tree = parser.parse(text, full_tree=True)
    found = [e for e in (tree.getroot() if hasattr(tree, "getroot") else tree).iter() if isinstance(e.tag, str)]
    wrong = [f"{error} at {where}" for where, error, _ in parser.errors]
    wrong += [str(e.tag) for e in found if e.tag.removeprefix(XHTML) in ("script", "iframe", "object", "link", "base")]
    for e in found:
        wrong += [f"{name}={value}" for name, value in e.attrib.items() if name.startswith("on")
                  or name in ("href", "src") and not value.startswith(("#", "data:image/svg+xml;base64,"))]
    ids = [e.get("id") for e in found if e.get("id")]
    wrong += [f"id {i} twice" for i in ids if ids.count(i) > 1]
    wrong += [f"no target {e.get('href')}" for e in found if e.get("href", "#")[1:] not in ("", *ids)]
    return found, wrong + unreadable(found)


def unreadable(found):
    """Return what a screen reader would stumble over: skipped headings, tables without scopes, images without words."""
    levels = [int(e.tag[-1]) for e in found if re.fullmatch(r"\{.*\}h[1-6]", e.tag)]
    wrong = [f"h{a} to h{b}" for a, b in zip(levels, levels[1:], strict=False) if b > a + 1]
    wrong += ["not one h1"] if levels.count(1) != 1 or levels[0] != 1 else []
    wrong += ["th without scope" for e in found if e.tag == XHTML + "th" and not e.get("scope")]
    return wrong + ["img without alt" for e in found if e.tag == XHTML + "img" and not e.get("alt")]


def text_of(element):
    """Return the text in an element, white space as one blank."""
    return " ".join("".join(element.itertext()).split())


def rows(found):
    """Return the table rows of a page as lists of texts."""
    return [[text_of(cell) for cell in row] for row in found if row.tag == XHTML + "tr"]
