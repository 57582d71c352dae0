"""Make the files to hand in: one zip per notebook, in the layout that the grader reads."""

import zipfile

from cs231n_lib.lab import cells, modules, workspace
from cs231n_lib.lab.commands.progress import list_items


def list_missing(assignment, root=workspace.ROOT):
    """Return what is missing or not done, a line each, for the student to read before the zip is made.

    Parameters
    ----------
    assignment : cs231n_lib.lab.workspace.WorkspaceAssignment
    root : path
        The workspace.

    Returns
    -------
    lines : list of str
    """
    lines = [f"{name} does not exist" for name in assignment.files if not (root / name).is_file()]
    lines += list_refusals(assignment, root)
    lines += [f"{name} looks like a copy: only {assignment.name}.ipynb is handed in"
              for name in workspace.list_copies(assignment.name, root)]
    return lines + [describe_item(item) for item in list_items(assignment) if item.state != "done"]


def list_refusals(assignment, root=workspace.ROOT):
    """Return what the grader would not take of the two files, a line each, in the grader's words.

    Parameters
    ----------
    assignment : cs231n_lib.lab.workspace.WorkspaceAssignment
    root : path
        The workspace.
    """
    notebook, module = assignment.files
    problems = cells.list_limit_problems([cells.read_source(cell) for cell in assignment.cells])[1]
    lines = [f"{notebook}: {problem}" for problem in problems]
    try:
        text = modules.read_module((root / module).read_bytes())
    except ValueError as error:
        return [*lines, f"{module}: {error}"]
    except OSError:  # said already
        return lines
    newer = modules.describe_newer_syntax(module, text)
    return [*lines, *modules.find_refusals(text, assignment.topic), *filter(None, [newer])]


def describe_item(item):
    """Return a line about an item that is not done: ``function relu_forward: wrong, values (2 points)``."""
    if item.kind == "notebook":
        return item.note
    note = f", {item.note}" if item.note else ""
    return f"{item.kind} {item.name}: {item.state}{note} ({item.points:g} points)"


def write_zip(assignment, folder, root=workspace.ROOT):
    """Write ``<assignment>.zip`` with the notebook and its module into ``folder``.

    Parameters
    ----------
    assignment : cs231n_lib.lab.workspace.WorkspaceAssignment
    folder : pathlib.Path
        Made if it does not exist.
    root : path
        The workspace.

    Returns
    -------
    archive : pathlib.Path

    Raises
    ------
    FileNotFoundError
        If there is nothing to hand in.
    """
    files = [name for name in assignment.files if (root / name).is_file()]
    if not files:
        raise FileNotFoundError(f"neither {' nor '.join(assignment.files)} is in {root}")
    folder.mkdir(parents=True, exist_ok=True)
    archive, part = folder / f"{assignment.name}.zip", folder / f"{assignment.name}.zip.part"
    # strict_timestamps=False: a zip has no dates before 1980, but a file may.
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as zipped:
        for name in files:
            zipped.write(root / name, name)
    part.replace(archive)
    return archive
