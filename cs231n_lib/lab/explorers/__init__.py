"""Explorers: pictures with sliders, on the functions that the reader wrote.

``explorers.InitScale().show()`` displays one, ``.static()`` its main point as a plain figure.
"""

