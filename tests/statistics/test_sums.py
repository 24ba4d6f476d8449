"""npp.sum: exact sums against math.fsum and fractions, and that NumPy's are NumPy's."""

import itertools
import math
from fractions import Fraction

import numpy as np
import numpy_par as npp
import pytest
from layouts import ARRANGE
from reductions import THREADS, plain, wide
from support import difference, outcome, run_python
from support_fpu import DOWNWARD, TOWARD_ZERO, UPWARD, X86, changed

FLOATS = "efd"


def nearest(total, dtype):
    """The number of the dtype that is nearest to a fraction, of two the even one (so does round())."""
    info = np.finfo(dtype)
    if total == 0:
        return 0.0
    exponent = abs(total.numerator).bit_length() - total.denominator.bit_length()
    exponent -= abs(total) < Fraction(2) ** exponent
    unit = Fraction(2) ** (max(exponent, int(info.minexp)) - info.nmant)
    value = round(total / unit) * unit
    return float(value) if abs(value) <= Fraction(float(info.max)) else math.inf * (1 if total > 0 else -1)


def fractions_sum(x):
    return nearest(builtin_sum(x), x.dtype)


def builtin_sum(x):
    return sum(map(Fraction, x.ravel().tolist()), Fraction(0))


def check(x, want, label=""):
    """The same bits at any number of threads, want being a float."""
    want = np.dtype(x.dtype).type(want)
    for n in THREADS:
        with npp.threads(n), np.errstate(over="ignore"):
            got = npp.sum(x, method="exact")
        assert type(got) is type(want), label
        assert got.tobytes() == want.tobytes(), f"{label}: {got!r}, not {want!r}, {n} threads"


@pytest.mark.parametrize("bits", (0, 1, 10, 30, 60, 110, 300, 3000))
def test_float64_of_any_sizes(bits):
    for n in (1, 2, 15, 16, 17, 100, 2047, 2048, 2049, 5000, 40_000):
        x = wide("d", n, bits, n)
        check(x, math.fsum(x), f"{n}")
        x = np.concatenate([x, -x, wide("d", 3, 5)])
        np.random.default_rng(n).shuffle(x)
        check(x, math.fsum(x), f"{n} that cancel")


def test_a_million():
    x = wide("d", 1_000_000, 40, 1)
    check(x, math.fsum(x))
    check(x[::-3], math.fsum(x[::-3]))


@pytest.mark.parametrize("dtype", FLOATS)
def test_against_fractions(dtype):
    for n, bits in itertools.product((1, 3, 40, 3000), (0, 3, 12, 40, 200, 2000)):
        x = wide(dtype, n, bits, n + bits)
        check(x, fractions_sum(x), f"{n} {bits}")
        check(np.concatenate([x, -x[1:]]), float(x[0]), f"{n} {bits}, all but one cancel")


@pytest.mark.parametrize("dtype", FLOATS)
def test_half_way(dtype):
    """Half a unit: to even; the least bit more or less decides, however far below it is."""
    info = np.finfo(dtype)
    one, tiny = 1.0, float(info.smallest_subnormal)
    for unit, start, more in itertools.product((1.0, -1.0), (one, one + info.eps, 2 - info.eps), (-tiny, 0.0, tiny)):
        x = np.array([start, float(info.eps) / 2, more], dtype) * np.dtype(dtype).type(unit)
        check(x, fractions_sum(x), f"{start} {more}")
    largest = float(info.max)
    half = float(info.eps) * 2.0 ** (int(info.maxexp) - 2)
    for parts in ([half], [half, -tiny], [half / 2], [half, tiny], [largest]):
        x = np.array([largest, *parts], dtype)
        check(x, fractions_sum(x), f"largest and {parts}")
        check(-x, fractions_sum(-x), f"largest and {parts}")


@pytest.mark.parametrize("dtype", FLOATS)
def test_subnormal_numbers(dtype):
    info = np.finfo(dtype)
    rng = np.random.default_rng(3)
    for n in (1, 7, 3000):
        x = (rng.integers(-9, 10, n) * float(info.smallest_subnormal)).astype(dtype)
        check(x, fractions_sum(x))
        check(np.append(x, info.tiny), fractions_sum(np.append(x, info.tiny)))


def test_every_float16():
    """All that are finite, of one sign: what they add up to, and each of them for itself."""
    x = np.arange(0x7C00, dtype=np.uint16).view(np.float16)
    assert npp.sum(x, method="exact", dtype="d") == math.fsum(x.tolist())
    assert npp.sum(x[:, None], axis=1, method="exact").tobytes() == x.tobytes()
    assert np.signbit(npp.sum(-x[1:, None], axis=1, method="exact")).all()


@pytest.mark.parametrize("dtype", "efdFD")
@pytest.mark.parametrize("how", ARRANGE)
def test_axes_and_layouts(dtype, how):
    real = wide(np.dtype(dtype).char.lower(), 6 * 30 * 50, 10, 1).reshape(6, 30, 50)
    x = real + 1j * real[::-1] if dtype in "FD" else real
    x = x.astype(dtype)
    before = x.copy()
    x = ARRANGE[how](x)
    for axis, keepdims in itertools.product((None, 0, 1, -1, (0, 1), (2, 0), (1, 2), (0, 1, 2), ()), (False, True)):
        npp.set_num_threads(3)
        got = npp.sum(x, axis, keepdims=keepdims, method="exact")
        shape = np.sum(before, axis, keepdims=keepdims)
        assert got.shape == shape.shape and got.dtype == shape.dtype and got.dtype.isnative
        axes = range(3) if axis is None else np.atleast_1d(axis).astype(int) % 3
        lines = np.moveaxis(before, list(axes), range(-len(axes), 0)).reshape(got.size, -1)
        for part in ("real", "imag") if dtype in "FD" else ("real",):
            # float32 and float16 numbers: of a sum that is rounded twice, not to be relied on; so a few by fractions.
            want = [math.fsum(line.tolist()) if dtype in "dD" else None for line in getattr(lines, part)]
            for k in range(0, got.size, 1 if dtype in "dD" else got.size // 5 + 1):
                want[k] = fractions_sum(getattr(lines, part)[k]) if want[k] is None else want[k]
                assert getattr(got.ravel()[k], part) == want[k], f"{axis} {k}"


def test_many_lines_and_few():
    for shape in ((3, 40_001), (10_001, 3), (70, 200), (2, 2, 35_000), (7000, 1)):
        x = wide("d", math.prod(shape), 30, 2).reshape(shape)
        for axis, n in itertools.product(range(len(shape)), THREADS):
            with npp.threads(n):
                got = npp.sum(x, axis, method="exact").ravel()
            want = want if n > 1 else [math.fsum(line) for line in np.moveaxis(x, axis, -1).reshape(-1, shape[axis]).tolist()]
            assert got.tolist() == want, f"{shape} {axis}"


def test_blocks_as_full_as_they_may_be():
    """What a slice's sum holds exactly is the limit of a block: numbers of one size and sign, and then what is left of them."""
    x = np.random.default_rng(4).uniform(1.9, 2, 20 * 2048)
    x = np.append(x, -math.fsum(x))
    check(x, math.fsum(x))
    for dtype, n in itertools.product(FLOATS, (2048, 4096, 100_000)):
        x = np.full(n, np.nextafter(np.dtype(dtype).type(2), 0))
        check(x, nearest(n * Fraction(float(x[0])), dtype), f"{dtype} {n}")
        x[::2] = np.nextafter(np.dtype(dtype).type(1), 0)
        check(x, nearest(builtin_sum(x[:2]) * (n // 2), dtype), f"{dtype} {n}, two sizes")


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("n", (3, 5000, 50_000))
def test_infinities_and_nan(dtype, n):
    for special in ([np.inf], [-np.inf], [np.inf, -np.inf], [np.nan], [np.nan, np.inf], [np.inf, np.inf]):
        x = np.ones(n, dtype)
        x[: len(special)] = special
        x = x[::-1].copy()
        want, got = (outcome(lambda f: f(x), f) for f in (lambda x: np.sum(x), lambda x: npp.sum(x, method="exact")))
        assert not difference(want.result, got.result, any_nan=True), special
        assert [w[:2] for w in want.warnings] == [w[:2] for w in got.warnings], special


def test_overflow_on_the_way_and_at_the_end():
    largest = np.finfo("d").max
    assert npp.sum(np.array([largest, largest, -largest]), method="exact") == largest
    with pytest.warns(RuntimeWarning, match="overflow encountered in reduce"):
        assert npp.sum(np.full(5000, -largest), method="exact") == -np.inf
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        npp.sum(np.full(5, 60000, "e"), method="exact")


def test_zeros_and_nothing():
    for x in (np.zeros(0), np.zeros((0, 3)), np.full(9, -0.0), np.array([1.0, -1.0]), np.float64(-0.0)):
        got = npp.sum(x, method="exact")
        assert got == 0 and not np.signbit(got) and type(got) is np.float64
    assert npp.sum(np.zeros((0, 3)), 0, method="exact").tolist() == [0, 0, 0]
    assert npp.sum(np.zeros((0, 3)), 1, method="exact").shape == (0,)
    assert npp.sum(np.zeros((4, 0)), 1, method="exact", initial=7).tolist() == [7] * 4


def test_nan_among_zeros():
    """Whose sizes tell nothing of it."""
    for n in (16, 5000):
        x = np.zeros(n)
        x[7] = np.nan
        assert np.isnan(npp.sum(x, method="exact"))
        x[7] = 5e-324
        assert npp.sum(x, method="exact") == 5e-324


def test_small_things():
    assert npp.sum(3.5, method="exact") == 3.5
    assert npp.sum([0.1] * 10, method="exact") == 1.0
    assert npp.sum(np.array(2.5, ">f4"), method="exact").dtype == np.dtype("f4")


@pytest.mark.parametrize("dtype", "?bhilqBHILQ")
def test_integers_are_numpys(dtype):
    x = plain(dtype, (50, 60))
    for axis in (None, 0, 1):
        assert not difference(np.sum(x, axis), npp.sum(x, axis, method="exact"))
        if x.dtype.itemsize < 8:
            want = np.sum(x.astype(object), axis)
            assert np.array_equal(npp.sum(x, axis, "d", method="exact"), np.asarray(want, float))


def test_dtype_rounds_once():
    x = np.array([1.0, 2.0**-24, 2.0**-60])
    assert npp.sum(x, dtype="f", method="exact") == np.float32(1 + 2.0**-23)  # first to float64: half way, and so 1
    assert npp.sum(x.astype("f"), dtype="d", method="exact") == 1 + 2.0**-24
    assert npp.sum(x, dtype="D", method="exact", initial=2j) == 1 + 2.0**-24 + 2j
    assert npp.sum(np.array([65504.0, 15.0]), dtype="e", method="exact") == 65504


def test_initial_where_out():
    x = np.ldexp(plain("d", (50, 60)), np.arange(60) - 30)
    mask = x > 0
    x[3, 4] = -np.inf
    assert npp.sum(x, where=mask, method="exact") == math.fsum(x[mask])
    assert npp.sum(x, where=mask[:1], initial=0.25, method="exact", axis=0)[1] == math.fsum([*x[:, 1], 0.25] if mask[0, 1] else [0.25])
    out = np.empty(60)
    assert npp.sum(x, 0, out=out, method="exact") is out
    assert out[7] == math.fsum(x[:, 7])
    out = np.empty((60, 2), "f")[:, 1]
    assert npp.sum(x, 0, out=out, method="exact", where=mask) is out
    assert out[7] == nearest(builtin_sum(x[mask[:, 7], 7]), "f")


def test_what_is_wrong_is_said():
    x = np.ones((3, 4))
    for error, words, case in (
        (ValueError, "method must be 'numpy' or 'exact', not 'fast'", {"method": "fast"}),
        (TypeError, "dtype, or that of out, is int64", {"dtype": "q"}),
        (TypeError, "out must be an array or None, not 3", {"out": 3}),
        (ValueError, r"out has the shape \(4,\); it must be that of the sum, \(\)", {"out": np.ones(4)}),
        (TypeError, "where has elements of int64", {"where": np.ones((3, 4), "q")}),
        (ValueError, r"where has the shape \(5,\)", {"where": np.ones(5, bool)}),
        (np.exceptions.AxisError, "axis 2 is out of bounds", {"axis": 2}),
        (ValueError, "repeated axis", {"axis": (0, 0)}),
        (TypeError, "masked_array|MaskedArray", {"a": np.ma.ones(3)}),
        (TypeError, "a has elements of object", {"a": np.array([1, None])}),
        (TypeError, "a has elements of longdouble|float128", {"a": np.ones(3, "g")}),
        (TypeError, "a has elements of int64", {"a": np.ones(3, "q"), "dtype": "d"}),
        (TypeError, "a sum of complex128 is of complex64", {"a": np.ones(3, "D"), "dtype": "d"}),
    ):
        with pytest.raises(error, match=words):
            npp.sum(**{"a": x, "method": "exact", **case})


def test_numpys_sum():
    """Every argument, list, subclass and object that NumPy's takes."""

    class Own:
        def __array_function__(self, function, types, args, kwargs):
            return function.__name__

    x = plain("d", (50, 60))
    assert npp.sum(Own()) == "sum"
    for case in (
        lambda f: f(x),
        lambda f: f(x, 0),
        lambda f: f(x, (0, 1), "f4"),
        lambda f: f(x, 1, None, np.zeros(50)),
        lambda f: f(x, axis=1, keepdims=True, initial=3, where=x > 0),
        lambda f: f(x.tolist(), 1),
        lambda f: f(np.ma.masked_less(x, 0), 1),
        lambda f: f(np.matrix(x), 1),
        lambda f: f(np.full(3, -0.0)),
        lambda f: f(x, 2),
        lambda f: f(np.array(["a"])),
        lambda f: f(np.array([1, 2], object)),
        lambda f: f(x > 0),
        lambda f: f(x, out=np.zeros(3)),
    ):
        want, got = (outcome(case, f) for f in (np.sum, npp.sum))
        assert not difference(want.result, got.result), got.result


@pytest.mark.skipif(not X86, reason="support_fpu.py knows the registers of x86-64")
def test_rounding_modes_and_flushed_subnormals():
    """The sum is that of the numbers, whatever the caller's thread does with them."""
    x = wide("d", 5000, 3000, 7)
    want = npp.sum(x, method="exact")
    tiny = np.full(5000, 5e-324)
    for n, mode in itertools.product((1, 3), (UPWARD, DOWNWARD, TOWARD_ZERO)):
        npp.set_num_threads(n)
        with changed(rounding=mode):
            got = npp.sum(x, method="exact")
        assert got == want
    with changed(flush=True):
        got = npp.sum(tiny, method="exact").tobytes()
    assert got == np.float64(5000 * 5e-324).tobytes()


def test_by_the_engine():
    for shape, axis in (((200_000,), None), ((400, 500), 0), ((400, 500), 1), ((2, 90_000), 1)):
        npp.set_num_threads(2)
        before = npp._engine.counters()["regions"]
        npp.sum(plain("d", shape), axis, method="exact")
        assert npp._engine.counters()["regions"] > before, f"{shape} {axis}"


@pytest.mark.parametrize("level", [name for name in ("baseline", "avx2") if npp._kernels.level in ("avx2", "avx512")])
def test_other_instruction_sets(level):
    """Their kernels are others; the sums are the same."""
    code = """
        import numpy_par as npp
        from reductions import wide
        for dtype in "efd":
            for bits in (5, 40, 100, 2000):
                x = wide(dtype, 20_011, bits, 3)
                print(npp.sum(x, method="exact").tobytes().hex())
    """
    here = run_python(code)
    assert here == run_python(code, env={"NUMPY_PAR_ISA": level})
