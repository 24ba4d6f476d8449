"""Reductions as one writes them for numba: loops over all threads.

numba adds floats in vectors only where it may change their order (`fastmath`), which NumPy never does: so each of them
twice. Where NaN must be told from numbers, fastmath is all but what takes NaN for impossible.
"""

from types import SimpleNamespace

import numpy as np
from numba import njit, prange


def compiled(fastmath):
    """Return the loops by name, to be compiled when they are called."""
    numbers = njit(parallel=True, fastmath=fastmath)
    gaps = njit(parallel=True, fastmath={"reassoc", "nsz", "contract", "arcp"} if fastmath else False)

    @numbers
    def total(x):
        t = x.dtype.type(0)
        for i in prange(x.size):
            t += x[i]
        return t

    @njit
    def mean(x):
        return total(x) / x.size

    @numbers
    def var(x):
        m, t = x.dtype.type(mean(x)), x.dtype.type(0)
        for i in prange(x.size):
            t += (x[i] - m) * (x[i] - m)
        return t / x.size

    @numbers
    def prod(x):
        t = x.dtype.type(1)
        for i in prange(x.size):
            t *= x[i]
        return t

    @numbers
    def largest(x):
        t = x[0]
        for i in prange(x.size):
            t = max(t, x[i])
        return t

    @numbers
    def smallest(x):
        t = x[0]
        for i in prange(x.size):
            t = min(t, x[i])
        return t

    @numbers
    def argmax(x):
        return np.argmax(x)

    @numbers
    def dot(x, y):
        t = x.dtype.type(0)
        for i in prange(x.size):
            t += x[i] * y[i]
        return t

    @numbers
    def squares_apart(x, y):
        t = x.dtype.type(0)
        for i in prange(x.size):
            t += (x[i] - y[i]) * (x[i] - y[i])
        return t

    @njit
    def cumsum(x):
        out = np.empty_like(x)
        t = x.dtype.type(0)
        for i in range(x.size):
            t += x[i]
            out[i] = t
        return out

    @numbers
    def rows(x):
        out = np.empty(x.shape[0], x.dtype)
        for i in prange(x.shape[0]):
            t = x.dtype.type(0)
            for j in range(x.shape[1]):
                t += x[i, j]
            out[i] = t
        return out

    @numbers
    def columns(x):
        """Each thread adds up rows of its own."""
        out = np.zeros(x.shape[1], x.dtype)
        for i in prange(x.shape[0]):
            out += x[i]
        return out

    @gaps
    def nansum(x):
        t = x.dtype.type(0)
        for i in prange(x.size):
            t += x.dtype.type(0) if np.isnan(x[i]) else x[i]
        return t

    @gaps
    def nancount(x):
        n = 0
        for i in prange(x.size):
            n += not np.isnan(x[i])
        return n

    @njit
    def nanmean(x):
        return nansum(x) / nancount(x)

    @gaps
    def nanvar(x):
        n = nancount(x)
        m, t = x.dtype.type(nansum(x) / n), x.dtype.type(0)
        for i in prange(x.size):
            t += x.dtype.type(0) if np.isnan(x[i]) else (x[i] - m) * (x[i] - m)
        return t / n

    @njit
    def nanstd(x):
        return np.sqrt(nanvar(x))

    @gaps
    def nanmax(x):
        t = x.dtype.type(-np.inf)
        for i in prange(x.size):
            t = max(t, x.dtype.type(-np.inf) if np.isnan(x[i]) else x[i])
        return t

    @gaps
    def nanmin(x):
        t = x.dtype.type(np.inf)
        for i in prange(x.size):
            t = min(t, x.dtype.type(np.inf) if np.isnan(x[i]) else x[i])
        return t

    return SimpleNamespace(**locals())
