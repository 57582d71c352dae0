"""Explorers: pictures with sliders, on the functions that the reader wrote.

``explorers.InitScale().show()`` displays one, ``.static()`` its main point as a plain figure.
"""

from cs231n_lib.lab.explorers.init_scale import InitScale as InitScale
from cs231n_lib.lab.explorers.leaky_slope import LeakySlope as LeakySlope
