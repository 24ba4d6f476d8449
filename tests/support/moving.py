"""What the tests of indexing and of movement share: operands of every dtype, masks, indices, one call with and without the drop-in."""

import itertools

import numpy as np
import numpy_par as npp
from layouts import ARRANGE
from support import difference, outcome
from values import sample

SIMPLE = (*"?bBhHiIlLqQefdgFDG", "M8[s]", "m8[ms]", "S1", "S3", "S8", "U2", "V3", "V5", "V16")
# Of elements that have parts, references or another byte order most calls are NumPy's.
DTYPES = (*SIMPLE, ">f8", ">i4", ">c16", ">U2", "i4,f8", "O")
SIZES = (0, 1, 2, 63, 64, 65, 500, 4095, 4097, 10_007)
THREADS = (1, 2, 3, 7)
SHAPES = {
    "flat": lambda n: (n,),
    "grid": lambda n: (n // 7, 7),
    "wide": lambda n: (3, n // 3),
    "cube": lambda n: (5, n // 20, 4),
    "column": lambda n: (n, 1),
    "row": lambda n: (1, n),
    "0-d": lambda n: (),
}
LAYOUTS = (
    [("flat", arrange) for arrange in ARRANGE]
    + [("grid", arrange) for arrange in ARRANGE]
    + [("cube", arrange) for arrange in ("plain", "fortran", "inner", "reversed")]
    + [("wide", "plain"), ("wide", "strided"), ("column", "plain"), ("row", "inner"), ("0-d", "plain")]
)
DENSITIES = ("none", "few", "half", "most", "all", "stretches", "odd bytes", "first", "last")
MASKS = (*("plain",) * 4, "strided", "reversed", "fortran", "inner", "broadcast")
INDICES = ("l", "l", "l", "q", "i", "h", "b", "B", "H", "I", "L", "Q", ">i8")
FLAGS = ("owndata", "writeable", "c_contiguous", "f_contiguous", "aligned", "writebackifcopy")
TURN = itertools.count()


def values(dtype, shape, salt=0):
    """Any bits where each is a value, or values that break things."""
    dtype = np.dtype(dtype)
    count = int(np.prod(shape, dtype=int))
    if dtype.kind in "biuV" or dtype.char in "efdFD":
        native = dtype.newbyteorder("=") if dtype.kind == "b" else dtype
        raw = sample("B", (count, dtype.itemsize), salt=salt)
        return (raw[:, 0] > 99).reshape(shape) if native.kind == "b" else np.frombuffer(raw.tobytes(), dtype).reshape(shape).copy()
    native = np.dtype("T") if dtype.kind == "T" else dtype.newbyteorder("=")
    return sample(native, shape, salt=salt).astype(dtype)


def limited(dtype, n):
    """Fewer elements of those that take long to compare."""
    return min(n, 127) if np.dtype(dtype).kind in "OT" else n


def mask(shape, density, arrange="plain", seed=0):
    n = int(np.prod(shape, dtype=int))
    drawn = np.random.default_rng([seed, n]).random(n)
    share = {"none": 0, "few": 0.001, "half": 0.5, "most": 0.9, "all": 1, "stretches": 0.03, "odd bytes": 0.4}
    found = drawn < share.get(density, 0)
    if density == "stretches":
        found = np.cumsum(found) % 2 == 1
    elif density == "odd bytes":
        found = (found * (1 + drawn * 600).astype("B").clip(1)).view("?")
    elif density in ("first", "last") and n:
        found[0 if density == "first" else -1] = True
    found = found.reshape(shape)
    if arrange == "broadcast":
        return np.broadcast_to(found[..., :1], shape) if n else found
    return ARRANGE[arrange](found)


def index(length, shape, dtype="l", seed=0):
    """Indices that are in bounds, from either end."""
    dtype = np.dtype(dtype)
    info = np.iinfo(dtype)
    low, high = max(-length, int(info.min)), min(length, int(info.max))
    rng = np.random.default_rng([seed, length])
    return rng.integers(low, max(high, low + 1), shape).astype(dtype)


def facts(result):
    """What a caller can see of arrays beside their elements: flags, and of what they are views."""
    if isinstance(result, (tuple, list)):
        return [facts(part) for part in result]
    if not isinstance(result, np.ndarray):
        return None
    base = result.base
    of = (base.shape, base.strides, base.dtype) if isinstance(base, np.ndarray) else type(base)
    return [*(getattr(result.flags, flag) for flag in FLAGS), of, result.dtype.metadata]


def check(case, label):
    """case() builds its operands itself and calls NumPy; the same with and without the drop-in.

    One number of threads for some cases, then the next: each change costs a new team.
    """
    threads = THREADS[next(TURN) // 20 % len(THREADS)]
    want = outcome(lambda _: case(), None)
    npp.set_num_threads(threads)
    with npp.enabled():
        got = outcome(lambda _: case(), None)
    text = difference(want, got)
    if not text and facts(want.result) != facts(got.result):
        text = f"flags and base {facts(got.result)}, NumPy has {facts(want.result)}"
    assert not text, f"{label}, {threads} threads: {text}"


def changed(target, change):
    """What a change leaves of a target, and what it says if it fails."""
    try:
        return change(target), np.array(target)
    except Exception as error:
        return type(error), str(error), np.array(target)
