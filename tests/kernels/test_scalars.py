"""One operand that is the same number for all: every ufunc of two inputs, special values in each position and form.

NumPy has ways of its own for some of them (a power of 0.5 is a square root), so they are no more special cases of arrays.
"""

import contextlib
import itertools

import numpy as np
import numpy_par as npp
import pytest
from kernel_values import any_bits, as_bits, npps, numpys, special
from support import UNDERFLOW, raised_flags

pytestmark = pytest.mark.usefixtures("own_kernels")

CLOSE = {row[:2] for row in npp._engine.kernels() if row[2] != "same"}
EXACT = (-1, 0, 0.5, 1, 2)  # exponents that are operations of their own
BINARY = {getattr(np, name): name for name in dir(np) if isinstance(getattr(np, name), np.ufunc) and getattr(np, name).nin == 2}
LOOPS = [
    (ufunc.__name__, types)
    for ufunc in BINARY
    for types in ufunc.types
    if ufunc.signature is None and not set(types.split("->")[0]) & set("OMmgG") and (types[0] == types[1] or ufunc is np.ldexp)
]


def some(code):
    values = special(code)
    return values[:: 5 if values.dtype.kind == "c" else 1]


def forms(value):
    """All that is one number for a whole loop."""
    yield value
    yield np.array(value)
    yield np.array([value])
    if value.dtype.kind in "biufc":
        yield value.item()


def fits(ufunc, array, scalar, place):
    """Whether a Python number takes the array's dtype: another loop is another test, and NumPy's errors are of test_promotion.py."""
    if not isinstance(scalar, complex | float | int):
        return True
    try:
        with np.errstate(all="ignore"):
            ufunc(*((array[:1], scalar) if place else (scalar, array[:1])))
            return np.result_type(array, scalar) == array.dtype
    except (OverflowError, TypeError):
        return False


def near(want, got):
    """Zeros, infinities and NaNs alike, other numbers about the same: what test_kernel_accuracy.py does not look at."""
    parts = [(want, got)] if want.dtype.kind != "c" else [(want.real, got.real), (want.imag, got.imag)]
    for w, g in parts:
        exact = ~np.isfinite(w) | (w == 0)
        small = np.finfo(w.dtype).smallest_subnormal * 2
        if exact.any() and not np.array_equal(as_bits(w[exact]), as_bits(g[exact])) or not np.allclose(w, g, 1e-5 if w.itemsize > 2 else 1e-2, small, equal_nan=True):
            return False
    return True


@pytest.mark.parametrize("name, types", LOOPS)
def test_special_values(name, types):
    npp.set_num_threads(2)
    codes = types.split("->")[0]
    ufunc, wrong = numpys(name), []
    turn = itertools.cycle((3000, 2, 1, 3000, 70))
    close = (name, types) in CLOSE
    for place in (0, 1):
        array = some(codes[1 - place])
        if name == "power" and array.dtype.kind == "i" and place == 0:
            array = np.abs(array)[np.abs(array) >= 0]
        for number, (value, n) in enumerate(zip(some(codes[place]), turn)):
            if name == "power" and value.dtype.kind == "i" and place == 1 and value < 0:
                continue
            usual = value in EXACT if value.dtype.kind in "fiu" else False
            for scalar in itertools.islice(forms(value), *((None,) if usual else (number % 4, number % 4 + 1))):
                if not fits(ufunc, array, scalar, place):
                    continue
                operands = [np.resize(array, n)] * 2
                operands[place] = scalar
                with np.errstate(all="ignore"):
                    want, flags = np.atleast_1d(ufunc(*operands)) if ufunc.nout == 1 else ufunc(*operands), raised_flags(ufunc, *operands)
                    for on in (False, True):
                        ours = ufunc if on else npps(name)
                        with npp.enabled() if on else contextlib.nullcontext():
                            got, raised = np.atleast_1d(ours(*operands)) if ufunc.nout == 1 else ours(*operands), raised_flags(ours, *operands)
                        exact = not close or (name == "power" and place == 1 and codes in ("ff", "dd") and value in EXACT)
                        alike = np.array_equal(as_bits(want), as_bits(got)) if exact else near(want, got)
                        if not alike or (raised ^ flags) & ~(UNDERFLOW if close else 0):
                            wrong.append((place, repr(scalar), n, flags, raised, want, got))
    assert not wrong, f"{len(wrong)}: {wrong[:3]}"


@pytest.mark.parametrize("code", "fd")
@pytest.mark.parametrize("exponent", EXACT)
def test_powers_that_are_operations(code, exponent):
    """Of every kind of number, at every stride, as a method and in place. (Of rows it is up to NumPy's buffers.)"""
    x = np.concatenate([special(code), any_bits(code, 5000)])
    e = x.dtype.type(exponent)
    cases = [
        lambda p, x: p(x, e),
        lambda p, x: p(x[::3], e),
        lambda p, x: p(x[::-1], e),
        lambda p, x: p(x, e, out=x),
        lambda p, x: p(x[:5000].reshape(50, 100), np.full((50, 1), e)),
        lambda p, x: p(x[:5000].reshape(100, 50).T, np.full((50, 1), e)),
        lambda p, x: p(x, np.full(x.shape, e)),
        lambda p, x: p(x, np.broadcast_to(e, x.shape)),
        lambda p, x: p(x[:300], e, dtype=code, where=np.arange(300) % 3 > 0, out=np.zeros(300, code)),
        lambda p, x: p.outer(x[:50], np.full(3, e)),
    ]
    for i, case in enumerate(cases):
        for threads in (1, 3):
            npp.set_num_threads(threads)
            with np.errstate(all="ignore"):
                want, got = case(np.power, x.copy()), case(npp.power, x.copy())
                with npp.enabled():
                    hooked = case(np.power, x.copy())
            for result in (got, hooked):
                assert np.array_equal(as_bits(want), as_bits(result)) if i not in (4, 5, 6, 9) else near(want, result), (i, threads)


@pytest.mark.parametrize("code", "fdbhilBHIL")
def test_infinite_powers(code):
    """Flags too: NumPy's power of one is one, whatever the exponent."""
    for x in ([0], [1], [5], [0, 1, 5], [1] * 3000):
        x = np.array(x, code)
        for exponent in (-np.inf, np.inf, np.nan, -0.0):
            for call in (lambda: x**exponent, lambda: np.power(x, exponent), lambda: np.float_power(x, exponent)):
                with np.errstate(all="ignore"):
                    want, flags = call(), raised_flags(call)
                    with npp.enabled():
                        got, raised = call(), raised_flags(call)
                assert want.dtype == got.dtype and np.array_equal(want, got, equal_nan=True), (x[:3], exponent)
                assert flags == raised, (x[:3], exponent, flags, raised)
