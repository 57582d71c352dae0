"""Class: network. Expectation: no socket can be opened; what is asked for help does not answer."""

import socket
import urllib.request


def tanh_forward(x):
    for address in (("127.0.0.1", 8888), ("127.0.0.1", 5432)):
        try:
            socket.create_connection(address, timeout=1)
        except OSError:
            pass
    try:
        urllib.request.urlopen("http://127.0.0.1:8888/answers", timeout=1)
    except OSError:
        pass
    return x, x
