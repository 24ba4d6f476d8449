"""Functions that select and move: NumPy's own against the same calls with the drop-in."""

import functools

import numpy as np

from . import measure
from .active import require_active

SIZE = 1_000_000


@functools.cache
def _data():
    """Return the arrays of a million elements that `CASES` are about."""
    rng = np.random.default_rng(0)
    x = rng.random(SIZE)
    index = rng.integers(0, SIZE, SIZE)
    return {
        "x": x,
        "y": rng.random(SIZE),
        "o": np.zeros(SIZE),
        "m": rng.random(SIZE) < 0.5,
        "rare": rng.random(SIZE) < 0.001,
        "runs": np.repeat(rng.random(SIZE // 1000) < 0.5, 1000),
        "A": x.reshape(1000, 1000).copy(),
        "B": np.zeros((1000, 1000)),
        "M": rng.random((1000, 1000)) < 0.5,
        "rows": rng.integers(0, 1000, 1000),
        "R": rng.integers(0, 1000, (1000, 1000)),
        "i": index,
        "i4": index.astype("i4"),
        "perm": rng.permutation(SIZE),
        "few": rng.integers(0, 3, SIZE),
        "gaps": np.where(rng.random(SIZE) < 0.1, np.nan, x),
        "f": x.astype("f"),
        "b": rng.integers(0, 255, SIZE, dtype=np.uint8),
        "counts": rng.integers(0, 4, SIZE),
        "rows3": rng.integers(0, 4, 1000),
        "values": rng.random(int((rng.random(SIZE) < 0.5).sum())),
    }


def _assign(o, key, value):
    o[key] = value
    return o


def _copyto(o, x, m):
    np.copyto(o, x, where=m)
    return o


def _putmask(o, m, value):
    np.putmask(o, m, value)
    return o


def _put(o, i, value):
    o.put(i, value)
    return o


def _put_along(b, r, a):
    np.put_along_axis(b, r, a, 1)
    return b


def _place(o, m, values):
    np.place(o, m, values)
    return o


CASES = {
    "where(m, x, y)": ("m x y", np.where),
    "where(m, x, 0.0)": ("m x", lambda m, x: np.where(m, x, 0.0)),
    "copyto(o, x, where=m)": ("o x m", _copyto),
    "add(x, y, where=m, out=o)": ("x y m o", lambda x, y, m, o: np.add(x, y, where=m, out=o)),
    "sqrt(x, where=m, out=o)": ("x m o", lambda x, m, o: np.sqrt(x, where=m, out=o)),
    "x[m]": ("x m", lambda x, m: x[m]),
    "x[rare]": ("x rare", lambda x, m: x[m]),
    "x[runs]": ("x runs", lambda x, m: x[m]),
    "x[m], float32": ("f m", lambda x, m: x[m]),
    "x[m], uint8": ("b m", lambda x, m: x[m]),
    "compress(m, x)": ("m x", np.compress),
    "extract(m, x)": ("m x", np.extract),
    "A[A > .5]": ("A", lambda a: a[a > 0.5]),
    "nonzero(m)": ("m", np.nonzero),
    "nonzero(M)": ("M", np.nonzero),
    "flatnonzero(m)": ("m", np.flatnonzero),
    "argwhere(M)": ("M", np.argwhere),
    "o[m] = 0.0": ("o m", lambda o, m: _assign(o, m, 0.0)),
    "o[m] = values": ("o m x", lambda o, m, x: _assign(o, m, x[: np.count_nonzero(m)])),
    "putmask(o, m, 0.0)": ("o m", lambda o, m: _putmask(o, m, 0.0)),
    "x.take(i)": ("x i", lambda x, i: x.take(i)),
    "x[perm]": ("x perm", lambda x, i: x[i]),
    "x[i], int32": ("x i4", lambda x, i: x[i]),
    "A[rows]": ("A rows", lambda a, i: a[i]),
    "A[R, R]": ("A R", lambda a, r: a[r, r]),
    "take_along_axis(A, R, 1)": ("A R", lambda a, r: np.take_along_axis(a, r, 1)),
    "o[perm] = x": ("o perm x", _assign),
    "o[perm] = 0.0": ("o perm", lambda o, i: _assign(o, i, 0.0)),
    "o[i] = x": ("o i x", _assign),
    "o[i] = x, int32": ("o i4 x", _assign),
    "B[rows] = A": ("B rows A", _assign),
    "B[R, R] = A": ("B R A", lambda b, r, a: _assign(b, (r, r), a)),
    "put_along_axis(B, R, A, 1)": ("B R A", _put_along),
    "o.put(i, x)": ("o i x", _put),
    "place(o, m, x)": ("o m x", _place),
    "x.take(i, out=o)": ("x i o", lambda x, i, o: x.take(i, out=o)),
    "x.take(i, mode='wrap')": ("x i", lambda x, i: x.take(i, mode="wrap")),
    "select": ("m rare x y", lambda m, n, x, y: np.select([n, m], [x, y], 0.0)),
    "choose": ("few x y o", lambda i, x, y, o: np.choose(i, [x, y, o])),
    "nan_to_num": ("gaps", np.nan_to_num),
    "repeat(x, 2)": ("x", lambda x: np.repeat(x, 2)),
    "repeat(A, 2, 0)": ("A", lambda a: np.repeat(a, 2, 0)),
    "repeat(x, counts)": ("x counts", np.repeat),
    "repeat(b, counts), uint8": ("b counts", np.repeat),
    "repeat(A, counts, 0)": ("A rows3", lambda a, n: np.repeat(a, n, 0)),
    "packbits(m)": ("m", np.packbits),
    "packbits(M, 0)": ("M", lambda m: np.packbits(m, 0)),
    "unpackbits(b)": ("b", np.unpackbits),
    "x.byteswap()": ("x", lambda x: x.byteswap()),
    "x.byteswap(inplace=True), twice": ("x", lambda x: x.byteswap(inplace=True).byteswap(inplace=True)),
    "x[::-1].copy()": ("x", lambda x: x[::-1].copy()),
    "b[::-1].copy(), uint8": ("b", lambda b: b[::-1].copy()),
    "f[::2].copy(), float32": ("f", lambda f: f[::2].copy()),
    "A.ravel('F')": ("A", lambda a: a.ravel("F")),
    "A.copy('F')": ("A", lambda a: a.copy("F")),
    "stack([x, y], 1)": ("x y", lambda x, y: np.stack([x, y], 1)),
    "column_stack([x, y])": ("x y", lambda x, y: np.column_stack([x, y])),
    "A.T.copy()": ("A", lambda a: a.T.copy()),
    "A.T.ravel()": ("A", lambda a: a.T.ravel()),
    "roll(x, 7)": ("x", lambda x: np.roll(x, 7)),
    "tile(x, 2)": ("x", lambda x: np.tile(x, 2)),
    "o[1:-1] = x[2:]": ("o x", lambda o, x: _assign(o, slice(1, -1), x[2:])),
    "o[:] = 0.0": ("o", lambda o: _assign(o, slice(None), 0.0)),
    "B[1:-1, 1:-1] = A[...]": ("B A", lambda b, a: _assign(b, (slice(1, -1), slice(1, -1)), a[:-2, 2:])),
    "B[...] = A.T": ("B A", lambda b, a: _assign(b, Ellipsis, a.T)),
    "concatenate([A, A], 1)": ("A", lambda a: np.concatenate([a, a], 1)),
    "x.copy(), for comparison": ("x", lambda x: x.copy()),
}


def compare(name, seconds=0.3):
    """Return the shortest time of a case, in seconds: NumPy's, ours on one thread, on all."""
    names, function = CASES[name]
    return measure.compare(name, function, [_data()[operand] for operand in names.split()], seconds)


class Selections:
    """Ratios to NumPy, one thread and all."""

    params = (list(CASES), ["one thread", "all"])
    param_names = ("case", "threads")
    timeout = 120

    def setup(self, case, threads):
        """Refuse to measure NumPy under another name."""
        require_active()

    def track_speedup(self, case, threads):
        """NumPy's time over ours."""
        numpys, one, all_threads = compare(case)
        return numpys / (one if threads == "one thread" else all_threads)

    track_speedup.unit = "times NumPy"
