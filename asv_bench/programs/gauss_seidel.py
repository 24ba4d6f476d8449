"""Laplace's equation on a square, relaxed row by row: each row sees the new one above it."""

import numpy as np

SIZES = {"XS": (8, 2), "S": (12, 1900), "M": (200, 280), "L": (1000, 210)}


def setup(size):
    n, sweeps = size
    u = np.zeros((n, n))
    u[0] = np.sin(np.linspace(0.0, np.pi, n))
    u[:, -1] = np.random.default_rng(0).random(n)
    return u, sweeps


def run(start, sweeps):
    u = start.copy()
    for _ in range(sweeps):
        for i in range(1, len(u) - 1):
            u[i, 1:-1] = 0.25 * (u[i - 1, 1:-1] + u[i + 1, 1:-1] + u[i, :-2] + u[i, 2:])
    return u
