"""nanmedian, nanpercentile and nanquantile along an axis: NumPy's values, dtypes, shapes and warnings."""

import itertools
import re
import warnings

import numpy as np
import numpy_par as npp
import pytest
from fences import Fence
from hook_calls import TABLE

THREADS = (1, 2, 3, 7)
SHAPES = [(3, 1), (1, 3), (2, 2), (4, 5), (7, 33), (64, 64), (5, 300), (3, 700), (2, 3, 40), (20, 3, 2), (2, 501)]
FUNCTIONS = {
    "nanmedian": lambda x, axis: np.nanmedian(x, axis),
    "nanpercentile": lambda x, axis: np.nanpercentile(x, 30, axis),
    "nanquantile": lambda x, axis: np.nanquantile(x, [0, 0.1, 0.5, 0.77, 1], axis),
}


def patterns(shape, dtype):
    r = np.random.default_rng(len(shape) * 1000 + shape[0])
    x = r.normal(size=shape).astype(dtype)
    nan = dtype(np.nan)
    yield "no NaN", x
    yield "some NaN", np.where((r.random(shape) < 0.2) & (np.arange(shape[-1]) > 0), nan, x)
    yield "few distinct", r.integers(0, 3, shape).astype(dtype)
    yield "sorted", np.sort(x)
    yield "infinities", np.where(r.random(shape) < 0.2, dtype(np.inf), x)
    yield "huge", x * dtype(np.finfo(dtype).max / 8)
    yield "tiny", x * np.finfo(dtype).tiny
    yield "a line of NaNs", np.where(np.arange(shape[0]).reshape(-1, *[1] * (len(shape) - 1)) == 0, nan, x)
    yield "nothing but NaNs", np.full(shape, nan)


def layouts(x):
    wide = np.repeat(x, 2, -1)
    return {"C": x, "F": np.asfortranarray(x), "strided": wide[..., ::2], "reversed": x[::-1, ..., ::-1]}


def outcome(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = call()
        except Exception as error:  # noqa: BLE001
            return (type(error), str(error)), []
    return result, [(w.category, str(w.message)) for w in caught]


def assert_same(call, label):
    want, warned = outcome(call)
    with npp.enabled():
        got, said = outcome(call)
    assert type(got) is type(want), label
    if isinstance(want, tuple):
        assert got == want, label
        return
    assert (got.dtype, got.shape, said) == (want.dtype, want.shape, warned), label
    # Bits, but for the sign of zero: which of equal zeros NumPy has depends on the CPU.
    np.testing.assert_array_equal(got, want, str(label))


def test_every_row_is_tested():
    rows = re.findall(r"^FUNCTION\(\w+, (\w+), \d, \w+, order_nan\w+, BOTH\)$", TABLE.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(FUNCTIONS)


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_lines(name, threads):
    npp.set_num_threads(threads)
    for shape, dtype in itertools.product(SHAPES if threads == 3 else SHAPES[3::3], (np.float64, np.float32)):
        for label, x in patterns(shape, dtype):
            for axis, (layout, array) in itertools.product(range(len(shape)), layouts(x).items() if threads == 3 and max(shape) < 50 else [("C", x)]):
                before = array.tobytes()
                assert_same(lambda: FUNCTIONS[name](array, axis), (shape, dtype, label, axis, layout))
                assert array.tobytes() == before


def test_the_engine_does_it():
    x = np.random.default_rng(0).normal(size=(100, 300))
    x[::3, 5] = np.nan
    for name, function in FUNCTIONS.items():
        with npp.enabled():
            before = npp._engine.counters()
            function(x, 1)
            assert npp._engine.counters() != before, name
    for function, args in ((np.nanmedian, ()), (np.nanpercentile, (30,)), (np.nanquantile, (0.3,))):
        assert npp.explain(function, x, *args, 1).path == "lines"
        assert npp.explain(function, x, *args).path != "lines"


def test_arguments():
    x = np.random.default_rng(0).normal(size=(30, 40))
    x[3, 5] = np.nan
    for axis in (None, 0, 1, -1, (0, 1), 7, "a"):
        for kwargs in ({}, {"keepdims": True}, {"keepdims": False}, {"overwrite_input": True}, {"out": np.empty(3)}, {"out": np.empty(30)}):
            assert_same(lambda: np.nanmedian(x.copy(), axis=axis, **kwargs), (axis, kwargs))
            assert_same(lambda: np.nanquantile(x.copy(), 0.4, axis=axis, **kwargs), (axis, kwargs))
    for q in (0, 1, 1.0, True, np.float32(0.3), np.float64(0.3), np.array(0.3), [0.25], (0.5, 0.25), [0, 1], [0.1, np.nan], -0.1, 1.1, [], [[0.5]], None, np.array([0.1, 0.7])[::-1], np.float32([0.5])):
        assert_same(lambda: np.nanquantile(x, q, 1), q)
        assert_same(lambda: np.nanpercentile(x, q, 0), q)
    for method in ("linear", "lower", "weibull", "none"):
        assert_same(lambda: np.nanquantile(x, 0.3, 1, method=method), method)
    assert_same(lambda: np.nanquantile(x, 0.3, 1, method="inverted_cdf", weights=np.ones(40)), "weights")
    arrays = x, np.sign(x) * 1.7e308, x * 5e-324
    with np.errstate(all="raise"):
        for array in arrays:
            assert_same(lambda: np.nanmedian(array, 1), "errstate")


def test_other_arrays():
    x = np.random.default_rng(0).normal(size=(30, 40))
    for array in (x.astype("f2"), x.astype(">f8"), x.astype(int), x.astype("g"), x[:0], x[:, :0], x[0], x.tolist(), np.ma.masked_less(x, 0)):
        for name, function in FUNCTIONS.items():
            assert_same(lambda: np.asarray(function(array, -1)), name)


def test_bounds_of_memory():
    fence = Fence(8 * 5000)
    for shape, dtype, at_end in itertools.product([(7, 33), (64, 64), (2, 3, 40)], (np.float64, np.float32), (False, True)):
        for label, x in patterns(shape, dtype):
            held = fence.hold(x, at_end)
            for (name, function), axis in itertools.product(FUNCTIONS.items(), range(x.ndim)):
                assert_same(lambda: function(held, axis), (name, label, shape))
