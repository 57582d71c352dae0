"""Class: a loop that swallows interrupts. Expectation: it costs its own time limit, once, and its own marks."""

import signal

for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGXCPU):
    signal.signal(_number, signal.SIG_IGN)


def tanh_forward(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
