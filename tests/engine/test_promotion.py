"""Which loop: operands of different dtypes, Python scalars (NEP 50), NumPy scalars, lists. The dtypes, the values and
the texts of the refusals must be NumPy's, also when the call is large enough to be split and the cast is made in pieces."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from layouts import THREADS
from support import check
from tables import ENTRIES, Signature
from values import maker

DTYPES = tuple(map(np.dtype, "? b B h H i I l L e f d g F D M8[s] m8[ms] S3 U5 O".split()))
SIZE = 300
PYTHON = (0, 1, -1, 300, 2**31, 2**40, -(2**63), 2**63, 2**64, 10**30, 2.5, -0.0, float("nan"), 1e300, 1j, True, None, "a", b"a")
NUMPY = (np.int8(3), np.uint64(2**63), np.float16(2.5), np.float32(1e30), np.float64(2), np.complex64(1j), np.bool_(True))
LISTS = ([1], [1.5], [[1], [2]], [True], [], (1, 2**40), ["a"])

numeric = [entry for entry in ENTRIES if entry.numpy.signature is None and not entry.key.startswith("umath.")]
by_entry = pytest.mark.parametrize("entry", numeric, ids=lambda entry: entry.key)
binary = pytest.mark.parametrize("entry", [e for e in numeric if e.numpy.nin == 2], ids=lambda entry: entry.key)


def operand(entry, dtypes, position, size=SIZE):
    array = maker(entry, Signature(dtypes))(position, (size,))
    if array.dtype.kind == "O" and entry.name in ("power", "left_shift", "float_power"):
        return array[:6]  # Python's integers would grow without end
    return array


@by_entry
def test_every_combination_of_dtypes(entry):
    turn = itertools.cycle(THREADS)
    for dtypes in itertools.product(DTYPES, repeat=entry.numpy.nin):
        sizes = {len(operand(entry, dtypes, k)) for k in range(len(dtypes))}

        def case(ufunc):
            with np.errstate(all="ignore"):
                return ufunc(*(operand(entry, dtypes, k, min(sizes)) for k in range(len(dtypes))))

        check(entry, case, f"{[str(dtype) for dtype in dtypes]}", (next(turn),))


@binary
def test_arrays_with_scalars_and_lists(entry):
    turn = itertools.cycle(THREADS)
    for dtype, other, swapped in itertools.product(DTYPES[:-1], PYTHON + NUMPY + LISTS, (False, True)):
        if entry.name == "multiply" and dtype.kind in "SU":
            continue  # would make texts of that many characters
        array = operand(entry, (dtype, dtype), 0, 4 if isinstance(other, tuple) else SIZE)
        array = array[:2] if isinstance(other, (tuple, list)) else array

        def case(ufunc):
            with np.errstate(all="ignore"):
                return ufunc(other, array) if swapped else ufunc(array, other)

        check(entry, case, f"{other!r} {'before' if swapped else 'after'} {dtype}", (next(turn),))


@by_entry
def test_scalars_alone(entry):
    """No array at all: the result is a scalar, the warnings are NumPy's."""
    for others in itertools.product((1, 2.5, 1j, True, np.float32(2), np.int8(100), 2**63, np.array(3.0)), repeat=entry.numpy.nin):

        def case(ufunc):
            with np.errstate(all="ignore"):
                return ufunc(*others)

        check(entry, case, f"{others}", (2,))


@by_entry
def test_lists_and_nested_sequences(entry):
    for data in ([1, 2, 3], [[1.0, 2.0], [3.0, 4.0]], range(5), [True, False], ["a", "b"], [[]], [1, [2]], np.float64(2)):

        def case(ufunc):
            with np.errstate(all="ignore"):
                return ufunc(*(data,) * ufunc.nin)

        check(entry, case, f"{data!r}", (2,))


@pytest.mark.skipif(not hasattr(np, "_get_promotion_state"), reason="since NumPy 2.2 there is one way of promotion")
@pytest.mark.filterwarnings("ignore")
def test_promotion_by_value():
    """Up to NumPy 2.1 a process may ask for it: then what a scalar holds decides, and NumPy does."""
    x = np.ones(100_000, "f4")
    before = np._get_promotion_state()
    np._set_promotion_state("legacy")
    try:
        for scalar in (3.0, np.float64(3), 1e300, np.array(3.0)):
            want, got = np.add(x, scalar), npp.add(x, scalar)
            assert want.dtype == got.dtype and np.array_equal(want, got), scalar
        assert "NPY_PROMOTION_STATE" in npp.explain(np.add, x, 3.0).reason
    finally:
        np._set_promotion_state(before)
