"""The autograder: release, intake, isolated grading, feedback. ``python -m autograder --help`` lists the commands."""

import sys

# jsonschema, which nbformat needs, compiles the grammars of this package when it is imported: two seconds of every
# command, for a format (internationalised addresses) that no notebook's schema has. Without it jsonschema does without.
sys.modules.setdefault("rfc3987_syntax", None)
