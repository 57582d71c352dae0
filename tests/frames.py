"""Frames of the pipe between grader and worker, for tests that send damaged ones."""

from autograder.sandbox import protocol


def read_frame(data):
    """Return the message in the bytes of one frame; its header is filled up with zeros where it is cut off.

    Raises
    ------
    autograder.sandbox.protocol.WireError
        If it is no frame.
    """
    start = protocol.HEADER.size
    body, blob = protocol.parse_header(data[:start].ljust(start, b"\0"))
    return protocol.unpack(data[start:start + body], data[start + body:start + body + blob])


def is_plain(message):
    """Is a message a dict by name of plain data: does it cross once more, and come back as the same bytes?"""
    packed = protocol.pack(message)
    return type(message) is dict and all(type(name) is str for name in message) and (
        protocol.pack(read_frame(packed)) == packed)
