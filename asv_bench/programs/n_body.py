"""Bodies that attract each other: all pairs by broadcasting, leapfrog steps, and the energy at the end."""

import numpy as np

SIZES = {"XS": (6, 2), "S": (6, 4200), "M": (100, 280), "L": (800, 23)}


def setup(size):
    n, steps = size
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, 3)), 0.1 * rng.normal(size=(n, 3)), rng.uniform(0.5, 1.5, n) / n, steps


def acceleration(position, mass):
    apart = position[np.newaxis, :, :] - position[:, np.newaxis, :]
    squared = (apart**2).sum(axis=-1) + 0.01
    pull = mass / (squared * np.sqrt(squared))
    return (apart * pull[:, :, np.newaxis]).sum(axis=1)


def run(position, velocity, mass, steps, dt=0.01):
    x, v = position.copy(), velocity.copy()
    a = acceleration(x, mass)
    for _ in range(steps):
        v += 0.5 * dt * a
        x += dt * v
        a = acceleration(x, mass)
        v += 0.5 * dt * a
    kinetic = 0.5 * (mass[:, np.newaxis] * v**2).sum()
    return x, v, np.array(kinetic)
