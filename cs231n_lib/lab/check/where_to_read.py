"""Where to read about a function: its docstring, and the section of the notebook that asks for it.

This is text and not a link: JupyterLab does not scroll to a heading that it has not drawn yet.
"""

import re
from dataclasses import dataclass

from cs231n_lib.lab import cells, workspace


@dataclass(frozen=True)
class Reference:
    """What to read about a function.

    Attributes
    ----------
    name, file : str
        The function, and the file of its module.
    notebook, section : str
        The notebook's file and the heading above the check; empty where there is no notebook.
    """

    name: str
    file: str
    notebook: str = ""
    section: str = ""

    def __str__(self):
        section = f'section "{as_plain_text(self.section)}" of {self.notebook}, and ' if self.section else ""
        return f"{section}the docstring of {self.name} in {self.file}"


def as_plain_text(heading):
    """Return a heading without the time it names: "7. ReLU (30 minutes)" becomes "7. ReLU"."""
    return re.sub(r" \(\d[^()]*\)$", "", heading)


def find_reference(name, topic, root=workspace.ROOT):
    """Find out where to read about a function.

    Parameters
    ----------
    name, topic : str
        ``"relu_backward"`` of ``activations``.
    root : path
        The workspace; in the workbook's own repository the notebooks are in a folder of it.

    Returns
    -------
    reference : Reference
        Without a section if no notebook checks the function.
    """
    file = f"cs231n_lib/{topic}.py"
    for path in sorted([*root.glob(f"[0-9][0-9]_{topic}.ipynb"), *root.glob(f"notebooks/[0-9][0-9]_{topic}.ipynb")]):
        section = find_heading_above(name, path)
        if section:
            return Reference(name, file, path.name, section)
    return Reference(name, file)


def find_heading_above(name, path):
    """Return the last heading above the cell that checks a function, "" if there is none.

    Parameters
    ----------
    name : str
        The function.
    path : pathlib.Path
        The notebook; one that cannot be read has no headings.
    """
    heading = ""
    try:
        notebook_cells = cells.read_cells(path)
    except (OSError, ValueError):
        return ""
    for cell in notebook_cells:
        source = cells.read_source(cell)
        if cell.get("cell_type") == "markdown":
            heading = ([heading] + re.findall(r"^#{1,6} +(.+?) *$", source, re.MULTILINE))[-1]
        elif cells.checks_function(source, name):
            return heading.replace("`", "").replace("*", "")
    return ""
