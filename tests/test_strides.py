"""Every function of hooks.def on arrays that lie oddly: broadcast axes, axes of length 1 with any stride, windows, orders of axes.

The strides of a result are part of it: what comes next goes through it in their order.
"""

import functools
import itertools

import numpy as np
import numpy_par as npp
import pytest
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


def axes(x):
    return [None, *range(x.ndim)]


def flat_index(x):
    return np.arange(x.size) * 7 % x.size


def each_axis(function):
    return lambda x, _: [function(x, axis=axis) for axis in axes(x)]


def reduced(x, _):
    kept = [{"axis": axes} for n in range(x.ndim + 1) for axes in itertools.combinations(range(x.ndim), n)]
    return [ufunc.reduce(x, **axis, keepdims=keep) for ufunc in (np.add, np.maximum) for axis in kept for keep in (False, True)]


def added_at(x, y):
    result = np.zeros(x.size, np.result_type(x, y))
    np.add.at(result, flat_index(x).reshape(x.shape), x)
    np.maximum.at(result, flat_index(x), y.reshape(-1)[:1] if y.size != x.size else y.reshape(-1))
    return result


def copied_to(x, _):
    results = [np.empty(x.shape, x.dtype), np.empty_like(x), np.empty(x.shape, "F"), np.empty(x.shape[::-1], "d").T]
    with np.errstate(invalid="ignore"):
        for result in results:
            np.copyto(result, x, casting="unsafe")
    return results


CALLS = {
    "ndarray.astype": lambda x, _: [x.astype(t, order=order) for t in "dfF" for order in "KACF"] + [x.astype(x.dtype)],
    "ndarray.copy": lambda x, _: [x.copy(order) for order in "KACF"] + [np.copy(x)],
    "ndarray.argmax": each_axis(np.argmax),
    "ndarray.argmin": each_axis(np.argmin),
    "ndarray.var": lambda x, _: [x.var(axis) for axis in axes(x)],
    "ndarray.std": lambda x, _: [x.std(axis) for axis in axes(x)],
    "function.where": lambda x, y: [np.where(x > y, x, y), np.where(x, y, 0), np.where(x > 0, x[..., :1], y)],
    "function.copyto": copied_to,
    "function.bincount": lambda x, _: [np.bincount(flat_index(x) // 3, x.reshape(-1)), np.bincount(np.ravel(np.abs(x).astype(int) % 9))],
    "function.concatenate": lambda x, _: [np.concatenate([x, x], axis) for axis in axes(x)] + [np.stack([x, x], -1)],
    "function.var": each_axis(np.var),
    "function.std": each_axis(np.std),
    "function.nansum": each_axis(np.nansum),
    "function.nanmean": each_axis(np.nanmean),
    "function.nanvar": each_axis(np.nanvar),
    "function.nanstd": each_axis(np.nanstd),
    "function.nanargmax": each_axis(np.nanargmax),
    "function.nanargmin": each_axis(np.nanargmin),
    "function.count_nonzero": each_axis(np.count_nonzero),
    "function.array_equal": lambda x, y: [np.array_equal(x, y), np.array_equal(x, x)],
    "function.isclose": lambda x, y: [np.isclose(x, y), np.isclose(y, x), np.isclose(x, y, equal_nan=True), np.isclose(x, 1), np.isclose(x, x[..., :1])],
    "ufunc.outer": lambda x, y: [np.multiply.outer(x[:5, :1], y[:1])],
    "ufunc.reduce": reduced,
    "ufunc.accumulate": lambda x, _: [ufunc.accumulate(x, axis) for ufunc in (np.add, np.maximum) for axis in range(x.ndim)],
    "ufunc.reduceat": lambda x, _: [ufunc.reduceat(x, [0], axis) for ufunc in (np.add, np.maximum) for axis in range(x.ndim)],
    "ufunc.at": added_at,
}
# The call of a ufunc is no method: no line of hooks.def.
UFUNCS = {
    "add": lambda x, y: [np.add(x, y), np.add(y, x), np.add(x, x), np.add(x, 1), np.add(x, x[..., :1])],
    "add to another dtype": lambda x, y: [np.add(x, y, dtype=t, order=order, casting="unsafe") for t in "dF" for order in "KACF"],
    "divide": lambda x, y: [np.divide(x, y), np.divide(x, 3), np.divide(x[:1], y)],
    "divmod": lambda x, y: [np.divmod(x, y)] if x.dtype.kind != "c" else [],
    "sqrt": lambda x, _: [np.sqrt(x), np.negative(x)],
    "less": lambda x, y: [np.less(x, y), np.less_equal(x, 0)],
    "under a mask": lambda x, y: [np.multiply(x, y, where=x > y, out=np.zeros_like(x * y)), np.multiply(x, y, where=x > y, out=None).strides],
}


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
