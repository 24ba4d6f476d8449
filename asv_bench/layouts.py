"""Layouts and types that are walked through in different ways, a million elements each."""

import numpy as np

SIDE = 1000


def layouts():
    """Yield what to call the case, the name of the ufunc, and its inputs."""
    rng = np.random.default_rng(0)
    a = rng.uniform(1, 2, (SIDE, SIDE))
    x = a.ravel()
    wide = rng.uniform(1, 2, 2 * SIDE**2)
    larger = rng.uniform(1, 2, (SIDE + 2, SIDE + 2))
    integers = rng.integers(1, 1000, SIDE**2)
    days = integers.astype("M8[D]")
    words = integers.astype("U6")
    points = rng.uniform(1, 2, (300_000, 3))
    yield "A + A", "add", (a, a)
    yield "A + row", "add", (a, a[0])
    yield "A + column", "add", (a, a[:, :1])
    yield "A + A.T", "add", (a, a.T)
    yield "x[::2] + x[::2]", "add", (wide[::2], wide[::2])
    yield "inner slices of a 2-d array", "add", (larger[1:-1, 1:-1], larger[2:, :-2])
    yield "int64 + float64 (cast)", "add", (integers, x)
    yield "float64 + float32 (cast)", "add", (x, x.astype("f4"))
    yield "int64 / int64", "divide", (integers, integers[::-1])
    yield "remainder float64", "remainder", (100 * x, x)
    yield "complex / complex", "divide", (x + 1j, x - 1j)
    yield "float16 + float16", "add", (x.astype("f2"), x.astype("f2"))
    yield "hypot", "hypot", (x, x[::-1])
    yield "datetime - datetime", "subtract", (days, days[::-1])
    yield "string length", "str_len", (words,)
    yield "string == string", "equal", (words, words.copy())
    yield "gcd", "gcd", (integers, integers[::-1])
    yield "(300000, 3) * (3,)", "multiply", (points, points[0])
