"""No read and no write outside an operand: each begins or ends at a page that may not be touched."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from fences import Fence
from support import difference, outcome
from tables import ENTRIES
from values import maker

SIZES = (1, 2, 3, 7, 31, 33, 127, 1001, 4099, 8193)
STACKS = (1, 2, 7, 33)


@pytest.fixture(scope="module")
def fences():
    return [Fence(1 << 20) for _ in range(8)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_nothing_outside_an_operand_is_touched(entry, fences):
    turn = itertools.cycle(SIZES if entry.numpy.signature is None else STACKS)
    # three sizes for each signature and side, the next three of the list for the next one
    for signature, at_end, _ in itertools.product(entry.signatures, (False, True), range(3)):
        count = next(turn)
        if not signature.parallel:
            continue
        values = [maker(entry, signature)(k, (count, *core)) for k, core in enumerate(entry.core)]
        with np.errstate(all="ignore"):
            want = outcome(lambda ufunc: ufunc(*(operand.copy() for operand in values)), entry.numpy).result
            if isinstance(want, Exception):
                continue
            want = want if isinstance(want, tuple) else (want,)
            for threads in (2, 3):
                places = iter(fences)
                operands = [next(places).place(value.shape, value.dtype, at_end) for value in values]
                for operand, value in zip(operands, values):
                    operand[...] = value
                outs = tuple(next(places).place(w.shape, w.dtype, at_end) for w in want)
                npp.set_num_threads(threads)
                got = entry.ours(*operands, out=outs)
                # of two NaNs either one may come through
                text = difference(want, got if isinstance(got, tuple) else (got,), entry.numpy.nin > 1)
                side = "before" if at_end else "behind"
                assert not text, f"{entry.key}({signature}) {count} elements {side} the page: {text}"
