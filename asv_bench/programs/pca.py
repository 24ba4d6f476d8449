"""Principal components of standardised data, by power iteration and deflation."""

import numpy as np

SIZES = {"XS": (12, 4, 2, 3), "S": (20, 6, 3, 2600), "M": (1500, 20, 3, 390), "L": (40_000, 40, 3, 44)}


def setup(size):
    rows, columns, components, steps = size
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(columns, columns))
    return 3.0 + rng.normal(size=(rows, columns)) @ mixing, components, steps


def run(data, components, steps):
    x = (data - data.mean(axis=0)) / data.std(axis=0)
    directions, variances = [], []
    for _ in range(components):
        v = np.ones(x.shape[1])
        for _ in range(steps):
            v = (x * (x * v).sum(axis=1, keepdims=True)).sum(axis=0)
            v /= np.sqrt((v * v).sum())
        scores = x @ v
        x = x - np.outer(scores, v)
        directions.append(v)
        variances.append((scores * scores).mean())
    return np.array(directions), np.array(variances)
