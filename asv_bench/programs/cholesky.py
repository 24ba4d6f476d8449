"""Cholesky decompositions column by column, and the solution of a system by rows."""

import numpy as np

SIZES = {"XS": (1, 8), "S": (480, 10), "M": (56, 150), "L": (2, 900)}


def setup(size):
    matrices, n = size
    rng = np.random.default_rng(0)
    a = rng.normal(size=(matrices, n, n))
    return a @ a.transpose(0, 2, 1) + n * np.eye(n), rng.normal(size=n)


def decompose(a):
    for j in range(len(a)):
        a[j, j] = np.sqrt(a[j, j] - (a[j, :j] ** 2).sum())
        a[j + 1 :, j] -= (a[j + 1 :, :j] * a[j, :j]).sum(axis=1)
        a[j + 1 :, j] /= a[j, j]
        a[j, j + 1 :] = 0.0


def solve(lower, right):
    x = right.copy()
    for i in range(len(x)):
        x[i] = (x[i] - (lower[i, :i] * x[:i]).sum()) / lower[i, i]
    for i in range(len(x) - 1, -1, -1):
        x[i] = (x[i] - (lower[i + 1 :, i] * x[i + 1 :]).sum()) / lower[i, i]
    return x


def run(matrices, right):
    factors = matrices.copy()
    for a in factors:
        decompose(a)
    return factors, np.array([solve(a, right) for a in factors])
