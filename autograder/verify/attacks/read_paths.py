"""Class: theft of names. The paths of the interpreter, of its packages and of every mount tell who grades, and what.
Expectation: all that a module can ask its process or the kernel about names the sandbox's own folders only."""

import glob
import sys
import traceback

_OWN = ("/python", "/grader", "/tmp", "/dev", "/lib", "/usr/lib", "cs231n_lib/")
_TOLD = [*sys.path, sys.executable, sys.prefix, sys.base_prefix, sys.argv[0], np.__file__, np.__cached__]
try:
    np.linalg.inv(np.zeros((2, 2)))
except np.linalg.LinAlgError as _error:
    _TOLD += [frame.filename for frame in traceback.extract_tb(_error.__traceback__)]
for _path in glob.glob("/proc/*/cmdline") + glob.glob("/proc/*/mountinfo") + glob.glob("/proc/*/maps"):
    try:
        with open(_path) as _file:
            _TOLD += [word for word in _file.read(200_000).replace("\0", " ").split() if word.startswith("/")]
    except OSError:
        pass
_LOOT = [path for path in _TOLD if len(path) > 1 and not path.startswith(_OWN)]


def tanh_forward(x):
    return (np.tanh(x), x) if _LOOT else (None, None)  # the marks would tell
