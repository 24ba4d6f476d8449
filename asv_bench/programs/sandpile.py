"""Abelian sandpiles: grains fall on a table, and what is too high topples, until a number of rounds is over."""

import numpy as np

SIZES = {"XS": (8, 4), "S": (12, 4700), "M": (250, 880), "L": (1500, 100)}


def setup(size):
    n, rounds = size
    return np.random.default_rng(0).integers(0, 8, (n, n), np.int32), rounds


def run(start, rounds):
    sand = start.copy()
    toppled = np.zeros_like(sand)
    avalanches = []
    for _ in range(rounds):
        fall = sand // 4
        sand -= 4 * fall
        sand[1:] += fall[:-1]
        sand[:-1] += fall[1:]
        sand[:, 1:] += fall[:, :-1]
        sand[:, :-1] += fall[:, 1:]
        toppled += fall
        avalanches.append(fall.sum())
    return sand, toppled, np.array(avalanches)
