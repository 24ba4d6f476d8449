"""Implicit vertical diffusion in an atmosphere: Thomas's algorithm for the columns of a grid, along its last axis."""

import numpy as np

SIZES = {"XS": ((3, 4, 5), 1), "S": ((4, 4, 8), 700), "M": ((30, 30, 30), 240), "L": ((128, 128, 64), 5)}


def setup(size):
    shape, steps = size
    rng = np.random.default_rng(0)
    lower, upper = -rng.random(shape), -rng.random(shape)
    return lower, 1.0 - lower - upper, upper, rng.random(shape), steps


def solve(lower, diagonal, upper, right):
    c, d = np.empty_like(right), np.empty_like(right)
    c[:, :, 0] = upper[:, :, 0] / diagonal[:, :, 0]
    d[:, :, 0] = right[:, :, 0] / diagonal[:, :, 0]
    for k in range(1, right.shape[2]):
        pivot = 1.0 / (diagonal[:, :, k] - lower[:, :, k] * c[:, :, k - 1])
        c[:, :, k] = upper[:, :, k] * pivot
        d[:, :, k] = (right[:, :, k] - lower[:, :, k] * d[:, :, k - 1]) * pivot
    for k in range(right.shape[2] - 2, -1, -1):
        d[:, :, k] -= c[:, :, k] * d[:, :, k + 1]
    return d


def run(lower, diagonal, upper, right, steps):
    for _ in range(steps):
        right = solve(lower, diagonal, upper, right)
    return right
