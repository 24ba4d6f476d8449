"""Hares and lynxes for many parameters at once: the equations of Lotka and Volterra by Runge and Kutta's method."""

import numpy as np

SIZES = {"XS": (20, 3), "S": (100, 1100), "M": (20_000, 180), "L": (500_000, 26)}


def setup(size):
    runs, steps = size
    rng = np.random.default_rng(0)
    return rng.uniform(0.5, 1.5, (4, runs)), rng.uniform(0.5, 2.0, (2, runs)), steps


def slope(state, a, b, c, d):
    prey, predators = state
    return np.stack((a * prey - b * prey * predators, d * prey * predators - c * predators))


def run(parameters, start, steps, dt=0.02):
    y = start.copy()
    least, most = y.copy(), y.copy()
    for _ in range(steps):
        k1 = slope(y, *parameters)
        k2 = slope(y + 0.5 * dt * k1, *parameters)
        k3 = slope(y + 0.5 * dt * k2, *parameters)
        k4 = slope(y + dt * k3, *parameters)
        y = y + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        np.minimum(least, y, out=least)
        np.maximum(most, y, out=most)
    return y, least, most
