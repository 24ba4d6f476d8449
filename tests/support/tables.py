"""Every ufunc NumPy has and the dtypes each one takes.

Both are read from NumPy at run time, because the lists differ between NumPy's versions; only what NumPy does
not tell is written down here.
"""

import itertools
import re
from typing import NamedTuple

import numpy as np
import numpy_par as npp
from numpy._core import umath
from numpy.linalg import _umath_linalg

# The string loops are absent from `ufunc.types`; these dtypes are offered to every ufunc, and it says what it takes.
STRINGS = tuple(map(np.dtype, ("S3", "S8", "U1", "U5"))) + (np.dtypes.StringDType(),)
INTEGER = np.dtype(np.int64)

# Units for the operands of one signature: equal, finer second, coarser second. Unequal ones need a cast.
UNITS = (("s", "s"), ("ms", "us"), ("h", "D"))

# Core dimensions of the gufuncs, and the ones that want fewer rows than columns (NumPy < 2.2 has two loops: *_m, *_n).
CORE = {"m": 4, "n": 3, "k": 3, "p": 3, "nrhs": 2}
CORE_WIDE = CORE | {"m": 3, "n": 4}

# Reachable only through functions of np.strings, which prepare their arguments: called bare they may write
# behind their output, or they need an output that they do not allocate.
PREPARED = {"_arg", "_ones_like", "clip"}

# Factorizes in place, in the copy that np.linalg.qr makes for it; that is tested with the functions.
OVERWRITE = {"qr_r_raw", "qr_r_raw_m", "qr_r_raw_n"}


class Signature(NamedTuple):
    inputs: tuple

    def __str__(self):
        return ",".join(dtype.str if dtype.kind in "mMSU" else dtype.char for dtype in self.inputs)

    @property
    def parallel(self):
        """Object loops need the GIL, and a StringDType is locked by whoever reads it."""
        return not any(dtype.hasobject or dtype.kind == "T" for dtype in self.inputs)


class Entry(NamedTuple):
    key: str  # "add", "strings.isalpha", "linalg.inv", "umath.find"
    numpy: np.ufunc

    @property
    def ours(self):
        """The object under test: a name of numpy_par, or parallelize() of what NumPy keeps private."""
        group, _, name = self.key.rpartition(".")
        if group in ("linalg", "umath", "scipy"):
            return npp.parallelize(self.numpy)
        return getattr(getattr(npp, group) if group else npp, name)

    @property
    def name(self):
        return self.numpy.__name__

    @property
    def core(self):
        """Core shape of each input: [(4, 3), (3,)] for "(m,n),(n)->(m)", [(), ()] for an ordinary binary ufunc."""
        if self.numpy.signature is None:
            return [()] * self.numpy.nin
        sizes = CORE_WIDE if "_m" in self.name else CORE
        inputs = re.findall(r"\((.*?)\)", self.numpy.signature.partition("->")[0])
        return [tuple(sizes[name] for name in re.findall(r"\w+", dims)) for dims in inputs]

    @property
    def signatures(self):
        return _signatures(self.numpy)


def namespace(module):
    """The ufuncs of a module by name, aliases included."""
    found = ((name, getattr(module, name, None)) for name in dir(module))
    return {name: value for name, value in found if isinstance(value, np.ufunc)}


def _entries():
    """Each ufunc once, under the first name it is found by."""
    seen = set()
    for prefix, module in (("", np), ("strings.", np.strings), ("linalg.", _umath_linalg), ("umath.", umath)):
        for name, ufunc in namespace(module).items():
            if ufunc in seen or (module is np and ufunc.__name__ != name):
                continue
            seen.add(ufunc)
            if not ufunc.types and not _signatures(ufunc):
                continue  # what NumPy 2.5 keeps behind ndarray.real and .imag: it tells nobody what it takes
            if not (module is umath and (name.startswith("_") or name in PREPARED)) and name not in OVERWRITE:
                yield Entry(prefix + name, ufunc)


_cache = {}


def _signatures(ufunc):
    if ufunc not in _cache:
        # by name: int64 equals longlong, but they are two dtypes with a loop each
        _cache[ufunc] = tuple({str(found): found for found in (*_typed(ufunc), *_strings(ufunc))}.values())
    return _cache[ufunc]


def _dtype(char, unit):
    return np.dtype(f"{char}8[{unit}]" if char in "mM" else char)


def _typed(ufunc):
    for text in ufunc.types:
        chars = text.partition("->")[0]
        for units in UNITS if set(chars) & set("mM") else UNITS[:1]:
            yield Signature(tuple(map(_dtype, chars, itertools.cycle(units))))


def _strings(ufunc):
    """What the ufunc takes of strings, and of integers beside them; from the third operand on only integers."""
    if ufunc.signature is not None:
        return
    choices = [STRINGS] + [(*STRINGS, INTEGER)] * (ufunc.nin - 1)
    choices[2:] = [(INTEGER,)] * len(choices[2:])
    for inputs in itertools.product(*choices):
        # NumPy casts a byte-swapped U to a StringDType without swapping: what it then finds may end the process
        if {"T", "U"} <= {dtype.kind for dtype in inputs}:
            continue
        try:
            ufunc.resolve_dtypes((*inputs, *(None,) * ufunc.nout))
        except TypeError:  # also NumPy's way of saying that an output must be given
            continue
        yield Signature(inputs)


ENTRIES = tuple(_entries())
ELEMENTWISE = tuple(entry for entry in ENTRIES if entry.numpy.signature is None)
BY_KEY = {entry.key: entry for entry in ENTRIES}
