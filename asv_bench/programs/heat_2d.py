"""Heat in a plate that is held at one edge: explicit steps of the diffusion equation in two dimensions."""

import numpy as np

SIZES = {"XS": (8, 5), "S": (12, 5900), "M": (200, 930), "L": (1500, 52)}


def setup(size):
    n, steps = size
    u = np.random.default_rng(0).random((n, n))
    u[0] = 2.0
    return u, steps


def run(start, steps):
    u = start.copy()
    for _ in range(steps):
        laplacian = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4.0 * u[1:-1, 1:-1]
        u[1:-1, 1:-1] += 0.2 * laplacian
        u[:, 0] = u[:, 1]
        u[:, -1] = u[:, -2]
        u[-1] = u[-2]
    return u
