"""Nothing outside an operand is read or written: each ends, or begins, at a page that may not be touched."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from fences import Fence
from moving import index, mask, values
from support import difference

SIZES = (1, 2, 3, 7, 31, 33, 63, 64, 65, 127, 1001, 4099, 8193)
DTYPES = ("?", "h", "f", "d", "D", "g", "S3", "V5", "i8", "S32")


def put(x, key, value):
    x[key] = value
    return x


# Each takes: x, y, mask, index in bounds of x, and how many are selected.
CASES = {
    "x[mask]": lambda x, y, m, i, c: x[m],
    "x[mask of rows]": lambda x, y, m, i, c: x.reshape(-1, 1)[m],
    "x[strided mask]": lambda x, y, m, i, c: x[::2][m[::2]],
    "extract": lambda x, y, m, i, c: np.extract(m, x),
    "compress": lambda x, y, m, i, c: x.compress(m[:-1]),
    "nonzero": lambda x, y, m, i, c: (x if x.dtype.kind != "V" else m).nonzero(),
    "nonzero of a mask": lambda x, y, m, i, c: m.nonzero(),
    "nonzero of a strided mask": lambda x, y, m, i, c: m[::-2].nonzero(),
    "x[index]": lambda x, y, m, i, c: x[i],
    "x[int32]": lambda x, y, m, i, c: x[i.astype("i")],
    "x[-1]": lambda x, y, m, i, c: x[i * 0 - 1],
    "x[-n]": lambda x, y, m, i, c: x[i * 0 - len(x)],
    "x[rows, columns]": lambda x, y, m, i, c: x.reshape(-1, 1)[i, i * 0],
    "take": lambda x, y, m, i, c: x.take(i),
    "reversed take": lambda x, y, m, i, c: x[::-1].take(i),
    "choose": lambda x, y, m, i, c: np.abs(i % 2).choose([x, y]),
    "where": lambda x, y, m, i, c: np.where(m, x, y),
    "where of an element": lambda x, y, m, i, c: np.where(m, x, y[-1:]),
    "x[mask] = element": lambda x, y, m, i, c: put(x, m, y[-1:]),
    "x[mask] = values": lambda x, y, m, i, c: put(x, m, y[len(y) - c :]),
    "x[mask] = first values": lambda x, y, m, i, c: put(x, m, y[:c]),
    "x[...] = y": lambda x, y, m, i, c: put(x, ..., y),
    "x[::-1] = y": lambda x, y, m, i, c: put(x, slice(None, None, -1), y),
    "x[index] = y": lambda x, y, m, i, c: put(x, i, y),
    "x[index] = element": lambda x, y, m, i, c: put(x, i, y[-1:]),
    "x[int32] = y": lambda x, y, m, i, c: put(x, i.astype("i"), y),
    "x[::-1][index] = y": lambda x, y, m, i, c: (put(x[::-1], i, y[::-1]), x)[1],
    "x[rows, columns] = y": lambda x, y, m, i, c: (put(x.reshape(-1, 1), (i, i * 0), y), x)[1],
    "put": lambda x, y, m, i, c: (x.put(i, y), x)[1],
    "put clipped": lambda x, y, m, i, c: (x.put(i * 3, y[-1:], "clip"), x)[1],
    "put, repeated": lambda x, y, m, i, c: (x.put(i * 3, y[-2:], "wrap"), x)[1],
    "place": lambda x, y, m, i, c: (np.place(x, m, y[-3:]), x)[1],
    "take out": lambda x, y, m, i, c: x.take(i, out=y),
    "putmask": lambda x, y, m, i, c: (np.putmask(x, m, y), x)[1],
    "copyto": lambda x, y, m, i, c: (np.copyto(x, y, where=m), x)[1],
    "fill": lambda x, y, m, i, c: (x.fill(y[0]), x)[1],
    "repeat": lambda x, y, m, i, c: x.repeat(3),
    "stack": lambda x, y, m, i, c: np.stack([x, y, x], -1),
    "column_stack": lambda x, y, m, i, c: np.column_stack([x, y]),
    "ravel": lambda x, y, m, i, c: x[::-1].ravel(),
    "transposed": lambda x, y, m, i, c: np.copy(x[: len(x) // 17 * 17].reshape(17, -1).T, "C"),
    "transposed from the end": lambda x, y, m, i, c: np.copy(x[len(x) % 33 :].reshape(-1, 33).T, "C"),
    "transposed into": lambda x, y, m, i, c: put(x[: len(x) // 20 * 20].reshape(20, -1), ..., y[len(x) % 20 :].reshape(-1, 20).T),
}


@pytest.fixture(scope="module")
def fences():
    return [Fence(1 << 19) for _ in range(4)]


@pytest.mark.parametrize("name", CASES)
def test_nothing_outside_an_operand_is_touched(name, fences):
    case, density = CASES[name], itertools.cycle(("half", "most", "all", "last", "first", "none", "stretches"))
    for dtype, n, at_end in itertools.product(DTYPES, SIZES, (True, False)):
        x, y, m, i = values(dtype, (n,)), values(dtype, (n,), 5), mask((n,), next(density)), index(n, (n,))
        count = int(np.count_nonzero(m))
        want = case(x.copy(), y, m, i, count)
        npp.set_num_threads(n % 3 + 1)
        with npp.enabled():
            placed = [fence.hold(part, at_end) for fence, part in zip(fences, (x, y, m, i))]
            got = case(*placed, count)
        assert not (text := difference(want, got)), f"{dtype} {n} {'before' if at_end else 'behind'} the page: {text}"
