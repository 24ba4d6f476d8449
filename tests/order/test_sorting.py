"""sort and argsort against NumPy's, of each dtype, pattern, size and number of threads: stable ones by bits, others by value."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from fences import Fence
from support import run_python
from values import random

FLOATS = ["e", "f", "d"]
INTEGERS = list("?bBhHiIqQ")
TIMES = ["M8[s]", "m8[ms]"]
DTYPES = FLOATS + INTEGERS + TIMES
# Around what is sorted in registers, in vectors, in buckets, and by counting.
SIZES = [500, 513, 1000, 4095, 16384, 16385, 65537, 131072]
THREADS = [1, 2, 3, 7]
by_dtype = pytest.mark.parametrize("dtype", DTYPES)


def with_special(n, dtype, r):
    """Many NaNs or NaTs of any bits, zeros of both signs, subnormals, infinities; of integers, the extremes."""
    x = random(n, dtype, r)
    dtype = x.dtype
    if dtype.kind == "f":
        bits = x.view(f"u{dtype.itemsize}")
        sign = bits.dtype.type(1) << bits.dtype.type(8 * dtype.itemsize - 1)
        tiny = r.integers(1, 100, n).astype(bits.dtype)
        nan = np.array(np.nan, dtype).view(bits.dtype)
        values = [(bits.dtype.type(0), 5), (sign, 7), (tiny, 11), (tiny | sign, 13), (nan | tiny, 17), (nan | tiny | sign, 19)]
        for value, step in values:
            bits[step::step] = np.broadcast_to(value, n)[step::step]
        x[3::23], x[4::29] = np.inf, -np.inf
    elif dtype.kind in "mM":
        x[::5] = "NaT"
    elif dtype.kind != "b":
        x[::5], x[1::7] = np.iinfo(dtype).min, np.iinfo(dtype).max
    return x


PATTERNS = {
    "random": random,
    "special": with_special,
    "sorted": lambda n, dtype, r: np.sort(random(n, dtype, r)),
    "reversed": lambda n, dtype, r: np.sort(random(n, dtype, r))[::-1].copy(),
    "equal": lambda n, dtype, r: np.repeat(random(1, dtype, r), n),
    "two values": lambda n, dtype, r: random(2, dtype, r)[r.integers(0, 2, n)],
    "few distinct": lambda n, dtype, r: random(16, dtype, r)[r.integers(0, 16, n)],
    "mostly one": lambda n, dtype, r: np.where(r.random(n) < 0.95, random(1, dtype, r), random(n, dtype, r)),
    "saw-tooth": lambda n, dtype, r: np.sort(random(100, dtype, r))[np.arange(n) % 100],
    "organ pipe": lambda n, dtype, r: np.sort(random(n, dtype, r))[np.minimum(np.arange(n), np.arange(n)[::-1])],
    "almost sorted": lambda n, dtype, r: np.where(np.arange(n) % 97, np.sort(random(n, dtype, r)), random(n, dtype, r)),
}


def cases(dtype):
    """Each pattern with each size; the threads in turn, so that each size meets each number."""
    threads = itertools.cycle(THREADS)
    for i, (pattern, size) in enumerate(itertools.product(PATTERNS, SIZES)):
        if i % len(SIZES) == 0:
            next(threads)
        yield pattern, size, next(threads), PATTERNS[pattern](size, dtype, np.random.default_rng(i))


def integers(x):
    return x.view(f"u{x.dtype.itemsize}")


def check_sorted(got, wanted, of):
    """The same values, as many NaNs at the end, and the very elements that there were."""
    assert got.dtype == wanted.dtype and got.shape == wanted.shape and got.strides == wanted.strides
    assert np.array_equal(got, wanted, equal_nan=True)
    if got.dtype.kind != "f":
        assert got.tobytes() == wanted.tobytes()
    elif not np.isnan(of).any():  # else the sort may have been NumPy's, which gives NaNs other bits
        assert np.array_equal(np.sort(integers(got), None), np.sort(integers(np.ascontiguousarray(of)), None))


def test_each_size_meets_each_number_of_threads():
    met = {(size, threads) for _, size, threads, _ in cases("d")}
    assert met == set(itertools.product(SIZES, THREADS))


@by_dtype
def test_sort(dtype):
    for pattern, size, threads, x in cases(dtype):
        npp.set_num_threads(threads)
        wanted, before = np.sort(x), x.copy()
        check_sorted(npp.sort(x), wanted, x)
        assert x.tobytes() == before.tobytes(), (pattern, size)
        with npp.enabled():
            x.sort()
        check_sorted(x, wanted, before)


@by_dtype
def test_stable_sort_has_numpys_bits(dtype):
    for pattern, size, threads, x in cases(dtype):
        npp.set_num_threads(threads)
        wanted = np.sort(x, kind="stable")
        for keywords in ({"kind": "stable"}, {"kind": "mergesort"}, {"stable": True}):
            assert npp.sort(x, **keywords).tobytes() == wanted.tobytes(), (pattern, size, keywords)
        numpys = np.sort(x)
        with npp.enabled(exact=True):
            assert np.sort(x).tobytes() == numpys.tobytes(), (pattern, size)


@by_dtype
def test_argsort_is_the_stable_one(dtype):
    for pattern, size, threads, x in cases(dtype):
        npp.set_num_threads(threads)
        wanted = np.argsort(x, kind="stable")
        for keywords in ({}, {"kind": "quicksort"}, {"kind": "heapsort"}, {"kind": "stable"}, {"stable": True}):
            got = npp.argsort(x, **keywords)
            assert got.dtype == wanted.dtype and np.array_equal(got, wanted), (pattern, size, threads, keywords)


@pytest.mark.parametrize("dtype", ["d", "q", "Q", "M8[s]"])
@pytest.mark.parametrize("n", [500, 100_000])
def test_argsort_of_keys_that_differ_in_their_last_bits(dtype, n):
    """The first bits and the index fill a word; elements that differ behind them are sorted once more."""
    r = np.random.default_rng(3)
    for distinct in (3, 1000):
        bits = np.uint64(1 << 62) + r.integers(0, distinct, n).astype("u8")
        bits[:2] = 5, (1 << 63) - 9
        x = bits.view(dtype)
        assert np.array_equal(npp.argsort(x), np.argsort(x, kind="stable"))


@pytest.mark.parametrize("dtype", ["f", "d", "i", "Q", "M8[s]"])
@pytest.mark.parametrize("shape", [(300, 40), (7, 700), (1, 3000), (3, 50, 60), (0, 5), (600, 1)])
def test_axes_and_strides(dtype, shape):
    x = with_special(int(np.prod(shape)), dtype, np.random.default_rng(1)).reshape(shape)
    for layout, axis in itertools.product((x, x.T, x[::-1, ::-1], np.asfortranarray(x), x[..., ::2]), range(-x.ndim, x.ndim)):
        check_sorted(npp.sort(layout, axis), np.sort(layout, axis), layout)
        indices = npp.argsort(layout, axis), np.argsort(layout, axis, kind="stable")
        assert np.array_equal(*indices) and indices[0].strides == indices[1].strides
        base = x.copy()
        view = np.lib.stride_tricks.as_strided(base[::1], layout.shape, layout.strides) if layout.base is x.T else layout.copy("K")
        with npp.enabled():
            view.sort(axis)
        check_sorted(view, np.sort(layout, axis).copy("K"), layout) if view.strides == np.sort(layout, axis).strides else None
        assert np.array_equal(view, np.sort(layout, axis), equal_nan=True)


@pytest.mark.parametrize("dtype", ["d", "i", "h"])
def test_strided_lines_in_place(dtype):
    base = random(40_000, dtype, np.random.default_rng(2))
    for step in (2, -1, -3):
        ours, numpys = base.copy(), base.copy()
        with npp.enabled():
            ours[::step].sort()
        numpys[::step].sort()
        assert np.array_equal(ours, numpys)


@pytest.mark.parametrize("dtype", ["i", "q", "f", "d"])
def test_every_short_length(dtype):
    """Rows are sorted one by one, so that the engine sees lines of any length."""
    r = np.random.default_rng(4)
    lengths = {*range(2, 301), *(2**k + i for k in range(9, 13) for i in (-1, 0, 1))}
    for n in lengths:
        x = random(2 * n + 500 // n * n, dtype, r)
        for rows in (x, x[r.integers(0, 3, len(x))]):
            rows = rows[: len(rows) // n * n].reshape(-1, n)
            check_sorted(npp.sort(rows), np.sort(rows), rows)


@pytest.mark.parametrize("dtype", ["b", "h", "e", "i", "f", "q", "d"])
@pytest.mark.parametrize("at_end", [False, True])
def test_nothing_is_touched_beside_the_array(dtype, at_end):
    dtype, r = np.dtype(dtype), np.random.default_rng(5)
    fence = Fence(70_000 * dtype.itemsize)
    for n in (500, 511, 999, 16_385, 70_000):
        for pattern in ("random", "special", "two values", "reversed"):
            x = PATTERNS[pattern](n, dtype, r)
            held = fence.hold(x, at_end)
            assert np.array_equal(npp.argsort(held), np.argsort(x, kind="stable"))
            check_sorted(npp.sort(held), np.sort(x), x)
            with npp.enabled():
                held.sort()
            check_sorted(held, np.sort(x), x)


@pytest.mark.parametrize("dtype", ["i", "d"])
def test_many_steps_are_never_needed(dtype):
    """Values that make each pivot the least of what is left: where it samples, they are low."""
    n = 30_000
    x = np.arange(n).astype(dtype)
    for step in (2, 3, 7, 64, n // 7, n // 8):
        y = x.copy()
        y[::step] = -np.arange(len(y[::step]))
        check_sorted(npp.sort(y), np.sort(y), y)


REFUSED = [
    lambda f, x: f(x, kind="bogus"),
    lambda f, x: f(x, axis=5),
    lambda f, x: f(x, kind="stable", stable=True),
    lambda f, x: f(x, order="name"),
    lambda f, x: f(x, nonsense=1),
    lambda f, x: f(),
]


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("name", ["sort", "argsort"])
def test_numpy_raises(case, name):
    x = np.arange(1000.0)
    with pytest.raises(Exception) as numpys:
        case(getattr(np, name), x)
    with npp.enabled(), pytest.raises(type(numpys.value)) as ours:
        case(getattr(np, name), x)
    assert str(ours.value) == str(numpys.value)


def test_what_numpy_sorts():
    """Other dtypes, byte orders, memory that is not aligned or read-only, all elements in a row."""
    r = np.random.default_rng(6)
    x = r.random(2000)
    odd = np.zeros(2000, [("a", "b"), ("x", "d")])["x"]
    odd[:] = x
    for y in (x.astype(">f8"), x + 1j, x.astype("g"), x.astype("S"), x.astype("U"), x.astype(object), odd, np.ma.array(x)):
        with npp.enabled():
            assert np.array_equal(np.sort(y), np.sort(np.array(y)))
            assert np.array_equal(np.argsort(y, kind="stable"), np.argsort(np.array(y), kind="stable"))
    assert np.array_equal(npp.sort(x.reshape(20, 100), None), np.sort(x))
    x.flags.writeable = False
    with npp.enabled(), pytest.raises(ValueError, match="read-only"):
        x.sort()


@pytest.mark.parametrize("n", [2, 50, 3_000, 200_000])
def test_a_default_argsort(n):
    """A long line: the stable order, at each call. Else NumPy's indices, so that calls of both do not differ."""
    long = n >= 1 << 15
    distinct = np.random.default_rng(n).permutation(n)
    ties = distinct.copy()
    ties[n // 2] = ties[0]
    for dtype in "lidf":
        for x in (distinct, ties, np.sort(ties), np.zeros(n), distinct * 2.0**40, np.where(distinct < 2, np.nan, distinct)):
            x = x.astype(dtype) if dtype in "df" or not np.isnan(x).any() and abs(x).max() < 2**31 else x
            numpys, stable = np.argsort(x), np.argsort(x, kind="stable")
            few = dtype in "df" and len(np.unique(x)) < 3
            want = stable if long and not few else numpys, np.argsort(x.reshape(-1, 2), 0)
            with npp.enabled(), npp.precision("close"):
                got = [(np.argsort(x), np.argsort(x.reshape(-1, 2), 0)) for _ in range(5)]
            assert all(np.array_equal(want[0], lines) and np.array_equal(want[1], columns) for lines, columns in got), dtype
            with npp.enabled(exact=True):
                assert np.array_equal(np.argsort(x), numpys)
    assert npp.explain(np.argsort, ties).reason is None or "CPU" in npp.explain(np.argsort, ties).reason


@pytest.mark.parametrize("dtype", [d for d in DTYPES if d not in FLOATS])
def test_argsort_of_few_values(dtype):
    """Integers of a small range are counted: about the limits of values, of shares, and of what is counted one by one."""
    threads = itertools.cycle(THREADS)
    for n, values in itertools.product((32_768, 32_775, 100_001, 600_000), (1, 2, 4, 5, 100, 511, 512, 513, 8192, 8193)):
        r = np.random.default_rng(values)
        least = 0 if np.dtype(dtype).kind in "bu" else -3
        x = (r.integers(0, values, n) + least).astype(dtype)
        x[r.integers(0, n)] = np.array(values - 1 + least).astype(dtype)
        npp.set_num_threads(next(threads))
        want = np.argsort(x, kind="stable")
        for y, place in ((x, want), (np.repeat(x, 2)[::2], want)):
            assert np.array_equal(npp.argsort(y), place), (n, values)
            with npp.enabled(), npp.precision("close"):
                assert np.array_equal(np.argsort(y), place) and np.array_equal(y.argsort(), place), (n, values)


def test_trials_do_not_change_the_order():
    """A program whose calls are timed with both codes sees one order of equal elements."""
    code = """
        import numpy as np, numpy_par as npp
        x = np.random.default_rng(0).integers(0, 50, 40_000)
        want, numpys = np.argsort(x, kind="stable"), np.argsort(x)
        npp.enable()
        print(all(np.array_equal(np.argsort(x), want) for _ in range(400)), np.array_equal(numpys, want))
    """
    assert run_python(code, env={"NUMPY_PAR_MIN_ELEMENTS": ""}).split() == ["True", "False"]


def test_ctrl_c_loses_nothing():
    code = """
        import os, signal, threading, time
        import numpy as np, numpy_par as npp
        npp.set_num_threads(2)
        x = np.random.default_rng(0).permutation(20_000_000).astype("f8")
        total = x.sum()
        for after in (0.05, 0.15, 0.3):
            y = x.copy()
            threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT)).start()
            try:
                with npp.enabled():
                    for _ in range(20):
                        y = x.copy()
                        y.sort()
            except KeyboardInterrupt:
                pass
            time.sleep(after)
            counts = np.bincount(y.astype("i8"), minlength=len(x))
            assert y.sum() == total and counts.min() == counts.max() == 1, after
    """
    run_python(code, timeout=120, env={"NUMPY_PAR_MIN_ELEMENTS": "1"})


def test_fork():
    code = """
        import os
        import numpy as np, numpy_par as npp
        npp.set_num_threads(3)
        x = np.random.default_rng(0).random(300_000)
        wanted = np.sort(x)
        assert np.array_equal(npp.sort(x), wanted)
        if (child := os.fork()) == 0:
            os._exit(not (np.array_equal(npp.sort(x), wanted) and np.array_equal(x[npp.argsort(x)], wanted)))
        assert os.waitpid(child, 0)[1] == 0
        assert np.array_equal(npp.sort(x), wanted)
    """
    run_python(code, timeout=60, env={"NUMPY_PAR_MIN_ELEMENTS": "1"})
