"""What the browser tests share: Chromium's place, a JupyterLab on loopback, and waiting for its kernel."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

try:
    from playwright.sync_api import Error, sync_playwright
except ImportError:
    Error, sync_playwright = RuntimeError, None  # find_chromium says so before either is used

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # for tools, which is not installed, and what tests share
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
TOKEN = "browser-test"  # loopback, for a minute


class Unable(Exception):
    """The test cannot be made here; the message says why and what to do."""


class Broken(AssertionError):
    """Something is not as promised."""


def require(condition, what):
    """Raise :class:`Broken` unless ``condition`` holds."""
    if not condition:
        raise Broken(what)


def finished(name, session, pictures):
    """Run ``session(folder, pictures)`` in a folder that is gone afterwards; return the exit code."""
    pictures.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            session(Path(folder), pictures.resolve())
    except Unable as error:
        print(f"cannot run: {error}", file=sys.stderr)
        return 2
    except (Broken, Error) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    return 0


def find_chromium():
    """Return the path of Chromium, or say how to get it."""
    if sync_playwright is None:
        raise Unable("playwright is missing: `make` installs it with requirements.lock")
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return shutil.which(name)
    raise Unable("no Chromium found: install it with `apt-get install chromium`")


def environment(home, path):
    """Return the environment of a person who has just installed everything: no settings, and ``path`` to import from.

    Parameters
    ----------
    home : pathlib.Path
        Takes Jupyter's settings; must exist.
    path : pathlib.Path
        For PYTHONPATH.
    """
    env = dict(os.environ, HOME=str(home), JUPYTER_CONFIG_DIR=str(home / "config"), PYTHONPATH=str(path),
               JUPYTER_DATA_DIR=str(home / "data"), JUPYTER_RUNTIME_DIR=str(home / "runtime"),
               IPYTHONDIR=str(home / "ipython"), JUPYTERLAB_SETTINGS_DIR=str(home / "settings"),
               JUPYTERLAB_WORKSPACES_DIR=str(home / "workspaces"))
    env.pop("OPENBLAS_NUM_THREADS", None)  # a student has not set it
    return env


def answer_beforehand(home):
    """Answer the questions that JupyterLab asks at its first start: no news, and start the notebook's own kernel."""
    for name, text in (("apputils-extension/notification", '{"fetchNews": "false", "checkForUpdates": false}'),
                       ("notebook-extension/tracker", '{"autoStartDefaultKernel": true}')):
        settings = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        settings.parent.mkdir(parents=True)
        settings.write_text(text)


@contextlib.contextmanager
def jupyterlab(workspace, home, command=("jupyter", "lab", "--allow-root"), path=ROOT):
    """Run JupyterLab on a free port of loopback; yield its address and token.

    Parameters
    ----------
    workspace : pathlib.Path
        The folder that JupyterLab shows.
    home : pathlib.Path
        See :func:`environment`.
    command : sequence of str
        What follows ``python -m``, up to JupyterLab's own options.
    path : pathlib.Path
        For PYTHONPATH.
    """
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    command = [sys.executable, "-m", *command, "--no-browser", "--ServerApp.ip=127.0.0.1",
               f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}",
               f"--ServerApp.root_dir={workspace}", "--expose-app-in-browser"]
    answer_beforehand(home)
    with open(home / "jupyter.log", "w") as log:
        server = subprocess.Popen(command, env=environment(home, path), cwd=workspace, stdout=log,
                                  stderr=subprocess.STDOUT, start_new_session=True)
        try:
            wait_for(server, f"http://127.0.0.1:{port}", home / "jupyter.log")
            yield f"http://127.0.0.1:{port}", TOKEN
        finally:
            os.killpg(server.pid, signal.SIGTERM)  # the server and its kernel: its own session
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(10)


def wait_for(server, address, log):
    """Wait until a server answers; on a busy computer that takes a while."""
    for _ in range(720):
        if server.poll() is not None:
            raise Unable(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=1).close()
            return
        time.sleep(0.25)
    raise Unable("JupyterLab did not answer within three minutes")


def wait_idle(page):
    """Wait until the kernel's indicator says idle."""
    page.wait_for_selector('.jp-NotebookPanel-toolbar [data-status="idle"], .jp-Notebook-ExecutionIndicator'
                           '[data-status="idle"]', timeout=90_000)
