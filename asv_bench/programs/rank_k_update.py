"""Symmetric rank-k updates of matrices, the lower triangle row by row."""

import numpy as np

SIZES = {"XS": (1, 8, 2), "S": (270, 10, 10), "M": (15, 200, 30), "L": (4, 1000, 100)}


def setup(size):
    updates, n, k = size
    rng = np.random.default_rng(0)
    return rng.random((n, n)), rng.random((updates, n, k))


def run(matrix, factors, alpha=1.5, beta=0.9):
    c = matrix.copy()
    for a in factors:
        for i in range(len(c)):
            c[i, : i + 1] *= beta
            for k in range(a.shape[1]):
                c[i, : i + 1] += alpha * a[i, k] * a[: i + 1, k]
    return c
