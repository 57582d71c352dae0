"""Class: memory bomb, on the heap, in the scratch folder and in shared memory. Expectation: bounded, status memory."""

import os


def tanh_forward(x):
    hoard = []
    while True:
        hoard.append(np.ones((2**24,)))


def tanh_backward(dout, cache):
    for folder in ("/tmp", "/dev/shm", "/dev"):
        for number in range(1000):
            try:
                with open(f"{folder}/{number}", "wb") as file:
                    file.write(b"x" * 2**24)
            except OSError:
                break
    hoard = []
    while True:
        hoard.append(os.memfd_create("hoard"))
        os.write(hoard[-1], b"x" * 2**24)
