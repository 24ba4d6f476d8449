"""An Asian and a barrier option by Monte Carlo: paths of a geometric Brownian motion, from given normal numbers."""

import numpy as np

SIZES = {"XS": (10, 5, 2), "S": (10, 12, 1400), "M": (600, 50, 490), "L": (20_000, 100, 52)}


def setup(size):
    paths, times, volatilities = size
    return np.random.default_rng(0).normal(size=(paths, times)), np.linspace(0.1, 0.5, volatilities)


def price(normals, volatility, spot=100.0, strike=101.0, barrier=130.0, rate=0.02):
    dt = 1.0 / normals.shape[1]
    steps = (rate - 0.5 * volatility**2) * dt + volatility * np.sqrt(dt) * normals
    path = spot * np.exp(np.cumsum(steps, axis=1))
    asian = np.maximum(path.mean(axis=1) - strike, 0.0)
    barred = np.where((path > barrier).any(axis=1), 0.0, np.maximum(path[:, -1] - strike, 0.0))
    payoffs = np.exp(-rate) * np.stack((asian, barred))
    return payoffs.mean(axis=1), payoffs.std(axis=1) / np.sqrt(len(normals))


def run(normals, volatilities):
    return tuple(np.array(both) for both in zip(*(price(normals, volatility) for volatility in volatilities)))
