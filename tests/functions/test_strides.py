"""Every function of functions.def on arrays that lie oddly: broadcast axes, axes of length 1 with any stride, windows, orders of axes.

The strides of a result are part of it: what comes next goes through it in their order.
"""

import functools
import itertools

import numpy as np
import numpy_par as npp
import pytest
from hook_calls import CALLS, UFUNCS
from numpy.lib.stride_tricks import as_strided
from reductions import plain
from support import difference, outcome

# Shape and strides, in elements, of an array that begins so many elements behind the start of its memory.
LAYOUTS = [
    ((60, 50), (50, 1), 0),
    ((60, 50), (1, 60), 0),
    ((60, 50), (0, 1), 0),
    ((60, 50), (1, 0), 0),
    ((60, 50), (1, 1), 0),
    ((60, 50), (-50, -1), 2999),
    ((60, 50), (-1, 60), 59),
    ((9, 9, 12), (0, 0, 1), 0),
    ((9, 9, 12), (1, 0, 0), 0),
    ((9, 9, 12), (0, 1, 0), 0),
    ((9, 9, 12), (108, 12, 1), 0),
    ((9, 9, 12), (1, 108, 9), 0),
    ((9, 9, 12), (12, 108, 1), 0),
    ((9, 9, 12), (1, 1, 1), 0),
    ((40, 30, 12), (1, 0, 40), 0),
    ((40, 30, 12), (360, 12, 1), 0),
    ((40, 1, 12), (12, 12, 1), 0),
    ((40, 1, 12), (1, 40, 40), 0),
    ((40, 1, 12), (1, 480, 40), 0),
    ((40, 1, 12), (1, 0, 40), 0),
    ((40, 1, 12), (12, 7777, 1), 0),
    ((40, 12, 1), (1, 40, 480), 0),
    ((40, 12, 1), (1, 40, 0), 0),
    ((40, 12, 1), (1, 40, 1), 0),
    ((40, 12, 1), (12, 1, 1), 0),
    ((40, 12, 1), (12, 1, -3), 3),
    ((1, 40, 12), (1, 1, 40), 0),
    ((1, 40, 12), (480, 12, 1), 0),
    ((1, 40, 12), (0, 0, 1), 0),
    ((1, 1, 480), (480, 480, 1), 0),
    ((1, 1, 480), (1, 1, 2), 0),
    ((480, 1, 1), (1, 480, 480), 0),
    ((480, 1), (1, 1), 0),
    ((480, 1), (2, 1), 0),
    ((480, 1), (1, 480), 0),
    ((1, 1, 1), (5, 0, -1), 9),
    ((7, 1, 9, 1, 8), (8, 0, 56, 3, 1), 0),
    ((7, 1, 9, 1, 8), (72, 72, 1, 1, 9), 0),
]


@functools.cache
def memory_of(dtype, salt):
    return np.roll(plain(dtype, (40_000,)), salt)


def laid_out(dtype, layout, salt):
    shape, strides, start = layout
    memory = memory_of(dtype, salt)
    return as_strided(memory[start:], shape, [s * memory.itemsize for s in strides])


def test_every_hook_is_here():
    """All but the ufuncs themselves."""
    assert set(CALLS) == {name for name, _ in npp._engine.hooks() if "." in name}


def cases(call):
    """Each layout with each dtype, or with each other layout of its shape and some of the dtypes in turn."""
    dtypes = ["dd", "ll", "ff", "id", "di", "ii", "BB", "??", "ee", "DD"]
    if call.__code__.co_varnames[1] == "_":
        return [(x, x, types) for x in LAYOUTS for types in dtypes]
    turn = itertools.cycle(dtypes)
    pairs = [(x, y) for x, y in itertools.product(LAYOUTS, LAYOUTS) if x[0] == y[0]]
    return [(x, y, next(turn)) for x, y in pairs for _ in range(3)]


@pytest.mark.parametrize("name", [*CALLS, *UFUNCS])
def test_layouts(name):
    call = (CALLS | UFUNCS)[name]
    wrong = []
    for threads, (x_layout, y_layout, (x_type, y_type)) in zip(itertools.cycle((2, 1, 3, 2)), cases(call)):
        x, y = laid_out(x_type, x_layout, 0), laid_out(y_type, y_layout, 5)

        def case(_):
            with np.errstate(all="ignore"):
                return call(x, y)

        npp.set_num_threads(threads)
        want = outcome(case, None)
        with npp.enabled():
            got = outcome(case, None)
        if text := difference(want, got, any_nan=True):
            wrong.append(f"{x_type}{x_layout} {y_type}{y_layout}, {threads} threads: {text}")
    assert not wrong, f"{len(wrong)}: " + "\n".join(wrong[:10])
