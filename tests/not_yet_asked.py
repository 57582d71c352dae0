"""Functions and questions that wait for their notebook to be written anew: until it asks for them nobody gets marks."""

NOT_YET_ASKED = {"linear_classifier": ("train_linear",),
                 "initialization": ("stack_forward", "stack_backward", "scaled_init", "deep_gradient")}
"""Topic -> names. ``test_notebook_structure`` fails when a notebook asks for one of them: take it out here then."""
