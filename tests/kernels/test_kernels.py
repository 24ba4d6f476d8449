"""Kernels of ours (src/kernels/ops.def), at each instruction set: NumPy's bits and flags, every place, and which are chosen.

How near to the true value those are that have other bits: test_kernel_accuracy.py.
"""

import itertools
import re
import warnings

import numpy as np
import numpy_par as npp
import pytest
from kernel_values import HAS, LEVEL, LEVELS, any_bits, as_bits, cross, inputs, legal, npps, numpys, ordinary, pairs_to_raise, positive, special
from support import UNDERFLOW, raised, raised_flags, run_python, run_tests

pytestmark = pytest.mark.usefixtures("own_kernels")

# Where NumPy's loop has no answer, or another at each of its levels: nothing to compare with.
ROWS = [row[:3] for row in npp._engine.kernels()]
every = pytest.mark.parametrize("name, types, bits", ROWS)
same = pytest.mark.parametrize("name, types, bits", [row for row in ROWS if row[2] == "same"])
close = pytest.mark.parametrize("name, types, bits", [row for row in ROWS if row[2] != "same"])


@same
def test_same_bits(name, types, bits):
    given = legal(name, inputs(types.split("->")[0]))
    with np.errstate(all="ignore"):
        want, got = as_bits(numpys(name)(*given)), as_bits(npps(name)(*given))
    wrong = np.flatnonzero((want != got).any(1))
    assert not len(wrong), [[repr(x[i]) for x in given] for i in wrong[:5]]


@same
def test_a_scalar_of_each_kind(name, types, bits):
    """An operand that is the same number for all: a kernel may prepare for it."""
    codes = types.split("->")[0]
    given = inputs(codes, 3000)
    for k in range(len(codes) * (len(codes) > 1)):
        for value in special(codes[k]):
            operands = legal(name, [value if i == k else x for i, x in enumerate(given)])
            with np.errstate(all="ignore"):
                want, got = as_bits(numpys(name)(*operands)), as_bits(npps(name)(*operands))
            assert np.array_equal(want, got), (k, repr(value), [repr(x[(want != got).any(1)][:3]) for i, x in enumerate(given) if i != k])


@same
def test_same_flags(name, types, bits):
    """For each pair of special values alone, and for none of many ordinary ones."""
    codes = types.split("->")[0]
    for pair in pairs_to_raise(codes):
        arrays = legal(name, [np.full(3, x, code) for x, code in zip(pair, codes)])
        want, got = raised(numpys(name), *arrays), raised(npps(name), *arrays)
        assert want == got, (pair, want, got)
    calm = [positive(code, 10_000, seed=k) for k, code in enumerate(codes)]
    assert raised(npps(name), *calm) == raised(numpys(name), *calm)


@pytest.mark.parametrize("name, types, bits", [row for row in ROWS if row[2] == "same" and row[1].startswith("e->")])
def test_same_flags_of_every_number(name, types, bits):
    """All float16 that raise the same together; those at the ends of a run of such alone."""
    numbers = np.arange(65536, dtype=np.uint16).view("e")
    wanted = np.array([raised_flags(numpys(name), numbers[i : i + 1]) for i in range(65536)])
    for flags in np.unique(wanted):
        assert raised_flags(npps(name), numbers[wanted == flags]) == flags
    change = np.flatnonzero(np.diff(wanted))
    for i in np.union1d(change, change + 1)[:2000]:
        got = raised_flags(npps(name), np.repeat(numbers[i], 3))  # three: one is left to NumPy
        assert got == wanted[i], (numbers[i], hex(i), wanted[i], got)


def test_a_product_less_than_normal_until_it_is_rounded():
    """NumPy calls it an underflow, where it converts without F16C; x86 does not."""
    x, y = (np.full(3, bits, np.uint16).view("e") for bits in (0x21A8, 0x1DA8))
    assert np.all(x * y == np.finfo("e").tiny)
    assert raised(npp.multiply, x, y) == raised(np.multiply, x, y)


@close
def test_flags(name, types, bits):
    """Invalid, pole and overflow as NumPy has them; nothing from ordinary numbers. (Of underflow NumPy's own loops differ.)"""
    codes = types.split("->")[0]
    for pair in pairs_to_raise(codes):
        arrays = [np.full(3, x, code) for x, code in zip(pair, codes)]
        want, got = (raised(f, *arrays) - {"underflow"} for f in (numpys(name), npps(name)))
        assert want == got, (pair, want, got)
    low, high = (1, 2) if name == "arccosh" else (0.1, 0.9)
    assert raised(npps(name), *(positive(code, 10_000, low, high, k) for k, code in enumerate(codes))) == set()


# NumPy's loop of AVX2 raises it for small numbers, and not for small results; a power of one is the number itself.
OTHER_UNDERFLOWS = {("exp", "f->f"), ("exp2", "f->f"), ("power", "dd->d"), ("power", "ff->f"), ("power", "ee->e"), ("float_power", "dd->d")}


@pytest.mark.parametrize("name, types, bits", [row for row in ROWS if row[2] == "close" and row[:2] not in OTHER_UNDERFLOWS and row[1][-1] in "efd"])
def test_underflow(name, types, bits):
    codes = types.split("->")[0]
    info = np.finfo(codes[0])
    tiny, least = float(info.tiny), float(info.smallest_subnormal)
    sizes = [least, tiny / 2, tiny, tiny**0.5 * 0.9, 1e-3, 1.0, 0.0, *(float(np.log(x)) - d for x in (tiny, least) for d in (0, 3)), float(np.log2(least)) - 3, 0.5, 20.5]
    for values in itertools.product([*sizes, *(-x for x in sizes)], repeat=len(codes)):
        arrays = [np.full(3, x, code) for x, code in zip(values, codes)]
        want, got = (raised_flags(f, *arrays) & UNDERFLOW for f in (numpys(name), npps(name)))
        assert want == got, values


@close
def test_special_values(name, types, bits):
    """Zeros with their signs, infinities and NaNs are NumPy's."""
    given = cross(types.split("->")[0])
    with np.errstate(all="ignore"):
        want, got = numpys(name)(*given), npps(name)(*given)
    parts = [(want, got)] if want.dtype.kind != "c" else [(want.real, got.real), (want.imag, got.imag)]
    for w, g in parts:
        exact = ~np.isfinite(w) | (w == 0)
        wrong = np.flatnonzero(exact & (as_bits(w) != as_bits(g)).any(1))
        assert not len(wrong), [([repr(x[i]) for x in given], w[i], g[i]) for i in wrong[:5]]
        assert np.array_equal(np.signbit(w) & ~np.isnan(w), np.signbit(g) & ~np.isnan(g))


@pytest.mark.parametrize("bits", ["close", "fast"])
@pytest.mark.parametrize("name", ["sin", "cos", "tan"])
def test_angles_among_others(name, bits):
    """The same angle beside smaller and larger ones: SLEEF itself reduces all of a vector as the largest needs it."""
    ours = npps(name)
    npp.set_precision(bits)
    for code in "fd":
        x = np.geomspace(0.1, 1e16, 5000).astype(code)
        alone = ours(np.repeat(x, 16))[::16]
        for other in (0.1, 7.4, 7.6, 14.0, 16.0, 62.0, 63.0, 124.0, 126.0, 38e3, 4e4, 9e5, 1.1e6, 9e13, 1.1e14, 1e18):
            mixed = np.full(16 * len(x), other, code)
            mixed[::16] = x
            wrong = ours(mixed)[::16] != alone
            assert not wrong.any(), (code, other, x[wrong])


# -- places ------------------------------------------------------------------------------------------


@every
def test_every_place(name, types, bits):
    """f(x)[i] == f(x[i:i+1]), at every offset, stride and length, in place, as a scalar, and at every number of threads."""
    codes = types.split("->")[0]
    ours = npps(name)
    with np.errstate(all="ignore"):
        given = legal(name, [np.concatenate([np.resize(special(code), 400), any_bits(code, 300, k), ordinary(code, 500, 3, k)]) for k, code in enumerate(codes)])
        whole = as_bits(ours(*given))
        for begin, end, step in [(0, 1, 1), (1, 18, 1), (3, 700, 1), (0, 1200, 2), (5, 1100, 7), (1199, None, -1), (600, 0, -3)]:
            part = [x[begin:end:step] for x in given]
            assert np.array_equal(as_bits(ours(*part)), whole[begin:end:step]), (begin, end, step)
        for i in (0, 7, 33, 1199):
            assert np.array_equal(as_bits(ours(*(x[i : i + 1] for x in given))), whole[i : i + 1])
            assert np.array_equal(as_bits(ours(*(x[i] for x in given))), whole[i : i + 1])
        outs = types.split("->")[1]
        for k, code in enumerate(codes):
            if code == outs[0]:
                buffers = [x.copy() for x in given]
                ours(*buffers, out=(buffers[k], *(np.empty(1200, other) for other in outs[1:])))
                assert np.array_equal(as_bits(buffers[k]), as_bits(ours(*given) if len(outs) == 1 else ours(*given)[0])), "in place"
        unaligned = []
        for x in given:
            raw = np.zeros(x.nbytes + 1, np.uint8)[1:].view(x.dtype)
            raw[:] = x
            unaligned.append(raw)
        assert np.array_equal(as_bits(ours(*unaligned)), whole)
        for k in range(len(codes)):
            broadcast = [x[7] if i == k else x for i, x in enumerate(given)]
            filled = [np.full(1200, x[7]) if i == k else x for i, x in enumerate(given)]
            assert len(codes) == 1 or np.array_equal(as_bits(ours(*broadcast)), as_bits(ours(*filled))), k
        large = [np.tile(x, 100) for x in given]
        for threads in (1, 2, 3, 7):
            npp.set_num_threads(threads)
            assert np.array_equal(as_bits(ours(*large)), np.tile(whole, (100, 1))), threads
        with npp.enabled():
            theirs = numpys(name)
            assert np.array_equal(as_bits(theirs(*given)), whole)
            assert np.array_equal(as_bits(theirs(*(x[7:8] for x in given))), whole[7:8])
            assert np.array_equal(as_bits(theirs(*(x[7] for x in given))), whole[7:8])


@pytest.mark.parametrize("name, types, bits", [row for row in ROWS if row[1] == "e->e"])
def test_no_neighbour_counts(name, types, bits):
    """Each float16, among others of several sizes: SLEEF goes by the largest of a vector."""
    numbers = np.arange(65536, dtype=np.uint16).view("e")
    found = []
    for neighbour in (0.25, 1000, 60000):
        x = np.full((65536, 32), neighbour, "e")
        x[:, [5, 20]] = numbers[:, None]
        with np.errstate(all="ignore"):
            found += [as_bits(npps(name)(x)[:, column].copy()) for column in (5, 20)]
    assert all(np.array_equal(found[0], other) for other in found[1:])


@every
def test_exact(name, types, bits):
    """With exact=True no bit is other than NumPy's, large or small."""
    codes = types.split("->")[0]
    with np.errstate(all="ignore"):
        given = legal(name, [ordinary(code, 50_000, 3, k) for k, code in enumerate(codes)])
        theirs = numpys(name)
        want = as_bits(theirs(*given))
        with npp.enabled(exact=True):
            assert np.array_equal(as_bits(theirs(*given)), want)
            assert np.array_equal(as_bits(theirs(*(x[:5] for x in given))), want[:5])


def test_reductions_and_accumulations():
    """The same loop is called with its output as its input."""
    x = np.random.default_rng(0).uniform(1, 2, 5000)
    for ours, theirs in ((npp.hypot, np.hypot), (npp.fmod, np.fmod)):
        assert np.allclose(ours.reduce(x), theirs.reduce(x), rtol=1e-12)
        assert np.allclose(ours.accumulate(x), theirs.accumulate(x), rtol=1e-12)
    for ufunc in (np.hypot, np.logaddexp, np.fmod):
        want = ufunc.reduce(x), ufunc.reduce(x.reshape(50, 100)), ufunc.reduceat(x, [0, 7, 90])
        with npp.enabled():
            found = ufunc.reduce(x), ufunc.reduce(x.reshape(50, 100)), ufunc.reduceat(x, [0, 7, 90])
            assert all(map(np.array_equal, found, want)), f"{ufunc}: reductions have NumPy's bits"
            assert np.array_equal(ufunc.outer(x[:30], x[:20]), ufunc(x[:30, None], x[:20]))
            assert np.array_equal(ufunc.accumulate(x), np.array(list(itertools.accumulate(x, ufunc))))
    out = x.copy()
    npp.fmod(out[:-1], out[1:], out=out[1:])
    want = x.copy()
    np.fmod(want[:-1], want[1:], out=want[1:])
    assert np.array_equal(out, want)


INTEGERS = pytest.mark.parametrize("code", "bBhHiIlLqQ")


@INTEGERS
@pytest.mark.parametrize("name", ["floor_divide", "remainder", "fmod", "gcd", "lcm", "power", "maximum", "minimum"])
def test_integers_in_order(name, code):
    """Reductions and accumulations, contiguous and not; in place, where one element is made of the one before."""
    ours, theirs = npps(name), getattr(np, name)
    x = np.concatenate([any_bits(code, 3000), ordinary(code, 100), special(code)])
    x = legal(name, [x, x])[1]
    methods = ["accumulate", "reduce"] if name in ("gcd", "lcm", "maximum", "minimum") else ["accumulate"]
    with np.errstate(all="ignore"):
        for part in (x, x[::3], x[::-1], x[:1], np.broadcast_to(x[5:6], 100), np.resize(x, (2, 900))):
            for method in methods:
                want = getattr(theirs, method)(part)
                with npp.enabled():
                    assert np.array_equal(getattr(ours, method)(part), want)
                    assert np.array_equal(getattr(theirs, method)(part), want)
        results = []
        for ufunc in (ours, theirs):
            out = x.copy()
            ufunc(out[:-1], out[1:], out=out[1:])
            out = legal(name, [out, out])[1]
            ufunc(out, out[3], out=out)
            out = legal(name, [out, out])[1]
            ufunc(out[0], out, out=out)
            results.append(out)
        assert np.array_equal(*results)


@pytest.mark.parametrize("code", "DF")
def test_powers_of_complex_numbers(code):
    """One exponent for all: NumPy's products in NumPy's order, in its bits and flags; a zero among the bases or not."""
    x = np.concatenate([ordinary(code, 500), special(code)])
    few = x[np.isfinite(x) & (x != 0)]
    for exponent in (-101, -100, -99, -64, -7, -3, -2, -1, -0.0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 31, 63, 64, 99, 100, 2.5, -0.5, 3 + 1j, np.nan, np.inf):
        y = np.array(exponent).astype(code)
        with np.errstate(all="ignore"):
            for base in (x, few, x[::-3]):
                want, got = as_bits(np.power(base, y)), as_bits(npp.power(base, y))
                wrong = np.flatnonzero((want != got).any(1))
                assert not len(wrong), (exponent, [repr(v) for v in base[wrong[:3]]])
        for value in special(code)[::3]:
            base = np.full(3, value)
            assert raised(npp.power, base, y) == raised(np.power, base, y), (exponent, value)


@pytest.mark.parametrize("code", "df")
def test_powers_of_negative_numbers(code):
    """Those that are no numbers raise invalid alone, however large the base; the others have their sign."""
    x = -np.concatenate([ordinary(code, 5000) ** 2 + 0.5, np.full(50, np.finfo(code).max), np.full(50, np.inf)]).astype(code)
    for y in (2.5, -2.5, 7, 8, -9, np.nan, np.inf, -np.inf, 1e30):
        for exponent in (np.array(y).astype(code), np.full(len(x), y).astype(code)):
            results = []
            for ufunc in (np.power, npp.power):
                with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn"):
                    warnings.simplefilter("always")
                    results.append((ufunc(x, exponent), sorted(str(w.message) for w in caught)))
            (want, said), (got, ours) = results
            assert [w for w in ours if "underflow" not in w] == [w for w in said if "underflow" not in w], y
            assert np.allclose(got, want, rtol=1e-6, equal_nan=True), y


@pytest.mark.parametrize("code", "bhilq")
def test_negative_powers_of_integers(code):
    """They are NumPy's to refuse, wherever they are."""
    x, y = ordinary(code, 50_000), np.full(50_000, 3, code)
    assert np.array_equal(npp.power(x, y), x * x * x) and np.array_equal(npp.power(x, y[0]), x * x * x)
    assert npp.power(x[:0], -1).shape == np.power(x[:0], -1).shape
    for place in (0, 77, 49_999):
        y[place] = -1
        for exponents in (y, y[::-1], y[place], y[place : place + 1]):
            for ufunc in (npp.power, np.power):
                with npp.enabled(), pytest.raises(ValueError, match="negative integer powers"):
                    ufunc(x, exponents)
        y[place] = 3


PYTHONS = {"dd": 2.5, "ll": 3, "DD": 1.5 - 0.5j}  # by two operands of a type that a Python number has


@pytest.mark.parametrize("name, types, bits", [row for row in ROWS if row[1].split("->")[0] in PYTHONS])
def test_values_of_python(name, types, bits):
    """A Python number among the operands is the NumPy scalar that it stands for, in small calls and large ones."""
    codes = types.split("->")[0]
    number = PYTHONS[codes]
    x = positive(codes[0], 3000)
    with np.errstate(all="ignore"):
        for ours in (npps(name), npp.enabled()):
            with ours if not isinstance(ours, np.ufunc) else npp.precision(npp.get_precision()):
                function = ours if isinstance(ours, np.ufunc) else numpys(name)
                whole = as_bits(function(x, np.full(3000, number, codes[0])))
                for n in (1, 2, 50, 3000):
                    assert np.array_equal(as_bits(function(x[:n], number)), whole[:n]), n
                    with npp.threads(1):
                        assert np.array_equal(as_bits(function(x[:n], number)), whole[:n]), n


def test_an_override_sees_numpys_ufunc():
    """Wherever among the arguments it is."""

    class Duck:
        def __array_ufunc__(self, ufunc, method, *args, **kwargs):
            return ufunc, method

    x = np.ones(5)
    with npp.enabled():
        for ufunc in (np.sin, np.hypot, np.spacing, np.floor_divide):
            args = (x,) * ufunc.nin
            assert ufunc(*args, out=Duck()) == (ufunc, "__call__")
            assert ufunc(*args, where=Duck()) == (ufunc, "__call__")
            assert ufunc(Duck(), *args[1:]) == (ufunc, "__call__")


def test_what_a_results_memory_held_is_not_looked_at():
    for name, types, _ in ROWS:
        codes, outs = types.split("->")
        if any(np.dtype(code).kind not in "fc" for code in types.replace("->", "")) or name == "arccosh":
            continue
        operands = [positive(code, 1000, 0.2, 0.8) for code in codes]
        poison = [np.full(1000 * np.dtype(out).itemsize, 0x7F, np.uint8) for out in outs]
        for array, out in zip(poison, outs):
            real = np.dtype(f"f{np.dtype(out).itemsize // (2 if out in 'FD' else 1)}")
            array.view(f"u{real.itemsize}")[:] = np.array(np.inf, real).view(f"u{real.itemsize}") + 1
        clean = raised(lambda: npps(name)(*operands))
        assert raised(lambda: npps(name)(*operands, out=tuple(array.view(out) for array, out in zip(poison, outs)))) == clean, (name, types)


# -- which ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["kernels", "kernel_accuracy", "exhaustive", "casts", "scalars", "flush"])
@pytest.mark.parametrize("level", HAS[:-1])
def test_levels(level, file):
    """All of the above, which are at the last level that there is, at a level that is forced; NumPy is held to the same."""
    disabled = {"neon": "", "avx512": "", "avx2": "X86_V4 AVX512_ICL AVX512_SPR", "baseline": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"}[level]
    text = run_tests(f"kernels/test_{file}.py", "not levels and not choice", timeout=900, env={"NUMPY_PAR_ISA": level, "NPY_DISABLE_CPU_FEATURES": disabled})
    assert "failed" not in text and re.search(r"\d|\.", text), text


@pytest.mark.parametrize("level, text", [("avx1024", f"it must be .*{LEVELS[-1]}"), *((level, "this CPU has no") for level in LEVELS if level not in HAS)])
def test_a_choice_that_cannot_be(level, text):
    with pytest.raises(AssertionError, match=f"ImportError.*NUMPY_PAR_ISA is '{level}': {text}"):
        run_python("import numpy_par", env={"NUMPY_PAR_ISA": level})


def test_the_choice_is_told():
    x = np.ones(100_000, "e")
    assert npp.explain(np.add, x, x).kernel == (None if LEVEL == "baseline" else LEVEL)
    assert npp.explain(np.less, x, x).kernel == LEVEL
    assert npp.explain(np.add, x.astype("f8"), x.astype("f8")).kernel is None
