"""The visible inputs of :func:`cs231n_lib.lab.check.check`: small, and away from the kinks of what they test.

One module per topic, all of which are imported here so that they register their functions. What should come out stands
in ``known_results.npz``, as numbers; ``builders`` has what several topics share. The hidden tests draw other inputs.
"""

import importlib
import pkgutil

from cs231n_lib.lab.check.cases.builders import FUNCTIONS as FUNCTIONS

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
