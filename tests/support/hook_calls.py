"""A call of every function in functions.def that has a hook, and of some ufuncs, by name: call(x, y) of NumPy's.

A function that takes more than arrays has a call of its own, with all that axis= may be: those of one array name the
second one "_". Any other function is called with as many arrays as its row says.
"""

import itertools
import re

import numpy as np
from support import ROOT

TABLE = ROOT / "src" / "engine" / "functions.def"
ROW = re.compile(r"^FUNCTION\((\w+), (\w+), (\d), \w+, \w+, (HOOKED|BOTH)\)$", re.MULTILINE)


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


def in_order(x):
    return np.sort(x.reshape(-1))


def rows_of(x):
    return np.arange(len(x) * 2) % max(len(x), 1)


def assigned(x, y):
    results = [x.copy() for _ in range(6)]
    results[0][x > 0] = 0
    results[1][x != 0] = y.reshape(-1)[:1] if y.size else 0
    results[2][x > 0] = results[2][x > 0] + 1
    results[3][...] = y if y.shape == x.shape else 1
    results[4][rows_of(x)] = 3
    results[5][rows_of(x)] = x[rows_of(x)] + 1
    return results


def filled(x, _):
    result = x.copy()
    result.fill(3)
    return [result]


def byteswapped(x, _):
    result = x.copy()
    result.byteswap(inplace=True)
    return [x.byteswap(), result]


def repeated(x, _):
    lengths = [x.size, *x.shape]
    each = [x.repeat(np.arange(n) % 4, axis) for axis, n in zip(axes(x), lengths)]
    return [x.repeat(n, axis) for axis in axes(x) for n in (1, 2, 5)] + each


def sorted_in_place(x, _):
    results = [x.copy() for _ in range(x.ndim)]
    for axis, result in enumerate(results):
        result.sort(axis, kind="stable")
    return results


def put_masks(x, y):
    results = [x.copy(), x.copy()]
    np.putmask(results[0], x > 0, 0)
    np.putmask(results[1], x > 0, x + 1)
    return results


def put_values(x, y):
    results = [x.copy(order="C") for _ in range(3)]
    for result, mode, values in zip(results, ("raise", "wrap", "clip"), (y.reshape(-1)[:3], y, x.reshape(-1)[:1])):
        if x.size and y.size:
            result.put(flat_index(x) * (1 if mode == "raise" else 3), values, mode)
    return results


def placed(x, y):
    results = [x.copy(order="C") for _ in range(2)]
    if y.size:
        np.place(results[0], x > 0, y)
        np.place(results[1], x != 0, y.reshape(-1)[:3])
    return results


def plain(owner, name, arrays):
    if owner == "ndarray":
        return lambda x, y: [getattr(x, name)(*(y, x)[:arrays])]
    return lambda x, y: [getattr(np, name)(*(x, y)[:arrays] if arrays < 3 else (x > 0, x, y))]


OWN_CALLS = {
    "ndarray.astype": lambda x, _: [x.astype(t, order=order) for t in "dfF" for order in "KACF"] + [x.astype(x.dtype)],
    "ndarray.copy": lambda x, _: [x.copy(order) for order in "KACF"] + [np.copy(x)],
    "ndarray.__getitem__": lambda x, _: [x[x > 0], x[rows_of(x)], x[(rows_of(x),) * min(x.ndim, 2)] if x.ndim < 2 else x[rows_of(x), 0]],
    "ndarray.__setitem__": assigned,
    "ndarray.compress": lambda x, _: [x.compress(np.arange(n) % 3 > 0, axis) for axis, n in [(None, x.size), *enumerate(x.shape)]],
    "ndarray.take": lambda x, _: [x.take(np.arange(2 * n) % max(n, 1), axis) for axis, n in [(None, x.size), *enumerate(x.shape)] if n],
    "ndarray.choose": lambda x, y: [(x > 0).astype(int).choose([x, x + 1]), (x > 0).astype(int).choose([x, x[..., :1]])],
    "ndarray.fill": filled,
    "ndarray.repeat": repeated,
    "ndarray.byteswap": byteswapped,
    "function.packbits": lambda x, _: [np.packbits(x != 0, axis, bitorder=order) for axis in axes(x) for order in ("big", "little")],
    "function.unpackbits": lambda x, _: [np.unpackbits((np.abs(x) < 9).view("B"), axis, bitorder=order) for axis in axes(x) for order in ("big", "little")],
    "function.putmask": put_masks,
    "function.array": lambda x, _: [np.array(x, t, order=order) for t in (None, "d", "F") for order in "KCF"],
    "function.ascontiguousarray": lambda x, _: [np.ascontiguousarray(x), np.ascontiguousarray(x.T, "d"), np.ascontiguousarray(x[..., ::-1])],
    "function.asfortranarray": lambda x, _: [np.asfortranarray(x), np.asfortranarray(x.T, "d"), np.asfortranarray(x[..., ::-1])],
    "ndarray.put": put_values,
    "function.place": placed,
    "ndarray.argmax": each_axis(np.argmax),
    "ndarray.argmin": each_axis(np.argmin),
    "ndarray.sort": sorted_in_place,
    "ndarray.argsort": lambda x, _: [x.argsort(axis, kind="stable") for axis in range(x.ndim)],
    "function.sort": lambda x, _: [np.sort(x, axis, kind="stable") for axis in range(x.ndim)],
    "function.argsort": lambda x, _: [np.argsort(x, axis, kind="stable") for axis in range(x.ndim)],
    "ndarray.var": lambda x, _: [x.var(axis) for axis in axes(x)],
    "ndarray.std": lambda x, _: [x.std(axis) for axis in axes(x)],
    "function.where": lambda x, y: [np.where(x > y, x, y), np.where(x, y, 0), np.where(x > 0, x[..., :1], y)],
    "function.copyto": copied_to,
    "function.bincount": lambda x, _: [np.bincount(flat_index(x) // 3, x.real.reshape(-1)), np.bincount(np.abs(x).astype(int).reshape(-1) & 7)],
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
    "ndarray.searchsorted": lambda x, y: [in_order(x).searchsorted(y, side) for side in ("left", "right")],
    "function.interp": lambda x, y: [np.interp(y.real, np.arange(5.0), np.arange(5.0) ** 2, left=left) for left in (None, 7)],
    "function.histogram": lambda x, y: [np.histogram(x.real, bins, (-3, 3)) for bins in (7, [-3, 0, 1, 5])],
    "function.histogramdd": lambda x, y: [np.histogramdd([x.real.reshape(-1), x.real.reshape(-1)], 4, [(-3, 3)] * 2)[0]],
    "function.median": each_axis(np.median),
    "function.percentile": each_axis(lambda x, axis: np.percentile(x.real, [0, 30, 75.5], axis=axis)),
    "function.quantile": each_axis(lambda x, axis: np.quantile(x.real, 0.3, axis=axis)),
    "function.nanmedian": each_axis(np.nanmedian),
    "function.nanpercentile": each_axis(lambda x, axis: np.nanpercentile(x.real, [0, 30, 75.5], axis=axis)),
    "function.nanquantile": each_axis(lambda x, axis: np.nanquantile(x.real, 0.3, axis=axis)),
    "function.unique": lambda x, _: [np.unique(x.real), *np.unique(x.real, return_counts=True), *np.unique(x.real, return_inverse=True)],
    "ufunc.outer": lambda x, y: [np.multiply.outer(x[:3], y.reshape(-1)[:7]), np.multiply.outer(x.reshape(-1)[:2], y[..., :3])],
    "ufunc.reduce": reduced,
    "ufunc.accumulate": lambda x, _: [ufunc.accumulate(x, axis) for ufunc in (np.add, np.maximum) for axis in range(x.ndim)],
    "ufunc.reduceat": lambda x, _: [ufunc.reduceat(x, [0], axis) for ufunc in (np.add, np.maximum) for axis in range(x.ndim)],
    "ufunc.at": added_at,
}
CALLS = {
    f"{owner}.{name}": OWN_CALLS.get(f"{owner}.{name}") or plain(owner, name, int(arrays))
    for owner, name, arrays, _ in ROW.findall(TABLE.read_text())
}
# The call of a ufunc is no method: no line of functions.def.
UFUNCS = {
    "add": lambda x, y: [np.add(x, y), np.add(y, x), np.add(x, x), np.add(x, 1), np.add(x, x[..., :1])],
    "add to another dtype": lambda x, y: [np.add(x, y, dtype=t, order=order, casting="unsafe") for t in "dF" for order in "KACF"],
    "divide": lambda x, y: [np.divide(x, y), np.divide(x, 3), np.divide(x[:1], y)],
    "divmod": lambda x, y: [np.divmod(x, y)] if x.dtype.kind != "c" else [],
    "sqrt": lambda x, _: [np.sqrt(x), np.negative(x)],
    "less": lambda x, y: [np.less(x, y), np.less_equal(x, 0)],
    "under a mask": lambda x, y: [np.multiply(x, y, where=x > y, out=np.zeros_like(x * y)), np.multiply(x, y, where=x > y, out=None).strides],
}
