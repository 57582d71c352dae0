"""Recognise known mistakes: which of them give what the function gave, each of its results judged by itself?

A mistake is named for the results that it makes wrong, if it gives the same as the function in every case, also where
it is right. What other results are does not count: so two mistakes in two results are both named, and one is named
beside a trouble that nobody has listed. Where the results do not decide between more than two mistakes, none is named.
"""

import itertools
import re
from dataclasses import dataclass

import numpy as np

from cs231n_lib.lab.check.arrays import is_close
from cs231n_lib.lab.check.aspects.common import DTYPE, STABLE, TEST_MODE
from cs231n_lib.lab.check.observe import choose_tolerance, merge_changed, results_agree
from cs231n_lib.lab.check.relations import Pair, find_relation, find_relation_to_mistake
from cs231n_lib.lab.check.result_form import is_shape

COMMON, STATE, ERRORS, ARGUMENTS = "", "config", "exceptions", "arguments"
"""What is judged like a result: what belongs to no single result, a state, what is raised, what changes in place."""

AT_TEST = "what comes out at test time"
WEAK = {COMMON, ERRORS}
"""These say little about their cause."""


# -- results ----------------------------------------------------------------------------------------------------------


def name_result(function, case, part):
    """Return which of a function's results a named array tells about: "dw", "next_w", or one of the constants above.

    Parameters
    ----------
    function : cs231n_lib.lab.check.observe.Function
    case : cs231n_lib.lab.check.observe.Case
    part : str
        A key of what the case gives: "dw", "next_w - w after step 1", "shape of yb".
    """
    if STATE in function.returns and "state" in case.aspect:
        return STATE
    names = [name.removeprefix("*") for name in function.returns if name != "cache"]
    if part in names or (function.may_change and part.isidentifier()):
        return part
    if len(names) == 1:
        return names[0]
    found = {match.start(): name for name in names if (match := re.search(rf"\b{name}\b", part))}
    return found[min(found)] if found else COMMON


def group_parts(function, case, parts, by_mode=True):
    """Return result -> those of the named arrays that tell about it.

    With ``by_mode`` what comes out at test time is a result of its own: a function can be wrong in one of its modes, or
    in each in another way.
    """
    apart = case.apart or AT_TEST if case.apart or case.aspect.startswith(TEST_MODE) else ""
    if by_mode and apart:
        return {apart: dict(parts)}
    groups = {}
    for name, value in parts.items():
        groups.setdefault(name_result(function, case, name), {})[name] = value
    return groups


def list_wrong_results(function, case, got, want, by_mode=True):
    """Return the results of one case that are not what they should be."""
    got, want = (group_parts(function, case, parts, by_mode) for parts in (got, want))
    return [r for r in dict.fromkeys([*want, *got]) if not results_agree(case, got.get(r, {}), want.get(r, {}))]


def is_judged(seen):
    """Did a case come to its end, without a function that is not written yet?"""
    return not seen.error and not seen.waits_for


# -- one known mistake ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Match:
    """A known mistake that gives what the function gave.

    Attributes
    ----------
    known : cs231n_lib.lab.check.known_results.KnownMistake
    explains : frozenset of str
        The results that it makes wrong, in the same way as the function.
    state : bool
        Does it leave the same state, too? Always true where there is none.
    weak : bool
        Does little speak for it? Then it is named only if all that it does not explain is right or has a name.
    """

    known: object
    explains: frozenset
    state: bool = True
    weak: bool = False


def match_mistake(known, function, seen, prints):
    """Return the :class:`Match` of one known mistake, None if it gives something else.

    Parameters
    ----------
    known : cs231n_lib.lab.check.known_results.KnownMistake
    function, seen, prints
        As in :func:`find_known_mistakes`.
    """
    cells = compare_cells(known, function, seen, prints)
    if cells is None:
        return None
    touched, told, off = cells
    errors, changed = {i: s.error for i, s in enumerate(seen) if s.error}, merge_changed(seen)
    if not has_same_errors(known, errors, len(seen)):
        return None
    if not known.changed.keys() <= changed.keys():
        return None
    if not touched and not known.errors:  # it only changes an argument
        runs = any(c.run for c in function.cases)  # these tell that it changes, but not always to what
        fits = not off if runs else all(is_close(changed[k], v) for k, v in known.changed.items())
        return Match(known, frozenset({ARGUMENTS})) if fits else None
    results, different = {r for _, r in touched}, {r for _, r in off}
    steps = results - {STATE}
    bad = different & steps if steps else different
    if any(not overflows(known, r, function, prints) or r in {q for _, q in off & touched} for r in bad):
        return None
    explains = {r for _, r in told} - bad | ({ERRORS} if known.errors and errors else set())
    if not explains:
        return None
    more = {ARGUMENTS} if known.changed else set()
    few = shows_little(known, told, function, prints) and not all(overflows(known, r, function, prints)
                                                                   for r in results)
    return Match(known, frozenset(explains | more), STATE not in different, few or explains <= WEAK)


def has_same_errors(known, errors, cases):
    """Are the exceptions those of a known mistake?

    Where it raises in some cases, a reader may have taken care of these alone; what has no exception may have a few
    beside it, for another reason.

    Parameters
    ----------
    known : cs231n_lib.lab.check.known_results.KnownMistake
    errors : dict of int to str
    cases : int
        How many there are.
    """
    if not known.errors:
        return 3 * len(errors) <= cases
    return errors == known.errors or not errors and 3 * len(known.errors) <= cases


def shows_little(known, told, function, prints):
    """Does a known mistake show in one case only, and there in few numbers?"""
    cells = {i for i, _ in told}
    if len(cells) != 1 or {r for _, r in told} & {STATE, AT_TEST, COMMON}:
        return len(cells) < 2
    i = min(cells)
    case, want = function.cases[i], prints.expected[i]
    wrong = [k for k in known.parts[i].keys() & want.keys() if known.parts[i][k].shape == want[k].shape
             and choose_tolerance(case, k)[0] <= 1e-5 and choose_tolerance(case, k)[1] <= 1e-6]
    numbers = {f"{v:.5g}" for k in wrong for v, w in zip(known.parts[i][k].flat, want[k].flat, strict=True)
               if not is_close(v, w)}
    return len(numbers) < 4


def compare_cells(known, function, seen, prints):
    """Compare what a known mistake gives with what came, case by case and result by result.

    Returns
    -------
    touched, told, off : set of (int, str)
        Case and result: where the mistake makes it wrong; where it was seen to do so; where something else came.
        None as soon as something else came where the mistake makes a result wrong: it is another one.
    """
    touched, told, off = set(), set(), set()
    for i, (case, s) in enumerate(zip(function.cases, seen, strict=True)):
        want, given = prints.expected[i], known.parts.get(i, prints.expected[i])
        if i in known.parts and i not in known.wrong:
            known.wrong[i] = list_wrong_results(function, case, given, want)
        wrong = known.wrong.get(i, ())
        touched.update((i, r) for r in wrong)
        if not is_judged(s) or i in known.errors:
            continue
        got, want, given = (group_parts(function, case, parts) for parts in (s.parts, want, given))
        for r in got.keys() | given.keys():
            parts = [groups.get(r, {}) for groups in (got, given, want)]
            if agree_on_result(case, *parts, r in wrong):
                told.update([(i, r)] if r in wrong else [])
            elif not is_excused(case, *parts[:2]) and not (r in wrong and is_mended(case, *parts)):
                if r in wrong and r != STATE:
                    return None
                off.add((i, r))
    return touched, told, off


def agree_on_result(case, got, given, want, wrong):
    """Is one result what a known mistake gives?

    Parameters
    ----------
    case : cs231n_lib.lab.check.observe.Case
    got, given, want : dict of str to ndarray
        What came, what the mistake gives, and what is right.
    wrong : bool
        Does the mistake make it wrong?
    """
    if results_agree(case, got, given, dtype=wrong):
        return True
    if not wrong or got.keys() != given.keys() or results_agree(case, got, want, dtype=False):
        return False
    return all(is_close(got[k], given[k], choose_tolerance(case, k))
               or k in case.signs and agree_up_to_signs(got[k], given[k]) for k in given)


def agree_up_to_signs(got, given):
    """Are two matrices equal up to the sign of each row and of each column?"""
    if got.ndim != 2 or got.shape != given.shape or not is_close(np.abs(got), np.abs(given)):
        return False
    signs = np.where(got * given < 0, -1, 1)
    return bool((signs == signs[:1] * signs[:, :1] * signs[0, 0]).all())


def is_excused(case, got, given):
    """Does it say nothing against a mistake that one result is another? The parameters as in `agree_on_result`."""
    if STABLE in case.aspect and has_nonfinite(got) and not has_nonfinite(given):
        return True  # overflow is a second mistake: the report has a separate line for it
    return case.aspect == DTYPE  # so is a wrong dtype, which can occur with any mistake


def is_mended(case, got, given, want):
    """Did a wrong number come where a known mistake gives NaN or infinity? A reader may have mended that alone."""
    return has_nonfinite(given) and not has_nonfinite(got) and not results_agree(case, got, want)


def overflows(known, result, function, prints):
    """Is all that a known mistake makes wrong in a result infinite or NaN?

    Then it shows beside anything else that is wrong with the same result.
    """
    for i, parts in known.parts.items():
        case, want = function.cases[i], prints.expected[i]
        if result in list_wrong_results(function, case, parts, want):
            if not has_nonfinite(group_parts(function, case, parts).get(result, {})):
                return False
    return True


def has_nonfinite(parts):
    """Is there an infinity or a NaN among the results?"""
    return not all(np.isfinite(np.asarray(p, float)).all() for p in parts.values())


# -- all of them ------------------------------------------------------------------------------------------------------


def find_known_mistakes(function, seen, prints):
    """Return the sentences of the known mistakes that give these results.

    Parameters
    ----------
    function : cs231n_lib.lab.check.observe.Function
    seen : list of cs231n_lib.lab.check.observe.Observation
        One for each case of the function.
    prints : cs231n_lib.lab.check.known_results.KnownResults
        The stored results of the function and of its mistakes.

    Returns
    -------
    names : dict of str to tuple of str
        Sentence -> the results that it explains. Two sentences for the same result cannot be told apart.
    """
    matches = [match_mistake(known, function, seen, prints) for known in prints.mistakes]
    if not any(matches):
        return {m.known.teaches: tuple(sorted(m.explains)) for m in find_two(function, seen, prints)}
    matches = choose_by_state([m for m in matches if m], function, seen, prints)
    matches = drop_weak(matches, function, seen, prints)
    names = {}
    for result in dict.fromkeys(r for m in matches for r in sorted(m.explains)):
        best = [m for m in matches if result in m.explains]
        best = [m for m in best if not any(m.explains < other.explains for other in best)]  # one that explains more
        sentences = dict.fromkeys(m.known.teaches for m in best)
        if len(sentences) <= 2:
            for sentence in sentences:
                names[sentence] = (*names.get(sentence, ()), result)
    return names


def find_two(function, seen, prints):
    """Return the matches of two known mistakes that meet in one result, but never in one case; none if others fit, too.

    Each of them gives what came in all cases that it makes wrong, and nothing else is wrong. Answers, such as yes or
    no, say too little for that: two mistakes would fit by chance.
    """
    wrong = {(i, r) for i, (case, s, want) in enumerate(zip(function.cases, seen, prints.expected, strict=True))
             for r in list_wrong_results(function, case, s.parts, want) if is_judged(s)}
    if len(wrong) < 2 or merge_changed(seen) or not all(map(is_judged, seen)):
        return []
    single = [(known, known_cells) for known in prints.mistakes
              if (known_cells := list_told_cells(known, function, seen, prints)) and known_cells < wrong]
    pairs = [(a, b) for a, b in itertools.combinations(single, 2) if not a[1] & b[1] and a[1] | b[1] == wrong]
    if len({frozenset({a[0].teaches, b[0].teaches}) for a, b in pairs}) != 1:
        return []
    return [Match(known, frozenset(r for _, r in cells)) for known, cells in pairs[0]]


def list_told_cells(known, function, seen, prints):
    """Return (case, result) where a known mistake makes numbers wrong, if it gives what came in all of them."""
    cells = None if known.errors or known.changed else compare_cells(known, function, seen, prints)
    touched, told, _ = cells or ((), (), ())
    numbers = any(value.dtype.kind == "f" and not is_shape(part) for i, _ in touched
                  for part, value in known.parts[i].items())
    return touched if numbers and touched == told else set()


def choose_by_state(matches, function, seen, prints):
    """Choose among mistakes with the same steps by the state that they leave.

    A rule may keep its state in a way of its own, such as a velocity that points uphill. So a mistake may be named by
    its steps alone, if its state is that of the function up to a factor, and if no other one has the same steps.
    """
    whole = [m for m in matches if m.state]
    steps = [m for m in matches if not m.state and resembles_state(m.known, function, seen, prints)]
    if any(m.explains - {ARGUMENTS} for m in whole) or len({m.known.teaches for m in steps}) > 1:
        return whole
    return whole + steps


def resembles_state(known, function, seen, prints):
    """Is the state after a few steps that of a known mistake up to a factor? Under other names, it is not judged."""
    for i, (case, s) in enumerate(zip(function.cases, seen, strict=True)):
        if "state" in case.aspect and is_judged(s):
            given = known.parts.get(i, prints.expected[i])
            stored = [k for k in given if k.startswith(f"{STATE}[")]
            if not all(k in s.parts and are_proportional(s.parts[k], given[k]) for k in stored):
                return False
    return True


def are_proportional(got, given):
    """Is an array another one times a factor? Single numbers, such as a count of steps, must be equal."""
    if got.size == 1 or got.shape != given.shape or not given.any():
        return is_close(got, given)
    return is_close(got, given * np.vdot(got, given) / np.vdot(given, given)) and bool(got.any())


def drop_weak(matches, function, seen, prints):
    """Leave out mistakes for which little speaks, where something else is wrong that has no name."""
    wrong = {ERRORS for s in seen if s.error}
    for case, s, want in zip(function.cases, seen, prints.expected, strict=True):
        wrong.update(list_wrong_results(function, case, s.parts, want) if is_judged(s) else [])
    explained = set().union(*(m.explains for m in matches if not m.weak))
    return [m for m in matches if not m.weak or wrong <= explained | m.explains]


def is_explained(sentence, result, i, function, seen, prints):
    """Does a known mistake with this sentence give what came for one result in case ``i``?

    Parameters
    ----------
    sentence, result : str
        Of what :func:`find_known_mistakes` returned.
    i : int
    function, seen, prints
        As there.
    """
    case, known = function.cases[i], [m for m in prints.mistakes if m.teaches == sentence]
    if seen[i].error:
        return any(m.errors.get(i) == seen[i].error for m in known)
    return any(agree_on_result(case, *(group_parts(function, case, parts).get(result, {})
                                       for parts in (seen[i].parts, m.parts[i], prints.expected[i])), wrong=True)
               for m in known if i in m.parts)


# -- what has no name -------------------------------------------------------------------------------------------------


def find_relations(function, seen, prints, names):
    """Return sentences about wrong results that no known mistake gives: "Your dw is 1/N times what is expected".

    Parameters
    ----------
    function, seen, prints
        As in :func:`find_known_mistakes`.
    names : dict
        What it returned.

    Returns
    -------
    relations : dict of str to tuple of str
        Sentence -> the results that it is about.
    """
    named, found = {r for results in names.values() for r in results}, {}
    for label, result in list_labels(function, seen, prints).items():
        if result in named:
            continue
        sentence = find_relation(list_pairs(label, result, function, seen, prints.expected))
        told = ("", sentence) if sentence else find_changed_mistake(label, result, function, seen, prints)
        if told:
            found.setdefault(told, []).append((label, result))
    return {word_told(*told, [label for label, _ in about]): tuple(dict.fromkeys(r for _, r in about))
            for told, about in found.items()}


def find_changed_mistake(label, result, function, seen, prints):
    """Return the sentence of a known mistake whose result came changed once more, and a sentence for that change.

    Parameters
    ----------
    label, result : str
        Of :func:`list_labels`.
    function, seen, prints
        As in :func:`find_known_mistakes`.

    Returns
    -------
    told : (str, str) or tuple of none
        The second text is empty where only the form of the result is another one.
    """
    found = {}
    for known in prints.mistakes:
        given = [known.parts.get(i, want) for i, want in enumerate(prints.expected)]
        pairs = [] if known.errors or known.changed else list_pairs(label, result, function, seen, given)
        right = list_pairs(label, result, function, seen, prints.expected) if pairs else []
        sentence = find_relation_to_mistake(pairs, right)
        if sentence is not None:
            found.setdefault(known.teaches, (known.teaches, sentence))
    return next(iter(found.values())) if len(found) == 1 else ()


def word_told(teaches, sentence, labels):
    """Return the sentence of a known mistake, or none, and that of a relation, or none, in one text."""
    return " ".join(filter(None, [teaches, sentence and word_relation(sentence, labels)]))


def word_relation(sentence, labels):
    """Return the sentence of a relation for one or more results."""
    name = " and ".join(filter(None, [", ".join(labels[:-1]), labels[-1]]))
    verb = "are" if re.search("[^s]s$", name) else "is"
    verb = verb if len(labels) == 1 else "are each"
    start, _, end = sentence.partition(" (")
    end = f" ({end}" if end else ""
    return start.format(**{"name": name, "is": verb}) + ", in every case" + end + "."


def list_labels(function, seen, prints):
    """Return the names of wrong results as a reader knows them -> the results: "next_w - w".

    Nothing is stated of a state: most begin at zero, where -1 times what is expected may be right but for one term.
    """
    labels = {}
    for case, s, want in zip(function.cases, seen, prints.expected, strict=True):
        wrong = list_wrong_results(function, case, s.parts, want, by_mode=False) if is_judged(s) else []
        for part in want:
            result = name_result(function, case, part)
            if result in wrong and result not in (COMMON, STATE):
                labels.setdefault(label_part(part), result)
    return labels


def label_part(part):
    """Return the beginning of a name that is the same in all cases and for each array of a list.

    "next_w - w after step 1" is about next_w - w, and "weights[2]" about the weights.
    """
    return re.sub(r"\[\d+\]$", "", re.match(r"next_w - w|[\w\]\['\"]+", part).group())


def list_pairs(label, result, function, seen, wanted):
    """Return what came beside what is wanted, for every case; nothing if some of it is no plain number.

    Statistics of random numbers come with a wide tolerance, and a relation of them would say little.
    """
    pairs = []
    for case, s, whole in zip(function.cases, seen, wanted, strict=True):
        want = group_parts(function, case, whole, by_mode=False).get(result, {})
        if s.waits_for:
            continue
        if s.error or want.keys() - s.parts.keys():
            return []
        for part in want:
            if is_answer(part, want[part]) or result == STATE and label_part(part) != label:
                continue
            tol = choose_tolerance(case, part)
            if label_part(part) != label or tol[0] > 1e-4 or tol[1] > 1e-6:
                return []
            others = {r: v for r, v in whole.items() if r != part and not case.run}
            pairs.append(Pair(*(np.asarray(v[part], float) for v in (s.parts, want)), tol, list_inputs(function, case),
                              others))
    return pairs


def is_answer(part, value):
    """Is a part an answer to a question, such as whether the dtype is kept, or a shape?"""
    return value.dtype == bool or is_shape(part)


def list_inputs(function, case):
    """Return the arguments of a call by name, with those that are in a dict; without what is no number or array."""
    given = dict(zip(function.inputs, case.args, strict=False)) | case.kwargs
    given = {} if case.run else given
    for value in [v for v in given.values() if isinstance(v, dict)]:
        given |= value
    given |= {} if case.dout is None else {"dout": case.dout}
    return {k: v for k, v in given.items()
            if isinstance(v, (np.ndarray, int, float)) and np.asarray(v).dtype.kind in "iuf"}
