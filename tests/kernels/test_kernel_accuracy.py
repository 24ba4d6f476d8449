"""Kernels with other bits than NumPy's: at most 1.0 ULP from the true value, at each instruction set; the fast ones 3.5.

What the true value is: accuracy.py.
"""

import mpmath
import numpy as np
import numpy_par as npp
import pytest
from accuracy import MOST, MPMATH, ORACLES, PRECISION, given_for, true_complex, true_values, ulps
from kernel_values import LEVEL, npps, numpys

pytestmark = pytest.mark.usefixtures("own_kernels")

ROWS = [row[:3] for row in npp._engine.kernels() if row[2] != "same"]
close = pytest.mark.parametrize("name, types, bits", ROWS)
close_real, close_complex = (pytest.mark.parametrize("name, types, bits", [row for row in ROWS if (row[1][0] in "FD") == of]) for of in (False, True))
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
