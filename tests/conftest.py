"""Fixtures that several tests share."""

import gc
import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

if "PYTEST_XDIST_WORKER" in os.environ:
    # Workers run at once on all cores. With as many threads of linear algebra each, they would wait for each other.
    for _library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

import pytest

import autograder  # noqa: F401  # before nbgrader: it spares every process the grammars that jsonschema would compile
from tools.shared_folder import ensure_folder

# Containers often set this variable. The tests start hundreds of processes, and each would compile all of ours again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

gc.disable()  # until all tests are collected: what is imported and collected until then stays to the end


def pytest_xdist_auto_num_workers():
    """Return one worker more than there are cores: many tests wait for a process, a time limit or a lock."""
    asked = os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS")
    return int(asked) if asked else len(os.sched_getaffinity(0)) + 1


def pytest_collection_modifyitems(items):
    """Begin each worker's share of the tests with files of long ones, so that no core waits for them at the end."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
    short = iter([item for item in items if not item.get_closest_marker("long")])
    long_files = itertools.groupby((item for item in items if item.get_closest_marker("long")), lambda item: item.path)
    shares = [[] for _ in range(workers)]
    for i, (_, tests) in enumerate(long_files):
        shares[i % workers] += tests
    size = len(items) // workers  # of what pytest-xdist's worksteal hands to each worker
    items[:] = [item for share in shares for item in (*share, *itertools.islice(short, max(0, size - len(share))))]
    items += short


def pytest_collection_finish():
    """Collect garbage from here on, and do not look through imported modules and collected tests each time."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def shared_base(tmp_path_factory):
    """Return the folder for what all workers of a run share (``tools.shared_folder.ensure_folder`` makes it once)."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def ready_alembic(shared_base):
    """Answer nbgrader at once when it asks alembic, for each gradebook it makes, how new its tables are.

    nbgrader starts the program ``alembic`` for it, which takes most of a second and says the same each time.
    """
    programs = Path(sys.executable).parent

    def write_program(folder):
        code = "from nbgrader import api; print(api.get_alembic_version())"
        heads = subprocess.check_output([sys.executable, "-c", code], text=True,
                                        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"})
        program = folder / "alembic"
        program.write_text(f'#!/bin/sh\ncase "$*" in *" heads") echo "{heads.strip()} (head)" ;;\n'
                           f'*) exec "{programs / "alembic"}" "$@" ;; esac\n')
        program.chmod(0o755)

    made = ensure_folder(shared_base / "programs", write_program)
    with pytest.MonkeyPatch.context() as patch:
        # load_config would put the programs' folder before all others if it were not in PATH.
        patch.setenv("PATH", f"{made}:{programs}:{os.environ['PATH']}")
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_databases():
    """Let SQLite not wait for the disk after each transaction of a test: that guards against a loss of power alone."""
    from sqlalchemy import Engine, event

    def set_pragma(connection, record):
        if type(connection).__module__ == "sqlite3":
            connection.execute("PRAGMA synchronous = OFF")

    event.listen(Engine, "connect", set_pragma)
    yield
    event.remove(Engine, "connect", set_pragma)


@pytest.fixture(scope="session", autouse=True)
def shared_statements():
    """Compile each statement once for all the gradebooks of a process: SQLAlchemy does it again for each of them."""
    from nbgrader import api
    from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite as Dialect
    from sqlalchemy.util import LRUCache

    create_engine, compiled = api.create_engine, LRUCache(2000)

    def create(*args, **options):
        engine = create_engine(*args, **options)
        engine._compiled_cache = compiled
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "create_engine", create)
        patch.setattr(Dialect, "__hash__", lambda self: hash(Dialect), raising=False)  # a part of the cache's keys
        patch.setattr(Dialect, "__eq__", lambda self, other: type(self) is type(other), raising=False)
        yield


@pytest.fixture(scope="session")
def course(shared_base, tmp_path_factory):
    """Return a course folder with a release in it; tests must not write to it. All workers of a run copy one."""
    from autograder.release import release

    made = ensure_folder(shared_base / "released_course", release.generate_release)
    return shutil.copytree(made, tmp_path_factory.mktemp("course") / "course")


class Handle:
    """What IPython's display handle does, as far as an explorer knows it."""

    def __init__(self):
        self.seen = []

    def update(self, bundle, raw):
        self.seen.append(bundle["text/html"])


@pytest.fixture
def handle():
    """Return a display handle that remembers what an explorer showed."""
    return Handle()


@pytest.fixture
def shown(request, handle):
    """Return the explorer that the test module names, as if it had been shown."""
    explorer = request.module.EXPLORER()
    explorer._handle = handle
    return explorer
