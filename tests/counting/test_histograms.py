"""histogram, histogram2d, histogramdd: NumPy's counts, edges, layouts and errors, at every number of threads."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from fences import Fence
from reductions import THREADS, outcomes
from support import difference, outcome

DTYPES = "bBhHiIlLqQfd"
SIZES = (1, 2, 3, 10, 63, 64, 65, 513, 3000, 20_000)
TURN = itertools.count()


def numbers(dtype, n, seed):
    """Numbers of a kind that depends on the seed; for some, numbers that lie on edges, and what is no number."""
    rng, dtype = np.random.default_rng(seed), np.dtype(dtype)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return rng.integers(0, 100, n).astype(dtype) if seed % 3 else rng.integers(info.min, info.max, n, dtype=dtype, endpoint=True)
    x = [
        rng.normal(size=n),
        rng.integers(-10, 20, n).astype(float),
        1e16 + rng.integers(0, 50, n),
        np.full(n, rng.normal()),
        np.round(rng.normal(size=n), 1),
        rng.normal(size=n) * 1e-300,
        rng.normal(size=n) * 1e307,
    ][seed % 7]
    with np.errstate(all="ignore"):
        x = x.astype(dtype)
    if seed % 5 == 0:
        x[rng.integers(0, n, 3)] = rng.choice([np.nan, np.inf, -np.inf, 0.0, -0.0], 3)
    return x


def bins_of(m, seed):
    """What bins= and range= may be."""
    rng = np.random.default_rng(seed)
    return [
        {"bins": m},
        {"bins": m, "range": (0, 50)},
        {"bins": m, "range": [0.1, 7.7], "density": True},
        {"bins": m, "range": (np.float32(0.1), np.float32(7.7))},
        {"bins": np.linspace(-5, 60, m + 1)},
        {"bins": np.sort(rng.normal(size=m + 1) * 30)},
        {"bins": np.sort(rng.integers(-5, 60, m + 1))},
        {"bins": np.linspace(0, 50, m + 1).astype("f"), "density": True},
        {"bins": list(range(m + 2))},
        {"bins": np.r_[-np.inf, np.arange(m), np.inf]},
    ]


def check(case, label):
    with np.errstate(all="ignore"):
        want = outcome(lambda _: case(), None)
        npp.set_num_threads(THREADS[next(TURN) % 4])
        with npp.enabled():
            got = outcome(lambda _: case(), None)
    assert not (text := difference(want, got)), f"{label}, {npp.get_num_threads()} threads: {text}"


@pytest.mark.parametrize("dtype", DTYPES)
def test_histogram(dtype):
    for seed, (n, m) in enumerate(itertools.product(SIZES, (1, 2, 7, 10, 511, 1000))):
        x = numbers(dtype, n, seed)
        for keywords in bins_of(m, seed):
            check(lambda: np.histogram(x, **keywords), f"{n} in {m}: {list(keywords)}")


@pytest.mark.parametrize("dtype", "fdliB")
@pytest.mark.parametrize("naxes", [1, 2, 3, 4])
def test_histogramdd(naxes, dtype):
    for seed, (n, m) in enumerate(itertools.product((2, 10, 513, 3000), (1, 2, 7, 10))):
        columns = [numbers(dtype, n, seed + d) for d in range(naxes)]
        table = np.stack(columns, 1)
        for sample in (columns, table, np.asfortranarray(table), table[::-1]):
            for keywords in (
                {"bins": m},
                {"bins": [m + d for d in range(naxes)]},
                {"bins": m, "range": [(0, 50)] * naxes},
                {"bins": m, "range": [None] * naxes},
                {"bins": [np.linspace(-3, 50, m + 1)] * naxes},
                {"bins": [np.sort(np.random.default_rng(seed).normal(size=m + 1) * 30)] * naxes},
                {"bins": m, "density": True},
            ):
                check(lambda: np.histogramdd(sample, **keywords), f"{n}, {m} bins, {list(keywords)}")


def test_histogram2d():
    x, y = numbers("d", 3000, 7), numbers("d", 3000, 14)
    edges = np.linspace(-1, 1, 9)
    for bins in (10, (3, 4), edges, (edges, edges**3), (5, edges), [7, 8], np.array([5, 6])):
        check(lambda: np.histogram2d(x, y, bins), str(bins))
    check(lambda: np.histogram2d(x, y[1:]), "lengths")
    check(lambda: np.histogram2d(x, y.astype("f")), "dtypes")
    check(lambda: np.histogram2d(x, y, 5, weights=x), "weights")


def test_other_arguments():
    x = np.abs(numbers("d", 5000, 7))
    w = np.arange(5000.0)
    cases = [
        {"bins": name} for name in ("auto", "fd", "sturges", "wrong")
    ] + [{"bins": b} for b in (0, -1, 2.5, "a", [1], [], [2, 1], [[1, 2]], [0, np.nan, 1], 10**6, None)] + [
        {"range": r} for r in ((1, 0), (0, np.inf), (0, np.nan), (1, 1), (0,), 3, (0, 2**60), (-(10**400), 10**400))
    ] + [{"weights": w}, {"weights": w, "density": True}, {"weights": w[1:]}, {"density": False}]  # fmt: skip
    for keywords in cases:
        check(lambda: np.histogram(x, **keywords), str(keywords))
    for values in (x > 1, x.astype("e"), x.astype("g"), x + 1j, list(x), x.reshape(50, -1), x.reshape(50, -1).T, x[::3], x[::-1], x[:0], x.astype(">f8")):
        check(lambda: np.histogram(values, 5), f"{getattr(values, 'dtype', list)}")


def test_integers_beyond_float64():
    """2**53 + 1 is no float64."""
    x = 2**53 + np.arange(-50, 50)
    for dtype, keywords in itertools.product("lL", ({"bins": 7}, {"bins": [2**53 - 9, 2**53 + 1, 2**53 + 9]}, {"bins": 4, "range": (2**53 - 9, 2**53)}, {"bins": 4, "range": (0, 2**53 - 1)})):
        check(lambda: np.histogram(x.astype(dtype), **keywords), f"{dtype} {keywords}")


@pytest.mark.parametrize("under", ["ignore", "warn", "raise"])
def test_underflow_is_reported(under):
    x = np.r_[np.full(5000, 5e-324), 1e300]

    def case():
        with np.errstate(under=under):
            return np.histogram(x, 10, (0, 1e300))

    want = outcome(lambda _: case(), None)
    with npp.enabled():
        got = outcome(lambda _: case(), None)
    assert not difference(want, got)


def test_nothing_outside_is_read():
    fences = [Fence(1 << 18) for _ in range(3)]
    for n, at_end in itertools.product((2, 63, 65, 513, 3001), (False, True)):
        x, y = numbers("d", n, 7), numbers("d", n, 14)
        for edges in (np.linspace(-1, 1, 9), np.linspace(-1, 1, 9) ** 3):
            want = np.histogram2d(x, y, edges), np.histogram(x, edges)
            placed = [fence.hold(part, at_end) for fence, part in zip(fences, (x, y, edges))]
            with npp.enabled():
                got = np.histogram2d(*placed), np.histogram(placed[0], placed[2])
            assert not difference(want[0], got[0]) and not difference(want[1], got[1])


def test_they_run_in_parallel(cost_model):
    x = np.random.default_rng(0).random(1_000_000)
    assert "parallel" in outcomes(lambda: [np.histogram(x, 50) for _ in range(5)], "function.histogram")
    assert "parallel" in outcomes(lambda: [np.histogram2d(x, x) for _ in range(5)], "function.histogramdd")


def test_by_name():
    x = np.random.default_rng(0).random(10_000)
    assert not difference(np.histogram(x, 7), npp.histogram(a=x, bins=7))
    assert not difference(np.histogramdd([x, x], 3), npp.histogramdd([x, x], 3))
    assert not difference(np.histogram2d(x, x, [3, 4]), npp.histogram2d(x, x, [3, 4]))
