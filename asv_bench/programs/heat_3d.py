"""Heat in a block: explicit steps of the diffusion equation in three dimensions, from one array to another."""

import numpy as np

SIZES = {"XS": (5, 4), "S": (5, 3400), "M": (32, 570), "L": (128, 20)}


def setup(size):
    n, steps = size
    return np.random.default_rng(0).random((n, n, n)), steps


def step(new, u):
    centre = u[1:-1, 1:-1, 1:-1]
    new[1:-1, 1:-1, 1:-1] = (
        0.125 * (u[2:, 1:-1, 1:-1] - 2.0 * centre + u[:-2, 1:-1, 1:-1])
        + 0.125 * (u[1:-1, 2:, 1:-1] - 2.0 * centre + u[1:-1, :-2, 1:-1])
        + 0.125 * (u[1:-1, 1:-1, 2:] - 2.0 * centre + u[1:-1, 1:-1, :-2])
        + centre
    )


def run(start, steps):
    u, new = start.copy(), start.copy()
    for _ in range(steps):
        step(new, u)
        u, new = new, u
    return u
