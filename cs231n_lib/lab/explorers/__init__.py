"""Explorers: pictures with sliders, drawn with the functions that the reader wrote.

In: parameters (the values of the controls and a seed), and the prediction or bet that came first. Out: cells of a
notebook. ``explorers.InitScale().show()`` displays controls and picture, ``.static()`` the main point as a plain
figure for a reader without a kernel.

``base`` has the class that all share and the widgets, ``prediction`` the cover over a picture that nobody has
predicted yet or bet on. Every other file is one explorer: plain functions from parameters to arrays, which tests call,
and a class that draws them. ``duel`` is a game with buttons instead of sliders.
``components`` is the old name of ``pca``.

May import everything below it in the lab (``check.answers``, ``check.questions``, ``check.shell``, ``solver``, ``net``,
``data``, ``plots``, ``blas``), but neither ``commands`` nor ``notebook``. No explorer imports another's class.
"""

from cs231n_lib.lab.explorers.batchnorm import BatchNorm as BatchNorm
from cs231n_lib.lab.explorers.dead_cloud import DeadCloud as DeadCloud
from cs231n_lib.lab.explorers.dropout import Dropout as Dropout
from cs231n_lib.lab.explorers.duel import Duel as Duel
from cs231n_lib.lab.explorers.grid_vs_random import GridAgainstRandom as GridAgainstRandom
from cs231n_lib.lab.explorers.init_scale import InitScale as InitScale
from cs231n_lib.lab.explorers.leaky_slope import LeakySlope as LeakySlope
from cs231n_lib.lab.explorers.learning_rate import LearningRate as LearningRate
from cs231n_lib.lab.explorers.pca import Components as Components
from cs231n_lib.lab.explorers.prepared_cloud import PreparedCloud as PreparedCloud
from cs231n_lib.lab.explorers.prepared_cloud import RawCloud as RawCloud
from cs231n_lib.lab.explorers.trajectories import Trajectories as Trajectories
from cs231n_lib.lab.explorers.zigzag import ZigZag as ZigZag
