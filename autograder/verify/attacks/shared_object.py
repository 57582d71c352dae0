"""Class: native code, a shared library built by hand. Expectation: native code is in the same sandbox as Python."""

import ctypes
import mmap

try:
    with open("/tmp/activations.so", "wb") as _file:
        _file.write(b"\x7fELF\x02\x01\x01" + b"\0" * 4096)
    ctypes.CDLL("/tmp/activations.so")
except OSError:
    pass


def tanh_forward(x):
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x39\x00\x00\x00\x0f\x05\xc3")  # mov eax, 57 (fork); syscall; ret
    return float(ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()), x


def tanh_backward(dout, cache):
    ctypes.string_at(0)
