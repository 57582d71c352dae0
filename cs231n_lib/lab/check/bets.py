"""A bet's life: it is placed in a cell of its own, revealed below its experiment, and counted at the end.

What is read is what stands in the bet's cell, as the grader reads it: a computed bet is refused on the card already.
"""

from cs231n_lib.lab import cells
from cs231n_lib.lab.check.cards import Card
from cs231n_lib.lab.check.questions import find_bet, read_questions
from cs231n_lib.lab.check.shell import NotRightYet, find_caller, show


def reveal(value, measured):
    """Show what a bet came to, decided from what was just measured.

    Parameters
    ----------
    value : object
        The variable of the bet, by its name: ``reveal(bet_depth, ratio)``.
    measured : object
        What the experiment gave.

    Raises
    ------
    ValueError
        If the call does not name a bet of the workbook.
    """
    caller = find_caller()
    name = cells.read_argument(caller.source, caller.line, "reveal")
    bet = find_bet(name)
    if bet is None:
        got = name or repr(value)
        raise ValueError(f"reveal wants the variable of a bet, as in reveal(bet_depth, measured), got {got}")
    value = caller.read_value(name)
    outcome, said = bet.find_outcome(measured), bet.describe_measured(measured)
    card = make_card(name, bet, value, outcome, said)
    show(card, cs231n={"bet": name, "state": card.state, "outcome": outcome, "measured": said})


def make_card(name, bet, value, outcome, said):
    """Return the card about a bet.

    Parameters
    ----------
    name : str
        Its variable.
    bet : cs231n_lib.lab.check.questions.kinds.Bet
    value : object
        As read from its cell.
    outcome : object
        What the measurement comes to; None if nothing was measured.
    said : str
        The measurement in words.
    """
    problem = bet.find_problem(value)
    strange = outcome is None or not bet.is_expected(outcome)
    again = "run that cell, then run this one again"
    if value is ...:
        return Card(name, "unplaced", ("The experiment has run, and this card waits for your bet.",
                                       f"In the cell {name} = ..., {problem}; {again}."))
    if problem:
        return Card(name, "refused", (f"This bet does not count: {problem}.", f"Mend the cell of {name}, {again}."))
    told = f"You bet {bet.describe_bet(value)}."
    if strange:
        return Card(name, "elsewhere", (told, describe_strange(bet, said if outcome is not None else "")))
    state = "right" if bet.is_right(value, outcome) else "wrong"
    return Card(name, state, (f"{told} Measured: {said}. {bet.compare(value, outcome)}",))


def make_told_card(name, bet, outcome, said):
    """Return the card for a reader who wants to see what came out without a bet; see :func:`make_card`."""
    return Card(name, "told", (f"Measured: {said}. {bet.tell(outcome)}".strip(),))


def describe_strange(bet, said):
    """Return what to do about a measurement that is not what the experiment gives.

    Parameters
    ----------
    bet : cs231n_lib.lab.check.questions.kinds.Bet
    said : str
        What was measured, in words; "" if nothing was.
    """
    what = "Nothing was measured that could decide it"
    if said:
        what = f"Measured: {said}, but the experiment gives something else when the functions are right"
    calls = [f'check("{function}")' for function in bet.functions]
    if not calls:
        return f"{what}. So there is no verdict yet: was something in this cell changed?"
    listed = " and ".join(filter(None, [", ".join(calls[:-1]), calls[-1]]))
    return f"{what}. So there is no verdict yet: run {listed}, then this cell again."


def check_bets(assignment):
    """Say which bets of a notebook are placed. Any valid bet counts, whether it turns out right or wrong.

    Parameters
    ----------
    assignment : str
        As in ``"03_initialization"``.

    Raises
    ------
    NotRightYet
        If a bet is missing or cannot be accepted, after the list was printed.
    """
    caller = find_caller()
    bets = survey_bets(assignment[3:], caller.read_value)
    for name in bets.keys() - caller.variables.keys():  # after a restart, say
        bets[name] = "open", "its cell was not run since the kernel was started"
    width = max(map(len, bets), default=0)
    for name, (state, problem) in bets.items():
        print(f"{name:{width}}  {state}" + (f": {problem}" if problem else ""))
    lacking = describe_lacking(bets)
    if lacking:
        raise NotRightYet(f"bets not placed: {lacking}")
    print(f"all {len(bets)} bets placed")


def survey_bets(topic, read_value):
    """Say which bets of a topic are placed.

    Parameters
    ----------
    topic : str
    read_value : callable
        From the name of a variable to what stands in its cell.

    Returns
    -------
    bets : dict of str to (str, str)
        Name -> state, which is "placed", "open" or "refused", and what is to do about it.
    """
    found = {}
    for name, bet in read_questions(topic).BETS.items():
        value = read_value(name)
        problem = bet.find_problem(value)
        state = "refused" if problem else "placed"
        found[name] = ("open" if value is ... else state), problem
    return found


def describe_lacking(bets):
    """Return in a few words which bets of :func:`survey_bets` do not count, "" if all do."""
    opened = [name for name, (state, _) in bets.items() if state == "open"]
    refused = [f"{name} ({problem})" for name, (state, problem) in bets.items() if state == "refused"]
    return ", ".join(opened + refused)
