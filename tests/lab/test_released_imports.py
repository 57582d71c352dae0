"""What notebooks import that were released before the lab had rooms: these paths stay."""

import importlib

import pytest

RELEASED = {
    "cs231n_lib": "activations babysitting batchnorm dropout evaluation hyperparameters initialization lab "
                  "linear_classifier optimizers preprocessing",
    "cs231n_lib.lab": "alone data explorers gradient_check plots progress search sick start",
    "cs231n_lib.lab.alone": "ready",
    "cs231n_lib.lab.blas": "one_blas_thread",
    "cs231n_lib.lab.check": "check check_answer",
    "cs231n_lib.lab.explorers": "BatchNorm Components Dropout GridAgainstRandom InitScale LeakySlope LearningRate "
                                "Trajectories",
    "cs231n_lib.lab.explorers.components": "halve",
    "cs231n_lib.lab.explorers.trajectories": "draw_surface",
    "cs231n_lib.lab.gradient_check": "eval_numerical_gradient eval_numerical_gradient_array rel_error",
    "cs231n_lib.lab.net": "FullyConnectedNet",
    "cs231n_lib.lab.sick": "Patient admit flat run",
    "cs231n_lib.lab.solver": "Solver",
}
"""Module -> what is taken from it; collected from the notebooks when the lab was one flat folder."""


@pytest.mark.parametrize("module, name", [(m, n) for m, names in RELEASED.items() for n in names.split()])
def test_import_of_a_released_notebook_works(module, name):
    """Can a notebook that a student got earlier still be run?"""
    if not hasattr(importlib.import_module(module), name):
        importlib.import_module(f"{module}.{name}")
