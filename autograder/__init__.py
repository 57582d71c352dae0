"""The autograder: release, inbox, isolated grading, feedback. ``python -m autograder --help`` lists the commands.

Each folder is a wing, a step on a mark's way, and imports only wings below it: ``errors``, ``reference`` < ``course``
< ``sandbox``, ``mistakes`` < ``hidden_tests`` < ``runners`` < ``inbox`` < ``gradebook`` < ``release``, ``reports``
< ``exports`` < ``grade`` < ``verify`` < ``__main__``. The docstring of a wing says which of its files does what.
"""

import sys

# When jsonschema (needed by nbformat) is imported, it compiles the grammars of this package: two seconds of every
# command, for internationalised addresses, which no notebook's schema has. jsonschema works without the package.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: "cannot be imported"
