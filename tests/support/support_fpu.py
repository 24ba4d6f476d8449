"""The floating-point environment of the calling thread, by way of the C library's <fenv.h>."""

import contextlib
import ctypes
import ctypes.util
import platform

libm = ctypes.CDLL(ctypes.util.find_library("m") or "libm.so.6")
UPWARD, DOWNWARD, TOWARD_ZERO = 0x800, 0x400, 0xC00  # x86's <fenv.h>
DAZ, FTZ = 0x40, 0x8000
X86 = platform.machine() in ("x86_64", "AMD64")


class Environment(ctypes.Structure):
    """fenv_t of x86-64: 28 bytes of x87, then MXCSR."""

    _fields_ = [("x87", ctypes.c_uint16 * 14), ("mxcsr", ctypes.c_uint32)]


def control():
    """What rules the arithmetic: x87 control word, MXCSR without its status flags. None on other machines."""
    if not X86:
        return None
    now = Environment()
    libm.fegetenv(ctypes.byref(now))
    return now.x87[0], now.mxcsr & ~0x3F


@contextlib.contextmanager
def changed(rounding=0, flush=0):
    """The calling thread with another rounding mode, or with subnormals taken for zeros: operands (DAZ), results (FTZ)."""
    before, wanted = Environment(), Environment()
    libm.fegetenv(ctypes.byref(before))
    libm.fegetenv(ctypes.byref(wanted))
    wanted.x87[0] = wanted.x87[0] & ~0xC00 | rounding
    wanted.mxcsr = wanted.mxcsr & ~0x6000 | rounding << 3 | flush
    libm.fesetenv(ctypes.byref(wanted))
    try:
        yield
    finally:
        libm.fesetenv(ctypes.byref(before))
