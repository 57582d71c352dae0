"""Functions and questions of a topic that no notebook asks for with marks."""

NOT_YET_ASKED = {}
"""Topic -> names that wait for their notebook to be written anew. ``test_notebook_structure`` fails when a notebook
asks for one of them: take it out here then."""

EARLIER = {"linear_classifier": ("sample_batch",),
           "activations": ("sigmoid_forward", "tanh_forward", "tanh_backward", "leaky_relu_forward",
                           "leaky_relu_backward", "elu_forward", "elu_backward", "saturated_fraction"),
           "preprocessing": ("mean_image", "channel_mean", "center"),
           "initialization": ("zero_init", "constant_init", "small_random_init")}
"""Topic -> names that stand solved today. Notebooks released before ask for them, and courses with those go on: their
hidden tests stay."""

PRACTICE = {
    "linear_classifier": ("svm_loss",),
    "activations": ("prelu_forward", "prelu_backward", "maxout_forward", "maxout_backward"),
    "initialization": ("activation_statistics", "scaled_init", "stack_forward", "stack_backward", "deep_gradient")}
"""Topic -> names that "Go deeper" offers without marks, so that the core path stays within its time: each function has
a cell with its check, and nobody grades it."""
