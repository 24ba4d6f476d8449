"""Every bit of a NaN, where an answer has no choice between two: one NaN comes in, its sign and payload are NumPy's."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from layouts import THREADS
from support import difference, outcome
from tables import ENTRIES

REAL = [entry for entry in ENTRIES if entry.numpy.signature is None and "d" in str(entry.numpy.types)]
N = 5000


def payloads(char):
    """Quiet NaNs of both signs with each low bit of the payload."""
    nan = np.full(N, np.nan, char)
    whole = nan.view(f"u{nan.itemsize}")
    bit = np.arange(N) % {"e": 9, "f": 22, "d": 51}[char]
    whole |= np.uint64(1).astype(whole.dtype) << bit.astype(whole.dtype)
    nan[::2] = -nan[::2]
    return nan


@pytest.mark.parametrize("entry", REAL, ids=lambda entry: entry.key)
def test_one_nan(entry):
    for char, position, threads in itertools.product("efd", range(entry.numpy.nin), THREADS[1:]):
        operands = [np.linspace(0.5, 9, N).astype(char) for _ in range(entry.numpy.nin)]
        operands[position] = payloads(char)
        if entry.name == "ldexp" and position == 1:
            continue

        def case(ufunc):
            with np.errstate(all="ignore"):
                return ufunc(*operands)

        npp.set_num_threads(threads)
        text = difference(outcome(case, entry.numpy), outcome(case, entry.ours))
        assert not text, f"{entry.key}({char}) with NaN at operand {position}, {threads} threads: {text}"
