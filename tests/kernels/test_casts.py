"""Casts by kernels of ours, and those between operands and a loop, block by block."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from kernel_values import as_bits, inputs, special
from support import raised

NUMBERS = "?bBhHiIlLefdgFDG"
CASTS = [f"{a}->{b}" for a in "?bBhHiIlLefdFD" for b in "?bBhHiIlLefdFD" if a != b and (a not in "FD" or b in "?FD")]


@pytest.mark.parametrize("types", CASTS)
def test_bits_of_a_cast(types):
    """All float16 numbers, and of others special ones, any bits and ordinary ones; any stride.

    What does not fit becomes of NumPy's what its loop makes of it: another for other strides. So each call has its own oracle.
    """
    before, after = types.split("->")
    (x,) = inputs(before)

    def copied(array):
        out = np.zeros((array.size, 2), after)
        np.copyto(out[:, 1], array, casting="unsafe")
        assert not out[:, 0].any()
        return out[:, 1].copy()

    calls = [lambda n=n: x[:n].astype(after) for n in (2, 7, 8, 9, 255, 257, 1000, len(x))]
    calls += [
        lambda: x[::-3].astype(after),
        lambda: x[:1200].reshape(30, 40).T.astype(after, order="C"),
        lambda: copied(x),
        lambda: x.astype(x.dtype.newbyteorder()).astype(after),
    ]
    for i, call in enumerate(calls):
        with np.errstate(all="ignore"):
            want = call()
            with npp.enabled():
                assert np.array_equal(as_bits(call()), as_bits(want)), i


@pytest.mark.parametrize("types", CASTS)
def test_flags_of_a_cast(types):
    before, after = types.split("->")
    for value in special(before):
        for n in (3, 3000):
            x = np.full(n, value)
            want = raised(lambda: x.astype(after))
            with npp.enabled():
                assert raised(lambda: x.astype(after)) == want, (value, n)


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize("before, after", list(itertools.product("efdgFDG", "bBhHiIlLqQ")))
def test_what_does_not_fit(before, after):
    """One answer, NumPy's, at every number of threads: where NumPy casts the last ones of a buffer in another way, too."""
    n = 20_011
    for values in ([2.0**33 + 7.5], [2.0**33 + 7.5, -1e10, np.nan, np.inf, -5, 300, 7e4, 2.0**31, 2.0**63, 2.0**64, 1e30, -3e9, 3e9]):
        with np.errstate(all="ignore"):
            wide = np.resize(values, 2 * n).astype(before)
        for x in (wide[:n], wide[::2], wide[: n - 11].reshape(1000, 20).T):
            calls = [
                lambda: np.positive(x, out=np.zeros(x.shape, after), casting="unsafe"),
                lambda: np.add(x, x, dtype=after, casting="unsafe"),
                lambda: np.positive(x, out=np.zeros(x.shape, after), casting="unsafe", where=np.arange(x.shape[-1]) % 5 > 0),
                lambda: x.astype(after),
                lambda: np.concatenate([x, x], dtype=after, casting="unsafe"),
            ]
            for i, call in enumerate(calls):
                with np.errstate(all="ignore"):
                    want = call()
                    for threads in (2, 7):
                        npp.set_num_threads(threads)
                        with npp.enabled():
                            assert np.array_equal(call(), want), (values, x.strides, i, threads)


def numbers(n, code, seed):
    """Whole numbers that every type holds."""
    return np.random.default_rng(seed).integers(0, 2 if code == "?" else 11, n).astype(code)


@pytest.mark.parametrize("a, b", list(itertools.combinations(NUMBERS, 2)))
def test_operands_of_two_types(a, b):
    """NumPy's bits, at lengths around its buffers and our blocks, whichever operand is cast, scalars among them."""
    for n in (8193, 8192 + 64, 20_011):
        x, y = numbers(n, a, 0), numbers(n, b, 1)
        for ufunc in (np.add, np.maximum, np.hypot):
            ours = getattr(npp, ufunc.__name__)
            for args in ((x, y), (y, x), (x, y[5:6].reshape(())), (x[3:4].reshape(()), y)):
                try:
                    with np.errstate(all="ignore"):
                        want = ufunc(*args)
                except TypeError:
                    continue
                with np.errstate(all="ignore"):
                    got = ours(*args)
                assert got.dtype == want.dtype and np.array_equal(got, want), (ufunc, n)


def test_where_it_is_fused():
    x, y = numbers(100_000, "l", 0), numbers(100_000, "d", 1)
    assert npp.explain(np.add, x, y).path == "fused"
    assert npp.explain(np.add, x.reshape(100, 1000), y.reshape(100, 1000)).path == "fused"
    assert npp.explain(np.add, x, 2.5).path == "fused"
    assert npp.explain(np.add, y, y, out=np.empty(100_000, "f4")).path == "fused"
    for args, kwargs in [
        ((x[::2], y[::2]), {}),
        ((x.reshape(100, 1000), y[:1000]), {}),
        ((x.astype(">i8"), y), {}),
        ((y, y), {"out": x.astype("i2"), "casting": "unsafe"}),
        ((x, y), {"where": x > 3, "out": np.zeros(100_000)}),
    ]:
        assert npp.explain(np.add, *args, **kwargs).path == "buffered"
        want = np.add(*args, **{k: v.copy() if k == "out" else v for k, v in kwargs.items()})
        assert np.array_equal(npp.add(*args, **kwargs), want)


def test_results_are_cast_too():
    x = np.random.default_rng(0).uniform(-1e39, 1e39, 50_000)
    for code in "fFDg":
        want, got = np.zeros(50_000, code), np.zeros(50_000, code)
        with np.errstate(all="ignore"):
            np.add(x, x, out=want, casting="same_kind")
            npp.add(x, x, out=got, casting="same_kind")
        assert np.array_equal(got, want)
    assert raised(lambda: npp.add(x, x, out=np.zeros(50_000, "f"))) == {"overflow"}


@pytest.mark.parametrize("ufunc", [np.maximum, np.fmin, np.add])
def test_warnings_of_a_cast_result_stay(ufunc):
    """NumPy's maximum clears the flags in each of its loops, of which ours are shorter."""
    y = np.zeros(8192 * 40)
    x = y.copy()
    x[-5000] = -1e300 if ufunc is np.fmin else 1e300
    for function in (ufunc, getattr(npp, ufunc.__name__)):
        assert raised(lambda: function(x, y, out=np.zeros(len(y), "f4"))) == {"overflow"}


def test_in_the_memory_of_an_operand():
    """A result that lies where an operand does, of another type or in another place."""
    for shift in (0, 1, 64):
        memory = np.arange(40_000, dtype="l")
        x, out = memory[: 40_000 - 64], memory.view("d")[shift : 40_000 - 64 + shift]
        want = np.add(x.copy(), 0.5)
        npp.add(x, 0.5, out=out)
        assert np.array_equal(out, want), shift


def test_streamed_too():
    before = npp._engine.set_stream_threshold(0)
    try:
        x, y = numbers(100_003, "l", 0), numbers(100_003, "d", 1)
        assert npp.explain(np.multiply, x, y).path == "streamed"
        assert np.array_equal(npp.multiply(x, y), x * y)
    finally:
        npp._engine.set_stream_threshold(before)
