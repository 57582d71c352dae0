"""What systems put beside people's files: nobody handed it in, so nothing is said of it."""

from collections.abc import Iterable

SYSTEM_FOLDERS = frozenset({"__macosx", "__pycache__", ".ipynb_checkpoints", ".git", ".github", ".idea", ".vscode",
                            ".pytest_cache", ".ruff_cache", ".mypy_cache", ".trashes", ".spotlight-v100",
                            ".fseventsd", "$recycle.bin"})
SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", ".gitignore", ".gitattributes",
                          ".gitkeep", ".localized"})


def is_system_file(name: str) -> bool:
    """Is this the name of a file or folder that Finder, Windows, Jupyter, git or an editor makes?"""
    name = name.lower()
    return name in SYSTEM_FOLDERS or name in SYSTEM_FILES or name.startswith("._")


def is_system_path(parts: Iterable[str]) -> bool:
    """Is a path that of a system's file, or in a system's folder?"""
    return any(map(is_system_file, parts))
