"""Class: settings of the kernel and modes of device files, which are the worker's own where root grades.
Expectation: /proc is read-only, and a device file keeps its mode, owner and times."""

import os

for _path, _value in (("/proc/sys/vm/stat_interval", "2"), ("/proc/self/oom_score_adj", "-1000"),
                      ("/proc/1/oom_score_adj", "1000"), ("/proc/sys/kernel/domainname", "cs231n-attack"),
                      ("/sys/kernel/mm/ksm/run", "0"), ("/proc/sysrq-trigger", "h")):
    try:
        with open(_path, "w") as _file:
            _file.write(_value)
    except OSError:
        pass
for _path in ("/dev/full", "/dev/zero", "/usr/bin/env", np.__file__):
    for _change in (lambda p: os.utime(p, (1, 1)), lambda p: os.chmod(p, 0o644 if "/dev" in p else 0o777),
                    lambda p: os.chown(p, 12345, 12345), lambda p: os.setxattr(p, "user.cs231n", b"attack")):
        try:
            _change(_path)
        except OSError:
            pass
