"""The logbook of *your net*: every notebook trains it once more, and the page shows what has become of it.

    logbook.train("03")     # your net after notebook 03, with your functions
    logbook.page("03")      # its curve before all earlier ones

The runs are kept in ``logbook.json`` in the folder that a notebook runs in, if that is a workspace; training again
replaces the run. A run that the reader has not made is drawn dashed: it comes from ``reference_runs.json``, which
``tools/reference_runs.py`` makes with the reference's functions.
"""

import html
import json
import os
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from cs231n_lib.lab import plots, your_net

FILE = "logbook.json"
REFERENCE_FILE = Path(__file__).with_name("reference_runs.json")
TOLD = ("00", "01", "02", "03")
"""Numbers of the notebooks that train your net; the others change it by a setting all the same."""

_unkept = {}  # runs of this session where no file could be written


def train(chapter, seed=0, images=None, **changes):
    """Train your net as it stands after a notebook, and write the run into the logbook.

    Parameters
    ----------
    chapter : str
        The notebook's number: ``"03"``.
    seed : int, default 0
    images : Data, optional
        Images in 0..255; by default the photo patches.
    **changes
        Settings of your own: see :func:`cs231n_lib.lab.your_net.train_net`.

    Returns
    -------
    run : cs231n_lib.lab.your_net.Run
        With ``losses``, ``train_accuracy``, ``val_accuracy``.
    """
    return keep_run(your_net.train_net(chapter, seed, images, **changes))


def record(notebook, change, settings, losses, accuracies, seed=0):
    """Write a run of your own into the logbook: where a notebook does not repair your net by a mere setting.

    Parameters
    ----------
    notebook : str
        ``"09_evaluation"``.
    change : str
        What was done, in two or three words: its name in the picture.
    settings : dict
        Plain data, functions and arrays.
    losses : sequence of float
        Of every step.
    accuracies : tuple of (float, float)
        On training and on validation images, in 0..1.
    seed : int, default 0

    Returns
    -------
    run : cs231n_lib.lab.your_net.Run

    Raises
    ------
    ValueError
        If there are no losses, or an accuracy is not in 0..1.
    """
    train_accuracy, val_accuracy = map(float, accuracies)
    if not (0 <= train_accuracy <= 1 and 0 <= val_accuracy <= 1):
        raise ValueError(f"expected two accuracies in 0..1, got {train_accuracy:g} and {val_accuracy:g}")
    if len(losses) == 0:
        raise ValueError("expected the loss of every step, got none")
    return keep_run(your_net.Run(notebook, change, your_net.describe_settings(settings), int(seed),
                                 your_net.average_losses(losses, len(losses)), train_accuracy, val_accuracy))


def keep_run(run):
    """Write a run into the logbook in the place of an earlier one of its notebook; return it."""
    runs = {**read_runs(), run.notebook: run}
    problem = write_runs(runs)
    if problem:
        _unkept[run.notebook] = run
        print(f"This run is not kept in {FILE}: {problem}.")
    else:
        _unkept.pop(run.notebook, None)
    return run


# The file -----------------------------------------------------------------------------------------------------------


def read_runs():
    """Return notebook -> :class:`~cs231n_lib.lab.your_net.Run` of what the reader has trained.

    A file that is damaged is put aside under another name, and a sentence says so; the runs in it that can still be
    read stay.
    """
    file = Path(FILE)
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return dict(_unkept)
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, UnicodeDecodeError):
            put_aside(file, {})
        return dict(_unkept)
    runs, damaged = parse_runs(text)
    if damaged:
        put_aside(file, runs)
    return {**runs, **_unkept}


def parse_runs(text):
    """Return (notebook -> run, whether something could not be read) from the text of a logbook."""
    runs, damaged = {}, False
    try:
        entries = dict(json.loads(text)["runs"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}, True
    for notebook, entry in entries.items():
        run = parse_run(notebook, entry)
        if run is None:
            damaged = True
        else:
            runs[notebook] = run
    return runs, damaged


def parse_run(notebook, entry):
    """Return the run that an entry of the file holds, None if it holds none."""
    names = {f.name for f in fields(your_net.Run)} - {"notebook"}
    try:
        run = your_net.Run(notebook, **{name: entry[name] for name in names})
        numbers = [float("nan") if loss is None else float(loss) for loss in run.losses]
        plain = isinstance(run.change, str) and isinstance(run.settings, dict) and int(run.every) > 0
        share = 0 <= float(run.train_accuracy) <= 1 and 0 <= float(run.val_accuracy) <= 1
    except (KeyError, TypeError, ValueError):
        return None
    return your_net.Run(**{**vars(run), "losses": numbers}) if numbers and plain and share else None


def put_aside(file, runs):
    """Give a damaged logbook another name, write what can still be read of it, and say so."""
    number = 1
    while (aside := file.with_name(f"{file.stem}.damaged-{number}{file.suffix}")).exists():
        number += 1
    try:
        os.replace(file, aside)
    except OSError:
        print(f"{file} is damaged, and it could not be renamed. It is left as it is.")
        return
    print(f"{file} was damaged. It is kept as {aside.name}; {len(runs)} of its runs could be read and stay in your "
          "logbook. Run the cells that train your net again to fill in the others.")
    if runs:
        write_runs(runs)


def write_runs(runs):
    """Write the logbook, whole or not at all; return why that is not possible, "" if it is done."""
    file = Path(FILE)
    if not (Path("cs231n_lib").is_dir() or file.is_file()):
        return "the notebook does not run in a workspace"
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        part.write_text(format_runs(runs), encoding="utf-8")
        os.replace(part, file)
    except OSError as error:
        part.unlink(missing_ok=True)
        return f"it could not be written ({error.strerror})"
    return ""


def format_runs(runs):
    """Return the text of a logbook: one run a paragraph, a loss that is not finite as null."""
    entries = {}
    for notebook in sorted(runs):
        entry = asdict(runs[notebook])
        del entry["notebook"]
        entry["losses"] = [loss if np.isfinite(loss) else None for loss in entry["losses"]]
        entries[notebook] = entry
    lines = [f'"{name}": {json.dumps(entry, ensure_ascii=False, default=str)}' for name, entry in entries.items()]
    return '{"runs": {\n' + ",\n".join(lines) + "\n}}\n"


def read_reference_runs():
    """Return notebook -> run as the reference's functions train your net."""
    return parse_runs(REFERENCE_FILE.read_text(encoding="utf-8"))[0]


# The page -----------------------------------------------------------------------------------------------------------


def page(chapter=None):
    """Show the logbook up to a notebook: its curve, all earlier ones in grey behind it, and a table.

    Parameters
    ----------
    chapter : str, optional
        The notebook's number; by default the last one of which there is a run of yours, or else the last one of all.
    """
    own = read_runs()
    shown = choose_runs(own, read_reference_runs(), chapter)
    plots.show(draw_page(shown, own), describe_page(shown, own))
    show_table(shown, own)


def choose_runs(own, reference, chapter=None):
    """Return the runs of a page, first notebook first: the reader's own where there is one, else the reference's.

    Parameters
    ----------
    own, reference : dict of str to Run
    chapter : str, optional
        As in :func:`page`.

    Raises
    ------
    ValueError
        If there is no run of that notebook or an earlier one.
    """
    merged = {**reference, **own}
    last = chapter or max(own or merged)
    shown = [merged[notebook] for notebook in sorted(merged) if notebook[:2] <= last[:2]]
    if not shown or shown[-1].notebook[:2] != last[:2]:
        raise ValueError(f"the logbook has no run of notebook {last[:2]} yet: train your net there first")
    return shown


def draw_page(shown, own):
    """Draw the last run in color and all earlier ones in grey; a run of the reference is dashed.

    Parameters
    ----------
    shown : list of Run
    own : dict of str to Run
        Those that the reader has trained.

    Returns
    -------
    fig : matplotlib.figure.Figure
    """
    ax = Figure(figsize=(plots.WIDTH, 4.2), layout="constrained").subplots()
    for run in shown:
        ax.plot(list_steps(run), run.losses, color=color_run(run, shown), linewidth=2.5 if run is shown[-1] else 1.2,
                linestyle="-" if run.notebook in own else "--")
    ax.set(xlabel="step", ylabel=f"loss, mean of {shown[-1].every} steps", ylim=(0, choose_top(shown)))
    end = max(find_end(run)[0] for run in shown if np.isfinite(run.losses).any())  # beyond it stand the names
    ax.hlines(np.log(10), 0, end, color=plots.GREY, linestyle=":", linewidth=1.2)
    ax.annotate("log 10: guessing", (0, np.log(10)), xytext=(4, 5), textcoords="offset points", fontsize=11,
                color=plots.GREY)
    plots.label_ends(ax, [(name_bundle(runs, own), *find_end(runs[-1]), color_run(runs[-1], shown))
                          for runs in bundle_runs(shown, own) if np.isfinite(runs[-1].losses).any()])
    return ax.figure


def color_run(run, shown):
    """Return the color of a run's line."""
    return plots.VERMILLION if run is shown[-1] else plots.GREY


def list_steps(run):
    """Return the place of each of a run's losses, the middle of the steps that it is the mean of."""
    return run.every * (np.arange(len(run.losses)) + 0.5)


def find_end(run):
    """Return (step, loss) where the line of a run ends."""
    last = np.flatnonzero(np.isfinite(run.losses))[-1]
    return list_steps(run)[last], run.losses[last]


def bundle_runs(shown, own):
    """Return the runs of a page in lists: earlier ones of one maker whose lines lie on each other share a name."""
    bundles = []
    for run in shown[:-1]:
        fellows = [runs for runs in bundles if lie_together(runs[0], run)
                   and (runs[0].notebook in own) == (run.notebook in own)]
        if fellows:
            fellows[0].append(run)
        else:
            bundles.append([run])
    return [*bundles, shown[-1:]]


def lie_together(run, other):
    """Can two lines not be told apart, because their losses never differ by as much as a line is thick?"""
    same = run.every == other.every and len(run.losses) == len(other.losses)
    return same and bool(np.max(np.abs(np.subtract(run.losses, other.losses))) < 0.03)


def name_bundle(runs, own):
    """Return the name of runs whose lines lie on each other: that of the one, or the numbers of all."""
    if len(runs) == 1:
        return name_run(runs[0], own)
    numbers = ", ".join(run.notebook[:2] for run in runs)
    return numbers if runs[0].notebook in own else f"{numbers} (reference)"


def choose_top(shown):
    """Return the upper end of the loss axis: a run that explodes leaves the picture, and the others stay legible."""
    highest = max((loss for run in shown for loss in run.losses if np.isfinite(loss)), default=0.0)
    return float(np.clip(1.1 * highest, 2.6, 6.0))


def name_run(run, own):
    """Return a run's name at the end of its line."""
    made_by = "" if run.notebook in own else " (reference)"
    return f"{run.notebook[:2]} {run.change}{made_by}"


def describe_page(shown, own):
    """Return the picture in words."""
    lines = [f"{name_run(run, own)} goes from {run.losses[0]:.2f} to {run.losses[-1]:.2f}" for run in shown]
    return f"Loss of your net against the step, one line per notebook: {'; '.join(lines)}."


def show_table(shown, own):
    """Show the table below the picture, as HTML and as text, and which curves are the reference's and why."""
    head = ("notebook", "what changed", "last loss", "training", "validation", "trained by")
    rows = [list_cells(run, own) for run in shown]
    note = describe_absent(shown, own)
    text = "\n".join([format_rows([head, *rows]), *filter(None, [note])])
    try:
        from IPython.display import display
    except ImportError:
        print(text)
        return
    cells = "".join("<tr>" + "".join(f"<td>{html.escape(value)}</td>" for value in row) + "</tr>" for row in rows)
    titles = "".join(f"<th>{title}</th>" for title in head)
    table = f"<table><thead><tr>{titles}</tr></thead><tbody>{cells}</tbody></table><p>{html.escape(note)}</p>"
    display({"text/html": table, "text/plain": text}, raw=True)


def list_cells(run, own):
    """Return a run's row of the table; accuracies in whole per cent, since the reference's are of other machines."""
    return (run.notebook[:2], run.change, f"{run.losses[-1]:.2f}", f"{100 * run.train_accuracy:.0f} %",
            f"{100 * run.val_accuracy:.0f} %", "you" if run.notebook in own else "the reference")


def format_rows(rows):
    """Return the rows of a table as text, with columns that stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def describe_absent(shown, own):
    """Return whose curves of a page are the reference's, and why, in one or two sentences; "" if none are.

    Parameters
    ----------
    shown : list of Run
    own : dict of str to Run
    """
    absent = [run.notebook[:2] for run in shown if run.notebook not in own]
    untold, missed = ([n for n in absent if (n in TOLD) == told] for told in (False, True))
    sentences = []
    if untold:
        notebooks, they, curves = name_notebooks(untold)
        sentences.append(f"{notebooks} {they} not train your net: {curves} the reference's.")
    if missed:
        notebooks, _, curves = name_notebooks(missed)
        sentences.append(f"You have not trained your net in {notebooks.lower()}: {curves} the reference's until you "
                         "do.")
    return " ".join(sentences)


def name_notebooks(numbers):
    """Return what a sentence says of some notebooks: their name, "do" or "does", and "the curve is" or "are"."""
    if len(numbers) == 1:
        return f"Notebook {numbers[0]}", "does", "its curve is"
    return f"Notebooks {', '.join(numbers[:-1])} and {numbers[-1]}", "do", "their curves are"
