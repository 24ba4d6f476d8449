"""Operands: for every dtype the values that break things, each met by each in a binary ufunc, and random ones between them."""

import functools
import itertools
import zlib

import numpy as np

POOL = 1 << 16

WORDS = ("", "a", "A", "b", "aa", "ab", "Ab c", "ABC", "123", "12a", " x ", "\t", "zzzzz", "a\0b", "Hello Wo", "é", "½", "ǅ", "日本")


def _floats(dtype):
    info = np.finfo(dtype)
    quiet = np.array([np.nan, np.nan], dtype)
    if dtype.char in "efd":  # a second NaN of another payload shows which operand's NaN came through
        quiet.view(f"u{dtype.itemsize}")[1] |= 3
    plain = (0.0, 1.0, 0.5, 2.0, 3.0, 10.0, np.pi, 700.0, np.inf, info.smallest_subnormal, info.tiny, info.eps, info.max)
    plain = np.array(plain, dtype)
    return np.concatenate([plain, -plain, quiet, -quiet])


def _specials(dtype):
    if dtype.kind == "b":
        return np.array([False, True])
    if dtype.kind == "f":
        return _floats(dtype)
    if dtype.kind == "c":
        parts = _floats(np.empty(0, dtype).real.dtype)[[0, 1, 4, 8, 9, 12, 13, 14, 17, 21, 26, 29]]
        pairs = np.array(list(itertools.product(parts, parts)), parts.dtype)
        return pairs.view(dtype).reshape(-1)[::5].copy()
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        small = range(max(info.min, -4), 10)
        return np.array([*small, info.bits - 1, info.bits, info.min, info.min + 1, info.max - 1, info.max], dtype)
    if dtype.kind in "mM":
        return np.array(["NaT", 0, 1, -1, 2, 7, 86400, 10**6, -(10**9)], dtype)
    raise TypeError(dtype)


def _random(dtype, rng):
    if dtype.kind == "b":
        return rng.integers(0, 2, POOL).astype(bool)
    if dtype.kind == "f":
        # half of them of everyday size, half over the whole range of exponents
        half = np.finfo(dtype).maxexp - 2
        spread = np.where(np.arange(POOL) % 2, rng.integers(-half, half, POOL), 0)
        return np.ldexp(rng.normal(0, 2, POOL).astype(dtype), spread.astype("i4"))
    if dtype.kind == "c":
        part = np.empty(0, dtype).real.dtype
        out = np.empty(POOL, dtype)
        out.real, out.imag = _random(part, rng), _random(part, rng)
        return out
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        whole = rng.integers(info.min, info.max, POOL, dtype, endpoint=True)
        return np.where(np.arange(POOL) % 2, whole, rng.integers(max(info.min, -20), 20, POOL, dtype))
    if dtype.kind in "mM":
        return rng.integers(-(10**6), 10**6, POOL).astype(dtype)
    raise TypeError(dtype)


@functools.cache
def _pool(dtype, position):
    """Specials first: the first operand runs through them fast, the second slowly, so that each meets each."""
    rng = np.random.default_rng([zlib.crc32(str(dtype).encode()), position])
    with np.errstate(all="ignore"):
        if dtype.kind in "SUT":
            words = [w for w in WORDS if dtype.kind != "S" or w.isascii()]
            special = np.array(words, dtype if dtype.kind != "S" else "S8").astype(dtype)
            pool = special[rng.integers(0, len(special), POOL)]
        elif dtype.kind == "O":
            special = np.array([0, 1, 2, -3, 2.5, 12], object)
            pool = special[rng.integers(0, len(special), POOL)]
        else:
            special = _specials(dtype)
            pool = _random(dtype, rng)
            pool[::7] = special[rng.integers(0, len(special), len(pool[::7]))]
        met = np.repeat(special, len(special)) if position else np.tile(special, len(special))
        pool[: len(met)] = met[:POOL]
    pool.flags.writeable = False
    return pool


def sample(dtype, shape, position=0, salt=0):
    """A fresh C-contiguous array of values that break things; `position` tells operands apart."""
    count = int(np.prod(shape, dtype=int))
    return np.resize(np.roll(_pool(np.dtype(dtype), position), -salt), count).reshape(shape)


def _exponents(signature, position, array):
    """A negative integer exponent is an error, tested as one elsewhere; a large one takes Python's integers forever."""
    return array & 7 if position and array.dtype.kind in "iu" else array


def _definite(signature, position, array):
    """Symmetric and positive, finite: what Cholesky takes. One matrix in five stays indefinite, and must fail alike."""
    array = _finite(signature, position, array)
    good = array @ array.swapaxes(-1, -2).conj() + np.eye(array.shape[-1], dtype=array.dtype)
    return np.where((np.arange(array[..., 0, 0].size) % 5 == 4).reshape(*array.shape[:-2], 1, 1), array, good)


def _finite(signature, position, array):
    """LAPACK gives no promise on NaN and loops on some; its singular and overflowing members are enough of a trial."""
    small = np.clip(np.nan_to_num(array.real), -9, 9) + 1j * np.clip(np.nan_to_num(array.imag), -9, 9)
    return (small if array.dtype.kind == "c" else small.real).astype(array.dtype)


def _found(signature, position, array):
    """index() raises where there is nothing to find: an empty text is found anywhere from 0 on."""
    return array if position == 0 else np.full_like(array, 99) if position == 3 else np.zeros_like(array)


def _repeats(signature, position, array):
    """A text times a large integer would not fit into memory."""
    return array & 3 if array.dtype.kind == "i" and any(dtype.kind == "T" for dtype in signature.inputs) else array


DOMAINS = {"power": _exponents, "multiply": _repeats, "index": _found, "rindex": _found, "cholesky": _definite}


def domain(entry):
    if entry.key.startswith("linalg."):
        return DOMAINS.get(entry.name.partition("_")[0], _finite)
    return DOMAINS.get(entry.name, lambda signature, position, array: array)


def maker(entry, signature, salt=0):
    """make(position, shape): a fresh C-contiguous operand; the same for the same arguments."""
    restrict = domain(entry)

    def make(position, shape):
        count = int(np.prod(shape, dtype=int))
        pool = _pool(signature.inputs[position], position)
        start = salt % 997
        flat = pool[start : start + count] if start + count <= POOL else np.resize(pool, count)
        with np.errstate(all="ignore"):
            return restrict(signature, position, flat.reshape(shape).copy())

    return make


def random(n, dtype, r):
    """n elements to sort, all over the range of the dtype if they are whole numbers; r is a Generator."""
    dtype = np.dtype(dtype)
    if dtype.kind in "fcgU":
        return (r.standard_normal(n) * 100).astype(dtype)
    if dtype.kind == "b":
        return r.integers(0, 2, n).astype(dtype)
    whole = np.dtype(f"{'u' if dtype.kind == 'u' else 'i'}{dtype.itemsize}")
    info = np.iinfo(whole)
    return r.integers(info.min, info.max, n, dtype=whole, endpoint=True).view(dtype)
