"""Clusters of points: Lloyd's algorithm for k means."""

import numpy as np

SIZES = {"XS": (20, 3, 3), "S": (25, 4, 4500), "M": (3000, 8, 190), "L": (200_000, 8, 15)}


def setup(size):
    points, clusters, steps = size
    rng = np.random.default_rng(0)
    middles = rng.uniform(-10, 10, (clusters, 2))
    return middles[rng.integers(clusters, size=points)] + rng.normal(size=(points, 2)), clusters, steps


def run(points, clusters, steps):
    centres = points[:clusters].copy()
    for _ in range(steps):
        squared = ((points[:, np.newaxis, :] - centres) ** 2).sum(axis=2)
        labels = squared.argmin(axis=1)
        counts = np.maximum(np.bincount(labels, minlength=clusters), 1)
        for axis in range(points.shape[1]):
            centres[:, axis] = np.bincount(labels, points[:, axis], minlength=clusters) / counts
    inertia = np.sqrt(squared.min(axis=1)).mean()
    return centres, labels, np.array(inertia)
