"""Class: theft of names from files. Compiled modules, the interpreter's settings and packages' records hold the paths
at which they were installed. Expectation: in no file of the interpreter or of a package stands where it came from."""

import glob
import os
import re
import sys
import sysconfig

_LIBRARY = os.path.dirname(os.__file__)
_FILES = [np.__cached__, sys.modules["numpy.linalg"].__cached__, sys.executable,
          *glob.glob(_LIBRARY + "/_sysconfigdata*.py"), *glob.glob(_LIBRARY + "/__pycache__/[a-f]*.pyc")]
for _folder in sys.path:
    _FILES += glob.glob(_folder + "/*.pth") + glob.glob(_folder + "/__editable__*")
    _FILES += glob.glob(_folder + "/*/direct_url.json") + glob.glob(_folder + "/numpy/**/*.pyc", recursive=True)
_FOREIGN = re.compile(rb"/(?:home|root|tmp|work|srv|Users|data|mnt|media|var)/[\w./-]*(?:\.venv|\.pyenv|site-packages)")
_LOOT = []
for _path in _FILES:
    try:
        with open(_path, "rb") as _file:
            _LOOT += _FOREIGN.findall(_file.read())
    except OSError:
        pass
_LOOT += [v for v in sysconfig.get_config_vars().values() if _FOREIGN.match(os.fsencode(str(v)))]


def tanh_forward(x):
    return (np.tanh(x), x) if _LOOT else (None, None)
