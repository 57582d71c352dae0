"""Functions and questions of a topic that no notebook asks for with marks."""

NOT_YET_ASKED = {}
"""Topic -> names that wait for their notebook to be written anew. ``test_notebook_structure`` fails when a notebook
asks for one of them: take it out here then."""

PRACTICE = {
    "initialization": ("activation_statistics", "scaled_init", "stack_forward", "stack_backward", "deep_gradient")}
"""Topic -> names that "Go deeper" offers without marks, so that the core path stays within its time: each function has
a cell with its check, and nobody grades it."""
