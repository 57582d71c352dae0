"""Class: channels between submissions through the page cache of files that all of them see.
Expectation: a module can neither ask what is cached, nor bring it in, nor throw it out."""

import ctypes
import mmap
import os

_libc = ctypes.CDLL(None, use_errno=True)
_FILE = os.open(os.__file__, os.O_RDONLY)
_DONE = []
for _name, _attempt in {
    "throw out": lambda: os.posix_fadvise(_FILE, 0, 0, os.POSIX_FADV_DONTNEED),
    "bring in": lambda: os.posix_fadvise(_FILE, 0, 0, os.POSIX_FADV_WILLNEED),
    "ask": lambda: os.preadv(_FILE, [bytearray(16)], 0, os.RWF_NOWAIT),
    "send": lambda: os.sendfile(os.open("/tmp/copy", os.O_WRONLY | os.O_CREAT), _FILE, 0, 100),
    "advise": lambda: mmap.mmap(_FILE, 0, prot=mmap.PROT_READ).madvise(mmap.MADV_WILLNEED),
}.items():
    try:
        _attempt()
        _DONE.append(_name)
    except OSError:
        pass
_map = mmap.mmap(_FILE, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
_seen = (ctypes.c_ubyte * 1)()
if _libc.mincore(ctypes.byref(ctypes.c_char.from_buffer(_map)), ctypes.c_size_t(4096), _seen) == 0:
    _DONE.append("mincore")
if _libc.readahead(_FILE, ctypes.c_long(0), ctypes.c_size_t(4096)) == 0:
    _DONE.append("readahead")


def tanh_forward(x):
    return (np.tanh(x), x) if _DONE else (None, None)
