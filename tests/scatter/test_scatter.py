"""ufunc.at and bincount on the engine: bit for bit as NumPy, at every number of threads."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from reductions import NUMBERS, check, outcomes, plain
from values import sample

AT = ("add", "subtract", "multiply", "maximum", "minimum", "bitwise_and", "bitwise_or", "bitwise_xor", "logical_and", "logical_or", "fmax", "divide")
BINS = (1, 7, 300, 20_000)


def drawn(bins, n, seed=0):
    return np.random.default_rng(seed).integers(-bins, bins, n)


def counted(bins, n):
    return np.random.default_rng(1).integers(0, bins, n)


def scattered(ufunc, dtype, bins, index, values):
    """What at() leaves behind, if it raises too."""
    a = sample(dtype, bins, salt=1)
    try:
        return ufunc.at(a, index, values), a
    except Exception as error:
        return type(error), str(error), a


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("name", AT)
def test_at_every_dtype(name, dtype):
    ufunc = getattr(np, name)
    for bins, n in zip(BINS[1:], (2, 1025, 3000)):
        check(lambda: scattered(ufunc, dtype, bins, drawn(bins, n), sample(dtype, n)), f"{bins} {n}", any_nan=True)
    check(lambda: scattered(ufunc, dtype, 300, drawn(300, 5000), sample(dtype, 1)[0]), "a scalar", any_nan=True)


@pytest.mark.parametrize("dtype", "?bBilQfd")
def test_at_values_of_other_dtypes(dtype):
    for name, values in itertools.product(("add", "multiply", "minimum", "bitwise_or"), (1, 1.0, -3, True, 0.1, 1e300, 2**40, 2**63, np.nan, np.int8(3), np.float32(0.1), "1")):
        # NumPy repeats a string into a buffer that it did not fill: now a ValueError, now an OverflowError (2.4.6)
        if (name, values) != ("multiply", "1"):
            check(lambda: scattered(getattr(np, name), dtype, 300, drawn(300, 900), values), f"{name} {values!r}", any_nan=True)
    for name, of in itertools.product(("subtract", "maximum"), "?bhIlQfdF"):
        check(lambda: scattered(getattr(np, name), dtype, 300, drawn(300, 900), sample(of, 900)), f"{name} {of}", any_nan=True)


def test_order_is_kept():
    """Sums of which each order has its own bits."""
    for bins, dtype in itertools.product(BINS, "fd"):
        values = plain(dtype, 50_000)
        check(lambda: scattered(np.add, dtype, bins, counted(bins, 50_000), values), f"{bins} {dtype}")
        check(lambda: np.bincount(counted(bins, 50_000), values.astype("d")), f"weights {bins}")


@pytest.mark.parametrize("where", [0, 1, 7000, 19_999])
def test_indices_out_of_bounds(where):
    for bins, wrong, dtype in itertools.product((7, 5000), (0, 1), "ld"):

        def case():
            index = drawn(bins, 20_000)
            index[where] = (bins, -bins - 1)[wrong]
            return scattered(np.add, dtype, bins, index, sample(dtype, 20_000))

        check(case, f"{bins} {wrong} {dtype}")


def test_indices_of_every_kind():
    index = drawn(100, 3000)
    kinds = [index.astype(t) for t in "bhilq"] + [abs(index).astype(t) for t in "BHILQ"]
    kinds += [index.tolist(), index.reshape(30, 100), index[::-1], index > 0, index.astype("d"), (index,), 3, slice(5), index[:0], index.astype(">i8")]
    for i, kind in enumerate(kinds):
        check(lambda: scattered(np.add, "d", 100, kind, 1.5), f"{i}")
        check(lambda: scattered(np.add, "l", 100, kind, 2), f"{i}")
        check(lambda: np.bincount(np.abs(kind) if isinstance(kind, np.ndarray) and kind.dtype != bool else kind), f"bincount {i}")


def test_what_else_at_takes():
    index = counted(100, 3000)

    def on(make, ufunc=np.add, values=1.5, at=index):
        def case():
            a = make()
            try:
                return ufunc.at(a, at, *([] if ufunc.nin == 1 else [values])), np.array(a)
            except Exception as error:
                return type(error), str(error), np.array(a)

        return case

    def overlapping(part):
        a = np.arange(3000.0)
        np.add.at(a, index, a[part])
        b = np.arange(3000) % 50
        np.add.at(b, b[::-1] if part.step else b, 1)
        return a, b

    zeros = {
        "grid": lambda: np.zeros((100, 3)),
        "strided": lambda: np.zeros(200)[::2],
        "big-endian": lambda: np.zeros(100, ">f8"),
        "read-only": lambda: np.broadcast_to(np.zeros(1), (100,)),
        "objects": lambda: np.zeros(100, object),
        "a list": lambda: [0] * 100,
        "matrix": lambda: np.matrix(np.zeros(100)),
    }
    for name, make in zeros.items():
        check(on(make), name)
    check(on(lambda: np.ones(100), np.negative), "unary")
    check(on(lambda: np.ones(100), np.matmul), "core dimensions")
    for values in (np.ones(2), np.ones((1, 3000)), np.ones(1), np.ones(0), np.ones(6000)[::2], np.ones((3000, 1)), None):
        check(on(lambda: np.ones(100), values=values), f"{np.shape(values)}")
    for part in (slice(None), slice(None, None, -1)):
        check(lambda: overlapping(part), f"{part}")
    check(lambda: np.add.at(np.ones(100), index), "no values")


def test_overflow_at_is_told():
    for state in ("warn", "raise"):
        with np.errstate(all=state):
            for dtype, values in itertools.product("efd", (np.finfo("f").max, 1e38, 1e308, np.inf)):
                check(lambda: scattered(np.multiply, dtype, 10, np.arange(3000) % 10, values), f"{dtype} {values}", any_nan=True)
                check(lambda: scattered(np.subtract, dtype, 10, np.arange(3000) % 10, np.full(3000, 1, dtype) * dtype_of(values, dtype)), f"{dtype}", any_nan=True)


def dtype_of(value, dtype):
    with np.errstate(all="ignore"):
        return np.dtype(dtype).type(value)


def test_bincount():
    for bins, n in itertools.product(BINS, (0, 1, 2, 511, 20_000)):
        for dtype, least in itertools.product("bBhHiIlLqQd?", (0, 5, bins + 3)):
            check(lambda: np.bincount(counted(min(bins, 100), n).astype(dtype), minlength=least), f"{bins} {n} {dtype} {least}")
        for weights in (np.ones(n), sample("d", n), sample("f", n), sample("l", n), np.ones(n + 1), np.ones(2 * n)[::2], [1.5] * n, 3, None):
            check(lambda: np.bincount(counted(bins, n), weights, 4), f"{bins} {n}", any_nan=True)
    index = counted(300, 5000)
    for least in (-1, None, 1.5, "x", 2**70, True, np.int8(5)):
        check(lambda: np.bincount(index, minlength=least), f"{least!r}")
    check(lambda: np.bincount(-index), "negative")
    check(lambda: np.bincount(index, wrong=3), "a wrong name")
    check(lambda: np.histogram(sample("d", 5000), bins=50, range=(-5, 5)), "a histogram")


def test_they_run_in_parallel():
    index, values = counted(100_000, 200_000), plain("d", 200_000)
    ways = {
        "ufunc.at": (
            lambda: np.add.at(np.zeros(100_000), index, values),
            lambda: np.maximum.at(np.zeros(100, "l"), index % 100, 1),
            lambda: np.add.at(np.zeros(100_000, "f"), index.astype("i"), 1),
        ),
        "function.bincount": (lambda: np.bincount(index), lambda: np.bincount(index % 100), lambda: np.bincount(index, values)),
    }
    for call, cases in ways.items():
        for case in cases:
            assert outcomes(case, call) == {"parallel"}
    assert outcomes(lambda: np.add.at(np.zeros(9), index // 10**6, values), "ufunc.at") == {"most indices are at one place"}


def test_our_own_at():
    index, a, b = counted(1000, 100_000), np.zeros(1000), np.zeros(1000)
    npp.add.at(a, index, plain("d", 100_000))
    np.add.at(b, index, plain("d", 100_000))
    assert a.tobytes() == b.tobytes() and not npp.explain(np.add.at, a, index, 1.0).reason
    assert a.tobytes() == b.tobytes()
    with pytest.raises(IndexError, match="out of bounds"):
        npp.add.at(a, [0, 1000], 1.0)


def test_a_dtype_of_somebody_else():
    """Its number is -1, which is the place of no kernel: NumPy's to do."""
    umath = pytest.importorskip("numpy._core._multiarray_umath")
    if not hasattr(umath, "_get_sfloat_dtype"):
        pytest.skip("this NumPy has no such dtype to try")
    scaled = umath._get_sfloat_dtype()(2.0)

    def case():
        a = np.arange(1.0, 301.0).view(scaled)
        np.multiply.at(a, np.array([1, 1, 2] * 50), np.full(150, 3.0))
        return a.view(np.float64)

    check(case, "at")
