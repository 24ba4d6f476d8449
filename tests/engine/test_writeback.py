"""Arrays that NumPy writes back to another one (nditer with casts): a call that reads them leaves that as it is."""

import numpy as np
import numpy_par as npp
import pytest

CALLS = {
    "ravel": lambda x: x.ravel(),
    "copy": lambda x: x.copy(),
    "count_nonzero": np.count_nonzero,
    "nonzero": lambda x: x.nonzero(),
    "add": lambda x: x + x[::-1],
    "add a column": lambda x: x + x[:, :, :1],
    "add with a cast": lambda x: np.add(x, x, dtype="d"),
    "sum": lambda x: x.sum(0),
    "where": lambda x: np.where(x > 0, x, 0),
    "mask": lambda x: x[x > 3],
}


@pytest.mark.parametrize("name", CALLS)
def test_writeback(name):
    array = np.arange(240, dtype="f8").reshape(2, 30, 4).T
    flags = ["readwrite", "updateifcopy"]
    with npp.enabled(), np.nditer(array, [], [flags], casting="same_kind", op_dtypes=[np.dtype("f4")]) as iterator:
        operand = iterator.operands[0]
        assert operand.flags.writebackifcopy
        CALLS[name](operand)
        operand[2, 1, 1] = -12.5
        del operand
    assert array[2, 1, 1] == -12.5
