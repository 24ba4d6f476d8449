"""The ranks of pages that link to each other: products of a sparse matrix in rows, by np.add.reduceat."""

import numpy as np

SIZES = {"XS": (20, 5), "S": (20, 8700), "M": (4000, 1700), "L": (250_000, 76)}


def setup(size):
    pages, steps = size
    rng = np.random.default_rng(0)
    starts = np.concatenate(([0], rng.integers(1, 11, pages).cumsum()))
    sources = rng.integers(pages, size=starts[-1])
    links = np.maximum(np.bincount(sources, minlength=pages), 1)
    return starts, sources, 1.0 / links[sources], steps


def run(starts, sources, weights, steps, damping=0.85):
    pages = len(starts) - 1
    ranks = np.full(pages, 1.0 / pages)
    changes = []
    for _ in range(steps):
        arrived = np.add.reduceat(weights * ranks[sources], starts[:-1])
        new = damping * arrived
        new += (1.0 - new.sum()) / pages
        changes.append(np.abs(new - ranks).sum())
        ranks = new
    return ranks, np.array(changes)
