"""What does ``check`` say about the later sets of held-out mistakes? ``python -m tools.read_diagnosis``.

Each sentence that ``check`` says about an implementation of ``tools/held_out_second``, ``held_out_third`` or
``held_out_fourth`` (a known mistake, or a relation to what is expected) was compared once with the label of that
implementation, by a reader who knew nothing of the diagnosis: the set's ``verdicts.toml`` has "right" or "wrong" for
each of them, and this tool counts. A sentence that has no verdict there is listed, and the exit code is 1: figures rest
on what was read.
"""

import argparse
import importlib
import sys
import tomllib
import types
from dataclasses import dataclass
from pathlib import Path

from autograder import reference
from autograder.course.topics import list_topics
from cs231n_lib.lab.check import judge
from cs231n_lib.lab.check.cases import FUNCTIONS
from tools import held_out_mistakes

FEWEST_RIGHT = 0.75
"""The bar: the share of the implementations whose mistake is named. No name may be wrong."""
SETS = ("held_out_second", "held_out_third", "held_out_fourth")
"""Folders of ``tools``."""


@dataclass(frozen=True)
class Said:
    """What ``check`` said about one implementation.

    Attributes
    ----------
    topic, name, function, label : str
    sentences : tuple of str
        Known mistakes and relations.
    red : bool
        Is any aspect wrong?
    """

    topic: str
    name: str
    function: str
    label: str
    sentences: tuple
    red: bool


def ask_check(name, topic):
    """Return what ``check`` says about each implementation of a topic in one of the :data:`SETS`: a list of Said."""
    home = importlib.import_module(f"tools.{name}.{topic}").__name__
    said = []
    for name, function, label, code in [e for e in held_out_mistakes.REGISTRY if e[3].__module__ == home]:
        module = types.SimpleNamespace(**{**vars(reference.load(topic)), function: code})
        report = judge.judge(FUNCTIONS[function], module)
        relations = [sentence for row in report.rows for sentence in row.relations]
        sentences = tuple(dict.fromkeys([*report.diagnosis, *relations]))
        said.append(Said(topic, name, function, label, sentences, bool(report.wrong)))
    return said


def load_verdicts(name):
    """Return (implementation, sentence) -> "right" or "wrong", of one of the :data:`SETS`."""
    file = Path(__file__).with_name(name) / "verdicts.toml"
    entries = tomllib.loads(file.read_text(encoding="utf-8"))["verdict"] if file.exists() else []
    return {(e["name"], e["sentence"]): e["is"] for e in entries}


def judge_said(said, verdicts):
    """Return "right" if all that was said is, "wrong" if anything is, "none", or "open" without a verdict."""
    found = {verdicts.get((said.name, sentence), "open") for sentence in said.sentences}
    return next((word for word in ("open", "wrong", "right") if word in found), "none")


def format_line(title, outcomes):
    """Return one line of the table."""
    cells = "".join(f"{outcomes.count(word):>8}{outcomes.count(word) / max(len(outcomes), 1):>8.1%}"
                    for word in ("right", "none", "wrong", "open"))
    return f"{title:20}{len(outcomes):>16}{cells}"


def count_set(name, everything):
    """Print how often ``check`` names the mistakes of one of the :data:`SETS`; return whether both bars hold.

    Parameters
    ----------
    name : str
    everything : bool
        Print every label with what was said of it, not only what is wrong or was not judged.
    """
    verdicts, together = load_verdicts(name), []
    print(f"{name:20}{'implementations':>16}{'right':>16}{'none':>16}{'wrong':>16}{'not judged':>16}")
    for topic in list_topics():
        found = ask_check(name, topic)
        outcomes = [(said, judge_said(said, verdicts)) for said in found if said.red]
        print(format_line(topic, [word for _, word in outcomes]))
        for said, outcome in outcomes:
            if everything or outcome in ("wrong", "open"):
                print(f"\n{said.name} ({said.function}): {outcome}\n  label: {said.label}")
                print("".join(f"  said: {sentence}\n" for sentence in said.sentences))
        green = [said for said in found if not said.red]
        print("".join(f"  green: {said.name} ({said.function}): {said.label}\n" for said in green), end="")
        together += [word for _, word in outcomes]
    print(format_line("all", together))
    right, wrong, unread = (together.count(word) for word in ("right", "wrong", "open"))
    share = right / len(together)
    held = share >= FEWEST_RIGHT and not wrong and not unread
    print(f"\nright {share:.1%} (at least {FEWEST_RIGHT:.0%}), wrong {wrong} (none), not judged {unread} (none): "
          f"{'held' if held else 'MISSED'}\n")
    return held


def main(argv=None):
    """Print how often ``check`` names later held-out mistakes rightly, wrongly or not at all."""
    parser = argparse.ArgumentParser(prog="python -m tools.read_diagnosis", description=main.__doc__)
    parser.add_argument("sets", nargs="*", default=SETS, help=f"some of {', '.join(SETS)} (default: all)")
    parser.add_argument("--list", action="store_true", help="print every label with what was said of it")
    args = parser.parse_args(argv)
    if unknown := set(args.sets) - set(SETS):
        parser.error(f"no such set: {', '.join(sorted(unknown))}; there are {', '.join(SETS)}")
    return 0 if all([count_set(name, args.list) for name in args.sets]) else 1


if __name__ == "__main__":
    sys.exit(main())
