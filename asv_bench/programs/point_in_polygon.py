"""Which points lie within a star-shaped polygon, by the crossings of a ray with its edges, and how far from it."""

import numpy as np

SIZES = {"XS": (30, 6), "S": (100, 2700), "M": (20_000, 760), "L": (1_000_000, 49)}


def setup(size):
    points, corners = size
    rng = np.random.default_rng(0)
    angle = np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False)
    radius = rng.uniform(0.4, 1.0, corners)
    return rng.uniform(-1.0, 1.0, (2, points)), np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)


def run(points, corners):
    x, y = points
    inside = np.zeros(len(x), bool)
    nearest = np.full(len(x), np.inf)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0)):
        between = (y1 > y) != (y2 > y)
        slope = (x2 - x1) / (y2 - y1) if y1 != y2 else 0.0
        inside ^= between & (x < x1 + slope * (y - y1))
        share = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)
        share = np.clip(share, 0.0, 1.0)
        squared = (x - x1 - share * (x2 - x1)) ** 2 + (y - y1 - share * (y2 - y1)) ** 2
        nearest = np.minimum(nearest, squared)
    return inside, np.where(inside, -1.0, 1.0) * np.sqrt(nearest)
