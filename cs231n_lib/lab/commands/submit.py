"""Put together what is handed in: one zip per notebook, as the instructor's intake reads it."""

import zipfile

from cs231n_lib.lab import workspace


def list_missing(assignment, root=workspace.ROOT):
    """Return what is not there or not done, a line each; reading this is what keeps a zip from being half empty.

    Parameters
    ----------
    assignment : workspace.Assignment
    root : path
    """
    from cs231n_lib.lab.commands.progress import Progress, list_items

    lost = [f"{name} does not exist" for name in assignment.files if not (root / name).is_file()]
    progress = Progress(list(list_items(assignment)))
    lost += [f"{i.kind} {i.name}: {i.state}{', ' + i.note if i.note else ''} ({i.points:g} points)"
             for i in progress.items if i.state != "done"]
    return lost


def write_zip(assignment, folder, root=workspace.ROOT):
    """Write ``<assignment>.zip`` with the notebook and its module into ``folder``.

    Returns
    -------
    archive : pathlib.Path

    Raises
    ------
    FileNotFoundError
        If there is nothing to hand in.
    """
    there = [name for name in assignment.files if (root / name).is_file()]
    if not there:
        raise FileNotFoundError(f"neither {' nor '.join(assignment.files)} is in {root}")
    folder.mkdir(parents=True, exist_ok=True)
    archive, part = folder / f"{assignment.name}.zip", folder / f"{assignment.name}.zip.part"
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as zipped:  # whatever the clock said
        for name in there:
            zipped.write(root / name, name)
    part.replace(archive)
    return archive
