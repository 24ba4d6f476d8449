"""unique against NumPy's, of each dtype, pattern, size and number of threads, bit for bit; and the functions that call it."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from values import random

NUMPY = tuple(map(int, np.__version__.split(".")[:2]))
DTYPES = [*"?bBhHiIqQlLfd", "M8[s]", "m8[ms]"]
OTHERS = ["e", "F", "g", "U3"]
# Around what is small, sorted on one thread, in blocks, in buckets.
SIZES = [0, 1, 2, 10, 255, 256, 257, 1000, 16383, 16384, 16385, 65535, 65536, 65537, 131072, 200_001]
THREADS = [1, 2, 3, 7]


def special(n, dtype, r):
    """Many NaNs of several payloads, zeros of both signs and infinities; NaTs; the extremes of integers."""
    x = random(n, dtype, r)
    if x.dtype.kind == "f" and x.dtype.itemsize <= 8:
        x[::5], x[1::7], x[2::11] = 0.0, -0.0, -np.inf
        bits = x.view(f"u{x.dtype.itemsize}")
        nan = np.array(np.nan, x.dtype).view(bits.dtype)
        bits[3::13], bits[4::17] = nan, nan | bits.dtype.type(5)
    elif x.dtype.kind in "mM":
        x[::5] = "NaT"
    elif x.dtype.kind in "iu":
        x[::5], x[1::7] = np.iinfo(x.dtype).min, np.iinfo(x.dtype).max
    return x


PATTERNS = {
    "random": random,
    "special": special,
    "zeros": lambda n, dtype, r: np.zeros(n, dtype),
    "infinite": lambda n, dtype, r: np.where(np.arange(n) % 3, random(n, dtype, r), np.array(np.inf).astype(dtype)) if np.dtype(dtype).kind == "f" else random(n, dtype, r),
    "equal": lambda n, dtype, r: np.repeat(random(1, dtype, r), n),
    "few distinct": lambda n, dtype, r: random(16, dtype, r)[r.integers(0, 16, n)],
    "small range": lambda n, dtype, r: r.integers(0, 100, n).astype(np.dtype(dtype).str.replace("M", "m")).view(dtype) if np.dtype(dtype).kind in "mM" else r.integers(0, 100, n).astype(dtype),
    "long runs": lambda n, dtype, r: np.repeat(random(7, dtype, r), n // 7 + 1)[:n],
    "sorted": lambda n, dtype, r: np.sort(random(n, dtype, r)),
    "equal but one": lambda n, dtype, r: np.where(np.arange(n) == n - 2, random(1, dtype, r), np.zeros(1, dtype)),
    "pairs": lambda n, dtype, r: np.sort(np.repeat(random(n // 2 + 1, dtype, r), 2)[:n]),
    "reversed": lambda n, dtype, r: np.sort(random(n, dtype, r))[::-1].copy(),
}


def same(got, wanted):
    got, wanted = (x if isinstance(x, tuple) else (x,) for x in (got, wanted))
    assert len(got) == len(wanted)
    for a, b in zip(got, wanted):
        assert type(a) is type(b) and a.dtype == b.dtype and a.shape == b.shape and a.strides == b.strides
        assert a.flags.c_contiguous and a.flags.owndata == b.flags.owndata and a.flags.writeable
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("counts", [False, True])
@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_bits(dtype, pattern, counts, cost_model):
    threads = itertools.cycle(THREADS)
    for i, n in enumerate(SIZES):
        x = PATTERNS[pattern](n, dtype, np.random.default_rng(i))
        before = x.copy()
        for equal_nan in (True, False):
            wanted = np.unique(x, return_counts=counts, equal_nan=equal_nan)
            with npp.threads(next(threads)):
                same(npp.unique(x, return_counts=counts, equal_nan=equal_nan), wanted)
                if pattern != "special" or x.dtype.kind != "f":  # there NumPy's sort is ours, by value
                    with npp.enabled():
                        same(np.unique(x, return_counts=counts, equal_nan=equal_nan), wanted)
        assert x.tobytes() == before.tobytes()


@pytest.mark.parametrize("dtype", ["i", "q", "d", "H", "?"])
@pytest.mark.parametrize("n", [1000, 100_000])
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_calls(n, dtype, cost_model):
    """Other layouts, keywords, outputs and types of arguments."""
    x = random(n, dtype, np.random.default_rng(1))
    arrays = [x.reshape(10, -1), np.asfortranarray(x.reshape(10, -1)), x[::2], x[::-1], x.reshape(10, -1)[:, ::2], x.astype(x.dtype.newbyteorder()), x.tolist(), np.matrix(x), np.ma.array(x), x[:1].reshape(()), x[:0].reshape(0, 3)]
    ways = [{}, {"return_counts": True}, {"return_index": True}, {"return_inverse": True}, {"return_index": True, "return_inverse": True, "return_counts": True}, {"return_counts": 1}, {"axis": None}]
    for a, kwargs in itertools.product(arrays, ways):
        wanted = np.unique(a, **kwargs)
        for got in (npp.unique(a, **kwargs), npp.unique(ar=a, **kwargs)):
            for g, w in zip(got if isinstance(got, tuple) else (got,), wanted if isinstance(wanted, tuple) else (wanted,)):
                assert type(g) is type(w) and g.dtype == w.dtype and g.shape == w.shape
                assert np.asarray(g).tobytes() == np.asarray(w).tobytes()
    same(npp.unique(x, False, False, True), np.unique(x, False, False, True))
    same(npp.unique(x, axis=0), np.unique(x, axis=0))
    for bad in ({"axis": 1}, {"axes": 0}, {"return_counts": np.ones(2)}):
        with pytest.raises(Exception) as wanted:
            np.unique(x, **bad)
        with pytest.raises(wanted.type) as got:
            npp.unique(x, **bad)
        assert str(got.value) == str(wanted.value)


@pytest.mark.parametrize("dtype", OTHERS)
def test_other_dtypes(dtype):
    x = random(100_000, dtype, np.random.default_rng(1))
    same(npp.unique(x, return_counts=True), np.unique(x, return_counts=True))


@pytest.mark.parametrize("dtype", ["i", "Q", "d", "B"])
def test_any_order(dtype, cost_model):
    """The order of NumPy's table is NumPy's; ours ascends."""
    x = random(100_000, dtype, np.random.default_rng(1))
    same(npp.unique_values(x), np.unique(x, equal_nan=False))
    wanted = np.unique_values(x)
    with npp.enabled():
        same(np.unique_values(x), wanted)
    if NUMPY >= (2, 3):
        same(npp.unique(x, sorted=False), np.unique(x, sorted=False))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [300, 70_000])
def test_callers(n, dtype, cost_model):
    """NumPy's functions that call np.unique."""
    r = np.random.default_rng(1)
    x, y = (random(n // 2, dtype, r)[r.integers(0, n // 2, n)] for _ in range(2))
    y[::3] = x[::3]
    functions = [np.union1d, np.intersect1d, np.setdiff1d, np.setxor1d, np.isin, lambda x, y: np.intersect1d(x, y, return_indices=True), lambda x, _: tuple(np.unique_counts(x)), lambda x, _: tuple(np.unique_all(x)), lambda x, _: tuple(np.unique_inverse(x))]
    for function in functions:
        wanted = function(x, y)
        with npp.enabled(), npp.threads(3):
            same(function(x, y), wanted)


@pytest.mark.skipif(NUMPY < (2, 3), reason="has no table")
def test_explain(cost_model):
    x = np.arange(100_000)[::-1].copy()
    assert npp.explain(np.unique, x).parallel
    for kwargs in ({"return_inverse": True}, {"return_counts": True}, {"axis": 0}, {"sorted": False}, {"return_index": 1}):
        assert "not the sorted values" in npp.explain(np.unique, x, **kwargs).reason
    assert "contiguous" in npp.explain(np.unique, x[::2]).reason
    assert "integers" in npp.explain(np.unique, 1.0 * x).reason
    assert "judge" in npp.explain(np.unique, x, equal_nan=1).reason
