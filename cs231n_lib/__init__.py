"""Neural-network parts in plain NumPy, written by the reader of the workbook.

One module per notebook: ``linear_classifier`` (00), ``activations`` (01), ``preprocessing`` (02), ``initialization``
(03), ``batchnorm`` (04), ``dropout`` (05), ``optimizers`` (06), ``babysitting`` (07), ``hyperparameters`` (08),
``evaluation`` (09). ``cs231n_lib.lab`` holds what is given: data, a net, a solver, checks, plots and explorers.

Conventions, the same in every module:

- ``X_forward(...)`` returns ``(out, cache)``; ``X_backward(dout, cache)`` returns the gradients of the
  inputs, in the order of the inputs. The docstring of the forward states what ``cache`` holds.
- ``dout`` is the upstream gradient: the derivative of the loss with respect to ``out``, of its shape.
- Losses are means over the batch; L2 regularisation has the factor 0.5.
- Weights are ``(fan_in, fan_out)``, data is ``(N, D)`` or ``(N, d_1, ..., d_k)``: one example a row.
- ``rng`` is a :class:`numpy.random.Generator`, always an argument, never global.
- A function leaves its inputs as they were, unless its docstring says otherwise.
- float32 in, float32 out; the initialisers return float64.
- Dropout's ``p`` is the probability of *keeping* a unit. Batch normalisation's ``momentum`` weighs the
  *old* running value. Momentum is ``v = mu * v - learning_rate * dw``.
"""
