"""Explorers: pictures with sliders, on the functions that the reader wrote.

``explorers.InitScale().show()`` displays one, ``.static()`` its main point as a plain figure.
"""

from cs231n_lib.lab.explorers.batchnorm import BatchNorm as BatchNorm
from cs231n_lib.lab.explorers.dropout import Dropout as Dropout
from cs231n_lib.lab.explorers.grid_vs_random import GridAgainstRandom as GridAgainstRandom
from cs231n_lib.lab.explorers.init_scale import InitScale as InitScale
from cs231n_lib.lab.explorers.leaky_slope import LeakySlope as LeakySlope
from cs231n_lib.lab.explorers.learning_rate import LearningRate as LearningRate
from cs231n_lib.lab.explorers.pca import Components as Components
from cs231n_lib.lab.explorers.trajectories import Trajectories as Trajectories
