"""median, percentile and quantile of whole arrays: NumPy's elements, interpolation, dtypes, warnings and errors."""

import itertools
import re
import warnings

import numpy as np
import numpy_par as npp
import pytest
from fences import Fence
from hook_calls import TABLE

THREADS = (1, 2, 3, 7)
DTYPES = "bBhHiIlLfd"
SIZES = [*range(1, 41), 63, 64, 65, 127, 128, 129, 255, 256, 257, 300, 1023, 1025, 4095, 4097, 65537, 100_000]
METHODS = (
    "inverted_cdf averaged_inverted_cdf closest_observation interpolated_inverted_cdf hazen weibull linear median_unbiased normal_unbiased "
    "lower higher midpoint nearest"
).split()


def patterns(n, dtype):
    """Arrays of n elements, by the name of what is hard about them."""
    r = np.random.default_rng(n)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        random = r.normal(size=n).astype(dtype)
    else:
        info = np.iinfo(dtype)
        random = r.integers(info.min, info.max, n, dtype, endpoint=True)
    yield "random", random
    yield "sorted", np.sort(random)
    yield "reversed", np.sort(random)[::-1].copy()
    yield "all equal", np.full(n, random[:1])
    yield "two values", r.integers(0, 2, n).astype(dtype)
    yield "few distinct", r.integers(0, 9, n).astype(dtype)
    yield "mostly one", np.where(r.random(n) < 0.95, random[:1], random)
    yield "organ pipe", np.minimum(np.arange(n), np.arange(n)[::-1]).astype(dtype)
    yield "saw", (np.arange(n) % 17).astype(dtype)
    if dtype.kind == "f":
        yield "zeros of both signs", np.where(r.random(n) < 0.5, dtype.type(-0.0), dtype.type(0.0))
        yield "infinities", r.choice(np.array([-np.inf, np.inf, 1, 2], dtype), n)
        yield "one NaN", np.where(np.arange(n) == n // 3, dtype.type(np.nan), random)
        yield "NaNs", np.where(r.random(n) < 0.3, dtype.type(np.nan), random)
        yield "nothing but NaNs", np.full(n, np.nan, dtype)
        yield "subnormal", (random * np.finfo(dtype).tiny).astype(dtype)


def outcome(call):
    """The result, or the error, and the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = call()
        except Exception as error:  # noqa: BLE001
            result = (type(error), str(error))
    return result, [(w.category, str(w.message)) for w in caught]


def assert_same(call, label):
    (want, warned), (got, said) = outcome(call), outcome(lambda: run_ours(call))
    assert type(got) is type(want), (label, got, want)
    if isinstance(want, tuple):
        assert got == want, label
    else:
        assert got.dtype == want.dtype and got.shape == want.shape, label
        np.testing.assert_array_equal(got, want, label)  # by value: NumPy's own order of equal zeros depends on the CPU
    assert said == warned, label


def run_ours(call):
    with npp.enabled():
        return call()


def arrays(sizes=SIZES):
    for dtype, n in itertools.product(DTYPES, sizes):
        for label, x in patterns(n, dtype):
            yield f"{dtype} {n} {label}", x


def test_every_row_is_tested():
    rows = re.findall(r"^FUNCTION\(\w+, (\w+), \d, \w+, order_(?:median|percentile|quantile), BOTH\)$", TABLE.read_text(), re.MULTILINE)
    assert sorted(rows) == ["median", "percentile", "quantile"]


@pytest.mark.parametrize("threads", THREADS)
def test_median(threads):
    npp.set_num_threads(threads)
    for label, x in arrays():
        before = x.tobytes()
        assert_same(lambda: np.median(x), label)
        assert x.tobytes() == before, label


@pytest.mark.parametrize("threads", THREADS)
def test_quantile(threads):
    npp.set_num_threads(threads)
    for label, x in arrays([1, 2, 3, 5, 10, 64, 129, 300, 1025, 4097, 65537]):
        assert_same(lambda: np.percentile(x, [5, 50, 95]), label)
        assert_same(lambda: np.quantile(x, 0.3), label)


@pytest.mark.parametrize("method", METHODS)
def test_methods(method):
    for label, x in arrays([2, 7, 100, 1000, 20_001]):
        for q in (0.25, 1, np.float32(0.7), np.array([0, 0.1, 0.5, 0.99, 1]), [[0.1], [0.9]]):
            assert_same(lambda: np.quantile(x, q, method=method), f"{label} {method} {q}")


def test_the_engine_does_it():
    """Not NumPy: one region or more for each call."""
    x = np.random.default_rng(0).normal(size=100_000)
    for call in (lambda: npp.median(x), lambda: npp.percentile(x, 30), lambda: npp.quantile(x, [0.1, 0.2])):
        before = npp._engine.counters()
        call()
        assert npp._engine.counters() != before
    for function, args in ((np.median, (x,)), (np.percentile, (x, 30)), (np.quantile, (x, 0.1))):
        assert npp.explain(function, *args).path == "selection"


def test_arguments():
    x = np.random.default_rng(0).normal(size=(30, 40))
    line = x.reshape(-1)
    for keepdims, axis in itertools.product((False, True), (None, 0, -1, (0, 1), 5)):
        for array in (x, line, np.asfortranarray(x), x[:, ::2], line[::-1]):
            for function, args in ((np.median, ()), (np.percentile, ([10, 20],)), (np.quantile, (0.5,))):
                assert_same(lambda: function(array, *args, axis=axis, keepdims=keepdims), (function.__name__, axis, keepdims))
    for q in (-1, 101, np.nan, "a", [], [[[1]]], 50, 50.0, np.int64(50)):
        assert_same(lambda: np.percentile(line, q), q)
        assert_same(lambda: np.median(line, q), q)
    for kwargs in ({"method": "none"}, {"weights": np.ones(line.size)}, {"method": "inverted_cdf", "weights": np.ones(line.size)}, {"out": np.empty(())}, {"overwrite_input": True}, {"axes": 1}):
        assert_same(lambda: np.quantile(line.copy(), 0.3, **kwargs), kwargs)
    for out in (np.empty(()), np.empty((), "f4"), np.empty(3), None):
        assert_same(lambda: np.median(line, out=out), out)
    assert_same(lambda: np.median(), "no argument")


def test_other_arrays():
    r = np.random.default_rng(1)
    x = r.normal(size=5000)
    others = [x.astype("f2"), x.astype(">f8"), x.astype("F"), x > 0, x.astype("g"), x.astype("M8[s]"), x.astype(object), np.ma.masked_less(x, 0), list(x), x.view(type("Sub", (np.ndarray,), {})), x[:0], np.float64(3)]
    for i, array in enumerate(others):
        for function, args in ((np.median, ()), (np.percentile, (20,)), (np.quantile, ([0.5, 0.75],))):
            with np.errstate(all="ignore"):
                (want, warned), (got, said) = outcome(lambda: function(array, *args)), outcome(lambda: run_ours(lambda: function(array, *args)))
            assert type(got) is type(want) and said == warned, i
            assert repr(got) == repr(want), i


def test_many_quantiles():
    x = np.random.default_rng(2).normal(size=50_000)
    for q in (np.linspace(0, 1, 5), np.linspace(0, 1, 101), np.linspace(0, 1, 1001)):
        assert_same(lambda: np.quantile(x, q), q.size)


def test_bounds_of_memory():
    fence = Fence(8 * 70_000)
    for dtype, n, at_end in itertools.product(DTYPES, (5, 63, 1025, 65_537), (False, True)):
        for label, x in patterns(n, dtype):
            held = fence.hold(x, at_end)
            assert_same(lambda: np.median(held), (dtype, n, label))
            assert_same(lambda: np.percentile(held, [0, 3, 60, 100]), (dtype, n, label))


def test_the_sign_of_zero_does_not_depend_on_threads():
    r = np.random.default_rng(3)
    x = np.where(r.random(50_000) < 0.5, r.normal(size=50_000), np.where(r.random(50_000) < 0.5, -0.0, 0.0))
    bits = set()
    for threads in THREADS:
        npp.set_num_threads(threads)
        bits.add(np.asarray(npp.median(x)).tobytes() + npp.quantile(x, [0.3, 0.4, 0.5, 0.6], method="lower").tobytes())
    assert len(bits) == 1
