"""Prices of European options by the formula of Black and Scholes, and their deltas, at several rates."""

import numpy as np

SIZES = {"XS": (50, 2), "S": (100, 1400), "M": (20_000, 170), "L": (1_000_000, 13)}


def setup(size):
    options, rates = size
    rng = np.random.default_rng(0)
    spot, strike = rng.uniform(80.0, 120.0, (2, options))
    return spot, strike, rng.uniform(0.1, 2.0, options), rng.uniform(0.1, 0.5, options), np.linspace(0.0, 0.05, rates)


def normal_cdf(x):
    """The rational approximation of Zelen and Severo."""
    t = 1.0 / (1.0 + 0.2316419 * np.abs(x))
    series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi) * series
    return np.where(x > 0.0, 1.0 - tail, tail)


def run(spot, strike, years, volatility, rates):
    calls, puts, deltas = np.zeros((3, len(spot)))
    for rate in rates:
        spread = volatility * np.sqrt(years)
        d1 = (np.log(spot / strike) + (rate + 0.5 * volatility**2) * years) / spread
        delta = normal_cdf(d1)
        discounted = strike * np.exp(-rate * years)
        call = spot * delta - discounted * normal_cdf(d1 - spread)
        calls += call
        puts += call - spot + discounted
        deltas += delta
    return calls / len(rates), puts / len(rates), deltas / len(rates)
