"""A fluid in a channel with a lid that moves: the lattice Boltzmann method with nine velocities."""

import numpy as np

SIZES = {"XS": (6, 5, 2), "S": (10, 10, 280), "M": (100, 80, 220), "L": (600, 400, 26)}
STEPS = np.array([(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (-1, -1), (1, -1)])
SHARES = np.array([4 / 9] + 4 * [1 / 9] + 4 * [1 / 36])
OPPOSITE = [0, 3, 4, 1, 2, 7, 8, 5, 6]


def setup(size):
    width, height, steps = size
    density = 1.0 + 0.01 * np.random.default_rng(0).random((width, height))
    return SHARES[:, np.newaxis, np.newaxis] * density, steps


def equilibrium(density, u, v):
    f = np.empty((9, *density.shape))
    still = 1.0 - 1.5 * (u * u + v * v)
    for i, (cx, cy) in enumerate(STEPS):
        along = 3.0 * (cx * u + cy * v)
        f[i] = SHARES[i] * density * (still + along + 0.5 * along * along)
    return f


def run(start, steps, relaxation=1.2, lid=0.05):
    f = start.copy()
    for _ in range(steps):
        density = f.sum(axis=0)
        u = (f[1] - f[3] + f[5] - f[6] - f[7] + f[8]) / density
        v = (f[2] - f[4] + f[5] + f[6] - f[7] - f[8]) / density
        f = f + relaxation * (equilibrium(density, u, v) - f)
        walls = f[:, :, [0, -1]]
        for i, (cx, cy) in enumerate(STEPS):
            f[i] = np.roll(f[i], (cx, cy), axis=(0, 1))
        for i in (2, 5, 6):
            f[i, :, 0] = walls[OPPOSITE[i], :, 0]
        for i in (4, 7, 8):
            f[i, :, -1] = walls[OPPOSITE[i], :, 1] + 6.0 * SHARES[i] * STEPS[i, 0] * lid
    return f, u, v
