"""where= of ufuncs: bits, warnings and errors are those of the selected elements alone, and nothing else is written.

The engine computes some blocks as a whole and stores what is selected. So what is not selected has all that raises flags.
"""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from layouts import ARRANGE, THREADS
from moving import DENSITIES, mask
from support import check, outcome, regions
from tables import BY_KEY, ELEMENTWISE
from values import maker, sample

SIZES = (1, 2, 31, 64, 65, 500, 1023, 1024, 1025, 4097, 10_007)
STATES = ({"all": "warn"}, {"all": "warn"}, {"all": "ignore"}, {"all": "raise"}, {"divide": "raise"})
LAYOUTS = ("plain", "plain", "plain", "strided", "plain", "reversed", "inner", "plain", "misaligned", "fortran", "byte-swapped")
# NumPy 2.4's own vector loops of these store wrong truth values where an output is strided and stretches are short.
WRONG_IN_NUMPY = ("isnan", "isinf", "isfinite", "signbit")
by_entry = pytest.mark.parametrize("entry", ELEMENTWISE, ids=lambda entry: entry.key)


def filled(dtype, shape, salt):
    return np.zeros(shape, dtype) if dtype.kind in "SUV" else sample(dtype, shape, salt=salt)


def outputs(entry, make):
    """The dtypes of the outputs, or nothing where NumPy refuses these operands."""
    with np.errstate(all="ignore"):
        result = outcome(lambda ufunc: ufunc(*(make(k, (3,)) for k in range(ufunc.nin))), entry.numpy).result
    if isinstance(result, Exception):
        return None
    return [part.dtype for part in (result if isinstance(result, tuple) else (result,))]


@by_entry
def test_matrix(entry):
    """Each signature with the next size, density, layout, state of errors: their numbers have no common factor."""
    turn = [itertools.cycle(kinds) for kinds in (SIZES, DENSITIES, LAYOUTS, STATES, ("plain", "plain", "strided", "reversed", "broadcast"), range(7))]
    for signature, again in itertools.product(entry.signatures, range(20)):
        make = maker(entry, signature, salt=again * 31)
        dtypes = outputs(entry, make) if signature.parallel else None
        if dtypes is None:
            continue
        size, density, arrange, state, how, seed = map(next, turn)
        shape = (size,) if again % 3 else (max(size // 7, 1), 7)
        of_mask = shape[-1:] if how == "broadcast" else shape
        m = mask(of_mask, density, "plain" if how == "broadcast" else how, seed)
        to = "plain" if entry.name in WRONG_IN_NUMPY and arrange in ("strided", "reversed", "fortran") else arrange
        in_place = seed == 3 and dtypes[0] == signature.inputs[0]

        def case(ufunc):
            operands = [ARRANGE[arrange](make(k, shape[-1:] if k and seed == 5 else shape)) for k in range(ufunc.nin)]
            outs = tuple(ARRANGE[to](filled(dtype, shape, again)) for dtype in dtypes)
            outs = (operands[0], *outs[1:]) if in_place and operands[0].shape == shape else outs
            with np.errstate(**state):
                try:
                    return ufunc(*operands, out=outs, where=m), outs
                except FloatingPointError as error:
                    return str(error)  # of an output that is then left unfinished nobody promises anything

        check(entry, case, f"({signature}) {shape} {density} {how} {arrange} {state}{' in place' if in_place else ''}", THREADS[again % 4 :][:1])


@by_entry
def test_what_is_not_selected_raises_nothing(entry):
    """Every other element is what raises most: zeros, infinities, NaNs, subnormals, the largest numbers."""
    for signature in entry.signatures:
        if not signature.parallel or not {dtype.kind for dtype in signature.inputs} & set("fciu"):
            continue
        make = maker(entry, signature)
        dtypes = outputs(entry, make)
        if dtypes is None:
            continue
        m = np.arange(3000) % 2 == 0

        def case(ufunc):
            operands = [make(k, (3000,)) for k in range(ufunc.nin)]
            for k, operand in enumerate(operands):
                operand[m] = sample(operand.dtype, (99,), k)[50 if operand.dtype.kind in "iu" else 1]
            outs = tuple(filled(dtype, (3000,), 3) for dtype in dtypes)
            with np.errstate(all="warn"):
                return ufunc(*operands, out=outs, where=m), outs

        check(entry, case, f"({signature})", (2, 3))


ORDINARY = ("add", "subtract", "multiply", "divide", "maximum", "sqrt", "exp", "sin", "power", "floor_divide", "remainder", "divmod", "modf", "frexp", "less", "isnan", "logical_and", "bitwise_xor", "left_shift")


@pytest.mark.parametrize("name", ORDINARY)
def test_each_density(name):
    """Around the limits at which a block is computed as a whole: its stretches, and how much of it is selected."""
    entry = BY_KEY[name]
    signature = next(s for s in entry.signatures if s.inputs[0].char in ("d" if name not in ("bitwise_xor", "left_shift") else "l"))
    make = maker(entry, signature)
    dtypes = outputs(entry, make)
    rng = np.random.default_rng(0)
    for n, share in itertools.product((63, 1000, 1024, 1025, 5000), (0.01, 0.2, 0.25, 0.3, 0.5, 0.7, 0.95)):
        drawn = rng.random(n)
        for m in (drawn < share, np.repeat(drawn[: n // 30 + 1] < share, 31)[:n], np.sort(drawn) < share, np.arange(n) % 4 == 0):

            def case(ufunc):
                outs = tuple(filled(dtype, (n,), 1) for dtype in dtypes)
                with np.errstate(all="warn"):
                    return ufunc(*(make(k, (n,)) for k in range(ufunc.nin)), out=outs, where=m), outs

            check(entry, case, f"{n} {share} {np.count_nonzero(m)}", (3,))


@pytest.mark.parametrize("name", ["cosh", "log2", "arctan", "exp", "tan", "cbrt", "arcsin", "sinh", "power", "multiply", "square"])
@pytest.mark.parametrize("code", "efdFD")
def test_loops_that_depend_on_strides(name, code):
    """NumPy's vector loops and its scalar ones have other bits: which of them it takes is up to the strides."""
    entry = BY_KEY[name]
    signatures = [s for s in entry.signatures if {dtype.char for dtype in s.inputs} == {code}]
    for signature, step_in, step_out in itertools.product(signatures, (1, 2, -1, 3), (1, 2, -1, 3, -2)):
        make = maker(entry, signature)
        m = mask((1024,), "half")

        def case(ufunc):
            operands = [np.repeat(make(k, (1024,)), abs(step_in))[::step_in] for k in range(ufunc.nin)]
            out = np.zeros(1024 * abs(step_out), code)[::step_out]
            with np.errstate(all="ignore"):
                return ufunc(*operands, out=out, where=m), out

        check(entry, case, f"({signature}) {step_in} to {step_out}", (2,))


@pytest.mark.parametrize("name", ["fmin", "fmax", "minimum", "maximum"])
def test_zeros_of_both_signs(name):
    """Which of them NumPy takes for the extreme is up to the length of a stretch."""
    for code, n, density in itertools.product("efd", (64, 1000, 5000), DENSITIES):
        a, b = (np.random.default_rng(k).choice(np.array([0.0, -0.0, 1.0]), n).astype(code) for k in (1, 2))
        m = mask((n,), density)
        check(BY_KEY[name], lambda ufunc: ufunc(a, b, out=np.ones(n, code), where=m), f"{code} {n} {density}", (2,))


def test_an_output_of_another_kind():
    """Once warned of is enough."""
    z, m = np.ones(65, "D"), np.arange(65) % 2 == 0
    for out in (lambda: np.ones(65, "D"), lambda: np.ones(65, "F"), lambda: np.ones(65, "f4"), lambda: np.ones(65, "i4")):
        for casting in ("same_kind", "unsafe", "no"):
            check(BY_KEY["absolute"], lambda ufunc: ufunc(z, out=out(), where=m, casting=casting), f"{out().dtype} {casting}")
            check(BY_KEY["absolute"], lambda ufunc: ufunc(z, out=out(), where=m[::-1], casting=casting), f"{out().dtype} {casting}")
            check(BY_KEY["absolute"], lambda ufunc: ufunc(z, out=out(), casting=casting), f"{out().dtype} {casting}, all of it")
    check(BY_KEY["absolute"], lambda ufunc: ufunc(a := np.ones(65, "D"), out=a, where=m), "in place")


def test_errors_of_loops():
    """An error of a selected element is NumPy's; of one that is not selected there is none."""
    for n in (65, 5000):
        base, exponent = np.full(n, 3), np.arange(n) % 5
        exponent[::2] = -1
        m = np.arange(n) % 2 == 1
        check(BY_KEY["power"], lambda ufunc: ufunc(base, exponent, out=np.zeros(n, int), where=m), f"{n}, not selected")
        check(BY_KEY["power"], lambda ufunc: ufunc(base, exponent, out=np.zeros(n, int), where=~m), f"{n}, selected")
        check(BY_KEY["floor_divide"], lambda ufunc: ufunc(base, exponent + 1, out=np.zeros(n, int), where=m), f"{n}, divisors")
        check(BY_KEY["divmod"], lambda ufunc: ufunc(base, exponent + 1, out=(np.zeros(n, int), np.ones(n, int)), where=~m), f"{n}, divisors")


def test_overlaps_under_a_mask():
    m = mask((5001,), "half")
    for there, back in itertools.product((slice(0, -1), slice(1, None), slice(None, None, -1), slice(0, 5000)), repeat=2):

        def case(ufunc):
            x = sample("d", (5001,))
            n = min(len(x[there]), len(x[back]))
            with np.errstate(all="ignore"):
                return ufunc(x[there][:n], 2.0, out=x[back][:n], where=m[:n]), x

        for name in ("add", "multiply", "maximum"):
            check(BY_KEY[name], case, f"{there} to {back}")

        def masked_by_itself(ufunc):
            own = m.copy()
            n = min(len(own[there]), len(own[back]))
            return ufunc(own[there][:n], own[back][:n], out=own[back][:n], where=own[there][:n]), own

        for name in ("logical_xor", "logical_and", "less"):
            check(BY_KEY[name], masked_by_itself, f"{there} to {back}")


@pytest.mark.parametrize("density", ["half", "most", "stretches", "odd bytes"])
def test_it_is_in_parallel(density):
    """Otherwise all of the above would show nothing."""
    x, out, m = np.linspace(0, 1, 60_000), np.zeros(60_000), mask((60_000,), density)
    assert regions(lambda: npp.add(x, x, out=out, where=m)) >= 1
    assert regions(lambda: npp.modf(x, out=(out, np.zeros(60_000)), where=m)) >= 1
