"""Memory between two pages that may not be touched: whoever goes one byte too far is killed."""

import ctypes
import mmap

import numpy as np

PAGE = mmap.PAGESIZE
mprotect = ctypes.CDLL(None, use_errno=True).mprotect
mprotect.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int


class Fence:
    """Memory between two forbidden pages, made once and used again and again."""

    def __init__(self, nbytes):
        self.nbytes = -(-nbytes // PAGE) * PAGE
        self.map = mmap.mmap(-1, self.nbytes + 2 * PAGE)
        raw = np.frombuffer(self.map, np.uint8)
        for offset in (0, PAGE + self.nbytes):
            assert mprotect(raw.ctypes.data + offset, PAGE, 0) == 0
        self.free = raw[PAGE : PAGE + self.nbytes]

    def place(self, shape, dtype, at_end):
        count = int(np.prod(shape)) * dtype.itemsize
        part = self.free[self.nbytes - count :] if at_end else self.free[:count]
        return part.view(dtype).reshape(shape)

    def hold(self, array, at_end):
        """A copy of the array that ends, or begins, at a forbidden page."""
        place = self.place(array.shape, array.dtype, at_end)
        place[...] = array
        return place
