"""How good is the diagnosis of ``check``? ``python -m tools.diagnosis_accuracy [--list] [--topic TOPIC]``.

Each wrong implementation in ``tools/held_out_mistakes`` is checked as if a student had written it, and the mistakes
that ``check`` names are compared with its labels. How the set was made, on 21 November 2026:

1. 277 wrong implementations of all 67 functions were written from the signatures and the docstrings alone, by an
   author (a language model, as the registry's) who had read neither
   ``autograder/mistakes`` nor the fingerprints. About one in seven has two errors at once.
2. Eight were removed because the visible check lets them pass: five that are wrong in the cache only, whose layout is
   the student's choice; one that takes a single batch in ``extract_features``, whose result is right; integers in
   ``constant_init`` and ``max(x, a * x)`` in ``prelu_forward``, which the visible inputs do not reveal. The other 269
   were frozen, and none was changed later.
3. Then the same author read the registry and labelled each of them, before seeing any diagnosis, with the registered
   mistakes whose sentence is true of it: 233 have such a label, 36 have none. If there are two errors, the sentence of
   either is right. A sentence that gives another reason is not, even if its remedy would help.
4. A fixed rule (:func:`assign_half`) splits the set. Before any change, half A had 67.9 % right names and no wrong one,
   so both bars were met. The causes of A's misses were then fixed: an additional wrong dtype no longer hides a mistake,
   state that is "not stored" is now as a student would leave it, and "divides by N - 1" is recognised for both
   variances at once. Half B was looked at only after that, so its figures are unbiased; those of A are no longer.

5. Mistakes that were registered on 30 November 2026 had no label. Of the sixteen that ``check`` then named, each
   sentence was compared with that of the implementation, and all but one were true; that one was mended (pca's
   components that are not sorted) and labelled like the others. So were twelve sentences of mistakes that were
   registered later that day; all were true. So the figures since then say that nothing became worse, and no more.

If two mistakes cannot be distinguished, ``check`` shows both sentences: right if one of them is, wrong if none is.
"""

import argparse
import sys
import types
import zlib
from dataclasses import dataclass

from autograder import mistakes, reference
from autograder.course.topics import list_topics
from cs231n_lib.lab.check import judge
from cs231n_lib.lab.check.cases import FUNCTIONS
from tools import held_out_mistakes

MOST_WRONG, FEWEST_RIGHT = 0.02, 0.40
"""The bars, as shares of all implementations."""

OUTCOMES = ("right", "none", "wrong")


@dataclass(frozen=True)
class Diagnosis:
    """What ``check`` said about one held-out mistake.

    Attributes
    ----------
    mistake : tools.held_out_mistakes.HeldOutMistake
    half : str
        ``"A"``: its misses were used to improve the diagnosis. ``"B"``: they were not.
    failed : bool
        Did the check fail, as it should?
    named : tuple of frozenset of str
        For each sentence shown (one, two or none), the registered mistakes that it belongs to.
    """

    mistake: held_out_mistakes.HeldOutMistake
    half: str
    failed: bool
    named: tuple

    @property
    def outcome(self):
        """``"none"`` if no sentence was shown, ``"right"`` if one that was shown is correct, else ``"wrong"``."""
        if not self.named:
            return "none"
        return "right" if any(names & self.mistake.right for names in self.named) else "wrong"


def assign_half(name):
    """Return the half of a held-out mistake, which depends on nothing but its name."""
    return "A" if zlib.crc32(name.encode()) % 2 == 0 else "B"


def diagnose(mistake):
    """Return the :class:`Diagnosis` of a held-out mistake: everything else in the student's module is right."""
    function = FUNCTIONS[mistake.function]
    module = types.SimpleNamespace(**{**vars(reference.load(function.topic)), mistake.function: mistake.code})
    mistakes.load_mistakes(function.topic)
    known = [m for m in mistakes.mistakes_of(mistake.function) if not m.unseen]
    report = judge.judge(function, module)
    named = tuple(frozenset(m.name for m in known if m.teaches == sentence) for sentence in report.diagnosis)
    return Diagnosis(mistake, assign_half(mistake.name), bool(report.wrong), named)


def diagnose_all(topics=None):
    """Return the diagnoses of the held-out mistakes of some topics, all by default."""
    return [diagnose(m) for topic in topics or list_topics() for m in held_out_mistakes.load_held_out(topic)]


def compute_share(found, outcome):
    """Return the share of the verdicts with an outcome."""
    return sum(v.outcome == outcome for v in found) / max(len(found), 1)


def meets_bars(found):
    """Are both bars met?"""
    return compute_share(found, "wrong") <= MOST_WRONG and compute_share(found, "right") >= FEWEST_RIGHT


def format_table(found):
    """Return the table as text: a line per topic, per half and for all."""
    groups = {topic: [v for v in found if FUNCTIONS[v.mistake.function].topic == topic] for topic in list_topics()}
    groups = {topic: group for topic, group in groups.items() if group}
    halves = {f"half {h}": [v for v in found if v.half == h] for h in "AB"}
    head = f"{'':20}{'implementations':>16}{'registered':>12}{'right name':>16}{'no name':>16}{'wrong name':>16}"
    rule = "-" * len(head)
    return "\n".join(
        [
            head,
            rule,
            *(format_line(*g) for g in groups.items()),
            rule,
            *(format_line(*g) for g in halves.items()),
            format_line("all", found),
        ]
    )


def format_line(title, group):
    """Return one line of the table. ``registered`` counts those for which the registry has a right name."""
    cells = "".join(f"{sum(v.outcome == o for v in group):>8}{compute_share(group, o):>8.1%}" for o in OUTCOMES)
    return f"{title:20}{len(group):>16}{sum(bool(v.mistake.right) for v in group):>12}{cells}"


def format_diagnosis(v):
    """Return the lines about one diagnosis."""
    said = " or ".join("/".join(sorted(names)) for names in v.named) or "no name"
    right = "/".join(sorted(v.mistake.right)) or "not registered"
    return f"  {v.half} {v.mistake.function}, {v.mistake.name}: {said} (right: {right})\n      {v.mistake.sentence}"


def format_diagnoses(title, found):
    """Return diagnoses as text below a title."""
    return "\n".join([f"\n{title}: {len(found)}", *map(format_diagnosis, found)])


def main(argv=None):
    """Print how often the visible checks name held-out mistakes rightly, wrongly or not at all; fail below the bars."""
    parser = argparse.ArgumentParser(prog="python -m tools.diagnosis_accuracy", description=main.__doc__)
    parser.add_argument("--topic", choices=list(list_topics()), help="one topic only")
    parser.add_argument("--list", action="store_true", help="list the other implementations, too")
    args = parser.parse_args(argv)
    found = diagnose_all([args.topic] if args.topic else list_topics())
    print(format_table(found))
    print(format_diagnoses("wrong name", [v for v in found if v.outcome == "wrong"]))
    print(format_diagnoses("no name, though a right one is registered",
                           [v for v in found if v.outcome == "none" and v.mistake.right]))
    if args.list:
        print(format_diagnoses("right name", [v for v in found if v.outcome == "right"]))
        print(format_diagnoses("no name, and none is registered",
                               [v for v in found if v.outcome == "none" and not v.mistake.right]))
    held = meets_bars(found)
    print(f"\nwrong name {compute_share(found, 'wrong'):.1%} (at most {MOST_WRONG:.0%}), right name "
          f"{compute_share(found, 'right'):.1%} (at least {FEWEST_RIGHT:.0%}): {'held' if held else 'MISSED'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
