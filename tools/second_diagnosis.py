"""What does ``check`` say about the second set of held-out mistakes? ``python -m tools.second_diagnosis``.

Each sentence that ``check`` says about an implementation of ``tools/held_out_second`` (a known mistake, or a relation
to what is expected) was compared once with the label of that implementation, by a reader who knew nothing of the
diagnosis: ``verdicts.toml`` has "right" or "wrong" for each of them, and this tool counts. A sentence that has no
verdict there is listed, and the exit code is 1: figures rest on what was read.
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
from tools import held_out_mistakes, held_out_second

FEWEST_RIGHT = 0.75
"""The bar: the share of the implementations whose mistake is named. No name may be wrong."""
VERDICTS = Path(held_out_second.__file__).with_name("verdicts.toml")


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


def ask_check(topic):
    """Return what ``check`` says about each implementation of a topic: a list of :class:`Said`."""
    home = importlib.import_module(f"tools.held_out_second.{topic}").__name__
    said = []
    for name, function, label, code in [e for e in held_out_mistakes.REGISTRY if e[3].__module__ == home]:
        module = types.SimpleNamespace(**{**vars(reference.load(topic)), function: code})
        report = judge.judge(FUNCTIONS[function], module)
        relations = [sentence for row in report.rows for sentence in row.relations]
        sentences = tuple(dict.fromkeys([*report.diagnosis, *relations]))
        said.append(Said(topic, name, function, label, sentences, bool(report.wrong)))
    return said


def load_verdicts():
    """Return (implementation, sentence) -> "right" or "wrong"."""
    entries = tomllib.loads(VERDICTS.read_text(encoding="utf-8"))["verdict"] if VERDICTS.exists() else []
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


def main(argv=None):
    """Print how often ``check`` names the second set of held-out mistakes rightly, wrongly or not at all."""
    parser = argparse.ArgumentParser(prog="python -m tools.second_diagnosis", description=main.__doc__)
    parser.add_argument("--list", action="store_true", help="print every label with what was said of it")
    args = parser.parse_args(argv)
    verdicts, outcomes = load_verdicts(), {}
    print(f"{'':20}{'implementations':>16}{'right':>16}{'none':>16}{'wrong':>16}{'not judged':>16}")
    for topic in list_topics():
        found = ask_check(topic)
        outcomes[topic] = [judge_said(s, verdicts) for s in found if s.red]
        print(format_line(topic, outcomes[topic]))
        for s, outcome in zip([s for s in found if s.red], outcomes[topic], strict=True):
            if args.list or outcome in ("wrong", "open"):
                print(f"\n{s.name} ({s.function}): {outcome}\n  label: {s.label}")
                print("".join(f"  said: {sentence}\n" for sentence in s.sentences))
        print("".join(f"  green: {s.name} ({s.function}): {s.label}\n" for s in found if not s.red), end="")
    together = [word for words in outcomes.values() for word in words]
    print(format_line("all", together))
    right = together.count("right") / len(together)
    held = right >= FEWEST_RIGHT and not together.count("wrong") and not together.count("open")
    print(f"\nright {right:.1%} (at least {FEWEST_RIGHT:.0%}), wrong {together.count('wrong')} (none), not judged "
          f"{together.count('open')} (none): {'held' if held else 'MISSED'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
