"""Kernels with other bits than NumPy's: at most 1.0 ULP from the true value, at each instruction set; the fast ones 3.5.

The oracle is libm in long double, whose 64 bits of mantissa leave 11 to spare, for float32 and float16 in
float64; and mpmath for a sample of both, so that not even the oracle has to be believed.
"""

import mpmath
import numpy as np
import numpy_par as npp
import pytest
from kernel_values import LEVEL, any_bits, npps, numpys, special

ROWS = [row[:3] for row in npp._engine.kernels() if row[2] != "same"]
close = pytest.mark.parametrize("name, types, bits", ROWS)
close_real, close_complex = (pytest.mark.parametrize("name, types, bits", [row for row in ROWS if (row[1][0] in "FD") == of]) for of in (False, True))
# By how much the oracle itself may be off, which then is allowed less.
ORACLES = {("arcsinh", "d->d"): 0.002}
MOST = {"close": 1.0, "fast": 3.5}
WIDER = {"e": "d", "f": "d", "d": "g", "F": "D", "D": "G"}
MPMATH = {
    "exp2": lambda x: mpmath.power(2, x), "log2": lambda x: mpmath.log(x, 2),
    "arcsin": mpmath.asin, "arccos": mpmath.acos, "arctan": mpmath.atan,
    "arcsinh": mpmath.asinh, "arccosh": mpmath.acosh, "arctanh": mpmath.atanh,
    "arctan2": mpmath.atan2, "absolute": abs,
    "float_power": mpmath.power,
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "logaddexp": lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)),
    "logaddexp2": lambda x, y: mpmath.log(mpmath.power(2, x) + mpmath.power(2, y), 2),
    "deg2rad": mpmath.radians, "rad2deg": mpmath.degrees, "radians": mpmath.radians, "degrees": mpmath.degrees,
}  # fmt: skip

MPMATH_COMPLEX = {"log2": lambda z: mpmath.log(z) / mpmath.log(2), "log10": lambda z: mpmath.log(z) / mpmath.log(10)}

# Bits to compute with: of arguments of all magnitudes, and of sums of all.
PRECISION = {"sin": 1250, "cos": 1250, "tan": 1250, "logaddexp": 1250, "logaddexp2": 1250}


@pytest.fixture(autouse=True)
def own_kernels(request):
    """The tests of all else ask for NumPy's bits (conftest.py)."""
    before = npp.get_precision()
    npp.set_precision(request.node.callspec.params["bits"])
    yield
    npp.set_precision(before)


def probes(code, rng, size):
    """Numbers of all magnitudes, dense where functions are hard: poles, multiples of π/2, subnormals, both ends."""
    dtype = np.dtype(code)
    if dtype.kind == "c":
        part = f"f{dtype.itemsize // 2}"
        parts = probes(part, rng, size)
        pairs = np.stack([parts, rng.permutation(parts)], axis=-1).view(dtype).reshape(-1)
        return np.concatenate([special(code), pairs, *near_hard_ones(dtype, rng, size // 4)])
    info = np.finfo(dtype)
    quarter = size // 4
    multiples = np.arange(1, quarter // 2) * (np.longdouble(np.pi) / 2)
    with np.errstate(all="ignore"):
        near = multiples.astype(dtype)
        parts = [
            special(code), any_bits(code, size, 7), any_bits(code, quarter, 8) * info.smallest_subnormal,
            rng.uniform(-1, 1, size), rng.uniform(-30, 30, size), rng.uniform(-750, 750, quarter), rng.uniform(-104, 104, quarter),
            1 + rng.normal(0, 1e-3, quarter), rng.normal(0, 1e-6, quarter), np.exp2(rng.uniform(info.minexp, info.maxexp, quarter)),
            near, np.nextafter(near, dtype.type(0)), np.nextafter(near, dtype.type(np.inf)), -near,
        ]  # fmt: skip
        if code == "e":
            parts.append(np.arange(65536, dtype=np.uint16).view("e"))  # each there is
        numbers = np.concatenate([np.asarray(part).astype(dtype) for part in parts])
        numbers[np.isnan(numbers)] = np.nan  # of signalling ones the oracle's own loops differ
        return numbers


def near_hard_ones(dtype, rng, size):
    """Complex numbers next to the unit circle, on both axes, and those of ordinary size."""
    angle = rng.uniform(-np.pi, np.pi, size)
    circle = np.exp(1j * angle) * (1 + rng.choice([0, 1e-15, 1e-7, 1e-3], size) * rng.normal(0, 1, size))
    zeros = rng.choice([0.0, -0.0], size)
    square = [rng.uniform(-low, low, size) + 1j * rng.uniform(-low, low, size) for low in (1, 20)]
    on_real, on_imaginary = (np.stack(pair, axis=-1).view("D").reshape(-1) for pair in ((angle * 5, zeros), (zeros, angle * 5)))
    return [x.astype(dtype) for x in (circle, on_real, on_imaginary, *square)]


def given_for(name, types, size):
    """Arrays of one length for all inputs."""
    rng = np.random.default_rng(3)
    columns = [rng.permutation(probes(code, rng, size)) for code in types.split("->")[0]]
    if len(columns) > 1 and name in ("hypot", "arctan2", "logaddexp", "logaddexp2"):
        # Operands that are near each other are where such functions are hard.
        third = len(columns[0]) // 3
        with np.errstate(all="ignore"):
            columns[1][:third] = (columns[0][:third] * rng.normal(1, 0.3, third)).astype(columns[1].dtype)
    if name in ("power", "float_power"):
        # The exponents that people write have formulas of their own.
        third = len(columns[0]) // 3
        columns[1][:third] = rng.integers(-5, 14, third) / 2
        # The larger the power of e, the better must the logarithm be, the hardest of which are near the root of 2.
        dtype = columns[0].dtype
        most = (np.finfo(dtype).maxexp - 1) * np.log(2)
        bases = np.where(rng.random(third) < 0.5, np.exp2(rng.uniform(-0.6, 0.6, third)), np.exp2(rng.uniform(-12, 12, third))).astype(dtype)
        columns[0][third : 2 * third] = bases
        with np.errstate(all="ignore"):
            columns[1][third : 2 * third] = rng.uniform(-most, most, third) / np.log(bases.astype("d"))
    return columns


def units(true, dtype):
    """A unit in the last place of each value that is finite and not less than normal; else infinity."""
    info = np.finfo(dtype)
    usable = np.isfinite(true) & (np.abs(true) >= info.tiny) & (np.abs(true) <= info.max)
    exponent = np.frexp(np.where(usable, true, 1))[1] - 1
    return np.where(usable, np.ldexp(np.ones_like(true), exponent - info.nmant), np.inf)


def ulps(got, true, dtype):
    """How far results are from the true values, in units in their last place."""
    with np.errstate(all="ignore"):
        unit = units(true, dtype)
        return np.where(np.isfinite(unit), np.abs(got.astype(true.dtype) - true) / unit, 0)


def true_values(name, given):
    """In the next wider type; of logarithms of sums near one, where that is no oracle either, by mpmath."""
    wide = numpys(name)(*(x.astype(WIDER[x.dtype.char]) for x in given))
    if name in ("logaddexp", "logaddexp2"):
        with mpmath.workprec(PRECISION[name]):
            near = np.flatnonzero((np.abs(wide) < 1) & (np.maximum(*given) < 0))
            wide[near[3000:]] = np.nan  # mpmath takes its time: of so many a sample
            for i in near[:3000]:
                true = MPMATH[name](*(mpmath.mpf(float(x[i])) for x in given))
                wide[i] = wide.dtype.type(float(true)) + wide.dtype.type(float(true - float(true)))
    return wide


def parts(array):
    return [array.real, array.imag] if array.dtype.kind == "c" else [array]


@close
def test_accuracy(name, types, bits):
    """No further than allowed, anywhere; infinite and NaN where the true value is."""
    given = given_for(name, types, 60_000)
    with np.errstate(all="ignore"):
        ours, theirs = npps(name)(*given), numpys(name)(*given)
        true = true_values(name, given)
    for got, numpy, want in zip(parts(ours), parts(theirs), parts(true)):
        assert np.array_equal(np.isnan(got), np.isnan(numpy)) and np.array_equal(np.isinf(got), np.isinf(numpy))
        # NaNs were compared: of a signalling one to the power of zero float64 says something else.
        error = np.where(np.isnan(got), 0, ulps(got, want, got.dtype))
        if (name, LEVEL) == ("power", "avx512"):
            # Most are its loop's, SVML's, which has 1.1 ULP of float32.
            error[got == numpy] = 0
        worst = np.argmax(error)
        most = MOST[bits] - ORACLES.get((name, types), 0)
        assert error[worst] <= most, (error[worst], [x[worst] for x in given], got[worst], want[worst])


@close_real
def test_oracle(name, types, bits):
    """The oracle above is right: mpmath says the same, to a thousandth of a unit, or what ORACLES says."""
    given = [x[:400] for x in given_for(name, types, 2000)]
    dtype = np.dtype(types[-1])
    with np.errstate(all="ignore"):
        wide = true_values(name, given)
    function = MPMATH.get(name) or getattr(mpmath, name)
    info, worst = np.finfo(dtype), (0, None)
    with mpmath.workprec(PRECISION.get(name, 150)):
        for i in np.flatnonzero(np.isfinite(wide) & (np.abs(wide) >= info.tiny) & (np.abs(wide) <= info.max)):
            arguments = [mpmath.mpf(float(x[i])) for x in given]
            if not all(np.isfinite(x[i]) for x in given) or (name == "arctan2" and 0 in arguments):
                continue
            true = function(*arguments)
            # A long double is the sum of two doubles.
            high = float(wide[i])
            got = mpmath.mpf(high) + mpmath.mpf(float(wide[i] - wide.dtype.type(high)))
            unit = mpmath.ldexp(1, mpmath.frexp(true)[1] - 1 - info.nmant)
            worst = max(worst, (float(abs(got - true) / unit), [float(a) for a in arguments]), key=lambda pair: pair[0])
    assert worst[0] <= ORACLES.get((name, types), 0.001), worst


def true_complex(name, z):
    """By mpmath: of zeros with a sign it knows nothing, but these functions are symmetric."""
    function = MPMATH_COMPLEX.get(name) or getattr(mpmath, name)
    true = function(mpmath.mpc(float(z.real), abs(float(z.imag))))
    return mpmath.conj(true) if np.signbit(z.imag) else true


@close_complex
def test_complex(name, types, bits):
    """Without that oracle, as its complex functions can be some units off themselves: mpmath of both parts."""
    (given,) = given_for(name, types, 4000)
    given = given[np.isfinite(given)][:500]
    with np.errstate(all="ignore"):
        ours = getattr(npp, name)(given)
    real = given.real.dtype
    info, checked = np.finfo(real), 0
    with mpmath.workprec(2500):
        for z, got in zip(given, ours):
            if z == 0 or not np.isfinite(got) or abs(z.real) > 1e5 or abs(z.imag) > 1e5:
                continue
            true = true_complex(name, z)
            for part, exact in ((got.real, true.real), (got.imag, true.imag)):
                if abs(exact) < float(info.tiny):
                    continue
                unit = mpmath.ldexp(1, mpmath.frexp(exact)[1] - 1 - info.nmant)
                assert abs(mpmath.mpf(float(part)) - exact) <= unit, (z, part, exact)
                checked += 1
    assert checked > 300


@pytest.mark.skipif(LEVEL == "baseline", reason="no kernel")
@pytest.mark.parametrize("name, bits", [("logaddexp", "close"), ("logaddexp2", "close")])
def test_logarithms_that_cancel(name, bits):
    """Results of which much cancels, too many for mpmath: a long double is right to 0.02 units where they are not below 1/32."""
    rng = np.random.default_rng(5)
    x = rng.uniform(-1, 0.3, 1_000_000)
    y = x - rng.exponential(1, len(x))
    ours, true = npps(name)(x, y), numpys(name)(*(a.astype(np.longdouble) for a in (x, y)))
    error = np.where(np.abs(true) > 2.0**-5, ulps(ours, true, ours.dtype), 0)
    assert error.max() <= 1.02, (error.max(), x[error.argmax()], y[error.argmax()])
