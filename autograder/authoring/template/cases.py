"""Visible inputs for ``template_topic``."""

from cs231n_lib.lab.check.aspects.common import VALUES
from cs231n_lib.lab.check.cases.builders import add_function, chirp
from cs231n_lib.lab.check.observe import Case

add_function("template_topic", "template_function", ("x",), ("out",), [
    Case(VALUES, (chirp(3, 4),)),
])
