"""How operands lie in memory: which loop shapes they have (SHAPES), and how each is laid out (ARRANGE).

A gufunc's core dimensions are laid out with the rest: they may be strided like any other.
"""

import math
from typing import NamedTuple

import numpy as np


def _grid(n):
    """About n elements in two dimensions of which neither is 1 (where n allows it)."""
    rows = max(math.isqrt(n) // 2, 1)
    return rows, max(n // rows, 1)


# Each takes the number of elements and of operands, and gives one loop shape per operand.
SHAPES = {
    "flat": lambda n, nin: [(n,)] * nin,
    "grid": lambda n, nin: [_grid(n)] * nin,
    "row": lambda n, nin: [_grid(n)] + [_grid(n)[1:]] * (nin - 1),
    "column": lambda n, nin: [_grid(n)] + [(_grid(n)[0], 1)] * (nin - 1),
    "scalar": lambda n, nin: [(n,)] + [()] * (nin - 1),
    "scalar first": lambda n, nin: [()] * (nin - 1) + [(n,)],
    "outer": lambda n, nin: [(_grid(n)[0], 1) if k % 2 == 0 else (1, _grid(n)[1]) for k in range(nin)],
    "cube": lambda n, nin: [(2, 1, max(n // 6, 1)) if k % 2 else (1, 3, max(n // 6, 1)) for k in range(nin)],
    "ones": lambda n, nin: [(1, n, 1)] * nin,
    "few columns": lambda n, nin: [(n // 3 + 1, 3)] + [(3,)] * (nin - 1),
    "0-d": lambda n, nin: [()] * nin,
    "one": lambda n, nin: [(1,)] * nin,
    "empty": lambda n, nin: [(0,)] * nin,
    "empty 2-d": lambda n, nin: [(3, 0)] * nin,
    "empty outer": lambda n, nin: [(3, 1) if k % 2 == 0 else (1, 0) for k in range(nin)],
}


def _like(array, shape, part):
    """A copy that is `part` of fresh memory of that shape."""
    view = np.empty(shape, array.dtype)[(..., *part)]
    view[...] = array
    return view


def _plain(array):
    return array


def _strided(array):
    return _like(array, (*array.shape[:-1], array.shape[-1] * 3), (slice(1, None, 3),)) if array.ndim else array


def _reversed(array):
    return _like(array, array.shape, (slice(None, None, -1),) * array.ndim)


def _inner(array):
    return _like(array, [n + 3 for n in array.shape], tuple(slice(1, 1 + n) for n in array.shape))


def _fortran(array):
    return np.asfortranarray(array) if array.ndim else array


def _misaligned(array):
    if not array.size or array.dtype.kind in "OT":  # references must be aligned
        return array
    moved = np.empty(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    moved[...] = array
    return moved


def _swapped(array):
    return array if array.dtype.kind in "OT" else array.astype(array.dtype.newbyteorder())


def _readonly(array):
    array.flags.writeable = False
    return array


ARRANGE = {
    "plain": _plain,
    "strided": _strided,
    "reversed": _reversed,
    "fortran": _fortran,
    "inner": _inner,
    "misaligned": _misaligned,
    "byte-swapped": _swapped,
    "read-only": _readonly,
}
# Of operands that lie differently: the first, third, … and the second, fourth, …
MIXED = {
    "C and Fortran": ("plain", "fortran"),
    "forward and reversed": ("plain", "reversed"),
    "aligned and misaligned": ("plain", "misaligned"),
    "swapped and strided": ("byte-swapped", "strided"),
}


class Layout(NamedTuple):
    shapes: str
    arrange: str

    def __str__(self):
        return f"{self.shapes}/{self.arrange}"

    def build(self, make, core, n):
        """The operands of about n loop elements."""
        shapes = SHAPES[self.shapes](n, len(core))
        names = MIXED.get(self.arrange, (self.arrange,))
        return [ARRANGE[names[k % len(names)]](make(k, loop + core[k])) for k, loop in enumerate(shapes)]


LAYOUTS = tuple(
    [Layout("flat", arrange) for arrange in (*ARRANGE, *MIXED) if arrange not in ("fortran", "C and Fortran", "inner")]
    + [Layout("grid", arrange) for arrange in (*ARRANGE, *MIXED) if arrange != "read-only"]
    + [Layout(shapes, "plain") for shapes in SHAPES if shapes not in ("flat", "grid")]
    + [Layout("row", "fortran"), Layout("outer", "misaligned"), Layout("cube", "C and Fortran"), Layout("scalar", "byte-swapped")]
    + [Layout("column", "inner"), Layout("few columns", "strided"), Layout("0-d", "misaligned"), Layout("ones", "strided")]
)

SIZES = (2, 3, 7, 8, 9, 31, 33, 64, 127, 1000, 4097, 8191, 8193, 20011)
STACKS = (1, 2, 3, 7, 33, 130, 500)  # of a gufunc's core arrays
THREADS = (1, 2, 3, 7)


def sizes(entry):
    return SIZES if entry.numpy.signature is None else STACKS
