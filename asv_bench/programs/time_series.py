"""Readings of meters at irregular times: sums of each day, hours of use, gaps, weekends."""

import numpy as np

SIZES = {"XS": (1, 50), "S": (1800, 100), "M": (250, 20_000), "L": (14, 1_500_000)}


def setup(size):
    meters, readings = size
    rng = np.random.default_rng(0)
    seconds = rng.exponential(600.0, (meters, readings)).cumsum(axis=1).astype("m8[s]")
    return np.datetime64("2024-03-01T00:00:00") + seconds, rng.gamma(2.0, size=(meters, readings))


def evaluate(times, values):
    local = times + np.timedelta64(2, "h")
    days = local.astype("M8[D]")
    number = (days - days[0]).astype(np.int64)
    per_day = np.bincount(number, weights=values)
    hour = ((local - days) / np.timedelta64(1, "h")).astype(np.int64)
    per_hour = np.bincount(hour, weights=values, minlength=24)
    weekday = (days.astype(np.int64) + 3) % 7
    weekend = values[weekday >= 5].sum()
    steps = np.diff(times)
    gaps = steps > np.timedelta64(1, "h")
    longest = steps.max().astype("m8[s]")
    missing = steps[gaps].sum() / np.timedelta64(1, "h")
    return per_day.max(), per_day.argmax(), per_hour.argmax(), weekend, longest / np.timedelta64(1, "m"), missing


def run(times, values):
    return np.array([evaluate(*meter) for meter in zip(times, values)])
