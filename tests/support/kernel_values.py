"""Numbers to try kernels on: the edges of each type, any bits, and ordinary ones."""

import itertools
import platform

import numpy as np
import numpy_par as npp

LEVELS = ["neon"] if platform.machine() == "aarch64" else ["baseline", "avx2", "avx512"]
LEVEL = npp.show_config("dicts")["cpu"]["kernels"]  # in use
HAS = LEVELS[: LEVELS.index(LEVEL) + 1]  # at least; the one in use is the last

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.0, 3.0, 10.0, 0.1, -0.1, np.pi, -np.pi / 2, 1e-5, 700.0, 710.0, -745.0, 88.0, -104.0, 1e10, -1e10, 0.9999, 1.0001, np.inf, -np.inf, np.nan]
# Each with each makes many: fewer of them.
SPECIAL_PARTS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 88.8, -710.0, 1e30, -1e-30, np.inf, -np.inf, np.nan]


def numpys(name):
    """NumPy's ufunc: np.clip is a function, which is made of one."""
    ufunc = getattr(np, name, None)
    return ufunc if isinstance(ufunc, np.ufunc) else getattr(np._core.umath, name)


def npps(name):
    """The one of ours that has taken its place."""
    return npp.parallelize(numpys(name))


def special(code):
    """Values at the edges of what a type has, and in between."""
    dtype = np.dtype(code)
    if dtype.kind == "b":
        return np.array([False, True])
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        powers = {sign * 2**k + d for k in range(0, dtype.itemsize * 8, 3) for d in (-1, 0, 1) for sign in (1, -1)}
        values = {0, 1, 2, 3, 5, 7, 10, 12, 100, -1, -2, -3, -10, info.min, info.min + 1, info.max, info.max - 1, info.max // 2} | powers
        return np.array(sorted(v for v in values if info.min <= v <= info.max), dtype)
    if dtype.kind == "c":
        real = np.dtype(f"f{dtype.itemsize // 2}")
        info = np.finfo(real)
        with np.errstate(all="ignore"):
            parts = np.array([*SPECIAL_PARTS, info.max, -info.tiny, info.smallest_subnormal], real)
        pairs = np.array(list(itertools.product(parts, parts)), real)
        return np.ascontiguousarray(pairs).view(dtype).reshape(-1)
    info = np.finfo(dtype)
    edges = [info.max, info.tiny, info.smallest_subnormal, info.eps, info.max / 2, info.tiny * 1.5]
    with np.errstate(all="ignore"):
        values = np.array([*SPECIAL, *edges, *(-x for x in edges), *(2.0**n for n in range(-30, 31, 6))]).astype(dtype)
    bits = values.view(f"u{dtype.itemsize}")
    signalling = {2: 0x7D00, 4: 0x7FA0_0000, 8: 0x7FF4_0000_0000_0000}[dtype.itemsize]
    bits = np.append(bits, bits.dtype.type(signalling))
    return np.unique(bits).view(dtype)


def any_bits(code, size, seed=0):
    """Numbers of every order of magnitude, NaNs and infinities among them."""
    dtype = np.dtype(code)
    raw = np.random.default_rng(seed).integers(0, 256, size * dtype.itemsize, np.uint8)
    return raw.view(dtype).copy() if dtype.kind != "b" else raw.view(np.uint8) > 127


def ordinary(code, size, scale=100, seed=0):
    """Numbers as programs have them; of integers, those not far from zero."""
    dtype = np.dtype(code)
    rng = np.random.default_rng(seed)
    if dtype.kind in "iub":
        low = 0 if dtype.kind in "ub" else -min(scale, 128)
        return rng.integers(low, 2 if dtype.kind == "b" else min(scale, 127), size).astype(dtype)
    if dtype.kind == "c":
        return (rng.normal(0, scale, size) + 1j * rng.normal(0, scale, size)).astype(dtype)
    return rng.normal(0, scale, size).astype(dtype)


def positive(code, size, low=1, high=100, seed=0):
    """Numbers from which nothing overflows, is divided by zero or has no logarithm."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(low, high, size)
    return (x + 1j * x[::-1]).astype(code) if np.dtype(code).kind == "c" else x.astype(code)


def cross(codes):
    """Arrays for all inputs: each special value of one with each of the others."""
    values = [special(code) for code in codes]
    if len(codes) == 1:
        return values
    return [x.reshape(-1).copy() for x in np.meshgrid(*values, indexing="ij")]


def pairs_to_raise(codes, most=700):
    """Special values with each other, alone in a call; a sample where they are too many."""
    values = list(zip(*cross(codes)))
    return values if len(values) <= most else values[:: len(values) // most + 1]


def inputs(codes, size=60_000):
    """Arrays for all inputs: special values with each other, then any bits, then ordinary numbers."""
    arrays = [[x] for x in cross(codes)]
    for k, code in enumerate(codes):
        if code == "e" and len(codes) == 1:
            arrays[k].append(np.arange(65536, dtype=np.uint16).view("e"))
        arrays[k].append(any_bits(code, size, k))
        with np.errstate(all="ignore"):
            arrays[k].append(ordinary(code, size, seed=k))
            quarters = np.random.default_rng(k).integers(-50, 50, size // 3) * np.float64(0.25)
            arrays[k].append(np.abs(quarters).astype(code) if np.dtype(code).kind in "ub" else quarters.astype(code))
    return [np.concatenate(parts) for parts in arrays]


def legal(name, operands):
    """Operands for which there is a result: integers have no negative powers."""
    if name == "power" and operands[1].dtype.kind == "i":
        return [operands[0], operands[1] & np.iinfo(operands[1].dtype).max]
    return operands


def as_bits(result):
    """Bytes of a result or of several, one row an element; all NaNs alike."""
    results = result if isinstance(result, tuple) else (result,)
    parts = []
    for array in results:
        array = np.array(array)
        size = array.size
        if array.dtype.kind == "c":
            array = array.reshape(-1).view(f"f{array.itemsize // 2}")
        if array.dtype.kind == "f":
            array[np.isnan(array)] = np.nan
        parts.append(array.reshape(-1).view(np.uint8).reshape(size, -1))
    return np.hstack(parts)
