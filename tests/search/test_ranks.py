"""searchsorted, digitize and interp: NumPy's answers for every dtype, size of the sorted array, pattern of keys, and number of threads."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from fences import Fence
from reductions import THREADS, outcomes
from support import difference, outcome

DTYPES = (*"?bBhHiIlLqQefd", "m8[s]", "M8[D]")
SIZES = (0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 63, 64, 65, 100, 129, 1000, 9000)
KEYS = (1, 2, 5, 513, 2000)
TURN = itertools.count()


def special(dtype):
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return np.array([info.min, info.max, info.max - 1, 0, 1], dtype)
    if dtype.kind == "b":
        return np.array([False, True])
    if dtype.kind in "mM":
        return np.array([np.iinfo("i8").min, np.iinfo("i8").max, 0, 1, -1]).view(dtype)
    return np.array([np.inf, -np.inf, 0.0, -0.0, np.nan, -np.nan, np.finfo(dtype).max, np.finfo(dtype).tiny / 2], dtype)


def numbers(dtype, n, seed):
    """Few different numbers for some seeds; the ends of the dtype, zeros of both signs, NaN and NaT among them."""
    rng, dtype = np.random.default_rng(seed), np.dtype(dtype)
    x = rng.integers(0, 30, n) if seed % 2 else rng.integers(-(2**62), 2**62, n)
    x = x.view(dtype) if dtype.kind in "mM" else rng.normal(size=n).astype(dtype) if dtype.kind == "f" and not seed % 2 else x.astype(dtype)
    if seed % 3 and n:
        x[rng.integers(0, n, n // 9 + 1)] = rng.choice(special(dtype), n // 9 + 1)
    return x


PATTERNS = {
    "random": lambda dtype, n, a, seed: numbers(dtype, n, seed + 1),
    "sorted": lambda dtype, n, a, seed: np.sort(numbers(dtype, n, seed + 1)),
    "reversed": lambda dtype, n, a, seed: np.sort(numbers(dtype, n, seed + 1))[::-1],
    "strided": lambda dtype, n, a, seed: numbers(dtype, 3 * n, seed + 1)[::3],
    "all equal": lambda dtype, n, a, seed: np.full(n, numbers(dtype, 1, seed)[0]),
    "elements": lambda dtype, n, a, seed: np.resize(a, n) if len(a) else numbers(dtype, n, seed),
    "special": lambda dtype, n, a, seed: np.resize(special(dtype), n),
    "two axes": lambda dtype, n, a, seed: numbers(dtype, 2 * n, seed).reshape(2, n).T,
}


def check(case, label):
    want = outcome(lambda _: case(), None)
    npp.set_num_threads(THREADS[next(TURN) % 4])
    with npp.enabled():
        got = outcome(lambda _: case(), None)
    assert not (text := difference(want, got)), f"{label}, {npp.get_num_threads()} threads: {text}"


def test_the_table_is_complete():
    """Every dtype that NumPy's numbers and times have, of which elements are no more than 8 bytes."""
    real = {np.dtype(c) for c in np.typecodes["AllInteger"] + np.typecodes["Float"] + "?" if np.dtype(c).itemsize <= 8}
    assert real == {np.dtype(d) for d in DTYPES if np.dtype(d).kind not in "mM"}


@pytest.mark.parametrize("dtype", DTYPES)
def test_searchsorted(dtype):
    for seed, (n, k, (name, pattern)) in enumerate(itertools.product(SIZES, KEYS, PATTERNS.items())):
        a = np.sort(numbers(dtype, n, seed))
        keys = pattern(dtype, k, a, seed)
        for side in ("left", "right"):
            check(lambda: a.searchsorted(keys, side), f"{k} keys in {n}, {name}, {side}")


@pytest.mark.parametrize("dtype", DTYPES)
def test_digitize(dtype):
    for seed, (n, k) in enumerate(itertools.product(SIZES, KEYS)):
        edges, keys = np.sort(numbers(dtype, n, seed)), numbers(dtype, k, seed + 1)
        for right, order in itertools.product((False, True), (1, -1)):
            check(lambda: np.digitize(keys, edges[::order], right), f"{k} in {n}")


@pytest.mark.parametrize("kinds", [*itertools.product("?bHiIqQefd", repeat=2)], ids="".join)
def test_two_dtypes(kinds):
    for seed, (n, k) in enumerate(itertools.product((1, 9, 1000), (3, 600))):
        a, keys = np.sort(numbers(kinds[0], n, seed)), numbers(kinds[1], k, seed)
        for side in ("left", "right"):
            check(lambda: a.searchsorted(keys, side), f"{k} keys in {n}")


def test_arrays_of_other_layouts():
    for n, k in itertools.product((9, 1000), (5, 2000)):
        a, keys = np.sort(numbers("d", n, 4)), numbers("d", k, 5)
        swapped = a.astype(">f8")
        twice = np.repeat(a, 2)[::2]
        times = np.arange(-n, n, 2).view("m8[s]")
        for side in ("left", "right"):
            check(lambda: (swapped.searchsorted(keys, side), twice.searchsorted(keys, side), a[::-1][::-1].searchsorted(keys.astype(">f8"), side)), side)
            for order in (np.arange(n), np.arange(n)[::-1], np.random.default_rng(n).permutation(n), np.arange(n).astype("i4"), np.arange(n + 1), np.arange(n) - 1, np.arange(n) + 1):
                shuffled = np.full(n, np.nan)
                shuffled[order[:n] % n] = a
                check(lambda: shuffled.searchsorted(keys, side, order), "sorter")  # noqa: B023
                check(lambda: np.searchsorted(shuffled, keys[0], side, sorter=order), "sorter")  # noqa: B023
            check(lambda: times.searchsorted(np.arange(k).view("m8[ms]"), side), "units")
    for bad in (lambda: a.searchsorted(keys, "middle"), lambda: a.searchsorted(keys, sorter=[0]), lambda: a.searchsorted(), lambda: a[:8].reshape(2, 4).searchsorted(keys)):
        check(bad, "refused")
    check(lambda: (a.searchsorted(0.5), a.searchsorted([0.5, 0.7]), a.searchsorted(v=keys), np.searchsorted(list(a), keys), a.searchsorted(keys[:0])), "no array")


def test_large_trees():
    """Levels that are not near, blocks that are halved."""
    a = np.sort(numbers("d", 1_000_000, 4))
    for k in (3, 100, 10_000, 300_000):
        keys = numbers("d", k, 8)
        check(lambda: (a.searchsorted(keys), a[3:].searchsorted(np.sort(keys), "right")), f"{k}")


@pytest.mark.parametrize("dtype", "iIqQfd")
def test_unsorted_arrays_are_not_left(dtype):
    """Ranks are from 0 to n, and no byte outside the array is read."""
    fence, to = Fence(1 << 20), Fence(1 << 20)
    for n, k, at_end in itertools.product((1, 7, 8, 9, 31, 100, 1001, 70_001), (1, 513, 5000), (False, True)):
        a, keys = numbers(dtype, n, 5), numbers(dtype, k, 7)
        for x, side in itertools.product((a, np.sort(a)), ("left", "right")):
            with npp.enabled():
                ranks = fence.hold(x, at_end).searchsorted(to.hold(keys, at_end), side)
            assert 0 <= ranks.min() and ranks.max() <= n
            if x is not a:
                assert not difference(x.searchsorted(keys, side), ranks)


def points(n, seed):
    rng = np.random.default_rng(seed)
    xp = np.sort(rng.integers(-20, 20, n).astype(float) if seed % 2 else rng.normal(size=n))
    fp = rng.normal(size=n)
    if seed % 3 == 0:
        fp[rng.integers(0, n, n // 3 + 1)] = rng.choice([np.inf, -np.inf, np.nan, 0.0, -0.0], n // 3 + 1)
    if seed % 5 == 0:
        xp[0] = -np.inf
    if seed % 7 == 0:
        xp[-1] = np.inf
    return xp, fp


@pytest.mark.parametrize("dtype", "?bHilQefd")
def test_interp(dtype):
    cases = itertools.product((1, 2, 3, 8, 9, 100, 1000, 5000), KEYS, ({}, {"left": -7, "right": np.float64(9)}, {"period": 7.5}))
    for seed, (n, k, keywords) in enumerate(cases):
        xp, fp = points(n, seed)
        x = np.concatenate([numbers(dtype, k, seed), xp[:9].astype(dtype)]) if dtype in "fd" else numbers(dtype, k, seed)
        with np.errstate(all="ignore"):
            check(lambda: np.interp(x, xp, fp, **keywords), f"{k} in {n}, {keywords}")


def test_interp_of_other_arguments():
    x, (xp, fp) = numbers("d", 3000, 2), points(50, 2)
    for case in (
        lambda: np.interp(x, xp[::-1], fp),
        lambda: np.interp(x, np.where(xp > 0, np.nan, xp), fp),
        lambda: np.interp(x, xp, fp + 1j),
        lambda: np.interp(x, xp.astype("f"), fp.astype("f")),
        lambda: np.interp(x, list(xp), list(fp)),
        lambda: np.interp(x.reshape(-1, 3).T, xp[::2], fp[::2]),
        lambda: np.interp(x, xp, fp[1:]),
        lambda: np.interp(x, [], []),
        lambda: np.interp(x, xp, fp, period=0),
        lambda: np.interp(x, xp, fp, left="a"),
        lambda: np.interp(0.5, xp, fp),
    ):
        check(case, "interp")


def test_they_run_in_parallel(cost_model):
    x, edges = np.random.default_rng(0).random(1_000_000), np.linspace(0, 1, 100)
    assert "parallel" in outcomes(lambda: [edges.searchsorted(x) for _ in range(5)], "ndarray.searchsorted")
    assert "parallel" in outcomes(lambda: [np.interp(x, edges, edges) for _ in range(5)], "function.interp")


def test_by_name():
    x, edges = np.random.default_rng(0).random(10_000), np.linspace(0, 1, 100)
    assert not difference(np.searchsorted(edges, x, side="right"), npp.searchsorted(a=edges, v=x, side="right"))
    assert not difference(np.searchsorted(list(edges), x), npp.searchsorted(list(edges), x))
    assert not difference(np.digitize(x, edges, right=True), npp.digitize(x, edges, right=True))
    assert not difference(np.interp(x, edges, edges, period=0.5), npp.interp(x, edges, edges, period=0.5))
