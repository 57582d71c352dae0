"""Class: pipes, sockets and unreadable folders among the files.
Expectation: nothing is waited for, nothing stops the run."""

import os
import socket


def submit(folder):
    here = folder / "01_activations"
    (here / "cs231n_lib" / "activations.py").unlink()
    os.mkfifo(here / "cs231n_lib" / "activations.py")
    os.mkfifo(folder / "03_initialization.zip")
    before = os.getcwd()
    os.chdir(here)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("activations.py")
    os.chdir(before)
    (folder / "02_preprocessing").mkdir()
    (folder / "02_preprocessing").chmod(0)
    deep = here
    for _ in range(200):
        deep = deep / "d"
    deep.mkdir(parents=True)
