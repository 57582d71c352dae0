"""The autograder: release, inbox, isolated grading, feedback. ``python -m autograder --help`` lists the commands.

Each folder is a wing, a step on a mark's way, and imports only wings below it: ``errors`` < ``rooms`` < ``reference``
< ``course`` < ``sandbox``, ``mistakes`` < ``hidden_tests`` < ``runners`` < ``inbox`` < ``gradebook`` < ``release``,
``reports`` < ``authoring``, ``exports`` < ``grade``, ``nbgrader_config`` < ``verify`` < ``__main__``. ``rooms`` finds
the files of a topic, ``reference`` loads them; ``nbgrader_config`` is what a course's own configuration imports. The
docstring of a wing says which of its files does what.
"""

import os
import sys

if sys.argv[:1] == ["-m"] and not sys.flags.safe_path:
    # ``python -m`` has begun, and nothing of ours is imported yet. The working folder may be an inbox: a ``json.py`` in
    # there must not be imported, nor by the processes that we start. Only this checkout may be worked in.
    _checkout = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    sys.path[:] = [p for p in sys.path if os.path.realpath(p) != os.getcwd() or os.path.realpath(p) == _checkout]
    os.environ["PYTHONSAFEPATH"] = "1"

# When jsonschema (needed by nbformat) is imported, it compiles the grammars of this package: two seconds of every
# command, for internationalised addresses, which no notebook's schema has. jsonschema works without the package.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: "cannot be imported"
