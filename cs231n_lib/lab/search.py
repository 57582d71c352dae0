"""A search over hyperparameters that can be stopped at any time, and two pictures of it (notebook 08_hyperparameters).

    trials = draw_trials(space, 40, rng)                                        # a list of dicts
    records = run_search(trials, lambda t: train_trial(t, images), "coarse.jsonl")
    scatter(records, space, "learning_rate", "reg")

A *search space* is a dict from names to rules: ``("log", low, high)``, ``("linear", low, high)``, or a list of choices.
Any other value is used in every trial as it is.
"""

import json
import math
from pathlib import Path

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from cs231n_lib.lab import plots
from cs231n_lib.lab.net import FullyConnectedNet, call_student
from cs231n_lib.lab.progress_bar import ProgressBar
from cs231n_lib.lab.solver import Solver


def draw_trials(space, n, rng):
    """Draw n trials from a search space.

    They are drawn one after the other: with the same seed, the first 40 of 60 trials are those of a search with 40.

    Parameters
    ----------
    space : dict of str to rule
        See the top of this file.
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    trials : list of n dicts
        One value for each name of ``space``, and its number as ``seed``.
    """
    return [{**{name: _draw(rule, rng) for name, rule in space.items()}, "seed": i} for i in range(n)]


def _draw(rule, rng):
    if isinstance(rule, list):
        return rule[rng.integers(len(rule))]
    if not isinstance(rule, tuple):
        return rule
    scale, low, high = rule
    if scale not in ("log", "linear"):
        raise ValueError(f'expected ("log", low, high) or ("linear", low, high), got {rule!r}')
    if scale == "log":
        return float(call_student("hyperparameters", "sample_log_uniform", low, high, 1, rng)[0])
    return float(rng.uniform(low, high))


def run_search(trials, evaluate, file, progress=True):
    """Evaluate the trials that are not in the file yet; write each one down as soon as it is finished.

    The file has one line of JSON for each finished trial. If the search is interrupted (the stop button, a closed lid,
    a power cut, an exception in ``evaluate``), only the trial that was running is lost: call this again to continue.

    Parameters
    ----------
    trials : list of dict
        Everything that decides the outcome, seed and number of epochs too: a finished trial is recognised by it.
    evaluate : callable
        ``evaluate(trial) -> dict`` of results.
    file : path
        Made, with its folder, if it does not exist. Delete it to start again.
    progress : bool, default True
        Show a progress bar, on stdout.

    Returns
    -------
    records : list of dict
        ``{**trial, **result}`` of each finished trial, in order: all of them, unless it was interrupted.

    Raises
    ------
    ValueError
        If the file holds other trials than these, or cannot be read; the message says what to do.
    """
    file, trials = Path(file), json.loads(_dump(trials))  # as they will look when they are read again
    file.parent.mkdir(parents=True, exist_ok=True)
    records = read_records(file)[:len(trials)]
    for i, (record, trial) in enumerate(zip(records, trials, strict=False)):
        if not _is_same(record["trial"], trial):
            different = _differences(record["trial"], trial)
            raise ValueError(f"trial {i} in {file} belongs to another search: {different}. If you changed the search "
                             "space, the seed or the number of epochs, give the new search another file, or delete "
                             "this one")
    bar = ProgressBar(total=len(trials), initial=len(records), disable=not progress, unit="trial")
    try:
        with file.open("a", encoding="utf-8") as out, bar:
            for trial in trials[len(records):]:
                record = {"trial": trial, "result": json.loads(_dump(evaluate(trial)))}
                out.write(_dump(record) + "\n")
                out.flush()
                records.append(record)
                bar.update()
    except KeyboardInterrupt:
        print(f"interrupted: {len(records)} of {len(trials)} trials are in {file}; run the cell again to continue")
    return [{**record["trial"], **record["result"]} for record in records]


def read_records(file):
    """Read what :func:`run_search` wrote, and cut off a last line that was not finished.

    Parameters
    ----------
    file : path

    Returns
    -------
    records : list of dict
        ``{"trial": {...}, "result": {...}}``; empty if there is no such file.

    Raises
    ------
    ValueError
        If a finished line is not such a record.
    """
    file = Path(file)
    if not file.exists():
        return []
    text = file.read_text(encoding="utf-8")
    finished = text[:text.rfind("\n") + 1]
    if finished != text:  # the writer was killed in the middle of a line
        file.write_text(finished, encoding="utf-8")
    records = []
    for number, line in enumerate(finished.splitlines(), start=1):
        try:
            record = json.loads(line)
            records.append({"trial": record["trial"], "result": record["result"]})
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"line {number} of {file} is not a trial of a search ({error!r}): "
                             "delete the file to start again") from None
    return records


def _differences(old, new):
    names = [name for name in {**old, **new} if not _is_same(old.get(name), new.get(name))]
    return ", ".join(f"{name} is {old.get(name)} in the file and {new.get(name)} now" for name in names)


def _is_same(a, b):
    """Return whether two values are equal, their numbers up to rounding: another computer draws other last digits."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_is_same(a[name], b[name]) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_is_same, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=1e-9)
    return a == b


def _dump(value):
    return json.dumps(value, default=lambda v: v.tolist())  # NumPy's numbers and arrays


def train_net(trial, images, abandon=True):
    """Train the net that a trial describes.

    Parameters
    ----------
    trial : dict
        ``hidden`` (units of each hidden layer), ``learning_rate``, ``lr_decay``, ``update_rule``, ``reg``, ``dropout``
        (keep probability), ``epochs``, ``seed``.
    images : Data
        As ``lab.data.prepare`` returns them.
    abandon : bool, default True
        Stop when the reader's ``should_abandon`` says so.

    Returns
    -------
    solver : Solver
        Trained; ``solver.model`` has the parameters of its best validation accuracy.

    Raises
    ------
    KeyboardInterrupt
        If it was interrupted: half a training is not a result.
    """
    rng = np.random.default_rng(trial["seed"])
    net = FullyConnectedNet(trial["hidden"], input_dim=images.X_train[0].size, num_classes=len(images.class_names),
                            reg=trial["reg"], dropout=trial["dropout"], rng=rng)
    solver = Solver(net, images, trial["update_rule"], {"learning_rate": trial["learning_rate"]},
                    lr_decay=trial["lr_decay"], num_epochs=trial["epochs"], num_train_samples=500, verbose=False,
                    stop_when=_should_abandon if abandon else None, rng=rng)
    solver.train()
    if solver.stopped and solver.stopped.startswith("interrupted"):
        raise KeyboardInterrupt
    return solver


def _should_abandon(losses):
    return call_student("hyperparameters", "should_abandon", losses)


def train_trial(trial, images):
    """Train the net that a trial describes and return how it went.

    Parameters
    ----------
    trial, images
        As in :func:`train_net`.

    Returns
    -------
    result : dict
        ``val_accuracy`` (of the best epoch) and ``train_accuracy`` (of the last), in 0..1; ``steps``, the number of
        updates; ``stopped``, a sentence, or None if it was trained to the end.
    """
    solver = train_net(trial, images)
    return {"val_accuracy": solver.best_val_acc, "train_accuracy": solver.train_acc_history[-1],
            "steps": solver.step, "stopped": solver.stopped}


def best(records, by="val_accuracy"):
    """Return the record with the highest value of ``by``, the first if there are several.

    Parameters
    ----------
    records : list of dict
        As :func:`run_search` returns them.
    by : str, default "val_accuracy"
    """
    return max(records, key=lambda record: record[by])


# The two pictures ---------------------------------------------------------------------------------------------------


def scatter(records, space, x, y, colour="val_accuracy"):
    """Draw one dot per trial over two hyperparameters, coloured by how good it was; the best one has a ring.

    Parameters
    ----------
    records : list of dict
        As :func:`run_search` returns them.
    space : dict
        The search space; it says which axes are logarithmic.
    x, y : str
        Names of two of its numbers.
    colour : str, default "val_accuracy"

    Returns
    -------
    fig : matplotlib.figure.Figure
    """
    fig = Figure(figsize=(plots.WIDTH, 4.0), layout="constrained")
    ax = fig.subplots()
    ranked = sorted(records, key=lambda record: record[colour])  # the good ones on top
    xs, ys, cs = ([record[name] for record in ranked] for name in (x, y, colour))
    dots = ax.scatter(xs, ys, c=cs, s=70, edgecolor="white", linewidth=0.7)
    ax.scatter(xs[-1:], ys[-1:], s=220, facecolor="none", edgecolor=plots.VERMILLION, linewidth=2)
    for name, set_scale, set_limits in ((x, ax.set_xscale, ax.set_xlim), (y, ax.set_yscale, ax.set_ylim)):
        scale, low, high = space[name]
        set_scale(scale)
        reach = (high / low) ** 0.04 if scale == "log" else 0.04 * (high - low)
        set_limits(*((low / reach, high * reach) if scale == "log" else (low - reach, high + reach)))
    ax.set(xlabel=_words(x), ylabel=_words(y))
    fig.colorbar(dots, ax=ax, label=_words(colour))
    return fig


def parallel_coordinates(records, space, colour="val_accuracy"):
    """Draw one line per trial across one axis per hyperparameter; the last axis, and the colour, is how good it was.

    The best quarter is drawn in full, the rest pale. Where the best quarter runs through a small part of an axis, that
    hyperparameter matters.

    Parameters
    ----------
    records : list of dict
        As :func:`run_search` returns them.
    space : dict
        The search space. What it holds fixed has no axis.
    colour : str, default "val_accuracy"

    Returns
    -------
    fig : matplotlib.figure.Figure
    """
    names = [name for name, rule in space.items() if isinstance(rule, (list, tuple))] + [colour]
    values = [record[colour] for record in records]
    rules = {**space, colour: ("linear", min(values), max(values) + 1e-9)}
    heights = np.array([[_height(record[name], rules[name]) for name in names] for record in records])
    heights += _spread(names, rules, len(records))
    fig = Figure(figsize=(plots.WIDTH, 4.0), layout="constrained")
    ax, shade = fig.subplots(), ScalarMappable(Normalize(min(values), max(values)))
    order = np.argsort(values, kind="stable")
    for place, i in enumerate(order):
        good = place >= 0.75 * len(order)
        ax.plot(heights[i], color=shade.to_rgba(values[i]), alpha=1 if good else 0.25, linewidth=2 if good else 1)
    for at, name in enumerate(names):
        ax.axvline(at, color=plots.BLACK, linewidth=1)
        for height, text in _ticks(rules[name]):
            ax.annotate(text, (at, height), xytext=(4, 0), textcoords="offset points", fontsize=10, va="center",
                        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.5})
    ax.set(xticks=range(len(names)), xlim=(-0.15, len(names) - 0.5), ylim=(-0.06, 1.06), yticks=[])
    ax.set_xticklabels([_words(name).replace(" ", "\n") for name in names])
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(length=0)
    ax.grid(False)
    return fig


def spans(records, space, top=0.25, by="val_accuracy"):
    """Measure which part of each range the best trials use: a small one means that this hyperparameter matters.

    Parameters
    ----------
    records : list of dict
    space : dict
        Lists of choices and fixed values are left out.
    top : float, default 0.25
        Share of the trials that counts as the best.
    by : str, default "val_accuracy"

    Returns
    -------
    spans : dict of str to float
        Interquartile range of the best trials over the width of the range (on the log scale for "log"). If a
        hyperparameter does not matter, it is about 0.5.
    """
    chosen = sorted(records, key=lambda record: -record[by])[:max(round(top * len(records)), 1)]
    result = {}
    for name, rule in space.items():
        if isinstance(rule, tuple):
            low, high = np.quantile([_height(record[name], rule) for record in chosen], [0.25, 0.75])
            result[name] = float(high - low)
    return result


def _height(value, rule):
    """Return where a value stands on its axis, 0 to 1."""
    if isinstance(rule, list):
        return rule.index(value) / max(len(rule) - 1, 1)
    scale, low, high = rule
    ends = np.array([low, high])
    if scale == "log":
        value, ends = np.log(value), np.log(ends)
    return float(np.interp(value, ends, [0, 1]))


def _spread(names, rules, count):
    """Return small shifts, (count, axes), that keep lines through the same choice apart."""
    shift = np.linspace(-0.04, 0.04, count)[:, None] if count > 1 else np.zeros((1, 1))
    return shift * np.array([isinstance(rules[name], list) for name in names])


def _ticks(rule):
    """Return (height, text) of the marks of an axis."""
    if isinstance(rule, list):
        return [(_height(value, rule), _words(value)) for value in rule]
    scale, low, high = rule
    middle = np.sqrt(low * high) if scale == "log" else (low + high) / 2
    return [(_height(value, rule), f"{value:.2g}") for value in (low, middle, high)]


def _words(value):
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return {"reg": "L2", "hidden": "hidden units", "dropout": "keep probability",
            "lr_decay": "rate decay"}.get(text, text.replace("_", " "))
