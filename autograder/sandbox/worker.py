"""The inside of the sandbox: imports one student's module and calls its functions when told to.

Started as a script by :mod:`autograder.sandbox.launch`. Whatever the student's code does to this process, it can only
change what this process answers; the grader believes none of it (see :mod:`autograder.sandbox.protocol`).
"""

import json
import os
import site
import sys
import types
import warnings


class Grader:
    """The pipe to the grader, and what is kept on this side of it."""

    def __init__(self, source, sink):
        self.source, self.sink = source, sink
        self.kept = {}

    def read(self):
        """Return the next message; leave when the grader has gone."""
        header = self.source.read(protocol.HEADER.size)
        if len(header) < protocol.HEADER.size:
            os._exit(0)
        body, blob = protocol.parse_header(header)
        return protocol.unpack(self.source.read(body), self.source.read(blob))

    def write(self, **message):
        """Send one message."""
        self.sink.write(protocol.pack(message))
        self.sink.flush()

    def keep(self, value):
        """Keep an object here and return the handle that names it."""
        self.kept[len(self.kept)] = value
        return protocol.Handle(len(self.kept) - 1)

    def open(self, value):
        """Return the object that a handle or a callback stands for; any other value as it is."""
        if isinstance(value, protocol.Handle):
            return self.kept[value.id]
        return (lambda *args: self.call_back(value.id, args)) if isinstance(value, protocol.Callback) else value

    def call_back(self, number, args):
        """Ask the grader to call its function ``number``."""
        self.write(callback=number, args=list(args))
        reply = self.read()
        if "value" not in reply:
            raise RuntimeError(reply.get("error", "the function passed in failed"))
        return reply["value"]


def call(grader, module, message):
    """Call one function and answer with its value and, if asked for, the arguments as it left them."""
    args = protocol.replace_parts(message["args"], grader.open)
    kwargs = {k: protocol.replace_parts(v, grader.open) for k, v in message["kwargs"].items()}
    value = protocol.call_function(module, message["function"], args, kwargs, grader.keep)
    after = protocol.list_arguments(args, kwargs) if message["after"] else ([], {})
    grader.write(id=message["id"], value=value, args=after[0], kwargs=after[1])


def load(grader, message):
    """Execute the student's module."""
    module = types.ModuleType(message["name"])
    module.__file__ = message["filename"]
    sys.modules["cs231n_lib"] = types.ModuleType("cs231n_lib")
    sys.modules["cs231n_lib"].__path__ = []
    sys.modules[message["name"]] = module
    exec(compile(message["source"], message["filename"], "exec"), module.__dict__)
    grader.write(id=message["id"], value=None)
    return module


def describe(error, filename):
    """Return what went wrong, for the grader: kind, class of the exception, line in the student's file, text."""
    kinds = {protocol.MissingFunction: "missing", protocol.NotTwoResults: "not two", protocol.TooMuch: "too much",
             protocol.WireError: "not plain", NotImplementedError: "not implemented", MemoryError: "memory"}
    kind = next((k for c, k in kinds.items() if isinstance(error, c)), "error")
    lines, step = [], error.__traceback__  # the module traceback takes longer to import than this takes to write
    while step is not None:
        lines += [step.tb_lineno] if step.tb_frame.f_code.co_filename == filename else []
        step = step.tb_next
    text = str(error)[:400]
    if isinstance(error, SyntaxError):
        lines, text = [error.lineno], f"{filename} does not parse: line {error.lineno}: {error.msg}"
    return {"error": kind, "type": type(error).__name__, "line": lines[-1] if lines else None, "message": text}


def main():
    """Serve the grader until it hangs up."""
    grader = Grader(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
    for fd in (0, 1, 2):  # the student's prints go nowhere, and cannot be taken for answers
        os.dup2(os.open(os.devnull, os.O_RDWR), fd)
    warnings.simplefilter("ignore")
    grader.write(ready=True)
    module, filename = None, ""
    while True:
        message = grader.read()
        try:
            if "source" in message:
                filename = message["filename"]
                module = load(grader, message)
            else:
                call(grader, module, message)
        except BaseException as error:  # SystemExit and KeyboardInterrupt too: a student's exit() is an error
            try:
                grader.write(id=message["id"], **describe(error, filename))
            except BaseException:
                os._exit(1)


if __name__ == "__main__":
    sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
    sys.path += json.loads(sys.argv[1])
    site.setquit()  # what the interpreter does itself when it looks for packages
    import protocol  # type: ignore[import-not-found]  # beside this file, inside the sandbox

    main()
