"""LU decompositions with partial pivoting, row by row, and the determinants."""

import numpy as np

SIZES = {"XS": (1, 8), "S": (430, 10), "M": (34, 150), "L": (1, 1000)}


def setup(size):
    matrices, n = size
    return (np.random.default_rng(0).normal(size=(matrices, n, n)),)


def decompose(a):
    order = np.arange(len(a))
    for k in range(len(a) - 1):
        p = k + np.argmax(np.abs(a[k:, k]))
        if p != k:
            a[[k, p]] = a[[p, k]]
            order[[k, p]] = order[[p, k]]
        a[k + 1 :, k] /= a[k, k]
        a[k + 1 :, k + 1 :] -= np.outer(a[k + 1 :, k], a[k, k + 1 :])
    return order


def run(matrices):
    factors = matrices.copy()
    orders = np.array([decompose(a) for a in factors])
    logarithms = np.array([np.log(np.abs(np.diag(a))).sum() for a in factors])
    return factors, orders, logarithms
