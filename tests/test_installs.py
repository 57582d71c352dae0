"""Every install of the repository is by lock, or listed here with a reason; the locks fit what they were made from."""

import re
import subprocess
import tomllib

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder.reference import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("requirements.lock", "autograder/requirements.lock")
ALL_PINS = (*LOCKS, "constraints.txt")
PYTHONS = ("3.11.0", "3.12.1", "3.13.0", "3.14.0")
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    "linux-arm": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix",
                  "platform_machine": "aarch64"},
    "mac": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
}
INSTALL = re.compile(r"""(?:\bpip3?|\$\(PIP\)|"pip",)["']?[ ](?:--\S+[ ])*["']?(?:install|download)\b""")
BY_LOCK = re.compile(r"--require-hashes --only-binary :all: -r [\w./]*requirements\.lock")
REASONS = {
    ("Makefile", "--no-deps --no-build-isolation -e ."): "our own code; its build backend is in the lock",
    ("Makefile", '-c constraints.txt "torch==2.13.0"'):
        "PyTorch is what make bench compares a step with: its build depends on the GPU, and no mark depends on it",
    ("cs231n_lib/lab/commands/install.py", '"-c", workspace.ROOT / "constraints.txt"'):
        "the tested versions, without hashes: a student's system may need a build that we have not seen",
    ("cs231n_lib/lab/commands/doctor.py", 'f"{PYTHON} -m pip install {options}"'):
        "every caller gives -c constraints.txt (tested below)",
    ("cs231n_lib/lab/notebook/colab.py", "*list_requirements(names)"):
        "within the bounds of requirements.txt: exact versions would replace those that Colab's kernel runs on",
    ("cs231n_lib/lab/notebook/colab.py", "in a cell of its own: %pip install"):
        "the same packages, where the command above could not run",
    ("datasets/build_photopatches.py", '"pip", "download", "--quiet", "--no-deps"'):
        "a wheel that is read and not installed; the hash of each file in it is compared",
    ("docs/cluster.md", "install dask-jobqueue -c constraints.txt"): "starts SLURM jobs; no mark is computed with it",
}


def list_files():
    """Return the repository's text files, tests aside: their installs are text to compare with."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    kinds = (".py", ".md", ".sh", ".toml", ".txt", ".yml", ".yaml", ".ipynb", "Makefile", "Containerfile", ".ci/run")
    return [name for name in names if name.endswith(kinds) and not name.startswith("tests/")]


def find_installs(text):
    """Return every command that installs, with the lines that continue it."""
    lines = text.splitlines()
    return [" ".join(line.strip().rstrip("\\").strip() for line in lines[i:i + 4])
            for i, line in enumerate(lines) if INSTALL.search(line)]


def read_pins(name):
    """Return the requirements of a lock, each with the number of its hashes."""
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text())
    return [(Requirement(entry.split("\n")[0].rstrip(" \\")), entry.count("--hash=sha256:"))
            for entry in entries if not entry.startswith("#")]


def select_pins(name, python, system):
    """Return package -> version that a lock gives a Python on a system."""
    major_minor = python.rpartition(".")[0]
    where = default_environment() | SYSTEMS[system] | {"python_version": major_minor, "python_full_version": python,
                                                       "implementation_version": python}
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
            for pin, _ in read_pins(name) if pin.marker is None or pin.marker.evaluate(where)}


def read_requirements(*names):
    """Return the requirements of files in the form of requirements.txt."""
    lines = [line.partition("#")[0].strip() for name in names for line in (ROOT / name).read_text().splitlines()]
    return [Requirement(line) for line in lines if line]


def list_sources(name):
    """Return the requirements that a file of pins was made from."""
    students, graders = "requirements.txt", "autograder/requirements.txt"
    if name == "constraints.txt":
        return read_requirements(students)
    extras = PROJECT["project"]["optional-dependencies"]
    more = [extras[extra] for extra in ("dev", "book", "build") if name == "requirements.lock"]
    return read_requirements(students, graders) + [Requirement(line) for lines in more for line in lines]


def test_every_install_is_by_lock_or_has_a_reason():
    """Can nothing be installed in a version that nobody has run?"""
    lost, used = [], set()
    for name in list_files():
        for command in find_installs((ROOT / name).read_text(encoding="utf-8")):
            reasons = {(file, text) for file, text in REASONS if file == name and text in command}
            used |= reasons
            lost += [] if reasons or BY_LOCK.search(command) else [f"{name}: {command}"]
    assert lost == []
    assert used == set(REASONS)


@pytest.mark.parametrize("command", [
    "pip install numpy", "$(PIP) install -r requirements.txt", 'run([PYTHON, "-m", "pip", "install", "numpy"])',
    "venv/bin/pip --quiet install x", "pip3 install x", "pip download x", "`pip install .[dev]`",
    "pip install --require-hashes -r requirements.lock",
])
def test_install_without_a_lock_is_noticed(command):
    """Is an install in any writing found, and found wanting?"""
    (found,) = find_installs(f"first\n{command}\nlast")
    assert not BY_LOCK.search(found)


def test_doctor_gives_tested_versions_in_every_command():
    """Does each of the doctor's commands name constraints.txt?"""
    text = (ROOT / "cs231n_lib/lab/commands/doctor.py").read_text()
    commands = re.findall(r"make_pip_command\((?!options)(.*)\)", text)
    assert len(commands) > 3
    assert [command for command in commands if "constraints.txt" not in command and "{REQUIRED}" not in command] == []
    assert re.search(r'REQUIRED = ".*-c constraints\.txt"', text)


@pytest.mark.parametrize("name", LOCKS)
def test_everything_in_a_lock_has_hashes(name):
    """Can nothing be put in the place of a package of the lock?"""
    pins = read_pins(name)
    assert len(pins) > 50
    assert [str(pin) for pin, hashes in pins if not hashes or not str(pin.specifier).startswith("==")] == []


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", ALL_PINS)
def test_pins_hold_what_is_required_on_every_python_and_system(name, python, system):
    """Does one file fit each Python from 3.11 up, on each system, and satisfy what it was made from?"""
    pins = select_pins(name, python, system)
    wrong = [str(needed) for needed in list_sources(name)
             if not needed.specifier.contains(pins.get(canonicalize_name(needed.name), "0"))]
    assert wrong == []


@pytest.mark.parametrize("python", PYTHONS)
def test_students_graders_and_maintainers_have_the_same_versions(python):
    """Is what was tested the very version that a student and a grader have?"""
    everything = select_pins("requirements.lock", python, "linux").items()
    for name in ("autograder/requirements.lock", "constraints.txt"):
        assert set(select_pins(name, python, "linux").items()) - set(everything) == set()


def test_build_backend_is_in_the_lock():
    """Is the build backend, which the editable install takes from the environment, one that the lock has?"""
    assert PROJECT["build-system"]["requires"] == PROJECT["project"]["optional-dependencies"]["build"]
    assert "setuptools" in select_pins("requirements.lock", "3.11.0", "linux")
