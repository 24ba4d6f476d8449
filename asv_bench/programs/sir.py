"""Epidemics in many populations at once: the SIR model by Euler's method, and when each is at its peak."""

import numpy as np

SIZES = {"XS": (20, 5), "S": (100, 8100), "M": (20_000, 1300), "L": (1_000_000, 79)}


def setup(size):
    runs, steps = size
    rng = np.random.default_rng(0)
    return rng.uniform(0.2, 0.6, runs), rng.uniform(0.05, 0.2, runs), steps


def run(contact, recovery, steps, dt=0.5):
    s = np.full(len(contact), 0.99)
    i = np.full(len(contact), 0.01)
    r = np.zeros(len(contact))
    peak, day = i.copy(), np.zeros(len(contact))
    for step in range(1, steps + 1):
        infected = contact * s * i * dt
        recovered = recovery * i * dt
        s -= infected
        i += infected - recovered
        r += recovered
        day = np.where(i > peak, step * dt, day)
        peak = np.maximum(peak, i)
    return s, i, r, peak, day
