"""The files that a worker sees: an interpreter and a few packages, copied to where no path names anybody.

A folder of this computer that is shown inside could hold a course, and its paths name users: ``/home/ada/course/.venv``
stands in ``sys.path``, in compiled modules, in the interpreter's own settings. So nothing of the computer is shown.
The *image* is a small root folder of the sandbox's own: the interpreter below ``/python``, the packages that a module
may import, the shared libraries that these need. It is made once per environment and kept in it; files are linked
where they can be, and a file that holds a path of the environment is written with a neutral one in its place.
"""

import compileall
import contextlib
import hashlib
import importlib.metadata
import marshal
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from autograder.errors import SandboxError
from autograder.reference import ROOT

PACKAGES = ("numpy", "matplotlib", "ipython", "ipywidgets", "pooch", "requests", "threadpoolctl", "tqdm")
"""What a module may import beside the standard library, with whatever these need: all of ``requirements.txt`` but the
servers (jupyterlab, nbgrader)."""
LEFT_OUT = {"site-packages", "dist-packages", "test", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3"}
"""Folders of the standard library that no module needs."""
NEEDLESS = re.compile(r"\.opt-[12]\.pyc$|\.(pyi|h|js|map)$|^(RECORD|direct_url\.json|_tkinter\..*)$")
"""Files that nothing imports, or that tell from where a package was installed."""
PREFIX = "sandbox-image-"
UNUSED_SECONDS = 7 * 24 * 3600
PYTHON = "/python"
EXECUTABLE = f"{PYTHON}/bin/python{sys.version_info.major}.{sys.version_info.minor}"
SITE_PACKAGES = f"{PYTHON}/site-packages"
FOLDERS = ("tmp", "dev", "grader")
DEVICES = ("null", "zero", "full", "random", "urandom")
FILES = ("grader/worker.py", "grader/protocol.py", *(f"dev/{name}" for name in DEVICES))
"""Places that :mod:`autograder.sandbox.launch` mounts something on."""


@cache
def prepare_image() -> Path:
    """Return the root folder of the sandbox; made, in a few seconds, if this environment has none yet.

    Raises
    ------
    SandboxError
        If there is no place for it, or a part of it cannot be read.
    """
    name = f"{PREFIX}{hash_environment()}"
    try:
        image = find_place(name) / name
        if not image.is_dir():
            build_image(image)
        with contextlib.suppress(OSError):
            os.utime(image)  # says that it is in use
        return image
    except (OSError, subprocess.SubprocessError) as error:
        raise SandboxError(f"the files for the sandbox cannot be put together: {error}") from error


def hash_environment():
    """Return a name for what the image is made of: another one as soon as packages or the system's libraries change."""
    found = sorted((entry.name, int(entry.stat().st_mtime)) for folder in list_package_folders()
                   for entry in os.scandir(folder) if entry.name.endswith((".dist-info", ".egg-info")))
    system = [int(os.stat(path).st_mtime) for path in (os.__file__, "/etc/ld.so.cache") if os.path.exists(path)]
    parts = (sys.version, sys.prefix, sys.base_prefix, found, system, Path(__file__).read_text())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def list_package_folders():
    """Return the folders that this interpreter imports packages from."""
    folders = [path for path in dict.fromkeys(sys.path) if Path(path).name in ("site-packages", "dist-packages")]
    return [path for path in folders if Path(path).is_dir()]


def find_place(name):
    """Return the folder to keep the image in: the virtual environment, so that both go together, or a cache."""
    caches = [Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "cs231n-grader"),
              Path(tempfile.gettempdir(), f"cs231n-grader-{os.getuid()}")]
    for place in caches:
        with contextlib.suppress(OSError):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = [Path(sys.prefix)] if sys.prefix != sys.base_prefix else []
    places = own + [place for place in caches if is_trusted(place)]
    made = [place for place in places if (place / name).is_dir()]
    writable = [place for place in places if os.access(place, os.W_OK)]
    if not made and not writable:
        raise OSError(f"none of these folders can be written: {', '.join(map(str, own + caches))}")
    return (made + writable)[0]


def is_trusted(place):
    """Could only this user have put something here?"""
    with contextlib.suppress(OSError):
        found = place.stat()
        return found.st_uid == os.getuid() and not found.st_mode & 0o022
    return False


def build_image(image):
    """Put the image together beside its place, then move it there; another process may be as far first.

    Images that nobody has used for a while go: of earlier packages, or of a process that was killed meanwhile.
    """
    if multiprocessing.parent_process() is None:  # runners have nobody who waits for them
        print("preparing the sandbox's files for this Python environment (once)", file=sys.stderr, flush=True)
    building = Path(tempfile.mkdtemp(dir=image.parent, prefix=f"{PREFIX}part-"))
    try:
        fill_image(building)
        building.chmod(0o755)
        with contextlib.suppress(OSError):
            building.rename(image)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    if not image.is_dir():
        raise OSError(f"{image} cannot be made")
    for old in image.parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - old.stat().st_mtime > UNUSED_SECONDS:
                shutil.rmtree(old, ignore_errors=True)


def fill_image(root):
    """Write everything that the sandbox shows below ``root``."""
    for folder in FOLDERS:
        (root / folder).mkdir()
    for file in FILES:
        (root / file).touch()
    binaries = []
    for source, target in iter_files():
        path = root / target.lstrip("/")
        if not path.exists():
            place_file(source, path)
            binaries += [source] if ".so" in source.name or target == EXECUTABLE else []
    for library, target in find_shared_libraries(binaries).items():
        place_file(Path(library), root / target.lstrip("/"))
    compileall.compile_dir(root / "python", maxlevels=20, quiet=2, stripdir=str(root))


def iter_files() -> Iterator[tuple[Path, str]]:
    """Yield (file of this computer, its path inside) for the interpreter, the standard library and the packages."""
    yield Path(os.path.realpath(sys.executable)), EXECUTABLE
    library = Path(sysconfig.get_path("stdlib"))
    inside = f"{PYTHON}/{library.relative_to(sys.base_prefix).as_posix()}"
    for folder, folders, names in os.walk(library):
        folders[:] = [f for f in folders if f not in LEFT_OUT and not f.startswith("config-")]
        for path in (Path(folder, name) for name in names if not NEEDLESS.search(name)):
            yield path, f"{inside}/{path.relative_to(library).as_posix()}"
    for path, relative in iter_package_files(list_distributions(PACKAGES)):
        yield path, f"{SITE_PACKAGES}/{relative}"


def list_distributions(wanted: Iterable[str]) -> list[importlib.metadata.Distribution]:
    """Return the installed ones of these packages, and of all that they require."""
    found: dict[str, importlib.metadata.Distribution] = {}
    waiting = list(wanted)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.distribution(name)
            needed = [r for r in found[name].requires or [] if not re.search(r"\bextra\s*==", r)]
            waiting += [match.group() for r in needed if (match := re.match(r"[\w.-]+", r))]
    return list(found.values())


def iter_package_files(distributions):
    """Yield (file, path below the folder of packages)."""
    for distribution in distributions:
        for file in distribution.files or find_undeclared_files(distribution):
            path = Path(str(distribution.locate_file(file)))
            if ".." not in Path(file).parts and not NEEDLESS.search(file.name) and path.is_file():
                yield path, Path(file).as_posix()


def find_undeclared_files(distribution):
    """Return the files of a package whose installer (as Debian's) wrote no list of them."""
    names = (distribution.read_text("top_level.txt") or distribution.metadata["Name"].replace("-", "_")).split()
    folder = Path(str(distribution.locate_file("")))
    tops = [folder / name for name in names] + [folder / f"{name}.py" for name in names]
    files = [path for top in tops for path in ([top] if top.is_file() else top.rglob("*")) if path.is_file()]
    return [path.relative_to(folder) for path in files]


def find_shared_libraries(binaries):
    """Return file -> path inside of the shared libraries that these need, and of the program that loads them.

    All go where the C library is: there, the loader looks without being told.
    """
    run = subprocess.run(["ldd", *map(str, binaries)], capture_output=True, text=True)
    found = dict(re.findall(r"^\t(\S+) => (/.+) \(0x", run.stdout, re.MULTILINE))
    loaders = {path: path for path in re.findall(r"^\t(/\S+) \(0x", run.stdout, re.MULTILINE)}
    system = next((os.path.dirname(path) for name, path in found.items() if re.match(r"libc\.(so|musl)", name)), "/lib")
    packed = tuple(list_package_folders())  # these lie in the image already, where the packages look for them
    return loaders | {path: f"{system}/{name}" for name, path in found.items()
                      if not os.path.realpath(path).startswith(packed)}


@cache
def list_names():
    """Return the paths, as bytes, that may not stand in a file of the image; the longest first."""
    paths = {sys.prefix, sys.base_prefix, os.path.expanduser("~"), str(ROOT)}
    paths |= {os.path.realpath(path) for path in paths}
    named = [path for path in paths if len(path) >= len(PYTHON) and path != "/usr/local"]
    return sorted(map(os.fsencode, named), key=len, reverse=True)


def find_compiled_name(source, content):
    """Return the folder that a compiled module names as its own, in a list: an environment may have been moved."""
    if source.suffix != ".pyc":
        return []
    with contextlib.suppress(Exception):
        folder, name = os.path.split(os.fsencode(marshal.loads(content[16:]).co_filename))
        return [folder] if len(folder) >= len(PYTHON) else []
    return []


def make_stand_in(path):
    """Return what stands for a path in files: as long, so that compiled ones stay readable, and with its version.

    In a program, ``3.11.7`` alone can be the end of ``/home/ada/.pyenv/versions/3.11.7``: a linker keeps it once.
    """
    named = path.rstrip(b"0123456789.")
    return PYTHON.encode().ljust(len(named), b"/")[:len(named)] + path[len(named):]


def place_file(source, target):
    """Put a file into the image: linked where it names nobody and can be, else copied, with its times."""
    target.parent.mkdir(parents=True, exist_ok=True)
    source = Path(os.path.realpath(source))
    content = neutral = source.read_bytes()
    for path in [*list_names(), *find_compiled_name(source, content)]:
        neutral = neutral.replace(path, make_stand_in(path))
    with contextlib.suppress(OSError):
        if neutral == content:
            os.link(source, target)
            return
    target.write_bytes(neutral)
    shutil.copystat(source, target)
    target.chmod(0o755 if os.access(source, os.X_OK) else 0o644)


if __name__ == "__main__":
    print(prepare_image())
