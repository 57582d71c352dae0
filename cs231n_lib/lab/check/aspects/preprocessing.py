"""Names of the aspects of ``preprocessing`` that check and grader share, beside the common ones."""

COMPONENTS = "components"
